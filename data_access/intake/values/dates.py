"""Date and datetime fields: the forms departments write, Excel's serial numbers, and months without a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from data_access.intake.values.numbers import exact, parse_number
from data_access.intake.values.text import INVISIBLE, MISSING, compact, halfwidth
from data_access.intake.values.verdicts import (
    ABSENT,
    WRONG_TYPE,
    Normaliser,
    Verdict,
    is_number,
    is_unreadable,
)

_CANONICAL_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CANONICAL_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_COMPACT_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T?[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_DAY_TEXT = (
    r"(?:(?P<y1>[0-9]{4})(?P<sep>[./-])(?P<m1>[0-9]{1,2})(?P=sep)(?P<d1>[0-9]{1,2})"
    r"|(?P<y2>[0-9]{4})年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})日"
    r"|(?P<y3>(?:19|20)[0-9]{2})(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))"
)
_DAY = re.compile(_DAY_TEXT)
_MONTH = re.compile(
    r"(?P<y1>[0-9]{4})(?:年(?P<m1>[0-9]{1,2})月|[./-](?P<m2>[0-9]{1,2}))"
    r"|(?P<y2>(?:19|20)[0-9]{2})(?P<m3>[0-9]{2})"
)
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2}):(?P<n>[0-9]{2})(?::(?P<s>[0-9]{2})(?:\.(?P<f>[0-9]+))?)?")
# White space around the signs of a date is dropped; what is left between day and clock parts them.
_LOOSE = re.compile(r"(?<=[0-9年月./:-])\s+(?=[./年月日:-])|(?<=[./年月:-])\s+")
_DAY_AND_CLOCK = re.compile(r"(?P<day>[^\sT:]+?)(?:\s*T\s*|\s+|(?<=日))(?P<clock>[0-9]{1,2}:.*)")
_SERIAL_FROM, _SERIAL_TO = 20000, 60000
_BEIJING = dt.timezone(dt.timedelta(hours=8))
_EPOCH_1900, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_day(text: str) -> dt.date | None:
    """2022.3.5, 2022/3/5, 2022-3-5, 2022年3月5日 or 20220305, without white space."""
    m = _DAY.fullmatch(text)
    if m is None:
        return None
    return _date(m["y1"] or m["y2"] or m["y3"], m["m1"] or m["m2"] or m["m3"], m["d1"] or m["d2"] or m["d3"])


def parse_month(text: str) -> dt.date | None:
    """2022年3月, 2022.3, 2022/3, 2022-03 or 202203: the first day of that month."""
    m = _MONTH.fullmatch(text)
    return _date(m["y1"] or m["y2"], m["m1"] or m["m2"] or m["m3"], "1") if m else None


def parse_clock(text: str) -> dt.time | None:
    m = _CLOCK.fullmatch(text)
    if m is None:
        return None
    try:
        return dt.time(int(m["h"]), int(m["n"]), int(m["s"] or 0))
    except ValueError:
        return None


def _parsed(text: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


class DateNormaliser(Normaliser):
    """A date field.

    Args:
        text_numbers: text that looks like a number counts as one (CSV knows no other numbers).
        date_1904: serial numbers count from 1904-01-01.
        latest: last day allowed, inclusive; None: no limit.
    """

    takes_formulas = True

    def __init__(self, *, text_numbers: bool, date_1904: bool, latest: dt.date | None) -> None:
        self.text_numbers = text_numbers
        self.epoch = _EPOCH_1904 if date_1904 else _EPOCH_1900
        self.latest = latest

    def clean(self, cells: list[Any], kinds: set[type]) -> list[Any] | None:
        if kinds != {str}:
            return None
        values = [_parsed(c, dt.date.fromisoformat) if _CANONICAL_DAY.fullmatch(c) else None for c in cells]
        latest = self.latest
        return values if latest is None else [v if v is not None and v <= latest else None for v in values]

    def one(self, cell: Any) -> Verdict:
        if cell is None:
            return ABSENT
        if isinstance(cell, dt.datetime):
            moment = to_second(cell)
            return self._dated(moment.date(), ("W_DATE_FORMAT",) if moment.time() != dt.time(0) else ())
        if isinstance(cell, dt.date):
            return self._dated(cell, ())
        if is_unreadable(cell):
            return WRONG_TYPE
        if is_number(cell):
            return self._number(exact(cell), ())
        return self._text(cell)

    def _text(self, cell: str) -> Verdict:
        text = compact(cell)
        if text in MISSING:
            return ABSENT
        half = halfwidth(text)
        notes = ("W_FULLWIDTH",) if half != text else ()
        if self.text_numbers and half.lstrip("+-")[:1].isdigit():
            number = parse_number(half)
            if number is not None and not number[1]:
                return self._number(number[0], notes)
        day = parse_day(half)
        if day is not None:
            plain = _CANONICAL_DAY.fullmatch(half)
            return self._dated(day, notes if plain else (*notes, "W_DATE_FORMAT"))
        month = parse_month(half)
        if month is not None:
            return self._dated(month, (*notes, "W_DATE_PRECISION"), month=True)
        moment = parse_moment(halfwidth(cell))
        return WRONG_TYPE if moment is None else self._dated(moment.date(), (*notes, "W_DATE_FORMAT"))

    def _number(self, number: Decimal, notes: tuple[str, ...]) -> Verdict:
        if _SERIAL_FROM <= number <= _SERIAL_TO:
            day = (self.epoch + dt.timedelta(days=int(number))).date()
            return self._dated(day, (*notes, "W_EXCEL_SERIAL"))
        text = str(number)
        if number == number.to_integral_value():
            day = parse_day(text) if len(text) == 8 else None
            if day is not None:
                return self._dated(day, (*notes, "W_DATE_FORMAT"))
            month = parse_month(text) if len(text) == 6 else None
        elif text.endswith(".1") and 1000 <= number < 10000:
            return Verdict(problem="R_DATE_AMBIGUOUS")
        else:
            month = parse_month(text)
        return WRONG_TYPE if month is None else self._dated(month, (*notes, "W_DATE_PRECISION"), month=True)

    def _dated(self, day: dt.date, notes: tuple[str, ...], *, month: bool = False) -> Verdict:
        if self.latest is not None and day > self.latest:
            return Verdict(problem="R_FUTURE_DATE")
        return Verdict(day, notes, None, month)


def parse_moment(text: str) -> dt.datetime | None:
    """A day in any of its forms and a clock time after a space, a T or 日; None without a time."""
    text = _LOOSE.sub("", INVISIBLE.sub("", text).strip())
    m = _DAY_AND_CLOCK.fullmatch(text)
    if m is None:
        return None
    day, clock = parse_day(m["day"]), parse_clock(m["clock"])
    return None if day is None or clock is None else dt.datetime.combine(day, clock)


def to_second(moment: dt.datetime) -> dt.datetime:
    """北京时间 to the second: Excel keeps times as fractions of a day, 08:00 may come as 07:59:59.999998."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(_BEIJING).replace(tzinfo=None)
    return (moment + dt.timedelta(seconds=moment.microsecond >= 500_000)).replace(microsecond=0)


class MomentNormaliser(Normaliser):
    """A datetime field (UTC+08:00, without zone); a day without a time is not enough."""

    takes_formulas = True

    def __init__(self, *, text_numbers: bool, date_1904: bool, latest: dt.date | None) -> None:
        self.text_numbers = text_numbers
        self.epoch = _EPOCH_1904 if date_1904 else _EPOCH_1900
        self.latest = latest

    def clean(self, cells: list[Any], kinds: set[type]) -> list[Any] | None:
        if kinds != {str}:
            return None
        values = [
            _parsed(c, dt.datetime.fromisoformat) if _CANONICAL_MOMENT.fullmatch(c) else None for c in cells
        ]
        latest = self.latest
        return (
            values
            if latest is None
            else [v if v is not None and v.date() <= latest else None for v in values]
        )

    def one(self, cell: Any) -> Verdict:
        if cell is None:
            return ABSENT
        if isinstance(cell, dt.datetime):
            return self._at(to_second(cell), ())
        if isinstance(cell, dt.date) or is_unreadable(cell):
            return WRONG_TYPE
        if is_number(cell):
            return self._serial(exact(cell), ())
        if compact(cell) in MISSING:
            return ABSENT
        half = halfwidth(cell)
        notes = ("W_FULLWIDTH",) if half != cell else ()
        number = parse_number(compact(half)) if self.text_numbers else None
        if number is not None:
            return self._serial(number[0], notes)
        moment = parse_moment(half)
        if moment is None:
            return WRONG_TYPE
        canonical = _COMPACT_MOMENT.fullmatch(compact(half))
        return self._at(moment, notes if canonical else (*notes, "W_DATE_FORMAT"))

    def _serial(self, number: Decimal, notes: tuple[str, ...]) -> Verdict:
        """A serial number counts if it has a fraction of a day: a whole one is a day without a time."""
        if not _SERIAL_FROM <= number <= _SERIAL_TO or number == number.to_integral_value():
            return WRONG_TYPE
        moment = self.epoch + dt.timedelta(microseconds=int(number * 86_400_000_000))
        return self._at(to_second(moment), (*notes, "W_EXCEL_SERIAL"))

    def _at(self, moment: dt.datetime, notes: tuple[str, ...]) -> Verdict:
        if self.latest is not None and moment.date() > self.latest:
            return Verdict(problem="R_FUTURE_DATE")
        return Verdict(moment, notes)
