"""Reads a CSV as departments send it: UTF-8 or GB18030, separated by comma, tab or semicolon."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat, zip_longest
from typing import NamedTuple

import numpy as np

from data_access.intake.cells import Cell
from data_access.intake.grid import MAX_COLUMN, Column, Merge, filled, is_blank, objects
from data_access.intake.refusals import Refused, corrupt, other_format
from data_access.intake.values.text import BLANKS

DELIMITERS = (",", "\t", ";")
_QUOTE = '"'
_BATCH_CELLS = 200_000  # cells held as records before they are turned into columns
_BATCH_SIGNS = 500_000  # the same of a text without quotation marks
_MOST_KEPT = 20_000  # different texts of a column
_OTHER_FORMATS = (
    b"%PDF",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"SQLite format",
)
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class TextSheet:
    """A CSV: whole columns of text. Records are its rows, counted from the first of the file."""

    rows: np.ndarray  # numbers of the records that hold something
    columns: list[np.ndarray]
    name: str = ""
    visible: bool = True
    is_text: bool = True
    merges: Sequence[Merge] = field(default_factory=tuple)

    def top(self, last_row: int) -> dict[int, dict[int, Cell]]:
        found: dict[int, dict[int, Cell]] = {}
        for place, row in enumerate(self.rows[: np.searchsorted(self.rows, last_row, "right")].tolist()):
            cells = {number: column[place] for number, column in enumerate(self.columns, 1)}
            found[row] = {number: cell for number, cell in cells.items() if cell is not None}
        return found

    def column(self, number: int) -> Column:
        if 1 <= number <= len(self.columns):
            values = self.columns[number - 1]
        else:
            values = np.full(self.rows.size, None, object)
        return Column(values, np.zeros(self.rows.size, np.uint8))

    def first_filled(self) -> Column:
        values, numbers = np.full(self.rows.size, None, object), np.zeros(self.rows.size, np.int32)
        is_open = np.ones(self.rows.size, bool)
        for number, column in enumerate(self.columns, 1):
            found = is_open & filled(column)
            values[found], numbers[found] = column[found], number
            is_open &= ~found
            if not is_open.any():
                break
        return Column(values, numbers)


def decode(content: bytes) -> str:
    """The text of the file.

    Raises:
        Refused: F_FORMAT for what is no table of text, F_CORRUPT for one cut off inside a character.
    """
    if content.startswith((*_OTHER_FORMATS, *_BYTE_ORDER_MARKS)) or b"\0" in content:
        raise other_format()
    text = _decoded(content)
    start = text[:1000].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<", "mime-version:")):  # HTML or XML under the name of a table
        raise other_format()
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not content[: error.start].isascii():
            raise corrupt() from None  # all of it was UTF-8 up to half a character
    try:
        return content.decode("gb18030").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if error.reason == "incomplete multibyte sequence" and error.start:
            raise corrupt() from None
        raise other_format() from None


def first_records(text: str, delimiter: str, count: int) -> dict[int, dict[int, Cell]]:
    """Cells of the first records by record and column, as `Sheet.top` gives them."""
    found: dict[int, dict[int, Cell]] = {}
    try:
        for number, record in enumerate(islice(_records(text, delimiter), count), 1):
            cells = enumerate(record[:MAX_COLUMN], 1)
            if kept := {column: cell for column, cell in cells if not is_blank(cell)}:
                found[number] = dict(kept)
    except Refused:
        pass  # with this delimiter it is no table; another may be the right one
    return found


def cells_of(text: str, delimiter: str) -> Iterator[str]:
    """Every cell of the file, one after the other."""
    for record in _records(text, delimiter):
        yield from record


def read(text: str, delimiter: str, width: int, has_invisible: bool = True) -> TextSheet:
    """The whole file in columns.

    Args:
        text: the file.
        delimiter: one of `DELIMITERS`.
        width: columns kept, from the left; those behind are none of the category's.
        has_invisible: whether zero-width characters occur anywhere (False saves the search).
    """
    columns: list[list[np.ndarray]] = [[objects(())] for _ in range(width)]
    kept: list[_Kept | None] = [_Kept() for _ in range(width)]
    numbers: list[int] = []
    number = 1
    for batch in _batches(text, delimiter, width):
        numbers += [number + place for place in batch.holding]
        number += batch.records
        for place in range(width):
            cells = batch.columns[place] if place < len(batch.columns) else ("",) * len(batch.holding)
            columns[place].append(objects(_stored(cells, kept[place], has_invisible)))
            if len(kept[place] or ()) > _MOST_KEPT:  # hardly a text comes again
                kept[place] = None
    return TextSheet(np.array(numbers, np.int32), [np.concatenate(column) for column in columns])


class _Batch(NamedTuple):
    """Some records: how many, the places of those that hold something, and these in columns."""

    records: int
    holding: Sequence[int]
    columns: Sequence[Sequence[str]]


def _batches(text: str, delimiter: str, width: int) -> Iterator[_Batch]:
    if _QUOTE in text:
        records = _quoted(text, delimiter)
        while batch := list(islice(records, max(_BATCH_CELLS // max(width, 1), 16))):
            yield _turned(batch, width)
        return
    for lines in _plain_lines(text):
        own = lines[0].count(delimiter) + 1
        is_even = {own - 1}.issuperset(map(str.count, lines, repeat(delimiter)))
        is_short = max(map(len, lines)) <= csv.field_size_limit()
        if is_even and is_short and delimiter * (own - 1) not in lines:
            cells = delimiter.join(lines).split(delimiter)
            yield _Batch(len(lines), range(len(lines)), [cells[n::own] for n in range(min(own, width))])
        else:
            yield _turned([_split(line, delimiter) for line in lines], width)


def _turned(batch: Sequence[Sequence[str]], width: int) -> _Batch:
    """Records as columns, without those that hold nothing."""
    holding = [place for place, record in enumerate(batch) if any(record)]
    kept = [batch[place][:width] for place in holding]
    return _Batch(len(batch), holding, list(zip_longest(*kept, fillvalue="")))


class _Kept(dict[str, str | None]):
    """Texts that come again and again, each kept once; blank ones are None."""

    def of(self, cells: Sequence[str], has_invisible: bool) -> list[str | None]:
        """The kept texts of these cells: no step is taken cell by cell but those of the dictionary itself."""
        before = len(self)
        found = list(map(self.setdefault, cells, cells))
        if not has_invisible and all(map(str.strip, islice(self, before, None))):
            return found
        blank = [cell for cell in islice(self, before, None) if not cell.strip(BLANKS)]
        if not blank:
            return found
        self.update(dict.fromkeys(blank))
        return list(map(self.__getitem__, cells))


def _stored(cells: Sequence[str], kept: _Kept | None, has_invisible: bool) -> Sequence[str | None]:
    """Cells of a batch, None where blank."""
    if kept is not None:
        return kept.of(cells, has_invisible)
    if has_invisible:
        return [cell if cell.strip(BLANKS) else None for cell in cells]
    return [cell if cell and not cell.isspace() else None for cell in cells]


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    if _QUOTE in text:
        yield from _quoted(text, delimiter)
        return
    for lines in _plain_lines(text):
        for line in lines:
            yield _split(line, delimiter)


def _plain_lines(text: str) -> Iterator[list[str]]:
    """Lines of a text without a quotation mark, where each is a record, some thousand at a time."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BATCH_SIGNS) + 1 or len(text)
        some = text[start:end].replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        yield some.split("\n")
        start = end


def _split(line: str, delimiter: str) -> list[str]:
    """A record without quotation marks; a cell as long as `csv` would not read it is refused as there."""
    record = line.split(delimiter)
    if len(line) > csv.field_size_limit() and max(map(len, record)) > csv.field_size_limit():
        raise corrupt()
    return record


def _quoted(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        # A cell of over 100,000 characters: a quotation mark that is never closed.
        raise corrupt() from None
