"""Every hour: items of circulars whose figure is mended close by themselves (Article 22)."""

from __future__ import annotations

from data_access.principal import SYSTEM
from jobs.base import Context
from metrics.circular_life import check_items


def run(context: Context) -> str:
    """Killed in between or run again it changes nothing twice: the figure decides each time."""
    looked, changed = check_items(context.engine, SYSTEM, at=context.now, check_lease=context.check_lease)
    return f"核对通报事项 {looked} 项，状态变化 {changed} 项。"
