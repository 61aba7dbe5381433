"""领导总览 and the matrix: what each line says, and that a page costs a handful of queries."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from sqlalchemy import event

from data_access.principal import OFFICE, Principal
from data_access.schema import visit_complete
from metrics import INDICATORS, Known, evaluate, of
from metrics.attention import period_words
from metrics.forecast import back_test
from metrics.light import light, standings
from metrics.matrix import matrix, unit_lines
from metrics.overview import overview
from tests.metrics.rows import Rows

DAY = dt.date(2025, 6, 30)
D = dt.date.fromisoformat


@pytest.fixture
def count_queries(rows: Rows):
    """How many statements the block sends."""
    seen: list[str] = []
    event.listen(rows.connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


# ---------------------------------------------------------------- pace and forecast


def seasons(rows: Rows, *, this_year: int = 60) -> None:
    """Two earlier years with 60 % of their records by the end of June."""
    for year in (2023, 2024):
        rows.delivery("referee", "500103", f"{year}-03-01", 60)
        rows.delivery("referee", "500103", f"{year}-11-01", 40)
        rows.plan("referee", 100, f"{year}-01-10", year=year)
    rows.plan("referee", 100, "2025-01-10")
    rows.delivery("referee", "500103", "2025-03-15", this_year)


def test_pace_follows_the_season_of_the_years_before(rows: Rows):
    """By days half the year is gone; by the season 60 % should be there."""
    seasons(rows)

    row = evaluate(OFFICE, rows.connection, "pace", year=2025, as_of=DAY).iloc[0]

    assert (row.numerator, row.denominator) == (60, 100)


def test_a_registrys_stock_in_its_first_year_is_no_season(rows: Rows):
    """10,000 referees arrive in January of the first year, 100 a month change: half is due in June."""
    rows.plan("referee", 1200, "2025-01-10")
    for month in range(1, 13):
        rows.delivery("referee", "500103", f"2024-{month:02d}-05", 10_000 if month == 1 else 100)

    june = evaluate(OFFICE, rows.connection, "pace", year=2025, as_of=DAY).iloc[0]

    assert june.value == pytest.approx(0.5)


def test_a_source_connected_in_november_says_nothing_of_the_spring(rows: Rows):
    rows.plan("venue_usage_reading", 365, "2025-01-10")
    for day in ("2024-11-05", "2024-12-05"):
        rows.delivery("venue_usage_reading", "500103", day, 100)

    june = evaluate(OFFICE, rows.connection, "pace", year=2025, as_of=DAY).iloc[0]

    assert june.numerator == 181


def test_without_an_earlier_year_pace_follows_the_days(rows: Rows):
    rows.plan("referee", 365, "2025-01-10")

    row = evaluate(OFFICE, rows.connection, "pace", year=2025, as_of=DAY).iloc[0]

    assert row.numerator == 181


def test_on_the_seasons_pace_the_forecast_is_the_plan_with_no_error_in_the_back_test(rows: Rows):
    seasons(rows)

    row = evaluate(OFFICE, rows.connection, "forecast", year=2025, as_of=DAY).iloc[0]

    assert row.value == 1
    assert (row.low, row.high, row.error) == (1, 1, 0)


def test_the_range_is_what_the_same_method_missed_by_in_earlier_years(rows: Rows):
    """2024 began strongly and then stopped: on its 30 June one would have said 96, it ended at 80."""
    rows.delivery("referee", "500103", "2023-03-01", 60)
    rows.delivery("referee", "500103", "2023-11-01", 40)
    rows.plan("referee", 100, "2024-01-10", year=2024)
    rows.delivery("referee", "500103", "2024-03-01", 80)
    rows.plan("referee", 100, "2025-01-10")
    rows.delivery("referee", "500103", "2025-03-01", 30)
    known = Known(OFFICE, rows.connection, 2025, DAY)

    test = back_test(known, ("category",))
    row = of(known, "forecast", ("category",)).set_index("category").loc["referee"]

    said = 80 + Fraction(4, 10) * (80 + Fraction(4, 10) * 100)
    assert test.years == (2024,)
    assert test.errors == ((min(said, Fraction(100)) - 80) / 100,)
    assert row.error == pytest.approx(0.2)
    assert row.low == pytest.approx(max(0.30, row.value - 0.2))
    assert row.high == pytest.approx(row.value + 0.2)


def test_without_an_earlier_year_the_range_is_open_and_the_error_missing(rows: Rows):
    """What was never tested claims nothing."""
    rows.plan("referee", 365, "2025-01-10")
    rows.delivery("referee", "500103", "2025-03-01", 100)

    row = evaluate(OFFICE, rows.connection, "forecast", year=2025, as_of=DAY).iloc[0]

    assert row.value == pytest.approx(100 / (181 / 365) / 365)
    assert (row.low, row.high) == (pytest.approx(100 / 365), 1)
    assert row.error != row.error


def test_a_closed_year_is_not_forecast_any_more(rows: Rows):
    seasons(rows, this_year=70)

    row = evaluate(OFFICE, rows.connection, "forecast", year=2025, as_of=dt.date(2026, 1, 20)).iloc[0]

    assert (row.value, row.low, row.high) == (0.7, 0.7, 0.7)


# ---------------------------------------------------------------- the light


@pytest.mark.parametrize(
    ("ratio", "late", "days", "colour"),
    [
        (Fraction(95, 100), 0, 0, "green"),
        (Fraction(9499, 10000), 0, 0, "amber"),
        (Fraction(2), 1, 1, "amber"),
        (Fraction(70, 100), 0, 0, "amber"),
        (Fraction(6999, 10000), 0, 0, "red"),
        (Fraction(2), 1, 30, "amber"),
        (Fraction(2), 1, 31, "red"),
        (None, 0, 0, "green"),
    ],
)
def test_the_light_changes_at_the_limits_of_the_rules(ratio, late, days, colour):
    assert light(ratio, late, days) == colour


def test_a_department_without_a_plan_is_no_green_light(rows: Rows):
    """Nothing promised must not look like everything kept."""
    known = Known(OFFICE, rows.connection, 2025, D("2025-01-15"))

    line = standings(known)[("mass_sport",)]

    assert (line.ratio, line.late_items, line.unplanned, line.light) == (None, 0, 7, "amber")


# ---------------------------------------------------------------- the page


def test_the_page_of_an_empty_base_holds_no_figure_and_no_error(rows: Rows):
    page = overview(OFFICE, rows.connection, year=2025, as_of=D("2025-01-02"))

    assert page.headline.completion is None
    assert page.headline.behind == ()
    assert [m.value for m in page.metrics] == [None] * 5
    assert all(len(m.series) == 12 for m in page.metrics)
    assert len(page.departments) == 10
    assert page.attention == ()
    assert page.plan.newest_version == 0


def test_the_headline_and_the_bars_are_the_indicators(rows: Rows):
    """The same number on the page and in the report, because it is the same number."""
    seasons(rows, this_year=20)
    rows.plan("mass_sport_event", 10, "2025-01-10", months=(2,))
    rows.delivery("mass_sport_event", "500103", "2025-02-10", 9)
    known = Known(OFFICE, rows.connection, 2025, DAY)

    page = overview(OFFICE, rows.connection, year=2025, as_of=DAY)

    assert page.headline.completion == of(known, "completion")["value"].item() == page.metrics[0].value
    assert page.headline.gap == pytest.approx(of(known, "pace_gap")["value"].item())
    bars = {line.department: line for line in page.departments}
    assert bars["competitive_sport"].completion == pytest.approx(0.2)
    assert bars["competitive_sport"].light == "red"
    assert bars["competitive_sport"].will_not_make_it
    assert page.headline.behind == ("competitive_sport",)
    assert [metric.key for metric in page.metrics if metric.key in INDICATORS] == [
        "completion", "on_time_this_month", "quality", "publishing_rate",
    ]  # fmt: skip


def test_a_category_that_fell_silent_is_named_with_its_days_and_the_points_it_costs(rows: Rows):
    """反兴奋剂 since April, due 6 May: 55 days; its share of the department's timeliness."""
    for month, day in ((1, "2025-02-05"), (2, "2025-03-05"), (3, "2025-04-03")):
        rows.period("anti_doping_activity", f"2025-{month:02d}", day)
    rows.delivery("anti_doping_activity", "500103", "2025-02-05", 5)
    known = Known(OFFICE, rows.connection, 2025, DAY)
    due = [item for duty, item in known.due if duty.department == "science_education"]

    lines = overview(OFFICE, rows.connection, year=2025, as_of=DAY).attention

    line = next(a for a in lines if a.category == "anti_doping_activity")
    assert (line.subject, line.text) == ("科教处·反兴奋剂", "2025年4月起未报送，已逾期 55 天")
    assert line.level == "alarm"
    assert line.loss == Fraction(20 * 2, len(due))
    uncovered = next(a for a in lines if a.category == "research_project")
    assert uncovered.loss == Fraction(20 * 1, len(due)) + Fraction(12, 6)


def test_a_district_whose_gates_fell_silent_is_named_with_its_share(rows: Rows):
    for n in range(7):
        day = DAY - dt.timedelta(days=n)
        rows.visits("500112", day, 80)
        if n >= 2:
            rows.visits("500152", day, 20)
    rows.visits("500103", DAY - dt.timedelta(days=6), 9)  # never regular: not missed

    lines = [
        a for a in overview(OFFICE, rows.connection, year=2025, as_of=DAY).attention if a.kind == "silent"
    ]

    assert [(a.subject, a.days) for a in lines] == [("场馆智能化平台·潼南区", 2)]
    assert lines[0].text == "已 2 天没有客流数据，约占全市客流 14.9%"


def test_batches_the_team_has_not_listed_in_its_working_day_are_named(rows: Rows):
    """Article 13 says 及时; the department is told of its own confirmations only."""
    rows.batch("mass_sport_event", "500103", "2025-06-27", waiting_for="operations")  # a Friday
    quiet = overview(OFFICE, rows.connection, year=2025, as_of=DAY).attention
    rows.batch("mass_sport_event", "500104", "2025-06-20", waiting_for="operations")
    rows.batch("referee", "500104", "2025-06-29", waiting_for="department")

    lines = overview(OFFICE, rows.connection, year=2025, as_of=DAY).attention

    assert [a for a in quiet if a.kind == "unpublished"] == []
    assert [(a.subject, a.text) for a in lines if a.kind == "unpublished"] == [
        ("运维团队", "2 个批次待上架，最早的已等待 10 天"),
        ("处室（单位）", "1 个批次待第一责任人确认后上架，最早的已等待 1 天"),
    ]


def test_a_batch_of_the_same_day_has_not_waited_nought_days(rows: Rows):
    rows.batch("referee", "500104", "2025-06-30", waiting_for="department")

    lines = overview(OFFICE, rows.connection, year=2025, as_of=DAY).attention

    assert [a.text for a in lines if a.kind == "unpublished"] == ["1 个批次待第一责任人确认后上架，当天收到"]


def test_months_to_come_have_a_plan_and_no_delivery(rows: Rows):
    seasons(rows)

    months = overview(OFFICE, rows.connection, year=2025, as_of=DAY).months

    assert [(m.delivered, m.planned) for m in months[1:4]] == [(0, 0), (60, 60), (0, 0)]
    assert (months[5].is_running, months[6].delivered) == (True, None)
    assert (months[10].delivered, months[10].planned) == (None, 40)


def test_a_figure_of_the_page_compares_with_the_same_day_before(rows: Rows):
    rows.plan("referee", 100, "2025-01-10")
    rows.delivery("referee", "500103", "2025-05-30", 10)
    rows.delivery("referee", "500103", "2025-06-30", 15)
    rows.visits("500112", DAY, 120)
    rows.visits("500112", DAY - dt.timedelta(days=7), 100)
    *_, unfinished = overview(OFFICE, rows.connection, year=2025, as_of=DAY).metrics
    rows.connection.execute(visit_complete.insert().values(day=DAY, hours=15, venues=1))

    completion, *_, visits = overview(OFFICE, rows.connection, year=2025, as_of=DAY).metrics

    assert (completion.value, completion.delta) == (0.25, 0.15)
    assert completion.series[-1] == ("2025-06-30", 0.25)
    assert completion.series[0] == ("2025-01-01", 0)
    assert (visits.value, visits.delta) == (120, pytest.approx(0.2))
    assert (unfinished.value, unfinished.delta) == (120, None)


@pytest.mark.parametrize(("hours", "delta"), [(7, None), (15, -0.5)])
def test_yesterday_without_its_evening_is_compared_with_nothing(rows: Rows, hours: int, delta: float | None):
    """The gates fell silent at two: half of a day would be called half as many visitors."""
    yesterday = DAY - dt.timedelta(days=1)
    rows.visits("500112", yesterday, 50)
    rows.visits("500112", yesterday - dt.timedelta(days=7), 100)
    rows.connection.execute(visit_complete.insert().values(day=yesterday, hours=hours, venues=1))

    *_, visits = overview(OFFICE, rows.connection, year=2025, as_of=DAY).metrics

    assert (visits.name, visits.value, visits.delta) == ("昨日到馆", 50, delta)


def test_the_page_costs_the_same_few_queries_with_more_categories_and_units(rows: Rows, count_queries):
    """No query per department, category or month."""
    overview(OFFICE, rows.connection, year=2025, as_of=DAY)
    empty = len(count_queries)
    for unit in ("500103", "500104", "500112"):
        for category in ("referee", "mass_sport_event", "youth_event", "news_release"):
            rows.delivery(category, unit, "2025-03-03", 5)
            rows.quality(category, unit, "2025-03-03", rows=5, cells_filled=50)
            rows.batch(category, unit, "2025-03-03")
    count_queries.clear()

    overview(OFFICE, rows.connection, year=2025, as_of=DAY)

    assert len(count_queries) == empty <= 24


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-09", "2026年9月"),
        ("2026-Q3", "2026年三季度"),
        ("2025", "2025年度"),
        ("2026-05-03", "2026年5月3日"),
    ],
)
def test_a_period_is_said_in_words(period: str, words: str):
    assert period_words(period) == words


# ---------------------------------------------------------------- the matrix


def cell(rows: Rows, category: str, as_of: dt.date = DAY, who: Principal = OFFICE):
    return next(c for c in matrix(Known(who, rows.connection, 2025, as_of)) if c.category == category)


def test_a_cell_says_whether_the_due_items_came(rows: Rows):
    """Missing goes before late, late (the newest one) before on track; a zero owes nothing."""
    assert cell(rows, "referee", D("2025-01-15")).state == "not_due"
    assert cell(rows, "referee").state == "missing"
    for month, day in (
        (1, "2025-02-05"),
        (2, "2025-03-20"),
        (3, "2025-04-01"),
        (4, "2025-05-03"),
        (5, "2025-06-05"),
    ):
        rows.period("referee", f"2025-{month:02d}", day)
    on_track = cell(rows, "referee")
    assert (on_track.state, on_track.last_due, on_track.next_due) == (
        "on_track",
        D("2025-06-05"),
        D("2025-07-07"),
    )
    assert cell(rows, "referee", D("2025-03-25")).state == "late"
    rows.plan("youth_coach", 0, "2025-01-10")
    zero = cell(rows, "youth_coach")
    assert (zero.state, zero.next_due, zero.planned, zero.completion) == ("none", None, 0, None)


def test_a_cell_shows_delivered_beyond_the_plan_and_completion_within_it(rows: Rows):
    rows.plan("referee", 100, "2025-01-10")
    rows.delivery("referee", "500103", "2025-02-01", 90)
    rows.delivery("referee", "500104", "2025-02-03", 30)

    shown = cell(rows, "referee")

    assert (shown.delivered, shown.planned, shown.completion) == (120, 100, 1)
    assert shown.last_received == D("2025-02-03")
    assert cell(rows, "youth_event").planned is None


def test_below_a_cell_stand_the_units_and_a_district_sees_its_own_line_only(rows: Rows):
    rows.delivery("referee", "500103", "2025-02-01", 90)
    rows.delivery("referee", "500103", "2025-05-01", 1)
    rows.delivery("referee", "500104", "2025-02-03", 30)
    yuzhong = Principal("district", "500103", "渝中区经办")

    lines = unit_lines(OFFICE, rows.connection, "referee", year=2025, as_of=DAY)
    own = unit_lines(yuzhong, rows.connection, "referee", year=2025, as_of=DAY)

    assert [(u.unit, u.delivered, u.last_received) for u in lines] == [
        ("500103", 91, D("2025-05-01")),
        ("500104", 30, D("2025-02-03")),
    ]
    assert [u.unit for u in own] == ["500103"]
    assert [c.category for c in matrix(Known(yuzhong, rows.connection, 2025, DAY))] == ["referee"]
