"""Due items (应报项): which delivery of which period must arrive by which day.

Computed from the rhythm and `due` of the catalogue, the plan and the working-day
calendar; nothing here reads the database (see `queries.progress.due_items`).
"""

from __future__ import annotations

import calendar as months_of
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import catalog
from data_access.calendar import Calendar

CREDIT_DAYS = 30
"""A delivery this many days late is worth nothing (proposal, approved by 局办公室)."""


@dataclass(frozen=True, slots=True)
class DueItem:
    """One category and period that must arrive by `due_on` (already moved to a working day).

    `ends_on` is the last day of the period and decides whose item it is;
    `received_on` the receipt of the first delivery of the period with an accepted
    row. A realtime category has `complete_days` of `days` instead.
    """

    category: str
    period: str
    ends_on: dt.date
    due_on: dt.date
    received_on: dt.date | None = None
    complete_days: int | None = None
    days: int | None = None

    def received_by(self, as_of: dt.date) -> bool:
        return self.received_on is not None and self.received_on <= as_of

    def delay_days(self, as_of: dt.date) -> int | None:
        """Calendar days from the due date to the receipt, at least 0; None if nothing came by `as_of`."""
        if self.received_on is None or self.received_on > as_of:
            return None
        return max(0, (self.received_on - self.due_on).days)

    def days_waiting(self, as_of: dt.date) -> int:
        """Days by which the item is overdue on `as_of`; 0 once it came or before it is due."""
        if self.days is not None or self.received_by(as_of):
            return 0
        return max(0, (as_of - self.due_on).days)

    def is_on_time(self, as_of: dt.date) -> bool:
        if self.days is not None:
            return self.complete_days == self.days
        return self.delay_days(as_of) == 0

    def credit(self, as_of: dt.date, limit: int = CREDIT_DAYS) -> Fraction:
        """t_i in 0..1, exact: 1 − delay ÷ `limit`, nothing by `as_of` = 0; realtime: complete days ÷ days."""
        if self.days is not None:
            return Fraction(self.complete_days or 0, self.days) if self.days else Fraction(0)
        delay = self.delay_days(as_of)
        return Fraction(0) if delay is None else max(Fraction(0), 1 - Fraction(delay, limit))


@dataclass(frozen=True, slots=True)
class Event:
    """`count` events that ended on `ends_on` and were first received on `received_on`."""

    ends_on: dt.date
    received_on: dt.date | None
    count: int = 1


@dataclass(frozen=True)
class Receipts:
    """What is known of one category's deliveries when its due items are worked out.

    `first_by_period`: first receipt of a delivery with an accepted row, by period
    (2026-10, 2026-Q4, 2026); `planned_months`: months in which the plan expects
    events; `events`: for `event+Nd`; `complete_days`: for `monthly_share`.
    """

    first_by_period: Mapping[str, dt.date]
    planned_months: frozenset[int] = frozenset()
    events: tuple[Event, ...] = ()
    complete_days: frozenset[dt.date] = frozenset()


def last_day(year: int, month: int) -> dt.date:
    return dt.date(year, month, months_of.monthrange(year, month)[1])


def quarter_of(period_end: dt.date) -> str:
    return f"{period_end.year}-Q{(period_end.month + 2) // 3}"


def due_items(
    category: catalog.Category, year: int, receipts: Receipts, calendar: Calendar
) -> tuple[DueItem, ...]:
    """All candidates of the category's rhythm for `year`, in order of their due dates.

    Whether an item is another department's, lies under a zero plan or is not yet
    due is decided by who asks; the candidates are the same for all.
    """
    kind, _, number = category.due.partition(":")
    if kind in ("next_month", "next_quarter"):
        items = _after_period(category, year, receipts, calendar, int(number))
    elif kind.startswith("event+"):
        items = _events(category, year, receipts, calendar, int(kind[6:-1]))
    elif kind == "monthly_share":
        items = [_share(category, year, month, receipts) for month in range(1, 13)]
    else:
        items = [_yearly(category, year, receipts, calendar)]
    return tuple(sorted(items, key=lambda item: (item.due_on, item.ends_on, item.period)))


def _after_period(
    category: catalog.Category, year: int, receipts: Receipts, calendar: Calendar, day: int
) -> list[DueItem]:
    quarterly = category.due.startswith("next_quarter")
    months: Iterable[int] = (3, 6, 9, 12) if quarterly else range(1, 13)
    if category.rhythm == "event":
        months = _event_months(year, quarterly, months, receipts)
    items = []
    for month in months:
        ends_on = last_day(year, month)
        period = quarter_of(ends_on) if quarterly else f"{year}-{month:02d}"
        following = ends_on + dt.timedelta(days=1)
        stated = following.replace(day=min(day, last_day(following.year, following.month).day))
        items.append(
            DueItem(
                category.code,
                period,
                ends_on,
                calendar.on_or_after(stated),
                receipts.first_by_period.get(period),
            )
        )
    return items


def _event_months(year: int, quarterly: bool, months: Iterable[int], receipts: Receipts) -> Iterable[int]:
    """Only periods that hold an accepted record's business date or are named in the plan; else December."""
    found = []
    for month in months:
        ends_on = last_day(year, month)
        period = quarter_of(ends_on) if quarterly else f"{year}-{month:02d}"
        span = range(month - 2, month + 1) if quarterly else (month,)
        if period in receipts.first_by_period or receipts.planned_months.intersection(span):
            found.append(month)
    return found or (12,)


def _yearly(category: catalog.Category, year: int, receipts: Receipts, calendar: Calendar) -> DueItem:
    """The data of the year before; its last day is the due date before moving."""
    month, day = map(int, category.due.split("-"))
    stated = dt.date(year, month, min(day, last_day(year, month).day))
    period = str(year - 1)
    return DueItem(
        category.code, period, stated, calendar.on_or_after(stated), receipts.first_by_period.get(period)
    )


def _events(
    category: catalog.Category, year: int, receipts: Receipts, calendar: Calendar, days: int
) -> list[DueItem]:
    """Each event is an item of its own; a year without one has one that ended on 31 December."""
    events = [e for e in receipts.events if e.ends_on.year == year and e.count > 0]
    items = []
    for event in events or [Event(dt.date(year, 12, 31), None)]:
        due_on = calendar.on_or_after(event.ends_on + dt.timedelta(days=days))
        item = DueItem(category.code, event.ends_on.isoformat(), event.ends_on, due_on, event.received_on)
        items += [item] * event.count
    return items


def _share(category: catalog.Category, year: int, month: int, receipts: Receipts) -> DueItem:
    """A month of realtime data: due on its last day, never moved."""
    ends_on = last_day(year, month)
    complete = sum((d.year, d.month) == (year, month) for d in receipts.complete_days)
    return DueItem(
        category.code, f"{year}-{month:02d}", ends_on, ends_on, complete_days=complete, days=ends_on.day
    )


def within(item: DueItem, first: dt.date, last: dt.date, complete_days: frozenset[dt.date]) -> DueItem:
    """A realtime item cut to a department's own days `first`..`last`; others are returned as they are."""
    if item.days is None:
        return item
    start = max(first, item.ends_on.replace(day=1))
    end = min(last, item.ends_on)
    days = max(0, (end - start).days + 1)
    return replace(item, complete_days=sum(start <= d <= end for d in complete_days), days=days)
