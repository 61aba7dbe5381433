"""Every cross-check of the catalogue that looks at one row: a row that passes and a row that does not."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

import catalog
from data_access.intake.rows import CheckSettings
from tests.intake.judging import DELETE, RECEIVED, Raw, codes, judge_rows, row, warned

D = dt.date
LATER = RECEIVED + dt.timedelta(days=3)
BANDS = {"优秀": (Decimal(90), Decimal(100)), "良好": (Decimal(75), Decimal("89.99"))}
SERIES = {
    ("fiscal_fund", "cumulative"),
    ("venue_usage_reading", "balance"),
    ("sports_industry_statistics", "eleven_classes"),
}

# (category, check): what passes, what fails; each from the words of the rule.
CASES: dict[tuple[str, str], tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    ("government_affairs_information", "adopted_needs_date"): (
        [{"adopted_level": "未采用", "adopted_on": None}, {"adopted_level": None, "adopted_on": None},
         {"adopted_level": "市体育局", "submitted_on": D(2024, 5, 1), "adopted_on": D(2024, 5, 2)}],
        [{"adopted_level": "市体育局", "adopted_on": None}],
    ),
    ("government_affairs_information", "must_be_reviewed"): ([{"security_reviewed": "是"}], [{"security_reviewed": "否"}]),
    ("development_plan", "year_in_period"): (
        [{"period_start": 2021, "year": 2021, "period_end": 2025}, {"period_start": 2021, "year": 2025, "period_end": 2025}],
        [{"period_start": 2021, "year": 2020, "period_end": 2025}, {"period_start": 2021, "year": 2026, "period_end": 2025}],
    ),
    ("sports_talent", "sport_for_athletic"): (
        [{"talent_category": "教练员", "sport": "篮球"}, {"talent_category": "其他", "sport": None}],
        [{"talent_category": "教练员", "sport": None}, {"talent_category": "运动员", "sport": None}],
    ),
    ("sports_facility_statistics", "built_before_survey"): (
        [{"built_on": D(2022, 12, 31), "survey_year": 2022}],
        [{"built_on": D(2023, 1, 1), "survey_year": 2022}],
    ),
    ("sports_facility_statistics", "geo_in_district"): (
        [{"adcode": "渝中区", "longitude": 106.55, "latitude": 29.56}, {"adcode": "渝中区", "longitude": None, "latitude": None},
         {"adcode": "高新区", "longitude": 108.40, "latitude": 30.70}],
        [{"adcode": "渝中区", "longitude": 108.40, "latitude": 30.70}],
    ),
    ("sports_facility_statistics", "area_by_type"): (
        [{"facility_type": "室外篮球场", "area": 300}, {"facility_type": "室外篮球场", "area": 2000}],
        [{"facility_type": "室外篮球场", "area": 299}, {"facility_type": "室外篮球场", "area": 2000.5}],
    ),
    ("fiscal_fund", "spent_within_budget"): (
        [{"budget_amount": 100, "adjusted_amount": None, "spent_amount": 100},
         {"budget_amount": 100, "adjusted_amount": 120, "spent_amount": 120}],
        [{"budget_amount": 100, "adjusted_amount": None, "spent_amount": 100.01},
         {"budget_amount": 100, "adjusted_amount": 80, "spent_amount": 90}],
    ),
    ("fiscal_fund", "month_end_is_last_day"): (
        [{"month_end": D(2024, 2, 29)}, {"month_end": D(2024, 4, 30)}],
        [{"month_end": D(2024, 2, 28)}, {"month_end": Raw("2024.3")}],
    ),
    ("elite_athlete", "grade_pair"): (
        [{"technical_grade": "无", "grade_certificate_no": None, "grade_awarded_on": None},
         {"technical_grade": None, "grade_certificate_no": None, "grade_awarded_on": None},
         {"technical_grade": "一级运动员", "grade_certificate_no": "A1", "grade_awarded_on": D(2023, 1, 1)}],
        [{"technical_grade": "一级运动员", "grade_certificate_no": None, "grade_awarded_on": D(2023, 1, 1)},
         {"technical_grade": "一级运动员", "grade_certificate_no": "A1", "grade_awarded_on": None}],
    ),
    ("elite_athlete", "age_range"): (
        [{"birth_date": D(2000, 5, 2), "registered_on": D(2006, 5, 2)}, {"birth_date": D(1963, 5, 2), "registered_on": D(2024, 5, 1)}],
        [{"birth_date": D(2000, 5, 2), "registered_on": D(2006, 5, 1)}, {"birth_date": D(1963, 5, 1), "registered_on": D(2024, 5, 1)}],
    ),
    ("mass_sport_event", "not_future_when_done"): (
        [{"start_on": RECEIVED, "end_on": LATER, "participant_count": 20}],
        [{"start_on": LATER, "end_on": LATER, "participant_count": 20}],
    ),
    ("mass_sport_event", "highrisk_plan"): (
        [{"highrisk": "是", "safety_plan": "是"}, {"highrisk": "否", "safety_plan": None}, {"highrisk": None, "safety_plan": None}],
        [{"highrisk": "是", "safety_plan": "否"}, {"highrisk": "是", "safety_plan": None}],
    ),
    ("mass_sport_organization", "registered_needs_uscc"): (
        [{"registration_level": "未登记", "uscc": None}, {"registration_level": "市级"}],
        [{"registration_level": "市级", "uscc": None}, {"registration_level": "区县级", "uscc": None}],
    ),
    ("mass_sport_personnel", "instructor_needs_grade"): (
        [{"role": "健身教练", "technical_grade": None}, {"role": "社会体育指导员", "technical_grade": "三级"}],
        [{"role": "社会体育指导员", "technical_grade": None}],
    ),
    ("mass_sport_facility", "trail_needs_length"): (
        [{"facility_kind": "健身步道", "trail_length": 3}, {"facility_kind": "体育公园", "trail_length": None}],
        [{"facility_kind": "健身步道", "trail_length": None}],
    ),
    ("mass_sport_facility", "geo_in_district"): (
        [{"adcode": "万州区", "longitude": 108.40241, "latitude": 30.70675}],
        [{"adcode": "渝中区", "longitude": 108.40241, "latitude": 30.70675}],
    ),
    ("fitness_equipment", "life_expired"): (
        [{"condition": "完好", "installed_on": D(2016, 6, 1), "service_life": 8, "last_inspected_on": None},
         {"condition": "停用", "installed_on": D(2000, 6, 1), "service_life": 8, "last_inspected_on": None}],
        [{"condition": "完好", "installed_on": D(2016, 5, 31), "service_life": 8, "last_inspected_on": None}],
    ),
    ("physical_fitness_test", "age_matches_group"): (
        [{"age_group": "幼儿", "age": 3}, {"age_group": "幼儿", "age": 6}, {"age_group": "成年人", "age": 20},
         {"age_group": "成年人", "age": 59}, {"age_group": "老年人", "age": 60}, {"age_group": "老年人", "age": 79}],
        [{"age_group": "幼儿", "age": 7}, {"age_group": "成年人", "age": 19}, {"age_group": "成年人", "age": 60},
         {"age_group": "老年人", "age": 59}],
    ),
    ("physical_fitness_test", "bmi_plausible"): (
        [{"height": 200, "weight": 40}, {"height": 170, "weight": 144.5}],
        [{"height": 200, "weight": 39.9}, {"height": 170, "weight": 144.6}],
    ),
    ("physical_fitness_test", "grade_matches_score"): (
        [{"grade": "优秀", "total_score": 90}, {"grade": "良好", "total_score": 75}, {"grade": "优秀", "total_score": None},
         {"grade": "合格", "total_score": 99}],
        [{"grade": "优秀", "total_score": 89.5}, {"grade": "良好", "total_score": 90}],
    ),
    ("youth_athlete", "age_range"): (
        [{"birth_date": D(2020, 5, 1), "registered_on": D(2024, 5, 1), "guardian_consent": "是"},
         {"birth_date": D(2003, 5, 2), "registered_on": D(2024, 5, 1)}],
        [{"birth_date": D(2020, 5, 2), "registered_on": D(2024, 5, 1), "guardian_consent": "是"},
         {"birth_date": D(2003, 5, 1), "registered_on": D(2024, 5, 1)}],
    ),
    ("youth_athlete", "consent_under_14"): (
        [{"birth_date": D(2010, 5, 1), "registered_on": D(2024, 5, 1), "guardian_consent": "否"},
         {"birth_date": D(2010, 5, 2), "registered_on": D(2024, 5, 1), "guardian_consent": "是"}],
        [{"birth_date": D(2010, 5, 2), "registered_on": D(2024, 5, 1), "guardian_consent": "否"}],
    ),
    ("research_project", "closed_has_status"): (
        [{"status": "结题", "approved_on": D(2023, 1, 1), "closed_on": D(2024, 1, 1)}, {"status": "在研", "closed_on": None}],
        [{"status": "结题", "closed_on": None}],
    ),
    ("team_academic_education", "pass_le_students"): (
        [{"student_count": 30, "exam_pass_count": 30}, {"student_count": 30, "exam_pass_count": None}],
        [{"student_count": 30, "exam_pass_count": 31}],
    ),
    ("team_academic_education", "taught_le_planned"): (
        [{"planned_hours": 100, "taught_hours": 120}],
        [{"planned_hours": 100, "taught_hours": 121}],
    ),
    ("anti_doping_activity", "positive_le_sample"): (
        [{"sample_count": 3, "positive_count": 3}],
        [{"sample_count": 3, "positive_count": 4}],
    ),
    ("anti_doping_activity", "education_needs_people"): (
        [{"activity_type": "教育准入", "education_count": 1}, {"activity_type": "赛内检查", "education_count": None}],
        [{"activity_type": "教育准入", "education_count": 0}, {"activity_type": "教育拓展", "education_count": None}],
    ),
    ("party_building_activity", "attended_le_due"): (
        [{"due_count": 10, "attended_count": 10}],
        [{"due_count": 10, "attended_count": 11}],
    ),
    ("social_organization_party_building", "branch_kind_if_branch"): (
        [{"has_branch": "是", "branch_kind": "联合组建"}, {"has_branch": "否", "branch_kind": None}, {"has_branch": "否", "branch_kind": "未覆盖"}],
        [{"has_branch": "是", "branch_kind": None}, {"has_branch": "是", "branch_kind": "未覆盖"}],
    ),
    ("social_organization_party_building", "three_members"): (
        [{"has_branch": "是", "branch_kind": "单独组建", "party_member_count": 3}, {"has_branch": "是", "branch_kind": "联合组建", "party_member_count": 1}],
        [{"has_branch": "是", "branch_kind": "单独组建", "party_member_count": 2}],
    ),
    ("sports_industry_statistics", "value_added_le_output"): (
        [{"total_output": 10, "value_added": 10}],
        [{"total_output": 10, "value_added": 10.01}],
    ),
    ("sports_lottery_sales", "fund_le_sales"): (
        [{"sales_amount": 1000, "welfare_fund": 400}],
        [{"sales_amount": 1000, "welfare_fund": 400.01}],
    ),
    ("sports_lottery_sales", "outlet_if_sales"): (
        [{"sales_amount": 0, "welfare_fund": 0, "outlet_count": 0}, {"sales_amount": 10, "welfare_fund": 0, "outlet_count": 1}],
        [{"sales_amount": 10, "welfare_fund": 0, "outlet_count": 0}],
    ),
    ("smart_venue_connection", "connected_has_date"): (
        [{"stage": "建设", "connected_on": None, "interface_type": None}, {"stage": "已接入"}],
        [{"stage": "已接入", "connected_on": None}, {"stage": "已接入", "interface_type": None}],
    ),
    ("venue_usage_reading", "on_the_hour"): (
        [{"reading_at": dt.datetime(2024, 5, 1, 8)}, {"reading_at": dt.datetime(2024, 5, 1)}],
        [{"reading_at": dt.datetime(2024, 5, 1, 8, 30)}, {"reading_at": dt.datetime(2024, 5, 1, 8, 0, 1)}],
    ),
}  # fmt: skip
DECLARED = {(c.code, x.id): x for c in catalog.default().categories for x in c.cross_checks}


def found(checked, check):
    """Whether the check refused or warned about the row."""
    hits = [c for c in (*codes(checked), *warned(checked)) if c[3] == check.id]
    wanted = "R_CROSS" if check.severity == "error" else "W_CROSS"
    assert all(hit[1:3] == ("*", wanted) for hit in hits)
    assert len(hits) <= 1, "one for each failed check"
    return bool(hits)


def test_all_39_cross_checks_are_tried_with_a_row_that_passes_and_one_that_fails():
    """Those over several rows are tried in test_cross_checks_series.py."""
    assert len(DECLARED) == 39
    assert set(CASES) | SERIES == set(DECLARED)
    assert all(passing and failing for passing, failing in CASES.values())


@pytest.mark.parametrize("key", CASES, ids="-".join)
def test_rows_that_obey_the_rule_pass(key):
    for changes in CASES[key][0]:
        checked = judge_rows(key[0], row(key[0], **changes), settings=CheckSettings(grade_bands=BANDS))
        assert not [p for p in checked.problems if p.field != "*"], checked.problems
        assert not found(checked, DECLARED[key]), changes


@pytest.mark.parametrize("key", CASES, ids="-".join)
def test_rows_that_break_the_rule_are_found(key):
    for changes in CASES[key][1]:
        checked = judge_rows(key[0], row(key[0], **changes), settings=CheckSettings(grade_bands=BANDS))
        assert not [p for p in checked.problems if p.field != "*"], checked.problems
        assert found(checked, DECLARED[key]), changes
        assert checked.accepted == (DECLARED[key].severity == "warning")


def test_a_valid_row_of_every_category_is_accepted_without_a_word():
    for category in catalog.default().categories:
        checked = judge_rows(category.code, row(category.code))
        said = [*codes(checked), *warned(checked)]
        if category.code == "sports_industry_statistics":  # one class of eleven
            said = [s for s in said if s[3] != "eleven_classes"]
        assert (checked.accepted, said) == (1, []), category.code


def test_a_check_does_not_run_where_a_field_it_names_failed():
    """Two problems for one mistake help nobody."""
    checked = judge_rows(
        "team_academic_education",
        row("team_academic_education", student_count=Raw("约30"), exam_pass_count=99),
    )
    assert codes(checked) == [(2, "student_count", "R_TYPE", None)]


def test_a_check_does_not_run_where_a_required_field_is_absent():
    checked = judge_rows(
        "party_building_activity", row("party_building_activity", due_count=None, attended_count=5)
    )
    assert codes(checked) == [(2, "due_count", "R_REQUIRED", None)]
    checked = judge_rows(
        "party_building_activity", row("party_building_activity", due_count=DELETE, attended_count=5)
    )
    assert codes(checked) == [(2, "due_count", "R_REQUIRED", None)]


def test_a_check_runs_where_an_optional_field_has_no_column():
    checked = judge_rows("sports_talent", row("sports_talent", talent_category="教练员", sport=DELETE))
    assert codes(checked) == [(2, "*", "R_CROSS", "sport_for_athletic")]


def test_every_failed_check_of_a_row_is_told():
    changes = {"adopted_level": "市体育局", "adopted_on": None, "security_reviewed": "否"}
    checked = judge_rows("government_affairs_information", row("government_affairs_information", **changes))
    assert [c[3] for c in codes(checked)] == ["adopted_needs_date", "must_be_reviewed"]


def test_a_refused_row_keeps_the_warnings_of_checks():
    changes = {"start_on": LATER, "end_on": LATER, "highrisk": "是", "safety_plan": "否"}
    checked = judge_rows("mass_sport_event", row("mass_sport_event", **changes))
    assert codes(checked) == [(2, "*", "R_CROSS", "not_future_when_done")]
    assert warned(checked) == [(2, "*", "W_CROSS", "highrisk_plan")]


def test_grades_are_compared_with_scores_only_when_their_classes_are_configured():
    changes = {"grade": "优秀", "total_score": 60}
    assert warned(judge_rows("physical_fitness_test", row("physical_fitness_test", **changes))) == []


def test_a_point_just_outside_its_district_lies_within_the_margin():
    """Boundaries are generalised; 1 km around them is still taken. 渝中区's western tip: 106.47888, 29.55087."""
    inside = {"adcode": "渝中区", "longitude": 106.4697, "latitude": 29.55087}  # 0.9 km
    beyond = {"adcode": "渝中区", "longitude": 106.4672, "latitude": 29.55087}  # 1.1 km
    code = "mass_sport_facility"
    assert warned(judge_rows(code, row(code, facility_kind="体育公园", **inside))) == []
    assert warned(judge_rows(code, row(code, facility_kind="体育公园", **beyond)))[0][3] == "geo_in_district"


@pytest.mark.parametrize(
    ("adcode", "lon", "lat", "received_on", "fits"),
    [
        (
            "江北区",
            106.57,
            29.60,
            D(2026, 3, 1),
            True,
        ),  # gone, but its records of years before stay where they were
        ("两江新区", 106.57, 29.60, D(2026, 3, 1), True),  # the new district holds the old 江北区
        ("两江新区", 108.40, 30.70, D(2026, 3, 1), False),
        ("两江新区", 108.40, 30.70, D(2024, 3, 1), True),  # the zone has no boundary: the check does not run
    ],
)
def test_the_boundary_is_that_of_the_edition_which_knows_the_district(adcode, lon, lat, received_on, fits):
    checked = judge_rows(
        "mass_sport_facility",
        row("mass_sport_facility", facility_kind="体育公园", adcode=adcode, longitude=lon, latitude=lat),
        received_on=received_on,
    )
    assert (not [w for w in warned(checked) if w[3] == "geo_in_district"]) == fits
