"""人事处: 体育人才, 体育行业特有工种, 荣誉奖励."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.names import SPORTS_ELITE, credit_codes, padded, people, pick, take, text
from demo.registry import Columns, dates, day, days
from demo.timetable import Sending
from demo.world import World

TALENTS = 1420
"""People in the register of talents, restated at the end of each quarter."""
CERTIFICATES_A_MONTH = 64
HONORS_A_MONTH = 9
CATEGORIES = ("党政管理", "专业技术", "教练员", "运动员", "科研医务", "场馆运营", "体育产业经营", "其他")


@cache
def _register(world: World) -> dict[str, pa.Array]:
    rng = world.rng("talents")
    units = [d.short for d in world.catalog.departments] + [
        a.name for a in world.catalog.affiliated_units
    ] * 4
    category = pick(rng, CATEGORIES, TALENTS, (9, 14, 24, 34, 6, 7, 4, 2))
    athletic = pc.is_in(category, value_set=pa.array(["教练员", "运动员"]))
    return {
        "talent_no": text("T", padded(np.arange(1, TALENTS + 1), 6)),
        "name": people(rng, TALENTS),
        "sex": pick(rng, ("男", "女"), TALENTS, (57, 43)),
        "birth_year": pa.array(rng.integers(1966, 2007, TALENTS)),
        "unit_code": pick(rng, units, TALENTS),
        "talent_category": category,
        "sport": pc.if_else(athletic, pick(rng, SPORTS_ELITE, TALENTS), None),
        "education": pick(
            rng,
            ("研究生", "大学本科", "大学专科", "中专", "高中", "初中及以下"),
            TALENTS,
            (9, 41, 22, 15, 12, 1),
        ),
        "title_level": pick(rng, ("正高级", "副高级", "中级", "初级", "无"), TALENTS, (2, 9, 20, 16, 53)),
        "talent_program": pc.if_else(
            pa.array(rng.random(TALENTS) < 0.04),
            pick(rng, ("巴渝体育英才计划（演示）", "青年教练员培养计划（演示）"), TALENTS),
            None,
        ),
    }


def _talents(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    present = np.flatnonzero(rng.random(TALENTS) < 0.985)
    columns = {name: column.take(pa.array(present)) for name, column in _register(world).items()}
    columns["as_of"] = dates(np.full(len(present), day(sending.end)))
    return columns


def _certificates(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.poisson(CERTIFICATES_A_MONTH))
    where = world.districts(sending.end)
    names = [world.name_of(c) for c in where.codes]
    return {
        "certificate_no": text(f"CQTY{sending.end:%Y%m}", padded(np.arange(1, n + 1), 5)),
        "name": people(rng, n),
        "sex": pick(rng, ("男", "女"), n, (62, 38)),
        "occupation": pick(
            rng,
            (
                "社会体育指导员",
                "游泳救生员",
                "体育场馆管理员",
                "体育经纪人",
                "电子竞技员",
                "运动康复师",
                "其他",
            ),
            n,
            (48, 27, 8, 3, 4, 6, 4),
        ),
        "skill_level": pick(rng, ("五级", "四级", "三级", "二级", "一级"), n, (48, 30, 15, 5, 2)),
        "sport": pick(rng, ("游泳", "健美操", "羽毛球", "网球", "攀岩", "武术"), n),
        "issued_on": dates(days(rng, sending.start, sending.end, n)),
        "assessor": pick(rng, ("体育职业技能评价一站（演示）", "体育职业技能评价二站（演示）"), n),
        "employer_uscc": pc.if_else(pa.array(rng.random(n) < 0.6), credit_codes(rng, n, "91"), None),
        "adcode": pick(rng, names, n, where.chances),
    }


def _honors(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(HONORS_A_MONTH - 4, HONORS_A_MONTH + 5))
    units = [d.short for d in world.catalog.departments] + [a.name for a in world.catalog.affiliated_units]
    personal = rng.random(n) < 0.7
    unit = pick(rng, units, n)
    group = text(unit, "第", padded(np.arange(1, n + 1), 2), "工作组")
    return {
        "award_doc_no": text(
            f"渝体演示〔{sending.end.year}〕{sending.end.month:02d}-", pa.array(rng.integers(1, 4, n)), "号"
        ),
        "honor_title": pick(rng, ("先进工作者", "先进集体", "优秀教练员", "记功奖励", "嘉奖"), n),
        "award_level": pick(rng, ("国家级", "省部级", "市厅级", "单位级"), n, (3, 12, 55, 30)),
        "recipient_type": take(("集体", "个人"), personal.astype(int)),
        "recipient_name": pc.if_else(pa.array(personal), people(rng, n), group),
        "unit_code": unit,
        "granting_authority": pick(rng, ("市体育行政部门（演示）", "市级评选机构（演示）"), n),
        "awarded_on": dates(days(rng, sending.start, sending.end, n)),
        "bonus_amount": pa.array(np.where(personal, rng.integers(1, 30, n) * 500, 0)),
        "revoked": take(("否",), np.zeros(n, dtype=int)),
    }


MAKERS = {
    "sports_talent": _talents,
    "sports_specific_occupation": _certificates,
    "honor_award": _honors,
}
