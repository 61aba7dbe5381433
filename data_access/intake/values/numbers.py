"""Number fields: counts and exact decimals, with separators, signs and units as people write them."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from typing import Any

from data_access.intake.coordinates import parse_dms
from data_access.intake.units import conversion_factor, split_suffix
from data_access.intake.values.text import MISSING, halfwidth, trimmed
from data_access.intake.values.verdicts import (
    ABSENT,
    WRONG_TYPE,
    Normaliser,
    Verdict,
    is_number,
)

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([,，\s])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_SEPARATORS = re.compile(r"[,，\s]")
_CLEAN_INT = re.compile(r"-?[1-9][0-9]{0,14}|0")
_CLEAN_DECIMAL = re.compile(r"(?:-?[1-9][0-9]{0,10}|0)(?:\.[0-9]{1,4})?")
_SHOWN_BY_EXCEL = Context(prec=15)
_WRITTEN_OUT = Context(prec=200)
"""For whole numbers of up to `_LONGEST` digits, which the usual context could not write without an exponent."""
_BEYOND_15_DIGITS = 10**15
_LONGEST = 100  # characters; beyond that no figure of ours, and decimals of a million digits overflow
_TOO_LARGE = 10 ** (_LONGEST - 1)  # a number whose text would be longer, rounded or not
_TOO_SMALL = 1e-80  # the same behind the point: 15 digits after 80 noughts


def exact(number: int | float) -> Decimal:
    """The number with the 15 significant digits Excel shows: 0.1 + 0.2 is 0.3."""
    if isinstance(number, int) or (number.is_integer() and abs(number) < _BEYOND_15_DIGITS):
        return tidy(_SHOWN_BY_EXCEL.plus(Decimal(int(number))))
    return tidy(Decimal(f"{number:.15g}"))


def tidy(number: Decimal) -> Decimal:
    """Without trailing zeros after the point and without an exponent, so that equal numbers are written alike."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent == 0:
        return number
    if exponent > 0:
        return number.quantize(Decimal(1), context=_WRITTEN_OUT) if exponent < 20 else number
    short = number.normalize(_WRITTEN_OUT)
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal(1), context=_WRITTEN_OUT) if exponent > 0 else short  # type: ignore[operator]


def _decimal(text: str) -> Decimal:
    """A clean text (15 digits at most) as a tidy decimal."""
    if text[-1] == "0" and "." in text:
        text = text.rstrip("0").rstrip(".")
    return Decimal(text)


def _can_be_written(number: int | float) -> bool:
    """Whether its text is one that `parse_number` reads again; NaN's is not."""
    return number == 0 or _TOO_SMALL <= abs(number) < _TOO_LARGE


def _exact_whole(number: int | float) -> int | None:
    return int(number) if abs(number) < _BEYOND_15_DIGITS and number == int(number) else None


def _exact_decimal(number: int | float) -> Decimal | None:
    """`exact`, quicker where Python's shortest form of a float has no more than 15 digits anyway."""
    text = repr(number)
    if len(text) > (16 if "." in text else 15) or "e" in text or "n" in text:
        return exact(number) if _can_be_written(number) else None
    return Decimal(text[:-2] if text[-2:] == ".0" else text)


def parse_number(text: str) -> tuple[Decimal, bool] | None:
    """A number written with half-width signs, and whether it had thousands separators; None if it is none."""
    if len(text) > _LONGEST:
        return None
    if _PLAIN.fullmatch(text):
        grouped = False
    elif _GROUPED.fullmatch(text):
        grouped, text = True, _SEPARATORS.sub("", text)
    else:
        return None
    return tidy(_SHOWN_BY_EXCEL.plus(Decimal(text))), grouped


class NumberNormaliser(Normaliser):
    """An int or decimal field.

    Args:
        header_unit: the known unit of the column's header, group or sheet; None: none named.
        stored_unit: the field's unit; a field without one takes the header's word as a remark.
        low, high: inclusive; None where the field has no limit (or judges it later, as coordinates do).
    """

    takes_formulas = True

    def __init__(
        self,
        *,
        whole: bool,
        stored_unit: str | None,
        header_unit: str | None,
        low: Decimal | None,
        high: Decimal | None,
    ) -> None:
        self.whole = whole
        self.stored_unit = stored_unit
        self.low, self.high = low, high
        named = header_unit if stored_unit is not None else None
        self.factor = Decimal(1) if named is None else conversion_factor(named, stored_unit)
        self.unit_notes = ("W_UNIT",) if self.factor is not None and self.factor != 1 else ()

    def clean(self, cells: list[Any], kinds: set[type]) -> list[Any] | None:
        if self.unit_notes or self.factor is None:
            return None  # every cell gets a warning or a problem
        values: list[Any]
        if kinds == {str}:
            fits = (_CLEAN_INT if self.whole else _CLEAN_DECIMAL).fullmatch
            convert = int if self.whole else _decimal
            if all(map(fits, cells)):
                values = list(map(convert, cells))
            else:
                values = [convert(c) if fits(c) else None for c in cells]
        elif kinds == {float} or kinds == {int}:
            values = [_exact_whole(n) for n in cells] if self.whole else [_exact_decimal(n) for n in cells]
        else:
            return None
        return self._in_range(values)

    def _in_range(self, values: list[Any]) -> list[Any]:
        """The values, None where one is out of range."""
        low, high = self.low, self.high
        present = [v for v in values if v is not None]
        if not present or ((low is None or low <= min(present)) and (high is None or max(present) <= high)):
            return values
        return [
            v if v is not None and (low is None or low <= v) and (high is None or v <= high) else None
            for v in values
        ]

    def one(self, cell: Any) -> Verdict:
        if cell is None:
            return ABSENT
        if isinstance(cell, str):
            return self._text(cell)
        if self.factor is None or not is_number(cell) or not _can_be_written(cell):
            return WRONG_TYPE  # dates, times, error cells, TRUE and FALSE, a unit that does not fit
        return self._stored(exact(cell) * self.factor, self.unit_notes)

    def _text(self, cell: str) -> Verdict:
        text = trimmed(cell)
        if text in MISSING:
            return ABSENT
        half = halfwidth(text)
        notes = ("W_FULLWIDTH",) if half != text else ()
        factor, unit_notes = self.factor, self.unit_notes
        parsed = parse_number(half)
        if parsed is None:
            parts = split_suffix(half, self.stored_unit)
            if parts is None:
                return WRONG_TYPE
            parsed = parse_number(parts[0])
            factor, unit_notes = conversion_factor(parts[1], self.stored_unit), ("W_UNIT_SUFFIX",)
        if parsed is None or factor is None:
            return WRONG_TYPE
        number, grouped = parsed
        return self._stored(
            number * factor, (*notes, *(("W_NUMBER_FORMAT",) if grouped else ()), *unit_notes)
        )

    def _stored(self, number: Decimal, notes: tuple[str, ...]) -> Verdict:
        value: int | Decimal = tidy(number)
        if self.whole:
            if number != number.to_integral_value():
                return WRONG_TYPE
            value = int(number)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return Verdict(problem="R_RANGE")
        return Verdict(value, notes)

    def with_percent_format(self, cell: Any) -> Verdict:
        if self.stored_unit != "%" or not is_number(cell):
            return self.one(cell)
        return self._stored(exact(cell) * 100, ("W_UNIT_SUFFIX",))


class DegreeNormaliser(NumberNormaliser):
    """A longitude or latitude in degrees; its range is judged later, together with its partner."""

    def __init__(self, *, stored_unit: str | None, header_unit: str | None) -> None:
        super().__init__(whole=False, stored_unit=stored_unit, header_unit=header_unit, low=None, high=None)

    def _text(self, cell: str) -> Verdict:
        verdict = super()._text(cell)
        if verdict.problem is None:
            return verdict
        half = halfwidth(trimmed(cell))
        degrees = parse_dms(half)
        if degrees is None:
            return verdict
        return Verdict(degrees, ("W_FULLWIDTH", "W_GEO_DMS") if half != trimmed(cell) else ("W_GEO_DMS",))
