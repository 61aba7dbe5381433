"""Which worker delivers which categories: each its own, so that nobody waits for another's records."""

from __future__ import annotations

from collections.abc import Collection

WORKERS = 2
"""Processes that deliver: a base of one file has one writer, who takes turns with whoever reads and checks."""
WEIGHTS = {
    "sports_facility_statistics": 36, "fitness_equipment": 13, "venue_usage_reading": 12,
    "physical_fitness_test": 12, "mass_sport_personnel": 6, "mass_sport_event": 4, "mass_sport_facility": 4,
    "elite_competition": 3, "youth_athlete": 3, "referee": 3,
}  # fmt: skip
"""Work of a category as measured, in that of a small one; all others about one."""
TOGETHER = {"smart_venue_connection": "venue_usage_reading"}
"""The day tier of the visits needs the venue's district: one worker delivers both."""


def shares_of(codes: Collection[str], workers: int) -> list[list[str]]:
    """Categories by worker, the heaviest first to whoever has least."""
    loads = [0.0] * workers
    shares: list[list[str]] = [[] for _ in range(workers)]
    heads = sorted((c for c in codes if TOGETHER.get(c) not in codes), key=lambda c: (-WEIGHTS.get(c, 1), c))
    for code in heads:
        least = loads.index(min(loads))
        loads[least] += WEIGHTS.get(code, 1)
        shares[least] += [code, *(c for c, head in TOGETHER.items() if head == code and c in codes)]
    return [s for s in shares if s]
