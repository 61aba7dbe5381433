"""Opens a workbook of the kind .xlsx: its sheets, shared strings, number formats and comments."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

import numpy as np

from data_access.intake import archive
from data_access.intake.archive import Archive
from data_access.intake.grid import Book, Cells, Merge, Sheet, SparseSheet, filled, is_blank, objects
from data_access.intake.number_formats import BUILT_IN, PLAIN, kind_of_format
from data_access.intake.refusals import corrupt, other_format, with_macros
from data_access.intake.sheet_cells import PAD, read_cells
from data_access.intake.sheet_cells_plain import Context, column_number, rich_text
from data_access.intake.xml_text import (
    Raw,
    attributes,
    contents,
    decoded,
    elements,
    plain,
    root_name,
    tag,
    unescaped,
)

_SIMPLE_STRING = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_STRING, _FORMAT_BLOCK, _STYLE_BLOCK = tag("si"), tag("numFmts"), tag("cellXfs")
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_MERGE = tag("mergeCell")
_COMMENTS = {"comments": "comment", "ThreadedComments": "threadedComment"}
_COMMENT_TEXT = tag("text")


def read(content: bytes, limit: int) -> Book:
    """All sheets of the workbook, hidden ones too.

    Args:
        content: a file that begins like an archive.
        limit: unpacked bytes of all parts together that are still accepted.

    Raises:
        Refused: F_ENCRYPTED, F_CORRUPT, F_EXPANSION, F_FORMAT.
    """
    opened = archive.unpack(content, limit)
    main = _main_part(opened)
    workbook = plain(opened.parts[main])
    links = _links(opened, main)
    date_1904 = any(e.get("date1904", "0") in ("1", "true", "on") for e in elements(workbook, "workbookPr"))
    context = Context(
        strings=_shared_strings(_linked(opened, links, "sharedStrings")),
        formats=_style_formats(_linked(opened, links, "styles")),
        date_1904=date_1904,
    )
    sheets: list[Sheet] = []
    for entry in elements(workbook, "sheet"):
        kind, target = links.get(entry.get("id", ""), ("", ""))
        if kind == "xlMacrosheet":
            raise with_macros()
        visible = entry.get("state", "visible") == "visible"
        cells, merges = Cells.joined(()), []
        if kind == "worksheet":
            # Taken out, so that two sheets' text is never held at a time; one part serves one sheet.
            raw = opened.parts.pop(target, None)
            if raw is None:
                raise corrupt()
            document = b"".join((plain(raw), PAD))
            del raw
            cells, merges = read_cells(document, context), _merges(document)
        elif not kind:
            raise corrupt()
        sheets.append(SparseSheet(entry.get("name", ""), visible, merges, cells))
    if not sheets:
        raise corrupt()
    texts = [*context.strings[context.used & filled(context.strings)], *context.texts]
    return Book(sheets, texts + _comments(opened), context.long_numbers, date_1904)


def _main_part(opened: Archive) -> str:
    """The workbook part, once it is sure that there is one and that it has no macros."""
    for _, (kind, target) in _links(opened, "").items():
        if kind == "officeDocument":
            main = target
            break
    else:
        main = "xl/workbook.xml"
    types = bytes(opened.parts.get("[content_types].xml", b"")).lower()
    if any(n.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in n for n in opened.names):
        raise with_macros()
    if main in opened.parts and root_name(opened.parts[main]) == "workbook":
        if b"macroenabled.main+xml" in types:
            raise with_macros()
        return main
    if b"spreadsheetml.sheet.main+xml" in types and main not in opened.names:
        raise corrupt()
    raise other_format()


def _links(opened: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Kind and target of each relationship of a part, by id; "" is the archive itself."""
    folder, name = posixpath.split(part)
    raw = opened.parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    found = {}
    for entry in elements(plain(raw), "Relationship") if raw else ():
        if entry.get("TargetMode") == "External":
            continue
        target = unquote(entry.get("Target", "")).replace("\\", "/")
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/").lower()
        found[entry.get("Id", "")] = (entry.get("Type", "").rpartition("/")[2], path)
    return found


def _linked(opened: Archive, links: dict[str, tuple[str, str]], kind: str) -> Raw:
    """The part of this kind that the workbook refers to, empty if it has none."""
    for found, target in links.values():
        if found == kind and target in opened.parts:
            return plain(opened.parts.pop(target))
    return b""


def _shared_strings(raw: Raw) -> np.ndarray:
    """The texts cells refer to by number; None for those that are blank."""
    simple = _SIMPLE_STRING.findall(raw)
    if len(simple) == raw.count(b"<si>") + raw.count(b"<si/") + raw.count(b"<si "):
        pieces = simple
    else:
        pieces = [rich_text(text) for _, text in contents(raw, _STRING, b"</si>")]
    if not pieces:
        return objects(())
    texts = decoded(b"\0".join(pieces)).split("\0")
    if len(texts) != len(pieces):
        raise corrupt()
    if raw.find(b"&") >= 0 or raw.find(b"_x") >= 0 or raw.find(b"\r") >= 0:
        texts = [unescaped(text) for text in texts]
    return objects([None if is_blank(text) else text for text in texts])


def _style_formats(raw: Raw) -> np.ndarray:
    """What each cell style makes of a number, see number_formats."""
    # Tables and conditional formats (dxfs) have formats of their own under the same numbers: not the cells'.
    _, listed = next(contents(raw, _FORMAT_BLOCK, b"</numFmts>"), (None, b""))
    custom = {
        e.get("numFmtId", ""): kind_of_format(e.get("formatCode", "")) for e in elements(listed, "numFmt")
    }
    _, styles = next(contents(raw, _STYLE_BLOCK, b"</cellXfs>"), (None, b""))
    kinds = []
    for entry in elements(styles, "xf"):
        number = entry.get("numFmtId", "0")
        built_in = BUILT_IN.get(int(number), PLAIN) if number.isdecimal() else PLAIN
        kinds.append(custom.get(number, built_in))
    return np.array(kinds, np.int64)


def _merges(raw: Raw) -> list[Merge]:
    merges = []
    for match in _MERGE.finditer(raw, max(raw.rfind(b"</sheetData>"), 0)):
        area = _AREA.fullmatch(attributes(match[1]).get("ref", "").replace("$", "").upper())
        if area is None:
            raise corrupt()
        left, top = column_number(area[1]), int(area[2])
        right, bottom = (column_number(area[3]), int(area[4])) if area[3] else (left, top)
        merges.append(Merge(min(top, bottom), min(left, right), max(top, bottom), max(left, right)))
    return merges


def _comments(opened: Archive) -> list[str]:
    """The texts of all comments, threaded ones too; their parts are known by their outermost element."""
    texts = []
    for raw in opened.parts.values():
        name = _COMMENTS.get(root_name(raw))
        if name is None:
            continue
        for _, comment in contents(plain(raw), tag(name), f"</{name}>".encode()):
            for _, text in contents(comment, _COMMENT_TEXT, b"</text>"):
                joined = rich_text(text) if name == "comment" else bytes(text)
                texts.append(unescaped(decoded(joined)))
    return texts
