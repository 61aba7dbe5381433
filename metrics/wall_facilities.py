"""体育场地 for the wall: years, kinds and districts, from one grouped read of the survey."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from data_access.queries import wall
from kiosk.few import shown, shown_parts
from kiosk.snapshot import District, Districts, Facilities, FacilityKind, FacilityYear
from metrics.published import CITY_FACILITIES, NATION_PER_PERSON_M2
from metrics.wall_places import by_present_district, places, residents
from metrics.wall_view import View

SURVEY = "sports_facility_statistics"
CONNECTION = "smart_venue_connection"
CONNECTED = "已接入"
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("足球", ("足球",)),
    ("篮球", ("篮球",)),
    ("排球", ("排球",)),
    ("乒乓球、羽毛球", ("乒乓球", "羽毛球")),
    ("田径", ("田径",)),
    ("游泳", ("游泳",)),
    ("冰雪", ("滑冰", "滑雪", "冰球")),
    ("全民健身路径", ("健身路径",)),
    ("健身步道、登山步道", ("步道",)),
)
"""Kinds people recognise, by words in the names of the survey's types; the others are 其他."""
OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Sum:
    count: int = 0
    area_m2: float = 0.0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.count + other.count, self.area_m2 + other.area_m2)


def kind_of(facility_type: str) -> str:
    return next((name for name, words in KINDS if any(w in facility_type for w in words)), OTHER)


def survey(view: View) -> dict[tuple[int, str, str], Sum]:
    """Facilities and m² by survey year, adcode and type."""
    groups = wall.grouped(
        view.principal, view.connection, SURVEY, ("survey_year", "adcode", "facility_type"), ("area",)
    )
    return {(int(g.key[0]), str(g.key[1]), str(g.key[2])): Sum(g.count, g.sums[0]) for g in groups}


def facilities(view: View, found: dict[tuple[int, str, str], Sum]) -> Facilities | None:
    """Years published and counted, kinds of the newest year; None without a survey in the base."""
    by_year: dict[int, Sum] = defaultdict(Sum)
    for (year, _, _), value in found.items():
        by_year[year] += value
    if not by_year:
        return None
    newest = max(by_year)
    by_kind: dict[str, Sum] = defaultdict(Sum)
    for (year, _, facility_type), value in found.items():
        if year == newest:
            by_kind[kind_of(facility_type)] += value
    counts = shown_parts({kind: value.count for kind, value in by_kind.items()})
    kinds = sorted(by_kind, key=lambda kind: (kind == OTHER, -by_kind[kind].count))
    return Facilities(
        as_of=view.as_of([SURVEY]),
        demonstration=view.demonstration,
        years=_years(view, by_year),
        kinds_year=newest,
        kinds=tuple(
            FacilityKind(
                name=kind, count=counts[kind], area_m2=by_kind[kind].area_m2 if counts[kind] else None
            )
            for kind in kinds
        ),
    )


def _years(view: View, by_year: dict[int, Sum]) -> tuple[FacilityYear, ...]:
    published = {entry.year: entry for entry in CITY_FACILITIES}
    people = residents(view.today)
    years = []
    for year in sorted({*published, *by_year}):
        entry, counted = published.get(year), by_year.get(year, Sum())
        years.append(
            FacilityYear(
                year=year,
                count=entry.count if entry else shown(counted.count),
                area_m2=entry.area_m2 if entry else counted.area_m2,
                per_person_m2=entry.per_person_m2 if entry else counted.area_m2 / people,
                nation_m2=NATION_PER_PERSON_M2.get(year),
                source=entry.source if entry else None,
            )
        )
    return tuple(years)


def districts(
    view: View, found: dict[tuple[int, str, str], Sum], entries: dict[str, int]
) -> Districts | None:
    """Every district of today's map with the newest survey's density and today's visits.

    Args:
        entries: today's entries by the venue's adcode, hidden ones left out (`wall_visits.entries_by_district`).
    """
    newest = max((year for year, _, _ in found), default=None)
    if newest is None:
        return None
    counts: dict[str, float] = defaultdict(float)
    areas: dict[str, float] = defaultdict(float)
    for (year, code, _), value in found.items():
        if year == newest:
            counts[code] += value.count
            areas[code] += value.area_m2
    counts = by_present_district(counts, view.today)
    areas = by_present_district(areas, view.today)
    visits = by_present_district({k: float(v) for k, v in entries.items()}, view.today)
    connected = by_present_district({str(key[0]): float(n) for key, n, _ in _connected(view)}, view.today)
    visible = shown_parts({code: int(counts.get(code, 0)) for code in places(view.today)})
    return Districts(
        as_of=view.as_of([SURVEY]),
        demonstration=view.demonstration,
        year=newest,
        items=tuple(
            District(
                adcode=place.adcode,
                name=place.short,
                longitude=place.longitude,
                latitude=place.latitude,
                facilities=visible[place.adcode],
                per_km2=counts[place.adcode] / place.area_km2 if visible[place.adcode] else None,
                per_person_m2=(
                    areas[place.adcode] / place.residents
                    if visible[place.adcode] and place.residents
                    else None
                ),
                venues=int(connected.get(place.adcode, 0)),
                entries=shown(int(visits[place.adcode])) if place.adcode in visits else None,
            )
            for place in places(view.today).values()
        ),
    )


def _connected(view: View) -> list[wall.Group]:
    return wall.grouped(view.principal, view.connection, CONNECTION, ("adcode",), where={"stage": CONNECTED})
