"""A sheet as reading left it: the cells that hold something, whatever kind of file they came from.

Rows and columns are counted from 1, as the clerk sees them. Empty cells, and cells
with nothing but white space, are not here, so a used range of a million empty rows
costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from data_access.intake.cells import Cell
from data_access.intake.values.text import BLANKS

# What is known of a cell beside its value, one bit each.
FORMULA = 1  # it holds a formula
UNCACHED = 2  # … whose result is not in the file, or is the empty text
EMPTY_RESULT = 4  # … and is the empty text: the clerk sees an empty cell
PERCENT = 8  # its number is shown with a percent sign

# The largest sheet Excel knows.
MAX_ROW = 1_048_576
MAX_COLUMN = 16_384


class Merge(NamedTuple):
    """A merged area, all four edges inclusive."""

    top: int
    left: int
    bottom: int
    right: int


class Column(NamedTuple):
    """One column over all rows of `Sheet.rows`: cells (None where empty) and their bits."""

    values: np.ndarray
    flags: np.ndarray


class Sheet(Protocol):
    """What finding headers and choosing data rows ask of a sheet."""

    name: str
    visible: bool
    merges: Sequence[Merge]
    rows: np.ndarray  # numbers of the rows that hold something, ascending
    is_text: bool

    def top(self, last_row: int) -> dict[int, dict[int, Cell]]:
        """Cells of the rows up to `last_row`, by row and column; empty rows are missing."""
        ...

    def column(self, number: int) -> Column:
        """One column, a cell for each of `rows`."""
        ...

    def first_filled(self) -> Column:
        """The leftmost filled cell of each of `rows`; its flags are its column's number."""
        ...


@dataclass(slots=True)
class Cells:
    """Filled cells in any order: row, column, value and bits of each."""

    rows: np.ndarray
    cols: np.ndarray
    values: np.ndarray
    flags: np.ndarray

    @classmethod
    def of(cls, kept: Sequence[tuple[int, int, Cell, int]]) -> Cells:
        """From row, column, value and bits of each cell."""
        rows, cols, values, flags = zip(*kept, strict=True) if kept else ((), (), (), ())
        return cls(
            np.array(rows, np.int32), np.array(cols, np.int32), objects(values), np.array(flags, np.uint8)
        )

    @classmethod
    def joined(cls, pieces: Sequence[Cells]) -> Cells:
        if not pieces:
            return cls.of(())
        return cls(
            np.concatenate([p.rows for p in pieces]),
            np.concatenate([p.cols for p in pieces]),
            np.concatenate([p.values for p in pieces]),
            np.concatenate([p.flags for p in pieces]),
        )


@dataclass
class SparseSheet:
    """A sheet of a workbook: only its filled cells are kept."""

    name: str
    visible: bool
    merges: Sequence[Merge]
    cells: Cells
    is_text: bool = False
    rows: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        cells = self.cells
        place = cells.rows.astype(np.int64) * (MAX_COLUMN + 1) + cells.cols
        if place.size and not bool((place[1:] > place[:-1]).all()):
            # Out of order, or a cell given twice: the later one counts.
            _, last = np.unique(place[::-1], return_index=True)
            order = place.size - 1 - last
            self.cells = cells = Cells(
                cells.rows[order], cells.cols[order], cells.values[order], cells.flags[order]
            )
        self.rows, self._starts, self._row_of = np.unique(cells.rows, return_index=True, return_inverse=True)
        self._by_column = np.argsort(cells.cols, kind="stable")
        self._sorted_columns = cells.cols[self._by_column]

    def top(self, last_row: int) -> dict[int, dict[int, Cell]]:
        found: dict[int, dict[int, Cell]] = {}
        for i in range(int(np.searchsorted(self.cells.rows, last_row, "right"))):
            if self.cells.values[i] is not None:
                row = found.setdefault(int(self.cells.rows[i]), {})
                row[int(self.cells.cols[i])] = self.cells.values[i]
        return found

    def column(self, number: int) -> Column:
        first, after = np.searchsorted(self._sorted_columns, [number, number + 1])
        which = self._by_column[first:after]
        values, flags = np.full(self.rows.size, None, object), np.zeros(self.rows.size, np.uint8)
        values[self._row_of[which]] = self.cells.values[which]
        flags[self._row_of[which]] = self.cells.flags[which]
        return Column(values, flags)

    def first_filled(self) -> Column:
        return Column(self.cells.values[self._starts], self.cells.cols[self._starts])


@dataclass
class Book:
    """An opened workbook: its sheets in order, and what else must be scanned.

    `texts` are all texts of all cells, hidden sheets included, of comments and of
    formulas; `long_numbers` the number cells with 17 digits or more before the point,
    as the file writes them.
    """

    sheets: list[Sheet]
    texts: list[str]
    long_numbers: list[str]
    date_1904: bool = False


def objects(values: Sequence[object]) -> np.ndarray:
    """A one-dimensional array of Python objects, whatever they are."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def filled(values: np.ndarray) -> np.ndarray:
    """Which cells hold something."""
    nothing: Any = None
    return np.not_equal(values, nothing).astype(bool)


def is_blank(text: str) -> bool:
    """Nothing but white space and zero-width characters."""
    return not text.strip(BLANKS)
