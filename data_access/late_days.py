"""What was known of a day's readings before a later delivery changed it (roll_visit_until).

Most readings come on their own day and leave nothing here. A late file, a correction
or a revert leaves, for each day it changed, the day's totals before it less those after.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Date, Table, and_, cast, delete, func, or_, select

import catalog
from data_access.adding import add
from data_access.schema import FACT, base_table, visit_day, visit_until

CHUNK_DAYS = 100


class Totals(NamedTuple):
    """Readings, venues and visitors who entered, of the whole city on one day."""

    hours: int = 0
    venues: int = 0
    entries: int = 0


class _Version(NamedTuple):
    venue: str
    at: dt.datetime
    number: int
    valid_from: dt.date
    reverted_on: dt.date | None
    entries: int


NOTHING = Totals()


def readings() -> Table:
    return base_table(catalog.default().category_by_code[FACT])


def day_of(connection: Connection, moment: Any) -> ColumnElement[Any]:
    """The day of a moment of 北京时间, as the database groups it."""
    if connection.dialect.name == "sqlite":
        return func.date(moment)
    return cast(moment, Date)


def totals(connection: Connection, days: Iterable[dt.date]) -> dict[dt.date, Totals]:
    """Totals of these days by the day tier; days without a reading are missing."""
    c = visit_day.c
    found = {}
    for chunk in _chunks(days):
        rows = connection.execute(
            select(c.day, func.sum(c.readings), func.sum(c.venues), func.sum(c.entries))
            .where(c.day.in_(chunk))
            .group_by(c.day)
        )
        found |= {day: Totals(int(hours), int(venues), int(n)) for day, hours, venues, n in rows}
    return found


def keep_difference(
    connection: Connection, before: Mapping[dt.date, Totals], days: Iterable[dt.date], known_on: dt.date
) -> None:
    """Keep what `days` had `before` the tiers were refreshed; of a day not over on `known_on` nothing is left to keep.

    A change of no sum is kept too: it tells a delivery of an earlier day of receipt that it comes out of order.
    """
    anew = _out_of_order(connection, days, known_on)
    _recompute(connection, sorted(anew))
    late = [day for day in sorted(set(days) - anew) if day < known_on]
    after = totals(connection, late)
    add(
        connection,
        visit_until,
        [_row(day, known_on, before.get(day, NOTHING), after.get(day, NOTHING)) for day in late],
    )


def _out_of_order(connection: Connection, days: Iterable[dt.date], known_on: dt.date) -> set[dt.date]:
    """Those of the days that something of a later day of receipt than `known_on` has changed already."""
    c, days = visit_until.c, set(days)
    if not days:
        return set()
    later = select(c.day).where(c.day.between(min(days), max(days)), c.until > known_on).distinct()
    return days.intersection(connection.scalars(later))


def _row(day: dt.date, until: dt.date, before: Totals, after: Totals) -> dict[str, Any]:
    return {
        "day": day, "until": until, "hours": before.hours - after.hours, "venues": before.venues - after.venues,
        "entries": before.entries - after.entries,
    }  # fmt: skip


def rebuild(connection: Connection) -> None:
    """From the versions in the base alone: only days that were changed after they were over are read."""
    connection.execute(delete(visit_until))
    table = readings()
    day = day_of(connection, table.c.reading_at)
    changed = select(day).distinct().where(or_(table.c.valid_from > day, table.c.reverted_on > day))
    days = {d if isinstance(d, dt.date) else dt.date.fromisoformat(d) for d in connection.scalars(changed)}
    _recompute(connection, sorted(days))


def _recompute(connection: Connection, days: Sequence[dt.date]) -> None:
    for chunk in _chunks(days):
        connection.execute(delete(visit_until).where(visit_until.c.day.in_(chunk)))
    rows = []
    for day in days:
        versions = _versions(connection, day)
        changes = {v.valid_from for v in versions} | {v.reverted_on for v in versions if v.reverted_on}
        for until in sorted(d for d in changes if d > day):
            rows.append(_row(day, until, _on(versions, until - dt.timedelta(days=1)), _on(versions, until)))
    add(connection, visit_until, rows)


def _versions(connection: Connection, day: dt.date) -> list[_Version]:
    c = readings().c
    start = dt.datetime.combine(day, dt.time())
    rows = connection.execute(
        select(c.venue_code, c.reading_at, c.version, c.valid_from, c.reverted_on, c.entry_count).where(
            and_(c.reading_at >= start, c.reading_at < start + dt.timedelta(days=1))
        )
    )
    return [_Version(*row) for row in rows]


def _on(versions: Iterable[_Version], day: dt.date) -> Totals:
    """Totals from what stood at the end of `day`: the highest version of each reading."""
    standing: dict[tuple[str, dt.datetime], _Version] = {}
    for v in versions:
        if v.valid_from <= day and (v.reverted_on is None or v.reverted_on > day):
            known = standing.get((v.venue, v.at))
            if known is None or known.number < v.number:
                standing[v.venue, v.at] = v
    return Totals(
        len(standing), len({v.venue for v in standing.values()}), sum(v.entries for v in standing.values())
    )


def corrections(
    connection: Connection, first: dt.date, last: dt.date, known_on: dt.date
) -> dict[dt.date, Totals]:
    """What to add to the totals of the days `first`..`last` for a reader who stands on `known_on`."""
    c = visit_until.c
    found: dict[dt.date, Totals] = defaultdict(Totals)
    for day, hours, venues, entries in connection.execute(
        select(c.day, func.sum(c.hours), func.sum(c.venues), func.sum(c.entries))
        .where(c.day >= first, c.day <= last, c.until > known_on)
        .group_by(c.day)
    ):
        found[day] = Totals(int(hours), int(venues), int(entries))
    return dict(found)


def _chunks(days: Iterable[dt.date]) -> Iterator[list[dt.date]]:
    ordered = sorted(days)
    for start in range(0, len(ordered), CHUNK_DAYS):
        yield ordered[start : start + CHUNK_DAYS]
