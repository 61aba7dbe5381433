"""Location faults, service radius and opening duty anew, when a register has changed or a day is over."""

from __future__ import annotations

from data_access.principal import SYSTEM
from jobs.base import Context
from metrics.venues.refresh import refresh


def run(context: Context) -> str:
    """Replaces each result as a whole; killed in the middle, the results before it stand."""
    context.check_lease()
    made = refresh(context.engine, SYSTEM, at=context.now)
    if not made:
        return "场地数据没有变化，分析结果仍然有效。"
    return f"已重新计算场地分析 {len(made)} 项。"
