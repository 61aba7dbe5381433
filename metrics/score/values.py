"""How single values of an input document are written: days, counts, numbers with decimals."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import PlainValidator

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)


def refusal(sentence: str) -> ValueError:
    """An error of a validator; its sentence is shown as it is, behind the place it was found at."""
    return ValueError(sentence)


def shown(value: object) -> str:
    """A value as a person wrote it, cut to a line."""
    text = "null" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise refusal(f"「{shown(value)}」不是日期，请写成 2022-01-31 这样的日期")


def _number(value: object) -> Fraction:
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    raise refusal(f'「{shown(value)}」不是数字，请写成 "12" 或 "12.5"')


def _amount(value: object) -> Fraction:
    number = _number(value)
    if number < 0:
        raise refusal(f"「{shown(value)}」小于 0")
    return number


def _points(value: object) -> Fraction:
    number = _amount(value)
    if (number * 100).denominator != 1:
        raise refusal(f"「{shown(value)}」超过两位小数，分值请写到百分位")
    return number


def _count(value: object) -> int:
    number = _amount(value)
    if number.denominator != 1:
        raise refusal(f"「{shown(value)}」不是整数")
    return int(number)


Day = Annotated[dt.date, PlainValidator(_day)]
Amount = Annotated[Fraction, PlainValidator(_amount)]
"""A number of at least 0, exact, written as an integer or as decimal text."""
Points = Annotated[Fraction, PlainValidator(_points)]
"""A weight or a deduction: at least 0, at most two decimals, so that a score has two."""
Count = Annotated[int, PlainValidator(_count)]
