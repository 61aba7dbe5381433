"""此刻在运动 for the wall: today's hours against last week and the typical band, and every connected venue.

The figures are those of `metrics.flow`; where no live minute is fresh, what was recorded
at the last full hour stands in for them, with that hour as its time.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import catalog
from data_access.engine import BEIJING
from data_access.queries import wall
from data_access.queries.visit_hours import ByHour
from kiosk.few import shown, shown_parts
from kiosk.snapshot import Hour, Venue, Venues, Visits
from metrics.flow import FlowNow
from metrics.flow_band import Curve, Quiet, quiet_hours
from metrics.flow_day import CITY, curve, day_until, days_behind
from metrics.venues.faults import is_in_its_district
from metrics.wall_view import View, named

OLDEST = dt.timedelta(hours=3)
"""People who were inside at a full hour longer ago are not inside now."""


@dataclass(frozen=True, slots=True)
class Line:
    """One venue: where it is, and what is known of it at the moment (None: nothing)."""

    code: str
    name: str
    district: str
    longitude: float | None
    latitude: float | None
    present: int | None
    capacity: int | None
    entries: int | None


def behind(view: View) -> dict[dt.date, ByHour]:
    """The days a typical day is made of; they change with the day."""
    day = day_until(view.principal, view.connection, view.now, CITY)
    return days_behind(view.principal, view.connection, day, view.known.calendar)


def lines(
    view: View, now: FlowNow, readings: Mapping[str, wall.Reading], most: Mapping[str, int]
) -> list[Line]:
    """Every connected venue with a name that may be shown.

    Args:
        readings: recorded hours of today by venue; of both feeds the one that has counted more entries counts.
        most: the most people once recorded inside, where nobody has stated a capacity.
    """
    found = []
    for line in now.lines:
        venue, reading = line.venue, readings.get(line.venue.venue_code)
        name = named(venue.name)
        if name is None or venue.district not in catalog.default().district_by_code:
            continue
        recent = reading if not now.is_live and reading is not None and _is_recent(view, reading) else None
        counted = [n for n in (line.health.now.in_today, reading and reading.entries) if n is not None]
        found.append(
            Line(
                venue.venue_code,
                name,
                venue.district,
                *_on_the_map(venue.district, venue.longitude, venue.latitude, view.today),
                recent.occupancy if recent else line.present,
                line.capacity or most.get(venue.venue_code),
                max(counted, default=None),
            )
        )
    return found


def _on_the_map(
    district: str, longitude: float, latitude: float, day: dt.date
) -> tuple[float | None, float | None]:
    """The point to ten metres, where it lies in its district.

    A light off the land is a fault of the record, told on 场馆地图.
    """
    stands = is_in_its_district(district, longitude, latitude, day)
    return (round(longitude, 4), round(latitude, 4)) if stands else (None, None)


def _is_recent(view: View, reading: wall.Reading) -> bool:
    return view.now - reading.at.replace(tzinfo=BEIJING) <= OLDEST


def visits(view: View, now: FlowNow, venues_now: list[Line], days: Mapping[dt.date, ByHour]) -> Visits | None:
    """The day so far; None before anything is known of it and while there is nothing to compare with."""
    calendar = view.known.calendar
    found = curve(now.day, calendar, days, "entries")
    inside = curve(now.day, calendar, days, "occupancy")
    if now.day.entries is None and not found.has_band:
        return None
    entries = shown(now.day.entries)
    present = sum(line.present for line in venues_now if line.present is not None)
    is_known = any(line.present is not None for line in venues_now)
    return Visits(
        as_of=_as_of(view, now),
        demonstration=view.demonstration,
        day=view.today,
        entries=entries,
        change=round(float(now.day.change), 3) if now.day.change is not None and entries else None,
        present=shown(present) if is_known else None,
        hours=_hours(found),
        quiet_hours=_quiet(quiet_hours(inside.hours, view.now.astimezone(BEIJING).hour + 2)),
    )


def _as_of(view: View, now: FlowNow) -> dt.datetime:
    moment = now.until or dt.datetime.combine(view.today, dt.time(), BEIJING)
    return moment.astimezone(BEIJING)


def _hours(found: Curve) -> tuple[Hour, ...]:
    """All hours by their begin; today's are parts of a total that is shown too."""
    known = {line.hour - 1: line for line in found.hours}
    today = shown_parts({hour: line.actual for hour, line in known.items()})
    return tuple(
        Hour(
            hour=hour,
            today=today.get(hour),
            week_ago=shown(known[hour].week_ago) if hour in known else None,
            low=_rounded(known[hour].low) if hour in known else None,
            high=_rounded(known[hour].high) if hour in known else None,
        )
        for hour in range(24)
    )


def _rounded(value: float | None) -> int | None:
    return None if value is None else shown(round(value))


def _quiet(found: Quiet | None) -> tuple[int, ...]:
    return () if found is None else tuple(range(found.first - 1, found.last))


def venues(view: View, now: FlowNow, found: list[Line], as_of: dt.datetime | None) -> Venues | None:
    """Connected venues, the fullest first; None before one is connected.

    Args:
        as_of: the newest recorded hour, for when nothing is live.
    """
    if not found:
        return None
    present = shown_parts({line.code: line.present for line in found})
    entries = shown_parts({line.code: line.entries for line in found})
    known = catalog.default().district_by_code
    items = [
        Venue(
            name=line.name,
            adcode=line.district,
            district=known[line.district].short,
            longitude=line.longitude,
            latitude=line.latitude,
            present=present[line.code],
            capacity=shown(line.capacity),
            entries=entries[line.code],
        )
        for line in found
        if known[line.district].kind == "district"
    ]
    moment = now.sums.minute if now.is_live and now.sums.minute else as_of
    return Venues(
        as_of=min(moment, view.now).astimezone(BEIJING) if moment else _as_of(view, now),
        demonstration=view.demonstration,
        items=tuple(sorted(items, key=lambda v: (-(v.present or 0), v.name))),
    )


def entries_by_district(found: list[Line]) -> dict[str, int]:
    """Today's entries by the venue's adcode, of districts all of whose venues may be shown.

    A district's sum with a hidden venue in it would give that venue back.
    """
    visible = shown_parts({line.code: line.entries for line in found})
    by_district: dict[str, list[int | None]] = defaultdict(list)
    for line in found:
        if line.entries is not None:
            by_district[line.district].append(visible[line.code])
    return {
        district: sum(cell for cell in cells if cell is not None)
        for district, cells in by_district.items()
        if None not in cells
    }
