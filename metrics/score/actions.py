"""下一步最值得做的事: what a department could still do, and what exactly each would add to its score.

Each action is a change of the input document; its points are the score computed with the
change less the score without it. Nothing is estimated.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from data_access.plan_chain import days_in_year
from metrics.score.categories import Assessed
from metrics.score.compute import Scored, score_department
from metrics.score.document import Batches, Category, Department, Document, DueItem

Kind = Literal["reply", "publish", "deliver", "catch_up"]


@dataclass(frozen=True)
class Action:
    """One thing to do today, and the points it brings (exact, rounded as the score is).

    reply: do every open obligation (`count`). publish: confirm the batches of a category
    that wait for the department. deliver: send the overdue periods of a category.
    catch_up: those, and the records it lacks to the plan of today (`count`), accepted
    and listed. `department` is the department's input afterwards.
    """

    kind: Kind
    category: str | None
    count: int
    periods: tuple[str, ...]
    points: Decimal
    department: Department


def best(document: Document, scored: Scored, most: int = 3) -> list[Action]:
    """The actions that bring most, one a category; none of them brings nothing."""
    if scored.score is None:
        return []
    ordered = sorted(actions(document, scored), key=lambda a: (-a.points, a.category or "", a.kind))
    found: list[Action] = []
    for action in ordered:
        if action.points > 0 and all(action.category is None or action.category != f.category for f in found):
            found.append(action)
    return found[:most]


def actions(document: Document, scored: Scored) -> Iterator[Action]:
    """Every action the department's inputs leave open, whatever it brings."""
    today = scored.term.freeze
    open_replies = [done.given for done in scored.obligations if done.delay_days is None]
    if open_replies:
        made = _with_replies(scored.department, open_replies, today)
        yield _weighed(document, scored, "reply", None, len(open_replies), (), made)
    for category in scored.categories:
        if category.is_zero:
            continue
        yield from _of_category(document, scored, category, today)


def _of_category(document: Document, scored: Scored, category: Assessed, today: dt.date) -> Iterator[Action]:
    waiting = sum(b.count for b in category.batches if _waits(b))
    if waiting:
        made = _changed(scored.department, category.code, _published)
        yield _weighed(document, scored, "publish", category.code, waiting, (), made)
    missing = tuple(i.given.period for i in category.items if i.delay_days is None and not i.given.is_share)

    def deliver(entry: Category) -> Category:
        return _delivered(entry, missing, today)

    if missing:
        made = _changed(scored.department, category.code, deliver)
        yield _weighed(document, scored, "deliver", category.code, 0, missing, made)
    lacking = _lacking(document, category, today)
    if lacking:

        def catch_up(entry: Category) -> Category:
            return _with_records(deliver(entry), lacking)

        made = _changed(scored.department, category.code, catch_up)
        yield _weighed(document, scored, "catch_up", category.code, lacking, missing, made)


def _weighed(
    document: Document,
    scored: Scored,
    kind: Kind,
    category: str | None,
    count: int,
    periods: tuple[str, ...],
    made: Department,
) -> Action:
    after = score_department(document, made)
    gain = (after.score or Decimal(0)) - (scored.score or Decimal(0))
    return Action(kind, category, count, periods, gain, made)


def _lacking(document: Document, category: Assessed, today: dt.date) -> int:
    """Records to the plan of today: the year's promise by the share of its days gone; 0 without a plan."""
    if category.quantity is None or category.is_falsified:
        return 0
    days = sum(span.days for span in category.spans)
    gone = sum(cut.days for span in category.spans if (cut := span.cut(document.first, today)))
    share = Fraction(gone, days or days_in_year(document.year))
    return max(0, math.ceil(Fraction(category.quantity) * share) - category.keys)


# ---------------------------------------------------------------- changed inputs


def _with_replies(department: Department, open_replies: list, today: dt.date) -> Department:
    done = tuple(
        o.model_copy(update={"done_on": today}) if o in open_replies else o for o in department.obligations
    )
    return department.model_copy(update={"obligations": done})


def _changed(department: Department, code: str, change: Callable[[Category], Category]) -> Department:
    """The last entry of the category changed: today lies in the days of the last."""
    at = max(n for n, entry in enumerate(department.categories) if entry.code == code)
    entries = tuple(change(e) if n == at else e for n, e in enumerate(department.categories))
    return department.model_copy(update={"categories": entries})


def _waits(batch: Batches) -> bool:
    return batch.state == "integrated" and batch.waiting_for == "department"


def _published(entry: Category) -> Category:
    batches = tuple(
        b.model_copy(update={"state": "published", "waiting_for": None}) if _waits(b) else b
        for b in entry.batches
    )
    return entry.model_copy(update={"batches": batches})


def _delivered(entry: Category, periods: tuple[str, ...], today: dt.date) -> Category:
    def arrived(item: DueItem) -> DueItem:
        came = item.received_on is None and item.period in periods
        return item.model_copy(update={"received_on": today}) if came else item

    items = tuple(arrived(item) for item in entry.due_items)
    accepted = max(entry.accepted_records, 1) if periods else entry.accepted_records
    return entry.model_copy(update={"due_items": items, "accepted_records": accepted})


def _with_records(entry: Category, count: int) -> Category:
    return entry.model_copy(
        update={
            "integrated_keys": entry.integrated_keys + count,
            "accepted_records": entry.accepted_records + count,
        }
    )
