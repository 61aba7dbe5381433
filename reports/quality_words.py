"""Data quality as sentences and tables: six characteristics, problems by rule, who mends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

import catalog
from data_access.intake.code_titles import explain
from data_access.queries.quality_queries import ProblemCount
from metrics import INDICATORS, Known, of
from metrics.rules import CHARACTERISTIC_WEIGHTS
from reports.receipt import check_rule, field_name
from reports.words import category_name, department_name, unit_name
from ui import formats

CHARACTERISTICS = tuple(CHARACTERISTIC_WEIGHTS)
GOOD_FROM, FAIR_FROM = 0.95, 0.85
"""From which share a characteristic is shown as good, and below which as an alarm."""


def name(key: str) -> str:
    return INDICATORS[key].name


def meaning(key: str) -> str:
    entry = INDICATORS[key]
    return f"{entry.meaning}（{entry.article}）"


LEGEND = [("good", "95% 以上"), ("attention", "85%～95%"), ("alarm", "低于 85%"), ("muted", "不适用")]


def state(value: float | None) -> str:
    """A key of `ui.theme.STATES` for a ratio."""
    if value is None or formats.is_missing(value):
        return "muted"
    if value >= GOOD_FROM:
        return "good"
    return "attention" if value >= FAIR_FROM else "alarm"


def whole(known: Known) -> dict[str, float | None]:
    """The total quality and each characteristic, as ratios."""
    return {key: _value(of(known, key)) for key in ("quality", *CHARACTERISTICS)}


def _value(frame: pd.DataFrame) -> float | None:
    value = frame["value"].iloc[0] if len(frame) else None
    return None if value is None or formats.is_missing(value) else float(value)


def sentence(values: dict[str, float | None], problems: Sequence[ProblemCount], year: int) -> str:
    """How good the data are, and what would help most."""
    if values["quality"] is None:
        return f"{year} 年还没有提交的数据，六项质量指标待第一批报送后计算。"
    present = {k: v for k, v in values.items() if k != "quality" and v is not None}
    weakest = min(present, key=lambda k: present[k])
    words = f"{year} 年数据质量 {formats.percent(values['quality'])}"
    if (least := formats.percent(present[weakest])) != formats.percent(1):
        words += f"，最弱的是{name(weakest)}（{least}）"
    if problems:
        worst = problems[0]
        category = catalog.default().category_by_code[worst.category]
        words += (
            f"；最常见的问题是《{category.name_zh}》「{field_name(category, worst.field)}」{explain(worst.code)}，"
            f"共 {formats.number(worst.count)} 处"
        )
    return words + "。"


def grid(known: Known) -> pd.DataFrame:
    """Category × characteristic with state and words; categories without rows are left out."""
    rows = []
    for key in CHARACTERISTICS:
        for record in of(known, key, ("category",)).to_dict("records"):
            value = record["value"]
            rows.append(
                {
                    "类别": category_name(record["category"]),
                    "code": record["category"],
                    "特性": name(key),
                    "state": state(value),
                    "text": formats.percent(value),
                    "hover": f"{category_name(record['category'])} {name(key)} {formats.percent(value)}"
                    f"（{formats.number(record['numerator'])} / {formats.number(record['denominator'])}）",
                }
            )
    frame = pd.DataFrame(rows, columns=["类别", "code", "特性", "state", "text", "hover"])
    with_rows = list(frame.loc[frame["state"] != "muted", "code"].unique())
    order = {c.code: n for n, c in enumerate(catalog.default().categories)}
    frame = frame.loc[frame["code"].isin(with_rows)]
    return frame.sort_values("code", key=lambda codes: codes.map(order), kind="stable").reset_index(drop=True)


def months(known: Known) -> pd.DataFrame:
    """Quality by month of receipt."""
    frame = of(known, "quality", ("month",))
    return pd.DataFrame({"月份": [f"{int(m[-2:])}月" for m in frame["month"]], "数据质量": frame["value"]})


def units(known: Known) -> pd.DataFrame:
    """Quality by sending unit, the weakest first."""
    frame = of(known, "quality", ("unit",)).dropna(subset=["value"]).sort_values("value")
    return pd.DataFrame(
        {
            "单位": [unit_name(u) for u in frame["unit"]],
            "数据质量": [formats.percent(v) for v in frame["value"]],
        }
    )


PROBLEM_COUNTS = ("处数",)


def problem_rows(problems: Sequence[ProblemCount]) -> list[dict[str, Any]]:
    """Problems by rule; the sending unit mends them, the department sees to it (Articles 7, 8)."""
    known = catalog.default().category_by_code
    rows = []
    for p in problems:
        category = known[p.category]
        rows.append(
            {
                "类别": category.name_zh,
                "栏目": field_name(category, p.field),
                "问题": check_rule(category, p.check) if p.check else explain(p.code),
                "处数": p.count,
                "由谁修改": unit_name(p.unit) if p.unit else "报送单位",
                "督促": department_name(category.department),
            }
        )
    return rows
