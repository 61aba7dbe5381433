"""A day hour by hour from both feeds: the recorded reading of an hour, or the live minutes where they tell more.

The live feed is the quicker one and the record is the one that stays. An hour's
recorded reading counts once at least as many venues stand behind it as behind the
live minutes; until then the live sum does. So nothing is counted twice, and a
figure only ever becomes more complete.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlalchemy import Connection

from data_access.calendar import Calendar
from data_access.clock import day_of
from data_access.engine import BEIJING
from data_access.live import read
from data_access.live.messages import midnight
from data_access.principal import Principal
from data_access.queries import visit_days, visit_hours
from data_access.queries.visit_hours import ByHour, day_and_hour
from metrics.flow_band import Curve, change, hours_of
from metrics.flow_days import LOOK_BACK_DAYS, kind_of, like_days, like_name

Measure = Literal["entries", "occupancy"]
WEEK = dt.timedelta(days=7)
OPEN_SHARE = 0.9
"""Share of the hours a venue usually sends that a day must have to stand behind its band."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a figure is of: the city, a district, or one venue (with its district)."""

    district: str | None = None
    venue: str | None = None


CITY = Place()


@dataclass(frozen=True, slots=True)
class HourFigure:
    """One hour: `hour` is when it ends (1–24); `is_recorded` where the reading counts and not the live minutes."""

    hour: int
    entries: int
    exits: int
    occupancy: int
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a place up to a moment.

    Attributes:
        hours: those that are over, in order; one without data is missing.
        running: the hour under way, from live minutes only; None without any.
        week_ago: recorded hours of the same weekday a week before, the whole day.
        until: end of the newest hour that is over and known (aware); None without any today.
    """

    place: Place
    day: dt.date
    hours: tuple[HourFigure, ...]
    running: HourFigure | None
    week_ago: ByHour
    until: dt.datetime | None

    @property
    def entries(self) -> int | None:
        """People who came in today so far, the running hour too; None where nothing was told."""
        every = [*self.hours, *([self.running] if self.running else [])]
        return sum(h.entries for h in every) if every else None

    @property
    def compared_until(self) -> int | None:
        """The last hour that both this day and the week before know; `change` reaches up to it."""
        return max((h.hour for h in self.hours if h.hour in self.week_ago), default=None)

    @property
    def change(self) -> Fraction | None:
        """Entries of the hours that are over and known on both days ÷ those a week before − 1."""
        both = [(h.entries, self.week_ago[h.hour].entries) for h in self.hours if h.hour in self.week_ago]
        return change(sum(now for now, _ in both), sum(before for _, before in both)) if both else None

    def values(self, measure: Measure) -> dict[int, int]:
        """One figure by hour, of the hours that are over."""
        return {h.hour: h.entries if measure == "entries" else h.occupancy for h in self.hours}


def day_until(principal: Principal, connection: Connection, at: dt.datetime, place: Place = CITY) -> Day:
    """Today (of `at`, 北京时间) hour by hour as far as it is known at `at`.

    Raises:
        Forbidden: a district the principal does not see; of a venue outside the scope nothing comes.
    """
    day = day_of(at)
    recorded = _recorded(principal, connection, [day, day - WEEK], place)
    live = _live(principal, connection, at, place)
    return _put_together(place, at, recorded.get(day, {}), recorded.get(day - WEEK, {}), live)


def _recorded(
    principal: Principal, connection: Connection, days: Collection[dt.date], place: Place
) -> dict[dt.date, ByHour]:
    if place.venue is not None:
        found = visit_hours.venue_hours(principal, connection, place.venue, min(days), max(days))
        return {day: found[day] for day in days if day in found}
    districts = None if place.district is None else [place.district]
    return visit_hours.city_hours(principal, connection, days, districts)


def _live(
    principal: Principal, connection: Connection, at: dt.datetime, place: Place
) -> dict[int, list[read.HourLine]]:
    """Live hours of the day, by hour: one line each."""
    first = midnight(day_of(at))
    until = first + dt.timedelta(days=1)
    if place == CITY:
        lines = read.city_hours(principal, connection, first, until)
    elif place.district is not None:
        lines = read.district_hours(principal, connection, first, until, place.district)
    else:
        lines = read.hours(principal, connection, first, until, venue_code=place.venue)
    found: defaultdict[int, list[read.HourLine]] = defaultdict(list)
    for line in lines:
        found[day_and_hour(_beijing(line.hour_end))[1]].append(line)
    return dict(found)


def _put_together(
    place: Place,
    at: dt.datetime,
    recorded: ByHour,
    week_ago: ByHour,
    live: Mapping[int, list[read.HourLine]],
) -> Day:
    now = _beijing(at)
    hours, running = [], None
    for hour in sorted(recorded.keys() | live.keys()):
        figure = _fuller(hour, recorded.get(hour), live.get(hour, []))
        if hour <= now.hour:
            hours.append(figure)
        elif hour == now.hour + 1 and hour in live:
            running = _fuller(hour, None, live[hour])
    until = midnight(day_of(at)) + dt.timedelta(hours=hours[-1].hour) if hours else None
    return Day(place, now.date(), tuple(hours), running, week_ago, until)


def _fuller(hour: int, recorded: visit_hours.HourSum | None, live: list[read.HourLine]) -> HourFigure:
    """The recorded sum, unless more venues' minutes stand behind the live one."""
    if recorded is not None and recorded.venues * 60 >= sum(line.minutes for line in live):
        return HourFigure(hour, recorded.entries, recorded.exits, recorded.occupancy, True)
    return HourFigure(
        hour,
        sum(line.people_in for line in live),
        sum(line.people_out for line in live),
        sum(line.present for line in live),
        False,
    )


def days_behind(
    principal: Principal, connection: Connection, day: Day, calendar: Calendar
) -> dict[dt.date, ByHour]:
    """The like days of the place with their hours, newest first: what a band is made of."""
    today, place = day.day, day.place
    first, last = today - dt.timedelta(days=LOOK_BACK_DAYS), today - dt.timedelta(days=1)
    if place.venue is None:
        days = like_days(calendar, today, visit_days.complete_days(principal, connection, first, last))
        known = _recorded(principal, connection, days, place)
    else:
        span = [first + dt.timedelta(days=n) for n in range(LOOK_BACK_DAYS)]
        known = _recorded(principal, connection, span, place)
        usual = max((len(hours) for hours in known.values()), default=0)
        days = like_days(calendar, today, {d for d, h in known.items() if len(h) >= OPEN_SHARE * usual})
    return {d: known[d] for d in days if d in known}


def curve(day: Day, calendar: Calendar, behind: Mapping[dt.date, ByHour], measure: Measure) -> Curve:
    """The day against the typical band of the days behind it."""

    def values(hours: ByHour) -> dict[int, int]:
        return {h: s.entries if measure == "entries" else s.occupancy for h, s in hours.items()}

    return Curve(
        day.day,
        kind_of(calendar, day.day),
        like_name(calendar, day.day),
        tuple(behind),
        hours_of(day.values(measure), map(values, behind.values()), values(day.week_ago)),
    )


def _beijing(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(BEIJING).replace(tzinfo=None)
