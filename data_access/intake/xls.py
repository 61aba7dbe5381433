"""Opens a workbook of the kind .xls (BIFF): values by xlrd, what xlrd does not say by `biff`."""

from __future__ import annotations

import os
from typing import IO, Any

import numpy as np
import xlrd
from xlrd.compdoc import CompDoc

from data_access.intake import biff
from data_access.intake.cells import ERROR, Cell
from data_access.intake.grid import PERCENT, Book, Cells, Merge, Sheet, SparseSheet, is_blank
from data_access.intake.number_formats import (
    BUILT_IN,
    PERCENT as PERCENT_FORMAT,
    PLAIN,
    from_serial,
    kind_of_format,
)
from data_access.intake.refusals import Refused, corrupt, encrypted, other_format, with_macros

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BARE_STREAMS = (b"\x09\x08\x08\0", b"\x09\x08\x10\0", b"\x09\x04\x06\0", b"\x09\x02\x06\0", b"\x09\0\x04\0")
_ENCRYPTED_PACKAGE = "EncryptedPackage"
_MACRO_STORAGES = {"_vba_project_cur", "_vba_project", "vba"}
_FIRST_CUSTOM_FORMAT = 164
_LONG = 10**16


def is_workbook(content: bytes) -> bool:
    """Whether it begins like a compound document or like the records of an old workbook."""
    return content.startswith((_COMPOUND, *_BARE_STREAMS))


def read(content: bytes) -> Book:
    """All sheets of the workbook, hidden ones too.

    Raises:
        Refused: F_ENCRYPTED, F_CORRUPT, F_FORMAT (other documents in the same container, macros).
    """
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        try:
            stream = _workbook_stream(content, nowhere)
            about = biff.read_globals(stream)
            if about.is_encrypted:
                raise encrypted()
            if any(sheet.kind in (biff.MACRO_SHEET, biff.MODULE) for sheet in about.sheets):
                raise with_macros()
            with xlrd.open_workbook(
                file_contents=content, logfile=nowhere, formatting_info=True, on_demand=True, ragged_rows=True
            ) as opened:
                return _book(opened, about, stream)
        except Refused:
            raise
        except Exception:
            # The reader was not made for damaged bytes: it fails in any way it likes, all mean the same.
            raise corrupt() from None


def _workbook_stream(content: bytes, nowhere: IO[str]) -> bytes:
    if not content.startswith(_COMPOUND):
        return content
    try:
        document = CompDoc(content, logfile=nowhere)
    except Exception:
        if _ENCRYPTED_PACKAGE.encode("utf-16-le") in content:
            raise encrypted() from None
        raise
    sizes = {entry.name.lower(): entry.tot_size for entry in document.dirlist if entry.etype in (1, 2)}
    if _ENCRYPTED_PACKAGE.lower() in sizes:
        raise encrypted()
    name = next((n for n in ("Workbook", "Book") if n.lower() in sizes), None)
    if name is None:
        raise other_format()
    data, start, size = document.locate_named_stream(name)
    if data is None or size < sizes[name.lower()] or start + size > len(data):
        raise corrupt()
    if _MACRO_STORAGES & sizes.keys():
        raise with_macros()
    return data[start : start + size]


def _book(opened: xlrd.Book, about: biff.Globals, stream: bytes) -> Book:
    book = Book([], [], [], date_1904=bool(opened.datemode))
    kinds = [_kind_of_style(opened, style.format_key) for style in opened.xf_list]
    number = 0
    for entry in about.sheets:
        if entry.kind != biff.WORKSHEET:
            name = (
                entry.name
                if isinstance(entry.name, str)
                else entry.name.decode(opened.encoding or "ascii", "replace")
            )
            book.sheets.append(SparseSheet(name, entry.visible, [], Cells.joined(())))
            continue
        sheet = opened.sheet_by_index(number)
        book.sheets.append(_sheet(sheet, entry, kinds, stream, book))
        opened.unload_sheet(number)
        number += 1
    if not book.sheets:
        raise corrupt()
    return book


def _kind_of_style(opened: xlrd.Book, key: int) -> int:
    if key in BUILT_IN and key < _FIRST_CUSTOM_FORMAT:
        return BUILT_IN[key]
    shown = opened.format_map.get(key)
    return kind_of_format(shown.format_str or "") if shown is not None else PLAIN


def _sheet(
    sheet: xlrd.sheet.Sheet, entry: biff.SheetEntry, kinds: list[int], stream: bytes, book: Book
) -> Sheet:
    found = biff.formulas(stream, entry.start)
    kept: list[tuple[int, int, Cell, int]] = []
    for row in range(sheet.nrows):
        types: Any = sheet.row_types(row)
        cells: Any = sheet.row_values(row)
        for column, (kind, cell) in enumerate(zip(types, cells, strict=True)):
            bits = found.pop((row + 1, column + 1), 0) if found else 0
            value: Cell = None
            if kind == xlrd.XL_CELL_TEXT:
                cell = cell.replace("\0", "")  # shows nothing, and PostgreSQL keeps none
                value = None if is_blank(cell) else cell
                if value is not None:
                    book.texts.append(cell)
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                style = sheet.cell_xf_index(row, column)
                value, bits = _number(cell, kinds[style] if style < len(kinds) else PLAIN, bits, book)
            elif kind == xlrd.XL_CELL_BOOLEAN:
                value = bool(cell)
            elif kind == xlrd.XL_CELL_ERROR:
                value = ERROR
            if value is not None or bits:
                kept.append((row + 1, column + 1, value, bits))
    for (row, column), bits in found.items():
        kept.append((row, column, None, bits))
    book.texts += [note.text for note in sheet.cell_note_map.values() if note.text]
    merges = [Merge(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    return SparseSheet(sheet.name, entry.visible, merges, Cells.of(kept))


def _number(cell: float, kind: int, bits: int, book: Book) -> tuple[Cell, int]:
    if not np.isfinite(cell):
        return ERROR, bits
    value: Cell = int(cell) if cell.is_integer() else cell
    if abs(cell) >= _LONG:
        book.long_numbers.append(str(value))
    if kind == PERCENT_FORMAT:
        return value, bits | PERCENT
    return (value if kind == PLAIN else from_serial(cell, kind, bool(book.date_1904))), bits
