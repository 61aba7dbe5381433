"""A made-up year for the second computation: random facts, kept as plain tuples beside the tables."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

import catalog
from data_access.schema import QUALITY_COUNTS
from tests.metrics.rows import Rows

YEAR = 2025
UNITS = ("500103", "500104", "500112")
CATEGORIES = catalog.default().categories
OTHER = {
    "mass_sport_event": ("youth_sport", dt.date(2025, 6, 16)),
    "referee": ("mass_sport", dt.date(2025, 9, 2)),
}
"""Categories that move to another department on a day of the year."""


@dataclass
class Facts:
    """What was put into the tables, as one would keep it on paper."""

    plans: list[tuple[str, int, dt.date]] = field(default_factory=list)  # category, quantity, approved_on
    deliveries: list[tuple[str, str, dt.date, int, int]] = field(default_factory=list)  # … keys, accepted
    periods: list[tuple[str, str, dt.date]] = field(default_factory=list)
    events: list[tuple[dt.date, dt.date, int]] = field(default_factory=list)
    quality: list[tuple[str, str, dt.date, dict[str, int]]] = field(default_factory=list)
    probes: list[tuple[str, dt.date, int, int]] = field(default_factory=list)
    batches: list[tuple[str, str, dt.date, dt.date | None, str | None]] = field(default_factory=list)
    readings: dict[dt.date, tuple[int, int]] = field(default_factory=dict)
    promised: dict[dt.date, dict] = field(default_factory=dict)  # worked out once a day asked about

    def department(self, category: str, day: dt.date) -> str:
        if category in OTHER and day >= OTHER[category][1]:
            return OTHER[category][0]
        return catalog.default().category_by_code[category].department


def make(rows: Rows, seed: int) -> Facts:
    """Random facts of `YEAR` and the two years before, in the tables and on paper."""
    chance = random.Random(seed)
    facts = Facts()
    for category, (department, day) in OTHER.items():
        rows.responsible(category, department, day.isoformat())
    for category in CATEGORIES:
        _plans(rows, facts, chance, category.code)
        _deliveries(rows, facts, chance, category)
    for n in range(chance.randint(0, 6)):
        ends = dt.date(YEAR, 1, 1) + dt.timedelta(days=chance.randint(0, 364))
        received, count = ends + dt.timedelta(days=n * 9 + chance.randint(0, 8)), chance.randint(1, 3)
        if (ends, received) not in [e[:2] for e in facts.events]:
            facts.events.append((ends, received, count))
            rows.event("elite_competition", ends.isoformat(), received.isoformat(), records=count)
    for n in range(365):
        day = dt.date(YEAR, 1, 1) + dt.timedelta(days=n)
        if chance.random() < 0.9:
            venues = chance.choice((10, 10, 10, 9, 8))
            facts.readings[day] = (venues * chance.choice((15, 14, 11)), venues)
            rows.readings(day, *facts.readings[day])
    return facts


def _plans(rows: Rows, facts: Facts, chance: random.Random, code: str) -> None:
    approved = dt.date(YEAR, 1, 1) + dt.timedelta(days=chance.randint(0, 60))
    for version in range(1, chance.choice((1, 2, 2, 3)) + 1 if chance.random() < 0.85 else 1):
        quantity = chance.choice((0, 12, 40, 365))
        facts.plans.append((code, quantity, approved))
        state = "approved" if version == 1 else "superseded"
        rows.plan(code, quantity, approved.isoformat(), version=version, state=state)
        approved += dt.timedelta(days=chance.randint(1, 150))
        if approved > dt.date(YEAR, 12, 31):
            break


def _deliveries(rows: Rows, facts: Facts, chance: random.Random, category: catalog.Category) -> None:
    code = category.code
    used = set()
    for year in (YEAR - 2, YEAR - 1, YEAR):
        for _ in range(chance.randint(0, 5)):
            day = dt.date(year, 1, 1) + dt.timedelta(days=chance.randint(0, 364))
            unit, keys = chance.choice(UNITS), chance.randint(0, 30)
            if (unit, day) in used:
                continue
            used.add((unit, day))
            facts.deliveries.append((code, unit, day, keys, keys + 1))
            rows.delivery(code, unit, day.isoformat(), keys, accepted=keys + 1)
            _judged(rows, facts, chance, code, unit, day)
    for period in _periods(category):
        if chance.random() < 0.7:
            end = dt.date(YEAR, int(period[5:]) if "-Q" not in period and len(period) > 4 else 3, 28)
            received = end + dt.timedelta(days=chance.randint(0, 60))
            facts.periods.append((code, period, received))
            rows.period(code, period, received.isoformat())


def _judged(rows: Rows, facts: Facts, chance: random.Random, code: str, unit: str, day: dt.date) -> None:
    counts = {name: chance.randint(5, 9) for name in QUALITY_COUNTS}
    counts |= {
        "cells_bad": 2,
        "required_filled": 4,
        "rows_inaccurate": 1,
        "checks_failed_halves": 3,
        "rows_current": 5,
    }
    if chance.random() < 0.4:
        counts |= {"checks_run": 0, "checks_failed_halves": 0}
    facts.quality.append((code, unit, day, counts))
    rows.quality(code, unit, day.isoformat(), **counts)
    if not any(p[:2] == (code, day) for p in facts.probes):
        facts.probes.append((code, day, 24, chance.randint(10, 24)))
        rows.probes(code, day.isoformat(), 24, facts.probes[-1][3])
    published = day + dt.timedelta(days=chance.randint(0, 90)) if chance.random() < 0.7 else None
    waiting = None if published else chance.choice(("operations", "department"))
    facts.batches.append((code, unit, day, published, waiting))
    rows.batch(
        code, unit, day.isoformat(), state="published" if published else "integrated",
        published_on=published, waiting_for=waiting,
    )  # fmt: skip


def _periods(category: catalog.Category) -> list[str]:
    if category.due.startswith("next_month"):
        return [f"{YEAR}-{m:02d}" for m in range(1, 13)]
    if category.due.startswith("next_quarter"):
        return [f"{YEAR}-Q{q}" for q in range(1, 5)]
    return [str(YEAR - 1)] if category.rhythm == "yearly" else []
