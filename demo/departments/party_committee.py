"""机关党委: 党建工作 and 体育行业全市性社会组织党建. Only organisations, no members, are named."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.municipal import ORGANIZATIONS, organizations
from demo.names import people, pick, take, text
from demo.registry import Columns, dates, day
from demo.timetable import Sending
from demo.world import World

BRANCHES = 34
KINDS = ("支部党员大会", "支部委员会", "党小组会", "党课", "主题党日")


def _activities(world: World, sending: Sending) -> Columns:
    """Each branch reports its meetings of the month; about a third report nothing."""
    rng = world.rng(*sending.key)
    units = [d.short for d in world.catalog.departments] + [a.name for a in world.catalog.affiliated_units]
    branch, kind = np.divmod(np.arange(BRANCHES * len(KINDS)), len(KINDS))
    held = (rng.random(len(branch)) < 0.62) & (rng.random(BRANCHES) < 0.72)[branch]
    held[0] = True
    branch, kind = branch[held], kind[held]
    n = len(branch)
    members = 8 + (branch * 7) % 23
    offset = rng.integers(0, (sending.end - sending.start).days + 1, n)
    topics = ("理论学习", "安全生产与作风建设", "服务群众健身", "重点任务部署", "警示教育", "年度工作研讨")
    unit_index = branch % len(units)
    return {
        "branch_name": text(
            take(units, unit_index), "第", pa.array(branch // len(units) + 1), "党支部（演示）"
        ),
        "activity_kind": take(KINDS, kind),
        "activity_on": dates(day(sending.start) + offset.astype("timedelta64[D]")),
        "topic": pick(rng, topics, n),
        "due_count": pa.array(members),
        "attended_count": pa.array(members - rng.integers(0, 4, n)),
        "member_count": pa.array(members),
        "recorded_by": take(units, unit_index),
    }


@cache
def _organizations(world: World) -> dict[str, pa.Array]:
    rng = world.rng("municipal party work")
    n = ORGANIZATIONS
    name, uscc, _ = organizations(world)
    kind = rng.choice(5, n, p=(0.36, 0.2, 0.14, 0.2, 0.1))
    kinds = ("单独组建", "联合组建", "功能型党组织", "党建指导员覆盖", "未覆盖")
    members = np.where(kind == 0, rng.integers(3, 24, n), rng.integers(0, 3, n))
    return {
        "organization_name": name,
        "uscc": uscc,
        "has_branch": take(("是", "否"), (kind == 4).astype(int)),
        "branch_kind": take(kinds, kind),
        "party_member_count": pa.array(members),
        "employee_count": pa.array(members + rng.integers(2, 40, n)),
        "secretary_name": pc.if_else(pa.array(kind < 3), people(rng, n), None),
        "assessment_result": pick(rng, ("好", "较好", "一般"), n, (50, 40, 10)),
    }


def _coverage(world: World, sending: Sending) -> Columns:
    """Party work in municipal organisations at the end of a quarter; some do not answer."""
    rng = world.rng(*sending.key)
    present = pa.array(np.flatnonzero(rng.random(ORGANIZATIONS) < 0.8))
    columns = {name: column.take(present) for name, column in _organizations(world).items()}
    columns["as_of"] = dates(np.full(len(present), day(sending.end)))
    return columns


MAKERS = {
    "party_building_activity": _activities,
    "social_organization_party_building": _coverage,
}
