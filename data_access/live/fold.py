"""What follows from the minutes, computed from them again: hours, newest minute, a venue's day so far.

Whatever stood there is replaced, so the order in which messages came leaves no trace. All of
it is the database's own work but the newest minutes, which are those that just came.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, literal, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from data_access.clock import day_of
from data_access.column_types import Moment
from data_access.live.messages import BACKFILL_S, HOUR, LATE_S, Message, hour_end_of, midnight
from data_access.live.tables import live_hour, live_minute, live_venue
from data_access.principal import Principal
from data_access.queries.scope import fetch

COUNTS = ("people_in", "people_out", "present")
DAY_SUMS = ("in_today", "out_today", "peak_today", "received", "late", "corrected", "faulty", "backfilled")
DAY = dt.timedelta(days=1)
STILL_ROWS = 240
"""Minutes read at once while looking back for the last one with other counts."""


def insert_into(dialect: str, table: Any) -> Any:
    return postgresql_insert(table) if dialect == "postgresql" else sqlite_insert(table)


@cache
def replacing(dialect: str, table: Any) -> Any:
    """Insert, or overwrite every column outside the key."""
    return _overwriting(insert_into(dialect, table), table)


def _overwriting(statement: Any, table: Any) -> Any:
    keys = [c.name for c in table.primary_key.columns]
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys},
    )


def fold_hours(who: Principal, connection: Connection, changes: Iterable[Message]) -> set[dt.datetime]:
    """The hours of these minutes, by venue; returns which full hours they are."""
    who.require("operations")
    touched: dict[dt.datetime, set[str]] = defaultdict(set)
    for message in changes:
        touched[hour_end_of(message.minute)].add(message.venue_code)
    for end, codes in sorted(touched.items()):
        connection.execute(_hour(connection.dialect.name, end, codes))
    return set(touched)


def _hour(dialect: str, end: dt.datetime, codes: set[str]) -> Any:
    c = live_minute.c
    sums = {
        "people_in": func.sum(c.people_in),
        "people_out": func.sum(c.people_out),
        "peak": func.max(c.present),
        "minutes": func.count(),
        "late": _number(c.delay_s > LATE_S),
        "corrected": _number(c.sequence > 1),
        "faulty": _number(c.device_state != "online"),
        "backfilled": _number(c.delay_s > BACKFILL_S),
    }
    added = (
        select(c.venue_code, func.max(c.minute).label("newest"), *(s.label(n) for n, s in sums.items()))
        .where(c.venue_code.in_(codes), c.minute >= end - HOUR, c.minute < end)
        .group_by(c.venue_code)
        .subquery()
    )
    newest = live_minute.alias("newest_minute")
    joined = added.join(
        newest, (newest.c.venue_code == added.c.venue_code) & (newest.c.minute == added.c.newest)
    )
    at_end = literal(end, Moment())
    values = select(added.c.venue_code, at_end, newest.c.present, *(added.c[n] for n in sums)).select_from(
        joined
    )
    statement = insert_into(dialect, live_hour).from_select(
        ["venue_code", "hour_end", "present", *sums],
        values.where(added.c.minutes > 0),  # SQLite cannot read ON CONFLICT after a SELECT without WHERE
    )
    return _overwriting(statement, live_hour)


def _number(condition: ColumnElement[bool]) -> Any:
    """How many rows of a group are so."""
    return func.sum(case((condition, 1), else_=0))


def move_newest(who: Principal, connection: Connection, changes: Sequence[Message], at: dt.datetime) -> None:
    """The newest minute of each venue that was told something, since when its counters stand still, its day."""
    who.require("operations")
    c = live_venue.c
    codes = {m.venue_code for m in changes}
    rows = {
        row.venue_code: dict(row._mapping)
        for row in fetch(connection, select(live_venue).where(c.venue_code.in_(codes)))
    }
    late: set[str] = set()
    for m in sorted(changes, key=lambda m: m.minute):
        known = rows.get(m.venue_code)
        if known is not None and m.minute <= known["minute"]:
            late.add(m.venue_code)
        if known is None or m.minute >= known["minute"]:
            rows[m.venue_code] = _newest(m, known)
    for code in late:
        rows[code] |= _still(connection, code)
    for row in rows.values():
        row["heard_at"] = at
    connection.execute(replacing(connection.dialect.name, live_venue), list(rows.values()))
    _add_up_days(connection, rows)


def _newest(m: Message, known: dict[str, Any] | None) -> dict[str, Any]:
    """The row of a venue whose newest minute this message is; its day is added up afterwards."""
    counts = {name: getattr(m, name) for name in COUNTS}
    is_still = known is not None and all(known[name] == value for name, value in counts.items())
    return {
        "venue_code": m.venue_code, "minute": m.minute, "capacity": m.capacity, "device_state": m.device_state,
        "permille": m.present * 1000 // m.capacity if m.capacity else 0,
        "still_since": known["still_since"] if known and is_still else m.minute,
        "still_minutes": known["still_minutes"] + 1 if known and is_still else 1,
        "day": day_of(m.minute), **counts, **dict.fromkeys(DAY_SUMS, 0),
    }  # fmt: skip


def _still(connection: Connection, code: str) -> dict[str, Any]:
    """Since when a venue's minutes tell the same counts as its newest, read back from there."""
    c, counted = live_minute.c, [live_minute.c[name] for name in COUNTS]
    until, first, number = None, None, 0
    while True:
        statement = select(c.minute, *counted).where(c.venue_code == code).order_by(c.minute.desc())
        rows = fetch(
            connection, (statement if until is None else statement.where(c.minute < until)).limit(STILL_ROWS)
        )
        for minute, *counts in rows:
            if first is not None and counts != first:
                return {"still_since": until, "still_minutes": number}
            first, until, number = counts, minute, number + 1
        if len(rows) < STILL_ROWS:
            return {"still_since": until, "still_minutes": number}


def _add_up_days(connection: Connection, rows: dict[str, dict[str, Any]]) -> None:
    """The hours of each venue's newest day, added up beside its newest minute."""
    by_day: dict[dt.date, list[str]] = defaultdict(list)
    for code, row in rows.items():
        by_day[day_of(row["minute"])].append(code)
    h, v = live_hour.c, live_venue.c
    sums = (h.people_in, h.people_out, None, h.minutes, h.late, h.corrected, h.faulty, h.backfilled)
    for day, codes in sorted(by_day.items()):
        start = midnight(day)
        added = (
            select(
                h.venue_code,
                *(
                    (func.max(h.peak) if column is None else func.sum(column)).label(name)
                    for name, column in zip(DAY_SUMS, sums, strict=True)
                ),
            )
            .where(h.venue_code.in_(codes), h.hour_end > start, h.hour_end <= start + DAY)
            .group_by(h.venue_code)
            .subquery()
        )
        connection.execute(
            live_venue.update()
            .where(v.venue_code == added.c.venue_code)
            .values(day=day, **{name: added.c[name] for name in DAY_SUMS})
        )
