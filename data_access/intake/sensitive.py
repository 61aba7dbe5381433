"""Looks for what must not be here at all: marks of state secrets and identity numbers.

Says only whether there is one. What was matched is nobody's business, not even a
log's: the file goes to quarantine as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from data_access.intake.values.text import INVISIBLE, halfwidth

_WIDE = "０１２３４５６７８９Ｘｘ"
_WIDE_RUN = re.compile(f"[{_WIDE}]+")
_ONLY_DIGITS = bytes(48 if 48 <= code < 58 else 32 for code in range(256))
_SHORTEST = b"0" * 17  # digits in a row without which there is no identity number
_LONGEST = 30  # digits of a number worth writing out
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


class Scanner:
    """The two patterns of the catalogue, ready to search."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._mark = re.compile(patterns["secret_mark"])
        self._identity = re.compile(patterns["mainland_id"])

    def marks_of(self, text: str) -> list[str]:
        """All marks like 机密★ in a `readable` text; white space in one may be the end of a cell."""
        return [match[0] for match in self._mark.finditer(text)]

    def has_identity(self, text: str) -> bool:
        """Whether a `readable` text holds an 18-digit identity number with a right check digit."""
        if text.encode("utf-8", "replace").translate(_ONLY_DIGITS).find(_SHORTEST) < 0:
            return False
        return any(has_right_check_digit(match[0]) for match in self._identity.finditer(text))

    def identity_in_numbers(self, numbers: Iterable[str]) -> bool:
        """The same for number cells, as the file writes them (``5.00101199003071E+17`` too)."""
        return self.has_identity("\0".join(form for number in numbers for form in _forms(number)))


def joined(texts: Iterable[str]) -> str:
    """Texts of cells as one `readable` text in which no match reaches from cell to cell."""
    return readable("\0".join(texts))


def readable(text: str) -> str:
    """Without zero-width characters, with half-width digits: nobody hides a number by these."""
    if text.isascii():
        return text
    if INVISIBLE.search(text):
        text = INVISIBLE.sub("", text)
    if any(sign in text for sign in _WIDE):
        text = _WIDE_RUN.sub(lambda match: halfwidth(match[0]), text)
    return text


def has_right_check_digit(number: str) -> bool:
    """GB 11643: the last of 18 signs follows from the first 17."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return len(number) == 18 and number[-1].upper() == _CHECK_DIGITS[total % 11]


def _forms(number: str) -> list[str]:
    """A number written out: every digit the file holds, and the 15 that Excel shows."""
    exact = Decimal(number)
    shown = Decimal(f"{exact:.15g}")
    return [f"{form:.0f}" for form in (exact, shown) if form.adjusted() < _LONGEST]
