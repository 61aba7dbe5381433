"""How the product's workbooks look: a few formats under names, the same in every file."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from ui import theme

INK = theme.INK
ACCENT = theme.ACCENT
ATTENTION = theme.ATTENTION
PAPER = theme.PAPER_SOFT
LINE = theme.RULE


def add_formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """Add the house's formats to `book` and return them by name."""
    cell: dict[str, Any] = {"border": 1, "border_color": LINE, "valign": "top", "text_wrap": True}
    head: dict[str, Any] = {**cell, "bold": True, "valign": "vcenter", "align": "center"}
    wanted: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "font_color": INK},
        "subtitle": {"bold": True, "font_size": 12, "font_color": INK},
        "plain": {"font_color": INK},
        "note": {"font_color": theme.INK_SOFT, "italic": True},
        "text": {"num_format": "@", "font_color": INK},
        "cell": {**cell, "font_color": INK},
        "heading": {**head, "bg_color": PAPER, "font_color": INK},
        "required": {**head, "bg_color": ACCENT, "font_color": theme.PAPER},
        "optional": {**head, "bg_color": theme.ACCENT_WASH, "font_color": INK},
        "date": {**cell, "num_format": "yyyy-mm-dd"},
        "datetime": {**cell, "num_format": "yyyy-mm-dd hh:mm"},
        "number": {**cell, "num_format": "#,##0.######"},
        "integer": {**cell, "num_format": "0"},
    }
    return {name: book.add_format(properties) for name, properties in wanted.items()}
