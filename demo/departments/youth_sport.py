"""青少处: 青少年体育赛事, 青少年体育组织, 青少年运动员, 青少年教练员."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.names import PLACES_A, PLACES_B, SPORTS_YOUTH, credit_codes, padded, people, pick, take, text
from demo.registry import Columns, Registry, cut, dates, days, lognormal, make_registry
from demo.timetable import Sending
from demo.world import World

EVENTS_A_MONTH = 29
PARTICIPANTS_AN_EVENT = 1620
"""So that over 500,000 take part in a year (2022)."""
ORGANIZATION_KINDS = {
    "国家高水平体育后备人才基地": 8,
    "市级重点业余体校": 17,
    "单项训练基地": 238,
    "体育传统特色学校": 335,
    "青少年体育俱乐部": 214,
    "青少年户外营地": 14,
    "校外培训机构": 62,
}
"""8 national bases, 17 key schools and 238 single-sport bases are published (2022); the others made up."""
ORGANIZATION_CHANGES = 55
ATHLETES = 27_000
ATHLETES_A_MONTH = 260
ATHLETE_CHANGES = 170
COACHES = 2100
COACHES_A_MONTH = 9
COACH_CHANGES = 120


def _events(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(EVENTS_A_MONTH - 4, EVENTS_A_MONTH + 5))
    where = world.districts(sending.end)
    end = days(rng, sending.start, sending.end, n)
    kind = pick(
        rng,
        ("市级锦标赛", "市运会青少年组", "体教融合联赛", "川渝交流赛", "夏（冬）令营", "俱乐部联赛", "其他"),
        n,
        (24, 3, 11, 6, 12, 30, 14),
    )
    sport = pick(rng, SPORTS_YOUTH, n)
    athletes = np.maximum(24, lognormal(rng, PARTICIPANTS_AN_EVENT, 0.8, n)).astype(int)
    return {
        "event_name": text(
            f"{sending.end.year}年青少年", sport, kind, f"（{sending.end.month}月第",
            pa.array(np.arange(1, n + 1)), "项）",
        ),
        "event_kind": kind,
        "sport": sport,
        "start_on": dates(end - rng.integers(0, 5, n).astype("timedelta64[D]")),
        "end_on": dates(end),
        "adcode": pick(rng, [world.name_of(c) for c in where.codes], n, where.chances),
        "team_count": pa.array(athletes // 14 + 1),
        "athlete_count": pa.array(athletes),
        "school_count": pa.array(athletes // 26 + 1),
        "joint_education": pick(rng, ("是", "否"), n, (6, 4)),
    }  # fmt: skip


@cache
def _organization_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    total = sum(ORGANIZATION_KINDS.values())
    registry = make_registry(world, "youth organisations", total, 1.5, since=2010)
    rng = world.rng("youth organisations")
    n = len(registry)
    kinds = np.repeat(np.arange(len(ORGANIZATION_KINDS)), list(ORGANIZATION_KINDS.values()))
    kind = take(tuple(ORGANIZATION_KINDS), rng.permutation(kinds)[:n])
    place = text(pick(rng, PLACES_A, n), pick(rng, PLACES_B, n))
    coaches = rng.integers(2, 24, n)
    return registry, {
        "organization_name": text(place, kind, padded(np.arange(1, n + 1), 4), "（演示）"),
        "organization_kind": kind,
        "uscc": pc.if_else(pa.array(rng.random(n) < 0.8), credit_codes(rng, n, "52"), None),
        "sports": text(pick(rng, SPORTS_YOUTH[:14], n), "、", pick(rng, SPORTS_YOUTH[14:], n)),
        "coach_count": pa.array(coaches),
        "named_on": dates(registry.joined),
        "valid_until": dates(registry.joined + np.timedelta64(4 * 1461, "D")),
    }


def _organizations(world: World, sending: Sending) -> Columns:
    registry, stock = _organization_registry(world)
    index, _ = cut(world, registry, sending, ORGANIZATION_CHANGES)
    rng = world.rng("state", *sending.key)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    columns["adcode"] = registry.district_names(world, index, sending.end)
    columns["trainee_count"] = pa.array(rng.integers(20, 160, len(index)))
    return columns


@cache
def _athlete_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "youth athletes", ATHLETES, ATHLETES_A_MONTH, since=2018)
    rng = world.rng("youth athletes")
    n = len(registry)
    age = rng.integers(int(6.2 * 365.25), int(15.8 * 365.25), n)
    under_14 = age < 14 * 366
    consent = np.where(under_14 | (rng.random(n) < 0.97), 0, 1)
    return registry, {
        "registration_no": text("CQYA", padded(np.arange(1, n + 1), 7)),
        "name": people(rng, n),
        "sex": pick(rng, ("男", "女"), n, (58, 42)),
        "birth_date": dates(registry.joined - age.astype("timedelta64[D]")),
        "sport": pick(rng, SPORTS_YOUTH, n),
        "training_unit": text(pick(rng, PLACES_A, n), pick(rng, PLACES_B, n), "业余体校（演示）"),
        "registered_on": dates(registry.joined),
        "guardian_consent": take(("是", "否"), consent),
    }


def _athletes(world: World, sending: Sending) -> Columns:
    registry, stock = _athlete_registry(world)
    index, changed = cut(world, registry, sending, ATHLETE_CHANGES)
    rng = world.rng("state", *sending.key)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    columns["adcode"] = registry.district_names(world, index, sending.end)
    columns["coach_name"] = people(rng, len(index))
    grades = ("一级运动员", "二级运动员", "三级运动员", "无")
    steady = rng.choice(4, len(index), p=(0.01, 0.06, 0.13, 0.8))
    raised = rng.choice(4, len(index), p=(0.06, 0.34, 0.4, 0.2))
    columns["technical_grade"] = take(grades, np.where(changed, raised, steady))
    return columns


@cache
def _coach_registry(world: World) -> tuple[Registry, dict[str, pa.Array]]:
    registry = make_registry(world, "youth coaches", COACHES, COACHES_A_MONTH, since=2002)
    rng = world.rng("youth coaches")
    n = len(registry)
    return registry, {
        "coach_no": text("CQJL", padded(np.arange(1, n + 1), 6)),
        "name": people(rng, n),
        "sex": pick(rng, ("男", "女"), n, (69, 31)),
        "sport": pick(rng, SPORTS_YOUTH, n),
        "title": pick(rng, ("国家级教练", "高级教练", "中级教练", "初级教练", "无"), n, (1, 14, 36, 38, 11)),
        "training_unit": text(pick(rng, PLACES_A, n), pick(rng, PLACES_B, n), "业余体校（演示）"),
        "employed_on": dates(registry.joined),
    }


def _coaches(world: World, sending: Sending) -> Columns:
    registry, stock = _coach_registry(world)
    index, _ = cut(world, registry, sending, COACH_CHANGES)
    rng = world.rng("state", *sending.key)
    columns = {name: column.take(pa.array(index)) for name, column in stock.items()}
    columns["adcode"] = registry.district_names(world, index, sending.end)
    columns["trainee_count"] = pa.array(rng.poisson(13, len(index)))
    columns["delivered_count"] = pa.array(rng.poisson(5, len(index)))
    return columns


MAKERS = {
    "youth_event": _events,
    "youth_organization": _organizations,
    "youth_athlete": _athletes,
    "youth_coach": _coaches,
}
