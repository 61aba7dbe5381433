"""汇聚进度: the matrix department × category, and the level below it, unit by unit.

The level below that, the batches, is `data_access.queries.batches`, and the rows are
the base itself. Rollups only.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlalchemy import Connection

from data_access.due import DueItem
from data_access.principal import Principal
from data_access.queries import progress
from data_access.queries.progress import UnitLine
from metrics.known import Known
from metrics.light import Light, Standing, standings
from metrics.season import Duty

State = Literal["on_track", "late", "missing", "none", "not_due"]
STATE_NAMES: dict[State, str] = {
    "on_track": "按时",
    "late": "迟报",
    "missing": "逾期未报",
    "none": "零计划",
    "not_due": "未到期",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One category of one department.

    `delivered`: distinct records of the year (may exceed `planned`); `planned` is
    None without an approved plan; `next_due`: the first due date still to come;
    `last_due`: the newest due date that has come; `overdue`: items due and not
    received, the oldest `days_late` days ago. `state` is that of the due items:
    missing before late (the newest came late) before on_track; none = zero plan.
    """

    department: str
    category: str
    delivered: int
    planned: float | None
    completion: float | None
    state: State
    light: Light
    last_due: dt.date | None
    next_due: dt.date | None
    overdue: int
    days_late: int
    last_received: dt.date | None

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]


def matrix(known: Known) -> list[Cell]:
    """Every assignment in scope, in the order of Article 8."""
    items: dict[tuple[str, str], list[DueItem]] = defaultdict(list)
    for duty, item in known.items:
        items[duty.department, duty.category].append(item)
    lines = standings(known, ("department", "category"))
    cells: dict[tuple[str, str], Cell] = {}
    for duty in known.duties:
        place = (duty.department, duty.category)
        if place not in cells:
            own = [d for d in known.duties if (d.department, d.category) == place]
            cells[place] = _cell(known, own, items[place], lines[place])
    return list(cells.values())


def _cell(known: Known, duties: list[Duty], items: list[DueItem], line: Standing) -> Cell:
    as_of = known.as_of
    planned = sum((d.quantity for d in duties), Fraction(0))
    received = sum(known.keys(d.assignment) for d in duties)
    is_planned = any(d.plan.is_planned for d in duties)
    due = sorted((i for i in items if i.due_on <= as_of), key=lambda i: (i.due_on, i.ends_on))
    days = [row.day for d in duties for row in known.deliveries(d.assignment) if row.accepted > 0]
    return Cell(
        duties[0].department,
        duties[0].category,
        received,
        float(planned) if is_planned else None,
        float(min(Fraction(received), planned) / planned) if planned else None,
        "none" if all(d.is_zero for d in duties) else state_of(due, as_of),
        line.light,
        due[-1].due_on if due else None,
        min((i.due_on for i in items if i.due_on > as_of), default=None),
        line.late_items,
        line.longest_late,
        max(days, default=None),
    )


def state_of(due: list[DueItem], as_of: dt.date) -> State:
    """The state of items due by `as_of`, in order of their due dates."""
    if not due:
        return "not_due"
    if any(item.days_waiting(as_of) > 0 for item in due):
        return "missing"
    newest = [item for item in due if item.received_by(as_of) or item.days is not None]
    if newest and not newest[-1].is_on_time(as_of):
        return "late"
    return "on_track"


def unit_lines(
    principal: Principal, connection: Connection, category: str, *, year: int, as_of: dt.date | None = None
) -> list[UnitLine]:
    """Units that sent the category in the year by `as_of`, the largest first: the level below a cell."""
    known = Known(principal, connection, year, as_of)
    return progress.unit_lines(
        principal, connection, category, known.first, known.day, categories=known.categories
    )


__all__ = ["STATE_NAMES", "Cell", "State", "UnitLine", "matrix", "state_of", "unit_lines"]
