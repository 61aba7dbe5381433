"""Comments at marked cells, beside those the sender wrote; an earlier round's are taken away first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from reports.escaping import printable
from reports.marking.package import (
    COMMENTS_TYPE,
    MAIN,
    VML_TYPE,
    CannotPatch,
    Package,
    insert_last,
    prefix_of,
)
from reports.marking.sheet import add_legacy_drawing, legacy_drawing, letters
from ui import theme

AUTHOR = "数据中心校验"
LIMIT = 5_000
"""Comments a sheet; Excel becomes slow beyond. All other marks are coloured and listed."""

_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{id}"/></o:shapelayout>' + _SHAPE_TYPE + "</xml>"
)

Notes = Mapping[tuple[int, int], str]
"""(row, column), counted from 1 → the comment's text."""


def add_comments(package: Package, part: str, notes: Notes, sheet_number: int) -> None:
    """Write `notes` into the sheet `part`; what is beyond LIMIT is left out."""
    relations = package.relations(part)
    comments = next((r.target for r in relations if r.type == "comments" and r.target in package), None)
    if comments is None:
        if not notes:
            return
        comments = package.free_name("xl/comments{}.xml")
        package.write(comments, _empty_comments())
        package.declare(comments, COMMENTS_TYPE)
        package.relate(part, "comments", comments)
    drawing = _drawing(package, part, sheet_number) if notes else _existing_drawing(package, part)
    _remove_ours(package, comments, drawing)
    if not notes:
        return
    chosen = dict(sorted(notes.items())[:LIMIT])
    boxes = _write_comments(package, comments, chosen)
    data = package.read(drawing) if drawing else b""
    shapes = "".join(
        _shape(sheet_number * 1024 + 20_000_000 + number, row, column)
        for number, (row, column) in enumerate(boxes)
    )
    end = data.rfind(b"</xml")
    if end < 0 or drawing is None:
        raise CannotPatch("an unusual drawing")
    package.write(drawing, data[:end] + shapes.encode() + data[end:])


def _drawing(package: Package, part: str, sheet_number: int) -> str:
    """The part with the comments' boxes, made if there is none."""
    existing = _existing_drawing(package, part)
    if existing:
        return existing
    if legacy_drawing(package.read(part)):
        raise CannotPatch("a drawing that is not there")
    name = package.free_name("xl/drawings/vmlDrawing{}.vml")
    package.write(name, _EMPTY_VML.format(id=sheet_number).encode())
    package.declare(name, VML_TYPE)
    relation = package.relate(part, "vmlDrawing", name)
    package.write(part, add_legacy_drawing(package.read(part), relation))
    return name


def _existing_drawing(package: Package, part: str) -> str | None:
    wanted = legacy_drawing(package.read(part))
    found = next((r.target for r in package.relations(part) if r.id == wanted), None)
    return found if found is not None and found in package else None


def _empty_comments() -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}">'
        "<authors></authors><commentList></commentList></comments>"
    ).encode()


def _authors(data: bytes, prefix: str) -> list[bytes]:
    tag = re.escape(prefix.encode()) + b"author"
    return [
        m.group(1) or b""
        for m in re.finditer(rb"<" + tag + rb"(?:\s[^>]*)?(?:/>|>(.*?)</" + tag + rb"\s*>)", data, re.S)
    ]


def _comment_pattern(prefix: str) -> re.Pattern[bytes]:
    tag = re.escape(prefix.encode()) + b"comment"
    return re.compile(rb"<" + tag + rb"(?=\s)([^>]*)>.*?</" + tag + rb"\s*>", re.S)


def _reference(attributes: bytes) -> tuple[int, int] | None:
    found = re.search(rb"\bref\s*=\s*[\"']([A-Z]+)(\d+)", attributes)
    if not found:
        return None
    column = 0
    for letter in found.group(1):
        column = column * 26 + letter - 64
    return int(found.group(2)), column


def _remove_ours(package: Package, comments: str, drawing: str | None) -> None:
    """Take away the comments of an earlier round, and their boxes."""
    data = package.read(comments)
    prefix = prefix_of(data)
    ours = {n for n, a in enumerate(_authors(data, prefix)) if a.decode("utf-8", "replace") == AUTHOR}
    if not ours:
        return
    gone: set[tuple[int, int]] = set()

    def keep(match: re.Match[bytes]) -> bytes:
        author = re.search(rb"\bauthorId\s*=\s*[\"'](\d+)", match.group(1))
        place = _reference(match.group(1))
        if author and int(author.group(1)) in ours and place:
            gone.add(place)
            return b""
        return match.group()

    package.write(comments, _comment_pattern(prefix).sub(keep, data))
    if drawing is None or not gone:
        return

    def keep_shape(match: re.Match[bytes]) -> bytes:
        row = re.search(rb"<x:Row>\s*(\d+)", match.group())
        column = re.search(rb"<x:Column>\s*(\d+)", match.group())
        is_note = b'ObjectType="Note"' in match.group()
        if is_note and row and column and (int(row.group(1)) + 1, int(column.group(1)) + 1) in gone:
            return b""
        return match.group()

    shape = re.compile(rb"<v:shape\s.*?</v:shape\s*>", re.S)
    package.write(drawing, shape.sub(keep_shape, package.read(drawing)))


def _write_comments(package: Package, part: str, notes: Notes) -> list[tuple[int, int]]:
    """Add the notes; returns the cells that had no comment yet and need a box."""
    data = package.read(part)
    p = prefix_of(data)
    present = {
        place: match
        for match in _comment_pattern(p).finditer(data)
        if (place := _reference(match.group(1))) is not None
    }
    for place, match in present.items():
        if place in notes:
            old = match.group()
            run = f'<{p}r><{p}t xml:space="preserve">\n{_text(notes[place])}</{p}t></{p}r>'
            end = old.rfind(f"</{p}text".encode())
            if end < 0:
                raise CannotPatch("a comment without a text")
            data = data.replace(old, old[:end] + run.encode() + old[end:], 1)
    names = [a.decode("utf-8", "replace") for a in _authors(data, p)]
    if AUTHOR not in names:
        data = insert_last(data, "authors", f"<{p}author>{AUTHOR}</{p}author>")
        names.append(AUTHOR)
    author = names.index(AUTHOR)
    new = [place for place in notes if place not in present]
    entries = "".join(
        f'<{p}comment ref="{letters(column)}{row}" authorId="{author}"><{p}text><{p}r>'
        f'<{p}t xml:space="preserve">{_text(notes[row, column])}</{p}t></{p}r></{p}text></{p}comment>'
        for row, column in new
    )
    package.write(part, insert_last(data, "commentList", entries))
    return new


def _text(text: str) -> str:
    return escape(printable(text))


def _shape(number: int, row: int, column: int) -> str:
    """The box of one comment: hidden until the mouse is over the cell."""
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
        f'fillcolor="{theme.ATTENTION_WASH}" o:insetmode="auto"><v:fill color2="{theme.ATTENTION_WASH}"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
        "<x:SizeWithCells/>"
        f"<x:Anchor>{column}, 15, {max(0, row - 2)}, 4, {column + 4}, 15, {row + 4}, 4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column>"
        "</x:ClientData></v:shape>"
    )
