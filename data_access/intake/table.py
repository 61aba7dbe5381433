"""All data rows of a file as columns, with what was found wrong kept beside them, row by row.

Rows are counted through the whole file: sheet after sheet, in their order.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog import Catalog, Category
from data_access.intake.cells import MappedSheet
from data_access.intake.values import ColumnReading, Reading, normaliser, read_column
from data_access.intake.values.geo import coordinate_pair, settle_coordinates


@dataclass(slots=True)
class Table:
    """The rows of a file on their way through the checks.

    `failed`, `notes` and `months` are by field name and hold only rows that have one.
    """

    category: Category
    sheets: Sequence[MappedSheet]
    starts: list[int]  # the first row of each sheet
    size: int
    values: dict[str, list[Any]]  # every field of the category; None where absent or failed
    failed: dict[str, dict[int, str]]  # row -> the value's first problem
    notes: dict[str, dict[int, tuple[str, ...]]]  # row -> W_ codes
    months: dict[str, set[int]]  # rows whose date is a month only
    absent: dict[str, set[int]]  # rows with nothing in a mapped column
    refusals: dict[int, list[tuple[str, str | None]]] = field(default_factory=dict)  # whole rows: code, check
    doubts: dict[int, list[str]] = field(default_factory=dict)  # checks of severity warning that failed
    rivals: dict[int, list[int]] = field(default_factory=dict)  # of a key conflict: all rows with that key
    duplicates: list[int] = field(default_factory=list)

    def place(self, row: int) -> tuple[str, int]:
        """Sheet name and row number as the clerk sees them."""
        sheet, index = self.locate(row)
        return sheet.name, sheet.row_numbers[index]

    def mapped_size(self, field_name: str) -> int:
        """How many rows lie in sheets that have a column for the field."""
        return sum(len(s.row_numbers) for s in self.sheets if field_name in s.columns)

    def clean_rows(self) -> list[int]:
        """Rows without a problem, in order."""
        refused = self.refused_rows()
        return [i for i in range(self.size) if i not in refused] if refused else list(range(self.size))

    def fail(self, field_name: str, row: int, code: str) -> None:
        """The value of a field turns out wrong: it carries its problem and nothing else."""
        self.failed[field_name][row] = code
        self.values[field_name][row] = None
        self.notes[field_name].pop(row, None)
        self.months[field_name].discard(row)

    def refused_rows(self) -> set[int]:
        return set(self.refusals).union(*self.failed.values())

    def locate(self, row: int) -> tuple[MappedSheet, int]:
        if len(self.sheets) == 1:
            return self.sheets[0], row
        place = bisect_right(self.starts, row) - 1
        return self.sheets[place], row - self.starts[place]


def read_table(
    sheets: Sequence[MappedSheet], category: Category, catalog: Catalog, received_on: dt.date
) -> Table:
    """Reads every value of every sheet; required fields that are empty or without a column fail here."""
    starts, size = [], 0
    for sheet in sheets:
        starts.append(size)
        size += len(sheet.row_numbers)
    names = [f.name for f in category.fields]
    table = Table(
        category, sheets, starts, size,
        values={n: [] for n in names}, failed={n: {} for n in names},
        notes={n: {} for n in names}, months={n: set() for n in names}, absent={n: set() for n in names},
    )  # fmt: skip
    for sheet, start in zip(sheets, starts, strict=True):
        _append(table, sheet, start, _read_sheet(sheet, category, catalog, received_on))
    return table


def _read_sheet(
    sheet: MappedSheet, category: Category, catalog: Catalog, received_on: dt.date
) -> dict[str, ColumnReading]:
    readings = {}
    for f in category.fields:
        column = sheet.columns.get(f.name)
        if column is not None:
            reading = Reading(received_on, column.unit, sheet.is_text, sheet.date_1904)
            readings[f.name] = read_column(normaliser(f, catalog, reading), column)
    pair = coordinate_pair(category)
    if pair is not None:
        settle_coordinates(pair, readings, sheet.columns)
    return readings


def _append(table: Table, sheet: MappedSheet, start: int, readings: dict[str, ColumnReading]) -> None:
    count = len(sheet.row_numbers)
    for f in table.category.fields:
        reading = readings.get(f.name) or ColumnReading([None] * count)
        failed = table.failed[f.name]
        table.absent[f.name].update(start + i for i in reading.absent)
        if f.required:
            empty = reading.absent if f.name in readings else range(count)
            failed.update((start + i, "R_REQUIRED") for i in empty)
        if table.values[f.name]:
            table.values[f.name].extend(reading.values)
        else:
            table.values[f.name] = reading.values
        failed.update({start + i: code for i, code in reading.problems.items()})
        table.notes[f.name].update(
            {start + i: codes for i, codes in reading.notes.items()} if start else reading.notes
        )
        table.months[f.name].update(start + i for i in reading.months)
