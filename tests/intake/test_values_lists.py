"""Enumerations, districts, reporting units, yes/no (contract 1.0: W_DISTRICT_*, W_BOOL, brackets)."""

import datetime as dt

import pytest

import catalog
from data_access.intake.cells import ERROR
from tests.intake.judging import Outcome, outcome

DISTRICT = ("youth_event", "adcode")
KIND = ("youth_event", "event_kind")
UNIT = ("fiscal_fund", "unit_code")
YES_NO = ("mass_sport_personnel", "on_post")
BEFORE, FROM_THEN = dt.date(2025, 11, 5), dt.date(2025, 11, 6)


def test_every_name_of_a_district_or_zone_is_stored_as_its_code():
    for d in catalog.default().districts:
        if d.valid_from is None:
            assert outcome(*DISTRICT, d.name) == Outcome(d.code, [], []), d.name


@pytest.mark.parametrize("cell", ["渝中区", " 渝中区 ", "渝 中 区", "渝中区\u200b", "\u3000渝中\n区"])
def test_white_space_around_and_inside_a_district_gives_no_warning(cell):
    assert outcome(*DISTRICT, cell) == Outcome("500103", [], [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [("渝中", "500103"), ("重庆市渝中区", "500103"), ("重庆市渝中", "500103"), ("重庆市 渝中区", "500103"), ("石柱县", "500240"),
     ("重庆高新区", "CQGX"), ("西部科学城重庆高新区", "CQGX"), ("重庆市西部科学城重庆高新区", "CQGX"), ("重庆市重庆高新区", "CQGX"), ("万盛", "CQWS"), ("綦江区（不含万盛）", "500110"), ("綦江区(不含万盛)", "500110")],
)  # fmt: skip
def test_aliases_are_read_with_a_warning(cell, code):
    assert outcome(*DISTRICT, cell) == Outcome(code, ["W_DISTRICT_ALIAS"], [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("綦江县", "500110"),
        ("开县", "500154"),
        ("双桥区", "500111"),
        ("重庆市开县", "500154"),
        ("万盛区", "CQWS"),
    ],
)
def test_old_names_become_todays_district_with_a_warning_of_their_own(cell, code):
    assert outcome(*DISTRICT, cell) == Outcome(code, ["W_DISTRICT_OLD_NAME"], [])


def test_all_old_names_of_the_catalogue_are_told_apart_from_aliases():
    for d in catalog.default().districts:
        for name in d.old_names:
            assert outcome(*DISTRICT, name) == Outcome(d.code, ["W_DISTRICT_OLD_NAME"], []), name


def test_liangjiang_is_the_zone_before_the_merger_and_the_district_from_then_on():
    assert outcome(*DISTRICT, "两江新区", received_on=BEFORE) == Outcome("CQLJ", [], [])
    assert outcome(*DISTRICT, "两江新区", received_on=FROM_THEN) == Outcome("500157", [], [])
    assert outcome(*DISTRICT, "重庆两江新区", received_on=BEFORE) == Outcome("CQLJ", ["W_DISTRICT_ALIAS"], [])
    assert outcome(*DISTRICT, "重庆两江新区", received_on=FROM_THEN) == Outcome(
        "500157", ["W_DISTRICT_ALIAS"], []
    )


def test_a_district_has_no_name_before_it_exists():
    assert outcome(*DISTRICT, "两江", received_on=FROM_THEN) == Outcome("500157", ["W_DISTRICT_ALIAS"], [])
    assert outcome(*DISTRICT, "两江", received_on=BEFORE).problems == ["R_DISTRICT"]
    assert outcome(*DISTRICT, "500157", received_on=BEFORE).problems == ["R_DISTRICT"]


@pytest.mark.parametrize("received_on", [BEFORE, FROM_THEN])
def test_merged_districts_are_accepted_whatever_the_date(received_on):
    """Files speak of years before."""
    assert outcome(*DISTRICT, "江北区", received_on=received_on) == Outcome("500105", [], [])
    assert outcome(*DISTRICT, "渝北", received_on=received_on) == Outcome("500112", ["W_DISTRICT_ALIAS"], [])


def test_the_stored_code_is_its_own_canonical_form():
    assert outcome(*DISTRICT, "500103") == Outcome("500103", [], [])
    assert outcome(*DISTRICT, 500103.0) == Outcome("500103", ["W_NUMBER_AS_TEXT"], [])


@pytest.mark.parametrize("cell", ["成都市", "渝中县", "重庆市", "500999", "渝中区、江北区", 12])
def test_what_is_no_district_is_refused(cell):
    assert outcome(*DISTRICT, cell).problems == ["R_DISTRICT"]


@pytest.mark.parametrize("cell", ["夏（冬）令营", "夏(冬)令营", "夏（冬)令营", " 夏（冬）令 营 "])
def test_brackets_count_as_equal_in_enumerations(cell):
    assert outcome(*KIND, cell) == Outcome("夏（冬）令营", [], [])


@pytest.mark.parametrize("cell", ["夏令营", "市级锦标", "其它", "９", 9.0, "市级锦标赛。"])
def test_other_synonyms_do_not(cell):
    assert outcome(*KIND, cell).problems == ["R_ENUM"]


@pytest.mark.parametrize("cell", [dt.datetime(2022, 3, 5), ERROR, True, 1.5, dt.time(8)])
def test_cells_that_cannot_be_a_name_are_of_the_wrong_type(cell):
    assert outcome(*KIND, cell).problems == ["R_TYPE"]


def test_none_is_a_value_where_the_list_has_it_and_missing_elsewhere():
    assert outcome("elite_athlete", "technical_grade", "无") == Outcome("无", [], [])
    assert outcome("elite_athlete", "technical_grade", "暂无") == Outcome(None, [], [])
    assert outcome(*KIND, "无").problems == ["R_REQUIRED"]


def test_text_that_begins_like_a_formula_is_refused_before_the_list_is_asked():
    assert outcome(*KIND, "=A1").problems == ["R_FORMULA"]
    assert outcome(*DISTRICT, "@渝中区").problems == ["R_FORMULA"]
    assert outcome(*YES_NO, "+是").problems == ["R_FORMULA"]


def test_reporting_units_are_known_by_their_list_name():
    for name in catalog.default().code_list("unit"):
        assert outcome(*UNIT, name) == Outcome(name, [], [])


def test_the_name_of_a_district_counts_as_its_sports_body_without_a_warning():
    assert outcome(*UNIT, "渝中区") == Outcome("渝中区体育行政部门", [], [])
    assert outcome(*UNIT, "万盛经开区") == Outcome("万盛经开区体育发展中心", [], [])
    assert outcome(*UNIT, "两江新区", received_on=BEFORE) == Outcome("两江新区社会发展局", [], [])
    assert outcome(*UNIT, "两江新区", received_on=FROM_THEN) == Outcome("两江新区体育行政部门", [], [])


@pytest.mark.parametrize("cell", ["渝中", "重庆市渝中区", "市体育局"])
def test_other_names_of_units_do_not_count(cell):
    assert outcome(*UNIT, cell).problems == ["R_ENUM"]


@pytest.mark.parametrize("cell", ["√", "Y", "y", "1", "有", 1, 1.0, True, " √ "])
def test_signs_of_yes(cell):
    assert outcome(*YES_NO, cell) == Outcome("是", ["W_BOOL"], [])


@pytest.mark.parametrize("cell", ["×", "N", "n", "0", 0, 0.0, False])
def test_signs_of_no(cell):
    assert outcome(*YES_NO, cell) == Outcome("否", ["W_BOOL"], [])


def test_true_and_one_are_told_apart_in_one_column():
    """In Python they are equal; one column may hold both, and a count must not take TRUE."""
    assert outcome("mass_sport_event", "participant_count", True).problems == ["R_TYPE"]


def test_yes_and_no_themselves_give_no_warning():
    assert outcome(*YES_NO, "是") == Outcome("是", [], [])
    assert outcome(*YES_NO, "否") == Outcome("否", [], [])


def test_none_in_a_yes_no_column_is_missing_and_not_no():
    assert outcome(*YES_NO, "无").problems == ["R_REQUIRED"]
    assert outcome("youth_event", "joint_education", "无") == Outcome(None, [], [])


@pytest.mark.parametrize("cell", ["也许", "yes", "2", 2, "对"])
def test_other_answers_are_refused(cell):
    assert outcome(*YES_NO, cell).problems == ["R_ENUM"]
