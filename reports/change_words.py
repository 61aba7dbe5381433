"""Change requests in words: the list, one request's facts and values, its steps (Article 14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import catalog
from catalog import Category
from data_access.principal import Principal
from data_access.queries.change_requests import (
    KIND_NAMES,
    STATE_NAMES,
    ChangeFilter,
    ChangeRequest,
    ChangeStep,
)
from data_access.queries.venue_analyses import FAULT_NAMES
from reports.words import category_name, unit_name
from ui import formats

FILTERS: dict[str, tuple[str, ...] | None] = {
    "在办": ("draft", "submitted", "accepted", "approved"),
    "全部": None,
    **{name: (key,) for key, name in STATE_NAMES.items()},
}
EVERY = "全部类别"
VIEWS = ["申请", "提出"]
_LOOK = {
    "draft": "attention", "submitted": "attention", "accepted": "calm", "approved": "calm", "applied": "good",
    "confirmed": "good", "refused": "muted", "cancelled": "muted",
}  # fmt: skip
PLACES = ("longitude", "latitude")


def categories_of(found: Principal) -> dict[str, str]:
    """Name → code of the categories whose records this person may ask to change."""
    known = catalog.default().categories
    if found.role == "department":
        known = catalog.default().categories_of(found.unit)
    return {c.name_zh: c.code for c in known if found.may_read_category(c)}


def chosen(state: str, category: str) -> ChangeFilter:
    code = None if category == EVERY else {c.name_zh: c.code for c in catalog.default().categories}[category]
    return ChangeFilter(FILTERS[state], code)


def sentence(counts: Mapping[str, int], found: Sequence[ChangeRequest], day: dt.date) -> str:
    """What waits, and for whom."""
    standing = {s: counts.get(s, 0) for s in ("submitted", "accepted", "approved", "draft") if counts.get(s)}
    if not standing:
        return "没有在办的变更申请。"
    late = sum(c.is_late(day) for c in found)
    words = "、".join(f"{STATE_NAMES[s]} {n} 份" for s, n in standing.items())
    return f"在办 {sum(standing.values())} 份：{words}" + (
        f"，其中 {late} 份超过受理时限。" if late else "。"
    )


def nothing_yet(role: str) -> str:
    if role == "leader":
        return "各单位提出变更申请后，这里显示办理情况。"
    return "在右上角换一个状态；提出新的申请请选“提出”，或在场馆地图的点位问题中提出。"


def tiles(found: Sequence[ChangeRequest], day: dt.date) -> list[dict[str, Any]]:
    """One tile a request, by category; the address opens it."""
    made = []
    for c in found:
        state = "alarm" if c.is_late(day) else _LOOK[c.state]
        words = f"{c.state_name}，{formats.day_month_zh(c.opened_on)}提出"
        made.append(
            {
                "group": category_name(c.category), "state": state, "name": c.number,
                "words": f"{subject(c)}\n{words}", "hover": f"{KIND_NAMES[c.kind]}：{c.reason}",
                "address": f"?{urlencode({'id': c.number})}",
            }
        )  # fmt: skip
    return made


def subject(c: ChangeRequest) -> str:
    """The record by its key, without district codes and years."""
    known = catalog.default().category_by_code[c.category]
    texts = [_value(known, k, v) for k, v in c.record_key.items() if known.field_by_name[k].type == "string"]
    return texts[0] if texts else "、".join(_value(known, k, v) for k, v in c.record_key.items())


def headline(c: ChangeRequest) -> str:
    return (
        f"{c.number}：{KIND_NAMES[c.kind]}《{category_name(c.category)}》的“{subject(c)}”，{c.state_name}。"
    )


def origin(of: str) -> str:
    """Who proposed it: a person, or a location fault that was found."""
    return f"点位问题：{FAULT_NAMES[of]}" if of in FAULT_NAMES else "申请人提出"


def facts(c: ChangeRequest, day: dt.date) -> list[tuple[str, str]]:
    known = catalog.default().category_by_code[c.category]
    pairs = [(known.field_by_name[k].name_zh, _value(known, k, v)) for k, v in c.record_key.items()]
    pairs += [
        ("数据单位", unit_name(c.unit)),
        ("提出", f"{c.opened_by}，{formats.datetime_zh(c.opened_at)}"),
        ("来源", origin(c.origin)),
    ]
    if c.due_on and c.state == "submitted":
        pairs.append(("受理时限", formats.date_zh(c.due_on) + ("，已超过" if c.is_late(day) else "")))
    if c.frozen_year:
        pairs.append(("已封存年度", f"{c.frozen_year} 年，由局办公室核准"))
    if c.approved_by:
        pairs.append(("核准", c.approved_by))
    if c.receipt:
        pairs.append(("更新回执", c.receipt))
    return pairs


def value_rows(c: ChangeRequest) -> list[dict[str, str]]:
    """Field by field: as it was, as it is to be."""
    known = catalog.default().category_by_code[c.category]
    wanted = "删除" if c.kind == "delete" else "待补全"
    rows = []
    for name, before in c.before.items():
        after = _value(known, name, c.proposed[name]) if name in c.proposed else wanted
        rows.append(
            {"栏目": known.field_by_name[name].name_zh, "原值": _value(known, name, before), "拟改为": after}
        )
    return rows


def step_rows(steps: Sequence[ChangeStep]) -> list[dict[str, str]]:
    return [
        {
            "时间": formats.clock(s.at), "办理人": s.actor,
            "办理": STATE_NAMES[s.to_state] if s.from_state else f"提出（{STATE_NAMES[s.to_state]}）",
            "意见": s.note or "—",
        }
        for s in steps
    ]  # fmt: skip


def list_rows(found: Sequence[ChangeRequest]) -> list[dict[str, str]]:
    return [
        {
            "编号": c.number, "类别": category_name(c.category), "记录": subject(c), "事项": KIND_NAMES[c.kind],
            "状态": c.state_name, "数据单位": unit_name(c.unit), "提出人": c.opened_by,
            "提出日期": formats.date_zh(c.opened_on), "原因": c.reason,
        }
        for c in found
    ]  # fmt: skip


def _value(category: Category, name: str, value: Any) -> str:
    if value is None or value == "":
        return "（空）"
    if category.field_by_name[name].codelist == "district":
        district = catalog.default().district_by_code.get(str(value))
        return district.name if district else str(value)
    return str(value)


def changeable(category: Category) -> dict[str, str]:
    """Label → name of the fields that are not part of the key."""
    return {f.name_zh: f.name for f in category.fields if f.name not in category.natural_key}


def choices(category: Category, name: str) -> tuple[str, ...]:
    """The values a field allows; empty where any text may stand."""
    return category.field_by_name[name].allowed


def found_rows(category: Category, records: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Records to choose from: their keys."""
    fields = category.field_by_name
    return [{fields[k].name_zh: _value(category, k, r[k]) for k in category.natural_key} for r in records]


def labels_of(c: ChangeRequest) -> dict[str, str]:
    """Field → label of what a draft still needs."""
    known = catalog.default().category_by_code[c.category]
    return {name: known.field_by_name[name].name_zh for name in c.before}


def may(who: Principal, c: ChangeRequest) -> set[str]:
    """Steps whose button this person is shown; the commands decide."""
    department = catalog.default().category_by_code[c.category].department
    own = who.role in ("office", "operations") or who.unit in (c.unit, department)
    answers = who.role == "office" or (who.role == "department" and who.unit == department)
    shown = set()
    if own:
        shown |= {"draft": {"submit", "cancel"}, "applied": {"confirm"}}.get(c.state, set())
        shown |= {"cancel"} if c.state in ("submitted", "accepted") else set()
    if who.role == "operations":
        shown |= {
            "draft": {"refuse"}, "submitted": {"accept", "refuse"}, "approved": {"apply", "refuse"},
        }.get(c.state, set())  # fmt: skip
    if answers and c.state == "accepted":
        shown |= {"approve", "refuse"}
        if who.role == "department" and (c.kind == "delete" or c.frozen_year):
            shown -= {"approve"}
    return shown
