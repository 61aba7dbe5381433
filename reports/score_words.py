"""The score in sentences: what it is made of, why it is not more, what would raise it (Article 23).

Every figure and every limit in a sentence is taken from the objects that compute the
score, so a screen cannot say another rule than the one that counted.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from metrics.score import formula
from metrics.score.actions import Action
from metrics.score.compute import Scored
from metrics.score.formula import (
    DEDUCTION_NAMES,
    PART_NAMES,
    deductions as deduction_rules,
)
from metrics.score.parts import Part
from metrics.score.result import figure
from metrics.score.rules import Rules, text
from metrics.score.standing import Place, Standing
from metrics.score.upload_effect import Effect
from reports.words import category_name, department_name
from ui import formats

GRADE_STATES = {"优秀": "good", "良好": "calm", "合格": "attention", "不合格": "alarm"}
REASONS = {
    "no_due_item": "没有到期的应报项，这一部分不计，按其余部分折算",
    "no_rows": "没有提交的数据",
    "no_batch": "没有已入库的批次",
    "waiting_for_operations": "已入库批次都在等待运维团队上架，这一部分不计，按其余部分折算",
    "none_due": "没有应办事项，记满分",
}
FULL = Decimal(100)


def years(today: dt.date, first: dt.date) -> list[str]:
    """Years that can be looked at, this one first."""
    return [str(year) for year in range(today.year, first.year - 1, -1)]


def points(value: Decimal | Fraction | None) -> str:
    """85.22, always two decimals."""
    return formats.missing(figure(value))


def movement(place: Place, since: str) -> str | None:
    """``+2`` / ``−1`` for a card; None where there is nothing to compare with."""
    if place.moved is None or not since:
        return None
    return formats.number(place.moved, signed=True) if place.moved else "持平"


def total_rule(rules: Rules) -> str:
    """How parts, deductions and grade come together, for the help of the score."""
    return formula.total(rules)


# ---------------------------------------------------------------- the year


def overview_sentence(standing: Standing) -> str:
    """Who leads, who trails, how the grades are spread."""
    when = _when(standing)
    if not standing.places:
        return f"{when}还没有参评的处室；年度计划批准后，这里显示各处室得分。"
    first, last = standing.places[0], standing.places[-1]
    counts = [
        f"{grade} {n} 个" for grade in GRADE_STATES if (n := sum(p.grade == grade for p in standing.places))
    ]
    words = f"{when}{len(standing.places)} 个处室参评：{'，'.join(counts)}"
    return f"{words}；{department_name(first.code)} {first.score} 分居首，{department_name(last.code)} {last.score} 分居末。"


def sentence(standing: Standing, scored: Scored) -> str:
    """The answer to: what is my score, and my place?"""
    name, when = department_name(scored.department.code), _when(standing)
    place = standing.place(scored.department.code)
    if place is None:
        return f"{name}{when}不参评：没有归口类别，或只有零计划。"
    return f"{name}{when}得分 {place.score}，{place.grade}，第 {place.rank} 名（共 {standing.assessed} 个处室）。"


def _when(standing: Standing) -> str:
    if standing.frozen is not None:
        more = f"（第 {standing.frozen.revision} 次结果）" if (standing.frozen.revision or 1) > 1 else ""
        return f" {standing.year} 年度已封存{more}，"
    return f" {standing.year} 年度截至 {formats.day_month_zh(standing.freeze)}，"


def basis(standing: Standing) -> list[str]:
    """For the line under the sentence: which rules, which inputs."""
    rules = standing.rules
    approved = (
        f"规则 {rules.version}（{rules.approved_by}批准）"
        if rules.version
        else "规则为建议值，待局办公室批准"
    )
    return [approved, f"输入哈希 {standing.sha256[:12]}…"]


def overview_tiles(standing: Standing, query: dict[str, str]) -> list[dict[str, Any]]:
    """One tile a department, grouped by grade, the best first."""
    return [
        {
            "group": place.grade,
            "state": GRADE_STATES.get(place.grade, "muted"),
            "name": department_name(place.code),
            "words": f"第 {place.rank} 名　{place.score} 分\n{_moved(place, standing.since)}",
            "hover": f"{department_name(place.code)} {place.score} 分，第 {place.rank} 名，点开看为什么",
            "address": address(query, department=department_name(place.code)),
        }
        for place in standing.places
    ]


def ranking_rows(standing: Standing) -> list[dict[str, Any]]:
    rows = []
    for place in standing.places:
        scored = standing.of(place.code)
        assert scored is not None
        rows.append(
            {
                "名次": place.rank,
                "处室": department_name(place.code),
                "得分": place.score,
                "等次": place.grade,
                "变化": _moved(place, standing.since),
                **{PART_NAMES[part.key]: points(part.points) for part in scored.parts},
                "扣分": points(scored.deductions.taken),
            }
        )
    return rows


def _moved(place: Place, since: str) -> str:
    if place.moved is None or not since:
        return ""
    if place.moved == 0:
        return f"与{since}持平"
    return f"比{since}{'升' if place.moved > 0 else '降'} {abs(place.moved)} 位"


def address(query: dict[str, str], **more: str | None) -> str:
    """The page again with these filters; None takes one away."""
    from urllib.parse import urlencode

    kept = {k: v for k, v in {**query, **more}.items() if v is not None}
    return "?" + urlencode(kept)


# ---------------------------------------------------------------- why


def why(scored: Scored, rules: Rules) -> list[tuple[str, str]]:
    """为什么是 85.22: each part, what is taken off, and the sum: (what, in which words), adding up by hand."""
    if scored.score is None:
        return [("不参评", "没有归口的类别，或归口类别都是零计划。")]
    found = [part_line(scored, part, rules) for part in scored.parts]
    sums = " + ".join(points(p.points) for p in scored.parts if p.points is not None)
    words = f"{sums} = {points(scored.points_sum)}。"
    if scored.weights_present != 100:
        words = (
            f"{sums} = {points(scored.points_sum)}；有依据的部分共 {text(scored.weights_present or Fraction(0))} 分，"
            f"折算为 {points(scored.points)}。"
        )
    found.append(("各部分合计", words))
    found += deduction_lines(scored, rules)
    if scored.deductions.taken:
        words = f"{points(scored.points)} − {points(scored.deductions.taken)} = {points(scored.score)}"
    else:
        words = f"没有扣分，{points(scored.score)}"
    found.append((f"得分 {points(scored.score)}", f"{words}，{_grade_words(scored, rules)}。"))
    return found


def _grade_words(scored: Scored, rules: Rules) -> str:
    if scored.deductions.has_leak:
        return f"经确认泄露国家秘密，等次为{scored.grade}"
    least = rules.grades.get(scored.grade or "")
    if least is None:
        lowest = rules.descending[-1][1]
        return f"低于 {text(lowest)}，等次{scored.grade}"
    return f"达到 {text(least)}，等次{scored.grade}"


def part_line(scored: Scored, part: Part, rules: Rules) -> tuple[str, str]:
    """(数量完成 25.66 / 28, what it comes from and what it lost on)."""
    head = f"{PART_NAMES[part.key]} {points(part.points)} / {text(part.weight)}"
    said = REASONS[part.reason] if part.reason else _SAID[part.key](scored, part, rules)
    return head, f"{said}。"


def _quantity(scored: Scored, part: Part, rules: Rules) -> str:
    counted = [c for c in scored.categories if c.ratio is not None]
    short = sorted((c for c in counted if c.ratio != FULL), key=lambda c: c.ratio or 0)
    words = f"{len(counted)} 个类别平均完成 {points(part.value)}%"
    if not short:
        return words + "，都已达到计划"
    named = "、".join(f"《{category_name(c.code)}》{points(c.ratio)}%" for c in short[:3])
    return f"{words}，未满的有{named}" + (f"等 {len(short)} 个" if len(short) > 3 else "")


def _coverage(scored: Scored, part: Part, rules: Rules) -> str:
    empty = [f"《{category_name(c.code)}》" for c in scored.categories if not c.covered]
    words = f"{len(scored.categories)} 个归口类别中 {text(part.numerator)} 个有数据或经批准的零计划"
    return words + (f"，{formats.listed(empty)}还没有" if empty else "")


def _timeliness(scored: Scored, part: Part, rules: Rules) -> str:
    items = [i for c in scored.categories for i in c.items]
    never = sum(i.delay_days is None and not i.given.is_share for i in items)
    late = sum(bool(i.delay_days) for i in items)
    words = f"{len(items)} 个应报项平均 {points(part.value)}"
    lost = [f"{late} 项迟报"] * bool(late) + [f"{never} 项未报"] * bool(never)
    return f"{words}，其中 {'、'.join(lost)}" if lost else f"{words}，全部按时"


def _quality(scored: Scored, part: Part, rules: Rules) -> str:
    means = sorted(
        ((c.mean, c.code) for c in scored.categories if c.mean is not None), key=lambda pair: pair[0]
    )
    words = f"{len(means)} 个类别六性平均 {points(part.value)}"
    weakest = means[0]
    return words + (f"，最低的是《{category_name(weakest[1])}》{weakest[0]}" if weakest[0] < FULL else "")


def _publishing(scored: Scored, part: Part, rules: Rules) -> str:
    waiting = part.denominator - part.numerator
    words = f"应上架 {text(part.denominator)} 个批次，已上架 {text(part.numerator)} 个"
    return words + (f"，{text(waiting)} 个在等本处室确认" if waiting else "")


def _cooperation(scored: Scored, part: Part, rules: Rules) -> str:
    late = sum(bool(o.delay_days) for o in scored.obligations)
    never = sum(o.delay_days is None for o in scored.obligations)
    words = f"{len(scored.obligations)} 项通报回复、整改和意见答复平均 {points(part.value)}"
    lost = [f"{late} 项迟办"] * bool(late) + [f"{never} 项未办"] * bool(never)
    return f"{words}，其中 {'、'.join(lost)}" if lost else f"{words}，全部按时"


_SAID = {
    "quantity": _quantity, "coverage": _coverage, "timeliness": _timeliness, "quality": _quality,
    "publishing": _publishing, "cooperation": _cooperation,
}  # fmt: skip


def deduction_lines(scored: Scored, rules: Rules) -> list[tuple[str, str]]:
    """One line for each kind that took points off, with its rule."""
    said = {line.key: line.rule for line in deduction_rules(rules)}
    found = []
    for kind, taken in scored.deductions.points.items():
        if not taken:
            continue
        if kind == "late_plan":
            what = f"迟 {scored.deductions.late_days} 天"
        else:
            what = f"{sum(d.kind == kind for d in scored.deductions.counted)} 起"
        found.append((f"扣 {points(taken)}", f"{DEDUCTION_NAMES[kind]}，{what}（{said[kind]}）。"))
    if scored.deductions.total > scored.deductions.taken:
        limit = f"各项合计 {points(scored.deductions.total)}，按上限计 {points(scored.deductions.taken)}。"
        found.append((f"扣 {points(scored.deductions.taken)}", limit))
    return found


# ---------------------------------------------------------------- what to do


def step_sentence(action: Action) -> str:
    """What to do today, and what it brings."""
    name = f"《{category_name(action.category)}》" if action.category else ""
    periods = formats.listed(action.periods, most=3)
    if action.kind == "reply":
        what = f"今天办结 {action.count} 项逾期的通报回复、整改或意见答复"
    elif action.kind == "publish":
        what = f"{name}：确认 {action.count} 个批次的审核结果，由运维团队上架"
    elif action.kind == "deliver":
        what = f"{name}：今天补报 {periods}"
    else:
        first = f"今天补报 {periods}，" if action.periods else ""
        what = f"{name}：{first}补足按时间进度尚缺的 {formats.number(action.count)} 条"
    return f"{what}，可提高 {points(action.points)} 分。"


def effect_state(effect: Effect) -> str:
    """Good, bad or neither for the score."""
    return "good" if effect.change > 0 else ("attention" if effect.change < 0 else "calm")


def effect_sentence(effect: Effect, *, is_own: bool) -> str:
    """What a checked file would do to the score; the score itself is for those who may see it."""
    change = formats.number(effect.change, 2, signed=True)
    if not is_own:
        return f"正式报送后，归口处室考核得分变化 {change} 分。"
    parts = "、".join(f"{PART_NAMES[key]} {points(had)} → {points(has)}" for key, had, has in effect.parts)
    return (
        f"正式报送后，{department_name(effect.department)}今天的得分由 {points(effect.before)} 变为 "
        f"{points(effect.after)}（{change}）" + (f"：{parts}。" if parts else "。")
    )
