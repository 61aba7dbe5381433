"""The annual plan as its page shows and takes it."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

import catalog
from data_access.clock import day_of
from data_access.commands.plans import PlanError, Promise
from data_access.principal import Principal
from data_access.queries.plans import STATE_NAMES, Plan, PlanStep
from reports.words import category_name, department_name
from ui import formats

ALL_DEPARTMENTS = "全部处室"


def plan_years(day: dt.date) -> list[str]:
    """Next year first, for which plans are written in December; then this and the two before."""
    return [str(day.year + n) for n in (1, 0, -1, -2)]


def newest_plans(versions: Sequence[Plan]) -> list[Plan]:
    """The newest version of each category, in catalogue order."""
    newest: dict[str, Plan] = {}
    for plan in versions:
        newest[plan.category] = plan
    return list(newest.values())


_UNDER_WAY = {"submitted": "待局办公室批准", "draft": "是草稿", "returned": "被退回"}


def plan_sentence(current: Sequence[Plan], missing: Sequence[str], year: int) -> str:
    """Where the year's plan stands; what is under way is not counted again as without a plan."""
    in_force = sum(p.state in ("approved", "closed") for p in current)
    words = f"{year} 年计划：{in_force} 个类别已批准"
    for state, name in _UNDER_WAY.items():
        if count := sum(p.state == state for p in current):
            words += f"，{count} 个{name}"
    if nothing := set(missing) - {p.category for p in current if p.state in _UNDER_WAY}:
        return words + f"，{len(nothing)} 个还没有计划。"
    return words + ("。" if missing else "，没有遗漏。")


def category_list(codes: Sequence[str]) -> str:
    known = catalog.default().category_by_code
    by_department: dict[str, list[str]] = {}
    for code in codes:
        by_department.setdefault(known[code].department, []).append(known[code].name_zh)
    return "；".join(f"{department_name(d)}：{'、'.join(names)}" for d, names in by_department.items())


def plan_lines(who: Principal, current: Sequence[Plan], name: str = ALL_DEPARTMENTS) -> list[dict[str, Any]]:
    """One line for each category the principal plans for; `name` narrows them to a department."""
    newest = {p.category: p for p in current}
    lines = []
    for category in catalog.default().categories:
        if who.role == "department" and category.department != who.unit:
            continue
        if name not in (ALL_DEPARTMENTS, department_name(category.department)):
            continue
        plan = newest.get(category.code)
        lines.append(
            {
                "代码": category.code,
                "处室": department_name(category.department),
                "类别": category.name_zh,
                "计划数量": plan.quantity if plan else None,
                "活动月份": "、".join(map(str, plan.months)) if plan else "",
                "修订原因": "",
                "状态": plan.state_name if plan else "未填报",
                "版本": plan.version if plan else None,
            }
        )
    return lines


QUANTITIES = ("计划数量",)


def lines_then(lines: Sequence[dict[str, Any]], current: Sequence[Plan]) -> list[dict[str, Any]]:
    """The same lines on a past day; what a draft promised then is not kept, for it was written over."""
    drafts = {p.category for p in current if p.state == "draft"}
    shown = ("处室", "类别", "计划数量", "活动月份", "状态", "版本")
    return [
        {
            name: None if name in ("计划数量", "活动月份") and line["代码"] in drafts else line[name]
            for name in shown
        }
        for line in lines
    ]


def unsaved(edited: pd.DataFrame, lines: Sequence[dict[str, Any]]) -> int:
    """Lines in which something was typed that does not stand there yet."""
    rows = edited.to_dict("records")
    return sum(not _is_unchanged(line, row) for line, row in zip(lines, rows, strict=False))


def promises(edited: pd.DataFrame, lines: Sequence[dict[str, Any]], year: int) -> list[Promise]:
    """What was typed into the table and differs from what stands there.

    Only lines of the table as it was drawn count, by place: the browser decides
    neither which categories there are nor whose they are. A table that came back
    with other lines is taken for none.

    Raises:
        PlanError: nothing was changed, or a cell cannot be read.
    """
    rows = edited.to_dict("records")
    if [row.get("代码") for row in rows] != [line["代码"] for line in lines]:
        raise PlanError(["表格与系统中的类别不一致，没有保存。请刷新页面后重新填写。"])
    found, problems = [], []
    for line, row in zip(lines, rows, strict=True):
        quantity, months, reason = row.get("计划数量"), row.get("活动月份"), row.get("修订原因")
        unchanged = _is_unchanged(line, row)
        is_empty = quantity is None or formats.is_missing(quantity)
        if is_empty and not (unchanged and not reason):
            problems.append(
                f"{line['类别']}：没有填写计划数量。请填全年应汇聚的记录数；确实没有数据的填 0 并写明修订原因。"
            )
            continue
        if unchanged or quantity is None or is_empty:
            continue
        parsed = _months(str(months or ""))
        if parsed is None:
            problems.append(
                f"{line['类别']}：活动月份「{months}」应写成 1 到 12 的数字，用顿号分开，例如 3、6、9。"
            )
            continue
        if not _is_whole(quantity):
            problems.append(f"{line['类别']}：计划数量「{quantity}」应为整数。请改正。")
            continue
        found.append(
            Promise(line["代码"], year, int(quantity), parsed, str(reason or "") or None, None, line["类别"])
        )
    if problems:
        raise PlanError(problems)
    if not found:
        raise PlanError(["没有改动。请先在表中填写计划数量或活动月份。"])
    return found


def _is_unchanged(line: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Quantity and months as they stand; a reason alone changes no plan."""
    months = (row.get("活动月份") or "") == (line["活动月份"] or "")
    return months and _same(row.get("计划数量"), line["计划数量"])


def _same(one: Any, other: Any) -> bool:
    if formats.is_missing(one) or other is None:
        return formats.is_missing(one) and other is None
    return one == other


def _is_whole(quantity: Any) -> bool:
    """Whether a cell holds an integer; a column with an empty cell holds floats."""
    return isinstance(quantity, (int, float)) and math.isfinite(quantity) and quantity == int(quantity)


def _months(text: str) -> tuple[int, ...] | None:
    parts = [
        p for p in text.replace("，", "、").replace(",", "、").replace("月", "").split("、") if p.strip()
    ]
    try:
        numbers = tuple(sorted({int(p) for p in parts}))
    except ValueError:
        return None
    return numbers if all(1 <= n <= 12 for n in numbers) else None


def plan_state_counts(current: Sequence[Plan]) -> list[tuple[str, str]]:
    counted = Counter(p.state for p in current)
    return [(name, f"{counted[key]} 个类别") for key, name in STATE_NAMES.items() if counted[key]] or [
        ("状态", "还没有填报")
    ]


STEP_COLUMNS = ("时间", "办理人", "类别", "版本", "办理", "说明")
VERSION_COLUMNS = (
    "处室", "类别", "版本", "数量", "活动月份", "状态", "提交", "批准", "批准人", "原因",
)  # fmt: skip


def categories(plans: Sequence[Plan]) -> list[str]:
    return [p.category for p in plans]


def steps_of(steps: Sequence[PlanStep], versions: Sequence[Plan]) -> list[PlanStep]:
    """The steps of these versions."""
    seen = {(p.category, p.version) for p in versions}
    return [s for s in steps if (s.category, s.version) in seen]


def steps_until(steps: Sequence[PlanStep], day: dt.date) -> list[PlanStep]:
    """The steps taken by the end of `day`."""
    return [s for s in steps if day_of(s.at) <= day]


def department_choices() -> list[str]:
    """What the office may narrow the page to."""
    return [ALL_DEPARTMENTS, *(d.short for d in catalog.default().departments)]


def of_department(plans: Sequence[Plan], name: str) -> list[Plan]:
    """Those of one department, or all."""
    return [p for p in plans if name in (ALL_DEPARTMENTS, department_name(p.department))]


def codes_of_department(codes: Sequence[str], name: str) -> list[str]:
    known = catalog.default().category_by_code
    return [c for c in codes if name in (ALL_DEPARTMENTS, department_name(known[c].department))]


def returned_sentence(current: Sequence[Plan], steps: Sequence[PlanStep]) -> str:
    """Which are waiting to be written anew, and why: 群众体育赛事：低于去年完成数（张蓉，11月20日）."""
    last = {(s.category, s.version): s for s in reversed(steps) if s.to_state == "returned"}
    words = []
    for plan in current:
        if plan.state == "returned":
            step = last.get((plan.category, plan.version))
            by = f"（{step.actor}，{formats.day_month_zh(step.at)}）" if step else ""
            words.append(f"{category_name(plan.category)}：{plan.returned_reason}{by}")
    return "；".join(words)


def step_rows(steps: Sequence[PlanStep]) -> list[dict[str, Any]]:
    """Who did what, when and why; the newest first."""
    return [
        {
            "时间": formats.clock(s.at),
            "办理人": s.actor,
            "类别": category_name(s.category),
            "版本": s.version,
            "办理": f"{STATE_NAMES[s.from_state]} → {STATE_NAMES[s.to_state]}"
            if s.from_state
            else STATE_NAMES[s.to_state],
            "说明": s.note,
        }
        for s in steps
    ]


def plan_version_row(plan: Plan, *, is_past: bool = False) -> dict[str, Any]:
    """`is_past`: what a draft promised then is not kept."""
    is_known = not (is_past and plan.state == "draft")
    return {
        "处室": department_name(plan.department),
        "类别": category_name(plan.category),
        "版本": plan.version,
        "数量": plan.quantity if is_known else None,
        "活动月份": "、".join(map(str, plan.months)) if is_known else None,
        "状态": plan.state_name,
        "提交": plan.submitted_on,
        "批准": plan.approved_on,
        "批准人": plan.approved_by,
        "原因": plan.reason or plan.returned_reason,
    }
