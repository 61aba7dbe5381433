"""Marks in one sheet's XML: cells get another format, everything else stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from reports.marking.package import MAIN, OFFICE, CannotPatch, prefix_of

_ATTRIBUTES = rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*?"
_AFTER_DRAWING = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
)  # fmt: skip

Restyle = Callable[[int, bool], int]
"""From a cell's format, and whether it holds text, to the format it gets."""


def letters(column: int) -> str:
    """1 → A, 28 → AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def mark_cells(xml: bytes, cells: Mapping[int, Mapping[int, bool]], restyle: Restyle) -> bytes:
    """The sheet with the formats of `cells` changed.

    Args:
        xml: the sheet's part.
        cells: row → column → whether text in it must stay text; both counted from 1.
        restyle: see `Restyle`; called once for each cell.
    """
    _expect_usual(xml)
    prefix = prefix_of(xml).encode()
    start = re.compile(rb"<" + re.escape(prefix) + rb"row\b(" + _ATTRIBUTES + rb")(/?)>")
    end_tag = b"</" + prefix + b"row"
    pieces, done, number, left = [], 0, 0, len(cells)
    for found in start.finditer(xml):
        written = re.search(rb"(?:^|\s)r\s*=\s*[\"'](\d+)", found.group(1))
        number = int(written.group(1)) if written else number + 1
        wanted = cells.get(number)
        if not wanted or found.group(2):
            continue
        end = xml.find(end_tag, found.end())
        if end < 0:
            raise CannotPatch("a row without an end")
        pieces += [
            xml[done : found.end()],
            _mark_row(xml[found.end() : end], number, wanted, restyle, prefix),
        ]
        done, left = end, left - 1
        if not left:
            break
    return b"".join([*pieces, xml[done:]])


def _mark_row(body: bytes, row: int, wanted: Mapping[int, bool], restyle: Restyle, prefix: bytes) -> bytes:
    """One row's cells restyled; a wanted cell that is not there is made, in its place."""
    pieces: list[bytes] = []
    done = 0
    for column, as_text in sorted(wanted.items()):
        found = _cell_by_reference(body, done, b'r="%s%d"' % (letters(column).encode(), row), prefix)
        if found is None:
            return _mark_cell_by_cell(body, row, wanted, restyle, prefix)
        start, end = found
        has_formula = body.startswith(b"<" + prefix + b"f", end + 1)
        pieces += [body[done:start], _restyled(body[start:end], as_text and not has_formula, restyle)]
        done = end
    return b"".join([*pieces, body[done:]])


def _cell_by_reference(body: bytes, after: int, reference: bytes, prefix: bytes) -> tuple[int, int] | None:
    """Where the first tag of a cell is, without its end; None where it is not written the usual way."""
    place = body.find(reference, after)
    start = body.rfind(b"<", after, place) if place >= 0 else -1
    end = body.find(b">", place)
    if start < 0 or end < 0 or not body.startswith(b"<" + prefix + b"c ", start):
        return None
    end -= body[end - 1] == ord("/")
    return (start, end) if body.count(b'"', start, end) % 2 == 0 else None


def _restyled(tag: bytes, as_text: bool, restyle: Restyle) -> bytes:
    """A cell's first tag, without its end, in another format."""
    style = re.search(rb"\ss\s*=\s*(?:\"(\d+)\"|'(\d+)')", tag)
    if style is None:
        return tag.rstrip() + b' s="%d"' % restyle(0, as_text)
    number = int(style.group(1) or style.group(2) or 0)
    return tag[: style.start()] + b' s="%d"' % restyle(number, as_text) + tag[style.end() :]


def _mark_cell_by_cell(
    body: bytes, row: int, wanted: Mapping[int, bool], restyle: Restyle, prefix: bytes
) -> bytes:
    """The same for a row that lacks one of the cells, or whose cells do not say where they stand."""
    tag = prefix + b"c"
    name = re.escape(tag)
    cell = re.compile(
        rb"<" + name + rb"(?=[\s/>])(" + _ATTRIBUTES + rb")(?:/>|>(.*?)</" + name + rb"\s*>)", re.S
    )
    left = dict(sorted(wanted.items()))
    pieces: list[bytes] = []
    done, column = 0, 0

    def insert_before(limit: int | None) -> None:
        for missing in [c for c in left if limit is None or c < limit]:
            del left[missing]
            style = restyle(0, False)
            pieces.append(b'<%s r="%s%d" s="%d"/>' % (tag, letters(missing).encode(), row, style))

    for found in cell.finditer(body):
        attributes = found.group(1)
        reference = re.search(rb"(?:^|\s)r\s*=\s*[\"']([A-Z]+)\d+", attributes)
        column = _number(reference.group(1)) if reference else column + 1
        pieces.append(body[done : found.start()])
        insert_before(column)
        if column in left:
            has_formula = b"<" + prefix + b"f" in (found.group(2) or b"")
            head = found.start() + len(tag) + 1 + len(found.group(1))
            first = _restyled(body[found.start() : head], left.pop(column) and not has_formula, restyle)
            pieces += [first, body[head : found.end()]]
        else:
            pieces.append(found.group())
        done = found.end()
    insert_before(None)
    return b"".join([*pieces, body[done:]])


def add_legacy_drawing(xml: bytes, relation: str) -> bytes:
    """Refer to the drawing that holds the comments' boxes, in the one place the schema allows."""
    tag = (prefix_of(xml) + "sheetData").encode()
    start = re.search(rb"</" + re.escape(tag) + rb"\s*>|<" + re.escape(tag) + rb"\s*/>", xml)
    root = re.search(rb"<(" + re.escape(prefix_of(xml).encode()) + rb"worksheet)\b", xml)
    if start is None or root is None:
        raise CannotPatch("no sheet data")
    place = start.end() + _offset_after_drawing(xml[start.end() :], root.group(1))
    element = f'<{prefix_of(xml)}legacyDrawing xmlns:r="{OFFICE}" r:id="{relation}"/>'.encode()
    return xml[:place] + element + xml[place:]


def legacy_drawing(xml: bytes) -> str | None:
    """Id of the relation to the comments' boxes, if the sheet has some."""
    tail = xml[max(0, xml.rfind(b"sheetData")) :]
    found = re.search(rb"<(?:[\w.-]+:)?legacyDrawing\s[^>]*?:id\s*=\s*[\"']([^\"']+)", tail)
    return found.group(1).decode("utf-8", "replace") if found else None


def _offset_after_drawing(tail: bytes, root: bytes) -> int:
    """Where, after the cells, a legacyDrawing belongs: before the first element that must follow it."""
    lead = b"<" + root + b">"
    parser = expat.ParserCreate()
    depth, place = 0, None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, place
        depth += 1
        if depth == 2 and place is None and name.rsplit(":", 1)[-1] in _AFTER_DRAWING:
            place = parser.CurrentByteIndex

    def end(name: str) -> None:
        nonlocal depth, place
        depth -= 1
        if depth == 0 and place is None:
            place = parser.CurrentByteIndex

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(lead + tail, True)
    except expat.ExpatError as error:
        raise CannotPatch(str(error)) from None
    if place is None:
        raise CannotPatch("no end of the sheet")
    return place - len(lead)


def _expect_usual(xml: bytes) -> None:
    if MAIN.encode() not in xml[:4000]:
        raise CannotPatch("not the usual namespace")


def _number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
