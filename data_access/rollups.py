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
    delete,
    func,
    literal_column,
    select,
)

from catalog import Catalog, Category
from data_access import events, facilities, key_counts, rollups_anew as anew, visits
from data_access.accepted import Integration, Rows
from data_access.adding import add
from data_access.facility_columns import Packed
from data_access.periods import business_months, period_of_declared
from data_access.schema import (
    FACT,
    QUALITY_COUNTS,
    batch,
    batch_quality,
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
    connection: Connection,
    category: Category,
    facts: BatchFacts,
    rows: Rows,
    outcome: Integration,
    cells: Mapping[facilities.Cell, Packed],
) -> None:
    """Add one batch to every rollup, in the transaction that integrates it.

    `cells`: of `facilities.packed`, for the categories of facilities.
    """
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
            facilities.fold(connection, category, rows, outcome, cells, facts.received_on)


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
    is_new = len(outcome.inserted) == len(column)
    moved: Counter[str] = Counter(column if is_new else map(column.__getitem__, outcome.inserted))
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
    if key_counts.hands_keys_on(connection, category, facts.receipt, on):
        anew.rebuild_deliveries_of(connection, category)
    else:
        less = {name: -getattr(facts, name) for name in anew.DELIVERY_COUNTS}
        row = {"category": category.code, "unit": facts.unit, "day": on, "batches": -1}
        add(connection, roll_delivery, [row | less])
    if category.code == FACT:
        visits.fold_readings(connection, None, facts.receipt, on)
        return
    anew.rebuild_periods(connection, category)
    if category.due.startswith("event+"):
        events.rebuild(connection, category)
    if category.district_field is not None:
        anew.rebuild_districts(connection, category)
    if category.code in facilities.SETS:
        facilities.fold_receipt(connection, category, facts.receipt, on)


def fold_end(
    connection: Connection, category: Category, record: Mapping[Any, Any], unit: str, on: dt.date
) -> None:
    """A record has ended on a day: the base holds one less. What was delivered stays delivered.

    `unit`: of the request that ended it.
    """
    anew.add_endings(connection, [(category.code, unit, on, 1)])
    if category.district_field is not None:
        anew.rebuild_districts(connection, category)
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
        key_counts.recount(connection, category)
        if category.code == FACT:
            continue
        anew.rebuild_periods(connection, category)
        if category.due.startswith("event+"):
            events.rebuild(connection, category)
        if category.district_field is not None:
            anew.rebuild_districts(connection, category)
    anew.rebuild_deliveries(connection)
    for facts in connection.execute(select(batch).where(batch.c.state.in_((*anew.TAKEN, "rejected")))).all():
        fold_quality_of_batch(connection, facts.category, cast(BatchFacts, facts))
    visits.rebuild(connection)
    facilities.rebuild(connection)
