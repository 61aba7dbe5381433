"""Which earlier days a day's visits may be compared with: same weekday, or holidays with days off.

A Thursday of a holiday week says nothing about an ordinary Thursday, and a make-up
Saturday is a working day with a working day's evening peak.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Literal

from data_access.calendar import Calendar

LOOK_BACK_DAYS = 84
"""How far back the days behind a band may lie: twelve weeks, so that a season does not mix with the next."""
MOST_DAYS = 8
LEAST_DAYS = 4
"""Fewer days than this are no band: the page says so instead of drawing one."""

Kind = Literal["weekday", "weekend", "holiday", "made_up"]
_WEEKDAYS = "一二三四五六日"


def kind_of(calendar: Calendar, day: dt.date) -> Kind:
    """An ordinary weekday, an ordinary weekend day, a holiday, or a weekend day that is worked (调休)."""
    if calendar.is_working_day(day):
        return "weekday" if day.weekday() < 5 else "made_up"
    return "holiday" if calendar.is_holiday(day) else "weekend"


def is_like(calendar: Calendar, day: dt.date, other: dt.date) -> bool:
    """Whether `other` may stand behind the band of `day`.

    A holiday is compared with holidays and weekends, a worked weekend day with
    working days, any other day with the same weekday of its own kind.
    """
    kind = kind_of(calendar, day)
    if kind == "holiday":
        return not calendar.is_working_day(other)
    if kind == "made_up":
        return calendar.is_working_day(other)
    return other.weekday() == day.weekday() and kind_of(calendar, other) == kind


def like_days(calendar: Calendar, day: dt.date, usable: Collection[dt.date]) -> tuple[dt.date, ...]:
    """The newest `MOST_DAYS` days before `day` that are like it, newest first.

    Args:
        usable: days whose readings are whole; a day with a silent evening would pull the band down.
    """
    before = (day - dt.timedelta(days=n) for n in range(1, LOOK_BACK_DAYS + 1))
    return tuple(d for d in before if d in usable and is_like(calendar, day, d))[:MOST_DAYS]


def like_name(calendar: Calendar, day: dt.date) -> str:
    """What the band stands for, in screen words: 周四, 节假日和周末, 工作日."""
    kind = kind_of(calendar, day)
    if kind == "holiday":
        return "节假日和周末"
    return "工作日" if kind == "made_up" else f"周{_WEEKDAYS[day.weekday()]}"
