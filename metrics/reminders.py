"""What is due soon or overdue, for whom, and at which stage its reminder stands: T-7, T-1, overdue (Articles 8, 9, 22)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

import catalog
from data_access.due import DueItem
from data_access.principal import Principal
from data_access.queries.circulars import OpenReply, open_replies
from data_access.queries.unit_receipts import receipts_by_unit
from metrics.known import Known
from metrics.season import Duty

Stage = Literal["T-7", "T-1", "overdue"]
LONGEST_DAYS = 90
"""An item overdue for longer is a matter of the monthly review and of circulars, not of a reminder."""
PERIODS_BEFORE = 2
"""A unit that served one of the last periods of a category is expected to serve the next (proposal)."""


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One delivery that has not come; `days` until it is due, negative when overdue.

    `unit`: the district or affiliated unit whose part is missing; None, nobody has sent
    anything and the department that answers for the category is reminded.
    """

    department: str
    category: str
    period: str
    due_on: dt.date
    days: int
    stage: Stage
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyReminder:
    """A reply to a circular that has not come."""

    reply: OpenReply
    days: int
    stage: Stage


def stage_of(days: int) -> Stage | None:
    """The one stage at which a reminder stands; None when it is too early.

    A day the worker missed is made up by the stage that holds when it is back: nobody
    is reminded of seven days when one is left.
    """
    if days < 0:
        return "overdue"
    if days <= 1:
        return "T-1"
    return "T-7" if days <= 7 else None


def due_reminders(principal: Principal, connection: Connection, today: dt.date) -> list[DueReminder]:
    """Deliveries to be reminded of on `today`, by recipient and due date; each once.

    The department that answers for the category is reminded of what nobody has sent, a
    district or affiliated unit of its own part. Realtime categories come by machine;
    their gaps are the operations team's.
    """
    known = Known(principal, connection, today.year, today)
    before = known.items_of(known.duties_of(today.year - 1, today))
    items = [(duty, item) for duty, item in (*before, *known.items) if item.days is None]
    found: dict[tuple[str, str, str, dt.date, str | None], DueReminder] = {}
    for duty, item, unit in (*_of_departments(items, today), *_of_units(known, items, today)):
        days = (item.due_on - today).days
        stage = stage_of(days)
        if stage is not None and days >= -LONGEST_DAYS:
            key = (duty.department, duty.category, item.period, item.due_on)
            found[*key, unit] = DueReminder(*key, days, stage, unit)
    return sorted(found.values(), key=lambda r: (r.unit or "", r.department, r.due_on, r.category, r.period))


Missing = tuple[Duty, DueItem, str | None]


def _of_departments(items: list[tuple[Duty, DueItem]], today: dt.date) -> Iterator[Missing]:
    return ((duty, item, None) for duty, item in items if not item.received_by(today))


def _of_units(known: Known, items: list[tuple[Duty, DueItem]], today: dt.date) -> Iterator[Missing]:
    """The parts of units that sent one of the periods before and not this one.

    Nobody can say which unit owes an event that it may not have held, so categories
    whose data come with events are left to the department.
    """
    steady = {c.code for c in known.catalog.categories if c.rhythm != "event"}
    series: dict[str, dict[str, tuple[Duty, DueItem]]] = defaultdict(dict)
    for duty, item in items:
        if duty.category in steady:
            series[duty.category].setdefault(item.period, (duty, item))
    receipts = receipts_by_unit(
        known.principal, known.connection, range(today.year - 1, today.year + 1), today,
        categories=known.categories,
    )  # fmt: skip
    for (category, unit), served in receipts.items():
        if not _is_asked(known.catalog, unit, today):
            continue
        periods = list(series[category]) if category in series else []
        for n, period in enumerate(periods):
            earlier = periods[max(0, n - PERIODS_BEFORE) : n]
            if period not in served and any(p in served for p in earlier):
                yield (*series[category][period], unit)


def _is_asked(known: catalog.Catalog, unit: str, today: dt.date) -> bool:
    """Districts that exist on the day, and affiliated units; a department is reminded of the whole."""
    found = known.units.get(unit)
    if found is None or found.kind == "department":
        return False
    return (found.valid_from or today) <= today <= (found.valid_to or today)


def reply_reminders(principal: Principal, connection: Connection, today: dt.date) -> list[ReplyReminder]:
    """Replies to circulars to be reminded of on `today`."""
    found = []
    for reply in open_replies(principal, connection):
        days = (reply.reply_due - today).days
        stage = stage_of(days)
        if stage is not None:
            found.append(ReplyReminder(reply, days, stage))
    return found
