"""Working days (工作日), on which due dates and service limits depend.

The published Chinese calendar (holidays and make-up days) is known up to the year
the State Council has announced; after it Monday to Friday are working days and the
page says so. A day entered by 局办公室 (`admin_holiday`) goes before both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import chinese_calendar
from sqlalchemy import Connection, select

from data_access.engine import BEIJING
from data_access.principal import Principal
from data_access.schema import holiday

ONE_DAY = dt.timedelta(days=1)


def today() -> dt.date:
    """Today in 北京时间: what `as_of=None` means everywhere."""
    return dt.datetime.now(BEIJING).date()


@cache
def _published(day: dt.date) -> bool | None:
    """Whether the published calendar calls `day` a working day; None for a year it does not know."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None


@cache
def _is_named(day: dt.date) -> bool:
    """Whether the published calendar gives the day off a name (国庆节), as it gives none to a Sunday."""
    try:
        is_off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return is_off and name is not None


@dataclass(frozen=True)
class Calendar:
    """Working days; `entered` are the days the office entered, by date."""

    entered: Mapping[dt.date, bool] = field(default_factory=dict)

    def is_working_day(self, day: dt.date) -> bool:
        """A make-up Saturday is a working day; a day off of a holiday is not."""
        if day in self.entered:
            return self.entered[day]
        published = _published(day)
        return day.weekday() < 5 if published is None else published

    def is_holiday(self, day: dt.date) -> bool:
        """A day off that is no ordinary weekend: of a named holiday, or a weekday that was given off."""
        return not self.is_working_day(day) and (day.weekday() < 5 or _is_named(day))

    def on_or_after(self, day: dt.date) -> dt.date:
        """`day` itself if it is a working day, else the next one."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`; `day` itself never counts."""
        while count > 0:
            day += ONE_DAY
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, first: dt.date, last: dt.date) -> int:
        """Working days after `first` up to and including `last`; 0 if `last` is not later."""
        days = max(0, (last - first).days)
        return sum(self.is_working_day(first + n * ONE_DAY) for n in range(1, days + 1))

    def is_announced(self, year: int) -> bool:
        """Whether holidays of `year` are known, from the published calendar or from the office."""
        return _published(dt.date(year, 1, 1)) is not None or any(d.year == year for d in self.entered)

    def note(self, year: int) -> str | None:
        """What a page must say beside due dates of `year`; None when its holidays are known."""
        if self.is_announced(year):
            return None
        return f"{year} 年节假日安排尚未录入，暂按周一至周五为工作日计算；局办公室录入后截止日期自动更新。"


def read_calendar(principal: Principal, connection: Connection) -> Calendar:
    """The calendar with the office's own entries; the same for everybody."""
    rows = connection.execute(select(holiday.c.day, holiday.c.is_working))
    return Calendar({day: is_working for day, is_working in rows})
