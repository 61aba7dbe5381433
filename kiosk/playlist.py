"""Which scenes stand on the wall, in which order, how long; and which one it is at a moment.

The place in the round is a function of the clock: (now − anchor) modulo the length of
the round. So all walls that know the order and the anchor show the same scene, without
telling each other; a command moves the anchor.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from kiosk.hours import BEIJING, Span, WrongLine, spans_of

INTERNAL = "内部"
SHORTEST_S, LONGEST_S = 2, 600
_ENTRY = re.compile(r"([a-z][a-z0-9_]*)(?:=(\d{1,4}))?((?: +\S+)*)")


@dataclass(frozen=True)
class Entry:
    """One scene of the playlist.

    Args:
        seconds: how long it stands; None: as the scene itself says.
        parts: names of day parts it is confined to; empty: all day.
        is_public: whether it is shown while the hall is open to everybody.
    """

    key: str
    seconds: int | None = None
    parts: tuple[str, ...] = ()
    is_public: bool = True


@dataclass(frozen=True)
class Playlist:
    """`parts`: day parts by name; an entry of several parts is shown in each."""

    entries: tuple[Entry, ...]
    parts: dict[str, Span]

    def at(self, now: dt.datetime, *, internal: bool) -> tuple[Entry, ...]:
        """The entries of this time of day; `internal`: those not for the public too."""
        local = now.astimezone(BEIJING)
        minute = local.hour * 60 + local.minute
        current = {name for name, (start, end) in self.parts.items() if start <= minute < end}
        return tuple(
            entry
            for entry in self.entries
            if (entry.is_public or internal) and (not entry.parts or current & {*entry.parts})
        )


def entry_of(text: str, parts: Collection[str]) -> Entry:
    """``overview=30``, ``live=25 上午 下午``, ``industry=20 内部``.

    Raises:
        WrongLine: the form, the seconds, or a day part nobody declared.
    """
    match = _ENTRY.fullmatch(text.strip())
    if match is None:
        raise WrongLine(f"「{text}」应写成“画面=秒数”，后面可加时段名或“{INTERNAL}”，例如 live=25 上午 下午")
    words = match[3].split()
    unknown = [w for w in words if w != INTERNAL and w not in parts]
    if unknown:
        known = "、".join(parts) or "（还没有）"
        raise WrongLine(f"「{text}」中的时段 {'、'.join(unknown)} 没有在 day_parts 中写明；已有：{known}")
    seconds = int(match[2]) if match[2] else None
    if seconds is not None and not SHORTEST_S <= seconds <= LONGEST_S:
        raise WrongLine(f"「{text}」的秒数应为 {SHORTEST_S}–{LONGEST_S}")
    return Entry(match[1], seconds, tuple(w for w in words if w != INTERNAL), INTERNAL not in words)


def part_of(text: str) -> tuple[str, Span]:
    """``上午 09:00-12:00``: a name and one span.

    Raises:
        WrongLine: another form.
    """
    name, _, span = text.strip().partition(" ")
    found = spans_of(span, text)
    if len(found) != 1 or not name:
        raise WrongLine(f"「{text}」应写成“上午 09:00-12:00”")
    return name, found[0]


# ---------------------------------------------------------------- the round


@dataclass(frozen=True)
class Step:
    """One scene of the round as it is played."""

    key: str
    seconds: int


@dataclass(frozen=True)
class Place:
    """Where the round is: the step's number, when it began and when the next one begins (ms since 1970)."""

    index: int
    began_ms: int
    switch_ms: int


def length_ms(order: tuple[Step, ...]) -> int:
    return sum(step.seconds for step in order) * 1000


def place(order: tuple[Step, ...], anchor_ms: int, now_ms: int) -> Place | None:
    """Where the round stands at `now_ms`; None for an empty one."""
    total = length_ms(order)
    if not total:
        return None
    began = now_ms - (now_ms - anchor_ms) % total
    for index, step in enumerate(order):
        if now_ms < began + step.seconds * 1000:
            return Place(index, began, began + step.seconds * 1000)
        began += step.seconds * 1000
    raise AssertionError("a round has no gaps")


def start_of(order: tuple[Step, ...], key: str) -> int | None:
    """Milliseconds from the begin of the round to the first step of a scene; None if it is not in it."""
    passed = 0
    for step in order:
        if step.key == key:
            return passed
        passed += step.seconds * 1000
    return None


def anchored(order: tuple[Step, ...], key: str, began_ms: int) -> int | None:
    """The anchor with which `key` began at `began_ms`."""
    start = start_of(order, key)
    return None if start is None else began_ms - start
