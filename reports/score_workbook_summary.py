"""The first sheet of the score's workbook: a row a department, from its facts to score, grade and rank."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from data_access.queries.assessment import KIND_NAMES
from metrics.score import formula
from metrics.score.compute import Scored, Year
from metrics.score.rules import FAILED, PARTS, Rules
from reports.live_sheet import LiveSheet, name_of, shown

SUMMARY = "汇总"
_COLUMNS = [
    "处室", "应报项数", "数量完成值", "类别覆盖值", "及时值", "质量值", "上架值", "配合值",
    "数量完成", "类别覆盖", "及时", "质量", "上架", "配合", "六部分合计", "计划报送", "计划截止",
    "计划迟报扣", "内容扣", "事件扣", "造假扣", "扣分合计", "计入扣分", "泄密", "得分", "等次", "名次",
]  # fmt: skip
FIRST_ROW = 4
"""Rows above the first department: title, hash, an empty line, the header."""


def write_summary(
    book: Any, sheet: Worksheet, formats: dict[str, Any], year: Year, title: str, sha256: str,
    categories: LiveSheet, items: LiveSheet, duties: LiveSheet, taken: LiveSheet,
) -> None:  # fmt: skip
    sheet.write_string(0, 0, title, formats["title"])
    sheet.write_string(
        1, 0, f"输入 SHA-256：{sha256}　灰底为事实，其余为公式；规则见“规则”表。", formats["note"]
    )
    for n, column in enumerate(_COLUMNS):
        sheet.write_string(FIRST_ROW - 1, n, column, formats["heading"])
    sheet.set_column(0, len(_COLUMNS) - 1, 10)
    sheet.freeze_panes(FIRST_ROW, 1)
    letters = {column: xl_col_to_name(n) for n, column in enumerate(_COLUMNS)}
    last = FIRST_ROW + len(year.departments)
    whole = {
        f"所有{column}": f"${letter}${FIRST_ROW + 1}:${letter}${last}" for column, letter in letters.items()
    }
    ranks = {r.scored.department.code: r.rank for r in year.ranking}
    said = _formulas(year, categories, items, duties, taken)
    for n, scored in enumerate(year.departments):
        row = FIRST_ROW + n
        cells = {column: f"${letter}{row + 1}" for column, letter in letters.items()} | whole
        facts = {
            "处室": name_of(scored.department.code),
            "计划报送": _filed(scored),
            "计划截止": _plan_due(year, scored),
        }
        cached = _cached(scored, ranks.get(scored.department.code, ""))
        for column, letter in enumerate(_COLUMNS):
            if letter in said:
                text = "=" + said[letter].format(**cells)
                sheet.write_formula(row, column, text, formats["cell"], cached[letter])
            elif isinstance(facts[letter], dt.date):
                moment = dt.datetime.combine(facts[letter], dt.time())
                sheet.write_datetime(row, column, moment, formats["fact_date"])
            else:
                sheet.write_string(row, column, str(facts[letter] or ""), formats["fact"])


def _cached(scored: Scored, rank: Any) -> dict[str, Any]:
    """What each formula gives, from the computation: for viewers that do not calculate."""
    taken = scored.deductions
    found: dict[str, Any] = {
        "应报项数": sum(len(c.items) for c in scored.categories), "六部分合计": shown(scored.points),
        "计划迟报扣": float(taken.points["late_plan"]), "内容扣": float(taken.points["content"]),
        "事件扣": float(taken.points["incident"]), "造假扣": float(taken.points["falsified"]),
        "扣分合计": float(taken.total), "计入扣分": float(taken.taken),
        "泄密": sum(d.kind == "secret_leak" for d in taken.counted), "得分": shown(scored.score),
        "等次": scored.grade or "不参评", "名次": rank,
    }  # fmt: skip
    for part in PARTS:
        had, name = scored.part(part), formula.PART_NAMES[part]
        found[f"{name}值"] = shown(had.value if had else None)
        found[name] = shown(had.points if had else None)
    return found


def _filed(scored: Scored) -> dt.date:
    """The day that counts: of the first submission, or the freeze's if it never came."""
    filed = scored.department.plan_filed_on
    return filed if filed is not None and filed <= scored.term.freeze else scored.term.freeze


def _plan_due(year: Year, scored: Scored) -> dt.date:
    """The due date; for a department that began after it, a day that is never late."""
    due = year.document.rule_set.plan_due(year.document.year)
    exists = scored.term.exists
    return due if exists is not None and exists.first <= due else scored.term.freeze


def _formulas(
    year: Year, categories: LiveSheet, items: LiveSheet, duties: LiveSheet, taken: LiveSheet
) -> dict[str, str]:
    """Column → formula of the summary, from the facts of the other sheets to score, grade and rank."""

    def sums(sheet: LiveSheet, column: str, *more: str) -> str:
        conditions = "".join(f",{sheet.column(c)},{v}" for c, v in zip(more[::2], more[1::2], strict=True))
        return f"SUMIFS({sheet.column(column)},{sheet.column('处室')},{{处室}}{conditions})"

    def count(sheet: LiveSheet, *more: str) -> str:
        conditions = "".join(f",{sheet.column(c)},{v}" for c, v in zip(more[::2], more[1::2], strict=True))
        return f"COUNTIFS({sheet.column('处室')},{{处室}}{conditions})"

    counted = count(categories, "零计划", "0")
    listed = f"({sums(categories, '已上架', '零计划', '0')}+{sums(categories, '待处室', '零计划', '0')})"
    has_mean = f"SUMPRODUCT(({categories.column('处室')}={{处室}})*ISNUMBER({categories.column('六性平均')}))"
    credits = f"({sums(items, '按期得分（限期分之一）')}/delay_days+{sums(items, '按日得分')})"
    whole = {
        "应报项数": count(items),
        "数量完成值": f'IF({counted}=0,"",ROUND({sums(categories, "权重×完成率×100")}/{sums(categories, "计入权重")}/100,2))',
        "类别覆盖值": f'IF({counted}=0,"",ROUND(100*{sums(categories, "覆盖")}/{count(categories)},2))',
        "及时值": f'IF(OR({counted}=0,{{应报项数}}=0),"",ROUND(100*{credits}/{{应报项数}},2))',
        "质量值": f'IF({counted}=0,"",IF({has_mean}=0,IF({{应报项数}}>0,0,""),ROUND({sums(categories, "六性平均×100")}/{has_mean}/100,2)))',
        "上架值": (
            f'IF({counted}=0,"",IF({listed}=0,IF({sums(categories, "待运维", "零计划", "0")}>0,"",IF({{应报项数}}>0,0,"")),'
            f'ROUND(100*{sums(categories, "已上架", "零计划", "0")}/{listed},2)))'
        ),
        "配合值": f'IF({counted}=0,"",IF({count(duties)}=0,100,ROUND(100*{sums(duties, "得分（限期分之一）")}/obligation_days/{count(duties)},2)))',
    }  # fmt: skip
    names = [formula.PART_NAMES[part] for part in PARTS]
    for part, name in zip(PARTS, names, strict=True):
        whole[name] = f'IF({{{name}值}}="","",ROUND(w_{part}*ROUND(100*{{{name}值}},0)/10000,2))'
    total = "+".join(f"ROUND(100*N({{{name}}}),0)" for name in names)
    weights = "+".join(f'IF({{{name}}}="",0,w_{part})' for part, name in zip(PARTS, names, strict=True))
    whole["六部分合计"] = (
        f'IF({counted}=0,"",IF(({weights})=100,ROUND(({total})/100,2),ROUND(({total})/({weights}),2)))'
    )
    said = KIND_NAMES
    whole |= {
        "计划迟报扣": "MIN(late_plan_max,ROUNDUP(MAX(0,{计划报送}-{计划截止})/7,0)*late_plan_week)",
        "内容扣": f"MIN(content_max,{sums(taken, '扣分', '事项', _quoted(said['content']))})",
        "事件扣": sums(taken, "扣分", "事项", _quoted(said["incident"])),
        "造假扣": sums(taken, "扣分", "事项", _quoted(said["falsified"])),
        "扣分合计": "{计划迟报扣}+{内容扣}+{事件扣}+{造假扣}",
        "计入扣分": "MIN(deductions_max,{扣分合计})",
        "泄密": count(taken, "事项", _quoted(said["secret_leak"])),
        "得分": 'IF({六部分合计}="","",MAX(0,ROUND({六部分合计}-{计入扣分},2)))',
        "等次": _grade(year.document.rule_set),
        "名次": _rank(),
    }
    return whole


def _quoted(words: str) -> str:
    return f'"{words}"'


def _grade(rules: Rules) -> str:
    inner = _quoted(FAILED)
    for n, (name, _) in reversed(list(enumerate(rules.descending, 1))):
        inner = f"IF({{得分}}>=grade_{n},{_quoted(name)},{inner})"
    return f'IF({{得分}}="","不参评",IF({{泄密}}>0,{_quoted(FAILED)},{inner}))'


def _rank() -> str:
    """One more than the departments that stand before this one by the rule of ties (4.3)."""
    order = ["得分", "数量完成", "质量", "及时", "类别覆盖"]
    inner = "({所有扣分合计}<{扣分合计})"
    for column in reversed(order):
        mine, all_ = f"ROUND(100*N({{{column}}}),0)", _hundredths(f"{{所有{column}}}")
        inner = f"(({all_}>{mine})+({all_}={mine})*{inner})"
    return f'IF({{得分}}="","",1+SUMPRODUCT(ISNUMBER({{所有得分}})*{inner}))'


def _hundredths(cells: str) -> str:
    """A column of figures in hundredths; n/a counts as 0."""
    return f"ROUND(100*IF(ISNUMBER({cells}),{cells},0),0)"
