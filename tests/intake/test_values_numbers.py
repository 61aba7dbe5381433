"""Counts, decimals and their units (contract 1.0: Values, W_NUMBER_FORMAT, W_UNIT, W_UNIT_SUFFIX)."""

import datetime as dt
from decimal import Decimal

import pytest

from data_access.intake.cells import ERROR
from data_access.intake.values.numbers import NumberNormaliser
from data_access.intake.values.verdicts import Verdict
from tests.intake.judging import Outcome, outcome

AREA = ("sports_facility_statistics", "area")  # decimal, 平方米, 1 … 2,000,000
MONEY = ("sports_facility_statistics", "investment")  # decimal, 元
COUNT = ("mass_sport_event", "participant_count")  # int, 人, 1 … 1,000,000
REACH = ("physical_fitness_test", "sit_and_reach")  # decimal, 厘米, −35 … 45
RATE = ("sports_lottery_sales", "yoy_rate")  # decimal, %


def value(*args, **kwargs):
    found = outcome(*args, **kwargs)
    assert found.problems == []
    return found.value, found.warnings


def test_a_number_is_taken_with_the_15_digits_excel_shows():
    assert value(*REACH, 0.1 + 0.2) == (Decimal("0.3"), [])
    assert value(*REACH, "0.30000000000000004", is_text=True) == (Decimal("0.3"), [])
    assert value(*MONEY, 1234567890.12) == (Decimal("1234567890.12"), [])


@pytest.mark.parametrize("cell", ["1" + "0" * 31, 1.000000000000005e28, "9" * 99, 9.999999999999996e99])
def test_a_number_of_any_length_is_judged_and_stops_nothing(cell):
    for field in (
        COUNT,
        AREA,
        ("sports_facility_statistics", "longitude"),
        ("mass_sport_event", "start_on"),
    ):
        assert outcome(*field, cell).problems, field


@pytest.mark.parametrize("cell", ["1200", "1200.0", " 1200 ", "+1200", "01200", "1200."])
def test_a_number_written_as_text_is_a_number_without_a_warning(cell):
    assert value(*AREA, cell) == (Decimal("1200"), [])
    assert value(*COUNT, cell) == (1200, [])


def test_a_sign_is_part_of_a_number_and_no_formula():
    assert value(*REACH, "-3.5") == (Decimal("-3.5"), [])
    assert value(*REACH, "-3.5", is_text=True) == (Decimal("-3.5"), [])
    assert value(*REACH, "－３．５") == (Decimal("-3.5"), ["W_FULLWIDTH"])


def test_stored_decimals_are_written_alike_wherever_they_come_from():
    """The base compares what it stores: 1.50 and 1.5 must not look like a change."""
    written = [outcome(*AREA, c).value for c in ("1200.50", 1200.5, "1,200.500", "１２００．５")]
    assert [str(v) for v in written] == ["1200.5"] * 4
    assert str(outcome(*AREA, 12000.0).value) == "12000"
    assert str(outcome(*AREA, "1.2", unit="万平方米").value) == "12000"


@pytest.mark.parametrize("cell", ["12,000", "12，000", "12 000", "1,200,000"])
def test_thousands_separators_in_groups_of_three_go_with_a_warning(cell):
    digits = "".join(c for c in cell if c.isdigit())
    assert value(*AREA, cell) == (Decimal(digits), ["W_NUMBER_FORMAT"])


@pytest.mark.parametrize("cell", ["12,00", "1,2345", "12,000,00", ",500", "1200,000", "12,000 000"])
def test_other_groups_are_no_number(cell):
    """12,00 may be twelve or twelve hundred."""
    assert outcome(*AREA, cell).problems == ["R_TYPE"]


def test_full_width_digits_and_points_become_half_width():
    assert value(*AREA, "１２００．５") == (Decimal("1200.5"), ["W_FULLWIDTH"])
    assert value(*COUNT, "１，２００") == (1200, ["W_FULLWIDTH", "W_NUMBER_FORMAT"])


@pytest.mark.parametrize(
    "cell",
    [
        "约300",
        "300多",
        "1.2E+08",
        "三百",
        "1200/人",
        "1.2.3",
        "--5",
        "1.2万",
        "9" * 2_000_000,
        ERROR,
        True,
        dt.time(8),
    ],
)
def test_what_is_no_number_is_refused(cell):
    assert outcome(*AREA, cell).problems == ["R_TYPE"]


@pytest.mark.parametrize("cell", [dt.datetime(2022, 3, 5), dt.date(2022, 3, 5)])
def test_a_date_cell_in_a_number_field_is_refused(cell):
    assert outcome(*COUNT, cell).problems == ["R_TYPE"]


@pytest.mark.parametrize("cell", [88.5, "88.5", "0.00885万人"])
def test_a_fraction_of_a_count_is_refused(cell):
    assert outcome(*COUNT, cell).problems == ["R_TYPE"]


@pytest.mark.parametrize(
    ("cell", "code"), [(0, "R_RANGE"), (1_000_001, "R_RANGE"), ("-5", "R_RANGE"), (0.5, "R_TYPE")]
)
def test_the_range_is_judged_after_the_type(cell, code):
    assert outcome(*COUNT, cell).problems == [code]


def test_both_ends_of_the_range_belong_to_it():
    assert value(*COUNT, 1) == (1, []) and value(*COUNT, "1000000") == (1_000_000, [])


def test_the_unit_of_the_header_is_converted_exactly():
    assert value(*MONEY, 1.1, unit="万元") == (Decimal("11000"), ["W_UNIT"])
    assert value(*MONEY, "0.07", unit="亿元") == (Decimal("7000000"), ["W_UNIT"])
    assert value(
        "sports_industry_statistics", "value_added", 5, unit="亿元", others={"total_output": 10**6}
    ) == (
        Decimal("50000"),
        ["W_UNIT"],
    )


def test_another_name_of_the_stored_unit_gives_no_warning():
    """The reader hands over one name; 平方米 for 平方米 is nothing to report."""
    assert value(*AREA, 1200, unit="平方米") == (Decimal("1200"), [])


def test_the_range_holds_for_the_stored_unit():
    assert outcome(*AREA, 201, unit="万平方米").problems == ["R_RANGE"]
    assert value(*COUNT, 0.5, unit="万人") == (5000, ["W_UNIT"])


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("1200平方米", "1200"),
        ("1200 ㎡", "1200"),
        ("1.2万平方米", "12000"),
        ("0.5公顷", "5000"),
        ("1,200m2", "1200"),
    ],
)
def test_the_unit_in_the_cell_counts_instead_of_the_headers(cell, stored):
    found, warnings = value(*AREA, cell, unit="万平方米")
    assert found == Decimal(stored)
    assert warnings[-1] == "W_UNIT_SUFFIX" and "W_UNIT" not in warnings


def test_ten_thousand_people_in_a_cell():
    assert value(*COUNT, "1.2万人") == (12_000, ["W_UNIT_SUFFIX"])


def test_a_known_unit_that_cannot_be_converted_is_refused():
    assert outcome(*MONEY, 5, unit="公里").problems == ["R_TYPE"]
    assert outcome(*MONEY, "5公里").problems == ["R_TYPE"]
    assert outcome(*MONEY, None, unit="公里") == Outcome(None, [], [])
    assert value(*MONEY, "5万元", unit="公里") == (Decimal("50000"), ["W_UNIT_SUFFIX"])


def test_a_new_category_may_bring_a_new_unit():
    """The units of a 38th category are known from its own fields alone."""
    reader = NumberNormaliser(whole=True, stored_unit="台", header_unit=None, low=None, high=None)
    assert reader.one("12台") == Verdict(12, ("W_UNIT_SUFFIX",))
    assert reader.one("12个").problem == "R_TYPE"


@pytest.mark.parametrize("cell", ["5.2%", "5.2％", "5.2 %"])
def test_a_per_cent_sign_in_a_per_cent_field(cell):
    assert value(*RATE, cell) == (Decimal("5.2"), ["W_UNIT_SUFFIX"])


def test_a_cell_with_a_per_cent_format_says_what_excel_shows():
    assert value(*RATE, 0.052, percents=frozenset({0})) == (Decimal("5.2"), ["W_UNIT_SUFFIX"])
    assert value(*RATE, 5.2) == (Decimal("5.2"), [])


def test_a_per_cent_format_elsewhere_is_only_a_format():
    assert value(*AREA, 1200, percents=frozenset({0})) == (Decimal("1200"), [])


def test_a_field_without_a_unit_takes_the_headers_as_a_remark_and_none_in_the_cell():
    """The unit of a plan's figure stands in its own column, 计量单位."""
    target = ("development_plan", "target_value")
    assert value(*target, 47.65, unit="%") == (Decimal("47.65"), [])
    assert outcome(*target, "47.65%").problems == ["R_TYPE"]


@pytest.mark.parametrize("cell", ["-", "—", "/", "无", "暂无", "N/A", "", None])
def test_marks_of_nothing_are_missing(cell):
    assert outcome(*MONEY, cell) == Outcome(None, [], [])
    assert outcome(*COUNT, cell).problems == ["R_REQUIRED"]
