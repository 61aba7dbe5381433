"""A month of proof of play: minutes lit against opening hours, scenes shown, heartbeats missed, alarms.

Pure functions over the beats that `kiosk.proof` has on file; the moment is an argument.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from kiosk.proof import Alarm, Beat, Window, alarms, month_of
from ui.formats import beijing

EVERY = dt.timedelta(seconds=60)
"""How often a screen beats."""
STILL_LIT = dt.timedelta(seconds=90)
"""Beats no further apart prove the time between them."""
LEFT_AFTER = dt.timedelta(days=7)
"""A screen that was silent so long has been taken down: no alarm for the rest of the month."""
_ENDLESS = dt.datetime.max.replace(tzinfo=dt.UTC)
Opening = Callable[[dt.date], Sequence[Window]]
"""The opening hours of a day of 北京时间; none on a day on which the hall is closed."""


@dataclass(frozen=True)
class ScreenDay:
    """One screen on one day; minutes of the opening hours only."""

    screen: str
    day: dt.date
    open_minutes: int
    lit_minutes: int
    missed: int
    """Heartbeats that should have come in the opening hours and did not."""
    scenes: int
    """How often a scene came on."""

    @property
    def ratio(self) -> float | None:
        """Lit against open, 0–1; missing on a day without opening hours."""
        return self.lit_minutes / self.open_minutes if self.open_minutes else None


@dataclass(frozen=True)
class Month:
    """What the monthly page and its export say."""

    month: str
    days: tuple[ScreenDay, ...]
    scenes: tuple[tuple[str, int], ...]
    """Key and how often it came on, over all screens; the most frequent first."""
    alarms: tuple[Alarm, ...]
    torn: int

    @property
    def screens(self) -> tuple[str, ...]:
        return tuple(sorted({day.screen for day in self.days}))

    @property
    def open_minutes(self) -> int:
        return sum(day.open_minutes for day in self.days)

    @property
    def lit_minutes(self) -> int:
        return sum(day.lit_minutes for day in self.days)

    @property
    def missed(self) -> int:
        return sum(day.missed for day in self.days)

    @property
    def ratio(self) -> float | None:
        return self.lit_minutes / self.open_minutes if self.open_minutes else None


def summary(
    month: str,
    beats: Sequence[Beat],
    before: Sequence[Beat],
    opening: Opening,
    now: dt.datetime,
    *,
    torn: int = 0,
) -> Month:
    """One month, up to `now`.

    Args:
        month: ``2026-11``.
        beats: of this month, in the order of time.
        before: of the month before: which screens were already up on the first day.
        opening: the hall's hours of a day.
        torn: lines of the file that could not be read.
    """
    found_days: list[ScreenDay] = []
    found_alarms: list[Alarm] = []
    for screen, first, last in _presence([*before, *beats], now):
        own = [beat for beat in beats if beat.screen == screen]
        by_day = {day: list(them) for day, them in groupby(own, key=lambda beat: beijing(beat.at).date())}
        windows: list[Window] = []
        for day in _days(month):
            planned = opening(day)
            its = _within(planned, first, last)
            mine = by_day.get(day, [])
            windows += _within(planned, first, last if last < now else _ENDLESS)
            if its or mine:
                found_days.append(_screen_day(screen, day, mine, its))
        found_alarms += alarms(own, [screen], windows, now)
    counts = Counter(key for beat in beats for key in beat.shown)
    return Month(
        month,
        tuple(sorted(found_days, key=lambda d: (d.day, d.screen))),
        tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(sorted(found_alarms, key=lambda alarm: (alarm.begin, alarm.screen))),
        torn,
    )


def _presence(beats: Iterable[Beat], now: dt.datetime) -> list[tuple[str, dt.datetime, dt.datetime]]:
    """(screen, from its first beat, until): `now` while it still belongs to the hall, its last beat if not."""
    seen: dict[str, tuple[dt.datetime, dt.datetime]] = {}
    for beat in beats:
        first, last = seen.get(beat.screen, (beat.at, beat.at))
        seen[beat.screen] = (min(first, beat.at), max(last, beat.at))
    return [
        (screen, first, last if now - last > LEFT_AFTER else now)
        for screen, (first, last) in sorted(seen.items())
    ]


def _days(month: str) -> list[dt.date]:
    year, number = map(int, month.split("-"))
    return [dt.date(year, number, day + 1) for day in range(calendar.monthrange(year, number)[1])]


def _within(windows: Sequence[Window], first: dt.datetime, last: dt.datetime) -> list[Window]:
    cut = ((max(begin, first), min(end, last)) for begin, end in windows)
    return [(begin, end) for begin, end in cut if begin < end]


def _screen_day(screen: str, day: dt.date, beats: Sequence[Beat], windows: Sequence[Window]) -> ScreenDay:
    lit = dt.timedelta()
    missed = 0
    for begin, end in windows:
        inside = [beat for beat in beats if begin <= beat.at < end]
        lit += _lit(inside, end)
        missed += sum(_missed(b - a) for a, b in pairwise([begin, *(beat.at for beat in inside), end]))
    return ScreenDay(
        screen, day, _minutes(sum((end - begin for begin, end in windows), dt.timedelta())), _minutes(lit), missed,
        sum(len(beat.shown) for beat in beats),
    )  # fmt: skip


def _lit(inside: Sequence[Beat], end: dt.datetime) -> dt.timedelta:
    """A beat proves the time to the next one; when that is late, one interval only. Dark proves nothing."""
    total = dt.timedelta()
    for place, beat in enumerate(inside):
        until = inside[place + 1].at if place + 1 < len(inside) else end
        if beat.mode != "dark":
            total += until - beat.at if until - beat.at <= STILL_LIT else EVERY
    return total


def _missed(gap: dt.timedelta) -> int:
    return max(0, round(gap / EVERY) - 1)


def _minutes(span: dt.timedelta) -> int:
    return round(span / dt.timedelta(minutes=1))


def month_before(month: str) -> str:
    first = dt.datetime.fromisoformat(f"{month}-01T12:00:00+08:00")
    return month_of(first - dt.timedelta(days=2))
