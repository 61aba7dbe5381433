"""What happened lately on the live feed: crowding, and hours that differ from the record; only so many, and the count.

Every answer holds only venues in the reader's scope (`scope`). Moments are aware (UTC).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from data_access.live.scope import connected, connections, seen
from data_access.live.tables import live_alert, live_reconciled
from data_access.principal import Principal
from data_access.queries.scope import fetch


@dataclass(frozen=True, slots=True)
class Alert:
    """Crowding of one venue: present ≥ threshold from `raised_minute` until `fell_minute` (None: not calm yet).

    `lost_minute`: the venue fell silent while crowded, after that minute nothing is known.
    """

    venue_code: str
    name: str
    raised_minute: dt.datetime
    threshold: int
    capacity: int
    peak: int
    peak_minute: dt.datetime
    fell_minute: dt.datetime | None
    lost_minute: dt.datetime | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """Alerts counted: all, crowded still, lost while crowded, not acknowledged."""

    every: int
    crowded: int
    lost: int
    unseen: int


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


def alerts(
    who: Principal,
    connection: Connection,
    since: dt.datetime,
    *,
    is_open: bool = False,
    is_unseen: bool = False,
    most: int | None = None,
    codes: Sequence[str] | None = None,
    district: str | None = None,
) -> list[Alert]:
    """Alerts raised since `since`, newest first.

    Args:
        is_open: only those still crowded or not acknowledged.
        is_unseen: only those not acknowledged.
        most: only so many of them; `alert_counts` says of how many.
        codes, district: only of these venues.
    """
    c, place = live_alert.c, connections()
    statement = (
        select(live_alert, place.c.venue_name)
        .select_from(live_alert.outerjoin(place, _record_of(c.venue_code)))
        .where(*_alerts_of(who, connection, since, is_open, codes, district))
        .where(*([c.acknowledged_at.is_(None)] if is_unseen else []))
        .order_by(c.raised_minute.desc(), c.venue_code)
    )
    names = [n for n in Alert.__dataclass_fields__ if n != "name"]
    return [
        Alert(name=row.venue_name or row.venue_code, **{n: getattr(row, n) for n in names})
        for row in fetch(connection, statement.limit(most))
    ]


def alert_counts(
    who: Principal,
    connection: Connection,
    since: dt.datetime,
    *,
    is_open: bool = False,
    codes: Sequence[str] | None = None,
    district: str | None = None,
) -> AlertCounts:
    """How many `alerts` there are, how many of them are crowded still, lost while crowded, not acknowledged."""
    c = live_alert.c
    crowded = and_(c.fell_minute.is_(None), c.lost_minute.is_(None))
    lost = and_(c.fell_minute.is_(None), c.lost_minute.is_not(None))
    numbers = [
        func.coalesce(func.sum(case((x, 1), else_=0)), 0)
        for x in (crowded, lost, c.acknowledged_at.is_(None))
    ]
    statement = select(func.count(), *numbers)
    row = connection.execute(
        statement.where(*_alerts_of(who, connection, since, is_open, codes, district))
    ).one()
    return AlertCounts(*map(int, row))


def _alerts_of(
    who: Principal, connection: Connection, since: dt.datetime, is_open: bool, codes: Sequence[str] | None,
    district: str | None,
) -> list[ColumnElement[bool]]:  # fmt: skip
    c = live_alert.c
    found = [c.raised_minute >= since, *seen(who, connection, c.venue_code)]
    if is_open:
        found.append(or_(and_(c.fell_minute.is_(None), c.lost_minute.is_(None)), c.acknowledged_at.is_(None)))
    if codes is not None:
        found.append(c.venue_code.in_(codes))
    return found + _in_district(c.venue_code, district)


def _in_district(column: ColumnElement[str], district: str | None) -> list[ColumnElement[bool]]:
    if district is None:
        return []
    c = connections().c
    return [column.in_(select(c.venue_code).where(*connected(), c.adcode == district))]


def _record_of(column: ColumnElement[str]) -> ColumnElement[bool]:
    c = connections().c
    return and_(c.venue_code == column, c.valid_to.is_(None))


def differences(
    who: Principal,
    connection: Connection,
    first: dt.datetime,
    until: dt.datetime,
    *,
    with_equal: bool = False,
    most: int | None = None,
    venue_code: str | None = None,
    district: str | None = None,
) -> list[Difference]:
    """Reconciled hours with `hour_end` after `first` up to `until`, newest first; equal ones only if asked.

    Args:
        most: only so many of them; `compared` says of how many.
        venue_code, district: only of these venues.
    """
    c, place = live_reconciled.c, connections()
    statement = (
        select(live_reconciled, place.c.venue_name)
        .select_from(live_reconciled.outerjoin(place, _record_of(c.venue_code)))
        .where(*_compared_of(who, connection, first, until, venue_code, district))
    )
    if not with_equal:
        statement = statement.where(c.reason != "equal")
    names = [n for n in Difference.__dataclass_fields__ if n != "name"]
    return [
        Difference(name=row.venue_name or row.venue_code, **{n: getattr(row, n) for n in names})
        for row in fetch(connection, statement.order_by(c.hour_end.desc(), c.venue_code).limit(most))
    ]


def compared(
    who: Principal,
    connection: Connection,
    first: dt.datetime,
    until: dt.datetime,
    *,
    venue_code: str | None = None,
    district: str | None = None,
) -> tuple[int, int]:
    """How many hours were reconciled, and how many of them differ."""
    c = live_reconciled.c
    differing = func.coalesce(func.sum(case((c.reason != "equal", 1), else_=0)), 0)
    inside = _compared_of(who, connection, first, until, venue_code, district)
    every, different = connection.execute(select(func.count(), differing).where(*inside)).one()
    return int(every), int(different)


def _compared_of(
    who: Principal, connection: Connection, first: dt.datetime, until: dt.datetime, venue_code: str | None,
    district: str | None,
) -> list[ColumnElement[bool]]:  # fmt: skip
    c = live_reconciled.c
    inside = [c.hour_end > first, c.hour_end <= until, *seen(who, connection, c.venue_code)]
    own = [] if venue_code is None else [c.venue_code == venue_code]
    return [*inside, *own, *_in_district(c.venue_code, district)]
