"""Small files as departments send them, made in the test that needs them.

`make_csv` and `make_xlsx` write good files; a test spoils them in the one way it is about
(`edit` gives it the openpyxl workbook before it is saved).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

import catalog
from catalog import Category
from tests.helpers.rows import Row

Edit = Callable[[openpyxl.Workbook], None]


def headers(category: Category | str, rows: Sequence[Row] = ()) -> list[str]:
    """Chinese headers of the fields the rows carry (of all fields when there is no row)."""
    return [f.name_zh for f in _fields(category, rows)]


def grid(category: Category | str, rows: Sequence[Row], *, header: Sequence[str] = ()) -> list[list[Any]]:
    """Header row and data rows as cells; `header` replaces the Chinese names."""
    fields = _fields(category, rows)
    return [list(header) or [f.name_zh for f in fields], *([row[f.name] for f in fields] for row in rows)]


def csv_text(cells: Sequence[Sequence[Any]], *, delimiter: str = ",") -> str:
    """Cells as CSV; dates as 2026-10-09, moments as 2026-10-09 08:00:00, None as nothing."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([_as_text(value) for value in line] for line in cells)
    return target.getvalue()


def make_csv(
    path: Path,
    category: Category | str,
    rows: Sequence[Row],
    *,
    header: Sequence[str] = (),
    above: Sequence[Sequence[Any]] = (),
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> Path:
    """Write rows as CSV to `path` and return it; `above` are lines over the header."""
    cells = [*above, *grid(category, rows, header=header)]
    path.write_bytes(csv_text(cells, delimiter=delimiter).encode(encoding))
    return path


def make_xlsx(
    path: Path,
    category: Category | str,
    rows: Sequence[Row],
    *,
    header: Sequence[str] = (),
    above: Sequence[Sequence[Any]] = (),
    sheet: str = "Sheet1",
    edit: Edit | None = None,
) -> Path:
    """Write rows as a workbook with one sheet to `path` and return it.

    Real date cells, exact numbers, text as text. Two calls give different bytes
    (the workbook keeps the time it was saved); copy the file to send it twice.
    """
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = sheet
    for line in [*above, *grid(category, rows, header=header)]:
        page.append(list(line))
    for line in page.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text that starts with = stays text
    if edit is not None:
        edit(book)
    book.save(path)
    book.close()
    return path


def _fields(category: Category | str, rows: Sequence[Row]) -> list[catalog.Field]:
    if isinstance(category, str):
        category = catalog.default().category_by_code[category]
    return [f for f in category.fields if not rows or f.name in rows[0]]


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
