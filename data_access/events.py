"""Events of categories due ``event+Nd`` by their end and first receipt: today's, and as they were.

What is current comes from one query. A later delivery may move an event's end and
a revert takes it back; what was known before such a day is kept in
`roll_event_until`, so that a figure as of an earlier day is what it was.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, literal, or_, select

from catalog import Category
from data_access.adding import add
from data_access.periods import event_ends
from data_access.schema import base_table, column_name, event_until, roll_event


class _Version(NamedTuple):
    """One version of one event: its day of receipt and, if it was taken back, that day."""

    number: int
    valid_from: dt.date
    reverted_on: dt.date | None
    ends_on: dt.date | None


class _Seen(NamedTuple):
    """How an event counts on a day."""

    ends_on: dt.date
    received_on: dt.date


def rebuild(connection: Connection, category: Category) -> None:
    """Count the category's events anew, today's and as they were."""
    _rebuild_current(connection, category)
    _rebuild_until(connection, category)


def _rebuild_current(connection: Connection, category: Category) -> None:
    """Events by their end as known now and the day they were first received."""
    connection.execute(delete(roll_event).where(roll_event.c.category == category.code))
    table, names, end = _parts(category)
    keys = [table.c[name] for name in names]
    first = (
        select(*keys, func.min(table.c.valid_from).label("received_on"))
        .where(table.c.reverted_on.is_(None))
        .group_by(*keys)
        .subquery()
    )
    matched = table.join(first, and_(*(table.c[n] == first.c[n] for n in names)))
    chosen = (
        select(
            literal(category.code).label("category"), end.label("ends_on"), first.c.received_on, func.count()
        )
        .select_from(matched)
        .where(table.c.valid_to.is_(None), table.c.reverted_on.is_(None))
        .group_by(end, first.c.received_on)
    )
    connection.execute(
        insert(roll_event).from_select(["category", "ends_on", "received_on", "records"], chosen)
    )


def _rebuild_until(connection: Connection, category: Category) -> None:
    connection.execute(delete(event_until).where(event_until.c.category == category.code))
    table, names, end = _parts(category)
    keys = [table.c[name] for name in names]
    lived = (
        select(*keys).where(or_(table.c.version > 1, table.c.reverted_on.is_not(None))).distinct().subquery()
    )
    matched = table.join(lived, and_(*(table.c[n] == lived.c[n] for n in names)))
    rows = connection.execute(
        select(*keys, table.c.version, table.c.valid_from, table.c.reverted_on, end)
        .select_from(matched)
        .order_by(*keys)
    )
    counts: Counter[tuple[dt.date, dt.date, dt.date]] = Counter()
    for _, versions in groupby(map(tuple, rows), key=lambda row: row[: len(names)]):
        for seen, until, n in _changes([_Version(*row[len(names) :]) for row in versions]):
            counts[seen.ends_on, seen.received_on, until] += n
    add(
        connection,
        event_until,
        [
            {"category": category.code, "ends_on": e, "received_on": r, "until": u, "records": n}
            for (e, r, u), n in counts.items()
            if n
        ],
    )


def _parts(category: Category) -> tuple[Any, list[str], Any]:
    table = base_table(category)
    ends = [table.c[column_name(n)] for n in event_ends(category)]
    names = [column_name(k) for k in category.natural_key]
    return table, names, func.coalesce(*ends) if len(ends) > 1 else ends[0]


def _changes(versions: list[_Version]) -> Iterator[tuple[_Seen, dt.date, int]]:
    """What to add before each day on which one event came to count otherwise: +1 as it was, −1 as it came.

    A −1 for an event that had not come before that day is left out: nobody counts it there.
    """
    days = {v.valid_from for v in versions} | {v.reverted_on for v in versions if v.reverted_on}
    before: _Seen | None = None
    for day in sorted(days):
        after = _on(versions, day)
        if after != before:
            if before is not None:
                yield before, day, 1
            if after is not None and after.received_on < day:
                yield after, day, -1
        before = after


def _on(versions: Iterable[_Version], day: dt.date) -> _Seen | None:
    """The event at the end of `day`: its highest standing version, and its first receipt."""
    standing = [v for v in versions if v.valid_from <= day and (v.reverted_on is None or v.reverted_on > day)]
    if not standing:
        return None
    ends_on = max(standing).ends_on
    return None if ends_on is None else _Seen(ends_on, min(v.valid_from for v in standing))
