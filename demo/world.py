"""The made-up world every simulated figure comes from: one seed, districts, working days.

Nothing here knows a clock, a machine or a file: the same `today` gives the same
world everywhere, so two people who build the demonstration see the same figures.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from functools import cache, cached_property

import chinese_calendar
import numpy as np

import catalog

MERGER = dt.date(2025, 11, 6)
"""First day of 两江新区 (500157), made of 江北区 and 渝北区."""
MERGED = {"500105": "500157", "500112": "500157"}
ZONE_SHARES: dict[str, dict[str, float]] = {
    "CQLJ": {"500112": 0.30, "500105": 0.15, "500109": 0.08},
    "CQGX": {"500106": 0.22, "500107": 0.12},
    "CQWS": {"500110": 0.24},
}
"""Share of a host district's people that a functional zone reports for (memory, see section 6)."""


@dataclass(frozen=True)
class Weighted:
    """Districts a record may lie in, with the chance of each (sums to 1)."""

    codes: tuple[str, ...]
    chances: np.ndarray


@dataclass(frozen=True)
class World:
    """Three calendar years up to `today`, and the random numbers that fill them."""

    today: dt.date

    @property
    def first_year(self) -> int:
        return self.today.year - 2

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.first_year, 1, 1)

    @cached_property
    def catalog(self) -> catalog.Catalog:
        return catalog.default()

    def rng(self, *key: object) -> np.random.Generator:
        """Random numbers for one purpose, independent of what was drawn for others."""
        text = "|".join(str(k) for k in key)
        return np.random.default_rng([self.today.toordinal(), zlib.crc32(text.encode("utf-8"))])

    @cached_property
    def population(self) -> dict[str, int]:
        """2020 census by district; 两江新区 has the people of the districts it was made of."""
        people = {d.code: d.population_2020 for d in self.catalog.districts if d.population_2020 is not None}
        for old, new in MERGED.items():
            people[new] = people.get(new, 0) + people[old]
        return people

    def districts(self, on: dt.date, sender: str | None = None) -> Weighted:
        """Where records lie on a day: anywhere by population, or inside what `sender` reports for."""
        weights = self._territories(on >= MERGER)
        chosen = weights[sender] if sender else _sum(weights)
        codes = tuple(sorted(chosen))
        values = np.array([chosen[c] for c in codes])
        return Weighted(codes, values / values.sum())

    def senders(self, on: dt.date) -> tuple[str, ...]:
        """The district-level units that report on a day: 41 until the merger, 39 from then on."""
        return tuple(self._territories(on >= MERGER))

    def people_of(self, sender: str, on: dt.date) -> float:
        """How many people a district-level unit reports for."""
        return sum(self._territories(on >= MERGER)[sender].values())

    @cache  # noqa: B019 - a world lives as long as the build
    def _territories(self, merged: bool) -> dict[str, dict[str, float]]:
        day = MERGER if merged else MERGER - dt.timedelta(days=1)
        valid = [d for d in self.catalog.districts if d.valid_on(day)]
        left = {d.code: 1.0 for d in valid if d.kind == "district"}
        zones: dict[str, dict[str, float]] = {}
        for zone in (d for d in valid if d.kind == "zone"):
            zones[zone.code] = {}
            for host, share in ZONE_SHARES[zone.code].items():
                zones[zone.code][host] = share * self.population[host]
                left[host] -= share
        own = {code: {code: share * self.population[code]} for code, share in left.items()}
        return {**own, **zones}

    def name_of(self, district: str) -> str:
        return self.catalog.district_by_code[district].name

    def short_of(self, district: str) -> str:
        return self.catalog.district_by_code[district].short


def _sum(territories: dict[str, dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for territory in territories.values():
        for code, people in territory.items():
            total[code] = total.get(code, 0.0) + people
    return total


@cache
def is_working(day: dt.date) -> bool:
    """A working day of the Chinese calendar; years it does not know: Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_day(day: dt.date, after: int = 0) -> dt.date:
    """The first working day from `day` on, then `after` working days later."""
    while not is_working(day):
        day += dt.timedelta(days=1)
    for _ in range(after):
        day += dt.timedelta(days=1)
        while not is_working(day):
            day += dt.timedelta(days=1)
    return day


def month_end(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def next_month(day: dt.date) -> dt.date:
    """First day of the month after."""
    return month_end(day) + dt.timedelta(days=1)
