"""Rollups of the visits: hour × venue, hour, day and month × district (Article 8, 数据接入)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Table as SqlTable,
    and_,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
)

import catalog
from data_access import late_days
from data_access.principal import SYSTEM
from data_access.schema import (
    base_table,
    visit_complete,
    visit_day,
    visit_hour,
    visit_hour_district,
    visit_month,
)
from data_access.versions import raise_versions

CONNECTION = "smart_venue_connection"
UNKNOWN_DISTRICT = ""
CHUNK_DAYS = 31


def _connections() -> SqlTable:
    return base_table(catalog.default().category_by_code[CONNECTION])


def fold_readings(
    connection: Connection, moments: Iterable[dt.datetime] | None, receipt: str, known_on: dt.date
) -> None:
    """Bring the rollups of the days up to date that a batch touched.

    Args:
        moments: reading times of the batch (北京时间); None: look them up by `receipt`.
        known_on: day of the delivery, or of its being taken back.
    """
    table = late_days.readings()
    if moments is None:
        found = select(table.c.reading_at).where(table.c.receipt == receipt).distinct()
        moments = connection.scalars(found).all()
    days = {m.date() for m in moments}
    late = {day for day in days if day < known_on}
    before = late_days.totals(connection, late)
    refresh_days(connection, days)
    late_days.keep_difference(connection, before, days, known_on)


def refresh_days(connection: Connection, days: Iterable[dt.date]) -> None:
    """Recompute hour, day and month tiers of these days from the current readings."""
    for first, last in _runs(days):
        start, end = _midnight(first), _midnight(last + dt.timedelta(days=1))
        table = late_days.readings()
        connection.execute(delete(visit_hour).where(visit_hour.c.hour >= start, visit_hour.c.hour < end))
        connection.execute(
            insert(visit_hour).from_select(
                ["venue_code", "hour", "entries", "exits", "occupancy"],
                select(
                    table.c.venue_code,
                    table.c.reading_at,
                    table.c.entry_count,
                    table.c.exit_count,
                    table.c.occupancy,
                ).where(table.c.valid_to.is_(None), table.c.reading_at >= start, table.c.reading_at < end),
            )
        )
        _fold_days(connection, first, last)


def _fold_days(connection: Connection, first: dt.date, last: dt.date) -> None:
    start, end = _midnight(first), _midnight(last + dt.timedelta(days=1))
    day = late_days.day_of(connection, visit_hour.c.hour)
    venues = _connections()
    district = func.coalesce(venues.c.adcode, literal_column("''"))  # UNKNOWN_DISTRICT, groupable
    joined = visit_hour.outerjoin(
        venues, and_(venues.c.venue_code == visit_hour.c.venue_code, venues.c.valid_to.is_(None))
    )
    inside = and_(visit_hour.c.hour >= start, visit_hour.c.hour < end)
    _fold_hours(connection, district, joined, start, end)
    connection.execute(delete(visit_day).where(visit_day.c.day >= first, visit_day.c.day <= last))
    connection.execute(
        insert(visit_day).from_select(
            ["district", "day", "entries", "exits", "readings", "venues"],
            select(
                district,
                day,
                func.sum(visit_hour.c.entries),
                func.sum(visit_hour.c.exits),
                func.count(),
                func.count(visit_hour.c.venue_code.distinct()),
            )
            .select_from(joined)
            .where(inside)
            .group_by(district, day),
        )
    )
    connection.execute(
        delete(visit_complete).where(visit_complete.c.day >= first, visit_complete.c.day <= last)
    )
    connection.execute(
        insert(visit_complete).from_select(
            ["day", "hours", "venues"],
            select(visit_day.c.day, func.sum(visit_day.c.readings), func.sum(visit_day.c.venues))
            .where(visit_day.c.day >= first, visit_day.c.day <= last)
            .group_by(visit_day.c.day),
        )
    )
    _fold_months(connection, first, last)


def _fold_hours(
    connection: Connection,
    district: ColumnElement[Any],
    joined: FromClause,
    start: dt.datetime,
    end: dt.datetime,
) -> None:
    """Sums by district and hour; `joined` is the hour tier with its venues' connections."""
    folded, hours = visit_hour_district.c, visit_hour.c
    connection.execute(delete(visit_hour_district).where(folded.hour >= start, folded.hour < end))
    connection.execute(
        insert(visit_hour_district).from_select(
            ["hour", "district", "entries", "exits", "occupancy", "venues"],
            select(
                hours.hour,
                district,
                func.sum(hours.entries),
                func.sum(hours.exits),
                func.sum(hours.occupancy),
                func.count(),
            )
            .select_from(joined)
            .where(hours.hour >= start, hours.hour < end)
            .group_by(hours.hour, district),
        )
    )


def _fold_months(connection: Connection, first: dt.date, last: dt.date) -> None:
    start = first.replace(day=1)
    end = (last.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    inside = and_(visit_day.c.day >= start, visit_day.c.day < end)
    month = _month_of(connection, visit_day.c.day)
    connection.execute(delete(visit_month).where(visit_month.c.month >= start, visit_month.c.month < end))
    connection.execute(
        insert(visit_month).from_select(
            ["district", "month", "entries", "readings"],
            select(visit_day.c.district, month, func.sum(visit_day.c.entries), func.sum(visit_day.c.readings))
            .where(inside)
            .group_by(visit_day.c.district, month),
        )
    )


def rebuild(connection: Connection) -> None:
    """All tiers from the base, a month at a time."""
    for table in (visit_hour, visit_hour_district, visit_day, visit_month, visit_complete):
        connection.execute(delete(table))
    table = late_days.readings()
    first, last = connection.execute(select(func.min(table.c.reading_at), func.max(table.c.reading_at))).one()
    if first is not None:
        span = (last.date() - first.date()).days
        refresh_days(connection, (first.date() + dt.timedelta(days=n) for n in range(span + 1)))
    late_days.rebuild(connection)


def refold_districts(connection: Connection, *, at: dt.datetime) -> None:
    """Tiers by district anew, those of the live feed too, after venues were connected, moved or taken off."""
    from data_access.live import totals  # not at the top: it asks here which category holds the venues

    raise_versions(connection, "visits", at=at)
    first, last = connection.execute(
        select(func.min(visit_complete.c.day), func.max(visit_complete.c.day))
    ).one()
    if first is not None:
        _fold_days(connection, first, last)
    totals.refold(SYSTEM, connection, at=at)


def _runs(days: Iterable[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """Days as stretches without a gap, none longer than `CHUNK_DAYS`."""
    runs: list[tuple[dt.date, dt.date]] = []
    for day in sorted(set(days)):
        if runs and (day - runs[-1][1]).days == 1 and (day - runs[-1][0]).days < CHUNK_DAYS:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def _month_of(connection: Connection, day: Any) -> ColumnElement[Any]:
    if connection.dialect.name == "sqlite":
        return func.date(day, literal_column("'start of month'"))
    return cast(func.date_trunc(literal_column("'month'"), day), Date)


__all__ = ["UNKNOWN_DISTRICT", "fold_readings", "rebuild", "refold_districts", "refresh_days"]
