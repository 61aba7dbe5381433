"""Connected venues added up by district, and the hours by district: what a page reads, whatever their number.

The sums are kept by the newest minute of the venues in them, so that who is silent at any
moment is left out by naming minutes, without looking at a single venue. They are written in
the transaction that changes a minute or a venue's connection.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, literal, select

from data_access.clock import day_of
from data_access.column_types import Moment
from data_access.live.alerts import Crowding
from data_access.live.messages import MINUTE, midnight
from data_access.live.scope import connected, connections
from data_access.live.tables import HOUR_SUMS, NOW_SUMS, live_hour, live_hour_district, live_now, live_venue
from data_access.principal import Principal
from data_access.queries.scope import fetch, require_figures
from data_access.settings import settings
from data_access.versions import raise_versions

NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""Key of the venues that were never heard, or not on the newest day."""
RECENT = dt.timedelta(minutes=30)
"""Older newest minutes share one row a district: none of them is fresh, whenever one looks."""
STUCK_MINUTES = 20
TOLD_SHARE = 0.8
"""Of the minutes looked at so many must have come, or nothing is said of the counter."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """What the operators have set that the sums depend on."""

    crowding: Crowding = field(default_factory=Crowding)
    stuck_minutes: int = STUCK_MINUTES


def told_minutes(newest: dt.datetime) -> int:
    """Minutes of the newest minute's day that are over once it is told: so many each venue should have sent."""
    return int((newest + MINUTE - midnight(day_of(newest))) / MINUTE)


def still_from(newest: dt.datetime, stuck_minutes: int) -> dt.datetime:
    """A counter is stuck that stands still since then or longer."""
    return newest - (stuck_minutes - 1) * MINUTE


def refold_now(who: Principal, connection: Connection, measuring: Measuring, at: dt.datetime) -> None:
    """All venues anew: a statement over as many rows as there are venues, at each pull and at no reading."""
    who.require("operations")
    told = connection.scalar(select(func.max(live_venue.c.minute)))
    newest = NEVER if told is None else min(told, at - MINUTE)  # one clock may run ahead
    connection.execute(delete(live_now))
    venues = _each_venue(newest, measuring).subquery()
    keys = [venues.c.district, venues.c.key]
    sums = [func.sum(venues.c[name]) for name in NOW_SUMS]
    connection.execute(
        insert(live_now).from_select(
            ["district", "minute", "newest", "venues", *NOW_SUMS],
            select(*keys, func.max(venues.c.minute), func.count(), *sums).group_by(*keys),
        )
    )


def _each_venue(newest: dt.datetime, measuring: Measuring) -> Any:
    """One row a connected venue: its district, its key, and 0 or a number for each sum."""
    place, v = connections().c, live_venue.c
    day, crowding = day_of(newest), measuring.crowding
    key = case(
        (v.minute >= newest - RECENT, v.minute),
        (v.minute >= midnight(day), literal(midnight(day), Moment())),
        else_=literal(NEVER, Moment()),
    )
    is_known = v.capacity.is_not(None)
    is_crowded = and_(is_known, v.present * 100 >= v.capacity * crowding.percent)
    is_online, is_moved = (
        v.device_state == "online",
        v.still_since > still_from(newest, measuring.stuck_minutes),
    )
    is_still = and_(~is_moved, v.still_minutes >= TOLD_SHARE * measuring.stuck_minutes)
    has_gaps = of_day(v.received, day) < told_minutes(newest)
    values: dict[str, Any] = {
        "never": _one(v.minute.is_(None)),
        "with_capacity": _one(is_known),
        "present": case((is_known, v.present), else_=0),
        "capacity": func.coalesce(v.capacity, 0),
        "present_all": func.coalesce(v.present, 0),
        "busy": _one(and_(is_known, v.present * 100 >= v.capacity * crowding.busy_percent, ~is_crowded)),
        "crowded": _one(is_crowded),
        "in_today": of_day(v.in_today, day),
        "out_today": of_day(v.out_today, day),
        "fault": _one(~is_online),
        "moved": _one(is_moved),
        "still": _one(and_(is_online, is_still)),
        "still_gaps": _one(and_(is_online, is_still, has_gaps)),
        "gaps": _one(and_(is_online, ~is_still, has_gaps)),
        "late": of_day(v.late, day),
        "backfilled": of_day(v.backfilled, day),
    }
    return (
        select(
            place.adcode.label("district"),
            key.label("key"),
            v.minute,
            *(x.label(n) for n, x in values.items()),
        )
        .select_from(
            connections().outerjoin(live_venue, live_venue.c.venue_code == connections().c.venue_code)
        )
        .where(*connected())
    )


def _one(condition: ColumnElement[bool]) -> Any:
    return case((condition, 1), else_=0)


def of_day(column: Any, day: dt.date) -> Any:
    """A sum of a venue's day, 0 where it is of another day."""
    return case((live_venue.c.day == day, column), else_=0)


def refold(who: Principal, connection: Connection, *, at: dt.datetime) -> None:
    """Everything anew, as it was last heard, after a venue was connected or moved to another district."""
    raise_versions(connection, "live", at=at)
    live = settings().live
    measuring = Measuring(Crowding.of(live), live.stuck_minutes)
    heard_at = connection.scalar(select(func.max(live_venue.c.heard_at)))
    refold_now(who, connection, measuring, heard_at or at)  # a file may be of a day long before
    refold_hours(who, connection)


def refold_hours(who: Principal, connection: Connection, ends: Collection[dt.datetime] | None = None) -> None:
    """These full hours by district; None: all that are kept."""
    who.require("operations")
    h, place, kept = live_hour.c, connections().c, live_hour_district.c
    known = and_(place.venue_code == h.venue_code, place.valid_to.is_(None))
    district = func.coalesce(place.adcode, literal(""))
    lines = (
        select(h.hour_end, district.label("district"), *(h[n] for n in HOUR_SUMS))
        .select_from(live_hour.outerjoin(connections(), known))
        .where(*([] if ends is None else [h.hour_end.in_(sorted(ends))]))
        .subquery()
    )
    keys = [lines.c.hour_end, lines.c.district]
    connection.execute(
        delete(live_hour_district).where(*([] if ends is None else [kept.hour_end.in_(sorted(ends))]))
    )
    connection.execute(
        insert(live_hour_district).from_select(
            ["hour_end", "district", *HOUR_SUMS],
            select(*keys, *(func.sum(lines.c[n]) for n in HOUR_SUMS)).group_by(*keys),
        )
    )


@dataclass(slots=True)
class Sums:
    """Venues of a place added up at a moment; fields as of `read.CityNow`, and states of feeds and loads.

    `stuck` and `ok` are told apart from `still` by the neighbours, see `health`.
    """

    venues: int = 0
    fresh: int = 0
    never: int = 0
    with_capacity: int = 0
    present: int = 0
    capacity: int = 0
    present_all: int = 0
    busy: int = 0
    crowded: int = 0
    in_today: int = 0
    out_today: int = 0
    fault: int = 0
    moved: int = 0
    still: int = 0
    still_gaps: int = 0
    gaps: int = 0
    late: int = 0
    backfilled: int = 0
    newest: dt.datetime | None = None


_FRESH = ("with_capacity", "present", "capacity", "present_all", "busy", "crowded", "fault", "moved", "still",
          "still_gaps", "gaps")  # fmt: skip
_TODAY = ("in_today", "out_today", "late", "backfilled")


def by_district(
    who: Principal, connection: Connection, fresh_from: dt.datetime, today: dt.datetime
) -> dict[str, Sums]:
    """The sums of each district's venues.

    Args:
        fresh_from: the oldest newest minute that counts as now.
        today: midnight before which a newest minute says nothing about today.
    """
    require_figures(who)
    found: dict[str, Sums] = {}
    for row in fetch(connection, select(live_now)):
        sums = found.setdefault(row.district, Sums())
        sums.venues += row.venues
        sums.never += row.never
        sums.newest = max(filter(None, (sums.newest, row.newest)), default=None)
        is_fresh = row.minute >= fresh_from
        sums.fresh += row.venues if is_fresh else 0
        for name in (*(_FRESH if is_fresh else ()), *(_TODAY if row.minute >= today else ())):
            setattr(sums, name, getattr(sums, name) + int(getattr(row, name)))
    return found
