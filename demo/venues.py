"""The large public venues of the demonstration: 81 subsidised ones, most of them connected."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from demo.geography import points
from demo.names import PLACES_A, PLACES_B, pick, text
from demo.registry import day
from demo.world import MERGED, MERGER, World

VENUES = 81
"""Subsidised public venues in 2023 (重庆日报网 2023-12-21)."""
CONNECTED = 32
"""Venues that send hourly readings."""
SILENT_DISTRICT = "500152"
"""潼南区: its gates fall silent on the last day, for the overview's second warning."""
KINDS = ("体育馆", "游泳馆", "全民健身中心", "体育场", "体育公园场馆")


@dataclass(frozen=True)
class Venues:
    """One entry a venue; the first `CONNECTED` are connected by the last day."""

    code: pa.Array
    name: pa.Array
    district: tuple[str, ...]  # as of 2024
    lon: np.ndarray
    lat: np.ndarray
    visitors: np.ndarray  # on an ordinary weekday, 300 to 3,000
    connected_on: np.ndarray

    def district_on(self, index: int, on: dt.date) -> str:
        code = self.district[index]
        return MERGED.get(code, code) if on >= MERGER else code


@cache
def venues(world: World) -> Venues:
    """Every district has at least one; the rest by population."""
    rng = world.rng("venues")
    codes = tuple(sorted(c for c in world.population if c not in MERGED.values()))
    weights = np.array([world.population[c] for c in codes], dtype=float)
    more = rng.choice(len(codes), VENUES - len(codes), p=weights / weights.sum())
    place = np.concatenate([rng.permutation(len(codes)), more])
    silent = int(np.flatnonzero(place[: len(codes)] == codes.index(SILENT_DISTRICT))[0])
    place[[0, silent]] = place[[silent, 0]]
    number = [int((place[: i + 1] == p).sum()) for i, p in enumerate(place)]
    lon, lat = points(world, rng, codes, place)
    names = text(
        pa.array([world.short_of(codes[p]) for p in place]),
        pick(rng, PLACES_A, VENUES), pick(rng, PLACES_B, VENUES), pick(rng, KINDS, VENUES), "（演示）",
    )  # fmt: skip
    visitors = np.exp(rng.uniform(np.log(320), np.log(2600), VENUES))
    first = day(world.today - dt.timedelta(days=900))
    waves = np.sort(rng.integers(0, 480, VENUES)).astype("timedelta64[D]")
    code = pa.array([f"CQ{codes[p]}{n:02d}" for p, n in zip(place, number, strict=True)])
    return Venues(code, names, tuple(codes[p] for p in place), lon, lat, visitors, first + waves)
