"""The light (红黄绿灯) of the monthly review: plan to date and late items (Article 21).

Green: at least 95 % of the plan to date and no late item. Red: under 70 %, or an item
more than 30 days late. Amber between. An item is late while it is due and has not come;
one that came late has cost its credit and no longer colours the light.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from metrics.known import Known
from metrics.rules import GREEN_FROM, RED_AFTER_DAYS, RED_BELOW

Light = Literal["green", "amber", "red"]
LIGHT_NAMES: dict[str, str] = {"green": "正常", "amber": "关注", "red": "滞后"}


@dataclass(slots=True)
class Standing:
    """One line of the monthly review: plan to date, delivered towards it, late items.

    `ratio` is delivered ÷ plan to date (may exceed 1), None where nothing was to be
    there yet. `unplanned`: categories without an approved plan.
    """

    plan_to_date: Fraction = Fraction(0)
    delivered: Fraction = Fraction(0)
    late_items: int = 0
    longest_late: int = 0
    unplanned: int = 0

    @property
    def ratio(self) -> Fraction | None:
        return self.delivered / self.plan_to_date if self.plan_to_date else None

    @property
    def light(self) -> Light:
        return light(self.ratio, self.late_items, self.longest_late, self.unplanned)


def light(ratio: Fraction | None, late_items: int, longest_late: int, unplanned: int = 0) -> Light:
    """The colour for a ratio of the plan to date (None: nothing was to be there yet) and late items."""
    if longest_late > RED_AFTER_DAYS or (ratio is not None and ratio < RED_BELOW):
        return "red"
    if late_items or unplanned or (ratio is not None and ratio < GREEN_FROM):
        return "amber"
    return "green"


def standings(known: Known, by: Sequence[str] = ("department",)) -> dict[tuple[str, ...], Standing]:
    """A line for each department, category, or pair of them; ``by=()`` for the whole scope."""
    found: dict[tuple[str, ...], Standing] = {}

    def at(department: str, category: str) -> Standing:
        place = tuple({"department": department, "category": category}[d] for d in by)
        return found.setdefault(place, Standing())

    for duty in known.duties:
        line = at(duty.department, duty.category)
        line.plan_to_date += duty.quantity * known.season.share(duty, known.day)
        line.delivered += min(Fraction(known.keys(duty.assignment)), duty.quantity)
        line.unplanned += not duty.plan.is_planned
    for duty, item in known.due:
        waiting = item.days_waiting(known.as_of)
        if waiting > 0:
            line = at(duty.department, duty.category)
            line.late_items += 1
            line.longest_late = max(line.longest_late, waiting)
    return found
