"""Sentences and rows about the live feeds: crowding, silence, differences from the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from data_access.live.health import STATES, Health, State
from data_access.live.lately import Alert, AlertCounts, Difference
from data_access.live.read import PullState
from data_access.live.reconcile import sentence as why_different
from metrics.flow import Counts, FlowNow, VenueLine
from metrics.flow_lately import Compared
from reports.flow_words import FEED_NAMES, clock, district_name
from ui import formats

FEED_STATES: dict[State, str] = {
    "ok": "good", "never": "muted", "silent": "alarm", "fault": "alarm", "stuck": "attention", "gaps": "calm",
}  # fmt: skip
DEVICE_NAMES = {"online": "在线", "offline": "离线", "fault": "故障"}
FEED_ADVICE = "请场馆核查闸机和网络；恢复后平台补传的数据计入发生的小时。"
OPERATIONS_ADVICE = "请运维团队查看任务记录和平台接口；恢复后本页自动更新，中断期间的数据由平台补传。"


def pull_words(pulls: Sequence[PullState]) -> str | None:
    """What is wrong with fetching itself; None while it works."""
    failing = [pull for pull in pulls if pull.failures]
    if not failing:
        return None
    pull = failing[0]
    last = f"最近一次成功是 {formats.datetime_zh(pull.answered_at)}" if pull.answered_at else "还没有成功过"
    return f"拉取实时数据已连续失败 {formats.number(pull.failures)} 次，{last}。"


def silence(now: FlowNow, pulls: Sequence[PullState]) -> tuple[dt.datetime | None, str]:
    """Since when nothing came, and what to do: the fetching may fail, or the platform may be silent."""
    ended = None if now.sums.minute is None else now.sums.minute + dt.timedelta(minutes=1)
    return ended, f"{pull_words(pulls) or ''}{OPERATIONS_ADVICE}"


def notices(now: FlowNow, alerts: Sequence[Alert], crowded: int, most: int = 4) -> list[tuple[str, str, str]]:
    """(state, subject, words): crowded venues first, then feeds that are broken; the rest is counted.

    Args:
        alerts: open ones, the newest first; `crowded`: how many there are that are crowded still.
    """
    found = [("alarm", alert.name, alert_words(alert)) for alert in alerts if is_crowded(alert)][:most]
    if now.counts.every and not now.is_live:
        return [
            *found,
            (
                "alarm",
                "全部场馆",
                f"{formats.number(now.counts.every)} 座场馆同时没有数据，多为平台或接口原因。{OPERATIONS_ADVICE}",
            ),
        ]
    found += [
        (FEED_STATES[line.health.state], line.venue.name, feed_words(line.health))
        for line in now.troubled[: most - len(found)]
    ]
    if rest := crowded + now.counts.troubled - len(found):
        words = f"另有 {formats.number(rest)} 项，见下面的提醒和数据状态表。"
        found.append(("calm", "", words))
    return found


def is_crowded(alert: Alert) -> bool:
    """Whether the venue is crowded still, as far as anybody knows."""
    return alert.fell_minute is None and alert.lost_minute is None


def feed_words(line: Health) -> str:
    """What is wrong with one feed, since when, and what to do."""
    since = formats.duration_zh(60 * line.silent_minutes) if line.silent_minutes is not None else ""
    if line.state == "silent":
        return f"{since}没有数据，最近一次是 {formats.datetime_zh(line.now.minute)}。{FEED_ADVICE}"
    if line.state == "fault":
        return f"设备{DEVICE_NAMES.get(line.now.device_state or '', '异常')}，人数可能不准。{FEED_ADVICE}"
    if line.state == "stuck":
        return f"计数已 {line.unchanged_minutes} 分钟没有变化，附近场馆有人进出。请场馆核查闸机计数。"
    if line.state == "gaps":
        return f"今天缺 {formats.number(line.missing)} 分钟，等待平台补传。"
    return "还没有收到过实时数据。请平台确认推送。" if line.state == "never" else "正常。"


def feed_sentence(counts: Counts) -> str:
    """The state of all feeds in one sentence."""
    states = counts.states
    bad = [
        f"{FEED_NAMES[s]} {formats.number(n)} 座"
        for s in STATES
        if (n := states[s]) and s not in ("ok", "gaps")
    ]
    words = f"{formats.number(states['ok'] + states['gaps'])} 座正常报数" + (
        "；" + "、".join(bad) if bad else ""
    )
    late, filled = formats.number(counts.late), formats.number(counts.backfilled)
    return f"{words}。今天迟到 {late} 分钟、补传 {filled} 分钟，都已计入发生的小时。"


def feed_rows(lines: Iterable[VenueLine]) -> list[dict[str, Any]]:
    """The table of feeds: the worst first."""
    ranked = sorted(
        lines, key=lambda x: (STATES.index(x.health.state), -x.health.missing, x.venue.venue_code)
    )
    return [
        {
            "场馆": line.venue.name,
            "区县": district_name(line.venue.district),
            "数据状态": FEED_NAMES[line.health.state],
            "最近数据": formats.clock(line.health.now.minute),
            "今天应收": line.health.expected,
            "收到": line.health.received,
            "缺": line.health.missing,
            "迟到": line.health.late,
            "补传": line.health.backfilled,
            "更正": line.health.corrected,
            "设备异常": line.health.faulty,
            "说明": feed_words(line.health),
        }
        for line in ranked
    ]


def alert_words(alert: Alert) -> str:
    """When it was raised (with the day: those of a week are shown), how full it was, whether it fell again."""
    raised = f"{formats.day_month_zh(alert.raised_minute)} {clock(alert.raised_minute)}"
    words = (
        f"{raised} 达到 {formats.number(alert.threshold)} 人的提醒线，"
        f"最高 {formats.number(alert.peak)} 人（核定 {formats.number(alert.capacity)} 人）"
    )
    return f"{words}，{_ended(alert)}。"


def _ended(alert: Alert) -> str:
    """How it ended: calm again, not yet, or the venue fell silent and nobody knows."""
    if alert.fell_minute:
        return f"{clock(alert.fell_minute)} 回落"
    if alert.lost_minute:
        return f"{clock(alert.lost_minute)} 起失联，是否回落不明"
    return "尚未回落"


def acknowledged_words(alert: Alert) -> str:
    if alert.acknowledged_at is None:
        return "未确认"
    note = f"：{alert.note}" if alert.note else ""
    return f"{alert.acknowledged_by} {formats.clock(alert.acknowledged_at)} 确认{note}"


def alert_rows(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    return [
        {
            "场馆": alert.name,
            "开始": formats.clock(alert.raised_minute),
            "提醒线": alert.threshold,
            "最高人数": alert.peak,
            "最高时刻": clock(alert.peak_minute),
            "回落": formats.clock(alert.fell_minute) if alert.fell_minute else _ended(alert),
            "确认": acknowledged_words(alert),
        }
        for alert in alerts
    ]


def difference_sentence(found: Compared, hours: int) -> str:
    """How many hours of the live feed differ from the record, of those compared."""
    if not found.hours:
        return f"近 {hours} 小时还没有可以比对的小时；每小时比对一次。"
    words = f"近 {hours} 小时比对了 {formats.number(found.hours)} 个场馆小时"
    if not found.different:
        return f"{words}，全部一致。"
    return f"{words}，{formats.number(found.different)} 个不一致；以读数记录为准。"


def difference_rows(found: Iterable[Difference]) -> list[dict[str, Any]]:
    return [
        {
            "场馆": line.name,
            "时段": formats.clock(line.hour_end - dt.timedelta(hours=1)),
            "实时分钟": line.minutes,
            "实时进馆": formats.number(line.people_in),
            "记录进馆": formats.number(line.recorded_in),
            "实时出馆": formats.number(line.people_out),
            "记录出馆": formats.number(line.recorded_out),
            "原因": why_different(line),
        }
        for line in found
    ]


def later_words(counts: AlertCounts, shown: int) -> str | None:
    """What becomes of the alerts to acknowledge that are not shown yet; None where all are."""
    if counts.unseen <= shown:
        return None
    rest = formats.number(counts.unseen - shown)
    return f"下面是最近的 {shown} 条未确认提醒，其余 {rest} 条在确认后依次出现。"


def alerts_sentence(counts: AlertCounts, days: int) -> str:
    """How many there were, how many are crowded still, how many nobody has seen."""
    if not counts.every:
        return f"近 {days} 天没有拥挤提醒。"
    words = f"近 {days} 天 {formats.number(counts.every)} 条，{formats.number(counts.crowded)} 条尚未回落"
    words += f"，{formats.number(counts.lost)} 条失联" if counts.lost else ""
    return f"{words}，{formats.number(counts.unseen)} 条未确认。"
