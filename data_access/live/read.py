"""What pages read of the live feed: now, minutes, hours, pulls. Alerts and differences: `lately`.

Every answer holds only venues in the reader's scope (`scope`), except the city's
sums, which everybody but a guide may see. Moments are aware (UTC).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from data_access.clock import day_of
from data_access.live import totals
from data_access.live.messages import LATE_S, fresh_from, midnight
from data_access.live.scope import Venue, conditions, connected, connections, seen, sees_every_venue
from data_access.live.tables import (
    live_hour,
    live_hour_district,
    live_minute,
    live_pull,
    live_venue,
)
from data_access.principal import Principal
from data_access.queries.scope import fetch, require_figures, unit_of


@dataclass(frozen=True, slots=True)
class FeedToday:
    """Minutes of a venue's today: how many came, and how."""

    received: int = 0
    late: int = 0
    corrected: int = 0
    faulty: int = 0
    backfilled: int = 0


@dataclass(frozen=True, slots=True)
class VenueNow:
    """One connected venue at a moment; all counts None before its first message.

    Attributes:
        minute: beginning of the newest minute received; people_in, people_out, present are its.
        capacity: 核定承载量, None where nobody has stated it.
        device_state: online | offline | fault.
        heard_at: when the product last heard anything new of it.
        is_fresh: whether that minute is at most `FRESH_S` old.
        in_today, out_today, peak_today: since midnight in 北京时间; None where nothing came today.
        still_since, still_minutes: no minute from then on told other counts; so many came.
    """

    venue: Venue
    minute: dt.datetime | None = None
    people_in: int | None = None
    people_out: int | None = None
    present: int | None = None
    capacity: int | None = None
    device_state: str | None = None
    heard_at: dt.datetime | None = None
    is_fresh: bool = False
    in_today: int | None = None
    out_today: int | None = None
    peak_today: int | None = None
    still_since: dt.datetime | None = None
    still_minutes: int = 0
    feed: FeedToday = FeedToday()


@dataclass(frozen=True, slots=True)
class CityNow:
    """The city's sums at a moment.

    Attributes:
        connected: venues with a connection record; heard: those whose newest minute is fresh.
        present, capacity: of the fresh venues whose capacity is known (`with_capacity`) …
        present_all: … and of all fresh venues.
        minute: the newest minute of any venue.
    """

    connected: int
    heard: int
    with_capacity: int
    present: int
    capacity: int
    present_all: int
    in_today: int
    out_today: int
    minute: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a venue as it counts now; `is_late`, `is_corrected`: how it came."""

    minute: dt.datetime
    people_in: int
    people_out: int
    present: int
    capacity: int | None
    device_state: str
    is_late: bool
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class HourLine:
    """Minutes folded to the hour up to `hour_end`, the full hour the platform stamps its reading with.

    `venue_code` is "" and `peak` the sum of the venues' peaks for the city.
    `minutes` of 60 were received (of 60 × venues for the city).
    """

    venue_code: str
    hour_end: dt.datetime
    people_in: int
    people_out: int
    peak: int
    present: int
    minutes: int
    late: int
    corrected: int
    faulty: int


@dataclass(frozen=True, slots=True)
class PullState:
    """Where the pull of one source stands: last attempt, last answer, what went wrong since."""

    source: str
    pulled_at: dt.datetime | None
    answered_at: dt.datetime | None
    error: str | None
    failures: int
    taken: int
    repeated: int
    refused: int
    refused_at: dt.datetime | None
    refused_why: str | None


def now_by_venue(
    who: Principal,
    connection: Connection,
    at: dt.datetime,
    *,
    district: str | None = None,
    venue_code: str | None = None,
) -> list[VenueNow]:
    """Every connected venue in scope at `at`, by code; only those of a district, or one of them."""
    c = connections().c
    narrowed = [*_if_given(c.adcode, district), *_if_given(c.venue_code, venue_code)]
    statement = (
        lines_with().where(*connected(), *conditions(who, connection), *narrowed).order_by(c.venue_code)
    )
    return [line_of(row, at) for row in fetch(connection, statement)]


def fullest(
    who: Principal, connection: Connection, at: dt.datetime, most: int, district: str | None = None
) -> list[VenueNow]:
    """The first `most` of `now_by_venue` by share of the capacity, then by people; who is silent comes last."""
    c, v = connections().c, live_venue.c
    place, oldest = _if_given(c.adcode, district), fresh_from(at)
    order = (v.permille.desc(), v.present.desc(), v.venue_code)
    lines = first_of(who, connection, at, [v.minute >= oldest], place, order, most)
    if len(lines) < most:
        is_silent = or_(v.minute.is_(None), v.minute < oldest)
        mine = conditions(who, connection)
        silent = lines_with().where(*connected(), *mine, *place, is_silent).order_by(c.venue_code)
        lines += [line_of(row, at) for row in fetch(connection, silent.limit(most - len(lines)))]
    return lines


def first_of(
    who: Principal,
    connection: Connection,
    at: dt.datetime,
    own: Sequence[ColumnElement[bool]],
    place: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
    most: int,
) -> list[VenueNow]:
    """The first `most` heard venues in an order of `live_venue`'s columns, which an index should follow.

    Their codes first: joined with all connection records, either database sorts every venue.

    Args:
        own: conditions on `live_venue` alone.
        place: conditions that look at the connection record too.
    """
    c, v = connections().c, live_venue.c
    record = (
        select(c.venue_code)
        .where(c.venue_code == v.venue_code, *connected(), *place, *conditions(who, connection))
        .exists()
    )
    codes = [
        code
        for (code,) in fetch(
            connection, select(v.venue_code).where(*own, record).order_by(*order).limit(most)
        )
    ]
    rows = fetch(connection, lines_with(with_silent=False).where(v.venue_code.in_(codes), *connected()))
    found = {row.venue_code: line_of(row, at) for row in rows} if codes else {}
    return [found[code] for code in codes]


def _if_given(column: ColumnElement[str], value: str | None) -> list[ColumnElement[bool]]:
    return [] if value is None else [column == value]


_PLACE = ("venue_code", "venue_name", "adcode", "longitude", "latitude")
_COUNTED = ("minute", "people_in", "people_out", "present", "capacity", "device_state", "heard_at")
_FEED = ("still_since", "still_minutes", "received", "late", "corrected", "faulty", "backfilled")
_DAY = ("day", "in_today", "out_today", "peak_today")


def lines_with(*, with_silent: bool = True) -> Any:
    """Connection records with what the live feed says of each; `with_silent`: of those never heard nothing."""
    place, v = connections(), live_venue.c
    joined = place.join(live_venue, v.venue_code == place.c.venue_code, isouter=with_silent)
    columns = [place.c[n] for n in _PLACE] + [v[n] for n in (*_COUNTED, *_FEED, *_DAY)]
    return select(*columns).select_from(joined)


def line_of(row: Any, at: dt.datetime) -> VenueNow:
    """A row of `lines_with` as seen at `at`: what it says of another day says nothing of today."""
    venue = Venue(row.venue_code, row.venue_name, row.adcode, float(row.longitude), float(row.latitude))
    if row.minute is None:
        return VenueNow(venue)
    is_today = row.day == day_of(at)
    feed = FeedToday(*(getattr(row, n) if is_today else 0 for n in FeedToday.__dataclass_fields__))
    today = {n: getattr(row, n) if is_today else None for n in ("in_today", "out_today", "peak_today")}
    counted = {n: getattr(row, n) for n in _COUNTED}
    return VenueNow(
        venue,
        **counted,
        is_fresh=row.minute >= fresh_from(at),
        **today,
        still_since=row.still_since,
        still_minutes=row.still_minutes,
        feed=feed,
    )


def city_now(who: Principal, connection: Connection, at: dt.datetime) -> CityNow:
    """The city's sums for everybody who works with figures."""
    require_figures(who)
    return city_of(districts_now(who, connection, at).values())


def districts_now(who: Principal, connection: Connection, at: dt.datetime) -> dict[str, totals.Sums]:
    """The sums of every district. Callers show a single district's only to who may see it (`scope.sees_every_venue`)."""
    return totals.by_district(who, connection, fresh_from(at), midnight(day_of(at)))


def city_of(sums: Iterable[totals.Sums]) -> CityNow:
    """Sums of districts as one."""
    found = list(sums)

    def total(name: str) -> int:
        return sum(getattr(s, name) for s in found)

    names = ("with_capacity", "present", "capacity", "present_all", "in_today", "out_today")
    return CityNow(
        connected=total("venues"),
        heard=total("fresh"),
        **{name: total(name) for name in names},
        minute=max((s.newest for s in found if s.newest), default=None),
    )


def minutes_of(
    who: Principal, connection: Connection, venue_code: str, first: dt.datetime, until: dt.datetime
) -> list[Minute]:
    """Minutes of one venue from `first` (inclusive) to `until` (exclusive); none outside the scope."""
    c = live_minute.c
    statement = (
        select(c.minute, c.people_in, c.people_out, c.present, c.capacity, c.device_state, c.delay_s, c.sequence)
        .where(c.venue_code == venue_code, c.minute >= first, c.minute < until, *seen(who, connection, c.venue_code))
        .order_by(c.minute)
    )  # fmt: skip
    return [
        Minute(m, i, o, p, capacity, state, delay > LATE_S, sequence > 1)
        for m, i, o, p, capacity, state, delay, sequence in connection.execute(statement)
    ]


def hours(
    who: Principal,
    connection: Connection,
    first: dt.datetime,
    until: dt.datetime,
    *,
    venue_code: str | None = None,
) -> list[HourLine]:
    """Hours with `hour_end` after `first` up to `until` (inclusive), by venue, then time."""
    c = live_hour.c
    statement = select(*(c[n] for n in HourLine.__dataclass_fields__)).where(
        c.hour_end > first, c.hour_end <= until, *seen(who, connection, c.venue_code)
    )
    if venue_code is not None:
        statement = statement.where(c.venue_code == venue_code)
    rows = fetch(connection, statement.order_by(c.venue_code, c.hour_end))
    return [HourLine(**row._mapping) for row in rows]


def city_hours(
    who: Principal, connection: Connection, first: dt.datetime, until: dt.datetime
) -> list[HourLine]:
    """The city's hours, sums over all venues, by time."""
    require_figures(who)
    return _hours(connection, first, until)


def district_hours(
    who: Principal, connection: Connection, first: dt.datetime, until: dt.datetime, district: str
) -> list[HourLine]:
    """The same of one district's venues; nothing for who does not see all of them."""
    if unit_of(who) != district and not sees_every_venue(who, connection):
        return []
    return _hours(connection, first, until, live_hour_district.c.district == district)


def _hours(
    connection: Connection, first: dt.datetime, until: dt.datetime, *inside: ColumnElement[bool]
) -> list[HourLine]:
    c = live_hour_district.c
    statement = (
        select(c.hour_end, *(func.sum(c[n]).label(n) for n in totals.HOUR_SUMS))
        .where(c.hour_end > first, c.hour_end <= until, *inside)
        .group_by(c.hour_end)
        .order_by(c.hour_end)
    )
    return [
        HourLine("", row.hour_end, **{n: int(row._mapping[n]) for n in totals.HOUR_SUMS})
        for row in connection.execute(statement)
    ]


def pulls(who: Principal, connection: Connection) -> list[PullState]:
    """Where the pulls of live feeds stand: how fresh everything else here can be."""
    require_figures(who)
    rows = connection.execute(
        select(*(live_pull.c[n] for n in PullState.__dataclass_fields__)).order_by(live_pull.c.source)
    )
    return [PullState(**row._mapping) for row in rows]
