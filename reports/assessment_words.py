"""Judged facts, freezes, appeals and errata as rows and sentences for people (Articles 19, 22, 23)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import catalog
from data_access.queries.assessment import (
    KIND_NAMES,
    NATURE_NAMES,
    OUTCOME_NAMES,
    Appeal,
    AppealEvent,
    FactVersion,
    FreezeHead,
    RuleSet,
)
from data_access.queries.records import plain
from metrics.rounding import half_up
from metrics.score import formula
from metrics.score.canonical import parse
from metrics.score.rules import Rules, text
from metrics.score.what_if import Compared
from reports.words import category_name, department_name
from ui import formats

KIND_BY_NAME = {name: code for code, name in KIND_NAMES.items()}


def two_persons(entry: FactVersion | FreezeHead | RuleSet) -> dict[str, Any]:
    """Author, date and second person, as the lists show them."""
    second = f"{entry.second}，{_day(entry.decided_at)}" if entry.second else "—"
    return {
        "经办": f"{entry.author}，{_day(entry.recorded_at)}",
        "第二人": second,
        "状态": entry.state_name,
    }


def _day(moment: dt.datetime | None) -> str:
    return formats.missing(moment, lambda m: formats.beijing(m).date().isoformat())


def fact_sentence(found: Sequence[FactVersion], year: int) -> str:
    """How many facts count, and how many wait."""
    waiting = sum(v.state == "proposed" for v in found)
    numbers = {v.number for v in found if v.state == "approved"}
    if not found:
        return f"{year} 年度没有登记扣分、应办事项或更正。"
    return f"{year} 年度有 {len(numbers)} 件已生效" + (
        f"，{waiting} 件等待第二人确认。" if waiting else "，没有待确认的。"
    )


def fact_rows(found: Sequence[FactVersion]) -> list[dict[str, Any]]:
    return [
        {
            "编号": f"{v.number} 第 {v.version} 版",
            "处室": department_name(v.department),
            "种类": NATURE_NAMES[v.nature],
            "事项": fact_words(v),
            **two_persons(v),
            "依据": v.evidence,
        }
        for v in found
    ]


def fact_words(v: FactVersion) -> str:
    """通报回复，6月1日截止，6月4日完成."""
    words = KIND_NAMES[v.kind] + (f"（{v.level}）" if v.level else "")
    if v.category:
        words += f"《{category_name(v.category)}》"
    if v.nature == "obligation":
        done = f"{formats.day_month_zh(v.settled_on)}完成" if v.settled_on else "未完成"
        words += f"，{formats.day_month_zh(v.happened_on)}截止，{done}"
    elif v.nature == "deduction":
        confirmed = f"{formats.day_month_zh(v.settled_on)}确认" if v.settled_on else "未确认"
        words += f"，{formats.day_month_zh(v.happened_on)}发生，{confirmed}"
    else:
        words += f"{v.period or ''}：{v.value}"
    return f"撤销：{words}" if v.is_void else words


def category_choices(department: str) -> dict[str, str]:
    """Name → code of the department's categories, for a form."""
    return {c.name_zh: c.code for c in catalog.default().categories_of(department)}


# ---------------------------------------------------------------- rules and what-if


def rule_lines(rules: Rules) -> list[tuple[str, str]]:
    """The six parts and the deductions with their rule, from the objects that compute."""
    lines = [*formula.parts(rules), *formula.deductions(rules)]
    return [(f"{line.name} {line.points}".strip(), line.rule) for line in lines]


def proposed_rules(found: RuleSet) -> str:
    """What a second person is asked to approve."""
    rules = Rules.model_validate(parse(found.content))
    weights = "、".join(
        f"{formula.PART_NAMES[part]} {text(weight)}" for part, weight in rules.weights.items()
    )
    return f"{found.effective_from} 起生效；{weights}。理由：{found.reason}。{found.author}提出。"


def rule_sentence(rules: Rules, year: int) -> str:
    if rules.version is None:
        return f"{year} 年度按建议规则计算，尚待局办公室批准；批准后这里写明版本和日期。"
    return f"{year} 年度适用规则 {rules.version}，{rules.effective_from} 起生效，{rules.approved_by}批准。"


def rule_set_rows(found: Sequence[RuleSet]) -> list[dict[str, Any]]:
    return [
        {
            "版本": r.version,
            "生效": plain(r.effective_from),
            "批准机关": r.approving_office,
            "理由": r.reason,
            **two_persons(r),
        }
        for r in found
    ]


def compared_sentence(found: Sequence[Compared]) -> str:
    """How much the order would change."""
    if not found:
        return "没有可以试算的年度。"
    moved = [c for c in found if c.moved]
    if not moved:
        return "按试算权重，各处室名次都不变。"
    most = max(moved, key=lambda c: abs(c.moved))
    way = "升" if most.moved > 0 else "降"
    return (
        f"按试算权重，{len(moved)} 个名次变化；变化最大的是 {most.year} 年度{department_name(most.after.code)}，"
        f"{way} {abs(most.moved)} 位。试算只供参考，不改变任何得分。"
    )


def compared_rows(found: Sequence[Compared]) -> list[dict[str, Any]]:
    return [
        {
            "年度": str(c.year),
            "处室": department_name(c.after.code),
            "原得分": c.before.score,
            "试算得分": c.after.score,
            "原名次": c.before.rank,
            "试算名次": c.after.rank,
            "变化": formats.number(c.moved, signed=True) if c.moved else "—",
            "试算等次": c.after.grade,
        }
        for c in found
    ]


def weight_text(typed: float | None) -> str:
    """What was typed as a weight, as a rule set writes it: two decimals at most, 28.25; nothing typed is 0."""
    return text(Fraction(half_up(Decimal(str(typed or 0)), 2)))


# ---------------------------------------------------------------- freeze, appeals, errata


def freeze_sentence(found: Sequence[FreezeHead], year: int, freeze: dt.date) -> str:
    """Whether the year is frozen, and in which revision."""
    standing = [f for f in found if f.state == "approved"]
    if not standing:
        return (
            f"{year} 年度尚未封存；{formats.date_zh(freeze)}自动封存，局办公室也可以在截止日期之后手动封存。"
        )
    last = standing[-1]
    words = f"{year} 年度已于 {formats.date_zh(standing[0].decided_at)} 封存"
    if last.revision and last.revision > 1:
        words += f"，现为第 {last.revision} 次结果（{last.reason}）"
    return words + "。"


def freeze_facts(f: FreezeHead) -> list[tuple[str, str]]:
    """One link of the chain."""
    which = f"第 {f.revision} 次结果" if f.revision else f"更正（{f.state_name}）"
    second = f"{f.second}，{formats.clock(f.decided_at)}" if f.second and f.decided_at else "—"
    return [
        ("结果", f"{which}：{f.reason}"),
        ("输入哈希", f.sha256),
        ("规则与公式", f"{f.rule_version or '建议值'}；公式 {f.formula_version}"),
        ("经办", f"{f.author}，{formats.clock(f.recorded_at)}"),
        ("第二人", second if f.second != f.author else "首次封存，不改变得分"),
        ("上一次哈希", f.previous_sha256 or "—"),
    ]


def appeal_rows(found: Sequence[Appeal]) -> list[dict[str, Any]]:
    return [
        {
            "编号": a.number,
            "处室": department_name(a.department),
            "对象": f"第 {a.revision} 次结果"
            + (f" · {formula.PART_NAMES.get(a.part, '')}" if a.part else ""),
            "异议": a.objection,
            "状态": a.state_name,
            "复核期限": plain(a.recheck_due),
            "复核情况": a.finding or "—",
            "决定期限": plain(a.decision_due),
            "决定": f"{OUTCOME_NAMES[a.outcome]}：{a.decision}" if a.outcome else "—",
            "更正": f"第 {a.effect_revision} 次结果" if a.effect_revision else "—",
        }
        for a in found
    ]


def appeal_steps(found: Sequence[AppealEvent]) -> list[tuple[str, str]]:
    from data_access.queries.assessment import APPEAL_NAMES

    return [
        (formats.datetime_zh(e.at), f"{APPEAL_NAMES[e.to_state]}（{e.actor}）：{e.note}") for e in found
    ]  # fmt: skip


def overdue_appeals(found: Sequence[Appeal], today: dt.date) -> list[str]:
    """Sentences for steps past their day."""
    late = []
    for a in found:
        due = a.recheck_due if a.state == "filed" else a.decision_due if a.state == "rechecked" else None
        if due is not None and due < today:
            verb = "复核" if a.state == "filed" else "决定"
            late.append(f"申诉 {a.number} 的{verb}期限 {due} 已过 {(today - due).days} 天。")
    return late


_PLACE_NAMES = {
    "score": "得分", "grade": "等次", "rank": "名次", "points": "得分", "value": "值", "parts": "", "departments": "",
    "categories": "", "ranking": "排名", "sum": "合计", "taken": "计入扣分", "P": "六部分合计", "points_sum": "各部分合计",
    "deductions": "扣分", **formula.PART_NAMES, **formula.DEDUCTION_NAMES, **formula.CHARACTERISTIC_NAMES,
}  # fmt: skip


def place_words(place: str) -> str:
    """departments/youth_sport/parts/quantity/points → 青少处 · 数量完成 · 得分."""
    known = catalog.default()
    words = []
    for step in place.split("/"):
        if step in known.department_by_code:
            words.append(known.department_by_code[step].short)
        elif step in known.category_by_code:
            words.append(known.category_by_code[step].name_zh)
        else:
            words.append(_PLACE_NAMES.get(step, step))
    return " · ".join(word for word in words if word)
