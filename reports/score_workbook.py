"""The score as a workbook of live formulas: whoever changes a fact sees the score change (Article 23).

Facts stand in grey cells, everything else is worked out from them by formulas, the
rules included. Sums are made of whole numbers (hundredths, thirtieths), so that a tie
at …5 is rounded in a spreadsheet as domain rule 4.2 rounds it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import xlsxwriter

from data_access.plan_chain import days_in_year
from data_access.queries.assessment import KIND_NAMES
from metrics.score import formula
from metrics.score.compute import Scored, Year
from metrics.score.document import Category, Deduction
from metrics.score.rules import CHARACTERISTICS, PARTS, Rules
from reports.live_sheet import LiveSheet, name_of, shown
from reports.score_workbook_summary import SUMMARY, write_summary
from reports.style import LINE, PAPER, add_formats

CATEGORIES, PLANS, ITEMS, DUTIES, TAKEN, RULES = "类别", "计划", "应报项", "应办事项", "扣分", "规则"


def workbook(year: Year, *, title: str, sha256: str) -> bytes:
    """All departments of a year. Cached values are the frozen ones; a spreadsheet that recalculates gets the same."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    formats = add_formats(book)
    fact = {"border": 1, "border_color": LINE, "bg_color": PAPER}
    formats |= {
        "fact": book.add_format(fact),
        "fact_date": book.add_format(fact | {"num_format": "yyyy-mm-dd"}),
    }
    book.set_properties({"title": title, "comments": f"输入 SHA-256 {sha256}"})
    book.set_calc_mode("auto")
    front = book.add_worksheet(SUMMARY)
    categories = LiveSheet(book, formats, CATEGORIES, _CATEGORY_COLUMNS)
    plans = LiveSheet(book, formats, PLANS, ["键", "处室", "类别", "版本", "数量", "在期天数", "数量×天数"])
    items = LiveSheet(book, formats, ITEMS, _ITEM_COLUMNS)
    duties = LiveSheet(
        book, formats, DUTIES, ["处室", "事项", "截止", "完成", "迟办天数", "得分（限期分之一）"]
    )
    taken = LiveSheet(book, formats, TAKEN, ["处室", "事项", "等级", "类别", "发生", "确认", "扣分"])
    _rules(book, formats, year.document.rule_set)
    for scored in year.departments:
        _facts(year, scored, plans, items, duties, taken)
    for scored in year.departments:
        for category in scored.categories:
            _category(year, scored, category, categories, plans, items)
    write_summary(book, front, formats, year, title, sha256, categories, items, duties, taken)
    book.close()
    return buffer.getvalue()


def _key(scored: Scored, code: str) -> str:
    return f"{scored.department.code}/{code}"


# ---------------------------------------------------------------- facts


def _facts(
    year: Year, scored: Scored, plans: LiveSheet, items: LiveSheet, duties: LiveSheet, taken: LiveSheet
) -> None:  # fmt: skip
    name = name_of(scored.department.code)
    for category in scored.categories:
        shared = {"键": _key(scored, category.code), "处室": name, "类别": name_of(category.code)}
        for stretch, days in category.stretches:
            plans.add(
                shared
                | {"版本": stretch.version.version, "数量": stretch.version.quantity, "在期天数": days},
                {"数量×天数": ("{数量}*{在期天数}", stretch.version.quantity * days)},
            )
        for item in category.items:
            given, limit = item.given, year.document.rule_set.limits.delay_days
            came = given.received_on if item.delay_days is not None else None
            in_time = 0 if given.is_share else int(item.credit * limit)
            items.add(
                shared | {
                    "所属期": given.period, "截止": given.due_on, "收到": came,
                    "完整天数": given.complete_days, "应有天数": given.days,
                },
                {
                    "迟报天数": ('IF({收到}="","",MAX(0,{收到}-{截止}))', item.delay_days if came else ""),
                    "按期得分（限期分之一）": (
                        'IF({应有天数}<>"",0,IF({收到}="",0,MAX(0,delay_days-{迟报天数})))', in_time,
                    ),
                    "按日得分": (
                        'IF({应有天数}<>"",{完整天数}/{应有天数},0)', float(item.credit) if given.is_share else 0,
                    ),
                },
            )  # fmt: skip
    for done in scored.obligations:
        given = done.given
        duties.add(
            {
                "处室": name, "事项": KIND_NAMES.get(given.kind, given.kind), "截止": given.due_on,
                "完成": given.done_on if done.delay_days is not None else None,
            },
            {
                "迟办天数": ('IF({完成}="","",MAX(0,{完成}-{截止}))', shown(done.delay_days)),
                "得分（限期分之一）": (
                    'IF({完成}="",0,MAX(0,obligation_days-{迟办天数}))',
                    int(done.credit * year.document.rule_set.limits.obligation_days),
                ),
            },
        )  # fmt: skip
    for deduction in scored.deductions.counted:
        level = f"incident_{_level(year, deduction.level)}" if deduction.kind == "incident" else ""
        rule = level or {"secret_leak": "0"}.get(deduction.kind, deduction.kind)
        taken.add(
            {
                "处室": name, "事项": KIND_NAMES[deduction.kind], "等级": deduction.level or "",
                "类别": name_of(deduction.category) if deduction.category else "",
                "发生": deduction.occurred_on, "确认": deduction.confirmed_on,
            },
            {"扣分": (rule, _points(year, deduction))},
        )  # fmt: skip


def _points(year: Year, deduction: Deduction) -> float:
    limits = year.document.rule_set.limits
    if deduction.kind == "incident":
        return float(limits.incident[deduction.level or ""])
    return float({"content": limits.content, "falsified": limits.falsified}.get(deduction.kind, 0))


def _level(year: Year, level: str | None) -> int:
    return list(year.document.rule_set.limits.incident).index(level or "") + 1


# ---------------------------------------------------------------- categories

_ITEM_COLUMNS = [
    "键", "处室", "类别", "所属期", "截止", "收到", "完整天数", "应有天数", "迟报天数",
    "按期得分（限期分之一）", "按日得分",
]  # fmt: skip
_SIX = formula.CHARACTERISTIC_NAMES
_CATEGORY_COLUMNS = [
    "键", "处室", "类别", "权重", "计划", "零计划", "已入库", "造假", "完成率", "接收记录", "覆盖", "提交行数",
    *(f"{_SIX[c]}{part}" for c in CHARACTERISTICS for part in ("分子", "分母", "")),
    "六性平均", "已上架", "待处室", "待运维", "权重×完成率×100", "计入权重", "六性平均×100",
]  # fmt: skip


def _category(
    year: Year, scored: Scored, category: Any, sheet: LiveSheet, plans: LiveSheet, items: LiveSheet
) -> None:  # fmt: skip
    entries = list(_entries(scored, category.code))
    sums: dict[str, Any] = {}
    values: dict[str, tuple[str, Any]] = {}
    for name in CHARACTERISTICS:
        given = [e.characteristics.get(name, (0, 0)) for e in entries]
        sums[f"{_SIX[name]}分子"] = float(sum(n for n, _ in given))
        sums[f"{_SIX[name]}分母"] = float(sum(d for _, d in given))
        said = f'IF({{{_SIX[name]}分母}}=0,"",ROUND(100*{{{_SIX[name]}分子}}/{{{_SIX[name]}分母}},2))'
        values[_SIX[name]] = (said, shown(category.characteristics[name]))
    weights = "+".join(f'IF({{{_SIX[c]}}}="",0,c_{c})' for c in CHARACTERISTICS)
    weighted = "+".join(f'IF({{{_SIX[c]}}}="",0,c_{c}*ROUND(100*{{{_SIX[c]}}},0))' for c in CHARACTERISTICS)
    counts = _batch_counts(category)
    days = days_in_year(year.document.year)
    planned = f"SUMIFS({plans.column('数量×天数')},{plans.column('键')},{{键}})"
    sheet.add(
        {
            "键": _key(scored, category.code), "处室": name_of(scored.department.code),
            "类别": name_of(category.code), "权重": float(category.weight), "已入库": category.keys,
            "造假": int(category.is_falsified), "接收记录": sum(e.accepted_records for e in entries),
            "提交行数": category.rows, **sums, **counts,
        },
        {
            "计划": (
                f'IF(COUNTIFS({plans.column("键")},{{键}})=0,"",ROUND({planned}/{days},2))', shown(category.quantity),
            ),
            "零计划": ('IF({计划}="",0,IF({计划}=0,1,0))', int(category.is_zero)),
            "完成率": (
                'IF({零计划}=1,"",IF(OR({造假}=1,{计划}="",{计划}=0),0,MIN(100,ROUND(100*{已入库}/{计划},2))))',
                shown(category.ratio),
            ),
            "覆盖": ("IF(OR({零计划}=1,{接收记录}>0),1,0)", int(category.covered)),
            **values,
            "六性平均": (
                f'IF(OR({{提交行数}}=0,{{零计划}}=1,({weights})=0),"",ROUND(({weighted})/({weights})/100,2))',
                shown(category.mean),
            ),
            "权重×完成率×100": (
                'IF({完成率}="",0,{权重}*ROUND(100*{完成率},0))', float(category.weight * Fraction(category.ratio or 0) * 100),
            ),
            "计入权重": ('IF({完成率}="",0,{权重})', 0 if category.ratio is None else float(category.weight)),
            "六性平均×100": ('IF({六性平均}="",0,ROUND(100*{六性平均},0))', float((category.mean or 0) * 100)),
        },
    )  # fmt: skip


def _entries(scored: Scored, code: str) -> Iterator[Category]:
    """The document's entries of the category that have days of the department."""
    exists = scored.term.exists
    for entry in scored.department.categories:
        if entry.code == code and exists and exists.cut(entry.valid_from, entry.valid_to):
            yield entry


def _batch_counts(category: Any) -> dict[str, int]:
    counted = [b for b in category.batches if b.count]
    return {
        "已上架": sum(b.count for b in counted if b.state == "published"),
        "待处室": sum(b.count for b in counted if b.state == "integrated" and b.waiting_for != "operations"),
        "待运维": sum(b.count for b in counted if b.waiting_for == "operations"),
    }


# ---------------------------------------------------------------- rules


def _rules(book: xlsxwriter.Workbook, formats: dict[str, Any], rules: Rules) -> None:
    """Every weight and limit in a cell under a name that the formulas use."""
    sheet = book.add_worksheet(RULES)
    limits = rules.limits
    named: list[tuple[str, str, float]] = [
        *((f"w_{part}", f"{formula.PART_NAMES[part]}（分）", float(rules.weights[part])) for part in PARTS),
        *((f"c_{c}", f"{_SIX[c]}（权重）", float(rules.characteristics[c])) for c in CHARACTERISTICS),
        ("delay_days", "迟报到 0 分的天数", limits.delay_days),
        ("obligation_days", "迟办到 0 分的天数", limits.obligation_days),
        ("late_plan_week", "计划迟报每周扣", float(limits.late_plan_week)),
        ("late_plan_max", "计划迟报最多扣", float(limits.late_plan_max)),
        ("content", "涉敏感或个人信息每次扣", float(limits.content)),
        ("content_max", "涉敏感或个人信息最多扣", float(limits.content_max)),
        *((f"incident_{n}", f"安全事件（{level}）每起扣", float(v)) for n, (level, v) in enumerate(limits.incident.items(), 1)),
        ("falsified", "数据造假每起扣", float(limits.falsified)),
        ("deductions_max", "扣分上限", float(limits.deductions_max)),
        *((f"grade_{n}", f"{name}（最低分）", float(least)) for n, (name, least) in enumerate(rules.descending, 1)),
    ]  # fmt: skip
    sheet.set_column(0, 0, 30)
    for row, (name, label, value) in enumerate(named):
        sheet.write_string(row, 0, label, formats["cell"])
        sheet.write_number(row, 1, value, formats["fact"])
        sheet.write_string(row, 2, name, formats["note"])
        book.define_name(name, f"={RULES}!$B${row + 1}")
    sheet.write_string(len(named) + 1, 0, formula.total(rules), formats["plain"])
