"""What a screencast has painted: blank, white or dimmed frames, found in the pixels.

The frames are looked at in a second, empty page of the same Chromium, so that no
picture library is needed.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
NEAR_S = (0.8, 5.0)
"""A frame is compared with those between these distances before and after it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One painted frame. `luma` 0–255 on the mean; shares 0–1 of near-white pixels and of pixels brighter than the ground."""

    at: float
    luma: float
    white: float
    lit: float


class Screencast:
    """``with Screencast(page) as cast: …`` collects what the compositor has painted, with Chromium's own times."""

    def __init__(self, page: Any, width: int = 480) -> None:
        self._session = page.context.new_cdp_session(page)
        self._width = width
        self.raw: list[tuple[float, str]] = []

    def __enter__(self) -> Screencast:
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


def faults(frames: Sequence[Frame]) -> Faults:
    """Blank: nearly nothing brighter than the ground. White: a third near-white. Dimmed: darker by a
    quarter than the darker of what was there shortly before and shortly after.
    """
    return Faults(
        sum(frame.lit < LIT_SHARE for frame in frames),
        sum(frame.white > WHITE_SHARE for frame in frames),
        sum(_is_dimmed(frame, frames) for frame in frames),
    )


def _is_dimmed(frame: Frame, frames: Sequence[Frame]) -> bool:
    """Where nothing was painted for a while, the last frame before is what was seen."""
    nearest, farthest = NEAR_S
    before = [other for other in frames if other.at <= frame.at - nearest]
    after = [other for other in frames if other.at >= frame.at + nearest]
    if not before or not after:
        return False
    near_before = [other.luma for other in before if frame.at - other.at <= farthest] or [before[-1].luma]
    near_after = [other.luma for other in after if other.at - frame.at <= farthest] or [after[0].luma]
    return frame.luma < DIMMED * min(statistics.median(near_before), statistics.median(near_after))
