"""实时客流: who is where now, of the city, a district or a venue. Live tables and rollups only.

The page, the wall and the reports ask here. `at` is the moment asked about
(aware); everything is read in the caller's transaction. What each figure means
stands in `flow_definitions`.

- `flow_now`  people inside, share of the capacity, entries today and against the week before, every venue
- `day_curve` today hour by hour against the typical band of like days, with the quiet hours to come
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from data_access.calendar import read_calendar
from data_access.engine import BEIJING
from data_access.live import health as feeds, read
from data_access.live.alerts import Crowding
from data_access.live.health import STATES, Health, State, Watched
from data_access.live.scope import Venue, sees_every_venue, venues
from data_access.live.worst import worst
from data_access.principal import Principal
from data_access.queries.scope import unit_of
from data_access.queries.visit_hours import require_districts
from data_access.settings import settings
from metrics.flow_band import Curve, Quiet, quiet_hours
from metrics.flow_day import CITY, Day, Measure, Place, curve, day_until, days_behind

Load = Literal["unknown", "calm", "busy", "crowded"]
BUSY_FROM = Crowding().busy_percent / 100
"""Share of the capacity from which a venue is busy (proposal); crowded from ``[live] crowding_percent``."""


def crowded_from() -> float:
    """Share of the capacity at which the live feed raises an alert, as the operators have set it."""
    return settings().live.crowding_percent / 100


@dataclass(frozen=True, slots=True)
class VenueLine:
    """A connected venue now: what its feed tells, how full it is, and how its feed fares."""

    health: Health

    @property
    def venue(self) -> Venue:
        return self.health.now.venue

    @property
    def present(self) -> int | None:
        """People inside; None unless the newest minute is fresh."""
        return self.health.now.present if self.health.now.is_fresh else None

    @property
    def capacity(self) -> int | None:
        return self.health.now.capacity

    @property
    def share(self) -> float | None:
        """People inside ÷ capacity; None where either is unknown."""
        return self.present / self.capacity if self.present is not None and self.capacity else None

    @property
    def load(self) -> Load:
        if self.share is None:
            return "unknown"
        return "crowded" if self.share >= crowded_from() else "busy" if self.share >= BUSY_FROM else "calm"


@dataclass(frozen=True, slots=True)
class Counts:
    """Venues of a place that the reader may see, counted.

    Attributes:
        states: by state of their feed; loads: by how full they are.
        people: inside, by district; venues: by district.
        late, backfilled: minutes of today.
    """

    states: Mapping[State, int]
    loads: Mapping[Load, int]
    people: Mapping[str, int]
    venues: Mapping[str, int]
    late: int
    backfilled: int

    @property
    def every(self) -> int:
        return sum(self.venues.values())

    @property
    def troubled(self) -> int:
        """Venues whose feed is silent, broken or stuck."""
        return sum(self.states[state] for state in TROUBLES)


TROUBLES: tuple[State, ...] = ("silent", "fault", "stuck")


@dataclass(frozen=True, slots=True)
class FlowNow:
    """A place at a moment: sums, today's hours, and the venues the reader may see.

    `sums` are of the whole place, whoever asks; `day.entries` are today's entries,
    `day.change` those of the hours both days know against the same weekday a week before.
    `lines` are the fullest venues first, `worst` those whose feed is not in order, the
    gravest first; both may be the first of many: `counts` is of all.
    """

    at: dt.datetime
    place: Place
    sums: read.CityNow
    day: Day
    lines: tuple[VenueLine, ...]
    worst: tuple[VenueLine, ...]
    counts: Counts

    @property
    def is_live(self) -> bool:
        """Whether anything fresh came; otherwise only what was recorded can be shown."""
        return self.sums.heard > 0

    @property
    def present(self) -> int | None:
        """People inside the venues whose newest minute is fresh; None where none is."""
        return self.sums.present_all if self.is_live else None

    @property
    def share(self) -> float | None:
        """People inside ÷ capacity, of the fresh venues that state one."""
        return self.sums.present / self.sums.capacity if self.sums.capacity else None

    @property
    def until(self) -> dt.datetime | None:
        """Up to when the figures reach: the end of the newest minute, or of the newest recorded hour."""
        minute = self.sums.minute
        live = None if minute is None else minute + dt.timedelta(minutes=1)
        return max((moment for moment in (live, self.day.until) if moment is not None), default=None)

    @property
    def feeds(self) -> tuple[VenueLine, ...]:
        """The venues named for their feeds: those not in order, then the fullest of the others."""
        return (*self.worst, *(line for line in self.lines if line.health.state == "ok"))

    @property
    def troubled(self) -> tuple[VenueLine, ...]:
        """Of `worst` those whose feed is silent, broken or stuck, the longest silence first."""
        found = [line for line in self.worst if line.health.state in TROUBLES]
        return tuple(
            sorted(found, key=lambda line: (-(line.health.silent_minutes or 0), line.venue.venue_code))
        )


def flow_now(
    principal: Principal,
    connection: Connection,
    at: dt.datetime,
    district: str | None = None,
    *,
    most: int | None = None,
) -> FlowNow:
    """The city at `at`, or one district the principal sees.

    Args:
        most: how many venues to name, the fullest and the worst; their number then costs nothing. None: all.

    Raises:
        Forbidden: a guide, or a district outside the scope.
    """
    place = Place(district)
    day = day_until(principal, connection, at, place)
    watched = Watched(read.districts_now(principal, connection, at), at, settings().live.stuck_minutes)
    if most is not None and sees_every_venue(principal, connection):
        full = watched.healths(read.fullest(principal, connection, at, most, district))
        bad = worst(principal, connection, watched, most, district)
        counts = _counts(watched, district)
    else:
        every = watched.healths(read.now_by_venue(principal, connection, at, district=district))
        full = every
        bad = sorted((h for h in every if h.state != "ok"), key=_gravity)[:most]
        counts = counted([VenueLine(h) for h in every])
    lines = sorted(
        map(VenueLine, full), key=lambda x: (-(x.share or 0.0), -(x.present or 0), x.venue.venue_code)
    )
    inside = [s for code, s in watched.districts.items() if district in (None, code)]
    return FlowNow(
        at, place, read.city_of(inside), day, tuple(lines[:most]), tuple(map(VenueLine, bad)), counts
    )


def _gravity(line: Health) -> tuple[int, int, str]:
    return STATES.index(line.state), -(line.silent_minutes or 0), line.now.venue.venue_code


def _counts(watched: Watched, district: str | None) -> Counts:
    """Of everybody's venues, from their sums."""
    inside = {code: s for code, s in watched.districts.items() if district in (None, code)}
    known = list(inside.values())
    busy, crowded = sum(s.busy for s in known), sum(s.crowded for s in known)
    calm = sum(s.with_capacity for s in known) - busy - crowded
    every = sum(s.venues for s in known)
    return Counts(
        states=watched.states(district),
        loads={"unknown": every - calm - busy - crowded, "calm": calm, "busy": busy, "crowded": crowded},
        people={code: s.present_all for code, s in inside.items()},
        venues={code: s.venues for code, s in inside.items()},
        late=sum(s.late for s in known),
        backfilled=sum(s.backfilled for s in known),
    )


def counted(lines: Iterable[VenueLine]) -> Counts:
    """The same of these venues, one by one."""
    states: dict[State, int] = dict.fromkeys(STATES, 0)
    loads: dict[Load, int] = {"unknown": 0, "calm": 0, "busy": 0, "crowded": 0}
    people, venues = Counter[str](), Counter[str]()
    late = backfilled = 0
    for line in lines:
        states[line.health.state] += 1
        loads[line.load] += 1
        venues[line.venue.district] += 1
        people[line.venue.district] += line.present or 0
        late += line.health.late
        backfilled += line.health.backfilled
    return Counts(states, loads, people, venues, late, backfilled)


def venue_now(
    principal: Principal, connection: Connection, at: dt.datetime, venue_code: str
) -> VenueLine | None:
    """One venue at `at`; None where it is not connected or not the principal's to see."""
    stuck = settings().live.stuck_minutes
    found = feeds.health(principal, connection, at, stuck_minutes=stuck, venue_code=venue_code)
    return VenueLine(found[0]) if found else None


def districts_to_choose(principal: Principal, connection: Connection, at: dt.datetime) -> frozenset[str]:
    """Districts with a connected venue whose sums the principal may ask for, not only single venues in them."""
    unit, known = unit_of(principal), read.districts_now(principal, connection, at)
    if unit is None and not sees_every_venue(principal, connection):
        return frozenset()
    return frozenset(code for code in known if unit in (None, code))


def district_of_a_file(principal: Principal, connection: Connection, asked: str | None) -> str | None:
    """The district whose venues a file names; None: all that the principal may see.

    Raises:
        Forbidden: its single venues are not theirs.
    """
    if asked is not None:
        require_districts(principal, connection, [asked])
    return asked


def venues_to_choose(
    principal: Principal, connection: Connection, district: str | None, asked: str, most: int
) -> list[Venue]:
    """Venues for a list of at most `most`; where there are more, the one asked for alone (none: no such venue)."""
    found = venues(principal, connection, district=district, most=most + 1)
    if len(found) <= most:
        return found
    return venues(principal, connection, district=district, venue_code=asked)


@dataclass(frozen=True, slots=True)
class DayCurve:
    """`curve` is of the measure asked for; `quiet` the emptiest hours to come, by people inside."""

    day: Day
    measure: Measure
    curve: Curve
    quiet: Quiet | None


def day_curve(
    principal: Principal,
    connection: Connection,
    at: dt.datetime,
    place: Place = CITY,
    measure: Measure = "entries",
) -> DayCurve:
    """Today's hours that are over (entries, or people inside at the end of each) with their typical band.

    `curve.hours` carry `hour` (1–24, when it ends), `actual`, `week_ago`, `low`,
    `middle`, `high`; `curve.days` the days behind the band, fewer than four: no band.

    Raises:
        Forbidden: a guide, or a district outside the scope.
    """
    calendar = read_calendar(principal, connection)
    day = day_until(principal, connection, at, place)
    behind = days_behind(principal, connection, day, calendar)
    inside = curve(day, calendar, behind, "occupancy")
    ahead = at.astimezone(BEIJING).hour + 2
    shown = inside if measure == "occupancy" else curve(day, calendar, behind, measure)
    return DayCurve(day, measure, shown, quiet_hours(inside.hours, ahead))


__all__ = [
    "CITY", "Counts", "Curve", "Day", "DayCurve", "FlowNow", "Load", "Measure", "Place", "VenueLine", "counted",
    "crowded_from", "day_curve", "district_of_a_file", "districts_to_choose", "flow_now", "venue_now",
    "venues_to_choose",
]  # fmt: skip
