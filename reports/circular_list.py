"""The list of circulars and one circular's parts, ready for the page's tiles and choices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import catalog
from data_access.queries.circulars import KIND_NAMES, Circular, Recipient
from metrics.circular_figures import MEASURES
from metrics.circular_life import Line
from reports.circular_words import (
    STATE_LOOK,
    Shown,
    item_state,
    line_state,
    subject,
    target_words,
    value_words,
)
from reports.words import category_name, department_name, unit_name
from ui import formats

FILTERS: dict[str, tuple[str, ...]] = {
    "全部": ("draft", "approved", "issued", "closed", "withdrawn"),
    "在办": ("draft", "approved", "issued"),
    "已办结": ("closed",),
    "已撤回": ("withdrawn",),
}
KINDS = {name: key for key, name in KIND_NAMES.items()}


VIEWS = ["通报", "起草"]


def codes_of(found: Sequence[Circular]) -> list[str]:
    return [c.code for c in found]


def of_state(found: Sequence[Circular], state: str) -> list[Circular]:
    return [c for c in found if c.state in FILTERS[state]]


def nothing_yet(role: str) -> str:
    if role in ("office", "operations"):
        return "在上面选“起草”，选择期间、处室和指标，起草第一份。"
    return "局办公室印发后，这里显示印发给本单位的通报。"


def tiles(
    found: Sequence[Circular], lines: Sequence[Recipient], day: dt.date, unit: str | None
) -> list[dict[str, Any]]:
    """One tile a circular, by year; what waits for the reader stands in its second line."""
    by_code: dict[str, list[Recipient]] = {}
    for line in lines:
        by_code.setdefault(line.circular, []).append(line)
    made = []
    for c in found:
        mine = by_code.get(c.code, [])
        state, words = _standing(c, mine, day, unit)
        made.append(
            {
                "group": f"{c.year} 年" if c.year else "未印发",
                "state": state,
                "name": c.number,
                "words": f"{c.kind_name}：{c.title}\n{words}",
                "hover": f"{c.title}，{c.state_name}，{words}",
                "address": f"?{urlencode({'id': c.code})}",
            }
        )
    return made


def _standing(c: Circular, lines: Sequence[Recipient], day: dt.date, unit: str | None) -> tuple[str, str]:
    if c.state != "issued":
        return STATE_LOOK[c.state], c.state_name
    own = next((r for r in lines if r.unit == unit), None)
    if own is not None:
        words = line_state(own, day)[2:]
        if own.is_unanswered and own.reply_due:
            words += f"，{formats.day_month_zh(own.reply_due)}前"
        state = "alarm" if own.is_late(day) else "attention" if own.is_unanswered else "calm"
        return state, words
    asked = [r for r in lines if r.must_reply]
    late = sum(r.is_late(day) for r in lines)
    if not asked:
        received = sum(r.received_at is not None for r in lines)
        return "calm", f"签收 {received}/{len(lines)}"
    answered = sum(not r.is_unanswered for r in asked)
    words = f"回复 {answered}/{len(asked)}" + (f"，逾期 {late}" if late else "")
    return ("alarm" if late else "calm"), words


OVERSEERS = ("leader", "office", "operations")


def cards(found: Sequence[Circular], lines: Sequence[Recipient], day: dt.date) -> list[dict[str, Any]]:
    """How many are open, unanswered, late, and how long replies take."""
    standing = {c.code for c in found if c.state == "issued"}
    issued_at = {c.code: c.issued_at for c in found if c.issued_at and c.state != "withdrawn"}
    waiting = [r for r in lines if r.circular in standing and r.is_unanswered]
    late = sum(r.is_late(day) for r in waiting)
    taken = [
        (r.replied_at - issued_at[r.circular]).total_seconds()
        for r in lines
        if r.replied_at is not None and r.circular in issued_at
    ]
    return [
        {"name": "在办通报", "value": f"{len(standing)} 份", "help": "已印发、尚未办结的通报"},
        {"name": "待回复", "value": f"{len(waiting)} 份", "help": "已印发、尚未回复或被退回的回复"},
        {"name": "逾期未回复", "value": f"{late} 份", "help": "过了回复期限仍未回复"},
        {
            "name": "平均回复用时",
            "value": formats.duration_zh(sum(taken) / len(taken)) if taken else "—",
            "help": "自印发至最近一次回复的日历时间，已撤回的不计",
        },
    ]


def item_tiles(of: Shown, unit: str | None = None) -> list[dict[str, Any]]:
    """What is stated of whom: then, asked for, now; the reader's own first."""
    looks = {"mended": "good", "open": "alarm", "noted": "good"}
    return [
        {
            "group": department_name(i.department),
            "state": looks[i.state],
            "name": f"{MEASURES[i.indicator].name} {value_words(i.indicator, i.value)}",
            "words": "\n".join(
                part
                for part in (
                    category_name(i.category) if i.category else "",
                    item_state(i)[2:] if i.state != "noted" else "",
                    f"要求{target_words(i.indicator, i.target)}" if i.state == "open" else "",
                )
                if part
            ),
            "hover": f"{subject(i)}：{value_words(i.indicator, i.value)}。{MEASURES[i.indicator].meaning}",
        }
        for i in sorted(of.items, key=lambda i: i.department != unit)
    ]


def own_line(of: Shown, unit: str | None) -> Recipient | None:
    """The reader's own line, once it was issued."""
    if of.row.issued_at is None:
        return None
    return next((r for r in of.recipients if r.unit == unit), None)


def has_others(of: Shown) -> bool:
    """Whether more than the reader's own line can be seen."""
    return len(of.recipients) > 1


def return_reason(of: Shown, own: Recipient) -> str | None:
    """Why the last reply was returned, while it still waits to be written anew."""
    if own.reply is None or not own.is_unanswered:
        return None
    return next((s.note for s in reversed(of.steps) if s.unit == own.unit and s.to_state == "returned"), None)


def to_judge(of: Shown) -> dict[str, tuple[str, str]]:
    """Name → (unit, reply) of those that wait for the office's word."""
    if of.row.state != "issued":
        return {}
    return {unit_name(r.unit): (r.unit, r.reply or "") for r in of.recipients if r.state == "replied"}


# ---------------------------------------------------------------- drafting


def departments() -> dict[str, str]:
    return {d.short: d.code for d in catalog.default().departments}


def indicators() -> dict[str, str]:
    return {m.name: key for key, m in MEASURES.items()}


def copies(chosen: Sequence[str]) -> dict[str, str]:
    """Name → code of the units that may be sent a copy."""
    known = catalog.default()
    return {u.label: code for code, u in known.units.items() if u.valid_to is None and code not in chosen}


def is_wanted(line: Line, kind: str) -> bool:
    """Whether the line fits the kind: praise for what is as it should be, else what is still not mended."""
    if line.then.value is None:
        return False
    return line.then.is_met if kind == "praise" else not line.then.is_met and not line.now.is_met


def in_order(found: Sequence[Line], kind: str) -> list[Line]:
    """What fits first, otherwise as the catalogue has it."""
    return sorted(found, key=lambda line: not is_wanted(line, kind))


def preview_sentence(found: Sequence[Line], kind: str) -> str:
    wanted = sum(is_wanted(line, kind) for line in found)
    mended = sum(not line.then.is_met and line.now.is_met for line in found)
    if kind == "praise":
        return f"{wanted} 项达到要求，已预先勾选；请只保留要表扬的。"
    words = f"{wanted} 项未达到要求且至今未改正，已预先勾选"
    return words + (f"；另有 {mended} 项期末未达到、今天已改正，没有勾选。" if mended else "。")


def preview_rows(found: Sequence[Line], kind: str) -> list[dict[str, Any]]:
    """Lines to choose from, in the order given."""
    return [
        {
            "列入": is_wanted(line, kind),
            "处室": department_name(line.then.department),
            "指标": MEASURES[line.then.indicator].name,
            "类别": category_name(line.then.category) if line.then.category else "",
            "通报期末": value_words(line.then.indicator, line.then.value),
            "今天": value_words(line.now.indicator, line.now.value),
            "要求": target_words(line.then.indicator, MEASURES[line.then.indicator].target),
        }
        for line in found
    ]


def chosen(
    edited: Sequence[dict[str, Any]], found: Sequence[Line]
) -> tuple[tuple[str, str | None, str], ...]:
    """The lines that were ticked, by their place in the preview as it was drawn.

    A table that came back with another number of lines is taken for none.
    """
    if len(edited) != len(found):
        return ()
    return tuple(line.key for row, line in zip(edited, found, strict=True) if row.get("列入") is True)


def kinds(row: Circular | None) -> list[str]:
    """The kinds, a draft's own first."""
    names = list(KINDS)
    return [row.kind_name, *(n for n in names if n != row.kind_name)] if row else names[1:] + names[:1]


def period(row: Circular | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """A draft's period; for a new one the month before."""
    if row is not None:
        return row.first, row.last
    end = today.replace(day=1) - dt.timedelta(days=1)
    return end.replace(day=1), end


def both_days(chosen: Any) -> tuple[dt.date, dt.date] | None:
    """Both ends, once both are chosen."""
    if isinstance(chosen, (tuple, list)) and len(chosen) == 2 and all(isinstance(d, dt.date) for d in chosen):
        return chosen[0], chosen[1]
    return None


def day_of(chosen: Any) -> dt.date | None:
    return chosen if isinstance(chosen, dt.date) else None


def named(of: Shown | None) -> list[str]:
    """The departments a draft names."""
    return list(dict.fromkeys(department_name(i.department) for i in of.items)) if of else []


def codes(options: dict[str, str], names: Sequence[str]) -> list[str]:
    """The codes of the chosen names; none chosen means all."""
    return [options[n] for n in names if n in options] or list(options.values())
