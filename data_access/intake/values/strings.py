"""Text fields: names, codes, addresses; numbers that Excel made of a code; credit codes and their check digit."""

from __future__ import annotations

import re
from typing import Any

from data_access.intake.values.text import FORMULA_LEADS, MISSING, clean_text_pattern, halfwidth, trimmed
from data_access.intake.values.verdicts import (
    ABSENT,
    FORMULA,
    WRONG_TYPE,
    Normaliser,
    Verdict,
    is_number,
)

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_PLACE = {character: place for place, character in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def uscc_check_digit(code: str) -> str:
    """The 18th character GB 32100-2015 asks for after the first 17."""
    total = sum(_USCC_PLACE[c] * w for c, w in zip(code[:17], _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def number_as_text(number: int | float) -> str | None:
    """A code that Excel took for a number, without decimals; None if it has a fraction or lost digits."""
    if isinstance(number, float):
        if not number.is_integer():
            return None
        number = int(number)
    return str(number) if abs(number) < 10**15 else None


class TextNormaliser(Normaliser):
    """A string field, with or without a pattern."""

    def __init__(
        self, *, pattern: str | None, max_length: int | None, missing: frozenset[str], is_uscc: bool
    ) -> None:
        self.pattern = re.compile(pattern) if pattern else None
        self.max_length = max_length
        self.missing = missing
        self.is_uscc = is_uscc
        self.clean_text = clean_text_pattern(max_length)

    def clean(self, cells: list[Any], kinds: set[type]) -> list[Any] | None:
        if kinds != {str}:
            return None
        if self._all_clean(cells):
            return cells
        clean, fits = self.clean_text.fullmatch, self.pattern.search if self.pattern else None
        return [
            c
            if clean(c)
            and c not in MISSING
            and (fits is None or (c.isascii() and fits(c)))
            and not (self.is_uscc and uscc_check_digit(c) != c[17])
            else None
            for c in cells
        ]

    def _all_clean(self, cells: list[str]) -> bool:
        """The same for a whole column; nothing unprintable is in it, so the only white space is the plain one."""
        return (
            MISSING.isdisjoint(cells)
            and all(map(str.isprintable, cells))
            and list(map(str.strip, cells)) == cells
            and not {c[0] for c in cells}.intersection(FORMULA_LEADS)
            and (self.max_length is None or max(map(len, cells)) <= self.max_length)
            and (
                self.pattern is None
                or (all(map(str.isascii, cells)) and all(map(self.pattern.search, cells)))
            )
            and not (self.is_uscc and any(uscc_check_digit(c) != c[17] for c in cells))
        )

    def one(self, cell: Any) -> Verdict:
        if cell is None:
            return ABSENT
        if isinstance(cell, str):
            text = trimmed(cell)
            if text in self.missing:
                return ABSENT
            return FORMULA if text.startswith(FORMULA_LEADS) else self._text(text, ())
        if not is_number(cell):
            return WRONG_TYPE  # date, error and TRUE/FALSE cells
        text = number_as_text(cell)
        return WRONG_TYPE if text is None else self._text(text, ("W_NUMBER_AS_TEXT",))

    def _text(self, text: str, notes: tuple[str, ...]) -> Verdict:
        if self.pattern is not None:
            half = halfwidth(text)
            if half != text:
                if half.startswith(FORMULA_LEADS):
                    return FORMULA
                text, notes = half, (*notes, "W_FULLWIDTH")
            if not self.pattern.search(text):
                return Verdict(problem="R_PATTERN")
        if self.max_length is not None and len(text) > self.max_length:
            return Verdict(problem="R_LENGTH")
        if self.is_uscc and uscc_check_digit(text) != text[17]:
            notes = (*notes, "W_CHECKSUM")
        return Verdict(text, notes)
