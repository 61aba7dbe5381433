"""Text fields, codes and credit codes (contract 1.0: Values)."""

import datetime as dt

import pytest

from data_access.intake.cells import ERROR
from data_access.intake.values.strings import uscc_check_digit
from tests.intake.judging import Outcome, outcome

PLACE = ("mass_sport_facility", "street")
FACILITY = "sports_facility_statistics"
GOOD_USCC = "91500000" + "MA5U12345"
GOOD_USCC += uscc_check_digit(GOOD_USCC)
BAD_USCC = GOOD_USCC[:17] + ("0" if GOOD_USCC[17] != "0" else "1")


@pytest.mark.parametrize(
    "cell",
    ["  七星岗街道 ", "\u3000七星岗街道\xa0", "七星岗街道\n", "七星\u200b岗街道\ufeff", "\u200b 七星岗街道"],
)
def test_white_space_at_the_ends_and_invisible_marks_go_without_a_warning(cell):
    assert outcome(*PLACE, cell) == Outcome("七星岗街道", [], [])


def test_white_space_inside_text_stays():
    assert outcome(*PLACE, "七星岗 街道\n二楼") == Outcome("七星岗 街道\n二楼", [], [])


@pytest.mark.parametrize("cell", [None, "", " ", "\u200b", "—", "——", "-", "/", "无", "暂无", "N/A", " 无 "])
def test_marks_of_nothing_are_missing(cell):
    """In a required field that is one problem, in an optional one nothing at all."""
    assert outcome(*PLACE, cell).problems == ["R_REQUIRED"]
    assert outcome(FACILITY, "operator_uscc", cell) == Outcome(None, [], [])


@pytest.mark.parametrize("cell", ["无名路", "N/A栋", "暂无名称", "一-"])
def test_marks_inside_a_longer_text_are_text(cell):
    assert outcome(*PLACE, cell) == Outcome(cell, [], [])


@pytest.mark.parametrize(
    ("cell", "stored"), [(500103, "500103"), (12345.0, "12345"), (999_999_999_999_999.0, "9" * 15)]
)
def test_a_number_in_a_text_column_is_written_without_decimals(cell, stored):
    assert outcome(*PLACE, cell) == Outcome(stored, ["W_NUMBER_AS_TEXT"], [])


@pytest.mark.parametrize("cell", [12.5, 1e15, 91500000123456789])
def test_a_number_that_cannot_be_a_code_is_refused(cell):
    """Beyond 15 digits Excel has lost the rest; nobody can bring it back."""
    assert outcome(*PLACE, cell).problems == ["R_TYPE"]


@pytest.mark.parametrize(
    "cell", [dt.datetime(2022, 3, 5), dt.date(2022, 3, 5), dt.time(8), dt.timedelta(1), ERROR, True]
)
def test_cells_that_are_no_text_are_refused(cell):
    assert outcome(*PLACE, cell).problems == ["R_TYPE"]


@pytest.mark.parametrize("cell", ["=A1", "+86", "-5", "@all", " =1+1", "\u200b=1"])
def test_text_that_begins_like_a_formula_is_refused(cell):
    assert outcome(*PLACE, cell).problems == ["R_FORMULA"]


def test_a_number_written_as_text_in_a_csv_is_text_without_a_warning():
    assert outcome(*PLACE, "500103", is_text=True) == Outcome("500103", [], [])


def test_length_is_counted_in_characters_after_trimming():
    assert outcome(FACILITY, "facility_name", " " + "场" * 100 + " ") == Outcome("场" * 100, [], [])
    assert outcome(FACILITY, "facility_name", "场" * 101).problems == ["R_LENGTH"]


def test_full_width_characters_become_half_width_where_the_text_has_a_pattern():
    wide = "".join(chr(ord(c) + 0xFEE0) for c in GOOD_USCC)
    assert outcome(FACILITY, "operator_uscc", wide) == Outcome(GOOD_USCC, ["W_FULLWIDTH"], [])
    assert outcome("referee", "certificate_no", "ＣＱ－００１２３") == Outcome(
        "CQ-00123", ["W_FULLWIDTH"], []
    )


def test_a_full_width_sign_may_not_hide_the_beginning_of_a_formula():
    assert outcome("referee", "certificate_no", "－ＣＱ００１２３").problems == ["R_FORMULA"]


def test_full_width_characters_stay_where_the_text_has_no_pattern():
    assert outcome(*PLACE, "Ａ区１号") == Outcome("Ａ区１号", [], [])


@pytest.mark.parametrize("cell", ["cq-00123", "CQ 00123", "短", "A" * 25])
def test_text_that_does_not_fit_its_pattern_is_refused(cell):
    assert outcome("referee", "certificate_no", cell).problems == ["R_PATTERN"]


def test_a_number_as_a_code_must_fit_the_pattern_too():
    assert outcome("fiscal_fund", "function_code", 207.0) == Outcome("207", ["W_NUMBER_AS_TEXT"], [])
    assert outcome("fiscal_fund", "function_code", 12).problems == ["R_PATTERN"]


def test_an_early_credit_code_with_another_check_digit_is_taken_with_a_warning():
    assert outcome(FACILITY, "operator_uscc", GOOD_USCC) == Outcome(GOOD_USCC, [], [])
    assert outcome(FACILITY, "operator_uscc", BAD_USCC) == Outcome(BAD_USCC, ["W_CHECKSUM"], [])


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91330100799655058B", "9144030071526726XG", "914403001922038216"]
)
def test_the_check_digit_is_that_of_gb_32100(code):
    """Codes printed in public notices."""
    assert uscc_check_digit(code) == code[17]


def test_an_address_on_the_web_needs_its_scheme():
    assert outcome("news_release", "url", "https://tyj.cq.gov.cn/a（b）") == Outcome(
        "https://tyj.cq.gov.cn/a（b）", [], []
    )
    assert outcome("news_release", "url", "tyj.cq.gov.cn").problems == ["R_PATTERN"]
