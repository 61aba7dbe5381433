"""The result of a frozen year as an official paper for 人事处 (Article 23): every figure from the result document."""

from __future__ import annotations

from typing import Any

from data_access.queries.assessment import Frozen
from metrics.score import PARTS, formula, parse
from reports.papers import Column, Heading, Imprint, Paper, Remark, Table, Text
from reports.words import department_name
from ui import formats

OFFICE = "重庆市体育局办公室"
NONE = "—"


def score_paper(frozen: Frozen, *, title: str, number: str, is_demo: bool) -> Paper:
    """The ranking with each department's parts; figures as the frozen result has them, to the digit."""
    result = parse(frozen.result)
    ranks = {row["code"]: row["rank"] for row in result["ranking"]}
    departments = sorted(result["departments"], key=lambda d: (ranks.get(d["code"]) or 99, d["code"]))
    day = formats.date_zh(frozen.freeze_on)
    return Paper(
        head="重庆体育大数据中心考核结果",
        number=number,
        title=title.partition("（")[0],
        to="人事处",
        blocks=(
            Text(
                "根据《重庆体育大数据中心管理暂行办法》第二十三条，现将"
                f"{frozen.year}年度各处室数据汇聚考核结果送你处。结果于{day}封存，为第{frozen.revision}次结果。"
            ),
            Heading("一、得分与等次"),
            _ranking(departments, ranks),
            Remark("注：得分为各部分得分之和按参评权重折算，减去扣分；—为不参评。"),
            Heading("二、各部分得分"),
            _parts(departments),
            Remark("注：每一步的算式、每个类别的数据和扣分依据见同包的xlsx，其中得分为公式。"),
        ),
        signature=OFFICE,
        date=day,
        imprint=Imprint(
            lines=(
                f"输入SHA-256：{frozen.sha256}",
                f"核对：manage.py score verify 考核封存_{frozen.year}.json",
            ),
            printed_by=OFFICE,
            printed_on=f"{day}封存",
        ),
        mark="演示数据" if is_demo else "",
        subject=title,
    )


def _ranking(departments: list[dict[str, Any]], ranks: dict[str, int | None]) -> Table:
    columns = (
        Column("名次"), Column("处室", 1.6), Column("折算得分", 1.4, "right"), Column("扣分", 1.1, "right"),
        Column("得分", 1.2, "right"), Column("等次", 1.2),
    )  # fmt: skip
    rows = tuple(
        (
            str(ranks.get(d["code"]) or NONE),
            department_name(d["code"]),
            d["P"] or NONE,
            d["deductions"]["taken"] or NONE,
            d["score"] or NONE,
            d["grade"] or "不参评",
        )
        for d in departments
    )
    return Table(columns, rows)


def _parts(departments: list[dict[str, Any]]) -> Table:
    columns = (Column("处室", 1.6), *(Column(formula.PART_NAMES[key], 1.2, "right") for key in PARTS))
    rows = tuple(
        (department_name(d["code"]), *(d["parts"][key]["points"] or NONE for key in PARTS))
        for d in departments
    )
    return Table(columns, rows)
