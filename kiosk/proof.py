"""Proof of play (播出记录): what every screen said it has shown, a line a minute, only ever appended.

No database: the wall has none. A file a month (of 北京时间) holds the beats of all
screens. A line is one write to a file opened for appending, so two servers on one
folder do not mix their lines; a kill in the middle leaves at most one torn line,
which the next writer closes and every reader skips and counts.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ui.formats import beijing

Mode = Literal["lit", "dim", "dark"]
MODES: tuple[str, ...] = get_args(Mode)
MOST_BYTES = 2048
MOST_SHOWN = 60
MOST_SCREENS = 64
"""Screens of one process; whoever invents names fills no disk."""
CLOSEST = dt.timedelta(seconds=10)
"""Beats of one screen nearer to each other are one."""
_SCREEN = re.compile(r"[a-z0-9-]{1,32}")
_SCENE = re.compile(r"[a-z0-9_]{1,40}")


class BeatRefused(ValueError):
    """The browser sent something that is no beat; the message says what, without repeating it."""


@dataclass(frozen=True)
class Beat:
    """One screen at one moment.

    Args:
        screen: the screen's own name, e.g. ``west``.
        at: the server's clock, UTC: a screen's clock may be wrong.
        scene: the scene that is on it.
        shown: scenes that came on since its last beat, in that order.
        frames: pictures painted since its page was loaded; it moves at least once a minute.
        mode: lit, dim in the evening, dark outside the opening hours.
        held: the picture is meant to stay: paused, pinned, an emergency, a single scene.
    """

    screen: str
    at: dt.datetime
    scene: str
    shown: tuple[str, ...]
    frames: int
    mode: Mode
    held: bool


def beat_of(body: bytes, at: dt.datetime) -> Beat:
    """What the browser sent as a beat.

    Raises:
        BeatRefused: too long, no JSON, a field missing or of another kind.
    """
    if len(body) > MOST_BYTES:
        raise BeatRefused(f"A beat has at most {MOST_BYTES} bytes.")
    try:
        told = json.loads(body)
    except ValueError:
        raise BeatRefused("A beat is one JSON object.") from None
    if not isinstance(told, dict):
        raise BeatRefused("A beat is one JSON object.")
    return _checked(told, at)


def _checked(told: dict[str, Any], at: dt.datetime) -> Beat:
    screen, scene, shown = told.get("screen"), told.get("scene"), told.get("shown", [])
    frames, mode, held = told.get("frames"), told.get("mode", "lit"), told.get("held", False)
    if not (isinstance(screen, str) and _SCREEN.fullmatch(screen)):
        raise BeatRefused("screen: 1 to 32 lower-case letters, digits and hyphens.")
    if not (isinstance(scene, str) and (not scene or _SCENE.fullmatch(scene))):
        raise BeatRefused("scene: the key of a scene, empty while none is on.")
    if not (
        isinstance(shown, list)
        and len(shown) <= MOST_SHOWN
        and all(isinstance(key, str) and _SCENE.fullmatch(key) for key in shown)
    ):
        raise BeatRefused(f"shown: at most {MOST_SHOWN} keys of scenes.")
    if not isinstance(frames, int) or isinstance(frames, bool) or not 0 <= frames < 2**53:
        raise BeatRefused("frames: a whole number, 0 or more.")
    if mode not in MODES or not isinstance(held, bool):
        raise BeatRefused(f"mode: one of {', '.join(MODES)}; held: true or false.")
    return Beat(screen, at, scene, tuple(shown), frames, mode, held)


# ---------------------------------------------------------------- the files


def month_of(at: dt.datetime) -> str:
    """``2026-11``: a night shift of UTC does not cut the hall's day in two."""
    return f"{beijing(at):%Y-%m}"


def file_of(folder: Path, month: str) -> Path:
    return folder / f"{month}.jsonl"


def append(folder: Path, beat: Beat) -> None:
    """One line, whole or not at all as far as a reader is concerned.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps(
        {**asdict(beat), "at": beat.at.astimezone(dt.UTC).isoformat(timespec="seconds")},
        ensure_ascii=True, separators=(",", ":"),
    )  # fmt: skip
    opened = os.open(
        file_of(folder, month_of(beat.at)), os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640
    )
    try:
        size = os.fstat(opened).st_size
        is_torn = size > 0 and os.pread(opened, 1, size - 1) != b"\n"
        os.write(opened, ("\n" if is_torn else "").encode() + line.encode("ascii") + b"\n")
    finally:
        os.close(opened)


@dataclass(frozen=True)
class Record:
    """The beats of a month in the order of time, and how many lines could not be read."""

    beats: tuple[Beat, ...]
    torn: int


def read(folder: Path, month: str, *, newest: int | None = None) -> Record:
    """What is on file of a month; nothing is a normal state: the wall was not running.

    Args:
        newest: only the last so many bytes, without the line they cut in two.

    Raises:
        OSError: there is a file and it cannot be read.
    """
    try:
        with file_of(folder, month).open("rb") as file:
            skipped = 0 if newest is None else max(0, os.fstat(file.fileno()).st_size - newest)
            file.seek(skipped)
            content = file.read()
    except FileNotFoundError:
        return Record((), 0)
    if skipped:
        content = content.partition(b"\n")[2]
    beats: list[Beat] = []
    torn = 0
    for line in content.splitlines():
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            beats.append(_checked(told, dt.datetime.fromisoformat(told["at"])))
        except (ValueError, KeyError, TypeError, AttributeError):  # BeatRefused is a ValueError
            torn += 1
    return Record(tuple(sorted(beats, key=lambda beat: beat.at)), torn)


def months(folder: Path) -> list[str]:
    """Months on file, the newest first."""
    names = (path.stem for path in folder.glob("????-??.jsonl")) if folder.is_dir() else ()
    return sorted((name for name in names if re.fullmatch(r"\d{4}-\d{2}", name)), reverse=True)


# ---------------------------------------------------------------- while the wall runs

SILENT_AFTER = dt.timedelta(minutes=3)
FROZEN_AFTER = dt.timedelta(minutes=3)
STUCK_AFTER = dt.timedelta(minutes=10)
Kind = Literal["silent", "frozen", "stuck"]
KIND_NAMES: dict[Kind, str] = {
    "silent": "开放时间内没有心跳",
    "frozen": "画面不动",
    "stuck": "画面不轮换",
}
Window = tuple[dt.datetime, dt.datetime]
"""Begin (inclusive) and end (exclusive) of opening hours, both with their zone."""


@dataclass(frozen=True)
class Alarm:
    """One thing that went wrong on one screen; `end` is missing while it lasts."""

    screen: str
    kind: Kind
    begin: dt.datetime
    end: dt.datetime | None

    @property
    def name(self) -> str:
        return KIND_NAMES[self.kind]


def alarms(
    beats: Sequence[Beat], screens: Iterable[str], windows: Sequence[Window], now: dt.datetime
) -> list[Alarm]:
    """Everything that went wrong on these screens up to `now`, by begin.

    Args:
        beats: in the order of time.
        screens: those that should have beaten in `windows`, whether or not they did.
        windows: opening hours; outside them a silent screen is switched off, not broken.
    """
    found: list[Alarm] = []
    for screen in sorted({*screens}):
        own = [beat for beat in beats if beat.screen == screen and beat.at <= now]
        found += _silences(screen, own, windows, now)
        found += _standing(screen, own, "frozen", FROZEN_AFTER)
        found += _standing(screen, own, "stuck", STUCK_AFTER)
    return sorted(found, key=lambda alarm: (alarm.begin, alarm.screen, alarm.kind))


def _silences(screen: str, own: Sequence[Beat], windows: Sequence[Window], now: dt.datetime) -> list[Alarm]:
    found = []
    for begin, end in windows:
        if begin >= now:
            continue
        inside = [beat.at for beat in own if begin <= beat.at < end]
        last = min(end, now)
        for before, after in zip([begin, *inside], [*inside, last], strict=True):
            if after - before > SILENT_AFTER:
                lasts = after == last and now < end and after not in inside
                found.append(Alarm(screen, "silent", before, None if lasts else after))
    return found


def _standing(screen: str, own: Sequence[Beat], kind: Kind, limit: dt.timedelta) -> list[Alarm]:
    """Stretches of beats in which the counter (frozen) or the scene (stuck) did not move for `limit`."""
    found = []
    since: Beat | None = None
    last: Beat | None = None
    for beat in own:
        if since is not None and last is not None and _moved(kind, last, beat):
            if last.at - since.at >= limit:
                found.append(Alarm(screen, kind, since.at, beat.at))
            since = None
        if since is None and _counts(kind, beat):
            since = beat
        last = beat
    if since is not None and last is not None and last.at - since.at >= limit:
        found.append(Alarm(screen, kind, since.at, None))
    return found


def _moved(kind: Kind, last: Beat, beat: Beat) -> bool:
    """A screen that was silent in between is another alarm, not this one."""
    if beat.at - last.at > SILENT_AFTER or not _counts(kind, beat):
        return True
    if kind == "frozen":
        return beat.frames != last.frames
    return beat.scene != last.scene or bool(beat.shown)


def _counts(kind: Kind, beat: Beat) -> bool:
    """A dark screen need not move; one that is held need not change its scene."""
    return beat.mode != "dark" and not (kind == "stuck" and beat.held)


REMEMBERED = dt.timedelta(days=1)
FORGOTTEN = dt.timedelta(days=7)
"""A screen that was silent so long has been taken down or renamed: it rings no more, and its name is free."""
NEWEST_BYTES = 4_000_000
"""Of a month's file that are looked at when a process begins: a day of a dozen screens."""


class Book:
    """The record of one wall process: appends, and knows the screens' last minutes for the alarm."""

    def __init__(self, folder: Path, at: dt.datetime) -> None:
        """A screen that was up yesterday is expected today, also by a server that has just begun."""
        self.folder, self.began = folder, at
        self._recent: dict[str, list[Beat]] = {}
        for month in sorted({month_of(at - REMEMBERED), month_of(at)}):
            for beat in read(folder, month, newest=NEWEST_BYTES).beats:
                if at - beat.at < REMEMBERED:
                    self._recent[beat.screen] = [beat]

    def record(self, body: bytes, at: dt.datetime) -> bool:
        """Put a browser's beat on file; False when the screen's last one is only a moment old.

        Raises:
            BeatRefused: it is no beat, or the sixty-fifth name.
            OSError: the folder cannot be written to; the beat counts for the alarm all the same.
        """
        beat = beat_of(body, at)
        for screen in [s for s, beats in self._recent.items() if at - beats[-1].at > FORGOTTEN]:
            del self._recent[screen]
        known = self._recent.get(beat.screen)
        if known is None:
            if len(self._recent) >= MOST_SCREENS:
                raise BeatRefused(f"{MOST_SCREENS} screens beat here already.")
            known = self._recent[beat.screen] = []
        if known and dt.timedelta(0) <= at - known[-1].at < CLOSEST:
            return False
        known.append(beat)
        while at - known[0].at > 2 * STUCK_AFTER:
            known.pop(0)
        append(self.folder, beat)
        return True

    @property
    def last(self) -> dict[str, Beat]:
        """Each screen's newest beat."""
        return {screen: beats[-1] for screen, beats in self._recent.items()}

    def alarms(self, now: dt.datetime, windows: Sequence[Window]) -> list[Alarm]:
        """What is wrong at this moment with any screen that was up within a day of the process's begin.

        While the process was down it heard nobody, which is not the screens' silence.
        """
        found = []
        for screen, beats in self._recent.items():
            heard = max(beats[0].at, self.began)
            listened = [(max(begin, heard), end) for begin, end in windows if end > heard]
            found += [a for a in alarms(beats, [screen], listened, now) if a.end is None]
        return found
