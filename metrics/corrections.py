"""What a frozen score says was wrong in the base (更正), so that every figure of that year follows it.

A revision writes its adjustments into the frozen document: the day a delivery was really
received, the number of records. The monthly review and circulars state the same facts;
`metrics.score.corrected` reads what is in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data_access.due import DueItem
from data_access.responsibility import Assignment
from metrics.season import Duty


@dataclass(frozen=True, slots=True)
class Correction:
    """One adjusted fact of a year: `value` and what the base said (`was`) as the document writes them."""

    year: int
    department: str
    category: str
    field: str
    period: str | None
    value: str | None
    was: str | int | None

    @property
    def day(self) -> dt.date | None:
        """Of a receipt; None = nothing came."""
        return dt.date.fromisoformat(self.value) if self.value else None

    @property
    def place(self) -> tuple[int, str, str, str, str | None]:
        return self.year, self.department, self.category, self.field, self.period


Corrections = tuple[Correction, ...]


def corrected_items(
    found: Sequence[tuple[Duty, DueItem]], corrections: Corrections
) -> tuple[tuple[Duty, DueItem], ...]:
    """The items with the days of receipt that were corrected; of several of one period the first, as in the score."""
    days = {c.place: c.day for c in corrections if c.field == "received_on"}
    if not days:
        return tuple(found)
    made = []
    for duty, item in found:
        place = (duty.assignment.first.year, duty.department, duty.category, "received_on", item.period)
        if item.days is None and place in days:
            item = replace(item, received_on=days.pop(place))
        made.append((duty, item))
    return tuple(made)


def corrected_count(field: str, assignment: Assignment, corrections: Corrections) -> int | None:
    """A count of the whole of a department's days that was corrected; None if it was not."""
    place = (assignment.first.year, assignment.department, assignment.category, field, None)
    return next((int(c.value) for c in corrections if c.place == place and c.value), None)
