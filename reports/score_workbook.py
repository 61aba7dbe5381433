"""The score as a workbook of live formulas: whoever changes a fact sees the score change (Article 23).

Facts stand in grey cells, everything else is worked out from them by formulas, the
rules included. Sums are made of whole numbers (hundredths, thirtieths), so that a tie
at …5 is rounded in a spreadsheet as domain rule 4.2 rounds it.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from data_access.plan_chain import days_in_year
from data_access.queries.assessment import KIND_NAMES
from metrics.score import formula
from metrics.score.compute import Scored, Year
from metrics.score.document import Category
from metrics.score.rules import CHARACTERISTICS, FAILED, PARTS, Rules
from reports.escaping import escaped
from reports.style import LINE, PAPER, add_formats
from reports.words import category_name, department_name

SUMMARY, CATEGORIES, PLANS, ITEMS, DUTIES, TAKEN, RULES = (
    "汇总", "类别", "计划", "应报项", "应办事项", "扣分", "规则",
)  # fmt: skip


class _Sheet:
    """A table written row by row; columns are named, so that formulas name them too."""

    def __init__(
        self, book: xlsxwriter.Workbook, formats: dict[str, Any], name: str, columns: list[str]
    ) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.name, self.formats = name, formats
        self.letters = {column: xl_col_to_name(n) for n, column in enumerate(columns)}
        self.row = 1
        for n, column in enumerate(columns):
            self.sheet.write_string(0, n, column, formats["heading"])
        self.sheet.set_column(0, len(columns) - 1, 11)
        self.sheet.freeze_panes(1, 2)

    def add(self, facts: dict[str, Any], formulas: dict[str, tuple[str, Any]]) -> None:
        """One row: facts as they are, formulas with ``{column}`` for a cell of the row, and what they give."""
        cells = {column: f"${letter}{self.row + 1}" for column, letter in self.letters.items()}
        for n, column in enumerate(self.letters):
            if column in formulas:
                said, value = formulas[column]
                self.sheet.write_formula(self.row, n, "=" + said.format(**cells), self.formats["cell"], value)
            else:
                self._fact(n, facts.get(column))
        self.row += 1

    def _fact(self, column: int, value: Any) -> None:
        if value is None:
            self.sheet.write_blank(self.row, column, None, self.formats["fact"])
        elif isinstance(value, dt.date):
            moment = dt.datetime.combine(value, dt.time())
            self.sheet.write_datetime(self.row, column, moment, self.formats["fact_date"])
        elif isinstance(value, str):
            self.sheet.write_string(self.row, column, escaped(value), self.formats["fact"])
        else:
            self.sheet.write_number(self.row, column, value, self.formats["fact"])

    def column(self, name: str) -> str:
        """The whole column, for sums from other sheets."""
        letter = self.letters[name]
        return f"{self.name}!${letter}$2:${letter}${max(self.row, 2)}"


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
    categories = _Sheet(book, formats, CATEGORIES, _CATEGORY_COLUMNS)
    plans = _Sheet(book, formats, PLANS, ["键", "处室", "类别", "版本", "数量", "在期天数", "数量×天数"])
    items = _Sheet(book, formats, ITEMS, _ITEM_COLUMNS)
    duties = _Sheet(book, formats, DUTIES, ["处室", "事项", "截止", "完成", "迟办天数", "得分（限期分之一）"])
    taken = _Sheet(book, formats, TAKEN, ["处室", "事项", "等级", "类别", "发生", "确认", "扣分"])
    _rules(book, formats, year.document.rule_set)
    for scored in year.departments:
        _facts(year, scored, plans, items, duties, taken)
    for scored in year.departments:
        for category in scored.categories:
            _category(year, scored, category, categories, plans, items)
    _summary(book, front, formats, year, title, sha256, categories, items, duties, taken)
    book.close()
    return buffer.getvalue()


def _key(scored: Scored, code: str) -> str:
    return f"{scored.department.code}/{code}"


# ---------------------------------------------------------------- facts


def _facts(
    year: Year, scored: Scored, plans: _Sheet, items: _Sheet, duties: _Sheet, taken: _Sheet
) -> None:  # fmt: skip
    name = department_name(scored.department.code)
    for category in scored.categories:
        shared = {"键": _key(scored, category.code), "处室": name, "类别": category_name(category.code)}
        for stretch, days in category.stretches:
            plans.add(
                shared
                | {"版本": stretch.version.version, "数量": stretch.version.quantity, "在期天数": days},
                {"数量×天数": ("{数量}*{在期天数}", stretch.version.quantity * days)},
            )
        for item in category.items:
            given = item.given
            came = given.received_on if item.delay_days is not None else None
            items.add(
                shared | {
                    "所属期": given.period, "截止": given.due_on, "收到": came,
                    "完整天数": given.complete_days, "应有天数": given.days,
                },
                {
                    "迟报天数": ('IF({收到}="","",MAX(0,{收到}-{截止}))', item.delay_days if came else ""),
                    "按期得分（限期分之一）": (
                        'IF({应有天数}<>"",0,IF({收到}="",0,MAX(0,delay_days-{迟报天数})))', 0,
                    ),
                    "按日得分": ('IF({应有天数}<>"",{完整天数}/{应有天数},0)', 0),
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
                "迟办天数": ('IF({完成}="","",MAX(0,{完成}-{截止}))', ""),
                "得分（限期分之一）": ('IF({完成}="",0,MAX(0,obligation_days-{迟办天数}))', 0),
            },
        )  # fmt: skip
    for deduction in scored.deductions.counted:
        rule = {
            "content": "content", "falsified": "falsified", "secret_leak": "0",
            "incident": f"incident_{_level(year, deduction.level)}",
        }[deduction.kind]  # fmt: skip
        taken.add(
            {
                "处室": name, "事项": KIND_NAMES[deduction.kind], "等级": deduction.level or "",
                "类别": category_name(deduction.category) if deduction.category else "",
                "发生": deduction.occurred_on, "确认": deduction.confirmed_on,
            },
            {"扣分": (rule, 0)},
        )  # fmt: skip


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
    year: Year, scored: Scored, category: Any, sheet: _Sheet, plans: _Sheet, items: _Sheet
) -> None:  # fmt: skip
    entries = list(_entries(scored, category.code))
    sums: dict[str, Any] = {}
    values: dict[str, tuple[str, Any]] = {}
    for name in CHARACTERISTICS:
        given = [e.characteristics.get(name, (0, 0)) for e in entries]
        sums[f"{_SIX[name]}分子"] = float(sum(n for n, _ in given))
        sums[f"{_SIX[name]}分母"] = float(sum(d for _, d in given))
        said = f'IF({{{_SIX[name]}分母}}=0,"",ROUND(100*{{{_SIX[name]}分子}}/{{{_SIX[name]}分母}},2))'
        values[_SIX[name]] = (said, _shown(category.characteristics[name]))
    weights = "+".join(f'IF({{{_SIX[c]}}}="",0,c_{c})' for c in CHARACTERISTICS)
    weighted = "+".join(f'IF({{{_SIX[c]}}}="",0,c_{c}*ROUND(100*{{{_SIX[c]}}},0))' for c in CHARACTERISTICS)
    counts = _batch_counts(category)
    days = days_in_year(year.document.year)
    planned = f"SUMIFS({plans.column('数量×天数')},{plans.column('键')},{{键}})"
    sheet.add(
        {
            "键": _key(scored, category.code), "处室": department_name(scored.department.code),
            "类别": category_name(category.code), "权重": float(category.weight), "已入库": category.keys,
            "造假": int(category.is_falsified), "接收记录": sum(e.accepted_records for e in entries),
            "提交行数": category.rows, **sums, **counts,
        },
        {
            "计划": (
                f'IF(COUNTIFS({plans.column("键")},{{键}})=0,"",ROUND({planned}/{days},2))', _shown(category.quantity),
            ),
            "零计划": ('IF({计划}="",0,IF({计划}=0,1,0))', int(category.is_zero)),
            "完成率": (
                'IF({零计划}=1,"",IF(OR({造假}=1,{计划}="",{计划}=0),0,MIN(100,ROUND(100*{已入库}/{计划},2))))',
                _shown(category.ratio),
            ),
            "覆盖": ("IF(OR({零计划}=1,{接收记录}>0),1,0)", int(category.covered)),
            **values,
            "六性平均": (
                f'IF(OR({{提交行数}}=0,{{零计划}}=1,({weights})=0),"",ROUND(({weighted})/({weights})/100,2))',
                _shown(category.mean),
            ),
            "权重×完成率×100": ('IF({完成率}="",0,{权重}*ROUND(100*{完成率},0))', 0),
            "计入权重": ('IF({完成率}="",0,{权重})', 0),
            "六性平均×100": ('IF({六性平均}="",0,ROUND(100*{六性平均},0))', 0),
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


def _shown(value: Any) -> Any:
    return "" if value is None else float(value)


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


# ---------------------------------------------------------------- summary

_COLUMNS = [
    "处室", "应报项数", "数量完成值", "类别覆盖值", "及时值", "质量值", "上架值", "配合值",
    "数量完成", "类别覆盖", "及时", "质量", "上架", "配合", "六部分合计", "计划报送", "计划截止",
    "计划迟报扣", "内容扣", "事件扣", "造假扣", "扣分合计", "计入扣分", "泄密", "得分", "等次", "名次",
]  # fmt: skip
FIRST_ROW = 4
"""Rows above the first department: title, hash, an empty line, the header."""


def _summary(
    book: Any, sheet: Worksheet, formats: dict[str, Any], year: Year, title: str, sha256: str,
    categories: _Sheet, items: _Sheet, duties: _Sheet, taken: _Sheet,
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
            "处室": department_name(scored.department.code),
            "计划报送": _filed(scored),
            "计划截止": _plan_due(year, scored),
        }
        cached = {
            "得分": _shown(scored.score), "等次": scored.grade or "不参评",
            "名次": ranks.get(scored.department.code, ""),
        }  # fmt: skip
        for column, letter in enumerate(_COLUMNS):
            if letter in said:
                text = "=" + said[letter].format(**cells)
                sheet.write_formula(row, column, text, formats["cell"], cached.get(letter, 0))
            elif isinstance(facts[letter], dt.date):
                moment = dt.datetime.combine(facts[letter], dt.time())
                sheet.write_datetime(row, column, moment, formats["fact_date"])
            else:
                sheet.write_string(row, column, str(facts[letter] or ""), formats["fact"])


def _filed(scored: Scored) -> dt.date:
    """The day that counts: of the first submission, or the freeze's if it never came."""
    filed = scored.department.plan_filed_on
    return filed if filed is not None and filed <= scored.term.freeze else scored.term.freeze


def _plan_due(year: Year, scored: Scored) -> dt.date:
    """The due date; for a department that began after it, a day that is never late."""
    due = year.document.rule_set.plan_due(year.document.year)
    exists = scored.term.exists
    return due if exists is not None and exists.first <= due else scored.term.freeze


def _formulas(year: Year, categories: _Sheet, items: _Sheet, duties: _Sheet, taken: _Sheet) -> dict[str, str]:
    """Column → formula of the summary, from the facts of the other sheets to score, grade and rank."""

    def sums(sheet: _Sheet, column: str, *more: str) -> str:
        conditions = "".join(f",{sheet.column(c)},{v}" for c, v in zip(more[::2], more[1::2], strict=True))
        return f"SUMIFS({sheet.column(column)},{sheet.column('处室')},{{处室}}{conditions})"

    def count(sheet: _Sheet, *more: str) -> str:
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
