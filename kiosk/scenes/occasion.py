"""节点画面: a day or a week with a name, e.g. 全民健身日, shown on its days only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.scenes._words import day_curve
from kiosk.snapshot import Occasion, Snapshot
from ui import formats

SCENE = Scene(
    key="occasion",
    title="今日节点",
    order=80,
    part="",
    script=(
        "这一屏只在节点当天或赛事周内出现，上方是它的名称和日期。",
        "到现在，今天到公共场馆锻炼的有 {visits.entries|wan}人次，此刻在馆 {visits.present} 人。",
        "与上周同一天的同一时段相比，到馆人次 {visits.change|signed}。",
        "今年全市已举办群众体育赛事 {events.events} 场，{events.participants|wan}人次参加。",
    ),
)


def current(occasions: tuple[Occasion, ...], day: dt.date) -> Occasion | None:
    """The occasion of a day: the shortest of those that cover it."""
    covering = [o for o in occasions if o.first <= day <= o.last]
    return min(covering, key=lambda o: o.last - o.first, default=None)


def _when(found: Occasion, day: dt.date) -> str:
    if found.first == found.last:
        return formats.date_zh(day)
    number = (day - found.first).days + 1
    return f"{formats.date_zh(found.first)} 至 {formats.day_month_zh(found.last)}　第 {number} 天"


def render(snapshot: Snapshot) -> dict[str, Any]:
    now = snapshot.written_at
    day = formats.beijing(now).date()
    found = current(snapshot.occasions, day)
    if found is None:
        return {"blocks": []}
    made = [blocks.occasion("name", (1, 1, 24, 12), found.name, _when(found, day))]
    visits, events = snapshot.visits, snapshot.events
    if visits is not None and visits.day == day:
        as_of = blocks.at(visits.as_of, now)
        than = blocks.change(visits.change)
        made.append(
            blocks.figure(
                "entries", (1, 13, 7, 6), "今日公共场馆到馆", blocks.big(visits.entries, "人次"),
                note=["此刻在馆 ", n(blocks.number(visits.present), "jade"), " 人",
                      *(["　较上周同期 ", *than] if than else [])], as_of=as_of,
            )
        )  # fmt: skip
        made.append(day_curve("hours", (9, 13, 16, 12), visits, as_of, band=True))
    if events is not None:
        made.append(
            blocks.figure(
                "events", (1, 19, 7, 6), f"{events.year}年群众体育赛事", (blocks.number(events.events), "场"),
                note=["参加 ", n(blocks.big(events.participants, "")[0], "jade"),
                      f" {blocks.big(events.participants, '人次')[1]}"],
                as_of=blocks.at(events.as_of, now),
            )
        )  # fmt: skip
    return {"blocks": made}
