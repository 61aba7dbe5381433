"""A made-up snapshot for the tests of the looks: round figures, every part filled, names as long as they come."""

from __future__ import annotations

import datetime as dt
import json
import math
from functools import lru_cache
from typing import Any

import catalog
from kiosk import geometry
from kiosk.snapshot import (
    Arrival,
    Base,
    CategoryLight,
    Competition,
    District,
    Districts,
    Event,
    EventMonth,
    Events,
    Facilities,
    FacilityKind,
    FacilityYear,
    Fitness,
    Flow,
    Hour,
    Industry,
    IndustryClass,
    Kind,
    Lane,
    Lanes,
    LotteryMonth,
    Occasion,
    Physique,
    PlatformFlow,
    Snapshot,
    Ticker,
    Totals,
    Venue,
    Venues,
    Visits,
)

NOW = dt.datetime(2026, 11, 24, 6, 32, 5, tzinfo=dt.UTC)
"""14:32:05 in Beijing."""
TODAY = dt.date(2026, 11, 24)
PLACES = (
    ("奥体中心", "500107", "九龙坡区"), ("华熙文体中心", "500113", "巴南区"), ("大田湾全民健身中心", "500103", "渝中区"),
    ("涪陵体育场", "500102", "涪陵区"), ("万州三峡之星体育场", "500101", "万州区"), ("永川体育中心", "500118", "永川区"),
    ("秀山土家族苗族自治县民族体育馆", "500241", "秀山土家族苗族自治县"), ("巫山体育馆", "500237", "巫山县"),
    ("城口县体育中心", "500229", "城口县"), ("黔江体育馆", "500114", "黔江区"),
)  # fmt: skip


def _labels(edition: str) -> list[dict[str, Any]]:
    return [f["properties"] for f in json.loads(geometry.districts(edition))["features"]]


def _common(now: dt.datetime, is_demonstration: bool) -> dict[str, Any]:
    return {"as_of": now, "demonstration": is_demonstration}


def districts(common: dict[str, Any]) -> Districts:
    items = [
        District(
            adcode=p["adcode"], name=p["short"], longitude=p["label"][0], latitude=p["label"][1],
            facilities=1200 + 170 * (i % 11), per_km2=round(0.2 + (i * 7 % 13) ** 2 / 20, 2),
            per_person_m2=round(1.9 + (i % 9) / 10, 2), venues=i % 7, entries=0 if i % 9 == 4 else 120 * (i * 5 % 17),
        )
        for i, p in enumerate(_labels("2025"))
    ]  # fmt: skip
    return Districts(**common, year=2024, items=tuple(items))


def venues(common: dict[str, Any], scale: float = 1.0) -> Venues:
    labels = {p["adcode"]: p["label"] for p in _labels("2025")}
    items = [
        Venue(
            name=name, adcode=adcode, district=district, longitude=labels[adcode][0] + 0.01 * (i % 3),
            latitude=labels[adcode][1], present=max(10, int((3412 - 330 * i) * scale)), capacity=4200 - 150 * i,
            entries=5000 - 400 * i,
        )
        for i, (name, adcode, district) in enumerate(PLACES)
    ]  # fmt: skip
    for i, (adcode, label) in enumerate(labels.items()):
        items.append(
            Venue(
                name=f"第{i + 1}全民健身中心", adcode=adcode, district="渝中区", longitude=label[0] + 0.03,
                latitude=label[1] - 0.02, present=20 + 7 * i, capacity=None if i % 5 == 0 else 600, entries=300,
            )
        )  # fmt: skip
    return Venues(**common, items=tuple(items))


def visits(common: dict[str, Any], scale: float = 1.0) -> Visits:
    def usual(hour: int) -> int:
        return int(
            400 + 6200 * math.exp(-((hour - 19.3) ** 2) / 12) + 3300 * math.exp(-((hour - 9.5) ** 2) / 9)
        )

    hours = tuple(
        Hour(hour=h, today=int(usual(h) * 1.08 * scale) if h <= 14 else None, week_ago=usual(h),
             low=int(usual(h) * 0.8), high=int(usual(h) * 1.25))
        for h in range(24)
    )  # fmt: skip
    return Visits(
        **common, day=TODAY, entries=int(86_412 * scale), change=0.084, present=int(21_307 * scale), hours=hours,
        quiet_hours=(14, 15, 21),
    )  # fmt: skip


def _facilities(common: dict[str, Any]) -> Facilities:
    figures = ((2020, 1.84, 2.20), (2021, 2.21, 2.41), (2022, 2.31, 2.62), (2023, 2.76, 2.89))
    years = tuple(
        FacilityYear(year=y, count=120_000 + 6_000 * (y - 2020), area_m2=own * 32_000_000, per_person_m2=own,
                     nation_m2=nation, source="市体育场地统计调查")
        for y, own, nation in figures
    )  # fmt: skip
    names = (
        "全民健身路径",
        "篮球场地",
        "乒乓球场地",
        "健身步道",
        "羽毛球场地",
        "健身房（馆）",
        "足球场地",
        "田径场地",
        "游泳场地",
    )
    kinds = tuple(
        FacilityKind(name=name, count=42_000 - 4_600 * i, area_m2=9e6 - 8e5 * i)
        for i, name in enumerate(names)
    )
    return Facilities(**common, years=years, kinds_year=2023, kinds=kinds)


def _event_month(month: int) -> EventMonth:
    """The last one is under way: its third 旬 has not begun to count."""
    thirds = (12 + 5 * (month * 5 % 11), 14 + 4 * (month * 7 % 9), 0 if month == 11 else 10 + 3 * (month % 7))
    return EventMonth(month=month, events=sum(thirds), participants=20_000 + 900 * month, thirds=thirds)


def _events(common: dict[str, Any]) -> Events:
    months = tuple(_event_month(m) for m in range(1, 12))
    names = (
        "重庆马拉松", "中国·重庆武隆国际山地户外运动公开赛", "全民健身日主会场活动", "长江三峡（巫山）国际越野赛",
        "巴南区第六届社区运动会", "成渝双城社区足球邀请赛",
    )  # fmt: skip
    largest = tuple(
        Event(name=name, first=dt.date(2026, 3 + i, 8), last=dt.date(2026, 3 + i, 8 + (i % 3)), district="武隆区",
              participants=30_000 - 3_700 * i)
        for i, name in enumerate(names)
    )  # fmt: skip
    return Events(**common, year=2026, events=1_284, participants=3_412_000, months=months, largest=largest)


def _fitness(common: dict[str, Any]) -> Fitness:
    groups = (("全市", 128_400, 0.924, 0.41), ("幼儿", 21_300, 0.951, 0.47), ("成年人", 84_200, 0.918, 0.38),
              ("老年人", 22_900, 0.907, 0.36))  # fmt: skip
    return Fitness(
        **common, year=2026, instructors=71_245, instructors_per_thousand=2.22,
        instructor_grades=(Kind(name="一级", count=5200), Kind(name="二级", count=18_400)), organisations=1_936,
        organisation_types=(Kind(name="社会团体", count=1_204), Kind(name="民办非企业单位", count=732)), trails=1_482,
        trail_km=6_214.5, physique=tuple(Physique(name=a, tests=b, passed=c, good=d) for a, b, c, d in groups),
    )  # fmt: skip


def _competition(common: dict[str, Any]) -> Competition:
    sports = ("田径", "足球", "游泳", "跆拳道", "篮球", "乒乓球", "羽毛球", "举重", "武术套路", "射击")
    bases = tuple(
        Base(adcode=p["adcode"], name=p["short"], longitude=p["label"][0], latitude=p["label"][1],
             count=None if i % 6 == 5 else 10 + 5 * (i % 8))
        for i, p in enumerate(_labels("2025"))
    )  # fmt: skip
    return Competition(
        **common, year=2026, athletes=4_812,
        athlete_sports=tuple(Kind(name=s, count=820 - 74 * i) for i, s in enumerate(sports)), referees=2_340,
        competitions=168, competition_levels=(Kind(name="全国", count=84),), medals=412, gold=128, youth_events=96,
        youth_participations=184_200, youth_athletes=18_640, youth_coaches=1_122,
        organisation_kinds=(Kind(name="体育传统特色学校", count=512), Kind(name="青少年体育俱乐部", count=236),
                            Kind(name="后备人才基地", count=41)), bases=bases,
    )  # fmt: skip


def _flow(common: dict[str, Any]) -> Flow:
    listed = catalog.default().categories
    lights = tuple(
        CategoryLight(code=c.code, name=c.name_zh, department="群体处", arrived_on=TODAY if i % 3 else None,
                      lit=bool(i % 3), records=1_000 + i)
        for i, c in enumerate(listed)
    )  # fmt: skip
    platforms = (
        PlatformFlow(
            code="smart_venue", name="公共体育场馆设施智能化平台", batches_today=288, records_today=86_412
        ),
        PlatformFlow(
            code="public_service", name="体育公共服务平台（渝快运动）", batches_today=24, records_today=9_120
        ),
        PlatformFlow(
            code="work_management", name="体育工作信息化管理平台", batches_today=31, records_today=3_604
        ),
    )
    return Flow(**common, day=TODAY, received=99_136, integrated=98_870, published=97_412, platforms=platforms,
                categories=lights)  # fmt: skip


def _industry(common: dict[str, Any]) -> Industry:
    months = tuple(
        LotteryMonth(month=m, sales_yuan=5.2e8 + 2.1e7 * (m * 5 % 12) if m < 11 else None,
                     year_before_yuan=4.9e8 + 1.9e7 * (m * 7 % 12))
        for m in range(1, 13)
    )  # fmt: skip
    names = (
        "体育管理活动", "体育竞赛表演活动", "体育健身休闲活动", "体育场地和设施管理", "体育经纪与代理、广告与会展、表演与设计服务",
        "体育教育与培训", "体育传媒与信息服务", "其他体育服务", "体育用品及相关产品制造",
        "体育用品及相关产品销售、出租与贸易代理", "体育场地设施建设",
    )  # fmt: skip
    classes = tuple(
        IndustryClass(name=name, value_added_yuan=6.1e9 - 5.2e8 * i) for i, name in enumerate(names)
    )
    return Industry(
        **common, lottery_year=2026, sales_yuan=5.83e9, welfare_fund_yuan=1.41e9, outlets=3_214, months=months,
        industry_year=2024, output_yuan=7.12e10, value_added_yuan=2.86e10, classes=classes,
    )  # fmt: skip


@lru_cache(maxsize=16)
def full(now: dt.datetime = NOW, *, demonstration: bool = True, scale: float = 1.0) -> Snapshot:
    """Every part. `scale` moves the figures of the day, as time does."""
    common = _common(now, demonstration)
    departments = (
        "群体处",
        "青少处",
        "办公室",
        "产业处",
        "计财处",
        "竞技处",
        "宣传处",
        "人事处",
        "科教处",
        "机关党委",
    )
    lanes = tuple(
        Lane(name=d, completion=round(0.912 - 0.027 * i, 3), pace=0.82) for i, d in enumerate(departments)
    )
    arrivals = tuple(
        Arrival(
            at=now - dt.timedelta(minutes=i), unit=unit, category=category, count=count, stage="integrated"
        )
        for i, (unit, category, count) in enumerate(
            (
                ("渝中区", "群众体育赛事", 126),
                ("群体处", "国民体质监测", 2_310),
                ("大渡口区", "体育场地普查", 418),
            )
        )
    )
    return Snapshot(
        schema=2, written_at=now, demonstration=demonstration, versions={"base": 1},
        totals=Totals(**common, records=int(28_460_000 * scale), records_today=int(12_604 * scale), units=53, platforms=3,
                      categories_published=31, categories=37, on_time=0.926),
        lanes=Lanes(**common, year=2026, by="department", items=lanes),
        ticker=Ticker(**common, items=arrivals), visits=visits(common, scale), venues=venues(common, scale),
        facilities=_facilities(common), districts=districts(common), events=_events(common), fitness=_fitness(common),
        competition=_competition(common), flow=_flow(common), industry=_industry(common),
        occasions=(Occasion(name="全民健身日", first=TODAY, last=TODAY),),
    )  # fmt: skip


def empty(now: dt.datetime = NOW) -> Snapshot:
    """A base before its first delivery."""
    return Snapshot(schema=2, written_at=now, demonstration=False, versions={})
