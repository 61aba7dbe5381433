"""Completion and coverage: what counts, for whom, and that parts add up to the whole."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from data_access.principal import OFFICE, OPERATOR, Forbidden, Principal
from metrics import UnknownDimension, UnknownIndicator, city, evaluate
from tests.metrics.rows import Rows

YEAR_END = dt.date(2025, 12, 31)
MASS = Principal("department", "mass_sport", "群体处经办")
YUZHONG = Principal("district", "500103", "渝中区经办")


def value(frame, **place):
    for column, wanted in place.items():
        frame = frame[frame[column] == wanted]
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_plan_revised_in_the_year_counts_by_days(rows: Rows):
    """The worked example of the score: 400 for 181 days, 300 for 184: 349.59."""
    rows.plan("youth_event", 400, "2022-01-15", year=2022)
    rows.plan("youth_event", 300, "2022-07-01", year=2022, version=2)
    rows.delivery("youth_event", "500103", "2022-03-01", 332)

    row = value(evaluate(OFFICE, rows.connection, "completion", by=("category",), year=2022,
                         as_of=dt.date(2023, 1, 20)), category="youth_event")  # fmt: skip

    assert row.denominator == pytest.approx(400 * 181 / 365 + 300 * 184 / 365)
    assert round(100 * row.value, 2) == 94.97


def test_a_surplus_is_shown_and_never_fills_another_categorys_gap(rows: Rows):
    """300 of 100 and 0 of 100 are half done, not one and a half times."""
    rows.plan("referee", 100, "2025-01-10")
    rows.plan("elite_athlete", 100, "2025-01-10")
    rows.delivery("referee", "500103", "2025-02-01", 300)

    row = evaluate(OFFICE, rows.connection, "completion", year=2025, as_of=YEAR_END).iloc[0]

    assert (row.numerator, row.denominator, row.over) == (100, 200, 200)
    assert row.value == 0.5


def test_nothing_promised_is_not_nothing_done(rows: Rows):
    """Without a plan the value is missing, never 0 %."""
    rows.delivery("referee", "500103", "2025-02-01", 3)

    row = evaluate(OFFICE, rows.connection, "completion", year=2025, as_of=YEAR_END).iloc[0]

    assert (row.numerator, row.denominator) == (0, 0)
    assert math.isnan(row.value)


def test_departments_and_months_add_up_to_the_city(rows: Rows):
    """The same definition at every level: no level has a query of its own."""
    rows.plan("referee", 100, "2025-01-10")
    rows.plan("mass_sport_event", 365, "2025-01-10")
    rows.delivery("referee", "500103", "2025-02-01", 70)
    rows.delivery("referee", "500104", "2025-05-01", 70)
    rows.delivery("mass_sport_event", "500103", "2025-06-01", 20)
    whole = evaluate(OFFICE, rows.connection, "completion", year=2025, as_of=YEAR_END).iloc[0]

    for by in (("department",), ("category",), ("month",), ("department", "month")):
        parts = evaluate(OFFICE, rows.connection, "completion", by=by, year=2025, as_of=YEAR_END)
        assert parts.numerator.sum() == pytest.approx(whole.numerator) == pytest.approx(120)
        assert parts.denominator.sum() == pytest.approx(whole.denominator) == pytest.approx(465)


def test_a_day_is_asked_as_it_was_known(rows: Rows):
    """Neither a later delivery nor a later revision of the plan may reach back."""
    rows.plan("referee", 100, "2025-01-10")
    rows.plan("referee", 50, "2025-09-01", version=2)
    rows.delivery("referee", "500103", "2025-02-01", 10)
    rows.delivery("referee", "500103", "2025-08-01", 10)

    then = evaluate(OFFICE, rows.connection, "completion", year=2025, as_of=dt.date(2025, 6, 30)).iloc[0]

    assert (then.numerator, then.denominator) == (10, 100)


def test_a_batch_taken_back_next_year_is_missing_where_it_had_counted(rows: Rows):
    """The rollup subtracts on the day of the revert; the year that had counted it loses it."""
    rows.plan("referee", 100, "2025-01-10")
    rows.plan("referee", 100, "2026-01-10", year=2026)
    rows.delivery("referee", "500103", "2025-02-01", 10)
    rows.delivery("referee", "500103", "2026-02-01", 40)
    rows.delivery("referee", "500103", "2026-03-01", -10, batches=-1)
    rows.batch("referee", "500103", "2025-02-01", state="reverted", reverted_on="2026-03-01",
               keys_in_year=10, rows_accepted=10)  # fmt: skip

    def numerator(year: int, day: str) -> float:
        as_of = dt.date.fromisoformat(day)
        return evaluate(OFFICE, rows.connection, "completion", year=year, as_of=as_of).iloc[0].numerator

    assert numerator(2025, "2026-02-28") == 10
    assert numerator(2025, "2026-03-01") == 0
    assert numerator(2026, "2026-03-31") == 40


def test_a_department_counts_its_own_categories_and_only_in_its_days(rows: Rows):
    """After a reorganisation each department has the plan and the deliveries of its own days."""
    rows.responsible("mass_sport_event", "youth_sport", "2025-07-02")
    rows.plan("mass_sport_event", 365, "2025-01-10")
    rows.plan("referee", 1000, "2025-01-10")
    rows.delivery("mass_sport_event", "500103", "2025-07-01", 5)
    rows.delivery("mass_sport_event", "500103", "2025-07-02", 7)

    mine = evaluate(MASS, rows.connection, "completion", year=2025, as_of=YEAR_END).iloc[0]
    parts = evaluate(OFFICE, rows.connection, "completion", by=("department",), year=2025, as_of=YEAR_END)

    assert (mine.numerator, mine.denominator) == (5, 182)
    successor = value(parts, department="youth_sport")
    assert (successor.numerator, successor.denominator) == (7, 183)
    assert city(MASS, rows.connection, "completion", year=2025, as_of=YEAR_END).iloc[0].denominator == 1365


def test_a_district_counts_its_own_deliveries(rows: Rows):
    """Other districts' rows are not its business, and never in its figures."""
    rows.delivery("referee", "500103", "2025-02-01", 4)
    rows.delivery("referee", "500104", "2025-02-01", 90)

    row = evaluate(YUZHONG, rows.connection, "delivered", year=2025, as_of=YEAR_END).iloc[0]

    assert row.value == 4
    units = evaluate(OFFICE, rows.connection, "delivered", by=("unit",), year=2025, as_of=YEAR_END)
    assert dict(zip(units.unit, units.value, strict=True)) == {"500103": 4, "500104": 90}


def test_months_of_a_count_are_months_and_add_up_to_it(rows: Rows):
    """Categories that received nothing have a 0 of their own, but it lies in no month."""
    rows.delivery("referee", "500103", "2025-02-01", 4)
    rows.delivery("mass_sport_event", "500103", "2025-03-01", 3)

    months = evaluate(OFFICE, rows.connection, "delivered", by=("month",), year=2025, as_of=YEAR_END)
    categories = evaluate(OFFICE, rows.connection, "delivered", by=("category",), year=2025, as_of=YEAR_END)

    assert dict(zip(months.month, months.value, strict=True)) == {"2025-02": 4, "2025-03": 3}
    assert len(categories) == 37 and categories.value.sum() == 7


def test_a_guide_sees_the_city_and_no_departments_figures(rows: Rows):
    guide = Principal("guide", "office", "讲解员")

    with pytest.raises(Forbidden, match="讲解员"):
        evaluate(guide, rows.connection, "completion", by=("department",), year=2025)

    assert len(city(guide, rows.connection, "completion", year=2025)) == 1


def test_coverage_counts_a_zero_plan_and_an_accepted_record(rows: Rows):
    """Zero approved with a reason is an answer; silence and refused rows are not."""
    rows.plan("youth_coach", 0, "2025-01-10")
    rows.delivery("youth_event", "500103", "2025-02-01", 1)
    rows.delivery("youth_athlete", "500103", "2025-02-01", 0, accepted=0)

    frame = evaluate(OPERATOR, rows.connection, "coverage", by=("department",), year=2025, as_of=YEAR_END)

    youth = value(frame, department="youth_sport")
    assert (youth.numerator, youth.denominator) == (2, 4)
    assert frame.denominator.sum() == 37


def test_an_unknown_indicator_or_dimension_is_answered_with_those_there_are(rows: Rows):
    with pytest.raises(UnknownIndicator, match=r"complétion.*Defined: completion, "):
        evaluate(OFFICE, rows.connection, "complétion", year=2025)
    with pytest.raises(UnknownDimension, match=r"unit.*Allowed: department, category, month"):
        evaluate(OFFICE, rows.connection, "completion", by=("unit",), year=2025)
    with pytest.raises(UnknownDimension, match="twice"):
        evaluate(OFFICE, rows.connection, "completion", by=("month", "month"), year=2025)
