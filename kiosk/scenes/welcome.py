"""欢迎画面: a delegation's name, which the guide types; it comes by command, never by the playlist."""

from __future__ import annotations

from typing import Any

from kiosk import blocks
from kiosk.scenes import Scene
from kiosk.scenes._words import edition
from kiosk.snapshot import Snapshot

SCENE = Scene(
    key="welcome",
    title="欢迎",
    order=90,
    part="",
    script=(
        "欢迎各位来到重庆体育大数据中心。",
        "这里汇聚了 {totals.platforms} 个平台、{totals.units} 家单位报送的 {totals.categories} 类体育数据。",
        "基础数据库现有数据 {totals.records|wan}条。",
        "今天到公共场馆锻炼的市民已有 {visits.entries|wan}人次。",
    ),
    is_rotated=False,
)


def render(snapshot: Snapshot) -> dict[str, Any]:
    ground = blocks.city_map("ground", (1, 1, 24, 24), edition(snapshot.districts), districts=(), quiet=True)
    guests = blocks.welcome("guests", (1, 1, 24, 24), "热烈欢迎")
    # No figure stands here, so nothing is marked as simulated.
    return {"title": "", "demonstration": False, "blocks": [ground, guests]}
