"""The platform's two endpoints at a moment: what it has published, page by page.

Blocks hold what was published on one day, in that order: a place in them never
moves, so a page's mark is good for ever, after a restart too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from data_access.engine import BEIJING
from demo.simulator.faults import STATES, Faults, Statements, joined, midnight, statements
from demo.simulator.shape import Shape

DAY_S = 24 * 3600
MOST_LATE_DAYS = 1
"""Everything about a day is said on it or on the day after."""


class NotFound(Exception):
    """A page's mark that this platform never gave."""


@dataclass
class Platform:
    """What is published about the days from `first` on.

    Attributes:
        remembers_days: how far back the live feed goes; readings stay.
    """

    shape: Shape
    first: dt.date
    faults: Faults = field(default_factory=Faults)
    remembers_days: int = 7

    def __post_init__(self) -> None:
        self.live_block = lru_cache(maxsize=self.remembers_days + 3)(self._live_block)
        self.hourly_block = lru_cache(maxsize=self.remembers_days + 3)(self._hourly_block)
        self._said = lru_cache(maxsize=3)(lambda on: statements(self.shape, on, self.faults))

    # ------------------------------------------------------------ the live feed

    def _live_block(self, on: dt.date) -> tuple[Statements, np.ndarray]:
        """What was published on a day, in order; and the day (as a number) of each statement's minute."""
        parts, days = [], []
        for day in (on - dt.timedelta(days=MOST_LATE_DAYS), on):
            if day < self.first:
                continue
            said = self._said(day)
            inside = np.flatnonzero(
                (said.published >= midnight(on)) & (said.published < midnight(on) + DAY_S)
            )
            parts.append(said.chosen(inside))
            days.append(np.full(len(inside), day.toordinal()))
        rows, day_numbers = joined(parts), np.concatenate(days)
        order = np.lexsort((rows.sequence, rows.minute, day_numbers, rows.venue, rows.published))
        return rows.chosen(order), day_numbers[order]

    def messages(
        self, now: dt.datetime, *, since: dt.datetime | None, mark: str | None, size: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Live messages published from `since` (or after `mark`) until `now`, and the next page's mark."""
        earliest = max(self.first, _day(now) - dt.timedelta(days=self.remembers_days))
        day, place = self._begin(since, mark, earliest, now, lambda on: self.live_block(on)[0].published)
        found: list[dict[str, Any]] = []
        while day <= _day(now):
            rows, days = self.live_block(day)
            until = int(np.searchsorted(rows.published, int(now.timestamp()), "right"))
            end = max(place, min(until, place + size - len(found)))
            found += self._as_messages(rows.chosen(np.arange(place, end)), days[place:end])
            if end < until:
                return found, f"{day.isoformat()}:{end}"
            day, place = day + dt.timedelta(days=1), 0
        return found, None

    def _as_messages(self, rows: Statements, days: np.ndarray) -> list[dict[str, Any]]:
        codes, capacities = self.shape.codes, self.shape.capacities
        columns = (rows.venue, rows.minute, rows.people_in, rows.people_out, rows.present, rows.state,
                   rows.sequence, rows.published, days)  # fmt: skip
        return [
            {
                "venue_code": codes[v], "minute": _minute(d, m), "in": i, "out": o, "present": p,
                "capacity": capacities[v], "device": STATES[s], "sequence": n, "published_at": _moment(at),
            }
            for v, m, i, o, p, s, n, at, d in zip(*(c.tolist() for c in columns), strict=True)
        ]  # fmt: skip

    # ------------------------------------------------------------ hourly readings

    def _hourly_block(self, on: dt.date) -> tuple[np.ndarray, list[dict[str, Any]]]:
        """Readings published on a day: when, and what."""
        lines: list[tuple[int, dict[str, Any]]] = []
        for day in (on - dt.timedelta(days=MOST_LATE_DAYS), on):
            if day >= self.first:
                lines += [x for x in self._readings(day) if midnight(on) <= x[0] < midnight(on) + DAY_S]
        lines.sort(key=lambda line: (line[0], line[1]["venue_code"], line[1]["reading_at"]))
        return np.array([at for at, _ in lines], dtype=np.int64), [reading for _, reading in lines]

    def _readings(self, on: dt.date) -> list[tuple[int, dict[str, Any]]]:
        """Readings about a day by the second of publication: four minutes past, some late, some twice."""
        columns, rng = self.shape.hourly(on), self.shape.world.rng("published", on)
        count = len(columns["venue_code"])
        late = np.where(rng.random(count) < 0.01, rng.integers(1, 4, count) * 3600, 0)
        jitter, again = rng.integers(0, 60, count), rng.random(count) < 0.01
        lines = []
        for number in range(count):
            hour = columns["hour"][number]
            at = midnight(on) + hour * 3600 + 240 + int(jitter[number] + late[number])
            reading = {n: v[number] for n, v in columns.items() if n != "hour"}
            reading["reading_at"] = _moment(midnight(on) + hour * 3600)
            lines.append((at, reading))
            if again[number]:
                lines.append((at + 1800, reading))
        return lines

    def readings(
        self, now: dt.datetime, *, since: dt.datetime | None, mark: str | None, size: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Hourly readings, as `messages` gives live ones."""
        day, place = self._begin(since, mark, self.first, now, lambda on: self.hourly_block(on)[0])
        found: list[dict[str, Any]] = []
        while day <= _day(now):
            moments, lines = self.hourly_block(day)
            until = int(np.searchsorted(moments, int(now.timestamp()), "right"))
            end = max(place, min(until, place + size - len(found)))
            found += [lines[n] | {"updated_at": _moment(int(moments[n]))} for n in range(place, end)]
            if end < until:
                return found, f"{day.isoformat()}:{end}"
            day, place = day + dt.timedelta(days=1), 0
        return found, None

    # ------------------------------------------------------------ both

    def _begin(
        self, since: dt.datetime | None, mark: str | None, earliest: dt.date, now: dt.datetime,
        published: Callable[[dt.date], np.ndarray],
    ) -> tuple[dt.date, int]:  # fmt: skip
        """Day and place in its block to begin at: at the mark, at `since`, or as early as it goes."""
        if mark is not None:
            day_text, _, place = mark.partition(":")
            try:
                return dt.date.fromisoformat(day_text), int(place)
            except ValueError:
                raise NotFound(mark) from None
        if since is None:
            return earliest, 0
        day = _day(since)
        if day < earliest:
            return earliest, 0
        if day > _day(now):
            return day, 0
        return day, int(np.searchsorted(published(day), int(since.timestamp()), "left"))


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(BEIJING).date()


def _moment(second: int) -> str:
    return dt.datetime.fromtimestamp(second, BEIJING).isoformat()


@lru_cache(maxsize=20_000)
def _minute(day: int, minute: int) -> str:
    return _moment(midnight(dt.date.fromordinal(day)) + minute * 60)
