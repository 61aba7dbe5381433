"""彩票与产业: what the lottery raises for welfare, and what the sports industry makes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.snapshot import Industry, Snapshot

SCENE = Scene(
    key="industry",
    title="彩票与产业",
    order=70,
    part="industry",
    lasts=dt.timedelta(days=500),
    fresh=dt.timedelta(days=100),
    script=(
        "体育彩票筹集的公益金用于群众身边的场地、赛事和青少年体育。",
        "{industry.lottery_year|text} 年体育彩票销售 {industry.sales_yuan|money}，筹集公益金 {industry.welfare_fund_yuan|money}。",
        "全市有体育彩票销售网点 {industry.outlets} 个，中间是每月销量与上年同月的比较。",
        "{industry.industry_year|text} 年全市体育产业总产出 {industry.output_yuan|money}，增加值 {industry.value_added_yuan|money}。",
        "右边是各行业类别的增加值，最高的是{industry.classes.0.name|text}。",
    ),
)
MOST_CLASSES = 11


def _months(found: Industry, as_of: str) -> blocks.Block:
    top = blocks.highest(v for m in found.months for v in (m.sales_yuan, m.year_before_yuan))
    rows = [
        (
            f"{m.month}月",
            blocks.share(m.sales_yuan, top),
            "" if m.sales_yuan is None else blocks.number(m.sales_yuan / 100_000_000, 1),
            blocks.share(m.year_before_yuan, top),
            "",
        )
        for m in found.months
    ]
    legend = [("other", f"{found.lottery_year - 1}年"), ("main", f"{found.lottery_year}年")]
    return blocks.columns(
        "months", (1, 10, 16, 15), "体育彩票每月销量（亿元）", "", rows, as_of, legend=legend
    )


def render(snapshot: Snapshot) -> dict[str, Any]:
    found, now = snapshot.industry, snapshot.written_at
    if found is None:
        return {"blocks": []}
    as_of = blocks.at(found.as_of, now)
    fund, fund_unit = blocks.big(found.welfare_fund_yuan, "元")
    sales, sales_unit = blocks.big(found.sales_yuan, "元")
    lead: list[blocks.Part] = [f"{found.lottery_year} 年体育彩票销售和公益金筹集"]
    if found.sales_yuan and found.welfare_fund_yuan:
        of_hundred = blocks.number(100 * found.welfare_fund_yuan / found.sales_yuan, 1)
        lead = ["体育彩票每销售 ", n("100"), " 元，筹集公益金 ", n(of_hundred, "jade"), " 元"]
    made = [
        blocks.text("lead", (1, 1, 24, 3), lead),
        blocks.figure(
            "fund", (1, 4, 6, 6), f"公益金（{found.lottery_year}年）", (fund, fund_unit), as_of=as_of, tone="jade"
        ),
        blocks.figure("sales", (7, 4, 5, 6), "彩票销量", (sales, sales_unit), as_of=as_of),
        blocks.figure("outlets", (12, 4, 5, 6), "销售网点", blocks.big(found.outlets, "个"), as_of=as_of),
        _months(found, as_of),
    ]  # fmt: skip
    if found.industry_year is not None:
        output, output_unit = blocks.big(found.output_yuan, "元")
        made.append(
            blocks.figure(
                "added", (18, 4, 7, 6), f"体育产业增加值（{found.industry_year}年）",
                blocks.big(found.value_added_yuan, "元"),
                note=["总产出 ", n(output, "jade"), f" {output_unit}"], as_of=as_of,
            )
        )  # fmt: skip
    if found.classes:
        most = blocks.highest(c.value_added_yuan for c in found.classes)
        rows = [
            (c.name, "", blocks.share(c.value_added_yuan, most),
             blocks.number(None if c.value_added_yuan is None else c.value_added_yuan / 100_000_000, 1))
            for c in found.classes[:MOST_CLASSES]
        ]  # fmt: skip
        made.append(
            blocks.ranks("classes", (18, 10, 7, 15), "各类别增加值", "亿元", rows, as_of, tone="blue")
        )
    return {"blocks": made}
