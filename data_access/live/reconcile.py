"""Each hour of the live feed beside the recorded reading, and a sentence of why they differ.

The record is what counts (it is checked by the platform at the day's end); the
live feed shows what happened meanwhile. A difference is kept, never mended here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from data_access.engine import BEIJING
from data_access.live.lately import Difference
from data_access.live.messages import HOUR, MINUTE
from data_access.live.tables import live_hour, live_minute, live_reconciled
from data_access.principal import Principal
from data_access.queries.scope import fetch
from data_access.schema import visit_hour
from data_access.versions import raise_versions

LOOK_BACK = dt.timedelta(hours=48)
"""Hours looked at anew each time: late minutes and readings still change them."""
SETTLE = dt.timedelta(minutes=10)
"""After the full hour, before a missing reading is said to be missing."""
STILL_MINUTES = 15
"""Counters that stood still so long while the record has visitors were stuck."""

REASON_WORDS = {
    "equal": "两路一致",
    "no_reading": "整点读数尚未入库",
    "no_live": "实时数据全缺，以整点读数为准",
    "gaps": "实时数据缺 {missing} 分钟",
    "device": "设备故障或计数卡住",
    "late": "部分分钟在整点之后补到",
    "corrected": "平台更正过该小时的分钟数据",
    "unexplained": "原因不明，请核对闸机与平台",
}
SHORT = {
    "equal": "一致", "no_reading": "读数未到", "no_live": "实时全缺", "gaps": "实时缺分钟", "device": "设备",
    "late": "补到", "corrected": "更正", "unexplained": "原因不明",
}  # fmt: skip
"""The reasons in a list of counts."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One venue's hour as both sides tell it; None: the side says nothing."""

    minutes: int = 0
    people_in: int | None = None
    people_out: int | None = None
    late: int = 0
    corrected: int = 0
    faulty: int = 0
    recorded_in: int | None = None
    recorded_out: int | None = None


def reason_of(hour: Hour, is_still: bool) -> str | None:
    """Why the two sides differ; None: there is nothing to compare (nobody came, nothing was recorded).

    Args:
        is_still: the counters stood still for `STILL_MINUTES` of the hour or more.
    """
    if hour.recorded_in is None:
        return "no_reading" if hour.people_in or hour.people_out else None
    if hour.people_in is None:
        return "no_live"
    if (hour.people_in, hour.people_out) == (hour.recorded_in, hour.recorded_out):
        return "equal"
    if hour.minutes < 60:
        return "gaps"
    if hour.faulty or is_still:
        return "device"
    if hour.corrected:
        return "corrected"
    return "late" if hour.late else "unexplained"


def sentence(difference: Difference) -> str:
    """One Chinese sentence for the page: what differs, and why."""
    why = REASON_WORDS[difference.reason].format(missing=60 - difference.minutes)
    if difference.people_in is None or difference.recorded_in is None:
        return f"{why}。"
    if difference.reason == "equal":
        return f"{why}：进馆 {difference.people_in} 人次，出馆 {difference.people_out} 人次。"
    return (
        f"实时进馆 {difference.people_in}、出馆 {difference.people_out} 人次，"
        f"入库进馆 {difference.recorded_in}、出馆 {difference.recorded_out} 人次：{why}。"
    )


def reconcile(who: Principal, connection: Connection, *, at: dt.datetime) -> dict[str, int]:
    """Compare the hours of the last two days, in the caller's writing transaction; hours by reason."""
    who.require("operations")
    until = (at - SETTLE).replace(minute=0, second=0, microsecond=0)
    hours = _both_sides(connection, until - LOOK_BACK, until)
    differing = [
        key
        for key, h in hours.items()
        if h.minutes == 60
        and h.recorded_in
        and (h.people_in, h.people_out) != (h.recorded_in, h.recorded_out)
    ]
    still = _still(connection, differing)
    rows, counts = [], dict[str, int]()
    for (code, end), h in hours.items():
        reason = reason_of(h, (code, end) in still)
        if reason is None:
            continue
        counts[reason] = counts.get(reason, 0) + 1
        rows.append(
            {
                "venue_code": code, "hour_end": end, "minutes": h.minutes, "people_in": h.people_in,
                "people_out": h.people_out, "recorded_in": h.recorded_in, "recorded_out": h.recorded_out,
                "reason": reason, "checked_at": at,
            }
        )  # fmt: skip
    raise_versions(connection, "live", at=at)
    c = live_reconciled.c  # an hour with nothing left to compare does not keep what was said of it before
    connection.execute(live_reconciled.delete().where(c.hour_end > until - LOOK_BACK, c.hour_end <= until))
    if rows:
        connection.execute(live_reconciled.insert(), rows)
    return counts


def _both_sides(
    connection: Connection, after: dt.datetime, until: dt.datetime
) -> dict[tuple[str, dt.datetime], Hour]:
    """Live hours and recorded readings by venue and full hour; venues that never sent live are left out."""
    c, v = live_hour.c, visit_hour.c
    live = fetch(connection, select(live_hour).where(c.hour_end > after, c.hour_end <= until))
    first, last = (m.astimezone(BEIJING).replace(tzinfo=None) for m in (after, until))
    recorded = fetch(
        connection,
        select(v.venue_code, v.hour, v.entries, v.exits).where(v.hour > first, v.hour <= last),
    )
    found: dict[tuple[str, dt.datetime], dict[str, Any]] = {}
    for row in live:
        names = ("minutes", "people_in", "people_out", "late", "corrected", "faulty")
        found[row.venue_code, row.hour_end] = {name: getattr(row, name) for name in names}
    venues = {code for code, _ in found}
    begun = min((end for _, end in found), default=until)
    for code, hour, entries, exits in recorded:
        end = hour.replace(tzinfo=BEIJING).astimezone(dt.UTC)
        if code in venues and end >= begun:
            found.setdefault((code, end), {}).update(recorded_in=entries, recorded_out=exits)
    return {key: Hour(**values) for key, values in found.items()}


def _still(connection: Connection, keys: Iterable[tuple[str, dt.datetime]]) -> set[tuple[str, dt.datetime]]:
    """Those of these hours in which the three counters stood still for long."""
    c, found = live_minute.c, set()
    for code, end in keys:
        statement = select(c.minute, c.people_in, c.people_out, c.present).where(
            c.venue_code == code, c.minute >= end - HOUR, c.minute < end
        )
        longest = run = 0
        before: tuple[Any, ...] | None = None
        for minute, *counts in fetch(connection, statement.order_by(c.minute)):
            run = run + 1 if before == (minute - MINUTE, *counts) else 1
            longest, before = max(longest, run), (minute, *counts)
        if longest >= STILL_MINUTES:
            found.add((code, end))
    return found
