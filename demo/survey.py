"""体育场地统计: the yearly survey, calibrated to 渝体公告〔2024〕1号 by kind, area and district.

Every facility exists once, in `_register`; the survey of a year lists those built
by its end. Counts by district follow the population; areas are fitted so that
the published areas by kind and the drawn areas by district both hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.calibration import (
    AREA_2023_M2,
    AREA_GROUPS_2023,
    COUNTS_2023,
    LARGEST_DISTRICT_M2,
    MEAN_AREAS,
    SURVEY_GROWTH,
)
from demo.geography import points
from demo.names import communities, credit_codes, pick, streets, take, text
from demo.registry import Columns, dates
from demo.timetable import Sending
from demo.world import MERGED, ZONE_SHARES, World
from demo.wrong_places import is_unlocated

BASE_YEAR = 2023
FIXED_FACTORS = {"500116": 1.215, "500115": 1.24, "500107": 1.055}
"""Area per person ÷ the city's mean for 江津 (second by area), 长寿 (second per person), 九龙坡 (third by area)."""
WANSHENG_FACTOR = 3.20 / 2.27
"""万盛经开区 had most per person in 2022: 3.20 m² where the city had 2.27 m²."""
OPERATORS = ("行政机关", "事业单位", "企业", "社会团体", "民办非企业单位", "村（居）委会", "其他")
STREETS = 18
"""Streets and townships a district has."""
LOCATED_FROM_M2 = 3000
"""Facilities of at least this size carry coordinates, as the survey asks for large ones."""


@dataclass(frozen=True)
class Register:
    """All facilities ever listed: place in `codes`, kind, area and year of building, by row."""

    codes: tuple[str, ...]
    district: np.ndarray
    kind: np.ndarray
    kinds: tuple[str, ...]
    area: np.ndarray  # m²
    listed_from: np.ndarray  # first survey year
    zone: np.ndarray  # reported by the functional zone inside the district


def survey_rows(world: World, sending: Sending) -> Columns:
    """What one district-level unit lists for the survey of a year."""
    register = _register(world)
    year = int(sending.period[:4])
    rows = np.flatnonzero((register.listed_from <= year) & _reported_by(register, sending.unit))
    names = [world.name_of(MERGED.get(c, c) if sending.unit == MERGED.get(c) else c) for c in register.codes]
    index = pa.array(rows)
    return {
        "survey_year": pa.array(np.full(len(rows), year)),
        "adcode": pa.array(names).take(pa.array(register.district[rows])),
        **{name: column.take(index) for name, column in _stock(world).items()},
    }


@cache
def _stock(world: World) -> Columns:
    """What does not change between surveys, for every facility."""
    register = _register(world)
    rng = world.rng("survey stock")
    n = len(register.area)
    kind = take(register.kinds, register.kind)
    built = np.where(
        register.listed_from <= BASE_YEAR, rng.integers(1996, BASE_YEAR + 1, n), register.listed_from
    )
    lon, lat = points(world, rng, register.codes, register.district)
    large = register.area >= LOCATED_FROM_M2
    located, placed = pa.array(large), pa.array(large & ~is_unlocated(large))
    street = take(
        _street_names(rng, len(register.codes)), register.district * STREETS + rng.integers(0, STREETS, n)
    )
    return {
        "facility_name": text(street, communities(rng, n), kind),
        "facility_type": kind,
        "address": text(street, pa.array(rng.integers(1, 400, n)), "号附", pa.array(np.arange(n))),
        "area": pa.array(register.area),
        "built_on": dates(
            (built - 1970).astype("datetime64[Y]").astype("datetime64[M]")
            + rng.integers(0, 12, n).astype("timedelta64[M]")
        ),
        "investment": pc.if_else(
            located,
            pa.array((register.area * rng.integers(2, 9, n)).astype(np.int64) * 100),
            None,
        ),
        "operator_type": pick(rng, OPERATORS, n, (7, 36, 12, 2, 4, 34, 5)),
        "operator_uscc": _codes_of_large(rng, register.area >= LOCATED_FROM_M2),
        "opening": pick(rng, ("不开放", "部分时段开放", "全天开放"), n, (17, 29, 54)),
        "longitude": pc.if_else(placed, pa.array(lon), None),
        "latitude": pc.if_else(placed, pa.array(lat), None),
    }


def _codes_of_large(rng: np.random.Generator, large: np.ndarray) -> pa.Array:
    """A credit code for the operators of large facilities, nothing for the others."""
    place = np.where(large, np.cumsum(large) - 1, 0)
    codes = credit_codes(rng, int(large.sum()), "12").take(pa.array(place))
    return pc.if_else(pa.array(large), codes, None)


def _street_names(rng: np.random.Generator, districts: int) -> list[str]:
    return streets(rng, districts * STREETS, districts * STREETS).to_pylist()


def _reported_by(register: Register, unit: str) -> np.ndarray:
    if unit in ZONE_SHARES:
        hosts = [register.codes.index(c) for c in ZONE_SHARES[unit]]
        return np.isin(register.district, hosts) & (register.zone == unit)
    own = [i for i, c in enumerate(register.codes) if c == unit or MERGED.get(c) == unit]
    ended = unit in MERGED.values()
    return np.isin(register.district, own) & ((register.zone == "") | (ended & (register.zone == "CQLJ")))


@cache
def _register(world: World) -> Register:
    codes = tuple(sorted(c for c in world.population if c not in MERGED.values()))
    kinds = tuple(COUNTS_2023)
    population = np.array([world.population[c] for c in codes], dtype=float)
    last_year = max(BASE_YEAR, world.today.year - 1)
    counts = _by_year(population, last_year)
    cells = counts[last_year]
    by_district = district_areas(world, codes, population)
    home = codes.index("500110")
    targets = _areas(counts[BASE_YEAR], by_district)
    richness = WANSHENG_FACTOR * AREA_2023_M2 / population.sum() * population[home] / by_district[home]
    district, kind, listed, area, zone = [], [], [], [], []
    rng = world.rng("survey register")
    for k in range(len(kinds)):
        for d, code in enumerate(codes):
            n = int(cells[k, d])
            start = np.full(n, last_year)
            for year in range(last_year - 1, BASE_YEAR - 1, -1):
                start[: int(counts[year][k, d])] = year
            spread = rng.lognormal(0, 0.22, n)
            base = int(counts[BASE_YEAR][k, d])
            spread *= base / max(spread[:base].sum(), 1e-9) if base else 1.0
            zones = _zones(rng, code, n)
            if code == "500110":
                spread = _richer(spread, zones == "CQWS", base, richness)
            area.append(np.maximum(np.round(spread * targets[k, d], 1), 1.0))
            district.append(np.full(n, d))
            kind.append(np.full(n, k))
            listed.append(start)
            zone.append(zones)
    return Register(
        codes, np.concatenate(district), np.concatenate(kind), kinds, np.concatenate(area),
        np.concatenate(listed), np.concatenate(zone),
    )  # fmt: skip


def _by_year(population: np.ndarray, last_year: int) -> dict[int, np.ndarray]:
    """Facilities by kind and district for each survey year; never fewer than the year before."""
    counts: dict[int, np.ndarray] = {}
    for year in range(BASE_YEAR, last_year + 1):
        growth = SURVEY_GROWTH ** (year - BASE_YEAR)
        cells = np.array([_apportion(round(n * growth), population) for n in COUNTS_2023.values()])
        counts[year] = np.maximum(cells, counts[year - 1]) if year > BASE_YEAR else cells
    return counts


def _apportion(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainders)."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole


def district_areas(world: World, codes: tuple[str, ...], population: np.ndarray) -> np.ndarray:
    """Area in m² by district for 2023: drawn between 0.75 and 1.25 of the mean, ranks as published."""
    mean = AREA_2023_M2 / population.sum()
    rng = world.rng("area per person")
    factor = rng.uniform(0.80, 1.14, len(codes))
    fixed = np.zeros(len(codes), dtype=bool)
    for i, code in enumerate(codes):
        if code in FIXED_FACTORS:
            factor[i], fixed[i] = FIXED_FACTORS[code], True
        if code == "500112":
            factor[i], fixed[i] = LARGEST_DISTRICT_M2 / population[i] / mean, True
    third = FIXED_FACTORS["500107"] * population[codes.index("500107")] * 0.97
    limit = np.minimum(1.18, third / population)
    for _ in range(50):  # the free districts take what is left, none beyond its limit
        left = population.sum() - (factor * population)[fixed].sum()
        factor[~fixed] *= left / (factor * population)[~fixed].sum()
        factor[~fixed] = np.clip(factor, 0.76, limit)[~fixed]
    return factor * population * mean


def _areas(cells: np.ndarray, by_district: np.ndarray) -> np.ndarray:
    """Mean area in m² by kind and district: both margins as published (iterative proportional fitting)."""
    by_kind = _areas_by_kind(cells)
    area = cells * (by_kind / cells.sum(axis=1))[:, None]
    for _ in range(60):
        area *= (by_kind / area.sum(axis=1))[:, None]
        area *= (by_district / area.sum(axis=0))[None, :]
    return area / np.maximum(cells, 1)


def _areas_by_kind(cells: np.ndarray) -> np.ndarray:
    """Total area by kind: typical means, scaled inside each published group and for the rest."""
    kinds = tuple(COUNTS_2023)
    area = cells.sum(axis=1) * np.array([MEAN_AREAS[k] for k in kinds], dtype=float)
    grouped = np.zeros(len(kinds), dtype=bool)
    for group, total in AREA_GROUPS_2023.items():
        inside = np.array([k in group for k in kinds])
        area[inside] *= total / area[inside].sum()
        grouped |= inside
    area[~grouped] *= (AREA_2023_M2 - area[grouped].sum()) / area[~grouped].sum()
    return area


def _zones(rng: np.random.Generator, code: str, n: int) -> np.ndarray:
    shares = {zone: hosts[code] for zone, hosts in ZONE_SHARES.items() if code in hosts}
    names = np.array(["", *shares])
    return names[rng.choice(len(names), n, p=[1 - sum(shares.values()), *shares.values()])]


def _richer(spread: np.ndarray, inside: np.ndarray, base: int, richness: float) -> np.ndarray:
    """Move area from the rest of 綦江 to 万盛, keeping the district's total."""
    share = inside[:base].mean() if base else 0.0
    if not 0 < share < 0.5:
        return spread
    moved = spread * np.where(inside, richness, (1 - richness * share) / (1 - share))
    return moved * (spread[:base].sum() / moved[:base].sum())


__all__ = ["BASE_YEAR", "district_areas", "survey_rows"]
