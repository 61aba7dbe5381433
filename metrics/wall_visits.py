"""此刻在运动 for the wall: today's hours against last week and the typical band, and every connected venue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import catalog
from data_access.engine import BEIJING
from data_access.queries import progress, wall
from data_access.queries.visit_hours import ByHour, city_hours
from kiosk.few import shown, shown_row
from kiosk.snapshot import Hour, Venue, Venues, Visits
from metrics.flow_band import band, change
from metrics.flow_days import LOOK_BACK_DAYS, like_days
from metrics.wall_view import View, named

CONNECTION, CONNECTED = "smart_venue_connection", "已接入"
OLDEST = dt.timedelta(hours=3)
"""People who were inside longer ago are not inside now."""
QUIET_HOURS = 3
OPEN_FROM, OPEN_TO = 7, 22


@dataclass(frozen=True, slots=True)
class Today:
    """Recorded hours of today and of a week ago, and the band of days like today, by hour's beginning."""

    today: dict[int, int]
    week_ago: dict[int, int]
    usual: dict[int, tuple[float, float, float]]


def today(view: View) -> Today:
    """The city's entries; an hour that has not ended is not known."""
    known = view.known
    first = view.today - dt.timedelta(days=LOOK_BACK_DAYS)
    whole = progress.complete_days(view.principal, view.connection, first, view.today, view.today)
    like = like_days(known.calendar, view.today, whole)
    week_ago = view.today - dt.timedelta(days=7)
    found = city_hours(view.principal, view.connection, {view.today, week_ago, *like})
    by_day = {day: _entries(hours) for day, hours in found.items()}
    over = {h: n for h, n in by_day.get(view.today, {}).items() if h < view.now.astimezone(BEIJING).hour}
    return Today(over, by_day.get(week_ago, {}), band(by_day[day] for day in like if day in by_day))


def _entries(hours: ByHour) -> dict[int, int]:
    """By the hour's beginning (0–23); the rollup counts an hour by its end (1–24)."""
    return {end - 1: line.entries for end, line in hours.items()}


def visits(view: View, found: Today, readings: dict[str, wall.Reading]) -> Visits | None:
    """The day so far; None before its first hour is known and while there is nothing to compare with."""
    if not found.today and not found.usual:
        return None
    same = [found.week_ago[h] for h in found.today if h in found.week_ago]
    growth = change(sum(found.today[h] for h in found.today if h in found.week_ago), sum(same) or None)
    entries = shown(sum(found.today.values())) if found.today else None
    newest = max(found.today, default=None)
    return Visits(
        as_of=_moment(view, newest),
        demonstration=view.demonstration,
        day=view.today,
        entries=entries,
        change=float(growth) if growth is not None and entries else None,
        present=_present(view, readings),
        hours=tuple(_hour(found, hour) for hour in range(24)),
        quiet_hours=_quiet(view, found),
    )


def _moment(view: View, newest: int | None) -> dt.datetime:
    midnight = dt.datetime.combine(view.today, dt.time(), BEIJING)
    return midnight if newest is None else midnight + dt.timedelta(hours=newest + 1)


def _present(view: View, readings: dict[str, wall.Reading]) -> int | None:
    recent = [r.occupancy for r in readings.values() if _is_recent(view, r)]
    return shown(sum(recent)) if recent else None


def _is_recent(view: View, reading: wall.Reading) -> bool:
    return view.now - reading.at.replace(tzinfo=BEIJING) <= OLDEST


def _hour(found: Today, hour: int) -> Hour:
    usual = found.usual.get(hour)
    today, week_ago, low, high = shown_row(
        (
            found.today.get(hour),
            found.week_ago.get(hour),
            None if usual is None else round(usual[0]),
            None if usual is None else round(usual[2]),
        )
    )
    return Hour(hour=hour, today=today, week_ago=week_ago, low=low, high=high)


def _quiet(view: View, found: Today) -> tuple[int, ...]:
    """The emptiest opening hours still to come, in the order of the day."""
    now = view.now.astimezone(BEIJING).hour
    coming = {h: u[1] for h, u in found.usual.items() if h > now and OPEN_FROM <= h < OPEN_TO and u[1] > 0}
    return tuple(sorted(sorted(coming, key=lambda h: coming[h])[:QUIET_HOURS]))


def venues(view: View, readings: dict[str, wall.Reading], most: dict[str, int]) -> Venues | None:
    """Connected venues, the fullest first; None before one is connected."""
    rows = wall.listed(
        view.principal, view.connection, CONNECTION,
        ("venue_code", "venue_name", "adcode", "longitude", "latitude"), where={"stage": CONNECTED},
    )  # fmt: skip
    known = catalog.default().district_by_code
    items = []
    for code, text, adcode, longitude, latitude in rows:
        name, district, reading = named(text), known.get(adcode), readings.get(code)
        if name is None or district is None or district.kind != "district":
            continue
        recent = reading if reading is not None and _is_recent(view, reading) else None
        items.append(
            Venue(
                name=name,
                adcode=adcode,
                district=district.short,
                longitude=None if longitude is None else float(longitude),
                latitude=None if latitude is None else float(latitude),
                present=shown(recent.occupancy) if recent else None,
                capacity=shown(most.get(code)),
                entries=shown(reading.entries) if reading else None,
            )
        )
    if not items:
        return None
    newest = max((r.at for r in readings.values()), default=None)
    return Venues(
        as_of=newest.replace(tzinfo=BEIJING) if newest else view.as_of([CONNECTION]),
        demonstration=view.demonstration,
        items=tuple(sorted(items, key=lambda v: (-(v.present or 0), v.name))),
    )


def entries_by_district(view: View, readings: dict[str, wall.Reading]) -> dict[str, int]:
    """Today's entries by the adcode of the venue."""
    rows = wall.listed(view.principal, view.connection, CONNECTION, ("venue_code", "adcode"))
    found: dict[str, int] = {}
    for code, adcode in rows:
        if code in readings:
            found[adcode] = found.get(adcode, 0) + readings[code].entries
    return found
