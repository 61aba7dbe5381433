"""此刻在运动: who is exercising in the public venues right now, and when it is quiet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.scenes._words import busiest, day_curve, edition, venue_lights, visits_by_district
from kiosk.snapshot import Snapshot, Visits

SCENE = Scene(
    key="live",
    title="此刻在运动",
    order=30,
    part="visits",
    fresh=dt.timedelta(minutes=135),
    lasts=dt.timedelta(hours=3),
    script=(
        "这里是此刻正在公共体育场馆里锻炼的市民，数字来自各场馆的智能闸机。",
        "地图上每个光点是一座场馆，越亮越满；光点的明暗起伏表示正在使用。",
        "下方曲线是今天每小时的到馆人次，浅色带是往常同一天的范围；避开高峰，可以选人少的时段。",
        "此刻在馆 {visits.present} 人，今天累计到馆 {visits.entries|wan}人次，与上周同日同时段相比 {visits.change|signed}。",
    ),
)
MOST_VENUES = 9


def _lead(visits: Visits) -> list[blocks.Part]:
    if not visits.quiet_hours:
        return ["数字来自全市联网公共体育场馆的入馆记录"]
    words: list[blocks.Part] = ["今天场馆较空的时段："]
    for i, hour in enumerate(visits.quiet_hours[:3]):
        words += ["、" if i else "", n(str(hour), "amber"), " 时"]
    return [*words, "，可错峰健身"]


def render(snapshot: Snapshot) -> dict[str, Any]:
    visits, now = snapshot.visits, snapshot.written_at
    if visits is None or (visits.entries is None and visits.present is None):
        return {"blocks": []}
    as_of = blocks.at(visits.as_of, now)
    than = blocks.change(visits.change)
    made = [
        blocks.text("lead", (1, 1, 24, 3), _lead(visits)),
        blocks.figure(
            "present", (1, 4, 7, 8), "正在运动", (blocks.number(visits.present), "人"),
            as_of=as_of, size="xl", tone="jade",
        ),
        blocks.figure(
            "entries", (1, 12, 7, 6), "今日累计到馆", blocks.big(visits.entries, "人次"),
            note=["较上周同期 ", *than] if than else [], as_of=as_of,
        ),
        blocks.city_map(
            "map", (8, 4, 10, 15), edition(snapshot.districts),
            districts=[(code, round((value or 0) * 0.45, 3), "") for code, value, _ in visits_by_district(snapshot.districts)],
            points=venue_lights(snapshot.venues), legend="光点：正在接待的场馆，越亮越满",
            as_of=blocks.at(snapshot.venues.as_of, now) if snapshot.venues else "",
        ),
        day_curve("hours", (1, 19, 17, 6), visits, as_of, band=True),
    ]  # fmt: skip
    if snapshot.venues is not None and any(v.present for v in snapshot.venues.items):
        venues_at = blocks.at(snapshot.venues.as_of, now)
        made.append(busiest("busiest", (18, 4, 7, 21), snapshot.venues, venues_at, most=MOST_VENUES))
    return {"blocks": made}
