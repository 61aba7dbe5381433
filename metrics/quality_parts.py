"""Summands of the six characteristics, of quality and of the publishing rate."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from data_access.queries.batches import OPEN_STATES
from metrics.indicator import Part, Parts
from metrics.known import Known
from metrics.progress_parts import month_text
from metrics.rules import CHARACTERISTIC_WEIGHTS

Counts = Mapping[str, int]
Sums = tuple[Fraction, Fraction]

CHARACTERISTICS: dict[str, Callable[[Counts], Sums]] = {
    "normativity": lambda c: (Fraction(c["cells_filled"] - c["cells_bad"]), Fraction(c["cells_filled"])),
    "completeness": lambda c: (Fraction(c["required_filled"]), Fraction(c["required_cells"])),
    "accuracy": lambda c: (Fraction(c["rows"] - c["rows_inaccurate"]), Fraction(c["rows"])),
    "consistency": lambda c: (
        c["checks_run"] - Fraction(c["checks_failed_halves"], 2),
        Fraction(c["checks_run"]),
    ),
    "currency": lambda c: (Fraction(c["rows_current"]), Fraction(c["rows_dated"])),
}
"""Numerator (what is right) and denominator of the five a delivery decides; 可访问性 comes from probes."""


def characteristic(key: str) -> Parts:
    """Summands of one of the five: sums over days of receipt in the department's days."""
    sums = CHARACTERISTICS[key]

    def parts(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
        for row in known.quality_by_unit if "unit" in wanted else known.quality:
            duty = known.owner(row.category, row.day)
            if duty is not None:
                yield Part(duty.department, row.category, month_text(row.day), row.unit, *sums(row.counts))

    return parts


def accessibility(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """Hourly probes in which the published resource opened, and all probes."""
    for row in known.probes:
        duty = known.owner(row.category, row.day)
        if duty is not None:
            yield Part(duty.department, row.category, month_text(row.day), None, row.opened, row.probes)


def quality(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """The category's weighted mean of its characteristics (0–1), and 1 for each category with one.

    Its parts are means, so a department's quality is the plain mean over its
    categories with submitted rows and no zero plan; a characteristic without a
    denominator drops out with its weight, a category without any is left out.
    """
    fine = wanted & {"month", "unit"}

    def place(category: str, day: dt.date, unit: str | None) -> tuple | None:
        duty = known.owner(category, day)
        if duty is None or duty.is_zero:
            return None
        return duty.department, category, month_text(day) if "month" in fine else None, unit

    counts: dict[tuple, Counter[str]] = defaultdict(Counter)
    for row in known.quality_by_unit if "unit" in fine else known.quality:
        at = place(row.category, row.day, row.unit)
        if at is not None:
            counts[at].update(row.counts)
    if "unit" not in fine:
        for probe in known.probes:
            at = place(probe.category, probe.day, None)
            if at is not None:
                counts[at].update(probes=probe.probes, opened=probe.opened)
    for (department, category, month, unit), found in counts.items():
        if found["rows"]:
            sums = {key: of(found) for key, of in CHARACTERISTICS.items()}
            sums["accessibility"] = (Fraction(found["opened"]), Fraction(found["probes"]))
            value = weighted_mean(sums)
            if value is not None:
                yield Part(department, category, month, unit, value, 1)


def weighted_mean(sums: Mapping[str, Sums]) -> Fraction | None:
    """Σ weight · value ÷ Σ weight over the characteristics that have a denominator; None without any."""
    present = {k: n / d for k, (n, d) in sums.items() if d}
    weight = sum(CHARACTERISTIC_WEIGHTS[k] for k in present)
    if not weight:
        return None
    return sum((CHARACTERISTIC_WEIGHTS[k] * v for k, v in present.items()), Fraction(0)) / weight


def publishing_rate(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """Published batches, and integrated or published ones that do not wait for the operations team."""
    for row in known.states_by_unit if "unit" in wanted else known.states:
        duty = known.owner(row.category, row.received_on)
        if duty is None or duty.is_zero or row.state not in ("integrated", "published"):
            continue
        counts = 0 if row.state == "integrated" and row.waiting_for == "operations" else row.count
        published = row.count if row.state == "published" else 0
        yield Part(duty.department, row.category, month_text(row.received_on), row.unit, published, counts)


def open_batches(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """Batches received in the year that somebody still has to do something about."""
    for row in known.states_by_unit if "unit" in wanted else known.states:
        duty = known.owner(row.category, row.received_on)
        if duty is not None and row.state in OPEN_STATES:
            yield Part(duty.department, row.category, month_text(row.received_on), row.unit, row.count, 0)


def oldest_waiting(known: Known, wanted: frozenset[str]) -> Iterable[Part]:
    """Days since the receipt of each unfinished batch; the greatest counts."""
    for row in known.states_by_unit if "unit" in wanted else known.states:
        duty = known.owner(row.category, row.received_on)
        if duty is not None and row.state in OPEN_STATES:
            days = (known.as_of - row.oldest).days
            yield Part(duty.department, row.category, month_text(row.received_on), row.unit, days, 0)
