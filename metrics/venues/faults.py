"""Location faults (点位问题): missing, swapped, shifted by a map's own system, outside the district, twice there.

All over columns: 170,000 points are judged in seconds. A point is judged by its own
district's boundary with the tolerance of the boundary's drawing (500 m, geo/README of
the boundaries), by where the same place lay before, and by its neighbours. Each fault
carries the repair that the evidence allows, or none where somebody has to go and look.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely

import catalog
from data_access.intake.boundaries import Boundaries, boundaries
from data_access.intake.coordinates import TO_WGS84
from metrics.venues.plane import distance_m, metres_per_degree
from metrics.venues.similar import are_similar

TOLERANCE_M = 500
"""The boundaries are generalised: a venue this near to a border may lie on the other side of it."""
SAME_PLACE_M = 30.0
"""A converted point this near to where the place lay before is that place."""
NEAR_M = 60.0
"""Points of one facility recorded twice lie no further apart."""
LARGE_M2 = 3000
"""Smaller facilities need no coordinates: the field is optional in the survey."""
LON_RANGE, LAT_RANGE = (105.28, 110.2), (28.16, 32.21)
KINDS = ("missing", "swapped", "shifted", "outside", "duplicate")


@dataclass(frozen=True)
class Places:
    """Columns of one register, all of one length; coordinates are NaN where there are none.

    Attributes:
        known_lon, known_lat: where the same place lay before, or lies in the other register.
        known_from: ``earlier`` or ``twin``, empty without such a point.
        area: m², NaN where the register has none.
        since: day a record's first version came.
    """

    name: Sequence[str]
    kind: Sequence[str]
    district: Sequence[str]
    lon: np.ndarray
    lat: np.ndarray
    known_lon: np.ndarray
    known_lat: np.ndarray
    known_from: Sequence[str]
    area: np.ndarray
    since: np.ndarray  # datetime64[D]

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and its repair.

    Attributes:
        index: place in the columns.
        repair: ``move`` to `lon`, `lat`; ``delete`` the record; ``ask`` the unit for the right place.
        evidence: what the repair rests on: a coordinate system, ``earlier``, ``twin``, ``range``,
            ``district``, or the index of the record that is kept.
        distance_m: outside the district; to the record it repeats; how far a repair moves the point.
    """

    index: int
    kind: str
    repair: str
    lon: float | None
    lat: float | None
    evidence: str
    distance_m: float
    other: int | None = None


def faults(places: Places, day: dt.date, known: Boundaries | None = None) -> list[Fault]:
    """All faults of a register, at most one a record, in the order of the records.

    Args:
        day: the edition of the boundaries (the day the register speaks of).
    """
    known = known or boundaries()
    located = np.isfinite(places.lon) & np.isfinite(places.lat)
    found = {f.index: f for f in _missing(places, located, day, known)}
    swapped = located & _between(places.lon, LAT_RANGE) & _between(places.lat, LON_RANGE)
    for i in np.flatnonzero(swapped):
        lon, lat = float(places.lat[i]), float(places.lon[i])
        found[int(i)] = Fault(int(i), "swapped", "move", lon, lat, "range", 0.0)
    judged = located & ~swapped
    distance = _outside_by(places, judged, day, known)
    found |= {f.index: f for f in _shifted(places, judged, distance, day, known)}
    for i in np.flatnonzero(judged & (distance > TOLERANCE_M)):
        if int(i) not in found:
            found[int(i)] = _outside(places, int(i), float(distance[i]), day, known)
    clean = judged.copy()
    clean[list(found)] = False
    found |= {f.index: f for f in _duplicates(places, clean)}
    return [found[i] for i in sorted(found)]


def _between(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    return (values >= limits[0]) & (values <= limits[1])


def _missing(places: Places, located: np.ndarray, day: dt.date, known: Boundaries) -> Iterator[Fault]:
    """Large facilities without coordinates; of a register without areas, all without."""
    wanted = ~located & ~(places.area < LARGE_M2)
    for i in map(int, np.flatnonzero(wanted)):
        if _is_known_inside(places, i, day, known):
            lon, lat = float(places.known_lon[i]), float(places.known_lat[i])
            yield Fault(i, "missing", "move", lon, lat, places.known_from[i], 0.0)
        else:
            yield Fault(i, "missing", "ask", None, None, "", 0.0)


def _is_known_inside(places: Places, i: int, day: dt.date, known: Boundaries) -> bool:
    if not np.isfinite(places.known_lon[i]):
        return False
    lon, lat = places.known_lon[i : i + 1], places.known_lat[i : i + 1]
    return float(_distances(places.district[i], lon, lat, day, known)[0]) <= TOLERANCE_M


def _distances(code: str, lon: np.ndarray, lat: np.ndarray, day: dt.date, known: Boundaries) -> np.ndarray:
    """Metres to the district, 0 inside: a zone's are its districts, a merged district has the land of both."""
    district = catalog.default().district_by_code.get(code)
    codes = (code, *district.host_adcodes, *district.merged_from) if district is not None else (code,)
    each = [known.distance_m(c, lon, lat, received_on=day) for c in codes]
    measured = [d for d in each if d is not None]
    return np.min(measured, axis=0) if measured else np.zeros(len(lon))


@lru_cache(maxsize=20_000)
def is_in_its_district(code: str, longitude: float, latitude: float, day: dt.date) -> bool:
    """Whether a point lies in the district of its record, or within `TOLERANCE_M` of it."""
    lon, lat = np.array([longitude]), np.array([latitude])
    return float(_distances(code, lon, lat, day, boundaries())[0]) <= TOLERANCE_M


def _outside_by(places: Places, judged: np.ndarray, day: dt.date, known: Boundaries) -> np.ndarray:
    """Metres each judged point lies outside its district."""
    distance = np.zeros(len(places))
    district = np.asarray(places.district, dtype=object)
    for code in dict.fromkeys(places.district):
        here = np.flatnonzero(judged & (district == code))
        if len(here):
            distance[here] = _distances(code, places.lon[here], places.lat[here], day, known)
    return distance


def _shifted(
    places: Places, judged: np.ndarray, outside_by: np.ndarray, day: dt.date, known: Boundaries
) -> Iterator[Fault]:
    """Points that are where another map's system puts the place.

    Shown by where the place lay before; without that, by a point outside the district
    whose conversion lies inside it. A point shifted inside its district, of which no
    other is known, cannot be told from a right one.
    """
    at = np.flatnonzero(judged)
    done: set[int] = set()
    for system, back in TO_WGS84.items():
        lon, lat = back(places.lon[at], places.lat[at])
        moved = distance_m(places.lon[at], places.lat[at], lon, lat)
        to_known = distance_m(lon, lat, places.known_lon[at], places.known_lat[at])
        by_history = np.isfinite(to_known) & (to_known <= SAME_PLACE_M)
        by_district = ~np.isfinite(to_known) & (outside_by[at] > TOLERANCE_M)
        for k in map(int, np.flatnonzero(by_history | by_district)):
            i = int(at[k])
            if i in done:
                continue
            if not by_history[k]:
                inside = _distances(places.district[i], lon[k : k + 1], lat[k : k + 1], day, known)[0] == 0
                if not inside:
                    continue
            done.add(i)
            yield Fault(
                i,
                "shifted",
                "move",
                round(float(lon[k]), 6),
                round(float(lat[k]), 6),
                system,
                float(moved[k]),
            )


def _outside(places: Places, i: int, distance: float, day: dt.date, known: Boundaries) -> Fault:
    if _is_known_inside(places, i, day, known):
        lon, lat = float(places.known_lon[i]), float(places.known_lat[i])
        return Fault(i, "outside", "move", lon, lat, places.known_from[i], distance)
    return Fault(i, "outside", "ask", None, None, "district", distance)


def _duplicates(places: Places, clean: np.ndarray) -> Iterator[Fault]:
    """The later of two records of one kind in one district, near each other, with similar names."""
    at = np.flatnonzero(clean)
    if len(at) < 2:
        return
    lon, lat = places.lon[at], places.lat[at]
    east, north = metres_per_degree(30.0)
    points = shapely.points(lon * east, lat * north)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=NEAR_M * 1.05)
    groups = _groups(places, at)
    pair = (one < other) & (groups[one] == groups[other])
    one, other = one[pair], other[pair]
    apart = distance_m(lon[one], lat[one], lon[other], lat[other])
    near = apart <= NEAR_M
    taken: set[int] = set()
    for a, b, metres in zip(at[one[near]], at[other[near]], apart[near], strict=True):
        kept, later = sorted((int(a), int(b)), key=lambda i: (places.since[i], i))
        if later in taken or not are_similar(places.name[kept], places.name[later], places.kind[later]):
            continue
        taken.add(later)
        yield Fault(later, "duplicate", "delete", None, None, "record", float(metres), kept)


def _groups(places: Places, at: np.ndarray) -> np.ndarray:
    """A number for each kind in a district."""
    numbers: dict[tuple[str, str], int] = {}
    keys = ((places.district[int(i)], places.kind[int(i)]) for i in at)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys])
