"""The roll_ tables: kept in the integration's transaction, and computed again from zero.

`fold_batch` adds what one batch brought; `rebuild` derives the same rows from
the pool and the base alone. Pages read nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    Connection,
    bindparam,
    case,
    delete,
    extract,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)

from catalog import Catalog, Category
from data_access import events, facilities, visits
from data_access.adding import add
from data_access.base import Integration, Rows
from data_access.periods import business_months, period_of_declared
from data_access.schema import (
    FACT,
    QUALITY_COUNTS,
    base_table,
    batch,
    batch_quality,
    column_name,
    event_until,
    period_until,
    problem,
    rejected_row,
    roll_delivery,
    roll_district,
    roll_event,
    roll_period,
    roll_problem,
    roll_quality,
)

CORRECTION_LIMIT_DAYS = 10
"""Working days within which a refused row that comes again, mended, counts once (section 3)."""
MENDABLE_DAYS = 30
"""The same in calendar days, with the longest holidays."""
TAKEN = ("validated", "integrated", "published", "withdrawn", "reverted")


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What a rollup needs to know of a batch besides its rows."""

    receipt: str
    unit: str
    received_on: dt.date
    period: str | None
    rows_total: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int


def fold_batch(
    connection: Connection, category: Category, facts: BatchFacts, rows: Rows, outcome: Integration
) -> None:
    """Add one batch to every rollup, in the transaction that integrates it."""
    add(
        connection,
        roll_delivery,
        [
            {
                "category": category.code,
                "unit": facts.unit,
                "day": facts.received_on,
                "batches": 1,
                "rows_total": facts.rows_total,
                "rows_accepted": facts.rows_accepted,
                "rows_rejected": facts.rows_rejected,
                "rows_duplicate": facts.rows_duplicate,
                "keys_in_year": outcome.keys_in_year,
                "keys_new": len(outcome.inserted),
            }
        ],
    )
    fold_quality_of_batch(connection, category.code, facts)
    taken = [*outcome.inserted, *outcome.updated]
    if category.code == FACT:
        moments = {rows.columns["reading_at"][i] for i in taken}
        visits.fold_readings(connection, moments, facts.receipt, facts.received_on)
    elif taken:
        _fold_periods(connection, category, facts, rows, taken)
        if category.due.startswith("event+"):
            events.rebuild(connection, category)
        if category.district_field is not None:
            _fold_districts(connection, category, rows, outcome)
        if category.code in facilities.SETS:
            facilities.fold(connection, category, rows, taken, unit=facts.unit, on=facts.received_on)


_OWN_QUALITY = select(*(batch_quality.c[n] for n in QUALITY_COUNTS)).where(
    batch_quality.c.receipt == bindparam("receipt")
)
_REFUSED_QUALITY = select(*(func.sum(rejected_row.c[n]).label(n) for n in QUALITY_COUNTS)).where(
    rejected_row.c.receipt == bindparam("receipt"), rejected_row.c.mended_by.is_(None)
)
_CHECK = func.coalesce(problem.c.check, literal_column("''"))  # a parameter could not be grouped by
_PROBLEMS = (
    select(problem.c.field, problem.c.code, _CHECK, func.count())
    .where(problem.c.receipt == bindparam("receipt"))
    .group_by(problem.c.field, problem.c.code, _CHECK)
)


def fold_quality_of_batch(connection: Connection, category: str, facts: BatchFacts) -> None:
    """Add a batch's parts of the characteristics and its problems by rule."""
    key = {"category": category, "unit": facts.unit, "day": facts.received_on}
    of = {"receipt": facts.receipt}
    own = connection.execute(_OWN_QUALITY, of).first()
    refused = connection.execute(_REFUSED_QUALITY, of).one()
    counts = {n: int((own._mapping[n] if own else 0) + (refused._mapping[n] or 0)) for n in QUALITY_COUNTS}
    add(connection, roll_quality, [{**key, **counts}])
    found = connection.execute(_PROBLEMS, of)
    add(
        connection,
        roll_problem,
        [{**key, "field": f, "code": c, "check": k, "count": n} for f, c, k, n in found],
    )


def take_back_mended(connection: Connection, rows: Iterable[Any]) -> None:
    """Take refused rows that have since been mended out of the quality of their day."""
    add(
        connection,
        roll_quality,
        [
            {
                "category": row.category,
                "unit": row.unit,
                "day": row.received_on,
                **{n: -getattr(row, n) for n in QUALITY_COUNTS},
            }
            for row in rows
        ],
    )


def _fold_periods(
    connection: Connection, category: Category, facts: BatchFacts, rows: Rows, taken: list[int]
) -> None:
    counts: Counter[str] = Counter()
    declared = period_of_declared(category, facts.period)
    if declared is not None:
        counts[declared] = len(taken)
    else:
        counts.update(business_months(category, rows.columns, taken))
    add(
        connection,
        roll_period,
        [
            {
                "category": category.code,
                "period": period,
                "unit": facts.unit,
                "received_on": facts.received_on,
                "rows_accepted": n,
            }
            for period, n in counts.items()
        ],
    )


def _fold_districts(connection: Connection, category: Category, rows: Rows, outcome: Integration) -> None:
    field = category.district_field
    assert field is not None
    place = [f.name for f in category.fields].index(field.name)
    column = rows.columns.get(field.name)
    if column is None:
        return
    moved: Counter[str] = Counter(column[i] for i in outcome.inserted)
    for index in outcome.updated:
        moved[column[index]] += 1
        moved[outcome.known[index].values[place]] -= 1
    add(
        connection,
        roll_district,
        [{"category": category.code, "district": d, "records": n} for d, n in moved.items() if d and n],
    )
    if any(n < 0 for n in moved.values()):
        connection.execute(
            delete(roll_district).where(
                roll_district.c.category == category.code, roll_district.c.records == 0
            )
        )


def fold_revert(connection: Connection, category: Category, facts: Any, on: dt.date) -> None:
    """Take a reverted batch out from the day of the revert on; before it the figures stay what they were.

    What was submitted stays in the quality figures: it was submitted.
    """
    add(
        connection,
        roll_delivery,
        [
            {
                "category": category.code,
                "unit": facts.unit,
                "day": on,
                "batches": -1,
                "rows_total": -facts.rows_total,
                "rows_accepted": -facts.rows_accepted,
                "rows_rejected": -facts.rows_rejected,
                "rows_duplicate": -facts.rows_duplicate,
                "keys_in_year": -facts.keys_in_year,
                "keys_new": -facts.keys_new,
            }
        ],
    )
    if category.code == FACT:
        visits.fold_readings(connection, None, facts.receipt, on)
        return
    _rebuild_periods(connection, category)
    if category.due.startswith("event+"):
        events.rebuild(connection, category)
    if category.district_field is not None:
        _rebuild_districts(connection, category)
    if category.code in facilities.SETS:
        facilities.fold_receipt(connection, category, facts.receipt, on)


def fold_end(connection: Connection, category: Category, record: Mapping[Any, Any], on: dt.date) -> None:
    """A record has ended on a day: it lies in no district any more. What was delivered stays delivered."""
    if category.district_field is not None:
        _rebuild_districts(connection, category)
    if category.code in facilities.SETS:
        facilities.fold_record(connection, category, record, on)


# ---------------------------------------------------------------- from zero


def rebuild(connection: Connection, catalog: Catalog) -> None:
    """Compute every rollup from the pool and the base alone."""
    for table in (
        roll_delivery, roll_quality, roll_problem, roll_period, roll_event, roll_district, period_until, event_until,
    ):  # fmt: skip
        connection.execute(delete(table))
    for category in catalog.categories:
        recount_keys(connection, category)
        if category.code == FACT:
            continue
        _rebuild_periods(connection, category)
        if category.due.startswith("event+"):
            events.rebuild(connection, category)
        if category.district_field is not None:
            _rebuild_districts(connection, category)
    _rebuild_deliveries(connection)
    for facts in connection.execute(select(batch).where(batch.c.state.in_((*TAKEN, "rejected")))).all():
        fold_quality_of_batch(connection, facts.category, cast(BatchFacts, facts))
    visits.rebuild(connection)
    facilities.rebuild(connection)


def recount_keys(connection: Connection, category: Category) -> None:
    """Set each batch's `keys_new` and `keys_in_year` from the versions in the base.

    A reverted batch keeps what it had: it is subtracted again on the day of its revert.
    """
    table = base_table(category)
    keys = [table.c[column_name(k)] for k in category.natural_key]
    year = extract("year", table.c.valid_from)
    standing = table.c.reverted_on.is_(None)
    first_in_year = (
        func.row_number()
        .over(partition_by=[*keys, year], order_by=[table.c.valid_from, table.c.version])
        .label("in_year")
    )
    first_ever = (
        func.row_number()
        .over(partition_by=keys, order_by=[table.c.valid_from, table.c.version])
        .label("ever")
    )
    numbered = select(table.c.receipt, first_in_year, first_ever).where(standing).subquery()
    counted = connection.execute(
        select(
            numbered.c.receipt,
            func.sum(case((numbered.c.in_year == 1, 1), else_=0)),
            func.sum(case((numbered.c.ever == 1, 1), else_=0)),
        ).group_by(numbered.c.receipt)
    )
    found = {receipt: (int(in_year), int(ever)) for receipt, in_year, ever in counted}
    receipts = connection.scalars(
        select(batch.c.receipt).where(batch.c.category == category.code, batch.c.state != "reverted")
    )
    for receipt in receipts.all():
        in_year, ever = found.get(receipt, (0, 0))
        connection.execute(
            update(batch).where(batch.c.receipt == receipt).values(keys_in_year=in_year, keys_new=ever)
        )


def rebuild_deliveries_of(connection: Connection, category: Category) -> None:
    """Recount one category after a delivery that arrived out of order."""
    recount_keys(connection, category)
    connection.execute(delete(roll_delivery).where(roll_delivery.c.category == category.code))
    _rebuild_deliveries(connection, category.code)


_DELIVERY_COUNTS = (
    "rows_total", "rows_accepted", "rows_rejected", "rows_duplicate", "keys_in_year", "keys_new",
)  # fmt: skip


def _rebuild_deliveries(connection: Connection, category: str | None = None) -> None:
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
                *((literal(sign) * func.sum(batch.c[n])).label(n) for n in _DELIVERY_COUNTS),
            )
            .where(condition)
            .group_by(batch.c.category, batch.c.unit, day)
        )
        add(connection, roll_delivery, [dict(row._mapping) for row in rows])


def _rebuild_periods(connection: Connection, category: Category) -> None:
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


def _rebuild_districts(connection: Connection, category: Category) -> None:
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
