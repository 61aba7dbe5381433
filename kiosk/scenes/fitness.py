"""全民健身: a year of events, and what carries it."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from kiosk import blocks
from kiosk.blocks import n
from kiosk.scenes import Scene
from kiosk.scenes._words import short
from kiosk.snapshot import Event, EventMonth, Events, Fitness, Snapshot
from ui import formats

SCENE = Scene(
    key="fitness",
    title="全民健身",
    order=40,
    part="events",
    lasts=dt.timedelta(days=120),
    fresh=dt.timedelta(days=45),
    script=(
        "上方是今年的群众体育赛事，一根柱是一旬，越高这一旬开始的赛事越多；竖线是今天。",
        "左下是社会体育指导员、体育社会组织和健身步道，它们是群众身边的组织、场地和指导。",
        "右下是国民体质监测的合格率。",
        "今年已举办群众体育赛事 {events.events} 场，{events.participants|wan}人次参加。",
        "全市有社会体育指导员 {fitness.instructors|wan}名，每千人 {fitness.instructors_per_thousand|two} 名。",
    ),
)
MOST_EVENTS, MOST_GROUPS = 6, 5


def _strip(events: Events, snapshot: Snapshot) -> blocks.Block:
    """Bars of 旬 on one scale, the month's figures below; a month to come stands empty."""
    today = formats.beijing(snapshot.written_at).date()
    by_month = {m.month: m for m in events.months}
    top = blocks.highest(third for m in events.months for third in m.thirds)
    rows = []
    for month in range(1, 13):
        found = by_month.get(month)
        thirds = [blocks.share(third, top) for third in found.thirds] if found else [None] * 3
        state = _state(events.year, month, today)
        value = "" if found is None else blocks.number(found.events)
        people = "" if found is None or found.participants is None else _people(found.participants)
        words = "尚无数据" if found is None and state != "ahead" else people
        rows.append((f"{month}月", value, thirds, words, state))
    days = calendar.monthrange(today.year, today.month)[1]
    place = blocks.share(today.month - 1 + (today.day - 1) / days, 12)
    return blocks.strip(
        "calendar", (1, 4, 24, 9), f"{events.year}年群众体育赛事（场）", _this_month(by_month.get(today.month) if today.year == events.year else None), rows,
        place if today.year == events.year else None, blocks.at(events.as_of, snapshot.written_at),
    )  # fmt: skip


def _state(year: int, month: int, today: dt.date) -> str:
    if (year, month) == (today.year, today.month):
        return "now"
    return "past" if (year, month) < (today.year, today.month) else "ahead"


def _this_month(found: EventMonth | None) -> list[blocks.Part]:
    if found is None or found.events is None:
        return ["每月三柱：上旬、中旬、下旬　┊ 今天"]
    return [
        f"每月三柱：上旬、中旬、下旬　┊ 今天　{found.month}月已举办 ",
        n(blocks.number(found.events), "amber"),
        " 场",
    ]


def _people(count: int) -> str:
    value, unit = blocks.big(count, "人次")
    return f"{value} {unit}"


def _figures(fitness: Fitness, as_of: str) -> list[blocks.Block]:
    per_thousand = blocks.number(fitness.instructors_per_thousand, 2)
    length = blocks.number(fitness.trail_km)
    leading = ("m", "m", "m")
    figures = [
        ("instructors", "社会体育指导员", blocks.big(fitness.instructors, "人"),
         ["每千人 ", n(per_thousand, "jade"), " 人"]),
        ("organisations", "体育社会组织", blocks.big(fitness.organisations, "个"),
         _groups([(k.name, k.count) for k in fitness.organisation_types])),
        ("trails", "健身步道", blocks.big(fitness.trails, "条"), ["总长 ", n(length, "jade"), " 公里"]),
    ]  # fmt: skip
    return [
        blocks.figure(id, (1, 13 + 4 * i, 7, 4), label, written,
                      note=note, as_of=as_of, size=leading[i])
        for i, (id, label, written, note) in enumerate(figures)
    ]  # fmt: skip


def _groups(kinds: list[tuple[str, int | None]]) -> list[blocks.Part]:
    words: list[blocks.Part] = []
    for name, count in kinds[:2]:
        words += ["　" if words else "", f"{name} ", n(blocks.number(count), "jade")]
    return words


def _physique(fitness: Fitness, as_of: str) -> blocks.Block:
    rows = [
        (p.name, f"{blocks.number(p.tests)} 人次", p.passed, blocks.percent(p.passed))
        for p in fitness.physique[:MOST_GROUPS]
    ]
    title = f"国民体质监测（{fitness.year}年）"
    return blocks.ranks("physique", (17, 13, 8, 12), title, "合格率", rows, as_of, tone="jade")


def render(snapshot: Snapshot) -> dict[str, Any]:
    events, fitness, now = snapshot.events, snapshot.fitness, snapshot.written_at
    if events is None:
        return {"blocks": []}
    as_of = blocks.at(events.as_of, now)
    participants, unit = blocks.big(events.participants, "人次")
    lead: list[blocks.Part] = [
        f"{events.year} 年已举办群众体育赛事 ", n(blocks.number(events.events), "jade"), " 场，",
        n(participants, "jade"), f" {unit}参加",
    ]  # fmt: skip
    rows = [
        (_days(e.first, e.last), e.name, short(e.district), blocks.number(e.participants))
        for e in sorted(_largest(events), key=lambda e: e.first)
    ]
    made = [blocks.text("lead", (1, 1, 24, 3), lead), _strip(events, snapshot)]
    if rows:
        made.append(blocks.entries("largest", (8, 13, 9, 12), "规模最大的赛事", "参加人数", rows, as_of))
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
