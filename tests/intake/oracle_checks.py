"""Contract 1.0 a second time, part 2: the cross-checks, by hand from the Chinese prose of the catalogue.

Each is written from `rule` alone, not from what the program runs beside it. A check
gives True (kept), False (broken) or None (nothing to compare).
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import catalog

Values = Mapping[str, Any]
GEO = Path(__file__).resolve().parents[2] / "geo"
BY_ROW: dict[tuple[str, str], tuple[tuple[str, ...], Callable[[Values, dt.date], bool | None]]] = {}


class NotRun(Exception):
    """The check does not run for such a row."""


def check(category: str, name: str, *fields: str) -> Callable[[Any], Any]:
    """Registers a check with the fields its prose names."""

    def register(function: Any) -> Any:
        BY_ROW[category, name] = (fields, function)
        return function

    return register


def age(born: dt.date, on: dt.date) -> int:
    return on.year - born.year - (0 if (on.month, on.day) >= (born.month, born.day) else 1)


@check("government_affairs_information", "adopted_needs_date", "adopted_level", "adopted_on")
def _(v: Values, on: dt.date) -> bool | None:
    if v["adopted_level"] is None or v["adopted_level"] == "未采用":
        return None
    return v["adopted_on"] is not None


@check("government_affairs_information", "must_be_reviewed", "security_reviewed")
def _(v: Values, on: dt.date) -> bool | None:
    return v["security_reviewed"] == "是"


@check("sports_facility_statistics", "built_before_survey", "built_on", "survey_year")
def _(v: Values, on: dt.date) -> bool | None:
    return v["built_on"].year <= v["survey_year"]


@check("sports_facility_statistics", "area_by_type", "area", "facility_type")
def _(v: Values, on: dt.date) -> bool | None:
    kind = next(t for t in catalog.default().facility_types if t.name == v["facility_type"])
    return kind.area_min <= v["area"] <= kind.area_max


@check("fiscal_fund", "spent_within_budget", "spent_amount", "adjusted_amount", "budget_amount")
def _(v: Values, on: dt.date) -> bool | None:
    limit = v["budget_amount"] if v["adjusted_amount"] is None else v["adjusted_amount"]
    return v["spent_amount"] <= limit


@check("fiscal_fund", "month_end_is_last_day", "month_end")
def _(v: Values, on: dt.date) -> bool | None:
    day = v["month_end"]
    return day.day == calendar.monthrange(day.year, day.month)[1]


@check("elite_athlete", "grade_pair", "technical_grade", "grade_certificate_no", "grade_awarded_on")
def _(v: Values, on: dt.date) -> bool | None:
    if v["technical_grade"] is None or v["technical_grade"] == "无":
        return None
    return v["grade_certificate_no"] is not None and v["grade_awarded_on"] is not None


@check("elite_athlete", "age_range", "birth_date", "registered_on")
def _(v: Values, on: dt.date) -> bool | None:
    return 6 <= age(v["birth_date"], v["registered_on"]) <= 60


@check("mass_sport_event", "not_future_when_done", "participant_count", "start_on")
def _(v: Values, on: dt.date) -> bool | None:
    return v["start_on"] <= on


@check("mass_sport_event", "highrisk_plan", "highrisk", "safety_plan")
def _(v: Values, on: dt.date) -> bool | None:
    return v["safety_plan"] == "是" if v["highrisk"] == "是" else None


@check("physical_fitness_test", "age_matches_group", "age_group", "age")
def _(v: Values, on: dt.date) -> bool | None:
    low, high = {"幼儿": (3, 6), "成年人": (20, 59), "老年人": (60, 79)}[v["age_group"]]
    return low <= v["age"] <= high


@check("physical_fitness_test", "bmi_plausible", "weight", "height")
def _(v: Values, on: dt.date) -> bool | None:
    metres = v["height"] / 100
    return Decimal(10) <= v["weight"] / (metres * metres) <= Decimal(50)


@check("youth_athlete", "age_range", "birth_date", "registered_on")
def _(v: Values, on: dt.date) -> bool | None:
    return 4 <= age(v["birth_date"], v["registered_on"]) <= 20


@check("youth_athlete", "consent_under_14", "birth_date", "registered_on", "guardian_consent")
def _(v: Values, on: dt.date) -> bool | None:
    return v["guardian_consent"] == "是" if age(v["birth_date"], v["registered_on"]) < 14 else None


@check("sports_industry_statistics", "value_added_le_output", "value_added", "total_output")
def _(v: Values, on: dt.date) -> bool | None:
    return v["value_added"] <= v["total_output"]


@check("sports_lottery_sales", "fund_le_sales", "welfare_fund", "sales_amount")
def _(v: Values, on: dt.date) -> bool | None:
    return v["welfare_fund"] * 100 <= v["sales_amount"] * 40


@check("sports_lottery_sales", "outlet_if_sales", "sales_amount", "outlet_count")
def _(v: Values, on: dt.date) -> bool | None:
    return v["outlet_count"] >= 1 if v["sales_amount"] > 0 else None


@check("smart_venue_connection", "connected_has_date", "stage", "connected_on", "interface_type")
def _(v: Values, on: dt.date) -> bool | None:
    if v["stage"] != "已接入":
        return None
    return v["connected_on"] is not None and v["interface_type"] is not None


@check("venue_usage_reading", "on_the_hour", "reading_at")
def _(v: Values, on: dt.date) -> bool | None:
    return (v["reading_at"].minute, v["reading_at"].second) == (0, 0)


@check("anti_doping_activity", "positive_le_sample", "positive_count", "sample_count")
def _(v: Values, on: dt.date) -> bool | None:
    return v["positive_count"] <= v["sample_count"]


@check("fitness_equipment", "life_expired", "installed_on", "service_life", "condition")
def _(v: Values, on: dt.date) -> bool | None:
    """Broken where the life is over and the condition says 完好."""
    if v["condition"] != "完好":
        return None
    start = v["installed_on"]
    last = min(start.day, calendar.monthrange(start.year + v["service_life"], start.month)[1])
    return not start.replace(year=start.year + v["service_life"], day=last) < on


@check("development_plan", "year_in_period", "period_start", "year", "period_end")
def _(v: Values, on: dt.date) -> bool | None:
    return v["period_start"] <= v["year"] <= v["period_end"]


@check("sports_talent", "sport_for_athletic", "talent_category", "sport")
def _(v: Values, on: dt.date) -> bool | None:
    return v["sport"] is not None if v["talent_category"] in ("教练员", "运动员") else None


@check("mass_sport_organization", "registered_needs_uscc", "registration_level", "uscc")
def _(v: Values, on: dt.date) -> bool | None:
    return v["uscc"] is not None if v["registration_level"] in ("市级", "区县级") else None


@check("mass_sport_personnel", "instructor_needs_grade", "role", "technical_grade")
def _(v: Values, on: dt.date) -> bool | None:
    return v["technical_grade"] is not None if v["role"] == "社会体育指导员" else None


@check("mass_sport_facility", "trail_needs_length", "facility_kind", "trail_length")
def _(v: Values, on: dt.date) -> bool | None:
    return v["trail_length"] is not None if v["facility_kind"] == "健身步道" else None


@check("research_project", "closed_has_status", "status", "closed_on")
def _(v: Values, on: dt.date) -> bool | None:
    return v["closed_on"] is not None if v["status"] == "结题" else None


@check("team_academic_education", "pass_le_students", "exam_pass_count", "student_count")
def _(v: Values, on: dt.date) -> bool | None:
    return None if v["exam_pass_count"] is None else v["exam_pass_count"] <= v["student_count"]


@check("team_academic_education", "taught_le_planned", "taught_hours", "planned_hours")
def _(v: Values, on: dt.date) -> bool | None:
    return v["taught_hours"] * 10 <= v["planned_hours"] * 12


@check("anti_doping_activity", "education_needs_people", "activity_type", "education_count")
def _(v: Values, on: dt.date) -> bool | None:
    if v["activity_type"] not in ("教育准入", "教育拓展"):
        return None
    return v["education_count"] is not None and v["education_count"] >= 1


@check("party_building_activity", "attended_le_due", "attended_count", "due_count")
def _(v: Values, on: dt.date) -> bool | None:
    return v["attended_count"] <= v["due_count"]


@check("social_organization_party_building", "branch_kind_if_branch", "has_branch", "branch_kind")
def _(v: Values, on: dt.date) -> bool | None:
    return v["branch_kind"] not in (None, "未覆盖") if v["has_branch"] == "是" else None


@check("social_organization_party_building", "three_members", "branch_kind", "party_member_count")
def _(v: Values, on: dt.date) -> bool | None:
    return v["party_member_count"] >= 3 if v["branch_kind"] == "单独组建" else None


@check("mass_sport_facility", "geo_in_district", "longitude", "latitude", "adcode")
@check("sports_facility_statistics", "geo_in_district", "longitude", "latitude", "adcode")
def _(v: Values, on: dt.date) -> bool | None:
    if v["adcode"] not in _rings():
        raise NotRun
    if v["longitude"] is None or v["latitude"] is None:
        return None
    return _distance_km(float(v["longitude"]), float(v["latitude"]), _rings()[v["adcode"]]) <= 1


@cache
def _rings() -> dict[str, list[list[tuple[float, float]]]]:
    """Rings of each district's polygons; 两江新区 only as the district of 2025."""
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for name in ("districts_2025", "districts"):
        for feature in json.loads((GEO / f"{name}.geojson").read_text("utf-8"))["features"]:
            shape = feature["geometry"]
            polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            rings = [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]
            found[feature["properties"]["adcode"]] = rings
    return found


def _distance_km(x: float, y: float, rings: list[list[tuple[float, float]]]) -> float:
    """0 inside (even-odd rule), else kilometres to the nearest edge on a local plane."""
    inside, nearest = False, math.inf
    wide, high = 111.32 * math.cos(math.radians(y)), 110.9
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
            ax, ay, bx, by = (x1 - x) * wide, (y1 - y) * high, (x2 - x) * wide, (y2 - y) * high
            dx, dy = bx - ax, by - ay
            along = -(ax * dx + ay * dy) / (dx * dx + dy * dy) if dx or dy else 0
            along = min(1, max(0, along))
            nearest = min(nearest, math.hypot(ax + along * dx, ay + along * dy))
    return 0 if inside else nearest


# ---------------------------------------------------------------- several rows


def series_warnings(category: str, accepted: list[Values], base: list[Values]) -> list[tuple[int, str]]:
    """(place in `accepted`, check) of each row whose place among the others is wrong.

    `base` holds the current records the accepted rows do not replace.
    """
    found: list[tuple[int, str]] = []
    known = [*accepted, *base]
    for n, row in enumerate(accepted):
        if category == "fiscal_fund":
            before = _last_before(known, row, ("project_code",), "month_end", same_day=False)
            if before is not None and _is_far_below(row["spent_amount"], before["spent_amount"]):
                found.append((n, "cumulative"))
        elif category == "venue_usage_reading":
            before = _last_before(known, row, ("venue_code",), "reading_at", same_day=True)
            if before is not None:
                expected = before["occupancy"] + row["entry_count"] - row["exit_count"]
                if _is_far_below(row["occupancy"], expected) or _is_far_below(-row["occupancy"], -expected):
                    found.append((n, "balance"))
        elif category == "sports_industry_statistics":
            group = [r for r in known if (r["year"], r["adcode"]) == (row["year"], row["adcode"])]
            if sorted(r["industry_class"] for r in group) != _eleven():
                found.append((n, "eleven_classes"))
    return found


def _is_far_below(value: Decimal | int, expected: Decimal | int) -> bool:
    """By more than 5 % of the expected figure, at least 1."""
    return expected - value > max(Decimal(1), abs(expected) * Decimal("0.05"))


def _eleven() -> list[str]:
    field = catalog.default().category_by_code["sports_industry_statistics"].field_by_name["industry_class"]
    return sorted(field.allowed)


def _last_before(
    known: list[Values], row: Values, group: tuple[str, ...], order: str, *, same_day: bool
) -> Values | None:
    earlier = [
        r
        for r in known
        if all(r[g] == row[g] for g in group)
        and r[order] < row[order]
        and not (same_day and r[order].date() != row[order].date())
    ]
    return max(earlier, key=lambda r: r[order], default=None)
