"""全市总览: four figures, the city, and how far the year's aggregation has come."""

from __future__ import annotations

from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.scenes._words import busiest, day_curve, edition, venue_columns, visits_by_district
from kiosk.snapshot import Lane, Lanes, Snapshot

SCENE = Scene(
    key="overview",
    title="全市体育数据总览",
    order=10,
    part="totals",
    seconds=25,
    script=(
        "这里是重庆体育大数据中心的全市总览，左边四个数字依次是：累计汇聚的数据、今天到公共场馆锻炼的人次、全市体育场地和已上架的数据类目。",
        "中间的地图上，颜色越亮的区县今天到馆越多；立柱是正在接待的公共体育场馆，越高越满。",
        "右边是汇聚进度，虚线是按全年计划今天应达到的位置。",
        "基础数据库累计汇聚 {totals.records|wan}条，今日新增 {totals.records_today} 条。",
        "今天到公共场馆锻炼的有 {visits.entries|wan}人次，此刻在馆 {visits.present} 人。",
    ),
)
MOST_LANES, MOST_VENUES, MOST_ENTRIES = 10, 6, 6
LEFT, MIDDLE, RIGHT = (1, 6), (7, 11), (18, 7)
"""Column and width of the three parts of the grid."""


def _figures(snapshot: Snapshot) -> list[blocks.Block]:
    totals, visits, facilities, now = (
        snapshot.totals,
        snapshot.visits,
        snapshot.facilities,
        snapshot.written_at,
    )
    assert totals is not None
    column, width = LEFT
    made = [
        blocks.figure(
            "records", (column, 1, width, 6), "基础数据库累计汇聚", blocks.big(totals.records, "条"),
            note=["今日新增 ", n(blocks.number(totals.records_today), "jade"), " 条　",
                  n(str(totals.platforms)), " 个平台 ", n(str(totals.units)), " 家单位"],
            as_of=blocks.at(totals.as_of, now),
        ),
    ]  # fmt: skip
    if visits is not None:
        than = blocks.change(visits.change)
        made.append(
            blocks.figure(
                "entries", (column, 7, width, 6), "今日公共场馆到馆", blocks.big(visits.entries, "人次"),
                note=[*(["较上周同期 ", *than, "　"] if than else []),
                      "此刻在馆 ", n(blocks.number(visits.present), "jade"), " 人"],
                as_of=blocks.at(visits.as_of, now),
            )
        )  # fmt: skip
    latest = facilities.years[-1] if facilities is not None and facilities.years else None
    if facilities is not None and latest is not None:
        area, area_unit = blocks.big(latest.area_m2, "平方米")
        made.append(
            blocks.figure(
                "facilities", (column, 13, width, 6), f"全市体育场地（{latest.year}年）",
                blocks.big(latest.count, "个"),
                note=["面积 ", n(area, "jade"), f" {area_unit}　人均 ",
                      n(blocks.number(latest.per_person_m2, 2), "jade"), " 平方米"],
                as_of=blocks.at(facilities.as_of, now),
            )
        )  # fmt: skip
    on_time = totals.on_time
    made.append(
        blocks.figure(
            "categories", (column, 19, width, 6), "数据上架类目",
            (str(totals.categories_published), f"/ {totals.categories} 类"),
            note=["本月按时汇聚率 ", n(blocks.percent(on_time), "amber" if (on_time or 0) < 0.95 else "jade")],
            as_of=blocks.at(totals.as_of, now),
        )
    )  # fmt: skip
    return made


def _lanes(lanes: Lanes, as_of: str) -> blocks.Block:
    """The furthest first; of more categories than there is room for, those that are under way."""

    def place(lane: Lane) -> tuple[bool, float]:
        completion = lane.completion if lane.completion is not None else -1.0
        return (lanes.by == "category" and completion >= 1, -completion)

    ranked = sorted(lanes.items, key=place)
    whose = "各处室" if lanes.by == "department" else "各类目"
    return blocks.lanes(
        "lanes", (RIGHT[0], 1, RIGHT[1], 13), "汇聚赛道", f"{whose}年度完成率　┊ 今日应达",
        [(lane.name, lane.completion, lane.pace) for lane in ranked[:MOST_LANES]], as_of,
    )  # fmt: skip


def footer(snapshot: Snapshot) -> list[dict[str, Any]]:
    """What arrived last, for the line at the foot of the wall; the parts of one delivery are one entry."""
    if snapshot.ticker is None:
        return []
    stages = {"integrated": "已入库", "published": "已上架"}
    counts: dict[tuple[str, str, str, str], int] = {}
    for item in snapshot.ticker.items:
        key = (blocks.at(item.at, snapshot.written_at), item.unit, item.category, stages[item.stage])
        counts[key] = counts.get(key, 0) + item.count
    return [
        {
            "key": "/".join((at, unit, category, stage)),
            "at": at,
            "unit": unit,
            "words": ["报送 ", category, " ", n(blocks.number(count)), f" 条，{stage}"],
        }
        for (at, unit, category, stage), count in [*counts.items()][:MOST_ENTRIES]
    ]


def render(snapshot: Snapshot) -> dict[str, Any]:
    now = snapshot.written_at
    made = _figures(snapshot)
    made.append(
        blocks.city_map(
            "map", (MIDDLE[0], 1, MIDDLE[1], 18), edition(snapshot.districts),
            districts=visits_by_district(snapshot.districts), columns=venue_columns(snapshot.venues),
            legend="颜色：今日到馆人次　立柱：场馆在馆人数 / 承载量",
            as_of=blocks.at(snapshot.visits.as_of, now) if snapshot.visits else "",
        )
    )  # fmt: skip
    if snapshot.visits is not None:
        made.append(
            day_curve(
                "hours", (MIDDLE[0], 19, MIDDLE[1], 6), snapshot.visits,
                blocks.at(snapshot.visits.as_of, now), band=False,
            )
        )  # fmt: skip
    if snapshot.lanes is not None and snapshot.lanes.items:
        made.append(_lanes(snapshot.lanes, blocks.at(snapshot.lanes.as_of, now)))
    if snapshot.venues is not None and any(v.present for v in snapshot.venues.items):
        as_of = blocks.at(snapshot.venues.as_of, now)
        made.append(
            busiest("busiest", (RIGHT[0], 15, RIGHT[1], 10), snapshot.venues, as_of, most=MOST_VENUES)
        )
    return {"blocks": made, "footer": footer(snapshot)}
