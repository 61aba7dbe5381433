"""The workbook's styles: the look of a marked cell is its own look with another ground."""

from __future__ import annotations

import re

from reports.marking.package import CannotPatch, Package, prefix_of

MARK = "FFFFD7A0"
"""The ground of a marked cell. Nobody else uses exactly this colour: an earlier mark is known by it."""

_TAG = rb"(?:[^>\"']|\"[^\"]*\"|'[^']*')*?"


class Styles:
    """Cell formats of a workbook, to which marked twins and the list's own are added."""

    def __init__(self, package: Package) -> None:
        self._package = package
        found = [r.target for r in package.relations(package.workbook) if r.type == "styles"]
        if not found:
            raise CannotPatch("no styles part")
        self._part = found[0]
        self._data = package.read(self._part)
        self._prefix = prefix_of(self._data)
        self._formats = self._children("cellXfs", "xf")
        if not self._formats:
            raise CannotPatch("no cell formats")
        self._unmark()
        self._own = len(self._formats)
        self._twins: dict[tuple[int, bool], int] = {}
        self._fill = self._add(
            "fills",
            "fill",
            '<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="'
            + MARK
            + '"/><{p}bgColor indexed="64"/></{p}patternFill></{p}fill>',
        )
        head_fill = self._add(
            "fills",
            "fill",
            '<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF0F6E84"/>'
            '<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>',
        )
        bold = self._font('<{p}b/><{p}sz val="14"/><{p}color rgb="FF16243A"/>')
        white = self._font('<{p}b/><{p}sz val="11"/><{p}color rgb="FFFFFFFF"/>')
        blue = self._font('<{p}u/><{p}sz val="11"/><{p}color rgb="FF0F6E84"/>')
        plain = self._font('<{p}sz val="11"/><{p}color rgb="FF16243A"/>')
        self.title = self._format(font=bold)
        self.heading = self._format(font=white, fill=head_fill)
        self.link = self._format(font=blue)
        self.text = self._format(font=plain, wrap=True)
        self.plain = self._format(font=plain)

    def marked(self, style: int, *, as_text: bool) -> int:
        """The twin of format `style` on the marking ground.

        Args:
            as_text: Excel must take the cell for text even when it is edited, though
                it starts with = (the quote prefix, which is no part of the value).
        """
        key = (style, as_text)
        if key not in self._twins:
            source = self._formats[style if 0 <= style < self._own else 0]
            twin = _set(_set(source, b"fillId", str(self._fill).encode()), b"applyFill", b"1")
            self._twins[key] = self._append(_set(twin, b"quotePrefix", b"1") if as_text else twin)
        return self._twins[key]

    def save(self) -> None:
        """Write the styles part back into the package."""
        body = b"".join(self._formats)
        tag = self._prefix.encode() + b"cellXfs"
        start, end = self._section("cellXfs")
        head = b"<" + tag + b' count="%d">' % len(self._formats)
        self._data = self._data[:start] + head + body + b"</" + tag + b">" + self._data[end:]
        self._package.write(self._part, self._data)

    def _unmark(self) -> None:
        """Cells marked in an earlier round lose their ground: only today's problems are coloured."""
        ours = {
            number
            for number, fill in enumerate(self._children("fills", "fill"))
            if f'"{MARK}"'.encode() in fill
        }
        for number, xf in enumerate(self._formats):
            fill = re.search(rb'\bfillId="(\d+)"', xf)
            if fill and int(fill.group(1)) in ours:
                self._formats[number] = _set(_set(xf, b"fillId", b"0"), b"applyFill", b"0")

    def _font(self, properties: str) -> int:
        return self._add("fonts", "font", "<{p}font>" + properties + '<{p}name val="微软雅黑"/></{p}font>')

    def _format(self, *, font: int, fill: int = 0, wrap: bool = False) -> int:
        p = self._prefix
        wrapped = ' wrapText="1"' if wrap else ""
        inner = f'<{p}alignment vertical="top"{wrapped}/>'
        text = (
            f'<{p}xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" '
            f'applyFont="1" applyFill="1" applyAlignment="1">{inner}</{p}xf>'
        )
        return self._append(text.encode())

    def _append(self, xf: bytes) -> int:
        self._formats.append(xf)
        return len(self._formats) - 1

    def _section(self, name: str) -> tuple[int, int]:
        """Where ``<name …>…</name>`` begins and ends."""
        tag = re.escape((self._prefix + name).encode())
        found = re.search(rb"<" + tag + rb"\b" + _TAG + rb"(?:/>|>.*?</" + tag + rb"\s*>)", self._data, re.S)
        if found is None:
            raise CannotPatch(f"no {name}")
        return found.span()

    def _children(self, name: str, child: str) -> list[bytes]:
        start, end = self._section(name)
        tag = re.escape((self._prefix + child).encode())
        pattern = rb"<" + tag + rb"\b" + _TAG + rb"(?:/>|>.*?</" + tag + rb"\s*>)"
        return re.findall(pattern, self._data[start:end], re.S)

    def _add(self, name: str, child: str, text: str) -> int:
        """Append a child to a section and correct its count; returns the child's number."""
        children = self._children(name, child)
        start, end = self._section(name)
        tag = (self._prefix + name).encode()
        body = b"".join([*children, text.replace("{p}", self._prefix).encode()])
        head = b"<" + tag + b' count="%d">' % (len(children) + 1)
        self._data = self._data[:start] + head + body + b"</" + tag + b">" + self._data[end:]
        return len(children)


def _set(tag: bytes, name: bytes, value: bytes) -> bytes:
    """An attribute of an element's first tag, replaced or added."""
    head = re.match(rb"<" + _TAG + rb"(?=/?>)", tag)
    if head is None:
        raise CannotPatch("unusual format")
    first = head.group()
    pattern = rb"(?<=\s)" + name + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    written = name + b'="' + value + b'"'
    changed, count = re.subn(pattern, written, first)
    return (changed if count else first.rstrip() + b" " + written) + tag[head.end() :]
