"""Sports facilities by district: counted under one choice of filters, as known on a day.

Polygons, hexagons, points, table and picture of the map count from the same columns
(`data_access.queries.facilities`), so they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from sqlalchemy import Connection

import catalog
from catalog import maps
from data_access.facility_columns import Columns, chosen, joined
from data_access.principal import Principal
from data_access.queries import facilities, visit_days

SURVEY, MASS = "sports_facility_statistics", "mass_sport_facility"
NO_YEAR = 0
VISIT_DAYS = 30
COMPLETE = 0.9
"""A survey year counts as delivered when it has at least this share of the facilities of the year before."""
UNPLACED = ""
"""Facilities of a zone with several hosts, or of a later district on an earlier map, without coordinates."""
CHEAP = ("免费", "低收费")


@dataclass(frozen=True)
class Measure:
    """What colours the districts: its name, its unit, what it means; `digits` when written."""

    key: str
    name: str
    unit: str
    meaning: str
    digits: int = 0


MEASURES = {
    m.key: m
    for m in (
        Measure("facilities", "场地数量", "处", "符合筛选条件的体育场地数，按记录所在区县计一次"),
        Measure("area", "场地面积", "万㎡", "符合筛选条件的体育场地面积合计", 1),
        Measure("per_person", "人均场地面积", "㎡", "场地面积 ÷ 2020 年普查常住人口", 2),
        Measure("density", "场地密度", "处/km²", "场地数量 ÷ 区县边界内的面积", 2),
        Measure("visits", "近 30 天客流", "人次", "已接入智能化平台的场馆近 30 天进馆人次；与场地筛选无关"),
        Measure(
            "growth", "比上年增长", "%", "场地数量 ÷ 上一调查年度的场地数量 − 1；并入的区县按原区县合计", 1
        ),
    )
}


@dataclass(frozen=True)
class Choice:
    """What is counted. Empty: no restriction; `place` is a district's code, one of 一区两群, or `maps.CORE`."""

    category: str = SURVEY
    year: int = NO_YEAR
    kinds: tuple[str, ...] = ()
    owner: str = ""
    opening: str = ""
    fee: tuple[str, ...] = ()
    place: str = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.kinds or self.owner or self.opening or self.fee)


@dataclass(frozen=True)
class District:
    """A district's figures; None where there is nothing to divide by or nothing is known."""

    code: str
    name: str
    facilities: int
    area_m2: float
    located: int
    area_km2: float | None
    residents: int | None
    before: int | None  # facilities of the survey year before; None unless both years were delivered
    visits: int | None
    compared: int | None = None  # facilities of the districts that `before` counts; None: as `before`
    left_out: int = 0  # districts of several that lack one of the two surveys

    @property
    def per_person(self) -> float | None:
        return self.area_m2 / self.residents if self.residents else None

    @property
    def density(self) -> float | None:
        return self.facilities / self.area_km2 if self.area_km2 else None

    @property
    def growth(self) -> float | None:
        """0.02 is two per cent more than the year before, of the districts surveyed in both years."""
        if not self.before:
            return None
        return (self.facilities if self.compared is None else self.compared) / self.before - 1

    def value(self, measure: str) -> float | None:
        """The figure of a measure in its unit (万㎡, %)."""
        match measure:
            case "facilities":
                return float(self.facilities)
            case "area":
                return self.area_m2 / 10_000
            case "growth":
                return None if self.growth is None else self.growth * 100
            case "visits":
                return None if self.visits is None else float(self.visits)
        found: float | None = getattr(self, measure)
        return found


class Facilities:
    """Facilities of one choice as known on a day; each read happens once, when first needed."""

    def __init__(self, principal: Principal, connection: Connection, choice: Choice, day: dt.date) -> None:
        self.principal, self.connection, self.day = principal, connection, day
        self.edition = maps.default().edition_on(day)
        self.choice = choice if choice.year else replace(choice, year=self._newest(choice.category))

    @cached_property
    def totals(self) -> list[facilities.CellTotal]:
        """Sums by survey year and district as recorded, without any filter."""
        return facilities.totals(self.principal, self.connection, self.choice.category, self.day)

    def _newest(self, category: str) -> int:
        by_year = counts_by_year(facilities.totals(self.principal, self.connection, category, self.day))
        return newest_complete(by_year)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Survey years with a facility, the newest first."""
        return tuple(sorted(counts_by_year(self.totals), reverse=True))

    @cached_property
    def columns(self) -> dict[str, Columns]:
        """The facilities of the choice by district of this day's map, those of `UNPLACED` too."""
        return self._placed(self.choice.year)

    def _placed(self, year: int) -> dict[str, Columns]:
        read = facilities.columns(self.principal, self.connection, self.choice.category, year, self.day)
        parts: dict[str, list[Columns]] = defaultdict(list)
        for recorded, columns in read.items():
            kept = chosen(columns, self._mask(columns))
            place = maps.place_of(self.edition, recorded)
            if place is not None:
                parts[place].append(kept)
                continue
            for district, mask in self._by_location(recorded, kept).items():
                parts[district].append(chosen(kept, mask))
        return {code: joined(found) if len(found) > 1 else found[0] for code, found in parts.items()}

    def mask_within(self, recorded: str, columns: Columns) -> np.ndarray:
        """Which of a recorded district's facilities are of the choice and lie in the chosen district."""
        mask = self._mask(columns)
        if maps.place_of(self.edition, recorded) == self.choice.place:
            return mask
        nowhere = np.zeros(len(columns), dtype=bool)
        return mask & self._by_location(recorded, columns).get(self.choice.place, nowhere)

    def _mask(self, columns: Columns) -> np.ndarray:
        mask = np.ones(len(columns), dtype=bool)
        wanted = {
            "kind": self.choice.kinds, "owner": (self.choice.owner,) if self.choice.owner else (),
            "opening": (self.choice.opening,) if self.choice.opening else (), "fee": self.choice.fee,
        }  # fmt: skip
        for column, words in wanted.items():
            if words:
                mask &= columns.among(column, words)
        return mask

    def _by_location(self, recorded: str, columns: Columns) -> dict[str, np.ndarray]:
        """Facilities under a name that several districts share: where their coordinates lie, each once."""
        left = np.ones(len(columns), dtype=bool)
        lon, lat = columns.longitude / 1e6, columns.latitude / 1e6
        found = {}
        for code in maps.places_within(self.edition, recorded):
            inside = left & columns.is_located & shapely.contains_xy(polygon(self.edition, code), lon, lat)
            if inside.any():
                found[code] = inside
                left = left & ~inside
        if left.any():
            found[UNPLACED] = left
        return found

    @cached_property
    def districts(self) -> dict[str, District]:
        """Every district of the map, and `UNPLACED` where there is such a facility."""
        counts = self._counts(self.choice.year)
        before = self._before(self.choice.year) if self._has_year_before else {}
        visits = self._visits
        shapes = self.edition.shapes
        codes = [*shapes, *([UNPLACED] if UNPLACED in counts else [])]
        return {
            code: District(
                code,
                shapes[code].name if code in shapes else "未注明区县",
                *counts.get(code, (0, 0.0, 0)),
                shapes[code].area_km2 if code in shapes else None,
                maps.population(code),
                before.get(code),
                visits.get(code),
            )
            for code in codes
        }

    @property
    def _has_year_before(self) -> bool:
        return self.choice.year != NO_YEAR and self.choice.year - 1 in self.years

    def _before(self, year: int) -> dict[str, int]:
        """Facilities of the year before by district, of those that delivered both surveys."""
        both, counts = self._delivered(year) & self._delivered(year - 1), self._counts(year - 1)
        return {code: counts.get(code, (0, 0.0, 0))[0] for code in both}

    def _delivered(self, year: int) -> set[str]:
        """Districts with a facility of that survey, whatever is filtered."""
        found: set[str] = set()
        for t in self.totals:
            if t.year == year and t.facilities:
                place = maps.place_of(self.edition, t.district)
                found.update(maps.places_within(self.edition, t.district) if place is None else (place,))
        return found

    def _counts(self, year: int) -> dict[str, tuple[int, float, int]]:
        """(facilities, m², located) by district: from the sums where nothing is filtered, else from the columns."""
        found: dict[str, tuple[int, float, int]] = {}
        totals = [t for t in self.totals if t.year == year and t.facilities]
        if not self.choice.is_filtered and all(maps.place_of(self.edition, t.district) for t in totals):
            for t in totals:
                place = maps.place_of(self.edition, t.district) or UNPLACED
                n, area, located = found.get(place, (0, 0.0, 0))
                found[place] = (n + t.facilities, area + t.area_cm2 / 10_000, located + t.located)
            return found
        placed = self.columns if year == self.choice.year else self._placed(year)
        for code, c in placed.items():
            area = float(c.area_cm2[c.area_cm2 > 0].sum()) / 10_000
            found[code] = (len(c), area, int(c.is_located.sum()))
        return found

    @cached_property
    def _visits(self) -> dict[str, int]:
        first = self.day - dt.timedelta(days=VISIT_DAYS - 1)
        found: dict[str, int] = defaultdict(int)
        for flow in visit_days.flows_by_district(self.principal, self.connection, first, self.day):
            found[maps.place_of(self.edition, flow.district) or UNPLACED] += flow.entries
        return dict(found)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The districts of the chosen place; all of them, and what is unplaced, where none is chosen."""
        if not self.choice.place:
            return tuple(self.districts)
        if self.choice.place in self.edition.shapes:
            return (self.choice.place,)
        return self.edition.codes(self.choice.place)

    @cached_property
    def city(self) -> District:
        """The chosen place as one: its districts added up."""
        found = together((self.districts[code] for code in self.codes), self.choice.place or "全市")
        year = self.choice.year
        once = self._delivered(year) ^ self._delivered(year - 1) if self._has_year_before else set()
        return replace(found, left_out=len(once.intersection(self.codes)))

    @cached_property
    def ranked(self) -> list[District]:
        """Districts of the chosen place by area per person, the poorest last; without the unplaced."""
        known = [self.districts[c] for c in self.codes if self.districts[c].per_person is not None]
        return sorted(known, key=lambda d: d.per_person or 0.0, reverse=True)


def together(districts: Iterable[District], name: str) -> District:
    """Several districts as one; a figure some of them lack is the sum of the others'."""
    found = list(districts)

    def total(values: Iterable[float | int | None]) -> float | int | None:
        known = [v for v in values if v is not None]
        return sum(known) if known else None

    return District(
        code="",
        name=name,
        facilities=sum(d.facilities for d in found),
        area_m2=sum(d.area_m2 for d in found),
        located=sum(d.located for d in found),
        area_km2=total(d.area_km2 for d in found),
        residents=int(total(d.residents for d in found) or 0) or None,
        before=None if (before := total(d.before for d in found)) is None else int(before),
        compared=sum(d.facilities for d in found if d.before is not None),
        visits=None if (visits := total(d.visits for d in found)) is None else int(visits),
    )


def counts_by_year(totals: Iterable[facilities.CellTotal]) -> dict[int, int]:
    """Facilities by survey year; years without any are left out."""
    found: dict[int, int] = defaultdict(int)
    for t in totals:
        found[t.year] += t.facilities
    return {year: n for year, n in found.items() if n}


def newest_complete(by_year: dict[int, int]) -> int:
    """The newest survey year that is not still being delivered; 0 where there is none.

    While districts deliver a new survey, the year before is the one to look at.
    """
    years = sorted(by_year)
    if not years:
        return NO_YEAR
    last = years[-1]
    if len(years) > 1 and by_year[last] < COMPLETE * by_year[years[-2]]:
        return years[-2]
    return last


_POLYGONS: dict[tuple[maps.Edition, str], shapely.MultiPolygon] = {}


def polygon(edition: maps.Edition, code: str) -> shapely.MultiPolygon:
    """A district's area in degrees; prepared once, for asking which points lie in it."""
    key = (edition, code)
    if key not in _POLYGONS:
        made = shapely.MultiPolygon([(ring, []) for ring in edition.shapes[code].rings])
        shapely.prepare(made)
        _POLYGONS[key] = made
    return _POLYGONS[key]


def kinds_of(category: str) -> tuple[str, ...]:
    """The kinds a facility of this category can be of, in the order of the code list."""
    known = catalog.default()
    if category == SURVEY:
        return tuple(t.name for t in known.facility_types)
    return known.category_by_code[category].field_by_name["facility_kind"].allowed


def kind_groups(category: str) -> dict[str, tuple[str, ...]]:
    """Groups of the survey's table of kinds, by name; none for other categories."""
    found: dict[str, list[str]] = defaultdict(list)
    if category == SURVEY:
        for t in catalog.default().facility_types:
            found[t.group].append(t.name)
    return {group: tuple(names) for group, names in found.items()}
