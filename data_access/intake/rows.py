"""Checks the mapped rows of a file against intake contract 1.0. A pure function: no database, no files of the sender."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import compress
from typing import Any

from catalog import Catalog, Category
from data_access.intake.cells import BaseRows, CheckedFile, MappedSheet, Problem, Warning
from data_access.intake.cross_checks import enter, run_row_checks
from data_access.intake.duplicates import settle_duplicates
from data_access.intake.memory import collector_paused
from data_access.intake.messages import MessageWriter
from data_access.intake.order import compare_order
from data_access.intake.quality import QualityCounter
from data_access.intake.row_series import run_series_checks
from data_access.intake.settings import CheckSettings
from data_access.intake.table import Table, read_table

__all__ = ["CheckSettings", "check"]

_DEFAULTS = CheckSettings()


def check(
    opened_sheets: Sequence[MappedSheet],
    category: Category,
    catalog: Catalog,
    *,
    received_on: dt.date,
    period_end: dt.date | None = None,
    base_rows: BaseRows | None = None,
    settings: CheckSettings = _DEFAULTS,
    received_at: dt.datetime | None = None,
) -> CheckedFile:
    """Normalises every value, judges every row, and counts what the quality figures need.

    Args:
        opened_sheets: the sheets whose header fits the category, in the order of the file.
        received_on: the day of receipt (北京时间); limits dates and decides what 两江新区 means.
        period_end: last day of the reporting period; dates records without a business date.
        base_rows: asks the base for current records; None: as if it were empty.
        received_at: the moment of receipt, with a zone or in 北京时间; without it realtime
            records are held to the day instead of to 15 minutes.

    Returns:
        Accepted rows in columns, problems and warnings in the order of sheets, rows
        and the catalogue's fields. Duplicates of records in the base are not looked for here.
    """
    with collector_paused():
        table = read_table(opened_sheets, category, catalog, received_on)
        compare_order(table)
        runs = run_row_checks(table, catalog, received_on=received_on, settings=settings)
        for run in runs:
            enter(table, run)
        settle_duplicates(table)
        accepted = _without(table.clean_rows(), table.duplicates)
        series = run_series_checks(table, accepted, catalog, base_rows)
        for run in series:
            enter(table, run)
        if any(run.failed and run.check.severity == "error" for run in series):
            accepted = [i for i in accepted if i not in table.refusals]
        counter = QualityCounter(
            table, [*runs, *series], received_on=received_on, received_at=received_at,
            period_end=period_end, settings=settings,
        )  # fmt: skip
        return _result(table, accepted, counter, MessageWriter(table, catalog, received_on))


def _result(table: Table, accepted: list[int], counter: QualityCounter, writer: MessageWriter) -> CheckedFile:
    refused = sorted(table.refused_rows())
    checked = CheckedFile(
        total=table.size,
        accepted=len(accepted),
        rejected=len(refused),
        duplicate=len(table.duplicates),
        problems=_problems(table, writer),
        warnings=_warnings(table),
        quality=counter.kept(accepted, table.duplicates),
        rejected_rows=counter.refused(refused),
    )
    _fill_columns(checked, table, accepted)
    return checked


def _problems(table: Table, writer: MessageWriter) -> list[Problem]:
    found: list[tuple[int, int, str, str | None]] = []  # row, place of the field, code, check
    fields = table.category.fields
    for place, f in enumerate(fields):
        found += [(row, place, code, None) for row, code in table.failed[f.name].items()]
    order = {c.id: n for n, c in enumerate(table.category.cross_checks)}
    for row, refusals in table.refusals.items():
        found += [
            (row, len(fields) + order.get(check or "", len(order)), code, check) for code, check in refusals
        ]
    found.sort(key=lambda p: p[:2])
    problems = []
    for row, place, code, check in found:
        sheet, number = table.place(row)
        if place < len(fields):
            message, name = writer.value_problem(fields[place], row, code), fields[place].name
        else:
            message, name = writer.row_problem(row, code, check), "*"
        problems.append(Problem(sheet, number, name, code, check, message))
    return problems


def _warnings(table: Table) -> list[Warning]:
    found: list[tuple[int, int, str, str | None]] = []
    silent = set(table.duplicates)
    fields = table.category.fields
    for place, f in enumerate(fields):
        for row, codes in table.notes[f.name].items():
            if row not in silent:
                found += [(row, place, code, None) for code in codes]
    order = {c.id: n for n, c in enumerate(table.category.cross_checks)}
    for row, checks in table.doubts.items():
        if row not in silent:
            found += [(row, len(fields) + order[check], "W_CROSS", check) for check in checks]
    found.sort(key=lambda w: w[:3])
    names = [f.name for f in fields]
    return [
        Warning(*table.place(row), names[place] if place < len(names) else "*", code, check)
        for row, place, code, check in found
    ]


def _fill_columns(checked: CheckedFile, table: Table, accepted: list[int]) -> None:
    """Values, places and month precision of the accepted rows."""
    everything = len(accepted) == table.size
    keep: bytearray | None = None
    if not everything:
        keep = bytearray(table.size)
        for row in accepted:
            keep[row] = 1

    def kept(values: Sequence[Any]) -> list[Any]:
        return list(values) if keep is None else list(compress(values, keep))

    checked.columns = {
        name: column if keep is None else kept(column) for name, column in table.values.items()
    }
    checked.sheets = kept([s.name for s in table.sheets for _ in s.row_numbers])
    checked.rows = kept([number for s in table.sheets for number in s.row_numbers])
    if any(table.months.values()):
        for index, row in enumerate(accepted):
            names = tuple(name for name, rows in table.months.items() if row in rows)
            if names:
                checked.months[index] = names


def _without(rows: list[int], dropped: list[int]) -> list[int]:
    if not dropped:
        return rows
    out = set(dropped)
    return [i for i in rows if i not in out]
