"""The live feed of venues as jobs: pulled every few seconds, compared each hour, pruned each night (Article 8)."""

from __future__ import annotations

from catalog.sources import LiveSource
from data_access.engine import writing
from data_access.live import feed, prune as pruning, reconcile as reconciling
from data_access.principal import SYSTEM
from data_access.settings import settings
from jobs.base import Context


def run(context: Context, source: LiveSource) -> str:
    """Everything the platform has published since the last pull."""
    rules = feed.rules_of(settings().live)
    result = feed.pull(
        context.engine, SYSTEM, source, rules=rules, stop=context.stop, before_page=context.check_lease
    )
    return result.summary()


def reconcile(context: Context) -> str:
    """Live hours beside the recorded readings, and why they differ."""
    with writing(context.engine) as connection:
        counts = reconciling.reconcile(SYSTEM, connection, at=context.now)
    if not counts:
        return "没有可以比对的小时"
    words = (f"{reconciling.SHORT[reason]} {n}" for reason, n in sorted(counts.items()))
    return f"近两日逐馆逐小时比对：{'，'.join(words)}"


def prune(context: Context) -> str:
    """Days that are no longer kept."""
    keep = settings().live.keep_days
    with writing(context.engine) as connection:
        gone = pruning.prune(SYSTEM, connection, at=context.now, keep_days=keep)
    return f"已清除 {keep} 天以前的实时客流 {gone} 条"
