"""数据是怎样汇聚的: three platforms, the pool, the base, the list for users, with today's counts."""

from __future__ import annotations

from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.snapshot import Flow, Snapshot

SCENE = Scene(
    key="flow",
    title="数据是怎样汇聚的",
    order=60,
    part="flow",
    script=(
        "数据从三个平台和各单位的报送文件进入资源池，经过校验整合进入基础数据库，再上架供各处室使用。",
        "数字都是今天的真实数量。",
        "下方每一格是一类数据，今天有数据到达就会点亮。",
        "今天收到数据 {flow.received|wan}条，已整合入库 {flow.integrated|wan}条。",
    ),
)
MOST_SOURCES = 4


def _stages(flow: Flow) -> list[tuple[str, str, float, str, str]]:
    """The stream is as wide as today's counts; what was received yesterday may be published today."""
    counts = [
        ("received", "数据资源池", flow.received, "今日接收（条）"),
        ("integrated", "基础数据库", flow.integrated, "今日入库（条）"),
        ("published", "上架使用", flow.published, "今日上架（条）"),
    ]
    widest = blocks.highest(count for _, _, count, _ in counts)
    return [
        (key, name, blocks.share(count, widest) or 0.0, blocks.number(count), words)
        for key, name, count, words in counts
    ]


def render(snapshot: Snapshot) -> dict[str, Any]:
    flow, now = snapshot.flow, snapshot.written_at
    if flow is None:
        return {"blocks": []}
    as_of = blocks.at(flow.as_of, now)
    whole = sum(p.records_today or 0 for p in flow.platforms)
    sources = [
        (
            p.name,
            blocks.number(p.records_today),
            blocks.share(p.records_today, whole) or 0.0,
            _batches(p.batches_today),
        )
        for p in flow.platforms[:MOST_SOURCES]
    ]
    lit = sum(light.lit for light in flow.categories)
    lead: list[blocks.Part] = ["各平台和各单位的数据先进入资源池，经校验整合进入基础数据库，再上架使用"]
    rows = [(c.code, c.name, c.lit, "") for c in flow.categories]
    note: list[blocks.Part] = ["今日到达 ", n(str(lit), "jade"), f" / {len(rows)} 类"]
    return {
        "blocks": [
            blocks.text("lead", (1, 1, 24, 3), lead),
            blocks.flow("stream", (1, 4, 24, 12), sources, _stages(flow), as_of),
            blocks.tiles("categories", (1, 16, 24, 9), "数据类别", note, rows, as_of),
        ]
    }


def _batches(count: int | None) -> str:
    return f"今日 {blocks.number(count)} 批" if count else "今日（条）"
