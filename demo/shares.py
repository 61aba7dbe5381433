"""Which worker delivers which categories: each its own, so that nobody waits for another's records."""

from __future__ import annotations

from collections.abc import Collection

WORKERS = 3
"""Processes that deliver: one writes, two read and check, or wait for their turn (`turns`)."""
WEIGHTS = {
    "sports_facility_statistics": 60, "fitness_equipment": 29, "physical_fitness_test": 28, "venue_usage_reading": 28,
    "mass_sport_personnel": 15, "mass_sport_facility": 11, "mass_sport_event": 10, "youth_athlete": 7,
    "elite_competition": 6, "referee": 6, "sports_lottery_sales": 4, "anti_doping_activity": 3, "elite_athlete": 3,
    "fiscal_fund": 3, "government_affairs_information": 3, "honor_award": 3, "media_coverage": 3, "news_release": 3,
    "party_building_activity": 3, "smart_venue_connection": 3, "sports_culture_item": 2, "sports_specific_occupation": 2,
    "sports_talent": 2, "youth_event": 2,
}  # fmt: skip
"""Work of a category as measured, in that of a small one, all others about one; the survey's few long deliveries
seldom wait, so it counts a fifth less."""
TOGETHER = {"smart_venue_connection": "venue_usage_reading"}
"""The day tier of the visits needs the venue's district: one worker delivers both."""


def shares_of(codes: Collection[str], workers: int) -> list[list[str]]:
    """Categories by worker, the heaviest first to whoever has least."""
    loads = [0.0] * workers
    shares: list[list[str]] = [[] for _ in range(workers)]
    heads = sorted((c for c in codes if TOGETHER.get(c) not in codes), key=lambda c: (-WEIGHTS.get(c, 1), c))
    for code in heads:
        least = loads.index(min(loads))
        own = [code, *(c for c, head in TOGETHER.items() if head == code and c in codes)]
        loads[least] += sum(WEIGHTS.get(c, 1) for c in own)
        shares[least] += own
    return [s for s in shares if s]
