"""Where the wall puts a record: the districts of today's map edition, their names, centres, areas, people."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache

import catalog
from kiosk import geometry


@dataclass(frozen=True, slots=True)
class Place:
    """A district of the map: label point (degrees), km², residents of the 2020 census."""

    adcode: str
    short: str
    longitude: float
    latitude: float
    area_km2: float
    residents: int


@cache
def places(day: dt.date) -> dict[str, Place]:
    """The districts that exist on `day`, by adcode, in the order of the catalogue."""
    vocabulary = catalog.default()
    valid = {d.code: d for d in vocabulary.districts if d.kind == "district" and d.valid_on(day)}
    edition = geometry.edition_of(frozenset(valid))
    drawn = {
        f["properties"]["adcode"]: f["properties"]
        for f in json.loads(geometry.districts(edition))["features"]
    }
    people = {d.code: d.population_2020 or 0 for d in vocabulary.districts}
    return {
        code: Place(
            code,
            district.short,
            drawn[code]["label"][0],
            drawn[code]["label"][1],
            drawn[code]["area"],
            people[code] or sum(people[old] for old in district.merged_from),
        )
        for code, district in valid.items()
        if code in drawn
    }


@cache
def present_district(code: str, day: dt.date) -> str | None:
    """The district of `day`'s map in which records of `code` lie; None where that cannot be said.

    A merged district's records lie in its successor; a zone's in its host if it has one only.
    """
    here = places(day)
    if code in here:
        return code
    known = catalog.default().district_by_code
    for successor in here:
        if code in known[successor].merged_from:
            return successor
    if code not in known:
        return None
    hosts = {present_district(host, day) for host in known[code].host_adcodes}
    return hosts.pop() if len(hosts) == 1 else None


def by_present_district(counts: dict[str, float], day: dt.date) -> dict[str, float]:
    """Sums by adcode carried to the districts of `day`; what lies in none of them is left out."""
    found: dict[str, float] = {}
    for code, count in counts.items():
        place = present_district(code, day)
        if place is not None:
            found[place] = found.get(place, 0) + count
    return found


def residents(day: dt.date) -> int:
    """Residents of the city (census 2020)."""
    return sum(place.residents for place in places(day).values())
