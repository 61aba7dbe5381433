"""What a PDF says and how it is made, read back with the engine of a browser."""

from __future__ import annotations

import ctypes
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw

FONTS = Path(__file__).resolve().parents[2] / "reports" / "papers" / "fonts"


def pages(content: bytes) -> list[str]:
    """Selectable text of each page, its line breaks left out: Chinese lines break anywhere."""
    with pypdfium2.PdfDocument(content) as document:
        return [re.sub(r"[\r\n]+", "", page.get_textpage().get_text_bounded()) for page in document]


def fonts(content: bytes) -> dict[str, bool]:
    """Name of each font in use → whether it is embedded."""
    found: dict[str, bool] = {}
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                font = raw.FPDFTextObj_GetFont(item.raw)
                name = ctypes.create_string_buffer(128)
                raw.FPDFFont_GetBaseFontName(font, name, 128)
                found[name.value.decode()] = bool(raw.FPDFFont_GetIsEmbedded(font))
    return found


def characters(font: Path) -> set[int]:
    """Code points a TrueType font has a glyph for (cmap of format 4 or 12)."""
    data = font.read_bytes()
    count = struct.unpack_from(">H", data, 4)[0]
    tables = {
        data[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", data, 20 + 16 * i)[0] for i in range(count)
    }
    start = tables[b"cmap"]
    found: set[int] = set()
    for i in range(struct.unpack_from(">H", data, start + 2)[0]):
        place = start + struct.unpack_from(">I", data, start + 8 + 8 * i)[0]
        kind = struct.unpack_from(">H", data, place)[0]
        found |= set(_segments(data, place) if kind == 4 else _groups(data, place) if kind == 12 else ())
    return found


def _segments(data: bytes, place: int) -> Iterator[int]:
    count = struct.unpack_from(">H", data, place + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, place + 14)
    starts = struct.unpack_from(f">{count}H", data, place + 16 + 2 * count)
    for first, last in zip(starts, ends, strict=True):
        yield from range(first, last + 1)


def _groups(data: bytes, place: int) -> Iterator[int]:
    for i in range(struct.unpack_from(">I", data, place + 12)[0]):
        first, last, _ = struct.unpack_from(">III", data, place + 16 + 12 * i)
        yield from range(first, last + 1)
