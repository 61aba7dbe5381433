"""On 20 January: the year before is frozen, unless the office has done it (Article 23, domain 4.4)."""

from __future__ import annotations

from data_access.clock import day_of
from data_access.principal import SYSTEM
from jobs.base import Context
from metrics.score import life


def run(context: Context) -> str:
    year = day_of(context.now).year - 1
    if not life.is_due(context.engine, SYSTEM, year, day_of(context.now)):
        return f"{year} 年度已封存，或未到封存日，没有需要办理的。"
    context.check_lease()
    frozen = life.freeze(context.engine, SYSTEM, year, at=context.now)
    return f"{year} 年度考核已封存，输入哈希 {frozen.sha256}。"
