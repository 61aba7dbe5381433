"""Refused rows that are sent again, mended and in time, count once (section 3 of the domain): with their last result.

A delivery mends what was refused before it; of one that is entered late, or released from
quarantine, the unit may have sent rows again already. Everything runs inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, or_, select, update

from catalog import Category
from data_access import rollups
from data_access.accepted import Rows
from data_access.calendar import read_calendar
from data_access.commands.receipt import Delivery
from data_access.commands.request import Request
from data_access.intake.cells import RejectedRow
from data_access.schema import base_table, batch, column_name, rejected_row

_MENDING = batch.alias("mending")
_OPEN_ROWS = (
    select(rejected_row, batch.c.rows_total)
    .join(batch, batch.c.receipt == rejected_row.c.receipt)
    .outerjoin(_MENDING, _MENDING.c.receipt == rejected_row.c.mended_by)
    .where(
        rejected_row.c.category == bindparam("category"),
        rejected_row.c.unit == bindparam("unit"),
        or_(rejected_row.c.mended_by.is_(None), _MENDING.c.received_on > bindparam("received_on")),
        rejected_row.c.received_on >= bindparam("since"),
        rejected_row.c.received_on <= bindparam("received_on"),
        rejected_row.c.receipt != bindparam("receipt"),
    )
)
_LATER = (
    select(batch.c.receipt)
    .where(
        batch.c.category == bindparam("category"),
        batch.c.unit == bindparam("unit"),
        batch.c.received_on > bindparam("received_on"),
        batch.c.received_on <= bindparam("last"),
    )
    .limit(1)
)


def digest(key: tuple[Any, ...] | None) -> str | None:
    """A natural key as a hash: it may hold a person's registration number."""
    if key is None:
        return None
    return hashlib.blake2b(json.dumps([str(k) for k in key]).encode(), digest_size=16).hexdigest()


def mend_earlier(connection: Connection, request: Request, delivery: Delivery, rows: Rows) -> None:
    """Refused rows that this delivery brings again no longer count.

    A refused row is recognised by its natural key, or, if that could not be
    read, by its place in an earlier file of the same length. One that a delivery
    of a later day of receipt has mended is mended since this one: it came late.
    """
    if not len(rows):
        return
    since = request.received_on - dt.timedelta(days=rollups.MENDABLE_DAYS)
    open_rows = connection.execute(
        _OPEN_ROWS,
        {
            "category": request.category.code, "unit": request.unit.code, "since": since,
            "received_on": request.received_on, "receipt": delivery.receipt,
        },
    ).all()  # fmt: skip
    if not open_rows:
        return
    calendar = read_calendar(request.principal, connection)
    keys = [rows.columns[k] for k in request.category.natural_key]
    digests = {digest(key) for key in zip(*keys, strict=True)}
    places = set(zip(rows.sheets, rows.row_numbers, strict=True))
    mended = []
    for row in open_rows:
        if request.received_on > calendar.add_working_days(row.received_on, rollups.CORRECTION_LIMIT_DAYS):
            continue
        same_key = row.key_digest is not None and row.key_digest in digests
        same_place = (
            row.key_digest is None and row.rows_total == delivery.total and (row.sheet, row.row) in places
        )
        if same_key or same_place:
            mended.append(row)
    for row in mended:
        connection.execute(
            update(rejected_row)
            .where(
                and_(
                    rejected_row.c.receipt == row.receipt,
                    rejected_row.c.sheet == row.sheet,
                    rejected_row.c.row == row.row,
                )
            )
            .values(mended_by=delivery.receipt)
        )
    rollups.take_back_mended(connection, [row for row in mended if row.mended_by is None])


def mended_meanwhile(
    connection: Connection, request: Request, refused: Sequence[RejectedRow]
) -> list[str | None]:
    """For each refused row the delivery that mended it although it was entered before; None for nearly all.

    Found by the versions such a delivery brought; what it merely repeated has left none.
    """
    asked = {
        "category": request.category.code, "unit": request.unit.code, "received_on": request.received_on,
        "last": request.received_on + dt.timedelta(days=rollups.MENDABLE_DAYS),
    }  # fmt: skip
    if not refused or connection.scalar(_LATER, asked) is None:
        return [None] * len(refused)
    calendar = read_calendar(request.principal, connection)
    asked["last"] = calendar.add_working_days(request.received_on, rollups.CORRECTION_LIMIT_DAYS)
    names = [f"k_{name}" for name in request.category.natural_key]
    again = _brought_again(request.category)
    return [
        connection.scalar(again, asked | dict(zip(names, row.key, strict=True))) if row.key else None
        for row in refused
    ]


@cache
def _brought_again(category: Category) -> Select[Any]:
    """The first delivery of the unit, by its day of receipt, that brought the record within the limit."""
    c = base_table(category).c
    same = [c[column_name(name)] == bindparam(f"k_{name}") for name in category.natural_key]
    in_time = (c.valid_from > bindparam("received_on"), c.valid_from <= bindparam("last"))
    return (
        select(c.receipt)
        .where(*same, c.unit == bindparam("unit"), *in_time)
        .order_by(c.valid_from, c.version)
        .limit(1)
    )
