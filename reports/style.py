"""How the product's workbooks look: a few formats under names, the same in every file."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

INK = "#16243A"
ACCENT = "#0F6E84"
ATTENTION = "#E08A1E"
PAPER = "#F5F7FA"
LINE = "#C9D1DC"


def add_formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """Add the house's formats to `book` and return them by name."""
    cell: dict[str, Any] = {"border": 1, "border_color": LINE, "valign": "top", "text_wrap": True}
    head: dict[str, Any] = {**cell, "bold": True, "valign": "vcenter", "align": "center"}
    wanted: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "font_color": INK},
        "subtitle": {"bold": True, "font_size": 12, "font_color": INK},
        "plain": {"font_color": INK},
        "note": {"font_color": "#5A6B82", "italic": True},
        "text": {"num_format": "@", "font_color": INK},
        "cell": {**cell, "font_color": INK},
        "heading": {**head, "bg_color": PAPER, "font_color": INK},
        "required": {**head, "bg_color": ACCENT, "font_color": "#FFFFFF"},
        "optional": {**head, "bg_color": "#DCE9EC", "font_color": INK},
        "date": {**cell, "num_format": "yyyy-mm-dd"},
        "datetime": {**cell, "num_format": "yyyy-mm-dd hh:mm"},
        "number": {**cell, "num_format": "#,##0.######"},
        "integer": {**cell, "num_format": "0"},
    }
    return {name: book.add_format(properties) for name, properties in wanted.items()}
