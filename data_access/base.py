"""The base database: integrating checked rows (Article 13); what is taken back is in `taking_back`.

A record is known by its natural key. A row with a known key and the same values
is a duplicate; with other values it becomes the record's next version, and the
version before keeps its row. Everything here runs inside the caller's
transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    Update,
    bindparam,
    select,
    update,
)

from catalog import Category
from data_access import known_records
from data_access.accepted import Integration, KnownRecord, Rows
from data_access.bulk import bulk_insert, bulk_insert_columns
from data_access.ended import endings, key_of
from data_access.known_records import History
from data_access.migrate import ensure_partitions
from data_access.schema import FACT, base_table, column_name

LOOKUP_CHUNK = 500


def compare(connection: Connection, category: Category, rows: Rows, received_on: dt.date) -> Integration:
    """Tell new rows from duplicates and updates, against the base as it is now.

    Only the fields a row's sheet has a column for are compared: a sheet that is
    silent about a field does not change it.
    """
    result = Integration()
    known, history, is_of_year_beneath = known_records.look_up(connection, category, rows, received_on)
    if not known:
        result.inserted = list(range(len(rows)))
        result.keys_in_year = len(rows)
        result.received_out_of_order = bool(history) and _brings_back(
            connection, category, rows, result.inserted
        )
        _follow(history, result, received_on)
        return result
    result.known = known
    names = [f.name for f in category.fields]
    places = [place for place, name in enumerate(names) if name in rows.columns]
    if rows.silent:
        _keep_unmentioned(rows, known, names)
    said = list(zip(*(rows.columns[names[place]] for place in places), strict=True))
    is_whole = len(places) == len(names)
    for index in range(len(rows)):
        record = known.get(index)
        if record is None:
            result.inserted.append(index)
            result.keys_in_year += 1
        elif said[index] == (record.values if is_whole else tuple(map(record.values.__getitem__, places))):
            result.duplicates.append(index)
        else:
            result.updated.append(index)
            result.received_out_of_order |= record.valid_from > received_on
            if record.valid_from.year != received_on.year:
                result.keys_in_year += 1
    result.received_out_of_order = (
        result.received_out_of_order
        or is_of_year_beneath
        or (bool(history) and _brings_back(connection, category, rows, result.inserted))
    )
    _follow(history, result, received_on)
    return result


def _follow(history: Mapping[int, History], outcome: Integration, received_on: dt.date) -> None:
    """Give versions numbers above those that were taken back or ended.

    A version taken back after this batch's day of receipt held the key until then: the batch came late.
    """
    for index in (*outcome.inserted, *outcome.updated) if history else ():
        found = history.get(index)
        if found is not None:
            current = outcome.known.get(index)
            outcome.first_versions[index] = max(found.highest, current.version if current else 0) + 1
            outcome.received_out_of_order |= found.reverted_on is not None and found.reverted_on > received_on


def _brings_back(connection: Connection, category: Category, rows: Rows, inserted: Sequence[int]) -> bool:
    """Whether one of the records was in the base once and ended: it may have been counted this year."""
    ended = endings(connection, category)
    columns = [rows.columns[k] for k in category.natural_key]
    return bool(ended) and any(key_of(column[i] for column in columns) in ended for i in inserted)


def _keep_unmentioned(rows: Rows, known: Mapping[int, KnownRecord], names: Sequence[str]) -> None:
    """Known records keep the fields that the row's own sheet has no column for."""
    for index, record in known.items():
        for name in rows.silent.get(rows.sheets[index], ()):
            column = rows.columns[name]
            assert isinstance(column, list)
            column[index] = record.values[names.index(name)]


def integrate(
    connection: Connection,
    category: Category,
    rows: Rows,
    outcome: Integration,
    *,
    receipt: str,
    unit: str,
    source_platform: str,
    received_on: dt.date,
) -> None:
    """Write new records and next versions; duplicates are left out."""
    table = base_table(category)
    if category.code == FACT:
        ensure_partitions(connection, {moment.date() for moment in set(rows.columns["reading_at"])})
    if outcome.updated:
        _close_current(connection, category, rows, outcome, received_on)
    places = sorted([*outcome.inserted, *outcome.updated])
    versions = [
        outcome.first_versions.get(i) or (outcome.known[i].version + 1 if i in outcome.known else 1)
        for i in places
    ]
    fixed: dict[str, str | int | dt.date] = {
        "receipt": receipt, "unit": unit, "source_platform": source_platform, "valid_from": received_on,
    }  # fmt: skip
    names = [f.name for f in category.fields]
    present = [rows.columns.get(n) for n in names]
    if not _is_plain(rows, outcome, is_complete=None not in present):
        _insert_row_by_row(connection, table, rows, outcome, names, places, versions, fixed)
        return

    def kept(values: Sequence[Any]) -> Sequence[Any]:
        return values if len(places) == len(rows) else list(map(values.__getitem__, places))

    fields = {column_name(n): kept(column) for n, column in rows.columns.items()} if not rows.written else {}
    varying: dict[str, Sequence[Any]] = {"row_no": kept(rows.row_numbers), **fields}
    for name, values in (("version", versions), ("sheet", kept(rows.sheets))):
        if len(set(values)) == 1:  # nearly always: new records, and a file of one sheet
            fixed[name] = values[0]
        else:
            varying[name] = values
    written = {name: kept(column) for name, column in rows.written.items()}
    bulk_insert_columns(connection, table, varying, written, fixed)


def _is_plain(rows: Rows, outcome: Integration, *, is_complete: bool) -> bool:
    """Whether whole columns can be written: nothing comes from the version before, no date is a month."""
    before = (outcome.known[i] for i in outcome.updated)
    return not rows.months and (is_complete or not outcome.updated) and not any(r.months for r in before)


def _insert_row_by_row(
    connection: Connection,
    table: Table,
    rows: Rows,
    outcome: Integration,
    names: Sequence[str],
    places: Sequence[int],
    versions: Sequence[int],
    fixed: Mapping[str, Any],
) -> None:
    """New versions that keep what the row does not say, and dates known to the month only."""
    present = [rows.columns.get(n) for n in names]
    columns = [*(column_name(n) for n in names), "version", "sheet", "row_no", "month_precision", *fixed]

    def tuples() -> Iterator[tuple[Any, ...]]:
        for index, version in zip(places, versions, strict=True):
            record = outcome.known.get(index)
            values = [
                column[index] if column is not None else (record.values[place] if record else None)
                for place, column in enumerate(present)
            ]
            months = rows.months.get(index, ())
            if record is not None and record.months:
                unsaid = rows.silent.get(rows.sheets[index], frozenset())
                months = (*months, *(m for m in record.months if m not in rows.columns or m in unsaid))
            yield (
                *values, version, rows.sheets[index], rows.row_numbers[index],
                ",".join(months) if months else None, *fixed.values(),
            )  # fmt: skip

    bulk_insert(connection, table, columns, tuples())


def _close_current(
    connection: Connection, category: Category, rows: Rows, outcome: Integration, received_on: dt.date
) -> None:
    """The version that is being replaced was known until today."""
    keys = {f"k_{name}": rows.columns[name] for name in category.natural_key}
    closed = [
        {
            **{name: column[index] for name, column in keys.items()},
            "k_version": outcome.known[index].version,
            "ended": max(outcome.known[index].valid_from, received_on),
        }
        for index in outcome.updated
    ]
    connection.execute(_closing(category), closed)


@cache
def _closing(category: Category) -> Update:
    """The statement that ends one version, found by the whole unique key; built once a category."""
    table = base_table(category)
    keys = [table.c[column_name(name)] == bindparam(f"k_{name}") for name in category.natural_key]
    return (
        update(table)
        .where(*keys, table.c.version == bindparam("k_version"))
        .values(valid_to=bindparam("ended"))
    )


def current_rows(
    connection: Connection, category: Category, fields: Sequence[str], where: Mapping[str, Iterable[Any]]
) -> Iterator[tuple[Any, ...]]:
    """Current records as tuples of `fields`, those whose field `k` is among ``where[k]``."""
    table = base_table(category)
    conditions = [table.c.valid_to.is_(None)]
    lists = {column_name(k): sorted(set(v), key=str) for k, v in where.items()}
    longest = max(lists, key=lambda k: len(lists[k]), default=None)
    columns = [table.c[column_name(f)] for f in fields]
    for start in range(0, max(1, len(lists[longest]) if longest else 1), LOOKUP_CHUNK):
        chunk = [
            table.c[k].in_(values[start : start + LOOKUP_CHUNK] if k == longest else values)
            for k, values in lists.items()
        ]
        for row in connection.execute(select(*columns).where(*conditions, *chunk)):
            yield tuple(row)
