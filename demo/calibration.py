"""Published magnitudes the demonstration must agree with, each with its year and source.

Totals hold within 2 %, kinds within 5 %. Where no source gives a figure the
entry says so; such figures are assumptions and shown as 演示数据 like all others.
"""

from __future__ import annotations

from dataclasses import dataclass

NOTICE = "渝体公告〔2024〕1号"
ASSUMED = "演示假定：未找到公开数据"


@dataclass(frozen=True)
class Published:
    """One published figure: what is measured, for which year, in which unit, and where it was read."""

    key: str
    year: int
    value: float
    unit: str
    source: str
    tolerance: float = 0.02
    at_least: bool = False  # the source says 超过 or 多于


FACILITIES_2023 = 168_660
AREA_2023_M2 = 88_201_600.0
COUNTS_2023: dict[str, int] = {
    "设有400米环形跑道的田径场地": 533,
    "其他田径场地": 3365,
    "室外游泳池": 1690,
    "室内游泳馆": 494,
    "天然游泳场": 10,
    "十一人制足球场地": 558,
    "七人制足球场地": 735,
    "五人制足球场地": 1902,
    "沙滩足球场": 6,
    "室外篮球场": 22_371,
    "室外三人篮球场": 3902,
    "室内篮球馆": 797,
    "室外排球场": 1802,
    "室内排球馆": 171,
    "沙滩排球场": 88,
    "室外乒乓球场": 56_800,
    "室内乒乓球馆": 4709,
    "室外羽毛球场": 15_900,
    "室内羽毛球馆": 2500,
    "室外网球场": 70,
    "室内网球馆": 15,
    "门球场": 40,
    "其他球类场地": 2888,
    "滑冰场地": 12,
    "滑雪场地": 9,
    "冰球馆": 1,
    "全民健身路径": 29_400,
    "健身房": 3800,
    "健身步道": 4350,
    "登山步道": 640,
    "自行车骑行道": 62,
    "攀岩场地": 108,
    "露营地": 152,
    "小运动场": 4300,
    "体育场": 88,
    "体育馆": 182,
    "棋牌室": 3986,
    "体育公园": 224,
}
"""Facilities by type at the end of 2023. Published: athletics, swimming, football, basketball by type; volleyball,
table tennis with badminton, other ball and all ball as sums. The rest divides what is left (2022: 26,160 fitness
paths, 4,400 trails, 19 ice and snow)."""

MEAN_AREAS: dict[str, float] = {
    "设有400米环形跑道的田径场地": 21_500, "其他田径场地": 2400, "室外游泳池": 800, "室内游泳馆": 1100,
    "天然游泳场": 9000, "十一人制足球场地": 7000, "七人制足球场地": 2600, "五人制足球场地": 850,
    "沙滩足球场": 1200, "室外篮球场": 560, "室外三人篮球场": 290, "室内篮球馆": 1300, "室外排球场": 290,
    "室内排球馆": 520, "沙滩排球场": 420, "室外乒乓球场": 62, "室内乒乓球馆": 180, "室外羽毛球场": 150,
    "室内羽毛球馆": 620, "室外网球场": 700, "室内网球馆": 900, "门球场": 420, "其他球类场地": 420,
    "滑冰场地": 1500, "滑雪场地": 42_000, "冰球馆": 1900, "全民健身路径": 34, "健身房": 400,
    "健身步道": 4100, "登山步道": 4600, "自行车骑行道": 21_000, "攀岩场地": 260, "露营地": 8200,
    "小运动场": 1050, "体育场": 21_000, "体育馆": 5200, "棋牌室": 70, "体育公园": 28_000,
}  # fmt: skip
"""Typical area in m²; scaled so that the published totals hold."""

ATHLETICS = ("设有400米环形跑道的田径场地", "其他田径场地")
SWIMMING = ("室外游泳池", "室内游泳馆", "天然游泳场")
FOOTBALL = ("十一人制足球场地", "七人制足球场地", "五人制足球场地", "沙滩足球场")
BASKETBALL = ("室外篮球场", "室外三人篮球场", "室内篮球馆")
VOLLEYBALL = ("室外排球场", "室内排球馆", "沙滩排球场")
SMALL_BALL = ("室外乒乓球场", "室内乒乓球馆", "室外羽毛球场", "室内羽毛球馆")
OTHER_BALL = ("室外网球场", "室内网球馆", "门球场", "其他球类场地")
BALL = (*FOOTBALL, *BASKETBALL, *VOLLEYBALL, *SMALL_BALL, *OTHER_BALL)
AREA_GROUPS_2023: dict[tuple[str, ...], float] = {
    ATHLETICS: 19_454_000.0,
    SWIMMING: 1_983_500.0,
    FOOTBALL: 7_462_900.0,
    BASKETBALL: 14_682_200.0,
}
"""Published areas in m²."""
LARGEST_DISTRICT_M2 = 4_426_600.0 * AREA_2023_M2 / 72_913_700.0
"""渝北区 had 442.66万㎡ of 7,291.37万㎡ in 2022; carried to 2023 in proportion."""
SURVEY_GROWTH = 1.02
"""Assumed growth of the number of facilities after the last published survey."""

LOTTERY_SALES_YUAN = 5_966_690_000
LOTTERY_FUND_SHARE = 125_045 / 596_669
LOTTERY_OF_JIANGJIN_YUAN = 114_580_000
"""2021; the only large district with a published figure."""
INDUSTRY_OUTPUT_WAN = {2022: 330_080_000.0, 2023: 367_410_000.0}
INDUSTRY_VALUE_ADDED_WAN = {2022: 130_920_000.0, 2023: 149_150_000.0}
"""The nation, in 万元; Chongqing is taken as 2.3 % of it by population."""
INDUSTRY_SHARE = 0.023
INDUSTRY_PARTS = {"services": 0.727, "manufacture": 0.257, "building": 0.016}

PUBLISHED: tuple[Published, ...] = (
    Published("facilities", 2023, FACILITIES_2023, "处", NOTICE),
    Published("facility_area_m2", 2023, AREA_2023_M2, "平方米", NOTICE),
    Published("athletics", 2023, 3898, "处", NOTICE, 0.05),
    Published("athletics_area_m2", 2023, 19_454_000, "平方米", NOTICE, 0.05),
    Published("swimming", 2023, 2194, "处", NOTICE, 0.05),
    Published("swimming_area_m2", 2023, 1_983_500, "平方米", NOTICE, 0.05),
    Published("ball", 2023, 115_254, "处", NOTICE, 0.05),
    Published("football", 2023, 3201, "处", NOTICE, 0.05),
    Published("football_area_m2", 2023, 7_462_900, "平方米", NOTICE, 0.05),
    Published("basketball", 2023, 27_070, "处", NOTICE, 0.05),
    Published("basketball_area_m2", 2023, 14_682_200, "平方米", NOTICE, 0.05),
    Published("volleyball", 2023, 2061, "处", NOTICE, 0.05),
    Published("small_ball", 2023, 79_909, "处", NOTICE, 0.05),
    Published("other_ball", 2023, 3013, "处", NOTICE, 0.05),
    Published("mass_events", 2022, 2000, "场/年", "中国体育报 2022-08-25", at_least=True),
    Published("municipal_organizations", 2024, 69, "个", "中国体育报 2025-02-19"),
    Published("district_organizations", 2024, 750, "个", "中国体育报 2025-02-19"),
    Published("instructors", 2025, 90_000, "人", "全民健身实施计划 2021—2025（每千人2.8名）"),
    Published("instructors_trained", 2025, 4500, "人/年", "全民健身实施计划 2021—2025", 0.05),
    Published("tests", 0, 80_000, "人次/年", ASSUMED),
    Published("pass_rate", 2025, 0.849, "比率", "第六次全国国民体质监测公报", 0.02),
    Published("good_rate", 2025, 0.309, "比率", "第六次全国国民体质监测公报", 0.05),
    Published("pass_rate_children", 2025, 0.867, "比率", "第六次全国国民体质监测公报", 0.02),
    Published("pass_rate_adults", 2025, 0.845, "比率", "第六次全国国民体质监测公报", 0.02),
    Published("pass_rate_old", 2025, 0.861, "比率", "第六次全国国民体质监测公报", 0.02),
    Published("elite_athletes", 2022, 800, "人", "中国体育报 2022-08-25", at_least=True),
    Published("youth_athletes", 2022, 27_000, "人", "中国体育报 2022-08-25"),
    Published("youth_participations", 2022, 500_000, "人次/年", "中国体育报 2022-08-25", at_least=True),
    Published("youth_municipal_events", 2022, 100, "场/年", "中国体育报 2022-08-25", at_least=True),
    Published("youth_bases", 2022, 8, "个", "中国体育报 2022-08-25"),
    Published("youth_key_schools", 2022, 17, "所", "中国体育报 2022-08-25"),
    Published("youth_single_sport_bases", 2022, 238, "个", "中国体育报 2022-08-25"),
    Published("referees", 0, 9000, "人", ASSUMED),
    Published("equipment", 0, 180_000, "件", ASSUMED),
    Published("lottery_sales_yuan", 2018, LOTTERY_SALES_YUAN, "元/年", "市财政局 2019-06-20"),
    Published("lottery_fund_yuan", 2018, 1_250_450_000, "元/年", "市财政局 2019-06-20"),
    Published("industry_output_wan", 2023, 0.023 * 367_410_000, "万元", "国家统计局（全国×2.3%，演示）"),
    Published("industry_value_added_wan", 2023, 0.023 * 149_150_000, "万元", "国家统计局（全国×2.3%，演示）"),
    Published("industry_services", 2023, 0.727, "比率", "国家统计局", 0.05),
    Published("subsidised_venues", 2023, 81, "座", "重庆日报网 2023-12-21"),
)
"""What `tests/demo` measures in the base, with its tolerance."""
