"""Every hour: can what is published be opened? (可访问性, GB/T 36344; Article 13)"""

from __future__ import annotations

from data_access.commands.probes import probe_published
from data_access.principal import SYSTEM
from jobs.base import Context


def run(context: Context) -> str:
    context.check_lease()
    results = probe_published(context.engine, SYSTEM, context.now)
    closed = [category for category, is_open in results.items() if not is_open]
    return f"探测 {len(results)} 类，{len(results) - len(closed)} 类可以打开" + (
        f"；打不开：{'、'.join(closed)}" if closed else ""
    )
