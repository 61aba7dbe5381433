"""Dates and moments in all their forms (contract 1.0: W_DATE_FORMAT, W_DATE_PRECISION, W_EXCEL_SERIAL)."""

import datetime as dt

import pytest

from data_access.intake.cells import ERROR
from tests.intake.judging import Outcome, Raw, judge_rows, outcome, row

START = ("youth_event", "start_on")
BUILT = ("sports_facility_statistics", "built_on")
READING = ("venue_usage_reading", "reading_at")
MARCH_5 = dt.date(2022, 3, 5)
MARCH = dt.date(2022, 3, 1)
EIGHT = dt.datetime(2022, 3, 5, 8)


def built(cell, **kwargs):
    return outcome(*BUILT, cell, others={"survey_year": 2023}, **kwargs)


@pytest.mark.parametrize(
    "cell", ["2022-03-05", " 2022-03-05\u200b", "2022 - 03 - 05", dt.datetime(2022, 3, 5), MARCH_5]
)
def test_iso_dates_and_date_cells_give_no_warning(cell):
    assert built(cell) == Outcome(MARCH_5, [], [])


@pytest.mark.parametrize(
    "cell",
    [
        "2022.3.5",
        "2022/3/5",
        "2022-3-5",
        "2022年3月5日",
        "20220305",
        20220305,
        "2022年 3月 5日",
        "2022.03.05",
    ],
)
def test_other_forms_are_read_with_a_warning(cell):
    assert built(cell) == Outcome(MARCH_5, ["W_DATE_FORMAT"], [])
    assert built(str(cell), is_text=True) == Outcome(MARCH_5, ["W_DATE_FORMAT"], [])


@pytest.mark.parametrize(
    "cell",
    [EIGHT, "2022-03-05 08:00", "2022.3.5 8:00", "2022年3月5日 08:00:00", "2022/3/5T08:00", "20220305 08:00"],
)
def test_a_time_of_day_in_a_date_field_goes_with_a_warning(cell):
    assert built(cell) == Outcome(MARCH_5, ["W_DATE_FORMAT"], [])


@pytest.mark.parametrize(
    "cell", ["2022年3月", "2022.3", "2022/3", "2022-03", "202203", 202203, 2022.3, "2022年03月"]
)
def test_a_month_is_its_first_day_and_stays_known_as_a_month(cell):
    assert built(cell) == Outcome(MARCH, ["W_DATE_PRECISION"], [])
    checked = judge_rows("sports_facility_statistics", row(BUILT[0], survey_year=2023, built_on=Raw(cell)))
    assert checked.months == {0: ("built_on",)}


@pytest.mark.parametrize(
    ("cell", "day"), [(44625, MARCH_5), (44625.0, MARCH_5), (44625.5, MARCH_5), (20000, dt.date(1954, 10, 3))]
)
def test_serial_numbers_count_from_the_end_of_1899(cell, day):
    assert built(cell) == Outcome(day, ["W_EXCEL_SERIAL"], [])


def test_serial_numbers_of_a_1904_workbook_count_from_1904():
    assert built(43163, date_1904=True) == Outcome(MARCH_5, ["W_EXCEL_SERIAL"], [])


@pytest.mark.parametrize("cell", [19999, 60001, 2022, 202213, 20220231, -44625, 2022.35, 0.5, 2022.0])
def test_other_numbers_are_no_dates(cell):
    assert built(cell).problems == ["R_TYPE"]


def test_text_that_looks_like_a_number_is_one_in_a_csv_and_only_there():
    assert built("44625", is_text=True) == Outcome(MARCH_5, ["W_EXCEL_SERIAL"], [])
    assert built("44625").problems == ["R_TYPE"]
    assert built("2022.3", is_text=True) == Outcome(MARCH, ["W_DATE_PRECISION"], [])


def test_the_number_2022_1_is_january_or_october_and_so_refused():
    assert built(2022.1).problems == ["R_DATE_AMBIGUOUS"]
    assert built("2022.1", is_text=True).problems == ["R_DATE_AMBIGUOUS"]
    assert built("2022.10", is_text=True).problems == ["R_DATE_AMBIGUOUS"]


def test_the_text_2022_1_in_a_workbook_and_other_months_are_clear():
    assert built("2022.1") == Outcome(dt.date(2022, 1, 1), ["W_DATE_PRECISION"], [])
    assert built("2022.10") == Outcome(dt.date(2022, 10, 1), ["W_DATE_PRECISION"], [])
    assert built(2022.11) == Outcome(dt.date(2022, 11, 1), ["W_DATE_PRECISION"], [])
    assert built(2022.12) == Outcome(dt.date(2022, 12, 1), ["W_DATE_PRECISION"], [])


@pytest.mark.parametrize(
    "cell",
    [
        "2022",
        "2022年",
        "2022-02-30",
        "2022.13.1",
        "22.3.5",
        "3月5日",
        "去年",
        "2022/3.5",
        "2022-03-05 25:00",
        ERROR,
        True,
        dt.time(8),
    ],
)
def test_what_is_no_date_is_refused(cell):
    assert built(cell).problems == ["R_TYPE"]


def test_full_width_signs_in_dates():
    assert built("２０２２．３．５") == Outcome(MARCH_5, ["W_DATE_FORMAT", "W_FULLWIDTH"], [])
    assert built("２０２２－０３－０５") == Outcome(MARCH_5, ["W_FULLWIDTH"], [])


def test_the_day_of_receipt_is_the_last_one_that_is_not_in_the_future():
    on = dt.date(2022, 3, 5)
    assert outcome(*BUILT, "2022-03-05", received_on=on, others={"survey_year": 2023}).value == MARCH_5
    assert outcome(*BUILT, "2022-03-06", received_on=on, others={"survey_year": 2023}).problems == [
        "R_FUTURE_DATE"
    ]
    assert outcome(
        *BUILT, dt.datetime(2022, 3, 6), received_on=on, others={"survey_year": 2023}
    ).problems == ["R_FUTURE_DATE"]


def test_a_month_that_has_begun_is_not_in_the_future():
    assert (
        outcome(*BUILT, "2022.3", received_on=dt.date(2022, 3, 5), others={"survey_year": 2023}).value
        == MARCH
    )


def test_fields_without_that_limit_may_lie_ahead():
    assert outcome(*START, "2025-03-05", others={"end_on": dt.date(2025, 3, 6)}).problems == []


@pytest.mark.parametrize(
    "cell", ["2022-03-05 08:00", "2022-03-05 08:00:00", "2022-03-05T08:00", " 2022-03-05  08:00 ", EIGHT]
)
def test_a_moment_in_iso_form_gives_no_warning(cell):
    assert outcome(*READING, cell) == Outcome(EIGHT, [], [])


@pytest.mark.parametrize(
    "cell",
    [
        "2022.3.5 08:00",
        "2022/3/5 8:00",
        "2022年3月5日 08:00",
        "2022年3月5日8:00",
        "20220305 08:00:00",
        "2022-03-05 8:00",
    ],
)
def test_other_forms_of_a_moment_give_one(cell):
    assert outcome(*READING, cell) == Outcome(EIGHT, ["W_DATE_FORMAT"], [])


@pytest.mark.parametrize(
    "cell",
    [
        "2022-03-05",
        "2022.3",
        44625,
        20220305,
        MARCH_5,
        "08:00",
        dt.time(8),
        "2022-03-05 24:00",
        "2022-03-05 8",
    ],
)
def test_a_day_without_a_time_is_no_moment(cell):
    assert outcome(*READING, cell).problems == ["R_TYPE"]


def test_a_moment_with_a_zone_is_kept_in_beijing_time():
    """Connectors of platforms hand over such moments."""
    assert outcome(*READING, dt.datetime(2022, 3, 5, 0, tzinfo=dt.UTC)) == Outcome(EIGHT, [], [])


def test_midnight_is_a_time():
    assert outcome(*READING, dt.datetime(2022, 3, 5)) == Outcome(dt.datetime(2022, 3, 5), [], [])
    assert outcome(*READING, "2022-03-05 00:00") == Outcome(dt.datetime(2022, 3, 5), [], [])


def test_a_serial_number_with_a_fraction_is_a_moment_to_the_second():
    """Excel's 08:00 is a third of a day with 15 digits; seconds are what it shows."""
    eight = 44625 + 8 / 24
    assert outcome(*READING, eight) == Outcome(EIGHT, ["W_EXCEL_SERIAL"], [])
    assert outcome(*READING, repr(eight), is_text=True) == Outcome(EIGHT, ["W_EXCEL_SERIAL"], [])
    assert outcome(*READING, dt.datetime(2022, 3, 5, 7, 59, 59, 999_998)) == Outcome(EIGHT, [], [])
