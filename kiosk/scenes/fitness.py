"""全民健身: a year of events day by day, and what carries it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.scenes._words import short
from kiosk.snapshot import Event, Events, Fitness, Snapshot
from ui import formats

SCENE = Scene(
    key="fitness",
    title="全民健身",
    order=40,
    part="events",
    lasts=dt.timedelta(days=120),
    fresh=dt.timedelta(days=45),
    script=(
        "上方是今年的群众体育赛事日历，一格是一天，越亮当天开始的赛事越多。",
        "左下是社会体育指导员、体育社会组织和健身步道，它们是群众身边的组织、场地和指导。",
        "右下是国民体质监测的合格率。",
        "今年已举办群众体育赛事 {events.events} 场，{events.participants|wan}人次参加。",
        "全市有社会体育指导员 {fitness.instructors|wan}名，每千人 {fitness.instructors_per_thousand|two} 名。",
    ),
)
MOST_EVENTS, MOST_GROUPS = 6, 5


def _strip(events: Events, snapshot: Snapshot) -> blocks.Block:
    first = dt.date(events.year, 1, 1)
    length = (dt.date(events.year, 12, 31) - first).days + 1
    levels = ["0"] * length
    for day in events.days:
        if day.day.year == events.year:
            levels[(day.day - first).days] = str(day.level)
    by_month = {m.month: m for m in events.months}
    months = [
        (f"{month}月", formats.number(by_month[month].events) if month in by_month else formats.MISSING)
        for month in range(1, 13)
    ]
    today = formats.beijing(snapshot.written_at).date()
    return blocks.strip(
        "calendar", (1, 4, 24, 8), f"{events.year}年群众体育赛事（场，按开始日期）",
        [(1, "当日 10 场以下"), (2, "10 场以上"), (3, "20 场以上")], "".join(levels), months,
        (today - first).days if today.year == events.year else None, blocks.at(events.as_of, snapshot.written_at),
    )  # fmt: skip


def _figures(fitness: Fitness, as_of: str) -> list[blocks.Block]:
    per_thousand = formats.number(fitness.instructors_per_thousand, 2)
    length = formats.number(fitness.trail_km)
    leading = ("m", "m", "m")
    figures = [
        ("instructors", "社会体育指导员", blocks.big(fitness.instructors, "人"),
         ["每千人 ", n(per_thousand, "jade"), " 人"]),
        ("organisations", "体育社会组织", blocks.big(fitness.organisations, "个"),
         _groups([(k.name, k.count) for k in fitness.organisation_types])),
        ("trails", "健身步道", blocks.big(fitness.trails, "条"), ["总长 ", n(length, "jade"), " 公里"]),
    ]  # fmt: skip
    return [
        blocks.figure(id, (1, 12 + 13 * i // 3, 7, 13 * (i + 1) // 3 - 13 * i // 3), label, written,
                      note=note, as_of=as_of, size=leading[i])
        for i, (id, label, written, note) in enumerate(figures)
    ]  # fmt: skip


def _groups(kinds: list[tuple[str, int | None]]) -> list[blocks.Part]:
    words: list[blocks.Part] = []
    for name, count in kinds[:2]:
        words += ["　" if words else "", f"{name} ", n(formats.number(count), "jade")]
    return words


def _physique(fitness: Fitness, as_of: str) -> blocks.Block:
    rows = [
        (p.name, f"{formats.number(p.tests)} 人次", p.passed, formats.percent(p.passed))
        for p in fitness.physique[:MOST_GROUPS]
    ]
    title = f"国民体质监测（{fitness.year}年）"
    return blocks.ranks("physique", (17, 12, 8, 13), title, "合格率", rows, as_of, tone="jade")


def render(snapshot: Snapshot) -> dict[str, Any]:
    events, fitness, now = snapshot.events, snapshot.fitness, snapshot.written_at
    if events is None:
        return {"blocks": []}
    as_of = blocks.at(events.as_of, now)
    participants, unit = blocks.big(events.participants, "人次")
    lead: list[blocks.Part] = [
        f"{events.year} 年已举办群众体育赛事 ", n(formats.number(events.events), "jade"), " 场，",
        n(participants, "jade"), f" {unit}参加",
    ]  # fmt: skip
    rows = [
        (_days(e.first, e.last), e.name, short(e.district), formats.number(e.participants))
        for e in sorted(_largest(events), key=lambda e: e.first)
    ]
    made = [blocks.text("lead", (1, 1, 24, 3), lead), _strip(events, snapshot)]
    if rows:
        made.append(blocks.entries("largest", (8, 12, 9, 13), "规模最大的赛事", "参加人数", rows, as_of))
    if fitness is not None:
        fitness_at = blocks.at(fitness.as_of, now)
        made += _figures(fitness, fitness_at)
        if fitness.physique:
            made.append(_physique(fitness, fitness_at))
    return {"blocks": made}


def _largest(events: Events) -> list[Event]:
    return sorted(events.largest, key=lambda e: -(e.participants or 0))[:MOST_EVENTS]


def _days(first: dt.date, last: dt.date) -> str:
    """``8.08`` or ``8.08–10``."""
    begin = f"{first.month}.{first.day:02d}"
    if first == last:
        return begin
    return f"{begin}–{last.day:02d}" if first.month == last.month else f"{begin}–{last.month}.{last.day:02d}"
