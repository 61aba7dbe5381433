"""计财处: 体育场地统计 (see survey.py) and 财政资金投入使用."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.names import padded, pick, text
from demo.registry import Columns, dates, day, lognormal
from demo.survey import survey_rows
from demo.timetable import Sending
from demo.world import World

PROJECTS = 66
PURPOSES = (
    "全民健身设施补短板", "公共体育场馆免费低收费开放补助", "青少年后备人才培养", "优秀运动队训练保障",
    "群众体育赛事活动", "体育场馆智能化改造", "国民体质监测", "社会体育指导员培训", "体育科研", "反兴奋剂教育",
    "体育文化建设", "信息化运维",
)  # fmt: skip


@cache
def _projects(world: World, year: int) -> dict[str, pa.Array]:
    rng = world.rng("projects", year)
    units = [d.short for d in world.catalog.departments] + [
        a.name for a in world.catalog.affiliated_units
    ] * 3
    budget = (lognormal(rng, 6_200_000, 0.9, PROJECTS) / 1000).astype(np.int64) * 1000
    adjusted = np.where(rng.random(PROJECTS) < 0.2, (budget * 1.1).astype(np.int64), 0)
    return {
        "project_code": text(f"CQ{year}T", padded(np.arange(1, PROJECTS + 1), 4)),
        "project_name": text(
            pick(rng, PURPOSES, PROJECTS), "（", padded(np.arange(1, PROJECTS + 1), 2), "期）"
        ),
        "unit_code": pick(rng, units, PROJECTS),
        "fund_source": pick(
            rng,
            ("一般公共预算", "体育彩票公益金", "政府性基金", "中央转移支付", "其他"),
            PROJECTS,
            (42, 34, 6, 15, 3),
        ),
        "function_code": pick(rng, ("2070305", "2070307", "2070308", "2296003"), PROJECTS),
        "budget_amount": pa.array(budget),
        "adjusted_amount": pc.if_else(pa.array(adjusted > 0), pa.array(adjusted), None),
        "pace": pa.array(rng.uniform(0.75, 0.99, PROJECTS)),
        "bend": pa.array(rng.uniform(0.9, 1.5, PROJECTS)),
    }


def _funds(world: World, sending: Sending) -> Columns:
    """Spending up to the end of a month: never less than the month before, never over the budget."""
    columns = dict(_projects(world, sending.end.year))
    pace = columns.pop("pace").to_numpy()
    bend = columns.pop("bend").to_numpy()
    budget = columns["budget_amount"].to_numpy()
    spent = np.floor(budget * pace * (sending.end.month / 12) ** bend).astype(np.int64)
    score = world.rng("performance", sending.end.year).uniform(82, 99, PROJECTS).round(1)
    done = np.full(PROJECTS, sending.end.month == 12)
    return {
        "budget_year": pa.array(np.full(PROJECTS, sending.end.year)),
        **columns,
        "spent_amount": pa.array(spent),
        "month_end": dates(np.full(PROJECTS, day(sending.end))),
        "performance_score": pc.if_else(pa.array(done), pa.array(score), None),
    }


MAKERS = {"sports_facility_statistics": survey_rows, "fiscal_fund": _funds}
