"""The sender's file as marking needs it: an xlsx package, and which column answers for which field.

Intake's own readers are used, so rows, columns and headers are the ones the problems
speak of. xls and CSV are written anew as xlsx with every cell in its place.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from catalog import Category
from data_access.intake import archive, csv_text, xls, xlsx
from data_access.intake.cells import CellError
from data_access.intake.grid import PERCENT, Book, SparseSheet
from data_access.intake.headers import SEARCHED_ROWS, candidates, find_header
from data_access.intake.refusals import Refused
from reports.escaping import escaped, printable
from reports.marking.package import Package
from reports.marking.sheet import letters

UNPACKED_LIMIT = 400_000_000
CSV_SHEET = "数据"
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
LONGEST_TEXT = 32_767
_SIGNED_NUMBER = re.compile(r"[+\-－]?[\d.,]+%?|-+")
_UNUSUAL = re.compile("^[=+\\-@]|[&<>\t\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")

_letters = lru_cache(MAX_COLUMNS)(letters)

Columns = Mapping[str, int]
"""Field → column, counted from 1."""


class CannotMark(Exception):
    """The file cannot be read as a table of the category; the message says so in Chinese."""


@dataclass(frozen=True)
class SentFile:
    """`package` is the sender's own file where that is an xlsx, else the same table as xlsx."""

    package: bytes
    columns: dict[str, Columns]  # by sheet name, as problems give it ("" for CSV)
    names: dict[str, str]  # problems' sheet name → name in `package`


def read_sent(content: bytes, category: Category, *, rewrite: bool = False) -> SentFile:
    """What was sent, ready to be marked.

    Args:
        rewrite: write an xlsx anew as well (its package is of a kind that cannot be edited).

    Raises:
        CannotMark: the file does not open, or no sheet has a header of the category.
    """
    try:
        if archive.is_archive(content):
            book = xlsx.read(content, UNPACKED_LIMIT)
            columns = _columns_of(book, category)
            names = {sheet.name: sheet.name for sheet in book.sheets}
            if not rewrite:
                return SentFile(content, columns, names)
            package, names = _rewritten(book)
            return SentFile(package, columns, names)
        if xls.is_workbook(content):
            book = xls.read(content)
            package, names = _rewritten(book)
            return SentFile(package, _columns_of(book, category), names)
        return _from_text(csv_text.decode(content), category)
    except Refused as refused:
        raise CannotMark(refused.detail) from None


def _columns_of(book: Book, category: Category) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    for sheet in book.sheets:
        top = sheet.top(SEARCHED_ROWS)
        header = (
            find_header(top, candidates(top, sheet.merges, (category,)), category) if sheet.visible else None
        )
        if header is not None:
            found[sheet.name] = {name: mapped.column for name, mapped in header.columns.items()}
    if not found:
        raise CannotMark(f"文件中没有《{category.name_zh}》的表头，不能标注。请核对类别。")
    return found


def _from_text(text: str, category: Category) -> SentFile:
    """A CSV: text stays text, but what intake takes for a date number becomes one."""
    tops = {d: csv_text.first_records(text, d, SEARCHED_ROWS) for d in csv_text.DELIMITERS}
    headers = {d: find_header(top, candidates(top, (), (category,)), category) for d, top in tops.items()}
    fitting = {d: h for d, h in headers.items() if h is not None}
    if not fitting:
        raise CannotMark(f"文件中没有《{category.name_zh}》的表头，不能标注。请核对类别。")
    delimiter = max(fitting, key=lambda d: len(fitting[d].columns))
    columns = {name: mapped.column for name, mapped in fitting[delimiter].columns.items()}
    dates = {
        column - 1
        for name, column in columns.items()
        if category.field_by_name[name].type in ("date", "datetime")
    }
    return SentFile(_csv_package(_records(text, delimiter), dates), {"": columns}, {"": CSV_SHEET})


def _csv_package(records: Iterable[Sequence[str]], dates: set[int]) -> bytes:
    """Records as a workbook of one sheet. Cells are written as XML here: XlsxWriter takes five times as long."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet(CSV_SHEET).write_string(0, 0, "", book.add_format({"quote_prefix": True}))
    book.close()
    package = Package(target.getvalue())
    ((_, part),) = package.sheets()
    before, _, rest = package.read(part).partition(b"<sheetData>")
    after = rest.partition(b"</sheetData>")[2]
    pieces = [before, b"<sheetData>"]
    for number, record in enumerate(records, 1):
        if number > MAX_ROWS:
            break
        cells = "".join(_cell_xml(cell, number, column, dates) for column, cell in enumerate(record) if cell)
        if cells:
            pieces.append(f'<row r="{number}">{cells}</row>'.encode())
    package.write(part, b"".join([*pieces, b"</sheetData>", after]))
    return package.save()


def _cell_xml(cell: str, row: int, column: int, dates: set[int]) -> str:
    if column >= MAX_COLUMNS:
        return ""
    place = f"{_letters(column + 1)}{row}"
    if column in dates and _SERIAL.fullmatch(cell.strip()):
        return f'<c r="{place}"><v>{cell.strip()}</v></c>'
    text, look = cell, ""
    if _UNUSUAL.search(cell):
        text, is_quoted = _as_text(cell)
        text, look = escape(text), ' s="1"' if is_quoted else ""
    kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f'<c r="{place}"{look} t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _rewritten(book: Book) -> tuple[bytes, dict[str, str]]:
    """All sheets with their values, merges and hidden state; formulas become their results."""
    target = io.BytesIO()
    written = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "text": written.add_format({"quote_prefix": True}),
        "date": written.add_format({"num_format": "yyyy-mm-dd"}),
        "datetime": written.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "percent": written.add_format({"num_format": "0.00%"}),
        "plain": written.add_format({}),
    }
    names: dict[str, str] = {}
    is_first_visible = True
    for number, source in enumerate(book.sheets, 1):
        names[source.name] = _sheet_name(source.name, number, names)
        sheet = written.add_worksheet(names[source.name])
        if not source.visible:
            sheet.hide()
        elif is_first_visible:
            sheet.activate()
            sheet.set_first_sheet()
            is_first_visible = False
        for merge in source.merges:
            sheet.merge_range(merge.top - 1, merge.left - 1, merge.bottom - 1, merge.right - 1, "")
        if isinstance(source, SparseSheet):
            cells = source.cells
            for row, column, value, flags in zip(
                cells.rows.tolist(), cells.cols.tolist(), cells.values, cells.flags.tolist(), strict=True
            ):
                _write(sheet, row - 1, column - 1, value, flags, formats)
    written.close()
    return target.getvalue(), names


def _write(
    sheet: Worksheet, row: int, column: int, value: Any, flags: int, formats: Mapping[str, Format]
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, formats["percent"] if flags & PERCENT else formats["plain"])
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, formats["datetime" if value.time() != dt.time() else "date"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), formats["date"])
    elif isinstance(value, CellError):
        sheet.write_string(row, column, "#N/A")
    else:
        _write_text(sheet, row, column, str(value), formats["text"])


def _write_text(sheet: Worksheet, row: int, column: int, text: str, quoted: Format) -> None:
    shown, is_quoted = _as_text(text)
    sheet.write_string(row, column, shown, quoted if is_quoted else None)


def _as_text(text: str) -> tuple[str, bool]:
    """A cell's text, and whether Excel must be told that it is one.

    What starts like a formula is escaped; a signed number or a dash would lose its
    meaning for intake, so there the quote is in the cell's format, not in its text.
    """
    text = printable(text)[:LONGEST_TEXT]
    shown = escaped(text)
    if shown is text:
        return text, False
    if _SIGNED_NUMBER.fullmatch(text.strip()):
        return text, True
    return shown[:LONGEST_TEXT], False


def _sheet_name(name: str, number: int, taken: Mapping[str, str]) -> str:
    """A name Excel accepts: at most 31 letters, none of []:*?/\\, no twin."""
    clean = re.sub(r"[\[\]:*?/\\]", "_", printable(name)).strip("'")[:31]
    used = {n.lower() for n in taken.values()}
    return clean if clean and clean.lower() not in used and clean.lower() != "history" else f"表{number}"
