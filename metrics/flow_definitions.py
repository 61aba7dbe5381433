"""What the figures of 实时客流 mean: each once, for help texts, docs/indicators.md and the wall."""

from __future__ import annotations

from dataclasses import dataclass

from data_access.live.messages import FRESH_S
from data_access.live.totals import STUCK_MINUTES
from metrics.flow_days import LEAST_DAYS, LOOK_BACK_DAYS, MOST_DAYS


@dataclass(frozen=True, slots=True)
class FlowFigure:
    """A figure of the live page: its name, its unit, what it counts, as of when."""

    key: str
    name: str
    unit: str
    meaning: str
    as_of: str


FRESH_MINUTES = FRESH_S // 60
_LIVE = "最近一分钟的实时数据"
_ENTRIES = (
    FlowFigure(
        "present",
        "在馆人数",
        "人",
        f"{FRESH_MINUTES} 分钟内有实时数据的场馆，最近一分钟末在馆人数之和；中断的场馆不计入，另列",
        _LIVE,
    ),
    FlowFigure(
        "occupancy",
        "占核定承载量",
        "%",
        "在馆人数 ÷ 核定承载量；只计既有实时数据、又报有核定承载量的场馆",
        _LIVE,
    ),
    FlowFigure(
        "entries_today",
        "今日进馆",
        "人次",
        "今天 0 时起进馆人次之和：已过的每个小时以读数记录为准，读数场馆不全的小时和正在进行的一小时用实时数据",
        _LIVE,
    ),
    FlowFigure(
        "entries_change",
        "较上周同日同时",
        "%",
        "今天已过整点的进馆人次 ÷ 上周同日同样整点的进馆人次 − 1；正在进行的一小时两边都不计",
        "最近一个整点",
    ),
    FlowFigure(
        "band",
        "通常范围",
        "人次",
        f"同类日子每小时进馆人次的十分之一位至十分之九位：取此前 {LOOK_BACK_DAYS // 7} 周内最近 {MOST_DAYS} 个"
        f"读数完整的同类日子，少于 {LEAST_DAYS} 个不画。同类：平日和普通周末与同一星期几相比，节假日与节假日、"
        "周末相比，调休上班的周末与工作日相比",
        "最近一个整点",
    ),
    FlowFigure(
        "reporting",
        "正在报数的场馆",
        "座",
        f"{FRESH_MINUTES} 分钟内有实时数据的场馆数 ÷ 已接入的场馆数",
        _LIVE,
    ),
    FlowFigure(
        "stuck",
        "计数停滞",
        "座",
        f"仍在报数，但进馆、出馆、在馆三个计数连续 {STUCK_MINUTES} 分钟不变，而附近场馆有人进出的场馆数",
        _LIVE,
    ),
)

FLOW_FIGURES: dict[str, FlowFigure] = {entry.key: entry for entry in _ENTRIES}
"""Every figure of the live page by key, in the order of docs/indicators.md."""
