"""科教处: six categories, one of which (反兴奋剂) has not been reported since September."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.names import SPORTS_ELITE, padded, people, pick, take, text
from demo.registry import Columns, Registry, cut, dates, day, days, make_registry
from demo.timetable import Sending
from demo.world import World

PROJECTS = 128
PROJECTS_A_MONTH = 2
PROJECT_CHANGES = 22
EXPERTS = 186
STAFF = 92
TEAMS = 27
DOPING_BATCHES_A_MONTH = 14
HISTORY_A_QUARTER = 44
FIELDS = (
    "运动训练", "运动生理生化", "运动医学与康复", "运动心理", "体育管理", "体育产业", "全民健身",
    "体育信息化", "反兴奋剂", "其他",
)  # fmt: skip


@cache
def _project_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "research projects", PROJECTS, PROJECTS_A_MONTH, since=2019)
    rng = world.rng("research projects")
    n = len(registry)
    return registry, {
        "project_no": text("CQKY-", padded(np.arange(1, n + 1), 5)),
        "project_title": text(
            pick(rng, FIELDS[:9], n), pick(rng, ("若干关键问题", "评价方法", "应用示范", "数据分析"), n), "研究",
            padded(np.arange(1, n + 1), 3),
        ),
        "project_level": pick(rng, ("国家级", "省部级", "市厅级", "单位自设"), n, (4, 21, 50, 25)),
        "project_type": pick(rng, ("重点", "一般", "青年", "委托", "科技助力"), n, (15, 45, 20, 8, 12)),
        "leader_name": people(rng, n),
        "undertaking_unit": pick(rng, ("体育科研一所（演示）", "体育科研二所（演示）", "高校课题组（演示）"), n),
        "approved_on": dates(registry.joined),
        "due_on": dates(registry.joined + np.timedelta64(730, "D")),
        "funding_amount": pa.array(rng.integers(2, 60, n) * 10_000),
    }  # fmt: skip


def _projects(world: World, sending: Sending) -> Columns:
    registry, stock = _project_registry(world)
    index, _ = cut(world, registry, sending, PROJECT_CHANGES)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    due = registry.joined[index] + np.timedelta64(730, "D")
    over = due <= day(sending.end)
    kept = world.rng("closed", "projects").random(len(registry))[index] < 0.85
    closed = over & kept
    columns["closed_on"] = pc.if_else(pa.array(closed), dates(due), None)
    status = np.where(closed, 2, np.where(over, 1, 0))
    columns["status"] = take(("在研", "延期", "结题"), status)
    return columns


@cache
def _expert_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "experts", EXPERTS, 0.7, since=2016)
    rng = world.rng("experts")
    n = len(registry)
    return registry, {
        "expert_no": text("ZJ-", padded(np.arange(1, n + 1), 5)),
        "name": people(rng, n),
        "sex": pick(rng, ("男", "女"), n, (61, 39)),
        "work_unit": pick(rng, ("高校甲（演示）", "高校乙（演示）", "医院丙（演示）", "研究院丁（演示）"), n),
        "field": pick(rng, FIELDS, n),
        "title_level": pick(rng, ("正高级", "副高级", "中级"), n, (40, 45, 15)),
        "enrolled_on": dates(registry.joined),
    }


def _experts(world: World, sending: Sending) -> Columns:
    """Checked once a year, every expert anew."""
    registry, stock = _expert_registry(world)
    index, _ = cut(world, registry, sending, len(registry))
    rng = world.rng("state", *sending.key)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    columns["valid_until"] = dates(np.full(len(index), np.datetime64(f"{sending.end.year + 3}-06-30")))
    columns["review_count"] = pa.array(rng.poisson(3, len(index)))
    return columns


def _staff(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    who = world.rng("support staff")
    index = np.flatnonzero(rng.random(STAFF) < 0.93)
    n = len(index)
    sport = take(SPORTS_ELITE, (index * 5 + sending.end.month) % len(SPORTS_ELITE))
    return {
        "staff_no": text("BZ-", padded(index + 1, 4)),
        "name": people(who, STAFF).take(pa.array(index)),
        "role": pick(
            who,
            ("队医", "康复师", "体能教练", "科研人员", "心理咨询师", "营养师", "其他"),
            STAFF,
            (22, 24, 20, 18, 5, 8, 3),
        ).take(pa.array(index)),
        "team_name": text("市", sport, "队"),
        "sport": sport,
        "start_on": dates(np.full(n, day(sending.start))),
        "end_on": dates(np.full(n, day(sending.end))),
        "service_count": pa.array(rng.poisson(160, n)),
    }


def _education(world: World, sending: Sending) -> Columns:
    """By team, stage and term; the second quarter of a term adds its hours."""
    spring = sending.end.month <= 6
    term = f"{sending.end.year}{'春' if spring else '秋'}"
    rng = world.rng("education", term)
    stages = ("初中", "高中（中专）", "大专", "本科")
    team, stage = np.divmod(np.arange(TEAMS * len(stages)), len(stages))
    taught = rng.random(len(team)) < 0.62
    team, stage = team[taught], stage[taught]
    n = len(team)
    students = rng.integers(3, 42, n)
    planned = rng.integers(12, 36, n) * 10
    share = rng.uniform(0.86, 1.04, n) * (0.5 if sending.end.month in (3, 9) else 1.0)
    finished = sending.end.month in (6, 12)
    passed = np.floor(students * rng.uniform(0.85, 1.0, n)).astype(int)
    return {
        "term": take((term,), np.zeros(n, dtype=int)),
        "team_name": text("市", take(SPORTS_ELITE, team), "队"),
        "stage": take(stages, stage),
        "student_count": pa.array(students),
        "planned_hours": pa.array(planned),
        "taught_hours": pa.array(np.floor(planned * share).astype(int)),
        "exam_pass_count": pc.if_else(pa.array(np.full(n, finished)), pa.array(passed), None),
        "school_name": take(("运动学校（演示）", "体育职业学院（演示）"), (stage >= 2).astype(int)),
    }


def _doping(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(DOPING_BATCHES_A_MONTH - 3, DOPING_BATCHES_A_MONTH + 4))
    kind = rng.choice(5, n, p=(0.3, 0.26, 0.2, 0.16, 0.08))
    kinds = ("赛内检查", "赛外检查", "教育准入", "教育拓展", "食品药品检测")
    tests = kind < 2
    teaches = (kind == 2) | (kind == 3)
    return {
        "batch_no": text(f"FX-{sending.end:%Y%m}-", padded(np.arange(1, n + 1), 3)),
        "activity_type": take(kinds, kind),
        "activity_on": dates(days(rng, sending.start, sending.end, n)),
        "sport": pick(rng, SPORTS_ELITE, n),
        "sample_type": take(
            ("尿样", "血样", "尿血双检", "不适用"), np.where(tests, rng.integers(0, 3, n), 3)
        ),
        "sample_count": pa.array(np.where(tests, rng.integers(4, 40, n), 0)),
        "positive_count": pa.array(np.zeros(n, dtype=int)),
        "education_count": pc.if_else(pa.array(teaches), pa.array(rng.integers(20, 260, n)), None),
    }


def _history(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(HISTORY_A_QUARTER - 6, HISTORY_A_QUARTER + 7))
    kind = pick(rng, ("文献", "口述史", "照片", "影像", "实物", "志书年鉴"), n, (24, 9, 35, 10, 16, 6))
    decade = rng.integers(5, 12, n) * 10 + 1900
    return {
        "item_no": text(f"WS{sending.end:%Y%m}-", padded(np.arange(1, n + 1), 3)),
        "title": text(pa.array(decade), "年代体育", kind, "（", padded(np.arange(1, n + 1), 3), "）"),
        "item_kind": kind,
        "period": text(pa.array(decade), "年代"),
        "source": pick(rng, ("民间征集（演示）", "单位移交（演示）", "个人捐赠（演示）"), n),
        "collected_on": dates(days(rng, sending.start, sending.end, n)),
        "digitized": pick(rng, ("是", "否"), n, (7, 3)),
        "copyright_cleared": pick(rng, ("是", "否"), n, (8, 2)),
    }


MAKERS = {
    "research_project": _projects,
    "research_expert": _experts,
    "research_medical_support_staff": _staff,
    "team_academic_education": _education,
    "anti_doping_activity": _doping,
    "sports_history_item": _history,
}
