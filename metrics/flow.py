"""实时客流: who is where now, of the city, a district or a venue. Live tables and rollups only.

The page, the wall and the reports ask here. `at` is the moment asked about
(aware); everything is read in the caller's transaction. What each figure means
stands in `flow_definitions`.

- `flow_now`  people inside, share of the capacity, entries today and against the week before, every venue
- `day_curve` today hour by hour against the typical band of like days, with the quiet hours to come
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from data_access.calendar import read_calendar
from data_access.live import health as feeds, read
from data_access.live.health import Health
from data_access.live.scope import Venue
from data_access.principal import Principal
from data_access.queries.scope import unit_of
from data_access.settings import settings
from metrics.flow_band import Curve, Quiet, quiet_hours
from metrics.flow_day import CITY, Day, Measure, Place, curve, day_until, days_behind

Load = Literal["unknown", "calm", "busy", "crowded"]
BUSY_FROM = 0.6
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
class FlowNow:
    """A place at a moment: sums, today's hours, and the venues the reader may see, the fullest first.

    `sums` are of the whole place, whoever asks; `day.entries` are today's entries,
    `day.change` those of the hours both days know against the same weekday a week before.
    """

    at: dt.datetime
    place: Place
    sums: read.CityNow
    day: Day
    lines: tuple[VenueLine, ...]

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
    def troubled(self) -> tuple[VenueLine, ...]:
        """Venues whose feed is silent, broken or stuck, the longest silence first."""
        found = [line for line in self.lines if line.health.state in ("silent", "fault", "stuck")]
        return tuple(
            sorted(found, key=lambda line: (-(line.health.silent_minutes or 0), line.venue.venue_code))
        )


def flow_now(
    principal: Principal, connection: Connection, at: dt.datetime, district: str | None = None
) -> FlowNow:
    """The city at `at`, or one district the principal sees.

    Raises:
        Forbidden: a guide, or a district outside the scope.
    """
    place = Place(district)
    day = day_until(principal, connection, at, place)
    found = feeds.health(principal, connection, at, stuck_minutes=settings().live.stuck_minutes)
    inside = [line for line in found if district in (None, line.now.venue.district)]
    lines = sorted(
        map(VenueLine, inside),
        key=lambda line: (-(line.share or 0.0), -(line.present or 0), line.venue.venue_code),
    )
    is_whole = district is not None or principal.sees_all_units
    sums = read.summed([h.now for h in inside]) if is_whole else read.city_now(principal, connection, at)
    return FlowNow(at, place, sums, day, tuple(lines))


def venue_now(
    principal: Principal, connection: Connection, at: dt.datetime, venue_code: str
) -> VenueLine | None:
    """One venue at `at`; None where it is not connected or not the principal's to see."""
    lines = flow_now(principal, connection, at).lines
    return next((line for line in lines if line.venue.venue_code == venue_code), None)


def districts_to_choose(principal: Principal, venues: Iterable[Venue]) -> frozenset[str]:
    """Districts of these venues whose sums the principal may ask for, not only single venues in them."""
    unit = unit_of(principal)
    return frozenset(v.district for v in venues if unit in (None, v.district))


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
    ahead = at.astimezone(read.BEIJING).hour + 2
    shown = inside if measure == "occupancy" else curve(day, calendar, behind, measure)
    return DayCurve(day, measure, shown, quiet_hours(inside.hours, ahead))


__all__ = [
    "CITY", "Curve", "Day", "DayCurve", "FlowNow", "Load", "Measure", "Place", "VenueLine", "crowded_from", "day_curve",
    "districts_to_choose", "flow_now", "venue_now",
]  # fmt: skip
