"""Registries (名册): stocks that are delivered once in full and then by what is new or changed.

A registry is drawn whole, once; a delivery is a cut through it. The state of a
record in a period is a function of record and period, so a file sent twice says
the same twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.timetable import Sending, first_of_merger
from demo.world import MERGED, MERGER, World, month_end, next_month

Columns = dict[str, pa.Array]
"""The rows of one file by field name, in the words a clerk would write."""


def day(value: dt.date) -> np.datetime64:
    return np.datetime64(value, "D")


def days(rng: np.random.Generator, start: dt.date, end: dt.date, n: int) -> np.ndarray:
    """`n` days between `start` and `end`, both inclusive."""
    return day(start) + rng.integers(0, (end - start).days + 1, n).astype("timedelta64[D]")


def dates(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype("datetime64[D]"))


def lognormal(rng: np.random.Generator, mean: float, spread: float, n: int) -> np.ndarray:
    """Positive draws with the given mean: many small, few large."""
    return rng.lognormal(np.log(mean) - spread**2 / 2, spread, n)


@dataclass(frozen=True)
class Registry:
    """When and where each record came into being; index = the record's number.

    Attributes:
        joined: day of joining, ascending.
        district: place in `codes` of each record's district at joining.
        codes: district codes, including those of 2025's merger.
    """

    joined: np.ndarray
    district: np.ndarray
    codes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.joined)

    def district_names(self, world: World, index: np.ndarray, on: dt.date) -> pa.Array:
        """Names as they are on a day: records of 江北区 and 渝北区 move with the merger."""
        codes = [MERGED.get(c, c) if on >= MERGER else c for c in self.codes]
        return pa.array([world.name_of(c) for c in codes]).take(pa.array(self.district[index]))


def make_registry(
    world: World, name: str, total: int, monthly: float, *, since: int = 2008, until_day: int = 28
) -> Registry:
    """`total` records as of today, of which `monthly` joined in each month of the three years.

    Joining days of the opening stock lie between `since` and the first day.
    """
    rng = world.rng("registry", name)
    recent: list[np.ndarray] = []
    start = world.first_day
    carry = 0.0
    while month_end(start) < world.today:
        carry += monthly
        recent.append(np.sort(days(rng, start, start.replace(day=until_day), int(carry))))
        carry -= int(carry)
        start = next_month(start)
    new = np.concatenate([np.empty(0, "datetime64[D]"), *recent])
    opening = np.sort(
        days(rng, dt.date(since, 1, 1), world.first_day - dt.timedelta(days=1), max(0, total - len(new)))
    )
    joined = np.concatenate([opening, new])
    before = world.districts(MERGER - dt.timedelta(days=1))
    after = world.districts(MERGER)
    codes = tuple(sorted({*before.codes, *after.codes}))
    place = {c: i for i, c in enumerate(codes)}
    old = rng.choice([place[c] for c in before.codes], len(joined), p=before.chances)
    late = rng.choice([place[c] for c in after.codes], len(joined), p=after.chances)
    return Registry(joined, np.where(joined >= day(MERGER), late, old), codes)


def cut(
    world: World, registry: Registry, sending: Sending, changes: int, *, moves: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Records of one delivery: indices, and which of them are changes of known records.

    Args:
        changes: how many known records changed in the period.
        moves: whether records follow the merger of districts (not where the district is part of the key).
    """
    last = int(np.searchsorted(registry.joined, day(sending.end), side="right"))
    if sending.first:
        return np.arange(last), np.zeros(last, dtype=bool)
    known = int(np.searchsorted(registry.joined, day(sending.start), side="left"))
    rng = world.rng("changes", *sending.key)
    changed = rng.choice(known, min(changes, known), replace=False) if known else np.empty(0, dtype=int)
    if moves and first_of_merger(sending):
        merged = [i for i, code in enumerate(registry.codes) if code in MERGED]
        moved = np.flatnonzero(np.isin(registry.district[:known], merged))
        changed = np.union1d(changed, moved)
    changed = np.sort(changed)
    index = np.concatenate([changed, np.arange(known, last)]).astype(int)
    return index, np.arange(len(index)) < len(changed)
