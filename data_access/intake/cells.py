"""What reading a file hands to checking it: mapped columns of raw cells, and what checking hands on.

Reading (open, find sheets and headers, map columns) knows nothing of rules;
checking (normalise, judge, compare rows) knows nothing of files. Both speak
these shapes. Data stay in columns from the file to the base.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class CellError:
    """An error cell of a workbook (#N/A, #DIV/0! …); one instance, `ERROR`."""

    def __repr__(self) -> str:
        return "ERROR"


ERROR = CellError()
Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | CellError | None


@dataclass(slots=True)
class MappedColumn:
    """One column of a sheet that a field of the category answers for.

    The index of every list and set is the row's place among the data rows
    (0 = first data row), not the row number of the sheet.
    """

    field: str
    values: Sequence[Cell]
    unit: str | None = None  # the known unit the header, its group or the sheet names; None: none named
    crs: str | None = None  # "GCJ-02" where the header declares it
    formulas: frozenset[int] = frozenset()  # rows whose cell holds a formula
    uncached: frozenset[int] = frozenset()  # … and of these, those without a cached value
    percents: frozenset[int] = frozenset()  # rows whose number cell has a percent format
    filled_down: frozenset[int] = frozenset()  # rows whose value comes from a vertical merge


@dataclass(slots=True)
class MappedSheet:
    """The data rows of one sheet whose header fits the category. `name` is "" for CSV."""

    name: str
    row_numbers: Sequence[int]  # as the clerk sees them, one for each data row
    columns: dict[str, MappedColumn]  # by field name; fields without a column are missing here
    is_text: bool = (
        False  # CSV: every cell is text, and text that looks like a number counts as one in date columns
    )
    date_1904: bool = False


@dataclass(slots=True)
class OpenedFile:
    """A file after the file stage. With a code in `file_codes`, nothing else is filled."""

    file_codes: list[str] = field(default_factory=list)
    file_warnings: list[str] = field(default_factory=list)
    sheets: list[MappedSheet] = field(default_factory=list)
    detail: str = ""  # one Chinese sentence for the sender: what is wrong, what to do; never matched text


@dataclass(slots=True, frozen=True)
class Problem:
    """One reason for refusing a row. `field` is "*" for the whole row, `check` the id of a cross-check."""

    sheet: str
    row: int
    field: str
    code: str
    check: str | None
    message: str


@dataclass(slots=True, frozen=True)
class Warning:
    """One thing that was put right, or a cross-check of severity warning that failed."""

    sheet: str
    row: int
    field: str
    code: str
    check: str | None


@dataclass(slots=True)
class QualityCounts:
    """Numerators' and denominators' parts of the six characteristics (domain section 3), summable."""

    rows: int = 0
    cells_filled: int = 0  # non-empty cells of mapped fields
    cells_bad: int = 0  # of these, with a format, type, code-list or pattern problem
    required_cells: int = 0
    required_filled: int = 0
    rows_inaccurate: int = 0  # with a range, future-date or conflict problem, or duplicate
    checks_run: int = 0
    checks_failed_halves: int = 0  # a failed check counts 2, a failed check of severity warning 1
    rows_dated: int = 0  # rows whose business date is known
    rows_current: int = 0  # of these, inside the category's rhythm at receipt

    def add(self, other: QualityCounts) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class RejectedRow:
    """A refused row, remembered so that its mended successor replaces it in the quality figures."""

    sheet: str
    row: int
    key: tuple[Any, ...] | None  # its natural key, if all key fields could be read
    counts: QualityCounts


@dataclass(slots=True)
class CheckedFile:
    """What is left of a file after all checks of contract 1.0.

    `columns` holds the normalised values of the accepted rows, one list a field
    (None where absent): str, int, Decimal, date, datetime (UTC+08:00, naive).
    bool fields are "是"/"否", districts their code, other enumerations their text.
    """

    total: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)  # of each accepted row
    rows: list[int] = field(default_factory=list)  # of each accepted row
    months: dict[int, tuple[str, ...]] = field(
        default_factory=dict
    )  # accepted index -> date fields of month precision
    quality: QualityCounts = field(default_factory=QualityCounts)  # of all rows but the refused
    rejected_rows: list[RejectedRow] = field(default_factory=list)


class BaseRows(Protocol):
    """What checks over several rows may ask of the base database."""

    def __call__(
        self, category: str, where: Mapping[str, Iterable[Any]], fields: Sequence[str]
    ) -> Iterable[tuple[Any, ...]]:
        """Current records whose field `k` is among `where[k]`, as tuples of `fields`."""
        ...
