"""The score's parts, categories and items in words: what stands behind a figure of the score (Article 23)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from data_access.queries.batches import Batch
from data_access.queries.records import plain
from metrics.score.categories import Assessed
from metrics.score.compute import Scored
from metrics.score.formula import CHARACTERISTIC_NAMES, PART_NAMES, parts as part_rules
from metrics.score.rules import Rules, text
from reports.score_words import FULL, address, points
from reports.words import category_name
from ui import formats


def part_bars(scored: Scored, query: dict[str, str]) -> list[dict[str, Any]]:
    """The six parts as bars of 0–100, each leading to its categories."""
    return [
        {
            "name": PART_NAMES[part.key],
            "ratio": None if part.value is None else float(part.value) / 100,
            "state": _state(part.value),
            "reach": 1.0,
            "address": address(query, part=PART_NAMES[part.key], category=None),
        }
        for part in scored.parts
    ]


def _state(value: Decimal | None) -> str:
    if value is None:
        return "muted"
    return "accent" if value >= 90 else ("attention" if value >= 60 else "alarm")


def part_rows(scored: Scored) -> list[dict[str, Any]]:
    return [
        {
            "部分": PART_NAMES[part.key],
            "满分": text(part.weight),
            "值": points(part.value),
            "得分": points(part.points),
            "失分": points(None if part.points is None else part.weight - Fraction(part.points)),
        }
        for part in scored.parts
    ]


def part_rule(key: str, rules: Rules) -> str:
    """The part's rule, from the rule set that computed."""
    line = next(line for line in part_rules(rules) if line.key == key)
    return f"规则：{line.name}（{line.points} 分）＝{line.rule}。"


def category_tiles(scored: Scored, key: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """The categories with their figure of a part; each leads to its evidence."""
    return [
        {
            "group": PART_NAMES[key],
            "state": _tile_state(category, key),
            "name": category_name(category.code),
            "words": category_words(category, key),
            "hover": f"{category_name(category.code)}，点开看依据",
            "address": address(query, part=PART_NAMES[key], category=category_name(category.code)),
        }
        for category in scored.categories
    ]


def _tile_state(category: Assessed, key: str) -> str:
    value = _value(category, key)
    return "muted" if value is None else {"accent": "good"}.get(_state(value), _state(value))


def _value(category: Assessed, key: str) -> Decimal | None:
    """A category's own 0–100 in a part; None where it does not count there."""
    if key == "quantity":
        return category.ratio
    if key == "coverage":
        return FULL if category.covered else Decimal(0)
    if key == "quality":
        return category.mean
    if key == "timeliness" and category.items:
        return Decimal(str(round(float(100 * _credits(category) / len(category.items)), 2)))
    if key == "publishing" and not category.is_zero and (all_ := _listable(category)):
        return Decimal(str(round(100 * _published(category) / all_, 2)))
    return None


def _credits(category: Assessed) -> Fraction:
    return sum((item.credit for item in category.items), Fraction(0))


def _published(category: Assessed) -> int:
    return sum(b.count for b in category.batches if b.state == "published")


def _listable(category: Assessed) -> int:
    waits = sum(
        b.count for b in category.batches if b.state == "integrated" and b.waiting_for != "operations"
    )
    return _published(category) + waits


def category_words(category: Assessed, key: str) -> str:
    """The category's figure of a part in a few words."""
    if key == "quantity":
        if category.is_zero:
            return "零计划，不计"
        planned = "无计划" if category.quantity is None else formats.number(category.quantity, 2)
        return f"{formats.number(category.keys)} / {planned}\n{points(category.ratio)}%"
    if key == "coverage":
        return "零计划" if category.is_zero else ("有数据" if category.covered else "没有数据")
    if key == "timeliness":
        return f"{points(_credits(category))} / {len(category.items)} 项" if category.items else "没有应报项"
    if key == "quality":
        return formats.missing(category.mean) if category.mean is not None else "没有依据"
    if key == "publishing":
        return f"{_published(category)} / {_listable(category)} 批" if _listable(category) else "没有批次"
    return ""


def category_facts(category: Assessed, rules: Rules) -> list[tuple[str, str]]:
    """Everything the category gives to the score, step by step."""
    plan = "；".join(
        f"第 {s.version.version} 版 {formats.number(s.version.quantity)} 条 × {days} 天"
        for s, days in category.stretches
    )
    found = [
        (
            "计划（按天加权）",
            f"{formats.number(category.quantity, 2)}　{plan}" if plan else "没有已批准的计划",
        ),
        ("已入库记录", formats.number(category.keys)),
        ("完成率", "零计划，不计" if category.is_zero else f"{points(category.ratio)}%"),
        (
            "应报项得分",
            f"{points(_credits(category))} / {len(category.items)}" if category.items else "没有应报项",
        ),
    ]
    six = "　".join(
        f"{CHARACTERISTIC_NAMES[name]} {points(value)}（权重 {text(rules.characteristics[name])}）"
        for name, value in category.characteristics.items()
    )
    found.append(("质量六性", f"平均 {points(category.mean)}　{six}"))
    found.append(("上架", category_words(category, "publishing")))
    if category.surplus:
        found.append(("超出计划", f"{formats.number(category.surplus)} 条，只显示，不计分"))
    if category.is_falsified:
        found.append(("数据造假", "经确认，完成率按 0 计"))
    return found


def item_rows(category: Assessed) -> list[dict[str, Any]]:
    """Due items with their credit, then those that do not count and why."""
    why_not = {
        "other_department": "不归本处室",
        "zero_plan": "零计划期间",
        "after_freeze": "截止在封存日之后",
    }
    rows = []
    for item in category.items:
        given = item.given
        if given.is_share:
            came, late = f"{given.complete_days} / {given.days} 天完整", ""
        else:
            came = plain(given.received_on) if item.delay_days is not None else "未报"
            late = "" if not item.delay_days else f"{item.delay_days} 天"
        rows.append(
            {
                "所属期": given.period,
                "截止": plain(given.due_on),
                "收到": came,
                "迟报": late,
                "得分": points(item.credit),
            }
        )
    rows += [
        {"所属期": item.period, "截止": plain(item.due_on), "收到": "不计", "迟报": why_not[why], "得分": "—"}
        for item, why in category.dropped
    ]
    return rows


def obligation_rows(scored: Scored) -> list[dict[str, Any]]:
    from data_access.queries.assessment import KIND_NAMES

    return [
        {
            "事项": KIND_NAMES.get(o.given.kind, o.given.kind),
            "截止": plain(o.given.due_on),
            "完成": plain(o.given.done_on) if o.delay_days is not None else "未办",
            "得分": points(o.credit),
        }
        for o in scored.obligations
    ]


def batch_caption(found: Sequence[Batch], total: int) -> str:
    """How many batches there are and how many are listed."""
    more = f"，列出最近 {len(found)} 个" if total > len(found) else ""
    return f"依据：{formats.number(total)} 个批次{more}。点选一行看它的问题和记录。"
