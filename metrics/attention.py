"""需要您关注: what is overdue, who fell silent, what lies unpublished, the costliest first."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from data_access.due import DueItem
from data_access.engine import BEIJING
from data_access.queries import batches, sources, visit_days
from metrics.known import Known
from metrics.rules import PART_WEIGHTS, RED_AFTER_DAYS, SILENT_AFTER_HOURS

Kind = Literal["late", "silent", "unpublished"]
Level = Literal["alarm", "attention"]
WINDOW = 7
"""Days looked back to tell a district that fell silent from one that never sent."""
REGULAR = 4
"""A district that sent on this many days of the window is expected to send on the next."""
LISTING_LIMIT = 1
"""Working days the operations team has to list a batch (4.5)."""


@dataclass(frozen=True, slots=True)
class Attention:
    """One line of the list; `subject` in screen words, `text` what is wrong, in one sentence.

    `days` late, silent or waiting; `loss` the points of the department's yearly
    score it costs as things stand (None where it costs nobody points).
    """

    kind: Kind
    level: Level
    subject: str
    text: str
    days: int
    loss: Fraction | None = None
    department: str | None = None
    category: str | None = None


def attention(known: Known) -> list[Attention]:
    """Everything that needs a word, alarms first, then by loss and by days."""
    found = [*late(known), *silent(known), *unpublished(known)]
    return sorted(found, key=lambda a: (a.level != "alarm", -(a.loss or 0), -a.days, a.subject))


def late(known: Known) -> Iterable[Attention]:
    """Overdue items by department and category, with what they cost so far.

    Loss: the timeliness points its credits lack among all items the department had
    to deliver so far, and the coverage points of a category that has nothing yet.
    """
    due: Counter[str] = Counter(duty.department for duty, _ in known.due)
    assigned: Counter[str] = Counter(duty.department for duty in known.duties)
    overdue: dict[tuple[str, str], list[DueItem]] = defaultdict(list)
    for duty, item in known.due:
        if item.days_waiting(known.as_of) > 0:
            overdue[duty.department, duty.category].append(item)
    covered = {(d.department, d.category) for d in known.duties if known.accepted(d.assignment) > 0}
    for (department, category), items in overdue.items():
        loss = Fraction(PART_WEIGHTS["timeliness"] * len(items), due[department])
        if (department, category) not in covered:
            loss += Fraction(PART_WEIGHTS["coverage"], assigned[department])
        days = max(item.days_waiting(known.as_of) for item in items)
        oldest = min(items, key=lambda item: item.ends_on)
        name = known.catalog.category_by_code[category].name_zh
        yield Attention(
            "late",
            "alarm" if days > RED_AFTER_DAYS else "attention",
            f"{known.catalog.department_by_code[department].short}·{name}",
            f"{period_words(oldest.period)}起未报送，已逾期 {days} 天",
            days,
            loss,
            department,
            category,
        )


def period_words(period: str) -> str:
    """2026-09 → 2026年9月; 2026-Q3 → 2026年三季度; 2025 → 2025年度; 2026-05-03 → 2026年5月3日."""
    year, _, rest = period.partition("-")
    if not rest:
        return f"{year}年度"
    if rest.startswith("Q"):
        return f"{year}年{'一二三四'[int(rest[1]) - 1]}季度"
    month, _, day = rest.partition("-")
    return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")


def silent(known: Known) -> Iterable[Attention]:
    """Districts whose venues stopped sending, and sources that were not read or failed."""
    principal, connection, as_of = known.principal, known.connection, known.as_of
    first = as_of - dt.timedelta(days=WINDOW)
    flows = visit_days.flows_by_district(principal, connection, first, as_of)
    total = sum(flow.entries for flow in flows)
    newest = max((flow.last_on for flow in flows), default=None)
    for flow in flows:
        days = (newest - flow.last_on).days if newest else 0
        if days > 0 and flow.days >= REGULAR:
            district = known.catalog.district_by_code.get(flow.district)
            share = 100 * flow.entries / total if total else 0
            yield Attention(
                "silent",
                "attention",
                f"场馆智能化平台·{district.name if district else '未登记区县'}",
                f"已 {days} 天没有客流数据，约占全市客流 {share:.1f}%",
                days,
            )
    end = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(), BEIJING)
    for state in sources.source_states(principal, connection):
        if state.last_pull_at is None or state.last_pull_at >= end:
            continue
        hours = int((min(end, dt.datetime.now(BEIJING)) - state.last_pull_at).total_seconds() // 3600)
        if state.last_error or hours > SILENT_AFTER_HOURS:
            reason = "最近一次读取失败" if state.last_error else f"已 {hours} 小时没有读取到数据"
            yield Attention("silent", "attention", f"数据源·{state.source}", reason, hours // 24)


def unpublished(known: Known) -> Iterable[Attention]:
    """Integrated batches waiting to be listed, by who has to act; a team within its limit is left in peace."""
    found: dict[str, list[batches.Waiting]] = defaultdict(list)
    rows = batches.waiting(known.principal, known.connection, known.as_of, categories=known.categories)
    for row in rows:
        if row.state == "integrated" and row.waiting_for:
            found[row.waiting_for].append(row)
    for party, waiting in found.items():
        oldest = min(row.oldest for row in waiting)
        working = known.calendar.working_days_between(oldest, known.as_of)
        if party == "operations" and working <= LISTING_LIMIT:
            continue
        count = sum(row.count for row in waiting)
        days = (known.as_of - oldest).days
        reason = "待上架" if party == "operations" else "待第一责任人确认后上架"
        since = f"最早的已等待 {days} 天" if days else "当天收到"
        yield Attention(
            "unpublished",
            "attention",
            batches.WAITING_NAMES[party],
            f"{count} 个批次{reason}，{since}",
            days,
        )
