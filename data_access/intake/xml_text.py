"""The little of XML that reading a workbook needs, on bytes and without building a tree.

A tree of a large sheet would take a hundred times its size. Declared entities are
refused (no spreadsheet program writes them), so there is nothing to expand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from data_access.intake.refusals import corrupt

Raw = bytes | bytearray

# No "<" stands inside a tag: a file made to be slow gives up at the next one, not at its end.
_ATTRIBUTES = rb"""((?:[^<>"']|"[^<"]*"|'[^<']*')*?)"""
_ATTRIBUTE = re.compile(rb"""([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ROOT = re.compile(rb"<(?![?!])(?:([\w.-]+):)?([\w.-]+)")
_MARKUP = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<!", re.DOTALL)
_ENTITY = re.compile(r"&(#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_CODE_UNIT = re.compile(r"_x([0-9a-fA-F]{4})_")


def plain(raw: Raw) -> Raw:
    """The same document as UTF-8, without namespace prefix, comments and CDATA sections.

    Raises:
        Refused: F_CORRUPT for a document type with its own entities, for one cut off,
            and for bytes that are no text. XML knows no character 0: read cells are
            joined with it.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            raw = raw.decode("utf-16").encode()
        except UnicodeError:
            raise corrupt() from None
    if raw.find(b"\0") >= 0:
        raise corrupt()
    if raw.find(b"<!") >= 0:
        raw = _MARKUP.sub(_without_markup, raw)
    root = _ROOT.search(raw)
    if root is None:
        raise corrupt()
    if not _is_closed(raw, root):
        raise corrupt()
    if root[1]:
        prefix = bytes(root[1]) + b":"
        raw = raw.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    return raw


def _is_closed(raw: Raw, root: re.Match[bytes]) -> bool:
    """Whether the outermost element has its end: what is cut off lacks sheets, formats or notes.

    What follows it is read past, as everything that says nothing of the cells.
    """
    name = root[0][1:]
    end = raw.rfind(b"</" + name)
    if end >= 0:
        return raw[end + 2 + len(name) :].lstrip().startswith(b">")
    return raw[root.start() : raw.find(b">", root.end()) + 1].endswith(b"/>")


def root_name(raw: Raw) -> str:
    """Name of the outermost element, without its prefix; "" if there is none."""
    root = _ROOT.search(raw, 0, 4096)
    return root[2].decode("ascii", "replace") if root else ""


def tag(name: str) -> re.Pattern[bytes]:
    """Matches an opening tag; group 1 are its attributes."""
    return re.compile(rb"<" + name.encode() + rb"(?=[\s/>])" + _ATTRIBUTES + rb"/?>")


def contents(raw: Raw, opening: re.Pattern[bytes], closing: bytes) -> Iterator[tuple[re.Match[bytes], Raw]]:
    """Each opening tag (as `tag` finds it) with what stands before its end.

    Where one has no end, none behind it has: the search is over and not begun anew
    at each, which a file of nothing but beginnings would make last for hours.
    """
    at = 0
    while (match := opening.search(raw, at)) is not None:
        if match[0].endswith(b"/>"):
            yield match, b""
            at = match.end()
            continue
        end = raw.find(closing, match.end())
        if end < 0:
            return
        yield match, raw[match.end() : end]
        at = end + len(closing)


def attributes(text: Raw) -> dict[str, str]:
    """Attributes of a tag by name; the prefix of a name is dropped."""
    return {
        key.decode("ascii", "replace").rpartition(":")[2]: unescaped(decoded(double or single))
        for key, double, single in _ATTRIBUTE.findall(text)
    }


def elements(raw: Raw, name: str) -> Iterator[dict[str, str]]:
    """The attributes of every element with this name, in order."""
    for match in tag(name).finditer(raw):
        yield attributes(match[1])


def decoded(raw: Raw) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise corrupt() from None


def unescaped(text: str) -> str:
    """Entities of XML, line ends, and the _x000D_ marks spreadsheets write for control characters.

    The character 0, which only such a mark can bring, shows nothing and PostgreSQL keeps
    none: it is left out.
    """
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    if "_x" in text:
        text = _CODE_UNIT.sub(lambda m: chr(int(m[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
    return text.replace("\r\n", "\n") if "\r" in text else text


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if not name.startswith("#"):
        return _ENTITIES[name]
    code = int(name[2:], 16) if name.startswith("#x") else int(name[1:])
    if code == 0:
        return ""
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _without_markup(match: re.Match[bytes]) -> bytes:
    if match[0] == b"<!":
        raise corrupt()
    data = match[1] or b""
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
