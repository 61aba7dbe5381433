"""The health of the live feed by venue: silent, stuck, with gaps, late, filled afterwards.

A stuck counter tells the same people in, people out and present minute after
minute while its neighbours move: at night nobody moves and nobody is stuck.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from data_access.clock import day_of
from data_access.live.messages import MINUTE, midnight
from data_access.live.read import VenueNow, districts_now, now_by_venue
from data_access.live.totals import STUCK_MINUTES, TOLD_SHARE, Sums, still_from, told_minutes
from data_access.principal import Principal

NEIGHBOURS_SHARE = 0.5
"""Of the neighbours so many must have moved meanwhile."""

State = Literal["ok", "never", "silent", "fault", "stuck", "gaps"]
STATES: tuple[State, ...] = ("silent", "fault", "stuck", "never", "gaps", "ok")
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Health:
    """One connected venue's feed at a moment.

    Attributes:
        state: the gravest of never (no message yet), silent (newest minute is old), fault (device says
            so), stuck (see above), gaps (minutes of today are missing), ok.
        silent_minutes: full minutes since the newest minute's end; None if never heard.
        expected, received: minutes of today up to the newest minute of any venue that is over.
        late, backfilled, corrected, faulty: of today's minutes.
        unchanged_minutes: how long the three counters have been the same, up to `STUCK_MINUTES`.
    """

    now: VenueNow
    state: State
    silent_minutes: int | None
    expected: int
    received: int
    late: int
    backfilled: int
    corrected: int
    faulty: int
    unchanged_minutes: int

    @property
    def missing(self) -> int:
        return max(0, self.expected - self.received)


def health(
    who: Principal,
    connection: Connection,
    at: dt.datetime,
    *,
    stuck_minutes: int = STUCK_MINUTES,
    district: str | None = None,
    venue_code: str | None = None,
) -> list[Health]:
    """Every connected venue in scope, by code; neighbours outside the scope are looked at, not shown.

    Args:
        district, venue_code: only the venues of a district, only this one.
    """
    lines = now_by_venue(who, connection, at, district=district, venue_code=venue_code)
    return Watched(districts_now(who, connection, at), at, stuck_minutes).healths(lines) if lines else []


@dataclass(frozen=True, slots=True)
class Watched:
    """All venues at a moment, by district: beside them one venue's feed is judged."""

    districts: Mapping[str, Sums]
    at: dt.datetime
    stuck_minutes: int = STUCK_MINUTES

    @property
    def newest(self) -> dt.datetime | None:
        """The newest minute of any venue that is over; one clock may run ahead."""
        told = max((s.newest for s in self.districts.values() if s.newest), default=None)
        return None if told is None else min(told, self.at - MINUTE)

    @property
    def expected(self) -> int:
        """Minutes of today that each venue should have sent."""
        newest = self.newest
        return 0 if newest is None or newest < midnight(day_of(self.at)) else told_minutes(newest)

    def is_moving(self, district: str) -> bool:
        """Whether half the neighbours of a venue whose counter stands still moved meanwhile.

        Neighbours are the fresh venues of the same district; one alone there has the
        whole city for neighbours.
        """
        near = self.districts.get(district, Sums())
        sums = [near] if near.fresh > 1 else list(self.districts.values())
        others, moved = sum(s.fresh for s in sums) - 1, sum(s.moved for s in sums)
        return others > 0 and moved >= NEIGHBOURS_SHARE * others

    def healths(self, lines: Iterable[VenueNow]) -> list[Health]:
        """The feeds of these venues, in their order."""
        newest, expected = self.newest, self.expected
        moving = {code: self.is_moving(code) for code in {line.venue.district for line in lines}}
        return [self._health(line, newest, expected, moving[line.venue.district]) for line in lines]

    def _health(self, line: VenueNow, newest: dt.datetime | None, expected: int, is_moving: bool) -> Health:
        is_stuck = is_moving and newest is not None and _is_still(line, newest, self.stuck_minutes)
        state = _state(line, is_stuck, line.feed.received < expected)
        silent = None if line.minute is None else max(0, int((self.at - line.minute) / MINUTE) - 1)
        return Health(line, state, silent, expected, line.feed.received, line.feed.late, line.feed.backfilled,
                      line.feed.corrected, line.feed.faulty, self.stuck_minutes if state == "stuck" else 0)  # fmt: skip

    def states(self, district: str | None = None) -> dict[State, int]:
        """How many feeds are in which state, of a district or of all."""
        found: dict[State, int] = dict.fromkeys(STATES, 0)
        for code, s in self.districts.items():
            if district not in (None, code):
                continue
            is_moving = self.is_moving(code)
            stuck, gaps = (s.still, s.gaps) if is_moving else (0, s.gaps + s.still_gaps)
            found["never"] += s.never
            found["silent"] += s.venues - s.fresh - s.never
            found["fault"] += s.fault
            found["stuck"] += stuck
            found["gaps"] += gaps
            found["ok"] += s.fresh - s.fault - stuck - gaps
        return found


def _is_still(line: VenueNow, newest: dt.datetime, stuck_minutes: int) -> bool:
    return (
        line.still_since is not None
        and line.still_since <= still_from(newest, stuck_minutes)
        and line.still_minutes >= TOLD_SHARE * stuck_minutes
    )


def _state(line: VenueNow, is_stuck: bool, has_gaps: bool) -> State:
    if line.minute is None:
        return "never"
    if not line.is_fresh:
        return "silent"
    if line.device_state != "online":
        return "fault"
    if is_stuck:
        return "stuck"
    return "gaps" if has_gaps else "ok"
