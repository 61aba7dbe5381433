"""One column at a time: clean cells all at once, the others by the verdict on each distinct one.

Only what is out of the ordinary (a problem, a warning, a formula, a merge, an
empty cell) is kept row by row; clean cells never become objects of ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from data_access.intake.cells import MappedColumn
from data_access.intake.values.verdicts import FALSE_CELL, FORMULA, TRUE_CELL, Normaliser, Verdict, is_number

_SAMPLE = 16_384  # some thousand days or venues must not look like cells that never repeat


@dataclass(slots=True)
class ColumnReading:
    """A column after reading. Indices are places among the sheet's data rows."""

    values: list[Any]  # stored values; None where absent or failed
    problems: dict[int, str] = field(default_factory=dict)
    notes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    months: set[int] = field(default_factory=set)
    absent: set[int] = field(default_factory=set)  # rows that say nothing here


def read_column(reader: Normaliser, column: MappedColumn) -> ColumnReading:
    """Reads a mapped column; whether a missing value is allowed is for the caller to say."""
    cells = column.values if isinstance(column.values, list) else list(column.values)
    kinds = set(map(type, cells))
    if bool in kinds:
        cells = [TRUE_CELL if c is True else FALSE_CELL if c is False else c for c in cells]
    reading = _read_cells(reader, cells, kinds)
    for row in column.percents:
        _replace(reading, row, reader.with_percent_format(cells[row]))
    for row in column.formulas | column.uncached:
        if not _formula_is_fine(reader, cells[row], cached=row not in column.uncached):
            _replace(reading, row, FORMULA)
    for row in column.filled_down:
        if reading.values[row] is not None:
            reading.notes[row] = (*reading.notes.get(row, ()), "W_FILLED_DOWN")
    return reading


def _read_cells(reader: Normaliser, cells: list[Any], kinds: set[type]) -> ColumnReading:
    """Where few cells repeat, the fast way goes over all rows; otherwise each distinct cell is judged once."""
    sample = cells[:_SAMPLE]
    values = reader.clean(cells, kinds) if len(set(sample)) > len(sample) // 2 else None
    if values is None:
        judged = reader.judge(cells)
        reading = ColumnReading(list(map(judged.values.__getitem__, cells)))
        if not (judged.problems or judged.notes or None in judged.values.values()):
            return reading
        rows: Iterable[int] = range(len(cells))
    else:
        values = values.copy() if values is cells else values  # what was sent stays as it is
        reading = ColumnReading(values)
        if type(None) not in set(map(type, values)):
            return reading
        rows = [i for i, v in enumerate(values) if v is None]
        judged = reader.judge([cells[i] for i in rows])
        found = judged.values
        for i in rows:
            values[i] = found[cells[i]]
    problems, notes, months, values = judged.problems, judged.notes, judged.months, reading.values
    for i in rows:
        cell = cells[i]
        if values[i] is None:
            if cell in problems:
                reading.problems[i] = problems[cell]
            else:
                reading.absent.add(i)
        elif cell in notes:
            reading.notes[i] = notes[cell]
            if cell in months:
                reading.months.add(i)
    return reading


def _formula_is_fine(reader: Normaliser, cell: Any, *, cached: bool) -> bool:
    """A formula may stand in a number or date column if it has a number or a date to show."""
    return cached and reader.takes_formulas and (is_number(cell) or isinstance(cell, dt.date))


def _replace(reading: ColumnReading, row: int, verdict: Verdict) -> None:
    reading.values[row] = verdict.value
    reading.problems.pop(row, None)
    reading.notes.pop(row, None)
    reading.months.discard(row)
    reading.absent.discard(row)
    if verdict.problem is not None:
        reading.problems[row] = verdict.problem
        return
    if verdict.value is None:
        reading.absent.add(row)
    if verdict.notes:
        reading.notes[row] = verdict.notes
    if verdict.month:
        reading.months.add(row)
