"""竞技与青少年: athletes, competitions and medals of the year, and where the young train."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.scenes._words import edition
from kiosk.snapshot import Competition, Kind, Snapshot

SCENE = Scene(
    key="competition",
    title="竞技与青少年",
    order=50,
    part="competition",
    lasts=dt.timedelta(days=200),
    fresh=dt.timedelta(days=100),
    script=(
        "这一屏是竞技体育和青少年体育，全部是十人以上的汇总数字，没有个人信息。",
        "左边是本年的赛事和奖牌；地图上的立柱是各区县青少年体育组织的数量。",
        "右边按运动项目列出在训运动员人数。",
        "今年获得奖牌 {competition.medals} 枚，其中金牌 {competition.gold} 枚。",
    ),
)
MOST_SPORTS, MOST_KINDS = 9, 4


def _lead(found: Competition) -> list[blocks.Part]:
    return [
        f"{found.year} 年参加竞赛 ", n(blocks.number(found.competitions), "jade"), " 项次，举办青少年赛事 ",
        n(blocks.number(found.youth_events), "jade"), " 场",
    ]  # fmt: skip


def _kinds(kinds: tuple[Kind, ...], most: int) -> list[tuple[str, str, float | None, str]]:
    shown = kinds[:most]
    top = blocks.highest(k.count for k in shown)
    return [(k.name, "", blocks.share(k.count, top), blocks.number(k.count)) for k in shown]


def _figures(found: Competition, as_of: str) -> list[blocks.Block]:
    gold: list[blocks.Part] = (
        ["其中金牌 ", n(blocks.number(found.gold), "amber"), " 枚"] if found.gold else []
    )
    coaches = blocks.number(found.youth_coaches)
    joined, joined_unit = blocks.big(found.youth_participations, "人次")
    return [
        blocks.figure(
            "medals", (1, 4, 6, 7), f"{found.year}年奖牌", (blocks.number(found.medals), "枚"),
            note=gold, as_of=as_of, tone="amber",
        ),
        blocks.figure(
            "athletes", (1, 11, 6, 7), "在训运动员", blocks.big(found.athletes, "人"),
            note=["裁判员 ", n(blocks.number(found.referees), "jade"), " 人"], as_of=as_of,
        ),
        blocks.figure(
            "youth", (1, 18, 6, 7), "青少年运动员", blocks.big(found.youth_athletes, "人"),
            note=["教练员 ", n(coaches, "jade"), " 人　赛事 ", n(joined, "jade"), f" {joined_unit}"], as_of=as_of,
        ),
    ]  # fmt: skip


def render(snapshot: Snapshot) -> dict[str, Any]:
    found, now = snapshot.competition, snapshot.written_at
    if found is None:
        return {"blocks": []}
    as_of = blocks.at(found.as_of, now)
    most = blocks.highest(b.count for b in found.bases)
    words = {b.adcode: f"青少年体育组织 {blocks.number(b.count)} 个" for b in found.bases}
    heights = {b.adcode: blocks.share(b.count, most) for b in found.bases}
    made = [blocks.text("lead", (1, 1, 24, 3), _lead(found)), *_figures(found, as_of)]
    made.append(
        blocks.city_map(
            "map", (7, 4, 11, 21), edition(snapshot.districts),
            districts=[(code, heights[code], words[code]) for code in words],
            columns=[(b.longitude, b.latitude, heights[b.adcode] or 0.0) for b in found.bases if b.count],
            legend="立柱：青少年体育组织数量", as_of=as_of,
        )
    )  # fmt: skip
    if found.athlete_sports:
        rows = _kinds(found.athlete_sports, MOST_SPORTS)
        made.append(
            blocks.ranks("sports", (18, 4, 7, 13), "在训运动员（按项目）", "人", rows, as_of, tone="jade")
        )
    if found.organisation_kinds:
        rows = _kinds(found.organisation_kinds, MOST_KINDS)
        made.append(blocks.ranks("organisations", (18, 18, 7, 7), "青少年体育组织", "个", rows, as_of))
    return {"blocks": made}
