"""竞技处: 竞技体育赛事, 竞技运动员, 裁判员, 体育运动奖章授予."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.names import SPORTS_ELITE, SPORTS_MASS, padded, people, pick, take, text
from demo.registry import Columns, Registry, cut, dates, days, lognormal, make_registry
from demo.timetable import Sending
from demo.world import World

COMPETITIONS_IN_TEN_DAYS = 2.7
ATHLETES = 1260
"""Registered athletes; about 850 of them train in the city's elite teams (over 800 in 2022)."""
ATHLETE_CHANGES = 45
REFEREES = 9000
"""Assumption of section 6: no source gives a number."""
REFEREES_A_MONTH = 45
REFEREE_CHANGES = 260
MEDAL_MONTHS = (3, 7, 10, 12)
MEDALS_A_DECISION = 16
GRADES = ("国际级运动健将", "运动健将", "一级运动员", "二级运动员", "三级运动员", "无")


def _competitions(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = 1 + int(rng.poisson(COMPETITIONS_IN_TEN_DAYS - 1))
    where = world.districts(sending.end)
    end = days(rng, sending.start, sending.end, n)
    start = end - rng.integers(0, 6, n).astype("timedelta64[D]")
    level = pick(rng, ("国际级", "国家级", "西部或区域级", "市级", "区县级"), n, (3, 15, 12, 55, 15))
    sport = pick(rng, SPORTS_ELITE, n)
    gold = rng.poisson(2.2, n)
    return {
        "competition_name": text(
            f"{sending.end.year}年", level, sport, pick(rng, ("锦标赛", "冠军赛", "公开赛", "联赛"), n),
            f"第{sending.start.month}{'上中下'[(sending.start.day - 1) // 10]}",
            padded(np.arange(1, n + 1), 2), "站",
        ),
        "sport": sport,
        "level": level,
        "grade_eligible": pick(rng, ("是", "否"), n, (7, 3)),
        "start_on": dates(start),
        "end_on": dates(end),
        "adcode": pick(rng, [world.name_of(c) for c in where.codes], n, where.chances),
        "venue_name": text(pick(rng, ("市奥体", "综合", "全民健身", "水上"), n), "训练比赛馆（演示）"),
        "athlete_count": pa.array(lognormal(rng, 320, 0.7, n).astype(int) + 12),
        "host_unit": pick(rng, ("市体育行政部门（演示）", "市级单项协会（演示）"), n),
        "gold_count": pa.array(gold),
        "medal_count": pa.array(gold + rng.poisson(4, n)),
    }  # fmt: skip


@cache
def _athlete_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "elite athletes", ATHLETES, 7, since=2012)
    rng = world.rng("elite athletes")
    n = len(registry)
    age = rng.integers(10 * 365, 23 * 365, n)
    return registry, {
        "registration_no": text("CQA", padded(np.arange(1, n + 1), 7)),
        "name": people(rng, n),
        "sex": pick(rng, ("男", "女"), n, (52, 48)),
        "birth_date": dates(registry.joined - age.astype("timedelta64[D]")),
        "sport": pick(rng, SPORTS_ELITE, n),
        "team_level": pick(rng, ("国家队", "市优秀运动队", "区县队", "俱乐部"), n, (3, 80, 10, 7)),
        "registered_on": dates(registry.joined),
        "grade": pa.array(rng.choice(6, n, p=(0.03, 0.12, 0.27, 0.3, 0.08, 0.2))),
        "grade_certificate_no": text("YD", padded(np.arange(1, n + 1), 8)),
        "grade_awarded_on": dates(registry.joined - rng.integers(0, 300, n).astype("timedelta64[D]")),
    }


def _athletes(world: World, sending: Sending) -> Columns:
    registry, stock = _athlete_registry(world)
    index, changed = cut(world, registry, sending, ATHLETE_CHANGES)
    rng = world.rng("state", *sending.key)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    grade = columns.pop("grade").to_numpy()
    graded = pa.array(grade < 5)
    columns["technical_grade"] = take(GRADES, grade)
    for name in ("grade_certificate_no", "grade_awarded_on"):
        columns[name] = pc.if_else(graded, columns[name], None)
    states = ("在训", "借调", "伤病休整", "退役")
    steady = rng.choice(4, len(index), p=(0.955, 0.015, 0.02, 0.01))
    moving = rng.choice(4, len(index), p=(0.8, 0.04, 0.09, 0.07))
    columns["status"] = take(states, np.where(changed, moving, steady))
    return columns


@cache
def _referee_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "referees", REFEREES, REFEREES_A_MONTH, since=2006)
    rng = world.rng("referees")
    n = len(registry)
    return registry, {
        "certificate_no": text("CQCP-", padded(np.arange(1, n + 1), 6)),
        "name": people(rng, n),
        "sex": pick(rng, ("男", "女"), n, (64, 36)),
        "sport": pick(rng, (*SPORTS_ELITE, *SPORTS_MASS[3:12]), n),
        "technical_grade": pick(rng, ("国际级", "国家级", "一级", "二级", "三级"), n, (0.5, 4, 22, 41, 32.5)),
        "granted_on": dates(registry.joined),
    }


def _referees(world: World, sending: Sending) -> Columns:
    registry, stock = _referee_registry(world)
    index, _ = cut(world, registry, sending, REFEREE_CHANGES)
    rng = world.rng("state", *sending.key)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    until = np.datetime64(f"{sending.end.year + 3}-12-31") - (index % 4 * 365).astype("timedelta64[D]")
    columns["registered_until"] = dates(np.maximum(until, registry.joined[index]))
    columns["adcode"] = registry.district_names(world, index, sending.end)
    columns["duty_count"] = pa.array(rng.poisson(3 + sending.end.month, len(index)))
    return columns


def _medals(world: World, sending: Sending) -> Columns:
    """Decisions of four months a year; nothing to report in the others."""
    rng = world.rng(*sending.key)
    n = MEDALS_A_DECISION if sending.end.month in MEDAL_MONTHS else 0
    coach = rng.random(n) < 0.25
    units = [a.name for a in world.catalog.affiliated_units]
    sport = pick(rng, SPORTS_ELITE, n)
    return {
        "decision_no": text(
            f"渝体演示〔{sending.end.year}〕{sending.end.month}号-", pa.array(np.arange(1, n + 1))
        ),
        "medal_type": pick(rng, ("体育运动荣誉奖章", "体育运动一级奖章", "市级体育运动奖章"), n, (5, 25, 70)),
        "recipient_name": people(rng, n),
        "recipient_role": take(("运动员", "教练员"), coach.astype(int)),
        "sport": sport,
        "competition_name": text(f"{sending.end.year}年全国", sport, "锦标赛（演示）"),
        "placing": pa.array(rng.integers(1, 4, n)),
        "awarded_on": dates(days(rng, sending.start, sending.end, n)),
        "unit_code": pick(rng, units, n),
    }


MAKERS = {
    "elite_competition": _competitions,
    "elite_athlete": _athletes,
    "referee": _referees,
    "sports_medal_award": _medals,
}
