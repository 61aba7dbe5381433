"""What pages read of the live feed: now, minutes, hours, alerts, differences, pulls.

Every answer holds only venues in the reader's scope (`scope`), except the city's
sums, which everybody but a guide may see. Moments are aware (UTC).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from data_access.clock import day_of
from data_access.engine import BEIJING
from data_access.live.messages import LATE_S
from data_access.live.scope import Venue, seen, venues
from data_access.live.tables import (
    live_alert,
    live_hour,
    live_minute,
    live_pull,
    live_reconciled,
    live_venue,
)
from data_access.principal import SYSTEM, Principal
from data_access.queries.scope import require_figures

FRESH_S = 300
"""A venue heard later than this is silent: who was inside then is not who is inside now."""


_COUNTED = ("minute", "people_in", "people_out", "present", "capacity", "device_state", "heard_at")


@dataclass(frozen=True, slots=True)
class VenueNow:
    """One connected venue at a moment; all counts None before its first message.

    Attributes:
        minute: beginning of the newest minute received; people_in, people_out, present are its.
        capacity: 核定承载量, None where nobody has stated it.
        device_state: online | offline | fault.
        heard_at: when the product last heard anything new of it.
        is_fresh: whether that minute is at most `FRESH_S` old.
        in_today, out_today, peak_today: since midnight in 北京时间.
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
class Alert:
    """Crowding of one venue: present ≥ threshold from `raised_minute` until `fell_minute` (None: still)."""

    venue_code: str
    name: str
    raised_minute: dt.datetime
    threshold: int
    capacity: int
    peak: int
    peak_minute: dt.datetime
    fell_minute: dt.datetime | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One hour of a venue, live feed beside record; `reason` is a key of `reconcile.REASON_WORDS`."""

    venue_code: str
    name: str
    hour_end: dt.datetime
    minutes: int
    people_in: int | None
    people_out: int | None
    recorded_in: int | None
    recorded_out: int | None
    reason: str
    checked_at: dt.datetime


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


def midnight(at: dt.datetime) -> dt.datetime:
    """The beginning of the day of 北京时间 that `at` lies in."""
    return dt.datetime.combine(day_of(at), dt.time(), BEIJING)


def now_by_venue(who: Principal, connection: Connection, at: dt.datetime) -> list[VenueNow]:
    """Every connected venue in scope at `at`, by code."""
    found = venues(who, connection)
    newest = {row.venue_code: row for row in connection.execute(select(live_venue))} if found else {}
    today = _today(connection, at)
    lines = []
    for venue in found:
        row, sums = newest.get(venue.venue_code), today.get(venue.venue_code, (None, None, None))
        if row is None:
            lines.append(VenueNow(venue))
            continue
        lines.append(
            VenueNow(
                venue,
                **{n: getattr(row, n) for n in _COUNTED},
                is_fresh=_is_fresh(row.minute, at),
                in_today=sums[0],
                out_today=sums[1],
                peak_today=sums[2],
            )
        )
    return lines


def _today(connection: Connection, at: dt.datetime) -> dict[str, tuple[int, int, int]]:
    c = live_hour.c
    start = midnight(at)
    statement = (
        select(c.venue_code, func.sum(c.people_in), func.sum(c.people_out), func.max(c.peak))
        .where(c.hour_end > start, c.hour_end <= start + dt.timedelta(days=1))
        .group_by(c.venue_code)
    )
    return {code: (int(i), int(o), int(p)) for code, i, o, p in connection.execute(statement)}


def _is_fresh(minute: dt.datetime, at: dt.datetime) -> bool:
    return (at - minute).total_seconds() <= FRESH_S + 60


def city_now(who: Principal, connection: Connection, at: dt.datetime) -> CityNow:
    """The city's sums for everybody who works with figures."""
    require_figures(who)
    return summed(now_by_venue(SYSTEM, connection, at))


def summed(lines: Sequence[VenueNow]) -> CityNow:
    """These venues added up, as `city_now` adds up all of them."""
    fresh = [line for line in lines if line.is_fresh]
    known = [line for line in fresh if line.capacity]
    return CityNow(
        connected=len(lines),
        heard=len(fresh),
        with_capacity=len(known),
        present=sum(line.present or 0 for line in known),
        capacity=sum(line.capacity or 0 for line in known),
        present_all=sum(line.present or 0 for line in fresh),
        in_today=sum(line.in_today or 0 for line in lines),
        out_today=sum(line.out_today or 0 for line in lines),
        minute=max((line.minute for line in lines if line.minute), default=None),
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
    statement = select(live_hour).where(
        c.hour_end > first, c.hour_end <= until, *seen(who, connection, c.venue_code)
    )
    if venue_code is not None:
        statement = statement.where(c.venue_code == venue_code)
    rows = connection.execute(statement.order_by(c.venue_code, c.hour_end))
    return [HourLine(**row._mapping) for row in rows]


def city_hours(
    who: Principal, connection: Connection, first: dt.datetime, until: dt.datetime
) -> list[HourLine]:
    """The city's hours, sums over all venues, by time."""
    require_figures(who)
    c = live_hour.c
    names = ("people_in", "people_out", "peak", "present", "minutes", "late", "corrected", "faulty")
    statement = (
        select(c.hour_end, *(func.sum(c[n]).label(n) for n in names))
        .where(c.hour_end > first, c.hour_end <= until)
        .group_by(c.hour_end)
        .order_by(c.hour_end)
    )
    return [
        HourLine("", row.hour_end, **{n: int(row._mapping[n]) for n in names})
        for row in connection.execute(statement)
    ]


def alerts(
    who: Principal, connection: Connection, since: dt.datetime, *, is_open: bool = False
) -> list[Alert]:
    """Alerts raised since `since`, newest first; `is_open`: only those still crowded or not acknowledged."""
    c, names = live_alert.c, _names(who, connection)
    statement = select(live_alert).where(c.raised_minute >= since, *seen(who, connection, c.venue_code))
    if is_open:
        statement = statement.where(c.fell_minute.is_(None) | c.acknowledged_at.is_(None))
    rows = connection.execute(statement.order_by(c.raised_minute.desc(), c.venue_code))
    return [
        Alert(
            row.venue_code, names[row.venue_code], row.raised_minute, row.threshold,
            row.capacity, row.peak, row.peak_minute, row.fell_minute, row.acknowledged_at, row.acknowledged_by,
            row.note,
        )
        for row in rows
    ]  # fmt: skip


def differences(
    who: Principal,
    connection: Connection,
    first: dt.datetime,
    until: dt.datetime,
    *,
    with_equal: bool = False,
) -> list[Difference]:
    """Reconciled hours with `hour_end` after `first` up to `until`, newest first; equal ones only if asked."""
    c, names = live_reconciled.c, _names(who, connection)
    inside = and_(c.hour_end > first, c.hour_end <= until)
    statement = select(live_reconciled).where(inside, *seen(who, connection, c.venue_code))
    if not with_equal:
        statement = statement.where(c.reason != "equal")
    rows = connection.execute(statement.order_by(c.hour_end.desc(), c.venue_code))
    return [
        Difference(name=names[row.venue_code], **row._mapping) for row in rows
    ]  # fmt: skip


class _Names(dict[str, str]):
    """Names of venues by code; one without a connection record goes by its code."""

    def __missing__(self, code: str) -> str:
        return code


def _names(who: Principal, connection: Connection) -> _Names:
    return _Names({v.venue_code: v.name for v in venues(who, connection)})


def pulls(who: Principal, connection: Connection) -> list[PullState]:
    """Where the pulls of live feeds stand: how fresh everything else here can be."""
    require_figures(who)
    rows = connection.execute(
        select(*(live_pull.c[n] for n in PullState.__dataclass_fields__)).order_by(live_pull.c.source)
    )
    return [PullState(**row._mapping) for row in rows]
