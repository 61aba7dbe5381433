"""What a number format makes of a number: a date with or without a time, a time of day, a duration, per cent.

A workbook stores all of these as plain numbers; only the format tells them apart.
"""

from __future__ import annotations

import datetime as dt
import re

from data_access.intake.cells import Cell

PLAIN, DATE, TIME, DURATION, PERCENT, DAY = range(6)

_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56}
# Built-in formats; 27–36 and 50–58 are the dates of Chinese, Japanese and Korean Excel.
BUILT_IN = {
    9: PERCENT,
    10: PERCENT,
    **dict.fromkeys((*range(14, 18), *range(27, 37), *range(50, 59)), DAY),
    22: DATE,
    **dict.fromkeys(_TIMES, TIME),
    46: DURATION,
}
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]")
_BRACKETS = re.compile(r"\[[^\]]*\]")

_EPOCH = dt.datetime(1899, 12, 30)
_EPOCH_BEFORE_LEAP = dt.datetime(1899, 12, 31)  # Excel believes in 1900-02-29
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_LAST_SERIAL = 2_958_466  # 10000-01-01


def kind_of_format(code: str) -> int:
    """PLAIN, DAY, DATE (with a time), TIME (of day), DURATION or PERCENT; by the section for positive numbers."""
    shown = _LITERAL.sub("", code.lower()).split(";")[0]
    if _ELAPSED.search(shown):
        return DURATION
    shown = _BRACKETS.sub("", shown)
    if "general" in shown or "通用格式" in shown:
        return PLAIN
    letters = set(shown)
    has_time = bool(letters & set("hs"))
    if letters & set("yd") or "aaa" in shown or ("m" in letters and not has_time):
        return DATE if has_time else DAY
    if has_time:
        return TIME
    return PERCENT if "%" in letters else PLAIN


def from_serial(number: float, kind: int, date_1904: bool) -> Cell:
    """The date, time or duration a number stands for; the number itself where it stands for none.

    Seconds are rounded, as Excel shows them. A whole number shown as a day only is
    a day (date), not midnight (datetime): a moment needs its time.
    """
    if kind == DURATION:
        return dt.timedelta(seconds=round(number * 86_400)) if abs(number) < _LAST_SERIAL else number
    if not 0 <= number < _LAST_SERIAL:
        return number
    span = dt.timedelta(days=int(number), seconds=round(number % 1 * 86_400))
    if number < 1 and not (date_1904 and kind in (DATE, DAY)):
        return (_EPOCH + span).time()
    epoch = _EPOCH_1904 if date_1904 else _EPOCH if number >= 60 else _EPOCH_BEFORE_LEAP
    try:
        moment = epoch + span
    except OverflowError:
        return number
    return moment.date() if kind == DAY and float(number).is_integer() else moment
