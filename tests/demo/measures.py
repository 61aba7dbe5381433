"""The published figures as the demonstration base has them, each by one query."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

import catalog
from data_access.schema import base_table
from demo.calibration import (
    ATHLETICS,
    BALL,
    BASKETBALL,
    FOOTBALL,
    OTHER_BALL,
    SMALL_BALL,
    SWIMMING,
    VOLLEYBALL,
)
from demo.departments.mass_sport import GROUP_SHARES

SURVEY_YEAR = 2023
FULL_YEAR = 2025


def table(code: str) -> Table:
    return base_table(catalog.default().category_by_code[code])


def count(connection: Connection, code: str, *conditions: object) -> float:
    """Current records of a category."""
    t = table(code)
    statement = select(func.count()).select_from(t).where(t.c.valid_to.is_(None), *conditions)  # type: ignore[arg-type]
    return float(connection.scalar(statement) or 0)


def total(connection: Connection, code: str, field: str, *conditions: object) -> float:
    """Sum of a field over current records."""
    t = table(code)
    statement = select(t.c[field]).where(t.c.valid_to.is_(None), *conditions)  # type: ignore[arg-type]
    return float(sum(v for v in connection.scalars(statement) if v is not None))


def in_year(t: Table, field: str, year: int = FULL_YEAR) -> object:
    return func.substr(t.c[field], 1, 4) == str(year)


def facilities(connection: Connection) -> dict[str, float]:
    t = table("sports_facility_statistics")
    code, year = "sports_facility_statistics", t.c.survey_year == SURVEY_YEAR
    found = {
        "facilities": count(connection, code, year),
        "facility_area_m2": total(connection, code, "area", year),
    }
    groups = {
        "athletics": ATHLETICS, "swimming": SWIMMING, "ball": BALL, "football": FOOTBALL, "basketball": BASKETBALL,
        "volleyball": VOLLEYBALL, "small_ball": SMALL_BALL, "other_ball": OTHER_BALL,
    }  # fmt: skip
    for key, kinds in groups.items():
        inside = t.c.facility_type.in_(kinds)
        found[key] = count(connection, code, year, inside)
        found[f"{key}_area_m2"] = total(connection, code, "area", year, inside)
    return found


def mass_sport(connection: Connection) -> dict[str, float]:
    events, people, organizations = (
        table(c) for c in ("mass_sport_event", "mass_sport_personnel", "mass_sport_organization")
    )
    level = organizations.c.registration_level
    return {
        "mass_events": count(connection, "mass_sport_event", in_year(events, "start_on")),
        "municipal_organizations": count(connection, "mass_sport_organization", level == "市级"),
        "district_organizations": count(connection, "mass_sport_organization", level == "区县级"),
        "instructors": count(connection, "mass_sport_personnel", people.c.role == "社会体育指导员"),
        "instructors_trained": count(connection, "mass_sport_personnel", in_year(people, "granted_on")),
        "equipment": count(connection, "fitness_equipment"),
    }


def fitness_tests(connection: Connection) -> dict[str, float]:
    t = table("physical_fitness_test")
    code, year = "physical_fitness_test", in_year(t, "test_date")
    tests = count(connection, code, year)
    failed = t.c.grade == "不合格"
    found = {
        "tests": tests,
        "pass_rate": 1 - count(connection, code, year, failed) / tests,
        "good_rate": count(connection, code, year, t.c.grade.in_(("优秀", "良好"))) / tests,
    }
    for key, group in zip(("children", "adults", "old"), GROUP_SHARES, strict=True):
        inside = t.c.age_group == group
        found[f"pass_rate_{key}"] = 1 - count(connection, code, year, inside, failed) / count(
            connection, code, year, inside
        )
    return found


def athletes(connection: Connection) -> dict[str, float]:
    elite, events, organizations = (table(c) for c in ("elite_athlete", "youth_event", "youth_organization"))
    year = in_year(events, "end_on")
    municipal = events.c.event_kind.in_(("市级锦标赛", "市运会青少年组", "体教融合联赛"))
    kind = organizations.c.organization_kind
    return {
        "elite_athletes": count(
            connection, "elite_athlete", elite.c.team_level == "市优秀运动队", elite.c.status == "在训"
        ),
        "youth_athletes": count(connection, "youth_athlete"),
        "youth_participations": total(connection, "youth_event", "athlete_count", year),
        "youth_municipal_events": count(connection, "youth_event", year, municipal),
        "youth_bases": count(connection, "youth_organization", kind == "国家高水平体育后备人才基地"),
        "youth_key_schools": count(connection, "youth_organization", kind == "市级重点业余体校"),
        "youth_single_sport_bases": count(connection, "youth_organization", kind == "单项训练基地"),
        "referees": count(connection, "referee"),
    }


def industry(connection: Connection) -> dict[str, float]:
    statistics, lottery = table("sports_industry_statistics"), table("sports_lottery_sales")
    code, year = "sports_industry_statistics", statistics.c.year == 2023
    output = total(connection, code, "total_output", year)
    services = statistics.c.industry_class.not_in(("体育用品及相关产品制造", "体育场地设施建设"))
    month = in_year(lottery, "month")
    return {
        "lottery_sales_yuan": total(connection, "sports_lottery_sales", "sales_amount", month),
        "lottery_fund_yuan": total(connection, "sports_lottery_sales", "welfare_fund", month),
        "industry_output_wan": output,
        "industry_value_added_wan": total(connection, code, "value_added", year),
        "industry_services": total(connection, code, "total_output", year, services) / output,
        "subsidised_venues": count(connection, "smart_venue_connection"),
    }


def others(connection: Connection) -> dict[str, float]:
    """Every key of `PUBLISHED` but those of the survey."""
    return {
        **mass_sport(connection),
        **fitness_tests(connection),
        **athletes(connection),
        **industry(connection),
    }
