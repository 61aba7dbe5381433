"""What the base knows of the records a batch speaks of, found by their natural keys.

Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy.schema import CreateTable

from catalog import Category
from data_access.accepted import KnownRecord, Rows
from data_access.bulk import bulk_insert_columns
from data_access.column_types import Exact
from data_access.schema import base_table, batch, change_request, column_name

FETCHED = 4096
"""Records fetched together: one by one each costs as much again."""
FEW_VALUES = 64
"""Different values of a key field that are looked up one by one."""

_TAKEN_BACK = union_all(
    select(batch.c.receipt).where(batch.c.category == bindparam("category"), batch.c.state == "reverted"),
    select(change_request.c.number).where(
        change_request.c.category == bindparam("category"),
        change_request.c.kind == "delete",
        change_request.c.applied_on.is_not(None),
    ),
).limit(1)


class History(NamedTuple):
    """What is closed of a record: the highest version, and the day one was last taken back."""

    highest: int
    reverted_on: dt.date | None


class Found(NamedTuple):
    """What the base holds, by the index of the row that has the natural key."""

    current: dict[int, KnownRecord]
    history: dict[int, History]
    """Empty as long as nothing of the category was ever taken back or ended."""
    is_of_year_beneath: bool
    """Whether a standing version of the year lies under a current one of another year: a delivery came late."""


def look_up(connection: Connection, category: Category, rows: Rows, received_on: dt.date) -> Found:
    """What the base knows of the records that a batch speaks of."""
    if not _some_may_be_known(connection, category, rows):
        return Found({}, {}, False)
    stage, create, current, closed, beneath = _matching(category)
    connection.execute(create)
    numbers = {"n": range(len(rows))}
    names = [column_name(k) for k in category.natural_key]
    if rows.written:
        bulk_insert_columns(connection, stage, numbers, {name: rows.written[name] for name in names})
    else:
        keys = dict(zip(names, (rows.columns[k] for k in category.natural_key), strict=True))
        bulk_insert_columns(connection, stage, {**numbers, **keys})
    known = {
        row[0]: KnownRecord(row[1], row[2], row[4], row[5:], tuple(row[3].split(",")) if row[3] else ())
        for some in connection.execute(current).partitions(FETCHED)
        for row in map(tuple, some)
    }
    history: dict[int, History] = {}
    if connection.execute(_TAKEN_BACK, {"category": category.code}).first() is not None:
        history = {row[0]: History(*row[1:]) for row in map(tuple, connection.execute(closed))}
    year = received_on.year
    is_beneath = any(r.version > 1 and r.valid_from.year != year for r in known.values()) and (
        connection.execute(beneath, {"first": dt.date(year, 1, 1), "last": dt.date(year, 12, 31)}).first()
        is not None
    )
    connection.execute(stage.delete())
    return Found(known, history, is_beneath)


def _some_may_be_known(connection: Connection, category: Category, rows: Rows) -> bool:
    """Whether any record lies where the batch's keys lie; a survey of a new year or the next numbers do not.

    One look into the index of the natural key: the few values of its first fields, and
    the span of the first field with many. PostgreSQL may order text otherwise than
    Python does, so there a field of many texts ends the look.
    """
    table = base_table(category)
    conditions: list[ColumnElement[bool]] = []
    for name in category.natural_key:
        column, values = table.c[column_name(name)], set(rows.columns[name])
        if None in values:
            return True
        if len(values) <= FEW_VALUES:
            conditions.append(column.in_(list(values)))
            continue
        text = isinstance(column.type, String)
        if not isinstance(column.type, Exact) and (not text or connection.dialect.name == "sqlite"):
            conditions.append(column.between(min(values), max(values)))
        break
    return connection.execute(select(table.c.version).where(*conditions).limit(1)).first() is not None


@cache
def _matching(category: Category) -> tuple[Table, CreateTable, Executable, Executable, Executable]:
    """The temporary table of a batch's keys and the queries of `Found`; built once a category.

    A connection keeps the table, empty: creating and dropping it would make the
    database prepare every statement anew.
    """
    table = base_table(category)
    keys = [column_name(k) for k in category.natural_key]
    stage = Table(
        f"stage_{category.code}",
        MetaData(),
        Column("n", Integer, primary_key=True),
        *(Column(k, table.c[k].type) for k in keys),
        prefixes=["TEMPORARY"],
    )
    same = and_(*(stage.c[k] == table.c[k] for k in keys))
    current = select(
        stage.c.n,
        table.c.version,
        table.c.valid_from,
        table.c.month_precision,
        table.c.unit,
        *(table.c[column_name(f.name)] for f in category.fields),
    ).select_from(stage.join(table, and_(same, table.c.valid_to.is_(None))))
    closed = (
        select(stage.c.n, func.max(table.c.version), func.max(table.c.reverted_on))
        .select_from(stage.join(table, and_(same, table.c.valid_to.is_not(None))))
        .group_by(stage.c.n)
    )
    first, last = bindparam("first", type_=Date), bindparam("last", type_=Date)
    of_year = table.c.valid_from.between(first, last)
    stands = select(table.c.version).where(same, table.c.valid_to.is_(None), ~of_year)
    older = select(table.c.version).where(same, table.c.reverted_on.is_(None), of_year)
    beneath = select(stage.c.n).where(*(q.correlate(stage).exists() for q in (stands, older))).limit(1)
    return stage, CreateTable(stage, if_not_exists=True), current, closed, beneath
