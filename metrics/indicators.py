"""The list of indicators. To add one: one entry here, one small test."""

from __future__ import annotations

from metrics import progress_parts
from metrics.indicator import Indicator

_ENTRIES = (
    Indicator(
        key="completion",
        name="计划完成率",
        meaning="已入库的不同记录数（每个类别以计划数为限）÷ 按生效天数加权的年度计划数；超出计划的部分另列，不抵补其他类别",
        article="第八条、第二十三条",
        unit="%",
        dimensions=("department", "category", "month"),
        numerator="Σ min(n_c, q_c)：各类别本年度首次接收的不同自然键数，以计划数为限",
        denominator="Σ q_c：各版计划数 × 生效天数 ÷ 全年天数",
        parts=progress_parts.completion,
        extra=(("over", "超出计划的记录数"),),
        add_extra=progress_parts.add_over,
    ),
    Indicator(
        key="delivered",
        name="汇聚记录数",
        meaning="本年度首次接收并入库的不同记录数（同一自然键一年只计一次）",
        article="第八条",
        unit="条",
        dimensions=("department", "category", "month", "unit"),
        numerator="Σ n_c",
        denominator="1（计数）",
        parts=progress_parts.delivered,
    ),
    Indicator(
        key="coverage",
        name="类别覆盖率",
        meaning="已有数据入库（或经批准的零计划）的类别数 ÷ 归口的类别数",
        article="第八条、第二十三条",
        unit="%",
        dimensions=("department", "category"),
        numerator="有至少一条接受记录、或计划为零并经批准的类别数",
        denominator="归口的类别数",
        parts=progress_parts.coverage,
    ),
    Indicator(
        key="timeliness",
        name="及时率",
        meaning="截止日期已到的应报项的平均得分：按期为 1，每迟一天减 1/30，未报为 0；实时类别为数据完整天数 ÷ 天数",
        article="第八条、第二十三条",
        unit="%",
        dimensions=("department", "category", "month"),
        numerator="Σ t_i（t_i = max(0, 1 − 迟报天数 ÷ 30)）",
        denominator="截止日期已到的应报项数",
        parts=progress_parts.timeliness,
    ),
    Indicator(
        key="on_time_this_month",
        name="本月按时率",
        meaning="本月到期的应报项中按时报送的 ÷ 本月至今到期的应报项",
        article="第八条、第二十一条",
        unit="%",
        dimensions=("department", "category"),
        numerator="本月到期且按时收到的应报项数",
        denominator="本月至今到期的应报项数",
        parts=progress_parts.on_time_this_month,
    ),
)

INDICATORS: dict[str, Indicator] = {entry.key: entry for entry in _ENTRIES}
"""Every indicator by key, in the order of docs/indicators.md."""
