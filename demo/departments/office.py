"""局办公室: 政务信息 and 发展规划."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.names import padded, pick, take, text
from demo.registry import Columns, dates, days
from demo.timetable import Sending
from demo.world import World

INFORMATION_A_MONTH = 86
PLAN_INDICATORS = (
    ("人均体育场地面积", "平方米", "finance_planning", 2.2, 0.10),
    ("体育场地总数", "万处", "finance_planning", 13.7, 0.9),
    ("社会体育指导员每千人数", "名", "mass_sport", 2.3, 0.1),
    ("经常参加体育锻炼人数比例", "%", "mass_sport", 47.8, 0.55),
    ("国民体质合格率", "%", "mass_sport", 91.0, 0.3),
    ("健身步道总长度", "公里", "mass_sport", 8400.0, 480.0),
    ("社会足球场地数", "块", "mass_sport", 2700.0, 140.0),
    ("体育公园数", "个", "mass_sport", 120.0, 24.0),
    ("群众体育赛事活动场次", "场", "mass_sport", 1900.0, 60.0),
    ("区县体育社会组织数", "个", "mass_sport", 690.0, 15.0),
    ("在训青少年运动员人数", "人", "youth_sport", 26000.0, 250.0),
    ("国家高水平后备人才基地数", "个", "youth_sport", 7.0, 0.25),
    ("体育传统特色学校数", "所", "youth_sport", 300.0, 12.0),
    ("青少年体育赛事场次", "场", "youth_sport", 260.0, 14.0),
    ("优秀运动队在训人数", "人", "competitive_sport", 780.0, 10.0),
    ("国际级赛事奖牌数", "枚", "competitive_sport", 10.0, 1.0),
    ("全国比赛奖牌数", "枚", "competitive_sport", 70.0, 4.0),
    ("等级裁判员人数", "人", "competitive_sport", 8200.0, 180.0),
    ("科研项目立项数", "项", "science_education", 18.0, 2.0),
    ("反兴奋剂教育人次", "人次", "science_education", 5200.0, 400.0),
    ("体育产业总规模", "亿元", "industry", 620.0, 48.0),
    ("体育产业增加值", "亿元", "industry", 245.0, 20.0),
    ("智能化公共体育场馆数", "座", "industry", 12.0, 11.0),
    ("体育彩票公益金", "亿元", "industry", 12.4, 0.1),
)
"""Indicator, unit of measure, leading department, value in 2021, growth a year: made up for the demonstration."""


def _information(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    n = int(rng.integers(INFORMATION_A_MONTH - 8, INFORMATION_A_MONTH + 9))
    senders = [world.catalog.units[code].list_name for code in world.senders(sending.end)]
    senders += [d.short for d in world.catalog.departments] * 2
    senders += [a.name for a in world.catalog.affiliated_units]
    submitted = days(rng, sending.start, sending.end, n)
    level = pick(
        rng, ("未采用", "市体育局", "市委市政府", "国家体育总局", "国务院办公厅"), n, (58, 28, 10, 3.5, 0.5)
    )
    adopted_on = np.minimum(
        submitted + rng.integers(1, 6, n).astype("timedelta64[D]"), np.datetime64(sending.end, "D")
    )
    unit = pick(rng, senders, n)
    topics = (
        "全民健身",
        "青少年训练",
        "赛事保障",
        "场馆开放",
        "体育产业",
        "安全生产",
        "体教融合",
        "数字体育",
    )
    acts = ("推进情况", "经验做法", "调研报告", "阶段小结", "问题与建议", "数据分析")
    return {
        "info_no": text(f"{sending.end:%Y%m}-", padded(np.arange(1, n + 1), 3)),
        "title": text(unit, pick(rng, topics, n), pick(rng, acts, n)),
        "unit_code": unit,
        "info_type": pick(
            rng, ("工作动态", "经验做法", "调研报告", "问题建议", "统计信息"), n, (55, 20, 8, 9, 8)
        ),
        "submitted_on": dates(submitted),
        "adopted_level": level,
        "adopted_on": pc.if_else(pc.equal(level, "未采用"), None, dates(adopted_on)),
        "security_reviewed": take(("是",), np.zeros(n, dtype=int)),
        "body_chars": pa.array(rng.integers(300, 3200, n)),
    }


def _plan(world: World, sending: Sending) -> Columns:
    rng = world.rng(*sending.key)
    year = int(sending.period[:4])
    start = 2021 + 5 * ((year - 2021) // 5)
    n = len(PLAN_INDICATORS)
    base = np.array([i[3] for i in PLAN_INDICATORS])
    growth = np.array([i[4] for i in PLAN_INDICATORS])
    target = (base + growth * (year - 2021)).round(2)
    actual = (target * rng.normal(1.0, 0.035, n)).round(2)
    departments = world.catalog.department_by_code
    same = np.zeros(n, dtype=int)
    return {
        "plan_title": take((f"体育发展五年规划（{start}—{start + 4}年）（演示）",), same),
        "plan_level": take(("市级",), same),
        "doc_no": take((f"渝体演示〔{start}〕1号",), same),
        "period_start": pa.array(same + start),
        "period_end": pa.array(same + start + 4),
        "indicator_name": pa.array([i[0] for i in PLAN_INDICATORS]),
        "indicator_nature": pick(rng, ("约束性", "预期性"), n, (1, 4)),
        "unit_of_measure": pa.array([i[1] for i in PLAN_INDICATORS]),
        "year": pa.array(same + year),
        "target_value": pa.array(target),
        "actual_value": pa.array(actual),
        "lead_department": pa.array([departments[i[2]].short for i in PLAN_INDICATORS]),
    }


MAKERS = {"government_affairs_information": _information, "development_plan": _plan}
