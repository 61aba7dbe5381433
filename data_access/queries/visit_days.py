"""Readings of the venues by day: which days are complete, who entered, which district fell silent. Rollups only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

import catalog
from data_access import late_days
from data_access.principal import Principal
from data_access.queries.scope import one_of, require_figures, unit_of
from data_access.responsibility import read_responsibilities
from data_access.schema import FACT, visit_complete, visit_day
from data_access.visits import UNKNOWN_DISTRICT

MIN_HOURS = 12
"""Hours of readings a venue sends on a complete day, on average over the venues (proposal)."""
VENUE_SHARE = 0.9
"""Share of the most venues seen in `VENUE_WINDOW` days that must report on a complete day (proposal)."""
VENUE_WINDOW = 28


def complete_days(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    known_on: dt.date | None = None,
) -> frozenset[dt.date]:
    """Days from `first` to `last` with complete readings of the venues, as known on `known_on` (None: `last`).

    A day is complete when at least `VENUE_SHARE` of the most venues seen in the
    `VENUE_WINDOW` days up to it reported, and each on average at least `MIN_HOURS`
    hours: a silent gate or a lost evening makes the day incomplete, a closed
    season does not. A fact about the city, the same for everybody.
    """
    require_figures(principal)
    c = visit_complete.c
    start = first - dt.timedelta(days=VENUE_WINDOW)
    rows = connection.execute(select(c.day, c.hours, c.venues).where(c.day >= start, c.day <= last))
    readings = {day: (int(hours), int(venues)) for day, hours, venues in rows}
    for day, less in late_days.corrections(connection, start, last, known_on or last).items():
        hours, venues = readings.get(day, (0, 0))
        readings[day] = hours + less.hours, venues + less.venues
    found = set()
    for day, (hours, venues) in readings.items():
        if day < first:
            continue
        window = [readings.get(day - dt.timedelta(days=n), (0, 0))[1] for n in range(VENUE_WINDOW)]
        expected = max(window)
        if venues > 0 and venues >= VENUE_SHARE * expected and hours >= MIN_HOURS * venues:
            found.add(day)
    return frozenset(found)


def entries_by_day(
    principal: Principal, connection: Connection, first: dt.date, last: dt.date
) -> dict[dt.date, int]:
    """Visitors who entered a connected venue of the city, by day, as known on `last`.

    Days without a reading are missing.
    """
    require_figures(principal)
    c = visit_day.c
    statement = (
        select(c.day, func.sum(c.entries), func.sum(c.readings))
        .where(c.day >= first, c.day <= last, *_every_district())
        .group_by(c.day)
    )
    found = {day: (int(entries), int(hours)) for day, entries, hours in connection.execute(statement)}
    for day, less in late_days.corrections(connection, first, last, last).items():
        entries, hours = found.get(day, (0, 0))
        found[day] = entries + less.entries, hours + less.hours
    return {day: entries for day, (entries, hours) in sorted(found.items()) if hours}


def _every_district() -> list[ColumnElement[bool]]:
    """Names the key's first column, so that a range of days is a look-up and not a scan."""
    return one_of(visit_day.c.district, {*catalog.default().district_by_code, UNKNOWN_DISTRICT})


@dataclass(frozen=True, slots=True)
class DistrictFlow:
    """Readings of one district's venues on the days of a window: `days` with any, `last_on` the newest."""

    district: str
    days: int
    last_on: dt.date
    entries: int


def flows_by_district(
    principal: Principal, connection: Connection, first: dt.date, last: dt.date
) -> list[DistrictFlow]:
    """Who sent readings from `first` to `last`, to find those who fell silent.

    A district sees itself, a department only if the readings are among its
    categories; an affiliated unit is no district.
    """
    require_figures(principal)
    c = visit_day.c
    if principal.role == "department":
        own = read_responsibilities(principal, connection).categories_of(principal.unit)
        if FACT not in own:
            return []
    unit = unit_of(principal)
    statement = (
        select(c.district, func.count(), func.max(c.day), func.sum(c.entries))
        .where(
            c.day >= first,
            c.day <= last,
            c.readings > 0,
            *_every_district(),
            *one_of(c.district, unit and [unit]),
        )
        .group_by(c.district)
    )
    return [DistrictFlow(d, int(n), day, int(total)) for d, n, day, total in connection.execute(statement)]
