"""Text that leaves the product is text: no spreadsheet may take it for a formula."""

from __future__ import annotations

import re
from typing import Any

import catalog

ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def escaped(value: Any) -> Any:
    """Text that starts with = + - @ (or a tab or return before them) gets an apostrophe in front.

    Numbers, dates and missing values pass as they are: -3.5 as a number is no text.
    """
    if isinstance(value, str) and re.match(catalog.default().patterns["formula_lead"], value):
        return "'" + value
    return value


def printable(text: str) -> str:
    """Text without the control characters that no workbook can hold."""
    return ILLEGAL_IN_XML.sub("", text)
