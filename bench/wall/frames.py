"""What a screencast has painted: blank, white or dimmed frames, found in the pixels.

The frames are looked at in a second, empty page of the same Chromium, so that no
picture library is needed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.wall.screen import Screen

LOOK = """
async (frames) => {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const found = [];
  for (const frame of frames) {
    const bytes = Uint8Array.from(atob(frame), c => c.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], {type: "image/jpeg"}));
    canvas.width = picture.width; canvas.height = picture.height;
    context.drawImage(picture, 0, 0);
    const data = context.getImageData(0, 0, picture.width, picture.height).data;
    let sum = 0, bright = 0, lit = 0;
    for (let i = 0; i < data.length; i += 4) {
      const luma = 0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2];
      sum += luma; if (luma > 200) bright += 1; if (luma > 60) lit += 1;
    }
    const pixels = data.length / 4;
    found.push([sum / pixels, bright / pixels, lit / pixels]);
    picture.close();
  }
  return found;
}
"""
LOOKED_AT_ONCE = 20
WHITE_SHARE, LIT_SHARE, DIMMED = 0.30, 0.004, 0.75
SETTLED_S = 1.0
"""So long after a scene has come on it looks as it should."""
PASSING_S = 3.0
"""So long after a change the scene before may still be seen, on a machine that paints slowly."""
Switch = tuple[float, str]
"""When a scene came on (seconds since 1970), and which."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One painted frame. `luma` 0–255 on the mean; shares 0–1 of near-white pixels and of pixels brighter than the ground."""

    at: float
    luma: float
    white: float
    lit: float


class Screencast:
    """``with Screencast(seen) as cast: …`` collects what the compositor has painted, with Chromium's own times."""

    def __init__(self, seen: Screen, width: int = 480) -> None:
        self._seen = seen
        self._session = seen.page.context.new_cdp_session(seen.page)
        self._width = width
        self.raw: list[tuple[float, str]] = []
        self.switches: list[Switch] = []

    def __enter__(self) -> Screencast:
        self._seen.moments()
        self.switches.append((time.time(), self._seen.data("scene")))
        self._session.on("Page.screencastFrame", self._keep)
        self._session.send(
            "Page.startScreencast",
            {
                "format": "jpeg",
                "quality": 60,
                "maxWidth": self._width,
                "maxHeight": self._width,
                "everyNthFrame": 1,
            },
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._session.send("Page.stopScreencast")
        self._session.detach()
        self.switches += [(m.changed_ms / 1000, m.value) for m in self._seen.moments() if m.name == "scene"]

    def _keep(self, told: dict[str, Any]) -> None:
        self.raw.append((told["metadata"]["timestamp"], told["data"]))
        self._session.send("Page.screencastFrameAck", {"sessionId": told["sessionId"]})

    def frames(self, looking: Any) -> list[Frame]:
        """All frames; `looking` is an empty page that reads their pixels."""
        found: list[Frame] = []
        for start in range(0, len(self.raw), LOOKED_AT_ONCE):
            part = self.raw[start : start + LOOKED_AT_ONCE]
            seen = looking.evaluate(LOOK, [data for _, data in part])
            found += [Frame(at, *values) for (at, _), values in zip(part, seen, strict=True)]
        return found


@dataclass(frozen=True, slots=True)
class Faults:
    """How many of the frames nobody should have seen."""

    blank: int
    white: int
    dimmed: int

    @property
    def all(self) -> int:
        return self.blank + self.white + self.dimmed


def faults(frames: Sequence[Frame], switches: Sequence[Switch]) -> Faults:
    """Blank: nearly nothing brighter than the ground. White: a third near-white. Dimmed: darker by a quarter
    than its scene is otherwise; soon after a change, than the darker of the two scenes.
    """
    levels = _levels(frames, switches)
    return Faults(
        sum(frame.lit < LIT_SHARE for frame in frames),
        sum(frame.white > WHITE_SHARE for frame in frames),
        sum(_is_dimmed(frame, switches, levels) for frame in frames),
    )


def _on(frame: Frame, switches: Sequence[Switch]) -> tuple[str, float, str]:
    """(scene, seconds since it came on, the scene before)."""
    passed = [switch for switch in switches if switch[0] <= frame.at] or [switches[0]]
    before = passed[-2][1] if len(passed) > 1 else passed[-1][1]
    return passed[-1][1], frame.at - passed[-1][0], before


def _levels(frames: Sequence[Frame], switches: Sequence[Switch]) -> dict[str, float]:
    """Each scene's usual brightness, once it has settled."""
    settled: dict[str, list[float]] = {}
    for frame in frames:
        scene, since, _ = _on(frame, switches)
        if since >= SETTLED_S:
            settled.setdefault(scene, []).append(frame.luma)
    return {scene: statistics.median(lumas) for scene, lumas in settled.items()}


def _is_dimmed(frame: Frame, switches: Sequence[Switch], levels: dict[str, float]) -> bool:
    """A scene that was never seen settled has no usual brightness: nothing is claimed of it."""
    scene, since, before = _on(frame, switches)
    compared = [scene, before] if since < PASSING_S else [scene]
    known = [levels[key] for key in compared if key in levels]
    return len(known) == len(compared) and frame.luma < DIMMED * min(known)
