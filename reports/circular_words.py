"""Circulars as their page and their paper say them: one sentence an item, one state a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from sqlalchemy import Connection

from data_access.calendar import today
from data_access.commands.circulars import CircularRefused
from data_access.principal import Principal
from data_access.queries.circulars import (
    Circular,
    Item,
    ItemErratum,
    Recipient,
    Step,
    addressees,
    item_errata,
    items,
    one_circular,
    recipients,
    steps,
)
from data_access.settings import settings
from metrics.circular_figures import MEASURES
from metrics.circular_life import PLACES
from metrics.rounding import half_up
from reports.words import category_name, department_name, unit_name
from ui import formats

PERIOD_FIGURES = ("late_items",)
"""Counted over the period; the others stand for the year up to the figures' day."""
DEMANDS = {
    "praise": "请继续保持。",
    "reminder": "请及时核实、补报，并按期回复。",
    "criticism": "请认真查找原因，立即改正，并按期回复改正情况。",
    "rectification": "请逐项整改，按期书面回复整改措施、责任人和完成时间。",
}


@dataclass(frozen=True)
class Shown:
    """One circular with what the asker may see of it."""

    row: Circular
    items: list[Item]
    recipients: list[Recipient]
    steps: list[Step]
    addressees: list[tuple[str, bool]]
    errata: list[ItemErratum]

    @property
    def address(self) -> str:
        """What the QR code opens, behind login."""
        return f"{settings().web.address}/circulars?{urlencode({'id': self.row.code})}"


def read_circular(who: Principal, connection: Connection, code: str) -> Shown:
    """A circular as the asker may see it.

    Raises:
        CircularRefused: there is none with this code, or none for the asker.
    """
    row = one_circular(who, connection, code)
    if row is None:
        raise CircularRefused(f"没有编号 {code} 的通报，或不是印发给您的。请从列表中打开。")
    return Shown(
        row,
        items(who, connection, [code]),
        recipients(who, connection, [code]),
        steps(who, connection, code),
        addressees(who, connection, code),
        item_errata(who, connection, code),
    )


# ---------------------------------------------------------------- figures


def value_words(indicator: str, value: Decimal | Fraction | None) -> str:
    """``82.4%``, ``3 项``; a missing value is a dash."""
    measure = MEASURES[indicator]
    value = half_up(value, PLACES) if isinstance(value, Fraction) else value
    if measure.unit == "%":
        return formats.percent(value)
    return formats.missing(value, lambda v: f"{formats.number(v)} {measure.unit}")


def target_words(indicator: str, target: Decimal | Fraction | None) -> str:
    """What is asked for: ``不低于 95.0%``, ``全部报送``."""
    if target is None:
        return "—"
    measure = MEASURES[indicator]
    if not measure.up_is_good:
        return "清零" if target == 0 else f"不超过 {value_words(indicator, target)}"
    return f"不低于 {value_words(indicator, target)}"


def subject(item: Item) -> str:
    """``逾期未报（群众体育组织）``."""
    name = MEASURES[item.indicator].name
    return f"{name}（{category_name(item.category)}）" if item.category else name


def item_state(item: Item) -> str:
    if item.state == "mended":
        return f"● {formats.day_month_zh(item.mended_on)}已改正"
    return "—" if item.state == "noted" else "■ 未改正"


def item_rows(of: Shown) -> list[dict[str, object]]:
    """The table of the page."""
    return [
        {
            "处室": department_name(i.department),
            "事项": subject(i),
            "通报时": value_words(i.indicator, i.value),
            "要求": target_words(i.indicator, i.target),
            "现状": item_state(i),
        }
        for i in of.items
    ]


def erratum_rows(of: Shown) -> list[dict[str, object]]:
    """What a revision of a frozen score corrected: as the circular says it, and as it is."""
    items = {i.number: i for i in of.items}
    return [
        {
            "处室": department_name(items[e.item].department),
            "事项": subject(items[e.item]),
            "原为": value_words(items[e.item].indicator, e.was),
            "更正为": value_words(items[e.item].indicator, e.now),
            "依据": f"{e.year} 年度考核第 {e.revision} 次结果",
        }
        for e in of.errata
    ]


def erratum_sentence(of: Shown) -> str:
    """What was corrected when, and what counts now."""
    last = max(e.listed_at for e in of.errata)
    return f"{formats.date_zh(last)}更正 {len({e.item for e in of.errata})} 项，以更正为准；原通报保留不变。"


# ---------------------------------------------------------------- sentences


def title_for(kind_name: str, first: dt.date, last: dt.date) -> str:
    """What is proposed as a title; people may change it."""
    return f"关于{period_words(first, last)}数据汇聚情况的{kind_name}通报"


def period_words(first: dt.date, last: dt.date) -> str:
    """2026年10月, 2026年1月至10月, or the days."""
    whole = first.day == 1 and (last + dt.timedelta(days=1)).day == 1
    if not whole:
        return f"{formats.date_zh(first)}至{formats.date_zh(last)}"
    if (first.year, first.month) == (last.year, last.month):
        return formats.month_zh(first)
    return f"{formats.month_zh(first)}至{formats.month_zh(last, year=first.year != last.year)}"


def list_sentence(found: Sequence[Circular], lines: Sequence[Recipient], role: str, day: dt.date) -> str:
    """The answer to: what is open, what is late?"""
    standing = {c.code for c in found if c.state == "issued"}
    waiting = [r for r in lines if r.circular in standing and r.is_unanswered]
    late = [r for r in waiting if r.is_late(day)]
    if role in ("leader", "office", "operations"):
        drafts = sum(c.state in ("draft", "approved") for c in found)
        words = f"{len(standing)} 份通报在办，{len(waiting)} 份回复未到"
        words += f"，其中 {len(late)} 份逾期" if late else ""
        return words + (f"；{drafts} 份尚未印发。" if drafts else "。")
    if not waiting:
        return "没有待回复的通报。"
    first = min(waiting, key=lambda r: r.reply_due or day)
    words = f"{len(waiting)} 份通报待回复"
    if late:
        return f"{words}，其中 {len(late)} 份已逾期，请尽快回复。"
    return f"{words}，最早的请于 {formats.day_month_zh(first.reply_due)}前回复。"


def own_headline(of: Shown, line: Recipient, day: dt.date) -> str:
    """The same for a unit, whose line it is: what is asked of it?"""
    row = of.row
    if row.state == "withdrawn":
        return headline(of)
    mine = [i for i in of.items if i.department == line.unit]
    open_items = sum(i.state == "open" for i in mine)
    still = (
        f"，{open_items} 项数据未改正"
        if open_items
        else ("，所列数据全部改正" if mine and line.must_reply else "")
    )
    if line.is_unanswered:
        day_words = f"请于 {formats.day_month_zh(line.reply_due)}前回复"
        return f"{row.number}：{'回复已逾期，请立即回复' if line.is_late(day) else day_words}{still}。"
    if line.state == "closed" or row.state == "closed":
        return f"{row.number}已办结。"
    if line.state == "replied":
        return f"{row.number}：已回复，等待局办公室审阅{still}。"
    return f"{row.number}（{row.kind_name}）：{'已签收' if line.received_at else '请签收'}。"


def headline(of: Shown) -> str:
    """The answer to: what is this, and what is still to be done?"""
    row = of.row
    if row.state == "withdrawn":
        return f"{row.number}已撤回，不再需要办理。"
    if row.state in ("draft", "approved"):
        return f"{row.kind_name}通报{row.state_name}，尚未印发。"
    open_items = sum(i.state == "open" for i in of.items)
    waiting = sum(r.is_unanswered for r in of.recipients)
    if row.state == "closed":
        return f"{row.number}已办结。"
    words = (
        [f"{waiting} 份回复未到" if waiting else "回复已到齐"]
        if any(r.must_reply for r in of.recipients)
        else []
    )
    words += (
        [f"{open_items} 项数据未改正" if open_items else "所列数据全部改正"] if row.kind != "praise" else []
    )
    receipts = sum(r.received_at is None for r in of.recipients)
    words = words or [f"{receipts} 个单位未签收" if receipts else "各单位均已签收"]
    return f"{row.number}（{row.kind_name}）：{'，'.join(words)}。"


def facts(of: Shown) -> list[tuple[str, str]]:
    row = of.row
    pairs = [
        ("编号", row.number),
        ("种类", row.kind_name),
        ("状态", row.state_name),
        ("期间", period_words(row.first, row.last)),
        ("数据截至", formats.date_zh(row.as_of)),
        ("起草", f"{row.drafted_by}，{formats.datetime_zh(row.drafted_at)}"),
    ]
    if row.approved_at:
        pairs.append(("批准", f"{row.approved_by}，{formats.datetime_zh(row.approved_at)}"))
    if row.issued_at:
        pairs.append(("印发", formats.datetime_zh(row.issued_at)))
    if row.reply_due and any(r.must_reply for r in of.recipients):
        pairs.append(("回复期限", formats.date_zh(row.reply_due)))
    return pairs


LINE_STATES = {
    "waiting": "muted", "issued": "calm", "overdue": "alarm", "replied": "attention", "returned": "attention",
    "closed": "good",
}  # fmt: skip
SYMBOLS = {"good": "●", "calm": "◐", "attention": "▲", "alarm": "■", "muted": "–"}
STATE_LOOK = {
    "draft": "attention", "approved": "attention", "issued": "calm", "closed": "good", "withdrawn": "muted",
}  # fmt: skip


def line_state(line: Recipient, day: dt.date) -> str:
    """State with its shape; late is told before the job has marked it."""
    key = "overdue" if line.is_late(day) else line.state
    words = "逾期未回复" if line.is_late(day) else line.state_name
    return f"{SYMBOLS[LINE_STATES[key]]} {words}"


def recipient_rows(of: Shown, day: dt.date | None = None) -> list[dict[str, object]]:
    """Who has received and answered, when."""
    day = day or today()
    return [
        {
            "单位": unit_name(r.unit),
            "状态": line_state(r, day),
            "签收": formats.day_month_zh(r.received_at),
            "回复期限": formats.day_month_zh(r.reply_due) if r.must_reply else "不需回复",
            "回复": formats.day_month_zh(r.replied_at),
        }
        for r in of.recipients
    ]


def reply_rows(of: Shown) -> list[dict[str, object]]:
    """The replies in full."""
    return [
        {
            "单位": unit_name(r.unit),
            "时间": formats.clock(r.replied_at),
            "回复人": r.replied_by,
            "内容": r.reply,
        }
        for r in of.recipients
        if r.reply
    ]


STEP_NAMES = {
    "draft": "起草", "approved": "批准", "issued": "印发", "closed": "办结", "withdrawn": "撤回", "replied": "回复",
    "returned": "退回重报", "overdue": "逾期未回复", "mended": "数据已改正", "open": "重新列为未改正",
}  # fmt: skip


def step_rows(of: Shown) -> list[dict[str, str]]:
    """The whole story, the oldest first."""
    return [
        {
            "时间": formats.clock(s.at),
            "办理人": s.actor,
            "单位": unit_name(s.unit) if s.unit else "",
            "事项": s.note
            if s.from_state == s.to_state and s.note
            else STEP_NAMES.get(s.to_state, s.to_state),
            "说明": "" if s.from_state == s.to_state else s.note,
        }
        for s in of.steps
    ]


def list_rows(
    found: Sequence[Circular], lines: Sequence[Recipient], day: dt.date, unit: str | None
) -> list[dict[str, object]]:
    """One line a circular; for a unit its own state."""
    by_code: dict[str, list[Recipient]] = {}
    for line in lines:
        by_code.setdefault(line.circular, []).append(line)
    rows = []
    for c in found:
        mine = by_code.get(c.code, [])
        own = next((r for r in mine if r.unit == unit), None)
        asked = [r for r in mine if r.must_reply]
        answered = sum(not r.is_unanswered and r.state != "waiting" for r in asked)
        row: dict[str, object] = {
            "编号": c.number,
            "种类": c.kind_name,
            "标题": c.title,
            "印发": formats.missing(c.issued_at, lambda v: formats.clock(v)[:10]),
            "状态": f"{SYMBOLS[STATE_LOOK[c.state]]} {c.state_name}",
        }
        if unit is not None:
            row["本单位"] = line_state(own, day) if own and c.state == "issued" else "—"
            row["回复期限"] = own.reply_due if own else None
        else:
            row["回复"] = f"{answered}/{len(asked)}" if asked else "不需回复"
            row["逾期"] = sum(r.is_late(day) for r in mine) if c.state == "issued" else 0
        rows.append(row)
    return rows
