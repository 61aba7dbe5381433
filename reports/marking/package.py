"""An xlsx file as its parts: what is in it, how the parts refer to each other, and writing it again."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
UNPACKED_LIMIT = 400_000_000
COMPRESSION = 3  # 2 % larger than the default and three times as fast


class CannotPatch(Exception):
    """The workbook is built in a way these edits do not know; it is written anew instead."""


@dataclass(frozen=True)
class Relation:
    id: str
    type: str  # the last word of the type: worksheet, comments, vmlDrawing …
    target: str  # name of the part, from the package's root


class Package:
    """The parts of one workbook by name; changed parts are kept here until `save`."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile:
            raise CannotPatch("not a zip archive") from None
        if sum(entry.file_size for entry in self._archive.infolist()) > UNPACKED_LIMIT:
            raise CannotPatch("too large when unpacked")
        self._names = {entry.filename: entry.filename for entry in self._archive.infolist()}
        self._changed: dict[str, bytes] = {}
        self.workbook = self._find_workbook()

    def __contains__(self, name: str) -> bool:
        return name in self._changed or name in self._names

    def read(self, name: str) -> bytes:
        """A part's XML in UTF-8 without byte order mark."""
        if name not in self._changed:
            try:
                data = self._archive.read(self._names[name])
            except (KeyError, zipfile.BadZipFile, EOFError, OSError):
                raise CannotPatch(f"cannot read {name}") from None
            if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise CannotPatch(f"{name} is UTF-16")
            return data.removeprefix(b"\xef\xbb\xbf")
        return self._changed[name]

    def write(self, name: str, data: bytes) -> None:
        self._changed[name] = data

    def free_name(self, pattern: str) -> str:
        """A name no part has yet: ``xl/comments{}.xml`` → xl/comments3.xml."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def relations(self, part: str) -> list[Relation]:
        """What `part` refers to."""
        name = _relations_name(part)
        if name not in self:
            return []
        folder = posixpath.dirname(part)
        found = []
        for entry in parse(self.read(name)):
            target = entry.get("Target", "")
            if entry.get("TargetMode") != "External":
                target = (
                    target[1:]
                    if target.startswith("/")
                    else posixpath.normpath(posixpath.join(folder, target))
                )
            found.append(Relation(entry.get("Id", ""), entry.get("Type", "").rsplit("/", 1)[-1], target))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a reference from `part` to the part `target`; returns its id."""
        name = _relations_name(part)
        taken = {r.id for r in self.relations(part)}
        number = 1
        while f"rIdMark{number}" in taken:
            number += 1
        entry = (
            f'<Relationship Id="rIdMark{number}" Type="{OFFICE}/{kind}" Target={quoteattr("/" + target)}/>'
        )
        if name not in self:
            self.write(
                name,
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{PACKAGE}">'
                f"{entry}</Relationships>".encode(),
            )
        else:
            data = self.read(name)
            self.write(name, insert_last(data, "Relationships", entry.replace("<R", f"<{prefix_of(data)}R")))
        return f"rIdMark{number}"

    def declare(self, part: str, content_type: str) -> None:
        """Say of which type a new part is."""
        data = self.read("[Content_Types].xml")
        entry = f'<{prefix_of(data)}Override PartName="/{part}" ContentType="{content_type}"/>'
        if f'PartName="/{part}"'.encode() not in data:
            self.write("[Content_Types].xml", insert_last(data, "Types", entry))

    def sheets(self) -> list[tuple[str, str]]:
        """(name, part) of every sheet, in the order of the workbook."""
        targets = {r.id: r.target for r in self.relations(self.workbook)}
        found = []
        for entry in parse(self.read(self.workbook)).iter(f"{{{MAIN}}}sheet"):
            part = targets.get(entry.get(f"{{{OFFICE}}}id", ""))
            if part is None or part not in self:
                raise CannotPatch("a sheet without a part")
            found.append((entry.get("name", ""), part))
        if not found:
            raise CannotPatch("no sheet in the usual namespace")
        return found

    def save(self) -> bytes:
        """The package with the changed parts in place and the new ones at the end.

        Raises:
            CannotPatch: a part we changed, or one Excel begins with, is not well-formed XML
                (drawings need not be).
        """
        for name in {*self._changed, "[Content_Types].xml", self.workbook}:
            if not name.endswith(".vml"):
                _check_well_formed(name, self.read(name))
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
            for entry in self._archive.infolist():
                if not entry.is_dir():
                    data = self._changed.pop(entry.filename, None)
                    archive.writestr(entry.filename, self._archive.read(entry) if data is None else data)
            for name, data in self._changed.items():
                archive.writestr(name, data)
        return target.getvalue()

    def _find_workbook(self) -> str:
        for relation in self.relations(""):
            if relation.type == "officeDocument":
                return relation.target
        raise CannotPatch("no workbook part")


def _check_well_formed(name: str, data: bytes) -> None:
    try:
        expat.ParserCreate().Parse(data, True)
    except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding nobody knows
        raise CannotPatch(f"{name}: {error}") from None


def _relations_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def parse(data: bytes) -> ElementTree.Element:
    """A small part as a tree, for reading only."""
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise CannotPatch(str(error)) from None


def prefix_of(data: bytes) -> str:
    """The namespace prefix of a part's elements: ``x:`` in <x:worksheet …>, usually nothing."""
    found = re.search(rb"<((?:[\w.-]+:)?)[A-Za-z][\w.-]*(?=[\s/>])", data)
    if found is None or not found.group(1).isascii():
        raise CannotPatch("no usual root element")
    return found.group(1).decode()


def insert_last(data: bytes, element: str, fragment: str) -> bytes:
    """`fragment` as the last child of the (only) `element`."""
    tag = (prefix_of(data) + element).encode()
    end = data.rfind(b"</" + tag)
    if end >= 0:
        return data[:end] + fragment.encode() + data[end:]
    empty = re.search(rb"<" + re.escape(tag) + rb"((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)/>", data)
    if empty is None:
        raise CannotPatch(f"no {element}")
    opened = b"<" + tag + empty.group(1) + b">" + fragment.encode() + b"</" + tag + b">"
    return data[: empty.start()] + opened + data[empty.end() :]
