"""Recorded visits hour by hour: of the city, of districts, of one venue. Rollups only.

An hour is known by the full hour its reading is stamped with, which ends it: the
reading of 8:00 counts who came from 7:00 on. So a day's hours are 1 to 24, and
midnight belongs to the day that ends with it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from data_access.live.scope import seen
from data_access.principal import Forbidden, Principal
from data_access.queries.scope import fetch, one_of, require_figures, unit_of
from data_access.responsibility import read_responsibilities
from data_access.schema import FACT, visit_hour, visit_hour_district

HOURS = range(1, 25)


@dataclass(frozen=True, slots=True)
class HourSum:
    """What came in one hour: people in and out, people inside at its end, venues with a reading."""

    entries: int
    exits: int
    occupancy: int
    venues: int


ByHour = dict[int, HourSum]


def city_hours(
    principal: Principal,
    connection: Connection,
    days: Iterable[dt.date],
    districts: Collection[str] | None = None,
) -> dict[dt.date, ByHour]:
    """The hours of these days, by day and hour (1–24); days and hours without a reading are missing.

    Args:
        districts: only venues of these; None, the whole city, which everybody may know.

    Raises:
        Forbidden: a district that is not the principal's to see.
    """
    require_figures(principal)
    if districts is not None:
        require_districts(principal, connection, districts)
    c = visit_hour_district.c
    sums = [func.sum(column) for column in (c.entries, c.exits, c.occupancy, c.venues)]
    statement = (
        select(c.hour, *sums).where(_within(c.hour, days), *one_of(c.district, districts)).group_by(c.hour)
    )
    return _by_day(fetch(connection, statement))


def venue_hours(
    principal: Principal, connection: Connection, venue_code: str, first: dt.date, last: dt.date
) -> dict[dt.date, ByHour]:
    """The same of one venue from `first` to `last` (inclusive); nothing of a venue outside the scope."""
    c = visit_hour.c
    statement = select(c.hour, c.entries, c.exits, c.occupancy).where(
        c.venue_code == venue_code,
        c.hour > dt.datetime.combine(first, dt.time()),
        c.hour <= dt.datetime.combine(last + dt.timedelta(days=1), dt.time()),
        *seen(principal, connection, c.venue_code),
    )
    return _by_day((*row, 1) for row in fetch(connection, statement))


def require_districts(principal: Principal, connection: Connection, districts: Collection[str]) -> None:
    """
    Raises:
        Forbidden: single venues of one of these districts are not for the asker.
    """
    require_figures(principal)
    unit = unit_of(principal)
    sees = {unit} if unit is not None else set(districts)
    if principal.role == "department":
        own = read_responsibilities(principal, connection).categories_of(principal.unit)
        sees = set(districts) if FACT in own else set()
    if not sees.issuperset(districts):
        raise Forbidden("您可以查看全市合计和本区县场馆；其他区县的场馆明细请联系局办公室。")


def _within(hour: Any, days: Iterable[dt.date]) -> ColumnElement[bool]:
    """Hours of some days by name: given as ranges joined by OR, SQLite reads the whole tier instead."""
    midnights = [dt.datetime.combine(day, dt.time()) for day in sorted(set(days))]
    return hour.in_([midnight + dt.timedelta(hours=n) for midnight in midnights for n in HOURS])


def _by_day(rows: Iterable[Any]) -> dict[dt.date, ByHour]:
    found: defaultdict[dt.date, ByHour] = defaultdict(dict)
    for hour, *sums in rows:
        day, number = day_and_hour(hour)
        found[day][number] = HourSum(*map(int, sums))
    return dict(found)


def day_and_hour(stamp: dt.datetime) -> tuple[dt.date, int]:
    """The day and the hour (1–24) that a full hour ends."""
    before = stamp - dt.timedelta(hours=1)
    return before.date(), before.hour + 1
