"""Annual plans of the demonstration: what each department promised, one late, a few revised in summer.

A plan is last year's experience divided by how much of it the department
delivers (`Habit.done`), so the pages show who keeps pace and who does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Engine, func, select

from data_access.commands.plans import Promise, set_plans
from data_access.engine import reading
from data_access.principal import Principal
from data_access.schema import plan_version
from demo.departments import competitive_sport, mass_sport
from demo.timetable import HABITS
from demo.venues import CONNECTED
from demo.visits import DAYS, HOURS, VISITS
from demo.world import MERGER, World, working_day

OFFICE = Principal("office", "office", "局办公室（演示）")
YEARLY: dict[str, int] = {
    "government_affairs_information": 1030, "development_plan": 24, "sports_talent": 5600,
    "sports_specific_occupation": 770, "honor_award": 108, "sports_facility_statistics": 177_000,
    "fiscal_fund": 790, "elite_competition": 97, "elite_athlete": 250, "referee": 3190,
    "sports_medal_award": 64, "mass_sport_event": 2160, "mass_sport_organization": 250,
    "mass_sport_personnel": 7900, "mass_sport_facility": 1160, "fitness_equipment": 14_400,
    "physical_fitness_test": 80_000, "mass_sport_commendation": 144, "youth_event": 348,
    "youth_organization": 230, "youth_athlete": 5000, "youth_coach": 560, "research_project": 36,
    "research_expert": 174, "research_medical_support_staff": 342, "team_academic_education": 200,
    "anti_doping_activity": 168, "sports_history_item": 176, "news_release": 2700, "media_coverage": 1980,
    "sports_culture_item": 104, "party_building_activity": 880, "social_organization_party_building": 220,
    "sports_industry_statistics": 415, "sports_lottery_sales": 1360, "smart_venue_connection": 80,
}  # fmt: skip
"""Different records delivered in a full year after the first (new and changed ones)."""
OPENING: dict[str, int] = {
    "elite_athlete": 1085, "referee": 8000, "mass_sport_organization": 805, "mass_sport_personnel": 81_400,
    "mass_sport_facility": 4730, "fitness_equipment": 160_500, "youth_organization": 850,
    "youth_athlete": 21_000, "youth_coach": 1875, "research_project": 78, "smart_venue_connection": 81,
    "sports_facility_statistics": 168_660,
}  # fmt: skip
"""In the first year, in which registries are delivered in full."""
MOVED: dict[str, int] = {
    "referee": 390,
    "mass_sport_personnel": 7400,
    "fitness_equipment": 14_700,
    "youth_athlete": 1800,
}
"""Records that moved to 两江新区 in the year of the merger."""
MONTHS = {
    "sports_medal_award": competitive_sport.MEDAL_MONTHS,
    "mass_sport_commendation": mass_sport.COMMENDATION_MONTHS,
}
LATE_DEPARTMENT = "publicity"
REVISIONS: dict[str, tuple[float, str]] = {
    "mass_sport_event": (1.05, "年中增加社区赛事安排"),
    "news_release": (0.95, "发布渠道合并，稿件数量调减"),
    "party_building_activity": (0.96, "支部调整后重新核定"),
    "sports_specific_occupation": (1.04, "新增一处评价机构"),
}
"""Factor and reason of the revision approved on 4 July of the current year."""


def file_plans(made: Engine, world: World, codes: Collection[str]) -> int:
    """Enter the approved plans of the three years; returns how many versions were asked for.

    An earlier, interrupted build has entered them as a whole, or not at all.
    """
    with reading(made) as connection:
        if connection.scalar(select(func.count()).select_from(plan_version)):
            return 0
    promises = [p for year in range(world.first_year, world.today.year + 1) for p in _of_year(world, year)]
    wanted = [p for p in promises if p.category in codes]
    set_plans(made, OFFICE, wanted)
    return len(wanted)


def _of_year(world: World, year: int) -> list[Promise]:
    promises: list[Promise] = []
    for category in world.catalog.categories:
        day = _approved_on(world, category.department, year)
        if day > world.today:
            continue
        quantity = promised(world, category.code, year)
        months = MONTHS.get(category.code, ())
        reason = None if quantity else "场馆数据接入平台尚未启用"
        promises.append(Promise(category.code, year, quantity, months, reason, day))
        revised = dt.date(year, 7, 4)
        if category.code in REVISIONS and year == world.today.year and revised <= world.today:
            factor, reason = REVISIONS[category.code]
            promises.append(Promise(category.code, year, _round(quantity * factor), months, reason, revised))
    return promises


def promised(world: World, code: str, year: int) -> int:
    """What a department promises for a category and year."""
    department = world.catalog.category_by_code[code].department
    if code == VISITS:
        expected = _readings(world, year)
    elif year == world.first_year:
        expected = OPENING.get(code, YEARLY[code])
    else:
        expected = YEARLY[code] + (MOVED.get(code, 0) if year == MERGER.year else 0)
    return _round(expected / HABITS[department].done) if expected else 0


def _readings(world: World, year: int) -> int:
    """Readings of a year: from the first day that has any; none before the platform was in use."""
    first = max(dt.date(year, 1, 1), world.today - dt.timedelta(days=DAYS - 1))
    return max(0, (dt.date(year, 12, 31) - first).days + 1) * CONNECTED * len(HOURS)


def _approved_on(world: World, department: str, year: int) -> dt.date:
    if department == LATE_DEPARTMENT and year == world.today.year:
        return dt.date(year, 2, 9)
    return working_day(dt.date(year, 1, 8 + int(world.rng("plan", department, year).integers(0, 14))))


def _round(value: float) -> int:
    """Two leading digits more than one reads: 1,037 → 1,040, 179,611 → 179,600."""
    size = 10 ** max(0, len(str(int(value))) - 3)
    return max(1, round(value / size) * size)
