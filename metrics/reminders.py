"""What is due soon or overdue, and at which stage its reminder stands: T-7, T-1, overdue (Articles 8, 22)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from data_access.principal import Principal
from data_access.queries.circulars import OpenReply, open_replies
from metrics.known import Known

Stage = Literal["T-7", "T-1", "overdue"]
LONGEST_DAYS = 90
"""An item overdue for longer is a matter of the monthly review and of circulars, not of a reminder."""


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One delivery that has not come; `days` until it is due, negative when overdue."""

    department: str
    category: str
    period: str
    due_on: dt.date
    days: int
    stage: Stage


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
    """Deliveries to be reminded of on `today`, by department and due date; each once.

    Realtime categories come by machine; their gaps are the operations team's.
    """
    known = Known(principal, connection, today.year, today)
    before = known.items_of(known.duties_of(today.year - 1, today))
    found: dict[tuple[str, str, str, dt.date], DueReminder] = {}
    for duty, item in (*before, *known.items):
        days = (item.due_on - today).days
        stage = stage_of(days)
        if stage is None or item.days is not None or item.received_by(today) or days < -LONGEST_DAYS:
            continue
        key = (duty.department, duty.category, item.period, item.due_on)
        found[key] = DueReminder(*key, days, stage)
    return sorted(found.values(), key=lambda r: (r.department, r.due_on, r.category, r.period))


def reply_reminders(principal: Principal, connection: Connection, today: dt.date) -> list[ReplyReminder]:
    """Replies to circulars to be reminded of on `today`."""
    found = []
    for reply in open_replies(principal, connection):
        days = (reply.reply_due - today).days
        stage = stage_of(days)
        if stage is not None:
            found.append(ReplyReminder(reply, days, stage))
    return found
