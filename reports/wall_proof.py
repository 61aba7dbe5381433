"""播出记录: a month of proof of play in the office's words, for its page and its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data_access.principal import Principal
from kiosk import proof
from kiosk.proof import Alarm
from kiosk.proof_month import Month, Opening, ScreenDay, month_before, summary
from ui import formats

DAY_COLUMNS = ("日期", "屏幕", "应开放（分钟）", "点亮（分钟）", "点亮率", "心跳缺失（次）", "播出场景（次）")
ALARM_COLUMNS = ("屏幕", "告警", "开始", "结束", "持续")
SCENE_COLUMNS = ("场景", "播出（次）")


def months(who: Principal, folder: Path) -> dict[str, str]:
    """Name → key of the months on file, the newest first: ``2026年11月`` → ``2026-11``.

    Raises:
        Forbidden: everybody but the office.
    """
    who.require("office")
    return {formats.month_zh(dt.date.fromisoformat(f"{key}-01")): key for key in proof.months(folder)}


def month(who: Principal, folder: Path, key: str, opening: Opening, now: dt.datetime) -> Month:
    """One month as it stands at `now`.

    Raises:
        Forbidden: everybody but the office.
    """
    who.require("office")
    record, before = proof.read(folder, key), proof.read(folder, month_before(key))
    return summary(key, record.beats, before.beats, opening, now, torn=record.torn)


def name(found: Month) -> str:
    """``2026年11月``."""
    return formats.month_zh(dt.date.fromisoformat(f"{found.month}-01"))


def sentence(found: Month) -> str:
    """The first sentence of the page."""
    if not found.open_minutes:
        return f"{name(found)}没有开放时间内的播出记录。"
    wrong = f"，告警 {len(found.alarms)} 次" if found.alarms else "，没有告警"
    return (
        f"{name(found)}{len(found.screens)} 块屏幕应开放 {formats.duration_zh(found.open_minutes * 60)}，"
        f"点亮 {formats.percent(found.ratio)}{wrong}。"
    )


def notices(found: Month) -> list[tuple[str, str, str]]:
    """State, title and words of what the reader should look at first."""
    told = []
    running = [alarm for alarm in found.alarms if alarm.end is None]
    for alarm in running:
        told.append(
            ("alarm", f"屏幕 {alarm.screen}", f"{alarm.name}，自 {formats.clock(alarm.begin)} 起尚未恢复。")
        )
    if found.torn:
        told.append(
            (
                "attention",
                "记录有缺损",
                f"{found.torn} 行没有写完整（断电或进程被强行结束时会发生），已略过。",
            )
        )
    return told


def day_rows(found: Month) -> list[dict[str, Any]]:
    """One row a screen and day, the newest day first."""
    return [dict(zip(DAY_COLUMNS, _day(day), strict=True)) for day in reversed(found.days)]


def _day(day: ScreenDay) -> tuple[Any, ...]:
    return (
        day.day.isoformat(), day.screen, day.open_minutes, day.lit_minutes, formats.percent(day.ratio), day.missed,
        day.scenes,
    )  # fmt: skip


def alarm_rows(found: Month) -> list[dict[str, Any]]:
    """One row an alarm, the newest first."""
    return [dict(zip(ALARM_COLUMNS, _alarm(alarm), strict=True)) for alarm in reversed(found.alarms)]


def _alarm(alarm: Alarm) -> tuple[Any, ...]:
    lasted = formats.duration_zh((alarm.end - alarm.begin).total_seconds()) if alarm.end else "尚未恢复"
    return (
        alarm.screen, alarm.name, formats.clock(alarm.begin), formats.clock(alarm.end), lasted,
    )  # fmt: skip


def scene_rows(found: Month, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row a scene; one that was taken out of the playlist since keeps its key."""
    return [
        dict(zip(SCENE_COLUMNS, (titles.get(key, key), times), strict=True)) for key, times in found.scenes
    ]
