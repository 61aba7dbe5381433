"""群体处: seven categories, the largest of them registries of people, places and equipment."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.geography import points
from demo.municipal import ORGANIZATIONS as MUNICIPAL, organizations
from demo.names import (
    COMPANIES,
    PLACES_A,
    PLACES_B,
    SPORTS_MASS,
    communities,
    credit_codes,
    padded,
    people,
    pick,
    streets,
    take,
    text,
)
from demo.registry import Columns, Registry, cut, dates, day, days, lognormal, make_registry
from demo.timetable import DISTRICT_EVENTS_TOGETHER, Sending
from demo.world import World
from demo.wrong_places import misplace, shift

MUNICIPAL_EVENTS_A_YEAR = 250
DISTRICT_EVENTS_A_YEAR = 1900
"""Together over 2,000 a year (中国体育报 2022-08-25)."""
SEASON = np.array([0.6, 0.5, 0.9, 1.1, 1.3, 1.2, 0.9, 0.9, 1.2, 1.4, 1.2, 0.8]) / 12
"""Share of a year's mass events by month."""
DISTRICT_ORGANIZATIONS = 755
ORGANIZATION_CHANGES = 70
INSTRUCTORS = 90_000
INSTRUCTORS_A_MONTH = 375
"""4,500 are trained a year (全民健身实施计划 2021—2025)."""
INSTRUCTOR_CHANGES = 300
FACILITIES = 5600
FACILITIES_A_MONTH = 38
FACILITY_CHANGES = 70
EQUIPMENT = 180_000
EQUIPMENT_A_MONTH = 850
EQUIPMENT_CHANGES = 360
TESTS_A_YEAR = 80_000
GROUP_SHARES = {"幼儿": 0.12, "成年人": 0.62, "老年人": 0.26}
PASS_RATES = {"幼儿": 0.867, "成年人": 0.845, "老年人": 0.861}
"""2023 standard, nation, 2025 (secondary); good or better 30.9 % of all."""
GOOD_SHARE = 0.309


def _events(world: World, sending: Sending) -> Columns:
    """Municipal events from the department, the others from each district-level unit."""
    rng = world.rng(*sending.key)
    municipal = sending.unit == "mass_sport"
    if municipal:
        a_year, where = MUNICIPAL_EVENTS_A_YEAR, world.districts(sending.end)
    elif sending.unit == DISTRICT_EVENTS_TOGETHER:
        a_year, where = DISTRICT_EVENTS_A_YEAR, world.districts(sending.received_on)
    else:
        where = world.districts(sending.received_on, sending.unit)
        share = world.people_of(sending.unit, sending.received_on) / sum(
            world.people_of(u, sending.received_on) for u in world.senders(sending.received_on)
        )
        a_year = DISTRICT_EVENTS_A_YEAR * share
    n = _due_until(world, sending, a_year, sending.end) - _due_until(
        world, sending, a_year, sending.start - dt.timedelta(days=1)
    )
    start = days(rng, sending.start, sending.end, n)
    end = np.minimum(start + rng.integers(0, 3, n).astype("timedelta64[D]"), day(sending.end))
    level = (
        pick(rng, ("国家级", "市级"), n, (8, 92))
        if municipal
        else pick(rng, ("区县级", "乡镇街道级", "村社区级"), n, (52, 33, 15))
    )
    sport = pick(rng, SPORTS_MASS, n)
    risky = np.isin(sport.to_numpy(zero_copy_only=False), ["登山", "越野跑", "游泳", "龙舟"])
    district = pick(rng, [world.name_of(c) for c in where.codes], n, where.chances)
    mean = 2600 if municipal else 420
    place = text(pick(rng, PLACES_A, n), pick(rng, PLACES_B, n))
    return {
        "event_name": text(
            f"{sending.end.year}年", place, pick(rng, ("社区", "镇街", "城乡", "职工"), n), sport,
            pick(rng, ("比赛", "交流赛", "展演", "健身活动", "联赛"), n),
        ),
        "event_level": level,
        "sport": sport,
        "start_on": dates(start),
        "end_on": dates(end),
        "adcode": district,
        "venue_name": text(place, pick(rng, ("体育公园", "文体广场", "全民健身中心", "学校操场"), n)),
        "participant_count": pa.array(np.maximum(20, lognormal(rng, mean, 0.9, n)).astype(int)),
        "budget_amount": pa.array((lognormal(rng, 90 * mean, 0.8, n) / 100).astype(np.int64) * 100),
        "host_unit": text(district, "全民健身活动组委会（演示）"),
        "highrisk": take(("否", "是"), risky.astype(int)),
        "safety_plan": take(("否", "是"), (risky | (rng.random(n) < 0.5)).astype(int)),
    }  # fmt: skip


def _due_until(world: World, sending: Sending, a_year: float, last: dt.date) -> int:
    """How many events a sender has held up to the end of a month: fractions add up instead of getting lost."""
    years = last.year - world.first_year + 1 + float(SEASON[: last.month].sum())
    return int(a_year * years + world.rng("event phase", sending.unit).random())


@cache
def _organization_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "organisations", DISTRICT_ORGANIZATIONS, 0.8, since=1998)
    rng = world.rng("organisations")
    n = len(registry)
    sport = pick(rng, SPORTS_MASS, n)
    kind = pick(rng, ("体育总会", "单项协会", "人群协会", "体育俱乐部", "体育基金会"), n, (5, 62, 13, 19, 1))
    return registry, {
        "organization_name": text(
            pick(rng, PLACES_A, n), sport, kind, padded(np.arange(1, n + 1), 4), "（演示）"
        ),
        "uscc": credit_codes(rng, n, "51"),
        "organization_type": kind,
        "registration_level": take(("区县级",), np.zeros(n, dtype=int)),
        "sport": sport,
        "established_on": dates(registry.joined),
        "legal_representative": people(rng, n),
    }


def _organizations(world: World, sending: Sending) -> Columns:
    registry, stock = _organization_registry(world)
    index, _ = cut(world, registry, sending, ORGANIZATION_CHANGES, moves=False)
    rng = world.rng("state", *sending.key)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    names = [world.name_of(c) for c in registry.codes]
    columns["adcode"] = pa.array(names).take(pa.array(registry.district[index]))
    if sending.first:
        columns = _with_municipal(world, columns)
    n = len(columns["organization_name"])
    columns["member_count"] = pa.array(lognormal(rng, 260, 0.9, n).astype(int))
    columns["annual_check_result"] = pick(rng, ("合格", "基本合格", "不合格", "未参检"), n, (82, 11, 2, 5))
    columns["branch_established"] = pick(rng, ("是", "否"), n, (4, 6))
    return columns


def _with_municipal(world: World, columns: Columns) -> Columns:
    name, uscc, sport = organizations(world)
    rng = world.rng("municipal registry")
    first = {
        "organization_name": name,
        "uscc": uscc,
        "organization_type": take(("单项协会",), np.zeros(MUNICIPAL, dtype=int)),
        "registration_level": take(("市级",), np.zeros(MUNICIPAL, dtype=int)),
        "sport": sport,
        "established_on": dates(days(rng, dt.date(1985, 1, 1), dt.date(2021, 12, 31), MUNICIPAL)),
        "legal_representative": people(rng, MUNICIPAL),
        "adcode": take((world.name_of("500103"),), np.zeros(MUNICIPAL, dtype=int)),
    }
    return {key: pa.concat_arrays([first[key], column]) for key, column in columns.items()}


@cache
def _instructor_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "instructors", INSTRUCTORS, INSTRUCTORS_A_MONTH, since=2004)
    rng = world.rng("instructors")
    n = len(registry)
    return registry, {
        "certificate_no": text("CQZDY", padded(np.arange(1, n + 1), 7)),
        "name": people(rng, n),
        "sex": pick(rng, ("男", "女"), n, (42, 58)),
        "birth_year": pa.array(rng.integers(1950, 2002, n)),
        "role": take(("社会体育指导员",), np.zeros(n, dtype=int)),
        "technical_grade": pick(rng, ("国家级", "一级", "二级", "三级"), n, (0.8, 6, 28, 65.2)),
        "sport": pick(rng, SPORTS_MASS, n),
        "granted_on": dates(registry.joined),
        "service_site": text(communities(rng, n), "健身站"),
    }


def _instructors(world: World, sending: Sending) -> Columns:
    registry, stock = _instructor_registry(world)
    index, changed = cut(world, registry, sending, INSTRUCTOR_CHANGES)
    rng = world.rng("state", *sending.key)
    n = len(index)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    columns["adcode"] = registry.district_names(world, index, sending.end)
    columns["service_hours"] = pa.array(lognormal(rng, 6.5 * sending.end.month, 0.6, n).round(1))
    columns["on_post"] = take(("是", "否"), (rng.random(n) > np.where(changed, 0.8, 0.93)).astype(int))
    return columns


FACILITY_KINDS = {
    "体育公园": (4, 26_000), "健身步道": (28, 6_800), "全民健身中心": (3, 4_200), "社会足球场": (8, 3_900),
    "多功能运动场": (16, 900), "健身广场": (19, 1_200), "农民体育健身工程": (15, 800), "公共体育场馆": (3, 9_800),
    "其他": (4, 600),
}  # fmt: skip
"""Share in per cent and mean area in m²; made up, the published totals are those of the survey."""


@cache
def _facility_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "facilities", FACILITIES, FACILITIES_A_MONTH, since=2010)
    rng = world.rng("facilities")
    n = len(registry)
    kinds = tuple(FACILITY_KINDS)
    kind = rng.choice(len(kinds), n, p=np.array([v[0] for v in FACILITY_KINDS.values()]) / 100)
    area = lognormal(rng, 1.0, 0.5, n) * np.array([v[1] for v in FACILITY_KINDS.values()])[kind]
    trail = pa.array(kind == kinds.index("健身步道"))
    lon, lat = points(world, rng, registry.codes, registry.district)
    stock = {
        "facility_name": text(communities(rng, n), take(kinds, kind), padded(np.arange(1, n + 1), 5)),
        "facility_kind": take(kinds, kind),
        "street": streets(rng, n, 120),
        "address": text(communities(rng, n), pa.array(rng.integers(1, 200, n)), "号旁"),
        "area": pa.array(area.round(1)),
        "trail_length": pc.if_else(trail, pa.array(lognormal(rng, 2.1, 0.6, n).round(2) + 0.1), None),
        "opened_on": dates(registry.joined),
        "longitude": pa.array(lon),
        "latitude": pa.array(lat),
    }
    return registry, misplace(registry, stock)


SHORT_HOURS_SHARE = 0.06
"""Share of the public venues that report fewer than 35 hours a week; made up."""


def _facilities(world: World, sending: Sending) -> Columns:
    registry, stock = _facility_registry(world)
    index, changed = cut(world, registry, sending, FACILITY_CHANGES, moves=False)
    rng = world.rng("state", *sending.key)
    n = len(index)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    columns = shift(index, changed, columns)
    names = [world.name_of(c) for c in registry.codes]
    columns["adcode"] = pa.array(names).take(pa.array(registry.district[index]))
    columns["free_open"] = pick(rng, ("免费", "低收费", "收费"), n, (83, 13, 4))
    hours = rng.integers(6, 17, n) * 7
    is_public = np.isin(
        columns["facility_kind"].to_numpy(zero_copy_only=False), ("公共体育场馆", "全民健身中心")
    )
    few = is_public & (rng.random(n) < SHORT_HOURS_SHARE)
    columns["weekly_hours"] = pa.array(np.where(few, rng.integers(3, 5, n) * 7, hours))
    return columns


EQUIPMENT_NAMES = {
    "室外健身器材": ("太极揉推器", "漫步机", "上肢牵引器", "扭腰器", "健骑机", "单杠", "双杠", "腹肌板"),
    "智能健身器材": ("智能健身车", "智能划船器", "智能竞赛车"),
    "乒乓球台": ("室外乒乓球台",),
    "篮球架": ("地埋式篮球架", "移动式篮球架"),
    "儿童游乐器材": ("儿童滑梯", "儿童攀爬架"),
    "健身路径组合": ("十件套健身路径",),
    "其他": ("休闲座椅组合",),
}


@cache
def _equipment_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "equipment", EQUIPMENT, EQUIPMENT_A_MONTH, since=2014)
    rng = world.rng("equipment")
    n = len(registry)
    pairs = [(kind, name) for kind, names in EQUIPMENT_NAMES.items() for name in names]
    weights = {"室外健身器材": 9.0, "乒乓球台": 10.0, "篮球架": 3.0}
    p = np.array([weights.get(kind, 1.0) for kind, _ in pairs])
    chosen = rng.choice(len(pairs), n, p=p / p.sum())
    price = lognormal(rng, 2600, 0.6, n).astype(int)
    return registry, {
        "equipment_no": text("CQQC-", padded(np.arange(1, n + 1), 7)),
        "equipment_name": take([name for _, name in pairs], chosen),
        "equipment_kind": take([kind for kind, _ in pairs], chosen),
        "facility_name": text(communities(rng, n), "健身点"),
        "manufacturer": text(pick(rng, COMPANIES, n), "体育用品公司（演示）"),
        "installed_on": dates(registry.joined),
        "service_life": pa.array(rng.choice([8, 10, 12], n, p=(0.45, 0.4, 0.15))),
        "fund_source": pick(rng, ("体育彩票公益金", "财政资金", "社会捐赠", "其他"), n, (66, 27, 4, 3)),
        "unit_price": pa.array(price),
    }


def _equipment(world: World, sending: Sending) -> Columns:
    registry, stock = _equipment_registry(world)
    index, changed = cut(world, registry, sending, EQUIPMENT_CHANGES)
    rng = world.rng("state", *sending.key)
    n = len(index)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    columns["adcode"] = registry.district_names(world, index, sending.end)
    joined = registry.joined[index]
    last = day(sending.end)
    age = (last - joined).astype(int) / 365.25
    expired = age >= columns["service_life"].to_numpy()
    states = ("完好", "待维修", "停用", "已报废")
    young = rng.choice(4, n, p=(0.945, 0.035, 0.015, 0.005))
    old = rng.choice(4, n, p=(0.02, 0.38, 0.35, 0.25))
    columns["condition"] = take(states, np.where(expired, old, young))
    inspected = np.maximum(joined, last - rng.integers(0, 200, n).astype("timedelta64[D]"))
    columns["last_inspected_on"] = pc.if_else(
        pa.array(changed | (rng.random(n) < 0.7)), dates(inspected), None
    )
    return columns


def _tests(world: World, sending: Sending) -> Columns:
    """One month of tests: groups, body measures and grades by the published rates."""
    rng = world.rng(*sending.key)
    month = sending.end.month
    n = round(TESTS_A_YEAR * month / 12) - round(TESTS_A_YEAR * (month - 1) / 12)
    group = rng.choice(3, n, p=list(GROUP_SHARES.values()))
    age = np.choose(group, [rng.integers(3, 7, n), rng.integers(20, 60, n), rng.integers(60, 80, n)])
    man = rng.random(n) < 0.47
    height = np.where(group == 0, 88 + 6.3 * (age - 2), np.where(man, 168.5, 157.5)) + rng.normal(0, 5, n)
    bmi = np.clip(rng.normal(np.where(group == 0, 15.6, 23.4), 2.6, n), 12, 38)
    passes = rng.random(n) < np.array(list(PASS_RATES.values()))[group]
    good = passes & (rng.random(n) < GOOD_SHARE / 0.8518)
    best = good & (rng.random(n) < 0.3)
    grade = np.where(best, 0, np.where(good, 1, np.where(passes, 2, 3)))
    score = (
        np.array([90, 80, 60, 35])[grade] + rng.uniform(0, [9.9, 9.9, 19.9, 24.9], (n, 4))[range(n), grade]
    )
    adult = pa.array(group > 0)
    where = world.districts(sending.end)
    lung = np.maximum(600, rng.normal(np.where(man, 3700, 2600), 520, n) - 14 * (age - 20)).astype(int)
    return {
        "test_no": text(f"CQTZ-{sending.end:%Y%m}-", padded(np.arange(1, n + 1), 6)),
        "test_date": dates(days(rng, sending.start, sending.end, n)),
        "adcode": pick(rng, [world.name_of(c) for c in where.codes], n, where.chances),
        "age_group": take(tuple(GROUP_SHARES), group),
        "sex": take(("女", "男"), man.astype(int)),
        "age": pa.array(age),
        "height": pa.array(height.round(1)),
        "weight": pa.array((bmi * (height / 100) ** 2).round(1)),
        "grip_strength": pc.if_else(adult, pa.array(np.clip(rng.normal(np.where(man, 40, 25), 6, n), 5, 80).round(1)), None),
        "sit_and_reach": pa.array(np.clip(rng.normal(7, 6, n), -20, 30).round(1)),
        "vital_capacity": pc.if_else(adult, pa.array(lung), None),
        "one_leg_stand": pc.if_else(adult, pa.array(np.clip(rng.exponential(24, n), 1, 180).round(1)), None),
        "total_score": pa.array(score.round(1)),
        "grade": take(("优秀", "良好", "合格", "不合格"), grade),
    }  # fmt: skip


COMMENDATION_MONTHS = (1, 6, 11)


def _commendations(world: World, sending: Sending) -> Columns:
    """Three decisions a year; nothing to report in other months."""
    rng = world.rng(*sending.key)
    n = 48 if sending.end.month in COMMENDATION_MONTHS else 0
    where = world.districts(sending.end)
    kind = pick(rng, ("先进单位", "先进个人", "优秀组织", "优秀案例"), n, (30, 40, 20, 10))
    district = pick(rng, [world.name_of(c) for c in where.codes], n, where.chances)
    numbered = text(district, kind, padded(np.arange(1, n + 1), 2), "（演示）")
    return {
        "award_doc_no": take(
            (f"渝体演示〔{sending.end.year}〕{sending.end.month}号",), np.zeros(n, dtype=int)
        ),
        "commendation_title": take(("全民健身工作表扬（演示）",), np.zeros(n, dtype=int)),
        "award_level": pick(rng, ("国家级", "省部级", "市厅级", "区县级"), n, (4, 14, 60, 22)),
        "recipient_type": kind,
        "recipient_name": pc.if_else(pc.equal(kind, "先进个人"), people(rng, n), numbered),
        "adcode": district,
        "awarded_on": dates(days(rng, sending.start, sending.end, n)),
        "granting_authority": take(("市体育行政部门（演示）",), np.zeros(n, dtype=int)),
    }


MAKERS = {
    "mass_sport_event": _events,
    "mass_sport_organization": _organizations,
    "mass_sport_personnel": _instructors,
    "mass_sport_facility": _facilities,
    "fitness_equipment": _equipment,
    "physical_fitness_test": _tests,
    "mass_sport_commendation": _commendations,
}
