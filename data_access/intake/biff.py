"""The records of an old workbook (.xls) that its reader does not report: passwords, kinds of sheet, formulas.

An .xls is a compound document whose stream ``Workbook`` is a row of records, each with
a type, a length and that many bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from data_access.intake.grid import EMPTY_RESULT, FORMULA, UNCACHED
from data_access.intake.refusals import corrupt

_RECORD = struct.Struct("<HH")
_CELL = struct.Struct("<HH")
_BOUNDSHEET = struct.Struct("<IBB")
_BEGIN = {0x0009, 0x0209, 0x0409, 0x0809}
_END, _FILEPASS, _SHEET, _STRING = 0x000A, 0x002F, 0x0085, 0x0207
_FORMULAS = {0x0006, 0x0206, 0x0406}
_VERSION_8 = 0x0600
WORKSHEET, MACRO_SHEET, CHART, MODULE = 0, 1, 2, 6


@dataclass
class SheetEntry:
    """What the directory of sheets says of one: its kind, whether it shows, where its records begin."""

    name: bytes | str
    kind: int
    visible: bool
    start: int


@dataclass
class Globals:
    """The first records of the stream, about the workbook as a whole."""

    is_encrypted: bool = False
    sheets: list[SheetEntry] = field(default_factory=list)


def read_globals(stream: bytes) -> Globals:
    """Up to the end of the workbook's own records; a single old sheet (BIFF2–4) is its own workbook."""
    found, version = Globals(), 0
    for number, (at, kind, size) in enumerate(_records(stream, 0)):
        if number == 0:
            if kind not in _BEGIN:
                raise corrupt()
            version = int.from_bytes(stream[at : at + 2], "little") if kind == 0x0809 else 0
            if not version:
                found.sheets.append(SheetEntry("", WORKSHEET, True, 0))
        elif kind == _FILEPASS:
            found.is_encrypted = True
        elif kind == _SHEET and size >= 8 and version:
            start, state, sort = _BOUNDSHEET.unpack_from(stream, at)
            name: bytes | str = stream[at + 7 : at + size]
            if version >= _VERSION_8:
                length, is_wide = stream[at + 6], stream[at + 7] & 1
                text = stream[at + 8 : at + 8 + length * (1 + is_wide)]
                name = text.decode("utf-16-le" if is_wide else "latin-1", "replace")
            found.sheets.append(SheetEntry(name, sort, state & 3 == 0, start))
        elif kind == _END:
            break
    return found


def formulas(stream: bytes, start: int) -> dict[tuple[int, int], int]:
    """Bits (see grid) of every cell of a sheet that holds a formula, by row and column from 1."""
    found: dict[tuple[int, int], int] = {}
    depth, waiting = 0, None
    for at, kind, size in _records(stream, start):
        if kind in _FORMULAS and depth == 1 and size >= 14:
            row, column = _CELL.unpack_from(stream, at)
            bits, waiting = FORMULA, None
            # The result: a number, or – where its last two bytes are FF – the kind of another value.
            result = stream[at + 6 : at + 14]
            if kind == 0x0006 and result[6:] == b"\xff\xff":
                if result[0] == 3:
                    bits |= UNCACHED | EMPTY_RESULT
                elif result[0] == 0:  # the text follows in a record of its own
                    bits, waiting = bits | UNCACHED | EMPTY_RESULT, (row + 1, column + 1)
            found[row + 1, column + 1] = bits
        elif kind == _STRING or kind == 0x0007:
            if waiting is not None and size > 2 and stream[at : at + 2] != b"\0\0":
                found[waiting] = FORMULA
            waiting = None
        elif kind in _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                break
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Position of the data, type and length of each record from `at` on."""
    end = len(stream) - _RECORD.size
    while 0 <= at <= end:
        kind, size = _RECORD.unpack_from(stream, at)
        yield at + 4, kind, size
        at += 4 + size
