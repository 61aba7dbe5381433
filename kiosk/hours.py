"""Opening hours of the hall: by weekday, on holidays, on single days; dimmed at night, black when closed.

A day has the hours of the most exact line that names it: a date before 节假日, 节假日
before a weekday. A day no line names is closed.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

import chinese_calendar

BEIJING = dt.timezone(dt.timedelta(hours=8), "北京时间")
Mode = Literal["lit", "dim", "dark"]
Span = tuple[int, int]
"""Minutes of a day: from (inclusive), to (exclusive, at most 1440)."""
WEEKDAYS = "一二三四五六日"
HOLIDAYS = "节假日"
CLOSED = "休"
_DAY = rf"周[{WEEKDAYS}]"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


class WrongLine(ValueError):
    """A line of the settings cannot be read; the message says what to write, in Chinese."""


@dataclass(frozen=True)
class Line:
    """Opening hours of the days it names: weekdays (0 = Monday), holidays, or dates from `first` to `last`."""

    spans: tuple[Span, ...]
    weekdays: frozenset[int] = frozenset()
    is_holidays: bool = False
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Hours:
    """All lines, and the span in which the wall is dimmed (over midnight if it ends earlier than it begins)."""

    lines: tuple[Line, ...]
    dim: Span | None = None

    def of(self, day: dt.date) -> tuple[Span, ...]:
        """The opening spans of a day, in order; none when closed."""
        dated = [li for li in self.lines if li.first is not None and li.last and li.first <= day <= li.last]
        if dated:
            return min(dated, key=lambda li: (li.last or day) - (li.first or day)).spans
        if is_holiday(day):
            for line in self.lines:
                if line.is_holidays:
                    return line.spans
        for line in self.lines:
            if day.weekday() in line.weekdays:
                return line.spans
        return ()

    def mode(self, now: dt.datetime) -> Mode:
        """What the wall does at `now` (aware)."""
        local = now.astimezone(BEIJING)
        minute = local.hour * 60 + local.minute
        if not any(start <= minute < end for start, end in self.of(local.date())):
            return "dark"
        return "dim" if self.dim is not None and _within(minute, self.dim) else "lit"

    def windows(self, first: dt.date, last: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """Opening spans of the days `first` to `last`, both with their zone; end exclusive."""
        found = []
        for n in range((last - first).days + 1):
            midnight = dt.datetime.combine(first + dt.timedelta(days=n), dt.time(), BEIJING)
            for start, end in self.of(midnight.date()):
                found.append((midnight + dt.timedelta(minutes=start), midnight + dt.timedelta(minutes=end)))
        return found


def _within(minute: int, span: Span) -> bool:
    start, end = span
    return start <= minute < end if start <= end else minute >= start or minute < end


@cache
def is_holiday(day: dt.date) -> bool:
    """A day off that has a name (国庆节) or is no weekend; a year the calendar does not know has none."""
    try:
        is_off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return is_off and (name is not None or day.weekday() < 5)


# ---------------------------------------------------------------- the lines of config.toml


def line_of(text: str) -> Line:
    """``周二-周日 09:00-17:30``, ``节假日 09:00-12:00 14:00-17:00``, ``周一 休``, ``2026-10-01..2026-10-03 休``.

    Raises:
        WrongLine: with the forms that are understood.
    """
    days, _, rest = text.strip().partition(" ")
    spans = () if rest.strip() == CLOSED else spans_of(rest, text)
    if days == HOLIDAYS:
        return Line(spans, is_holidays=True)
    if found := re.fullmatch(rf"({_DAY})(?:-({_DAY}))?", days):
        start, end = WEEKDAYS.index(found[1][1]), WEEKDAYS.index((found[2] or found[1])[1])
        return Line(
            spans, weekdays=frozenset(range(start, end + 1 if start <= end else 7)) | _round(start, end)
        )
    if found := re.fullmatch(rf"({_DATE})(?:\.\.({_DATE}))?", days):
        first, last = date_of(found[1], text), date_of(found[2] or found[1], text)
        if last < first:
            raise WrongLine(f"「{text}」的结束日期早于开始日期")
        return Line(spans, first=first, last=last)
    raise WrongLine(
        f"「{text}」应写成“周二-周日 09:00-17:30”“节假日 09:00-17:00”“周一 休”或“2026-10-01..2026-10-03 休”"
    )


def _round(start: int, end: int) -> frozenset[int]:
    """The rest of a span of weekdays that goes over Sunday (周六-周一)."""
    return frozenset(range(end + 1)) if end < start else frozenset()


def date_of(text: str, line: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise WrongLine(f"「{line}」中的 {text} 不是有效日期") from None


def spans_of(text: str, line: str) -> tuple[Span, ...]:
    """One span or several, in order and without overlap.

    Raises:
        WrongLine: a span that is none, ends before it begins or overlaps the one before.
    """
    found: list[Span] = []
    for part in text.split():
        match = _TIME.fullmatch(part)
        if match is None:
            raise WrongLine(f"「{line}」中的时段应写成 09:00-17:30")
        h1, m1, h2, m2 = map(int, match.groups())
        start, end = h1 * 60 + m1, h2 * 60 + m2
        if m1 > 59 or m2 > 59 or end > 1440 or start >= end or (found and start < found[-1][1]):
            raise WrongLine(f"「{line}」中的时段 {part} 不对：先早后晚，不重叠，最晚 24:00")
        found.append((start, end))
    if not found:
        raise WrongLine(f"「{line}」没有写时段。闭馆写“休”")
    return tuple(found)


def dim_of(text: str) -> Span | None:
    """``18:30-07:00``; empty: never dimmed.

    Raises:
        WrongLine: it is no span.
    """
    if not text.strip():
        return None
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise WrongLine(f"「{text}」应写成 18:30-07:00")
    h1, m1, h2, m2 = map(int, match.groups())
    if max(h1, h2) > 24 or max(m1, m2) > 59:
        raise WrongLine(f"「{text}」应写成 18:30-07:00")
    return h1 * 60 + m1, h2 * 60 + m2
