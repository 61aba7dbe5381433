"""Reads a worksheet's cells one at a time: formulas, rich text, unusual spelling, cells without an address."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from data_access.intake.cells import ERROR, Cell
from data_access.intake.grid import (
    EMPTY_RESULT,
    FORMULA,
    MAX_COLUMN,
    MAX_ROW,
    PERCENT,
    UNCACHED,
    Cells,
    is_blank,
)
from data_access.intake.number_formats import PERCENT as PERCENT_FORMAT, PLAIN, from_serial
from data_access.intake.refusals import corrupt
from data_access.intake.xml_text import Raw, attributes, contents, decoded, tag, unescaped

_HEAD = re.compile(rb"""<c((?:\s(?:[^<>"']|"[^<"]*"|'[^<']*')*?)?)(/?)>""")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ROW_OR_CELL = re.compile(rb"<(row|c)(?=[\s/>])")
_ROW = tag("row")
_FORMULA = re.compile(rb"<f(?=[\s/>])[^<>]*?(?:/>|>([^<]*)</f>)")
_VALUE = re.compile(rb"<v(?:\s[^<>]*)?>([^<]*)</v>")
_INLINE, _PHONETIC, _PHONETIC_END = tag("is"), tag("rPh"), b"</rPh>"
_RUN = re.compile(rb"<t(?:\s[^<>]*)?>([^<]*)</t>")
_NUMBER = re.compile(rb"[-+]?[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]{1,3})?")
_REMEMBERED = 100_000  # inline texts
_LONG = 10**16  # from here on a number could be an identity number


@dataclass
class Context:
    """What the cells of all sheets of a workbook refer to, and what is collected from them."""

    strings: np.ndarray  # shared strings, None for those with nothing but white space
    formats: np.ndarray  # kind of number format by style, see number_formats
    date_1904: bool
    used: np.ndarray = field(init=False)  # shared strings that some cell shows
    texts: list[str] = field(default_factory=list)  # other texts, to be scanned
    long_numbers: list[str] = field(default_factory=list)
    _seen: dict[bytes, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.used = np.zeros(self.strings.size, bool)

    def formats_of(self, styles: np.ndarray) -> np.ndarray:
        if not self.formats.size:
            return np.zeros(styles.size, np.int64)
        return np.where(
            styles < self.formats.size, self.formats[np.minimum(styles, self.formats.size - 1)], PLAIN
        )

    def text(self, raw: Raw) -> str | None:
        """A text as the clerk sees it, kept for the scan; None if it is blank."""
        text = unescaped(decoded(raw))
        if is_blank(text):
            return None
        self.texts.append(text)
        return text

    def texts_of(self, raws: Sequence[bytes]) -> list[str | None]:
        """`text` of many; a text that comes again is decoded, kept and scanned once."""
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        fresh = [raw for raw in set(raws) if raw not in self._seen]
        if fresh:
            joined = decoded(b"\0".join(fresh))
            texts = joined.split("\0")
            if len(texts) != len(fresh):
                raise corrupt()
            if "&" in joined or "_x" in joined or "\r" in joined:
                texts = [unescaped(text) for text in texts]
            kept = [None if is_blank(text) else text for text in texts]
            self.texts += [text for text in kept if text is not None]
            self._seen.update(zip(fresh, kept, strict=True))
        return [self._seen[raw] for raw in raws]

    def number(self, raw: Raw) -> int | float | str | None:
        """A number; text, where a careless program wrote text into a number cell."""
        raw = raw.strip()
        if not raw:
            return None
        try:
            number = int(raw) if raw.isdigit() and len(raw) < 300 else float(raw)
        except ValueError:
            return self.text(raw)
        if not math.isfinite(number) or not _NUMBER.fullmatch(raw):
            return self.text(raw)
        if abs(number) >= _LONG:
            self.long_numbers.append(raw.decode())
        return number

    def numbers(self, raws: Sequence[Raw]) -> Sequence[int | float | str | None]:
        """`number` of many; plain decimals of ordinary size take the short way."""
        if not b"".join(raws).translate(None, b"0123456789."):
            try:
                numbers = [float(raw) if b"." in raw else int(raw) for raw in raws]
            except ValueError:
                numbers = [_LONG]
            if max(numbers, default=0) < _LONG:
                return numbers
        return [self.number(raw) for raw in raws]

    def dated(self, number: float, kind: int) -> Cell:
        return from_serial(float(number), kind, self.date_1904)


def lacks_reference(cell: Raw) -> bool:
    """Whether a cell does not say where it is (allowed, but rare)."""
    head = _HEAD.match(cell)
    if head is None:
        raise corrupt()
    return "r" not in attributes(head[1])


def cell_at(cell: Raw, context: Context) -> tuple[int, int, Cell, int]:
    """Row, column, value and bits of one cell; `cell` begins with its tag and may run on behind its end."""
    head = _HEAD.match(cell)
    if head is None:
        raise corrupt()
    reference = _REFERENCE.fullmatch(attributes(head[1]).get("r", "").strip())
    if reference is None:
        raise corrupt()
    return int(reference[2]), column_number(reference[1]), *_content(cell, head, context)


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cells_in_order(raw: Raw, start: int, end: int, context: Context) -> Cells:
    """All filled cells where some lack their address: a row follows the row before, a cell the cell before."""
    kept: list[tuple[int, int, Cell, int]] = []
    row = col = 0
    marks = [(m.start(), m[1] == b"row") for m in _ROW_OR_CELL.finditer(raw, start, end)]
    for (at, is_row), (after, _) in pairwise([*marks, (end, True)]):
        if is_row:
            opening = _ROW.match(raw, at)
            number = attributes(opening[1]).get("r", "") if opening else ""
            row, col = int(number) if number.isdecimal() else row + 1, 0
            continue
        piece = raw[at:after]
        if lacks_reference(piece):
            head = _HEAD.match(piece)
            assert head is not None
            here, (value, bits) = (row, col + 1), _content(piece, head, context)
        else:
            *there, value, bits = cell_at(piece, context)
            here = (there[0], there[1])
        row, col = here
        if not (1 <= row <= MAX_ROW and 1 <= col <= MAX_COLUMN):
            raise corrupt()
        if value is not None or bits:
            kept.append((row, col, value, bits))
    return Cells.of(kept)


def _content(cell: Raw, head: re.Match[bytes], context: Context) -> tuple[Cell, int]:
    if head[2]:
        return None, 0
    said = attributes(head[1])
    kind, style = said.get("t", "n"), said.get("s", "0")
    close = cell.find(b"</c>", head.end())
    if close < 0:
        raise corrupt()
    body = cell[head.end() : close]
    formula, found = _FORMULA.search(body), _VALUE.search(body)
    inline = next(contents(body, _INLINE, b"</is>"), None) if kind == "inlineStr" else None
    if inline is not None:
        value = context.text(rich_text(inline[1]))
    else:
        value = value_of(kind, found[1] if found else b"", context)
    bits = 0
    if isinstance(value, int | float) and not isinstance(value, bool) and kind == "n" and style.isdecimal():
        shown = int(context.formats_of(np.array([int(style[:9])]))[0])
        if shown == PERCENT_FORMAT:
            bits |= PERCENT
        elif shown != PLAIN:
            value = context.dated(value, shown)
    if formula is not None:
        bits |= FORMULA
        if formula[1]:
            context.text(formula[1])
        if value is None:
            bits |= UNCACHED | (EMPTY_RESULT if kind == "str" else 0)
    return value, bits


def value_of(kind: str, raw: Raw, context: Context) -> Cell:
    """What ``<v>`` holds in a cell of this type (`t`); white space around it says nothing.

    Raises:
        Refused: F_CORRUPT for a shared string that is not there.
    """
    if kind == "s":
        number = context.number(raw)
        if number is None:
            return None
        if not isinstance(number, int) or number >= context.strings.size:
            raise corrupt()
        context.used[number] = True
        return context.strings[number]
    if kind == "n":
        return context.number(raw)
    if not raw.strip():
        return None
    if kind == "e":
        return ERROR
    if kind == "b":
        return raw.strip() in (b"1", b"true")
    if kind == "d":
        return _iso_date(decoded(raw).strip(), context)
    return context.text(raw)


def _iso_date(text: str, context: Context) -> Cell:
    """A date cell of a strict workbook; zones do not occur in spreadsheets."""
    try:
        return dt.datetime.fromisoformat(text.rstrip("Z"))
    except ValueError:
        return context.text(text.encode())


def rich_text(raw: Raw) -> bytes:
    """The runs of a text joined; how it is pronounced is left out."""
    if raw.find(b"<rPh") >= 0:
        written, at = [], 0
        for opening, spoken in contents(raw, _PHONETIC, _PHONETIC_END):
            written.append(raw[at : opening.start()])
            is_empty = opening[0].endswith(b"/>")
            at = opening.end() + (0 if is_empty else len(spoken) + len(_PHONETIC_END))
        raw = b"".join((*written, raw[at:]))
    return b"".join(m[1] for m in _RUN.finditer(raw))
