"""The file stage of intake contract 1.0: what a file is, whether it may be read, and its data rows.

Pure: bytes in, `OpenedFile` out. No database, no file system, no log. Whether the same
file came before (F_DUPLICATE_FILE) is for the caller to know, before it asks here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog import Catalog, Category
from data_access.intake import archive, csv_text, refusals, sensitive, xls, xlsx
from data_access.intake.cells import MappedSheet, OpenedFile
from data_access.intake.data_rows import map_rows
from data_access.intake.grid import Book, Sheet
from data_access.intake.headers import (
    SEARCHED_ROWS,
    Candidate,
    Header,
    candidates,
    find_header,
    missing_required,
)
from data_access.intake.memory import collector_paused
from data_access.intake.refusals import Refused
from data_access.intake.sensitive import Scanner

NOTHING = {"secret_mark": "(?!)", "mainland_id": "(?!)"}
"""Patterns that match nothing."""


@dataclass(frozen=True)
class FileLimits:
    """Limits of the configuration. `expanded_bytes`: all parts of an archive unpacked (MB = 1,000,000 bytes)."""

    expanded_bytes: int = 100_000_000
    scan: bool = True
    """False only for a file that 局办公室 has released from quarantine as a false alarm."""


def open_file(
    content: bytes, category: Category, catalog: Catalog, limits: FileLimits | None = None
) -> OpenedFile:
    """Everything of a file up to its raw data rows, or the one reason why it is refused.

    Args:
        content: the file as it was sent; its name plays no part.
        category: what the sender declared.
        catalog: all categories (for F_WRONG_CATEGORY) and the patterns to scan for.
        limits: limits from the configuration.

    Returns:
        Either one code in `file_codes` with `detail` for the sender and nothing else, or
        the sheets that fit the category (with at least one data row in all of them
        together) and a warning for each that does not.
    """
    try:
        with collector_paused():
            return _opened(content, category, catalog, limits or FileLimits())
    except Refused as refused:
        return OpenedFile(file_codes=[refused.code], detail=refused.detail)


def _opened(content: bytes, category: Category, catalog: Catalog, limits: FileLimits) -> OpenedFile:
    if not content:
        raise refusals.empty_file()
    scanner = Scanner(catalog.patterns if limits.scan else NOTHING)
    if archive.is_archive(content):
        book = xlsx.read(content, limits.expanded_bytes)
    elif xls.is_workbook(content):
        book = xls.read(content)
    else:
        return _opened_text(csv_text.decode(content), category, catalog, scanner)
    text = sensitive.joined(book.texts)
    if scanner.marks_of(text):
        raise refusals.secret_mark()
    if scanner.has_identity(text) or scanner.identity_in_numbers(book.long_numbers):
        raise refusals.personal_id()
    book.texts.clear()
    del text
    return _opened_book(book, category, catalog)


def _opened_book(book: Book, category: Category, catalog: Catalog) -> OpenedFile:
    headers: list[tuple[Sheet, Header]] = []
    unfit: list[tuple[Sheet, list[Candidate]]] = []
    warnings = []
    for sheet in book.sheets:
        if not sheet.visible:
            warnings.append(f"W_HIDDEN_SHEET:{sheet.name}")
            continue
        found = candidates(sheet.top(SEARCHED_ROWS), sheet.merges, catalog.categories)
        header = find_header(sheet.top(SEARCHED_ROWS), found, category)
        if header is None:
            warnings.append(f"W_SHEET_SKIPPED:{sheet.name}")
            unfit.append((sheet, found))
        else:
            headers.append((sheet, header))
    if not headers:
        raise _without_header([(s.top(SEARCHED_ROWS), found) for s, found in unfit], category, catalog)
    for sheet, header in headers:
        if header.twice is not None:
            raise refusals.field_twice(sheet.name, category.field_by_name[header.twice].name_zh)
    return _filled([map_rows(sheet, header, book.date_1904) for sheet, header in headers], warnings)


def _opened_text(text: str, category: Category, catalog: Catalog, scanner: Scanner) -> OpenedFile:
    """A CSV: the delimiter is the one whose header maps most fields; comma before tab before semicolon."""
    tops, found, fitting = {}, {}, {}
    for d in csv_text.DELIMITERS:
        if any(len(h.columns) > 1 for h in fitting.values()) and d not in text:
            continue  # with one column it could map no more than one field
        tops[d] = csv_text.first_records(text, d, SEARCHED_ROWS)
        found[d] = candidates(tops[d], (), catalog.categories)
        header = find_header(tops[d], found[d], category)
        if header is not None:
            fitting[d] = header
    delimiter = max(fitting, key=lambda d: len(fitting[d].columns), default=csv_text.DELIMITERS[0])
    scanned = sensitive.readable(text)
    marks = scanner.marks_of(scanned)
    if any(mark.split() == [mark] for mark in marks) or (
        marks and scanner.marks_of(sensitive.joined(csv_text.cells_of(text, delimiter)))
    ):
        raise refusals.secret_mark()
    if scanner.has_identity(scanned):
        raise refusals.personal_id()
    has_invisible = len(scanned) != len(text)
    del scanned
    if not fitting:
        raise _without_header([(tops[d], found[d]) for d in tops], category, catalog)
    header = fitting[delimiter]
    if header.twice is not None:
        raise refusals.field_twice("", category.field_by_name[header.twice].name_zh)
    width = max(header.first_column + 2, 3, *(c.column for c in header.columns.values()))
    return _filled([map_rows(csv_text.read(text, delimiter, width, has_invisible), header, False)], [])


def _filled(sheets: list[MappedSheet], warnings: list[str]) -> OpenedFile:
    if not any(sheet.row_numbers for sheet in sheets):
        raise refusals.without_rows()
    return OpenedFile(sheets=[s for s in sheets if s.row_numbers], file_warnings=warnings)


def _without_header(
    sheets: Sequence[tuple[dict, list[Candidate]]], category: Category, catalog: Catalog
) -> Refused:
    """F_WRONG_CATEGORY if a header fits another category, else F_HEADER with what is missing."""
    for other in catalog.categories:
        if other.code != category.code and any(find_header(top, found, other) for top, found in sheets):
            return refusals.wrong_category(category.name_zh, other.name_zh)
    lacking = min((m for _, found in sheets if (m := missing_required(found, category))), key=len, default=[])
    return refusals.without_header(category.name_zh, SEARCHED_ROWS, lacking)
