"""Takes the filled cells out of a worksheet's XML, most of them without a Python step per cell.

Nearly every cell a spreadsheet program writes has one of two shapes, ``<c r s t><v>…</v></c>``
or ``<c r s t="inlineStr"><is><t>…</t></is></c>``. These are found and read by whole
arrays of positions; `sheet_cells_plain` reads whatever is left over, one cell at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data_access.intake.grid import MAX_COLUMN, MAX_ROW, PERCENT, Cells, filled, objects
from data_access.intake.number_formats import DATE, DAY, DURATION, PERCENT as PERCENT_FORMAT, TIME
from data_access.intake.refusals import corrupt
from data_access.intake.sheet_cells_plain import Context, cell_at, cells_in_order, lacks_reference, value_of
from data_access.intake.xml_text import Raw, root_name

_CHUNK = 1 << 22  # bytes of XML whose positions are held at a time
PAD = b" " * 64  # behind the part, so that looking a few bytes ahead stays inside the array

_LT, _GT, _SLASH, _QUOTE, _SPACE = b'<>/" '
_C, _R, _O, _W, _S, _T, _V, _N, _B, _E, _I = b"crowstvnbei"
_EQUALS, _ZERO, _A = b"=0A"
_STR = 255  # t="str", told apart from t="s"


def read_cells(raw: Raw, context: Context) -> Cells:
    """All filled cells of ``<sheetData>``.

    Args:
        raw: the worksheet part, without prefixes (see `xml_text.plain`), and `PAD` behind it.
        context: shared strings, number formats, and where texts to scan are put.

    Raises:
        Refused: F_CORRUPT when it is no worksheet, or a cell refers to nothing.
    """
    start, end = _sheet_data(raw)
    array = np.frombuffer(raw, np.uint8)
    pieces = []
    for first, after in _chunks(raw, start, end):
        piece = _read_chunk(raw, array, first, after, context)
        if piece is None:  # cells without their own address: they can only be counted
            return cells_in_order(raw, start, end, context)
        pieces.append(piece)
    return Cells.joined(pieces)


def _sheet_data(raw: Raw) -> tuple[int, int]:
    """Where the rows begin and end; equal for a sheet without any."""
    if root_name(raw) != "worksheet":
        raise corrupt()
    start = raw.find(b"<sheetData")
    end = raw.find(b"</sheetData>", start) if start >= 0 else -1
    if end >= 0:
        return start, end
    if start >= 0 and not raw[start : raw.find(b">", start) + 1].endswith(b"/>"):
        raise corrupt()
    return 0, 0


def _chunks(raw: Raw, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts before a row, about every `_CHUNK` bytes."""
    while start < end:
        after = end
        if end - start > _CHUNK:
            after = raw.rfind(b"<row", start + 1, start + _CHUNK)
            if after < 0:
                after = raw.find(b"<row", start + _CHUNK, end)
            if after < 0:
                after = end
        yield start, after
        start = after


def _read_chunk(raw: Raw, a: np.ndarray, first: int, after: int, context: Context) -> Cells | None:
    """The cells of some rows; None if one of them does not say where it is."""
    tags = np.flatnonzero(a[first:after] == _LT) + first
    second, third = a[tags + 1], a[tags + 2]
    is_cell = (second == _C) & ((third <= _SPACE) | (third == _GT) | (third == _SLASH))
    place = np.flatnonzero(is_cell)
    if not place.size:
        return Cells.joined(())
    tags = np.concatenate([tags, np.full(8, after, tags.dtype)])
    start = tags[place]
    row, col, style, kind, at, is_plain = _heads(a, start)
    is_empty = is_plain & (a[at] == _SLASH)
    has_body = is_plain & (a[at] == _GT)
    is_empty |= has_body & (a[at + 1] == _LT) & (a[at + 2] == _SLASH) & (a[at + 3] == _C)
    is_value, is_inline, begin, stop = _bodies(a, tags, place, at, has_body, kind)
    odd = np.flatnonzero(~(is_empty | is_value | is_inline))
    bounds = np.append(start, after)
    values, flags = np.full(start.size, None, object), np.zeros(start.size, np.uint8)
    for i in odd.tolist():
        text = raw[bounds[i] : bounds[i + 1]]
        if lacks_reference(text):
            return None
        row[i], col[i], values[i], flags[i] = cell_at(text, context)
    _fill_values(raw, a, values, flags, kind, style, begin, stop, is_value, context)
    _fill_texts(raw, values, begin, stop, is_inline | (is_value & (kind == _STR)), context)
    kept = np.flatnonzero(filled(values) | (flags != 0))
    row, col = row[kept], col[kept]
    if kept.size and (row.max() > MAX_ROW or col.max() > MAX_COLUMN or row.min() < 1 or col.min() < 1):
        raise corrupt()
    return Cells(row.astype(np.int32), col.astype(np.int32), values[kept], flags[kept])


def _heads(a: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, ...]:
    """Reads ``<c r="AB12" s="3" t="n"`` of each cell.

    Returns:
        row, column, style, type (its first letter; `_STR` for str), the position behind
        the attributes, and whether the head was of this shape at all.
    """
    n = start.size
    ok = (
        (a[start + 2] == _SPACE) & (a[start + 3] == _R) & (a[start + 4] == _EQUALS) & (a[start + 5] == _QUOTE)
    )
    at, col, row = start + 6, np.zeros(n, np.int64), np.zeros(n, np.int64)
    for _ in range(3):
        letter = a[at] - np.uint8(_A)
        is_letter = letter < 26
        col = np.where(is_letter, col * 26 + letter + 1, col)
        at = at + is_letter
    for _ in range(7):
        digit = a[at] - np.uint8(_ZERO)
        is_digit = digit < 10
        if not is_digit.any():
            break
        row = np.where(is_digit, row * 10 + digit, row)
        at = at + is_digit
    ok &= (a[at] == _QUOTE) & (col > 0) & (row > 0)
    at += 1
    style, kind = np.zeros(n, np.int64), np.full(n, _N, np.uint8)
    for _ in range(2):
        more = np.flatnonzero(ok & (a[at] == _SPACE))
        if not more.size:
            break
        p = at[more]
        is_attribute = (a[p + 2] == _EQUALS) & (a[p + 3] == _QUOTE)
        is_style = is_attribute & (a[p + 1] == _S)
        is_type = is_attribute & (a[p + 1] == _T)
        ok[more[~(is_style | is_type)]] = False
        chosen = more[is_style]
        style[chosen], at[chosen] = _number_before_quote(a, p[is_style] + 4, ok, chosen)
        chosen = more[is_type]
        kind[chosen], at[chosen] = _type_before_quote(a, p[is_type] + 4, ok, chosen)
    return row, col, style, kind, at, ok


def _number_before_quote(
    a: np.ndarray, at: np.ndarray, ok: np.ndarray, who: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    number = np.zeros(at.size, np.int64)
    for _ in range(5):
        digit = a[at] - np.uint8(_ZERO)
        is_digit = digit < 10
        if not is_digit.any():
            break
        number = np.where(is_digit, number * 10 + digit, number)
        at = at + is_digit
    ok[who[a[at] != _QUOTE]] = False
    return number, at + 1


def _type_before_quote(
    a: np.ndarray, at: np.ndarray, ok: np.ndarray, who: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    kind = a[at]
    is_inline = (kind == _I) & (a[at + 1] == _N) & (a[at + 9] == _QUOTE)
    is_str = (kind == _S) & (a[at + 1] == _T) & (a[at + 2] == _R) & (a[at + 3] == _QUOTE)
    is_letter = a[at + 1] == _QUOTE
    is_known = (kind == _S) | (kind == _N) | (kind == _B) | (kind == _E)
    ok[who[~(is_inline | is_str | (is_letter & is_known))]] = False
    return np.where(is_str, _STR, kind), at + np.where(is_inline, 10, np.where(is_str, 4, 2))


def _bodies(
    a: np.ndarray, tags: np.ndarray, place: np.ndarray, at: np.ndarray, has_body: np.ndarray, kind: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Which cells hold ``<v>…</v>`` or ``<is><t>…</t></is>`` and nothing else, and where the text lies."""
    p = at + 1
    stop = tags[place + 2]
    is_value = has_body & (kind != _I) & (a[p] == _LT) & (a[p + 1] == _V) & (a[p + 2] == _GT)
    is_value &= (a[stop + 1] == _SLASH) & (a[stop + 2] == _V)
    close = tags[place + 3]
    is_value &= (a[close + 1] == _SLASH) & (a[close + 2] == _C)
    is_inline = (
        has_body & (kind == _I) & (a[p] == _LT) & (a[p + 1] == _I) & (a[p + 2] == _S) & (a[p + 3] == _GT)
    )
    is_inline &= (a[p + 4] == _LT) & (a[p + 5] == _T) & (a[p + 6] == _GT)
    is_inline &= (a[close + 1] == _SLASH) & (a[close + 2] == _T) & (a[tags[place + 5] + 2] == _C)
    is_inline &= a[tags[place + 5] + 1] == _SLASH
    return is_value, is_inline, np.where(is_inline, p + 7, p + 3), np.where(is_inline, close, stop)


def _fill_values(
    raw: Raw, a: np.ndarray, values: np.ndarray, flags: np.ndarray, kind: np.ndarray, style: np.ndarray,
    begin: np.ndarray, stop: np.ndarray, is_value: np.ndarray, context: Context,
) -> None:  # fmt: skip
    """Numbers, dates, shared strings, truth values and errors of the plain cells."""
    length = stop - begin
    strings = np.flatnonzero(is_value & (kind == _S) & (length > 0))
    if strings.size:
        number, is_whole = _whole_numbers(a, begin[strings], length[strings])
        for i in strings[~is_whole].tolist():
            values[i] = value_of("s", raw[begin[i] : stop[i]], context)
        strings, number = strings[is_whole], number[is_whole]
        if number.max(initial=-1) >= context.strings.size:
            raise corrupt()
        values[strings] = context.strings[number]
        context.used[number] = True
    numbers = is_value & (kind == _N) & (length > 0)
    short = np.flatnonzero(numbers & (length <= 9))
    number, is_whole = _whole_numbers(a, begin[short], length[short])
    values[short[is_whole]] = number[is_whole]
    is_read = np.zeros(values.size, bool)
    is_read[short[is_whole]] = True
    rest = np.flatnonzero(numbers & ~is_read)
    read = context.numbers([raw[b:e] for b, e in zip(begin[rest].tolist(), stop[rest].tolist(), strict=True)])
    values[rest] = objects(read)
    is_read[rest] = np.fromiter((isinstance(cell, int | float) for cell in read), bool, rest.size)
    _apply_formats(values, flags, np.flatnonzero(is_read), style, context)
    for i in np.flatnonzero(is_value & (kind == _B)).tolist():
        values[i] = value_of("b", raw[begin[i] : stop[i]], context)
    for i in np.flatnonzero(is_value & (kind == _E)).tolist():
        values[i] = value_of("e", raw[begin[i] : stop[i]], context)


def _whole_numbers(a: np.ndarray, begin: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reads digits of at most 9 places; the second array says where there was nothing else."""
    number, is_whole = np.zeros(begin.size, np.int64), (length > 0) & (length <= 9)
    for k in range(int(length[is_whole].max(initial=0))):
        inside = np.flatnonzero(is_whole & (length > k))
        digit = a[begin[inside] + k] - np.uint8(_ZERO)
        is_whole[inside[digit > 9]] = False
        number[inside] = number[inside] * 10 + digit
    return number, is_whole


def _apply_formats(
    values: np.ndarray, flags: np.ndarray, numbers: np.ndarray, style: np.ndarray, context: Context
) -> None:
    """Turns numbers with a date format into dates and marks those with a percent format."""
    formats = context.formats_of(style[numbers])
    flags[numbers[formats == PERCENT_FORMAT]] |= PERCENT
    for kind in (DAY, DATE, TIME, DURATION):
        dated = numbers[formats == kind]
        if dated.size:
            serials, which = np.unique(values[dated].astype(np.float64), return_inverse=True)
            values[dated] = objects([context.dated(number, kind) for number in serials.tolist()])[which]


def _fill_texts(
    raw: Raw, values: np.ndarray, begin: np.ndarray, stop: np.ndarray, which: np.ndarray, context: Context
) -> None:
    places = np.flatnonzero(which)
    pairs = zip(begin[places].tolist(), stop[places].tolist(), strict=True)
    values[places] = objects(context.texts_of([bytes(raw[first:after]) for first, after in pairs]))
