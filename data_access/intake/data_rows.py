"""Chooses the data rows under a header and hands their mapped columns on (contract 1.0, Reading sheets)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from data_access.intake.cells import MappedColumn, MappedSheet
from data_access.intake.grid import EMPTY_RESULT, FORMULA, PERCENT, UNCACHED, Column, Merge, Sheet, filled
from data_access.intake.headers import Header
from data_access.intake.values.text import INVISIBLE, compact, trimmed

_TOTAL_COLUMNS = 3
_TOTALS = frozenset({"合计", "总计", "小计", "全市合计", "全区合计", "全县合计"})
_NOTES = ("备注", "注", "说明", "填表人", "填报人", "审核人", "制表人", "填报单位", "联系电话")
_NOTE_WORDS = "|".join(_NOTES)
_NOTE = re.compile(rf"(?:{_NOTE_WORDS})(?:$|[\s:：\d])")
_NOTE_HINT = re.compile(rf"\0(?:\s|{INVISIBLE.pattern})*(?:{_NOTE_WORDS})")
_TOTAL_HINT = re.compile("计")


def map_rows(sheet: Sheet, header: Header, date_1904: bool) -> MappedSheet:
    """The data rows below the header, without blank, total and note rows.

    A row is blank when no cell of a mapped column is filled by the row itself: what a
    vertical merge carries down, and columns nobody asked for (序号), do not fill it.
    """
    first = int(np.searchsorted(sheet.rows, header.last_row, "right"))
    rows = sheet.rows[first:]
    merges = _vertical(sheet.merges, header.last_row)
    table_columns = range(header.first_column, header.first_column + _TOTAL_COLUMNS)
    total_columns = sorted({*range(1, _TOTAL_COLUMNS + 1), *table_columns})
    mapped = {column.column for column in header.columns.values()}
    columns: dict[int, Column] = {}
    carried: dict[int, np.ndarray] = {}
    is_kept = np.zeros(rows.size, bool)
    for number in sorted({*mapped, *total_columns}):
        column = sheet.column(number)
        carried[number] = _carry_down(sheet, column, merges.get(number, ()))[first:]
        columns[number] = Column(column.values[first:], column.flags[first:])
        if number in mapped:
            is_open = np.flatnonzero(~is_kept)
            is_kept[is_open] = _fills(columns[number], is_open) & ~carried[number][is_open]
    for number in total_columns:
        is_kept &= ~_matching(columns[number].values, _TOTAL_HINT, _is_total)
    is_kept &= ~_matching(_leftmost(sheet, first, columns, carried), _NOTE_HINT, _is_note)
    kept = np.flatnonzero(is_kept)
    if kept.size == rows.size:
        kept = slice(None)
    return MappedSheet(
        name=sheet.name,
        row_numbers=rows[kept].tolist(),
        columns={
            name: _mapped_column(name, to.unit, to.crs, columns[to.column], carried[to.column], kept)
            for name, to in header.columns.items()
        },
        is_text=sheet.is_text,
        date_1904=date_1904,
    )


def _mapped_column(
    name: str,
    unit: str | None,
    crs: str | None,
    column: Column,
    carried: np.ndarray,
    kept: np.ndarray | slice,
) -> MappedColumn:
    flags = column.flags[kept]
    return MappedColumn(
        field=name,
        values=column.values[kept].tolist(),
        unit=unit,
        crs=crs,
        formulas=_places(flags & FORMULA != 0),
        uncached=_places(flags & UNCACHED != 0),
        percents=_places(flags & PERCENT != 0),
        filled_down=_places(carried[kept]),
    )


def _places(mask: np.ndarray) -> frozenset[int]:
    """Where the mask is true, as places among the data rows."""
    return frozenset(np.flatnonzero(mask).tolist())


def _vertical(merges: Iterable[Merge], header_row: int) -> dict[int, list[Merge]]:
    """Areas of more than one row below the header, by first column, from above, none over another."""
    found: dict[int, list[Merge]] = {}
    for merge in sorted(merges):
        if merge.bottom > merge.top > header_row:
            column = found.setdefault(merge.left, [])
            if not column or merge.top > column[-1].bottom:
                column.append(merge)
    return found


def _carry_down(sheet: Sheet, column: Column, merges: Sequence[Merge]) -> np.ndarray:
    """Fills the first column of vertical merges with the value of their top cell, in place.

    Returns:
        For each row of the sheet whether a merge, and not the row itself, gives the cell.
    """
    values, flags = column
    carried = np.zeros(values.size, bool)
    for merge in merges:
        top, after = np.searchsorted(sheet.rows, [merge.top, merge.bottom + 1])
        if top >= after or sheet.rows[top] != merge.top or (values[top] is None and not flags[top]):
            continue
        values[top + 1 : after] = values[top]
        flags[top + 1 : after] = flags[top]
        carried[top + 1 : after] = True
    return carried


def _fills(column: Column, places: np.ndarray) -> np.ndarray:
    """Which of these cells show something; a formula whose result is not in the file counts."""
    flags = column.flags[places]
    has_value = filled(column.values[places])
    return has_value | ((flags & UNCACHED != 0) & (flags & EMPTY_RESULT == 0))


def _leftmost(
    sheet: Sheet, first: int, columns: dict[int, Column], carried: dict[int, np.ndarray]
) -> np.ndarray:
    """The first filled cell of each row; what a merge carries down counts as filled."""
    leftmost = sheet.first_filled()
    values, numbers = leftmost.values[first:].copy(), leftmost.flags[first:].copy()
    for number in sorted((n for n in columns if carried[n].any()), reverse=True):
        goes_first = carried[number] & (numbers >= number)
        values[goes_first], numbers[goes_first] = columns[number].values[goes_first], number
    return values


def _matching(values: np.ndarray, hint: re.Pattern[str], is_wanted: Callable[[str], bool]) -> np.ndarray:
    """Which texts are of a kind. Without a `hint` of one anywhere, no cell is looked at twice."""
    cells = values.tolist()
    try:
        text = "\0".join(["", *filter(None, cells)])  # a CSV holds nothing but text
    except TypeError:
        text = "\0".join(["", *(cell for cell in cells if isinstance(cell, str))])
    if hint.search(text) is None:
        return np.zeros(len(cells), bool)
    wanted = {cell for cell in set(cells) if isinstance(cell, str) and is_wanted(cell)}
    if not wanted:
        return np.zeros(len(cells), bool)
    return np.fromiter(map(wanted.__contains__, cells), bool, len(cells))


def _is_total(text: str) -> bool:
    return "计" in text and compact(text).rstrip("：:") in _TOTALS


def _is_note(text: str) -> bool:
    return _NOTE.match(trimmed(text)) is not None
