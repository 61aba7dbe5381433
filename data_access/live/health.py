"""The health of the live feed by venue: silent, stuck, with gaps, late, filled afterwards.

A stuck counter tells the same people in, people out and present minute after
minute while its neighbours move: at night nobody moves and nobody is stuck.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, and_, case, func, select

from data_access.live.messages import MINUTE
from data_access.live.read import VenueNow, midnight, now_by_venue
from data_access.live.tables import live_hour, live_minute, live_venue
from data_access.principal import SYSTEM, Principal
from data_access.queries.scope import fetch

STUCK_MINUTES = 20
TOLD_SHARE = 0.8
"""Of the minutes looked at so many must have come, or nothing is said of the counter."""
NEIGHBOURS_SHARE = 0.5
"""Of the neighbours so many must have moved meanwhile."""
BACKFILL_S = 15 * 60
"""A minute published later than this was filled in after a silence."""

State = Literal["ok", "never", "silent", "fault", "stuck", "gaps"]


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
    who: Principal, connection: Connection, at: dt.datetime, *, stuck_minutes: int = STUCK_MINUTES
) -> list[Health]:
    """Every connected venue in scope, by code; neighbours outside the scope are looked at, not shown."""
    mine = now_by_venue(who, connection, at)
    if not mine:
        return []
    everybody = mine if who.sees_all_units else now_by_venue(SYSTEM, connection, at)
    newest = max((line.minute for line in everybody if line.minute), default=None)
    start = midnight(at)
    told = start if newest is None or newest < start else min(newest + MINUTE, at)  # one clock may run ahead
    expected = int((told - start) / MINUTE)
    sums, filled = _today(connection, start), _backfilled(connection, start)
    stuck = stuck_venues(everybody, _windows(connection, stuck_minutes), stuck_minutes)
    lines = []
    for line in mine:
        code = line.venue.venue_code
        received, late, corrected, faulty = sums.get(code, (0, 0, 0, 0))
        state = _state(line, code in stuck, received < expected)
        silent = None if line.minute is None else max(0, int((at - line.minute) / MINUTE) - 1)
        lines.append(Health(line, state, silent, expected, received, late, filled.get(code, 0), corrected, faulty,
                            stuck_minutes if code in stuck else 0))  # fmt: skip
    return lines


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


@dataclass(frozen=True, slots=True)
class Window:
    """The last minutes of a venue up to its newest one: how many came, and whether the counters moved."""

    minutes: int
    is_unchanged: bool
    has_movement: bool


def stuck_venues(
    everybody: Sequence[VenueNow], windows: dict[str, Window], stuck_minutes: int
) -> frozenset[str]:
    """Fresh venues whose counters stood still while half their neighbours or more moved.

    Neighbours are the fresh venues of the same district; one alone there has the
    whole city for neighbours.
    """
    fresh = [line.venue for line in everybody if line.is_fresh and line.venue.venue_code in windows]
    by_district: dict[str, list[str]] = defaultdict(list)
    for venue in fresh:
        by_district[venue.district].append(venue.venue_code)
    found = set()
    for venue in fresh:
        window = windows[venue.venue_code]
        if not window.is_unchanged or window.minutes < TOLD_SHARE * stuck_minutes:
            continue
        near = by_district[venue.district]
        others = [
            c for c in (near if len(near) > 1 else [v.venue_code for v in fresh]) if c != venue.venue_code
        ]
        if others and sum(windows[c].has_movement for c in others) >= NEIGHBOURS_SHARE * len(others):
            found.add(venue.venue_code)
    return frozenset(found)


def _windows(connection: Connection, stuck_minutes: int) -> dict[str, Window]:
    c, newest = live_minute.c, connection.scalar(select(func.max(live_venue.c.minute)))
    if newest is None:
        return {}
    counts = (c.people_in, c.people_out, c.present)
    statement = (
        select(c.venue_code, func.count(), *(f(x) for x in counts for f in (func.min, func.max)))
        .where(c.minute > newest - stuck_minutes * MINUTE)
        .group_by(c.venue_code)
    )
    found = {}
    for code, minutes, in_low, in_high, out_low, out_high, low, high in fetch(connection, statement):
        still = in_low == in_high and out_low == out_high and low == high
        found[code] = Window(minutes, still, not still)
    return found


def _today(connection: Connection, start: dt.datetime) -> dict[str, tuple[int, int, int, int]]:
    c = live_hour.c
    sums = [func.sum(x) for x in (c.minutes, c.late, c.corrected, c.faulty)]
    statement = (
        select(c.venue_code, *sums)
        .where(c.hour_end > start, c.hour_end <= start + dt.timedelta(days=1))
        .group_by(c.venue_code)
    )
    return {
        row[0]: (int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in fetch(connection, statement)
    }


def _backfilled(connection: Connection, start: dt.datetime) -> dict[str, int]:
    """Minutes of today that were filled in afterwards; hours without a late minute are not looked into."""
    h, c = live_hour.c, live_minute.c
    late = select(h.venue_code, h.hour_end).where(h.hour_end > start, h.late > 0)
    filled = func.sum(case((c.delay_s > BACKFILL_S, 1), else_=0))
    touched = {(code, end) for code, end in connection.execute(late)}
    if not touched:
        return {}
    codes, first = sorted({code for code, _ in touched}), min(end for _, end in touched)
    statement = (
        select(c.venue_code, filled)
        .where(and_(c.venue_code.in_(codes), c.minute >= max(start, first - dt.timedelta(hours=1))))
        .group_by(c.venue_code)
    )
    return {code: int(n) for code, n in connection.execute(statement) if n}
