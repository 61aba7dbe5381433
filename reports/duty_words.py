"""The opening duty in words and rows: rules with their source, breaches, what could not be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from data_access.queries.venue_analyses import Analysis, Finding
from metrics.venues.duty import BASIS_NAMES, DUTY_KINDS, RULES
from reports.fault_words import district_name
from reports.words import unit_name
from ui import formats

EVERY = "全部要求"
CHOICES = {EVERY: None, **{rule.name: key for key, rule in RULES.items()}}
WITNESSES = {"record": "单位填报", "reading": "闸机读数"}
SCOPE = (
    f"检查范围：群众体育场地中的{'、'.join(DUTY_KINDS)}（按单位填报），和已接入的智能化场馆（按闸机读数）；"
    "两者都说明不了的列为无法核验，不作为未达标。适用范围待业务处室确认。"
)


def sentence(known: Analysis, counts: Mapping[str, int], of: str) -> str:
    """How many breaches of what; `of` as in `fault_words.sentence`."""
    total = sum(counts.values())
    venues = f"{known.result['records']} 处场地、{known.result['venues']} 座接入场馆"
    venues = f"{of}的场馆" if of else venues
    if not total:
        return f"{venues}没有发现未达开放要求的情况。"
    parts = [f"{RULES[key].name} {counts[key]} 处" for key in RULES if counts.get(key)]
    return f"{venues}中，未达开放要求 {total} 项：{'、'.join(parts)}。"


def rule_rows(known: Analysis) -> list[dict[str, str]]:
    """Each rule, its source and the city's tally."""
    return [
        {
            "要求": rule.name,
            "达标": formats.number(known.result["rules"][key]["met"]),
            "未达标": formats.number(known.result["rules"][key]["breached"]),
            "无法核验": formats.number(known.result["rules"][key]["unknown"]),
            "出处": rule.source,
            "核对情况": BASIS_NAMES[rule.basis],
        }
        for key, rule in RULES.items()
    ]


def rows(found: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {
            "要求": RULES[f.kind].name, "场馆": f.name, "类型": f.place_kind, "区县": district_name(f.district),
            "实际": actual(f), "依据": WITNESSES[f.detail["witness"]], "数据单位": unit_name(f.unit),
        }
        for f in found
    ]  # fmt: skip


def actual(f: Finding) -> str:
    value = f.detail["value"]
    if f.kind == "fee":
        return f.detail["fee"] or "—"
    if f.kind == "free_day":
        return f"当日有收费 {formats.money(value)}"
    unit = "小时/周" if f.kind == "hours" else "天"
    return f"{formats.number(value, 1 if f.kind == 'hours' else 0)} {unit}"


def period(known: Analysis) -> str:
    days = (dt.date.fromisoformat(known.result[key]) for key in ("first", "last", "free_day"))
    first, last, free_day = map(formats.date_zh, days)
    return f"开放天数 {first}至{last}；全民健身日 {free_day}"
