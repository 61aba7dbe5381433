"""What the analyses of venues read of the base: columns of whole registers, for the worker and the team only."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Float, Select, and_, case, cast, func, or_, select

import catalog
from catalog import Category
from data_access import late_days
from data_access.column_types import exact_sum
from data_access.principal import Principal
from data_access.queries.scope import fetch
from data_access.schema import FACT, base_table, batch, change_request, column_name, visit_hour
from data_access.visits import CONNECTION

SURVEY, FACILITY = "sports_facility_statistics", "mass_sport_facility"
REGISTERS = (SURVEY, FACILITY, CONNECTION)
_KIND = {SURVEY: "facility_type", FACILITY: "facility_kind"}
_NAME = {SURVEY: "facility_name", FACILITY: "facility_name", CONNECTION: "venue_name"}
CONNECTED_KIND = "智能化场馆"


@dataclass
class Register:
    """Current records of one register as columns; degrees and m² as floats, None where there are none.

    `earlier` is where a record's place lay before: in the year or the version before.
    """

    category: str
    key: list[dict[str, Any]] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    district: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    lon: list[float | None] = field(default_factory=list)
    lat: list[float | None] = field(default_factory=list)
    area: list[float | None] = field(default_factory=list)
    since: list[dt.date] = field(default_factory=list)
    earlier: list[tuple[float, float] | None] = field(default_factory=list)
    unlocated: dict[str, int] = field(default_factory=dict)
    """District → records without coordinates, the small ones that need none included."""


def basis(principal: Principal, connection: Connection, day: dt.date) -> str:
    """Changes whenever a register does, and with the day: what the analyses rest on."""
    principal.require("operations", "office")
    parts = [
        tuple(row)
        for table, when in ((batch, batch.c.integrated_at), (change_request, change_request.c.applied_on))
        for row in fetch(
            connection,
            select(table.c.category, table.c.state, func.count(), func.max(when))
            .where(table.c.category.in_(REGISTERS))
            .group_by(table.c.category, table.c.state)
            .order_by(table.c.category, table.c.state),
        )
    ]
    return hashlib.sha256(repr((day, parts)).encode()).hexdigest()


def register(principal: Principal, connection: Connection, category: str, *, smallest_m2: float) -> Register:
    """A register's records that have coordinates, and those of at least `smallest_m2` that lack them.

    Of the survey, the latest year.
    """
    principal.require("operations", "office")
    known = catalog.default().category_by_code[category]
    table = base_table(known)
    current = [table.c.valid_to.is_(None)]
    year = None
    if category == SURVEY:
        year = connection.scalar(select(func.max(table.c.survey_year)).where(*current))
        current.append(table.c.survey_year == year)
    found = Register(category)
    earlier: dict[tuple[Any, ...], list[tuple[float, float]]] = {}
    for place, point in _earlier(connection, known, year):
        earlier.setdefault(place, []).append(point)
    lon, lat = (cast(table.c[n], Float) for n in ("longitude", "latitude"))
    area = cast(table.c.area, Float) if "area" in table.c else cast(None, Float)
    kind = table.c[_KIND[category]] if category in _KIND else None
    keys = [table.c[column_name(k)] for k in known.natural_key]
    statement = select(
        *keys, table.c.unit, table.c.adcode, table.c[_NAME[category]], lon, lat, area, table.c.valid_from,
        *([] if kind is None else [kind]),
    ).where(*current)  # fmt: skip
    if "area" in table.c:
        statement = statement.where(or_(table.c.longitude.is_not(None), area >= smallest_m2))
    at = len(keys)
    for row in connection.execute(statement):
        found.key.append(dict(zip(known.natural_key, row[:at], strict=True)))
        found.unit.append(row[at])
        found.district.append(row[at + 1])
        found.name.append(row[at + 2])
        found.lon.append(row[at + 3])
        found.lat.append(row[at + 4])
        found.area.append(row[at + 5])
        found.since.append(row[at + 6])
        found.kind.append(row[at + 7] if kind is not None else CONNECTED_KIND)
        before = earlier.get(_place_key(known, row[:at]), [])
        found.earlier.append(_last_other(before, (row[at + 3], row[at + 4])))
    missing = select(table.c.adcode, func.count()).where(*current, table.c.longitude.is_(None))
    found.unlocated = {row[0]: row[1] for row in fetch(connection, missing.group_by(table.c.adcode))}
    return found


def _last_other(
    points: list[tuple[float, float]], now: tuple[float | None, float | None]
) -> tuple[float, float] | None:
    """The last place that differs from today's: a wrong point that was sent again hides nothing."""
    return next((p for p in reversed(points) if p != now), points[-1] if points else None)


def _place_key(category: Category, key: Iterable[Any]) -> tuple[Any, ...]:
    """A place from year to year: without the year, and under today's district after a merger."""
    parts = dict(zip(category.natural_key, key, strict=True))
    parts.pop("survey_year", None)
    if "adcode" in parts:
        parts["adcode"] = _successors().get(parts["adcode"], parts["adcode"])
    return tuple(parts.values())


def _successors() -> dict[str, str]:
    return {old: d.code for d in catalog.default().districts for old in d.merged_from}


def _earlier(
    connection: Connection, category: Category, year: int | None
) -> Iterator[tuple[tuple[Any, ...], tuple[float, float]]]:
    """Where places lay before: the survey of the year before, else the versions before, the last one wins."""
    table = base_table(category)
    keys = [table.c[column_name(k)] for k in category.natural_key]
    lon, lat = (cast(table.c[n], Float) for n in ("longitude", "latitude"))
    statement: Select[Any] = select(*keys, lon, lat).where(table.c.longitude.is_not(None))
    if year is not None:
        statement = statement.where(table.c.valid_to.is_(None), table.c.survey_year == year - 1)
    else:
        statement = statement.where(table.c.valid_to.is_not(None), table.c.reverted_on.is_(None))
        statement = statement.order_by(table.c.version)
    for *key, x, y in fetch(connection, statement):
        yield _place_key(category, key), (x, y)


@dataclass(frozen=True, slots=True)
class OpeningRecord:
    """What a facility says of its opening; hours a week, None where it says nothing."""

    key: dict[str, Any]
    unit: str
    district: str
    kind: str
    name: str
    fee: str
    weekly_hours: float | None


def opening_records(
    principal: Principal, connection: Connection, kinds: Iterable[str]
) -> list[OpeningRecord]:
    """Facilities of these kinds as their units report them."""
    principal.require("operations", "office")
    table = base_table(catalog.default().category_by_code[FACILITY])
    c = table.c
    statement = (
        select(c.facility_name, c.adcode, c.unit, c.facility_kind, c.free_open, cast(c.weekly_hours, Float))
        .where(c.valid_to.is_(None), c.facility_kind.in_(sorted(kinds)))
        .order_by(c.adcode, c.facility_name)
    )
    return [
        OpeningRecord({"facility_name": name, "adcode": code}, unit, code, kind, name, fee, hours)
        for name, code, unit, kind, fee, hours in fetch(connection, statement)
    ]


@dataclass(frozen=True, slots=True)
class OpeningReading:
    """What a connected venue's gates say: days with readings and with people, hours with people.

    `hours_open` and `days_counted` (days with readings) are of the weeks that hours are counted in.
    """

    code: str
    unit: str
    district: str
    name: str
    days_read: int
    days_open: int
    hours_open: int
    days_counted: int
    free_day_entries: int | None
    free_day_revenue: float | None


def opening_readings(
    principal: Principal, connection: Connection, *, first: dt.date, last: dt.date, hours_from: dt.date,
    free_day: dt.date,
) -> list[OpeningReading]:  # fmt: skip
    """Connected venues between two days (inclusive).

    Args:
        hours_from: hours with people are counted from this day on.
        free_day: people and takings of this day; None where there is no reading.
    """
    principal.require("operations", "office")
    table = base_table(catalog.default().category_by_code[CONNECTION])
    c, h = table.c, visit_hour.c
    day = late_days.day_of(connection, h.hour)
    has_people = or_(h.entries > 0, h.occupancy > 0)
    inside = and_(h.hour >= _midnight(first), h.hour < _midnight(last + dt.timedelta(days=1)))
    counted = select(
        h.venue_code,
        func.count(day.distinct()),
        func.count(case((has_people, day)).distinct()),
        func.sum(case((and_(has_people, h.hour >= _midnight(hours_from)), 1), else_=0)),
        func.count(case((h.hour >= _midnight(hours_from), day)).distinct()),
    )
    counts = {r[0]: r[1:] for r in fetch(connection, counted.where(inside).group_by(h.venue_code))}
    takings = _free_day(connection, free_day)
    venues = select(c.venue_code, c.unit, c.adcode, c.venue_name).where(
        c.valid_to.is_(None), c.stage == "已接入"
    )
    found = []
    for code, unit, district, name in fetch(connection, venues.order_by(c.venue_code)):
        days_read, days_open, hours_open, counted = map(int, counts.get(code, (0, 0, 0, 0)))
        entries, revenue = takings.get(code, (None, None))
        found.append(
            OpeningReading(
                code, unit, district, name, days_read, days_open, hours_open, counted, entries, revenue
            )
        )
    return found


def _free_day(connection: Connection, day: dt.date) -> dict[str, tuple[int, float | None]]:
    """People and takings of one day by venue; takings None where no reading states them."""
    c = base_table(catalog.default().category_by_code[FACT]).c
    statement = (
        select(c.venue_code, func.sum(c.entry_count), exact_sum(c.revenue))
        .where(
            c.valid_to.is_(None),
            c.reading_at >= _midnight(day),
            c.reading_at < _midnight(day + dt.timedelta(days=1)),
        )
        .group_by(c.venue_code)
    )
    return {
        code: (int(entries), None if revenue is None else float(revenue))
        for code, entries, revenue in fetch(connection, statement)
    }


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())
