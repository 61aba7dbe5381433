"""Rollups of one category computed again from the pool and the base alone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    delete,
    func,
    insert,
    literal,
    select,
)

from catalog import Category
from data_access import key_counts
from data_access.adding import add
from data_access.periods import business_months, period_of_declared
from data_access.schema import (
    base_table,
    batch,
    change_request,
    column_name,
    period_until,
    roll_delivery,
    roll_district,
    roll_period,
)

TAKEN = ("validated", "integrated", "published", "withdrawn", "reverted")


def rebuild_deliveries_of(connection: Connection, category: Category) -> None:
    """Recount one category after a delivery that arrived out of order, or was taken back."""
    key_counts.recount(connection, category)
    connection.execute(delete(roll_delivery).where(roll_delivery.c.category == category.code))
    rebuild_deliveries(connection, category.code)


DELIVERY_COUNTS = (
    "rows_total", "rows_accepted", "rows_rejected", "rows_duplicate", "keys_in_year", "keys_new",
)  # fmt: skip


def rebuild_deliveries(connection: Connection, category: str | None = None) -> None:
    chosen = batch.c.state.in_((*TAKEN, "rejected"))
    if category is not None:
        chosen = chosen & (batch.c.category == category)
    for sign, day, condition in (
        (1, batch.c.received_on, chosen),
        (-1, batch.c.reverted_on, chosen & (batch.c.state == "reverted")),
    ):
        rows = connection.execute(
            select(
                batch.c.category,
                batch.c.unit,
                day.label("day"),
                (literal(sign) * func.count()).label("batches"),
                *((literal(sign) * func.sum(batch.c[n])).label(n) for n in DELIVERY_COUNTS),
            )
            .where(condition)
            .group_by(batch.c.category, batch.c.unit, day)
        )
        add(connection, roll_delivery, [dict(row._mapping) for row in rows])

    ended = select(
        change_request.c.category, change_request.c.unit, change_request.c.applied_on, func.count()
    )
    ended = ended.where(change_request.c.kind == "delete", change_request.c.applied_on.is_not(None))
    if category is not None:
        ended = ended.where(change_request.c.category == category)
    grouped = ended.group_by(change_request.c.category, change_request.c.unit, change_request.c.applied_on)
    add_endings(connection, connection.execute(grouped).all())


def add_endings(connection: Connection, ended: Iterable[Sequence[Any]]) -> None:
    """Records that ended, as (category, unit, day, how many): the base holds less, no delivery changes."""
    nothing = dict.fromkeys(("batches", *DELIVERY_COUNTS), 0)
    rows = [
        nothing | {"category": code, "unit": unit, "day": day, "keys_new": -int(n)}
        for code, unit, day, n in ended
    ]
    add(connection, roll_delivery, rows)


def rebuild_periods(connection: Connection, category: Category) -> None:
    """Count by period what stands, and until which day a batch taken back had served its own."""
    for rollup in (roll_period, period_until):
        connection.execute(delete(rollup).where(rollup.c.category == category.code))
    table = base_table(category)
    facts = {
        row.receipt: row
        for row in connection.execute(
            select(
                batch.c.receipt, batch.c.unit, batch.c.received_on, batch.c.period, batch.c.reverted_on
            ).where(batch.c.category == category.code, batch.c.state.in_(TAKEN))
        )
    }
    dates = [table.c[column_name(n)] for n in category.business_date]
    business = func.coalesce(*dates) if len(dates) > 1 else dates[0] if dates else literal(None)
    versions = connection.execute(
        select(table.c.receipt, business.label("day"), func.count().label("n")).group_by(
            table.c.receipt, business
        )
    )
    counts: Counter[tuple[str, str, dt.date, dt.date | None]] = Counter()
    for receipt, day, n in versions:
        fact = facts.get(receipt)
        if fact is None:
            continue
        period = period_of_declared(category, fact.period)
        if period is None:
            found = business_months(category, {category.business_date[0]: [day]}, [0]) if dates else {}
            period = next(iter(found), None)
        if period is not None:
            counts[period, fact.unit, fact.received_on, fact.reverted_on] += n
    standing, taken_back = [], []
    for (period, unit, received_on, until), n in counts.items():
        row = {
            "category": category.code, "period": period, "unit": unit, "received_on": received_on, "rows_accepted": n,
        }  # fmt: skip
        if until is None:
            standing.append(row)
        elif until > received_on:
            taken_back.append(row | {"until": until})
    add(connection, roll_period, standing)
    add(connection, period_until, taken_back)


def rebuild_districts(connection: Connection, category: Category) -> None:
    connection.execute(delete(roll_district).where(roll_district.c.category == category.code))
    table = base_table(category)
    field = category.district_field
    assert field is not None
    district = table.c[column_name(field.name)]
    connection.execute(
        insert(roll_district).from_select(
            ["category", "district", "records"],
            select(literal(category.code), district, func.count())
            .where(table.c.valid_to.is_(None), district.is_not(None))
            .group_by(district),
        )
    )
