"""Where the facilities of a choice stand: hexagons of the map when far, single points when near."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from catalog import maps
from data_access.facility_columns import NO_AREA, Columns, joined
from data_access.queries import facilities
from metrics.facilities import Facilities, kind_groups

FAR_M, NEAR_M = 3000, 900
"""Corner to centre of a hexagon, for the whole city and for a part of it."""
MOST_POINTS = 4000
"""Points sent of one district, the largest facilities; the hexagons show the others."""
STEP = 0.00001
"""Degrees: points are sent as whole steps of about a metre."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A hexagon: centre in degrees, its facilities and their m²."""

    lon: float
    lat: float
    facilities: int
    area_m2: float


@dataclass(frozen=True, slots=True)
class Point:
    """A facility: degrees, name, kind, place of its kind's group, m² (None: not recorded), who runs it, opening or fee."""

    lon: float
    lat: float
    name: str
    kind: str
    group: int
    area_m2: float | None
    owner: str
    opening: str


def hexagons(known: Facilities, size_m: int) -> list[Cell]:
    """Facilities with coordinates in the chosen place, by hexagon, the fullest last so that it is drawn on top."""
    parts = [known.columns[code] for code in known.codes if code in known.columns]
    if not parts:
        return []
    whole = joined(parts)
    here = whole.is_located
    lon, lat = whole.longitude[here] / 1e6, whole.latitude[here] / 1e6
    area = np.maximum(whole.area_cm2[here], 0) / 10_000
    return _binned(lon, lat, area, size_m)


def _binned(lon: np.ndarray, lat: np.ndarray, area: np.ndarray, size_m: int) -> list[Cell]:
    """Flat-topped hexagons of one size on the map (Mercator), which is where they must fit together."""
    if not len(lon):
        return []
    size = size_m / (
        111_320 * math.cos(math.radians(30.2))
    )  # degrees of the map at the city's middle latitude
    x, y = lon, np.degrees(np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)))
    q = 2 / 3 * x / size
    r = (-x / 3 + math.sqrt(3) / 3 * y) / size
    q, r = _rounded(q, r)
    keys, place = np.unique(np.column_stack((q, r)), axis=0, return_inverse=True)
    counts = np.bincount(place.ravel())
    areas = np.bincount(place.ravel(), weights=area)
    cx = size * 1.5 * keys[:, 0]
    cy = size * math.sqrt(3) * (keys[:, 0] / 2 + keys[:, 1])
    clat = np.degrees(2 * np.arctan(np.exp(np.radians(cy))) - np.pi / 2)
    order = np.argsort(counts, kind="stable")
    return [Cell(float(cx[i]), float(clat[i]), int(counts[i]), float(areas[i])) for i in order]


def _rounded(q: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Axial coordinates to the nearest hexagon: of the three, the one rounded furthest follows from the others."""
    s = -q - r
    rq, rr, rs = np.round(q), np.round(r), np.round(s)
    dq, dr, ds = abs(rq - q), abs(rr - r), abs(rs - s)
    fix_q = (dq > dr) & (dq > ds)
    fix_r = ~fix_q & (dr > ds)
    return (
        np.where(fix_q, -rr - rs, rq).astype(int),
        np.where(fix_r, -rq - rs, rr).astype(int),
    )


@dataclass(frozen=True)
class Points:
    """Points of a district in the reader's scope: the largest `MOST_POINTS`, and how many there are besides."""

    shown: list[Point]
    located: int
    facilities: int


def points(known: Facilities) -> Points:
    """Single facilities of the chosen district under the same filters."""
    choice = known.choice
    recorded = [
        code
        for code in facilities_codes(known)
        if choice.place in (maps.place_of(known.edition, code), *maps.places_within(known.edition, code))
    ]
    read = facilities.named(
        known.principal, known.connection, choice.category, choice.year, known.day, recorded
    )
    groups = kind_groups(choice.category)
    place_of_kind = {kind: i for i, kinds in enumerate(groups.values()) for kind in kinds}
    found: list[Point] = []
    count = 0
    for code, named in read.items():
        mask = known.mask_within(code, named.columns)
        count += int(mask.sum())
        found += _points(named.columns, named.names, mask & named.columns.is_located, place_of_kind)
    found.sort(key=lambda p: -(p.area_m2 or 0.0))
    return Points(found[:MOST_POINTS], len(found), count)


def facilities_codes(known: Facilities) -> list[str]:
    """District-level units under which facilities of the choice's survey year are recorded."""
    return sorted({t.district for t in known.totals if t.year == known.choice.year and t.facilities})


def _points(c: Columns, names: tuple[str, ...], mask: np.ndarray, groups: dict[str, int]) -> list[Point]:
    made = []
    for i in np.flatnonzero(mask):
        kind = c.words["kind"][c.places["kind"][i]]
        area = int(c.area_cm2[i])
        word = {w: c.words[w][c.places[w][i]] for w in ("owner", "opening", "fee")}
        made.append(
            Point(
                c.longitude[i] / 1e6, c.latitude[i] / 1e6, names[i], kind, groups.get(kind, 0),
                None if area == NO_AREA else area / 10_000, word["owner"], word["opening"] or word["fee"],
            )
        )  # fmt: skip
    return made
