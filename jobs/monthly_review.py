"""On the 6th: the review of the month before, department by department, without a person (Article 21)."""

from __future__ import annotations

from data_access.principal import SYSTEM
from jobs.base import Context
from metrics.review_life import generate_missing


def run(context: Context) -> str:
    """Months an outage has passed over are generated, too; what is there stays as it is."""
    context.check_lease()
    made = generate_missing(context.engine, SYSTEM, at=context.now)
    if not made:
        return "没有到期而未生成的调度报表。"
    return f"已生成调度报表 {'、'.join(made)}，待运维团队核对。"
