"""Contract 1.0 a second time: dates and moments."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from tests.intake.oracle_cells import Judged, Place, Raw, half, shown, squeeze, void

DAY = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})/(\d{1,2})/(\d{1,2})|(\d{4})\.(\d{1,2})\.(\d{1,2})"
    r"|(\d{4})年(\d{1,2})月(\d{1,2})日|(\d{4})(\d\d)(\d\d)"
)
MONTH = re.compile(r"(\d{4})(?:年(\d{1,2})月|[./-](\d{1,2})|(\d\d))")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def parts_of(text: str) -> tuple[str, str]:
    """Day and time of day of a text; white space inside either does not count."""
    words = text.split()
    for cut in range(1, len(words)):
        if CLOCK.fullmatch("".join(words[cut:])) and not CLOCK.search(words[cut - 1]):
            return squeeze("".join(words[:cut])), "".join(words[cut:])
    text = squeeze(text)
    for sign in ("T", "日"):
        day, found, clock = text.partition(sign)
        if found and CLOCK.fullmatch(clock):
            return day + ("日" if sign == "日" else ""), clock
    return text, ""


def day_in(text: str) -> dt.date | None:
    match = DAY.fullmatch(text)
    try:
        return dt.date(*(int(n) for n in match.groups() if n is not None)) if match else None
    except ValueError:
        return None


def clock_in(text: str) -> dt.time | None:
    match = CLOCK.fullmatch(text)
    try:
        return dt.time(*(int(n) for n in match.groups() if n is not None)) if match else None
    except ValueError:
        return None


def judge_date(found: Judged, raw: Raw, place: Place) -> None:
    value = found.value
    if isinstance(value, dt.datetime):
        found.value = value.date()
        if value.time() != dt.time():
            found.warnings.append("W_DATE_FORMAT")
    elif isinstance(value, dt.date):
        pass
    elif isinstance(value, str):
        narrow = half(value)
        if narrow != value:
            found.warnings.append("W_FULLWIDTH")
        if place.is_csv and NUMBER.fullmatch(squeeze(narrow)):
            _numeric(found, Decimal(squeeze(narrow)), place)
        else:
            _written(found, narrow)
    elif isinstance(value, (bool, dt.time)):
        void(found, "R_TYPE")
    else:
        _numeric(found, shown(value), place)


def _written(found: Judged, text: str) -> None:
    written, clock = parts_of(text)
    day = day_in(written)
    if day is not None and (not clock or clock_in(clock) is not None):
        found.value = day
        if clock or not re.fullmatch(r"\d{4}-\d\d-\d\d", written):
            found.warnings.append("W_DATE_FORMAT")
    elif not clock and (match := MONTH.fullmatch(written)):
        year, month = (int(n) for n in match.groups() if n is not None)
        _first_of_month(found, year, month)
    else:
        void(found, "R_TYPE")


def _first_of_month(found: Judged, year: int, month: int) -> None:
    try:
        found.value = dt.date(year, month, 1)
    except ValueError:
        return void(found, "R_TYPE")
    found.months = True
    found.warnings.append("W_DATE_PRECISION")
    return None


def _numeric(found: Judged, number: Decimal, place: Place) -> None:
    if 20000 <= number <= 60000:
        epoch = dt.date(1904, 1, 1) if place.date_1904 else dt.date(1899, 12, 30)
        found.value = epoch + dt.timedelta(days=int(number))
        found.warnings.append("W_EXCEL_SERIAL")
        return None
    text = format(number.normalize(), "f")
    if re.fullmatch(r"\d{8}|\d{6}", text):
        return _written(found, text)
    if match := re.fullmatch(r"([12]\d{3})\.(\d{1,2})", text):
        if match[2] == "1":
            return void(found, "R_DATE_AMBIGUOUS")
        return _first_of_month(found, int(match[1]), int(match[2]))
    return void(found, "R_TYPE")


def judge_moment(found: Judged, raw: Raw, place: Place) -> None:
    value = found.value
    if isinstance(value, dt.datetime):
        return None
    if not isinstance(value, str):
        return void(found, "R_TYPE")
    narrow = half(value)
    if narrow != value:
        found.warnings.append("W_FULLWIDTH")
    written, clock = parts_of(narrow)
    day, time = day_in(written), clock_in(clock)
    if day is None or time is None:
        return void(found, "R_TYPE")
    found.value = dt.datetime.combine(day, time)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", narrow):
        found.warnings.append("W_DATE_FORMAT")
    return None
