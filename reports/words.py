"""Sentences and short words made from figures: the same on the page and in the papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import catalog
from catalog import Category
from catalog.wording import RHYTHM_NAMES, due_text
from data_access.commands.delivery import DeliveryRefused
from data_access.commands.publishing import STATE_NAMES, TransitionRefused
from data_access.due import DueItem
from data_access.principal import Principal
from data_access.queries.batches import Transition
from data_access.queries.progress import UnitLine
from metrics import INDICATORS, Known, of
from metrics.attention import Attention
from metrics.light import Light
from metrics.matrix import STATE_NAMES as MATRIX_NAMES, Cell, State
from metrics.overview import DepartmentLine, Headline, Metric, MonthLine
from ui import formats

LEVEL = 0.0005
"""A gap that is written 0.0 个百分点."""
LIGHT_STATES: dict[Light, str] = {"green": "accent", "amber": "attention", "red": "alarm"}
"""The light of the monthly review as a key of `ui.theme.STATES`."""


def department_name(code: str) -> str:
    return catalog.default().department_by_code[code].short


def category_name(code: str) -> str:
    return catalog.default().category_by_code[code].name_zh


def unit_name(code: str) -> str:
    """The name of whoever sent; the operations team has none in the catalogue."""
    unit = catalog.default().units.get(code)
    return unit.label if unit else "运维团队"


def headline_sentence(headline: Headline, year: int) -> str:
    """The answer to: are we on pace, and will the year end well?"""
    if headline.completion is None:
        return f"{year} 年还没有已批准的年度计划；处室报送、局办公室批准后，这里显示全市进度。"
    words = f"全年计划完成 {formats.percent(headline.completion)}"
    if headline.gap is not None:
        pace = formats.points(abs(headline.gap), signed=False)
        way = "快" if headline.gap > 0 else "慢"
        words += "，与应达进度持平" if abs(headline.gap) < LEVEL else f"，比应达进度{way} {pace}"
    if not headline.behind:
        return words + "；按现有节奏，各处室年底都能完成。"
    names = formats.listed([department_name(code) for code in headline.behind], most=4)
    return words + f"；按现有节奏，{names}年底完不成。"


def forecast_sentence(headline: Headline) -> str:
    """The forecast with its range and how far it was off in earlier years."""
    if headline.forecast is None:
        return ""
    words = f"按往年节奏，年底预计完成 {formats.percent(headline.forecast)}"
    if headline.low is not None and headline.high is not None:
        words += f"（{formats.percent(headline.low)}～{formats.percent(headline.high)}）"
    if headline.error is not None:
        words += f"；往年同日用同样方法预测，平均偏差 {formats.points(headline.error, signed=False)}"
    return words + "。"


def metric_name(metric: Metric) -> str:
    """With the unit where the value is a bare number."""
    return metric.name if metric.unit in ("%", "分") else f"{metric.name}（{metric.unit}）"


def metric_value(metric: Metric) -> str:
    return _measured(metric, metric.value)


def metric_delta(metric: Metric) -> str | None:
    if metric.delta is None:
        return None
    if metric.key == "visits":
        return formats.percent(metric.delta, signed=True)
    if metric.unit == "%":
        return formats.points(metric.delta)
    return formats.number(metric.delta, 1, signed=True)


def _measured(metric: Metric, value: float | None) -> str:
    if metric.unit == "%":
        return formats.percent(value)
    if metric.unit == "分":
        return formats.missing(value, lambda v: f"{formats.number(v, 1)} 分")
    return formats.number(value)


def attention_words(line: Attention) -> str:
    """What is wrong, with the points it costs."""
    if line.loss is None or line.loss == 0:
        return line.text
    return f"{line.text}，影响得分 {formats.number(float(line.loss), 1)} 分"


def metric_help(key: str) -> str | None:
    """An indicator's meaning and article, from its one definition."""
    entry = INDICATORS.get(key)
    return f"{entry.meaning}（{entry.article}）" if entry else None


def by_completion(lines: Sequence[DepartmentLine]) -> list[DepartmentLine]:
    """The furthest first; departments without a plan last, in the order of Article 8."""
    return sorted(lines, key=lambda line: (line.completion is None, -(line.completion or 0)))


def month_name(month: str) -> str:
    """2026-03 → 3月."""
    return f"{int(month[-2:])}月"


def running_month(lines: Sequence[MonthLine]) -> str | None:
    return next((month_name(line.month) for line in lines if line.is_running), None)


def in_wan(value: float | None) -> float | None:
    """Records in 万条, for an axis."""
    return None if value is None else round(value / 10_000, 2)


def rhythm_words(category: Category) -> str:
    """每月，次月 5 日前（培训发证按月）."""
    return f"{RHYTHM_NAMES[category.rhythm]}，{due_text(category.due)}（{category.rhythm_reason}）"


def sending_units(who: Principal, category: Category, day: dt.date) -> dict[str, str]:
    """Name → code of the units the principal may send for, today's only, departments first."""
    known = catalog.default()
    own = who.role in ("department", "district", "affiliated")
    return {
        unit.label: code
        for code, unit in known.units.items()
        if (code == who.unit if own else unit.kind != "department" or code == category.department)
        and (unit.valid_from is None or unit.valid_from <= day)
        and (unit.valid_to is None or day <= unit.valid_to)
    }


def recent_months(day: dt.date, count: int = 18) -> dict[str, str]:
    """2026年10月 → 2026-10, the newest first."""
    number = day.year * 12 + day.month - 1
    months = [(n // 12, n % 12 + 1) for n in range(number, number - count, -1)]
    return {f"{year}年{month}月": f"{year}-{month:02d}" for year, month in months}


def is_refusal(error: BaseException) -> bool:
    """Whether the message is meant for the person who asked."""
    return isinstance(error, (DeliveryRefused, TransitionRefused))


def step_words(step: Transition) -> str:
    """One transition of a batch: 已入库（系统）."""
    words = f"{STATE_NAMES[step.to_state]}（{step.actor}）"
    return f"{words}：{step.note}" if step.note else words


MATRIX_STATES: dict[State, str] = {
    "on_track": "good",
    "late": "attention",
    "missing": "alarm",
    "none": "muted",
    "not_due": "calm",
}
WEIGHTED = "年中修订过的计划按各版本生效天数折算"
MATRIX_LEGEND = [(MATRIX_STATES[key], MATRIX_NAMES[key]) for key in MATRIX_NAMES]


def progress_sentence(
    completion: float | None, cells: Sequence[Cell], year: int, unit: str | None = None
) -> str:
    """How many categories are overdue, after how far the year has come.

    Args:
        completion: of all categories shown; None without an approved plan.
        unit: code of the one unit whose deliveries are counted: plans are the city's, so it is told what it sent.
    """
    missing = [c for c in cells if c.state == "missing"]
    if unit is not None:
        sent = formats.number(sum(c.delivered for c in cells))
        start = f"{unit_name(unit)} {year} 年已报送 {sent} 条记录"
    elif completion is not None:
        start = f"{year} 年计划完成 {formats.percent(completion)}"
    else:
        start = f"{year} 年还没有已批准的计划"
    if not cells:
        return f"{start}。"
    if not missing:
        return f"{start}；{len(cells)} 个类别没有逾期未报。"
    worst = max(missing, key=lambda c: c.days_late)
    return (
        f"{start}；{len(missing)} 个类别逾期未报，最久的是{department_name(worst.department)}"
        f"《{category_name(worst.category)}》，已逾期 {worst.days_late} 天。"
    )


def tile(cell: Cell, query: Mapping[str, str] | None = None, *, is_of_unit: bool = False) -> dict[str, Any]:
    """One tile of the matrix, for `ui.pieces.figures.Tile`; with `query` (the page's own) it links to its category.

    Args:
        is_of_unit: one unit's deliveries are counted, beside the city's plan.
    """
    name = category_name(cell.category)
    came, whose = ("已报送", "全市") if is_of_unit else ("已汇聚", "")
    planned = "无计划" if cell.planned is None else f"{whose} {formats.wan(round(cell.planned))}".strip()
    sentence = f"{name}：{came} {formats.number(cell.delivered)} 条，{whose}计划 {formats.number(cell.planned)} 条，{cell.state_name}"
    if cell.overdue:
        sentence += f"，{cell.overdue} 项逾期，最久 {cell.days_late} 天"
    elif cell.next_due is not None:
        sentence += f"，下一截止 {formats.day_month_zh(cell.next_due)}"
    address = None if query is None else "?" + urlencode({**query, "opened": name})
    return {
        "group": department_name(cell.department),
        "state": MATRIX_STATES[cell.state],
        "name": name,
        "words": f"{formats.wan(cell.delivered)} / {planned}\n{_due_short(cell)}".strip(),
        "hover": sentence,
        "address": address,
    }


def _due_short(cell: Cell) -> str:
    if cell.overdue:
        return f"逾期{cell.days_late}天"
    return f"{formats.day_month_zh(cell.next_due)}截止" if cell.next_due else ""


def matrix_rows(cells: Sequence[Cell], *, is_of_unit: bool = False) -> list[dict[str, object]]:
    """The matrix as a table; `is_of_unit` as for `tile`."""
    came, plan, share = ("已报送", "全市计划", "占全市计划") if is_of_unit else ("已汇聚", "计划", "完成率")
    return [
        {
            "处室": department_name(c.department),
            "类别": category_name(c.category),
            came: c.delivered,
            plan: None if c.planned is None else round(c.planned),
            share: formats.percent(c.completion),
            "状态": c.state_name,
            "逾期项": c.overdue,
            "最久逾期天数": c.days_late,
            "最近截止": c.last_due,
            "下一截止": c.next_due,
            "最近收到": c.last_received,
        }
        for c in cells
    ]


def due_row(item: DueItem, as_of: dt.date) -> dict[str, object]:
    waiting = item.days_waiting(as_of)
    late = item.delay_days(as_of)
    if waiting > 0:
        state = f"■ 逾期 {waiting} 天未报"
    elif item.due_on > as_of and not item.received_by(as_of):
        state = "◐ 未到期"
    elif late:
        state = f"▲ 迟报 {late} 天"
    else:
        state = "● 按时"
    return {"所属期": item.period, "截止": item.due_on, "收到": item.received_on, "状态": state}


UNIT_COUNTS = ("记录", "批次", "提交行数", "退回行数")


def unit_row(line: UnitLine) -> dict[str, object]:
    return {
        "单位": unit_name(line.unit),
        "记录": line.delivered,
        "批次": line.batches,
        "提交行数": line.rows_total,
        "退回行数": line.rows_rejected,
        "最近报送": line.last_received,
    }


def delivered_by_month(known: Known) -> list[dict[str, object]]:
    """Records of each month so far, for columns."""
    frame = of(known, "delivered", ("month",))
    return [
        {"月份": month_name(str(month)), "实际": value}
        for month, value in zip(frame["month"], frame["value"], strict=True)
        if isinstance(month, str)  # the whole's own part has no month
    ]
