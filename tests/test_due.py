"""Due items: one a period, moved to working days, credited to the exact thirtieth."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Engine

import catalog
from data_access.calendar import Calendar, read_calendar
from data_access.due import DueItem, Event, Receipts, due_items, within
from data_access.engine import writing
from data_access.plan_chain import PlanChain, PlanVersion
from data_access.principal import OFFICE
from data_access.schema import holiday

CATEGORIES = catalog.default().category_by_code
CALENDAR = Calendar()
D = dt.date.fromisoformat
NOTHING = Receipts({})
BY_DUE = {c.due: c for c in catalog.default().categories}


def items(code: str, year: int = 2025, receipts: Receipts = NOTHING, calendar: Calendar = CALENDAR):
    return due_items(CATEGORIES[code], year, receipts, calendar)


# ---------------------------------------------------------------- the calendar


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-10-07", False),  # National Day
        ("2026-10-10", True),  # a make-up Saturday
        ("2026-10-11", False),
        ("2025-01-28", False),  # Spring Festival
        ("2004-01-01", False),
        ("2027-10-01", True),  # not announced: a Friday
        ("2027-10-02", False),
        ("2003-10-01", True),
    ],
)
def test_a_working_day_is_the_published_calendars_or_monday_to_friday(day: str, working: bool):
    assert CALENDAR.is_working_day(D(day)) is working


def test_a_year_without_an_announced_calendar_says_so_until_the_office_enters_it(made: Engine):
    """The visible note: due dates may still move."""
    assert CALENDAR.note(2026) is None
    assert "2027 年节假日安排尚未录入" in (CALENDAR.note(2027) or "")

    with writing(made) as connection:
        connection.execute(holiday.insert().values(day=D("2027-01-05"), is_working=False, note="试"))
        connection.execute(holiday.insert().values(day=D("2026-10-10"), is_working=False, note="改"))
        entered = read_calendar(OFFICE, connection)

    assert entered.note(2027) is None
    assert not entered.is_working_day(D("2026-10-10"))  # the office goes before the published calendar
    december = items("referee", 2026, calendar=entered)[-1]
    assert (december.period, december.due_on) == ("2026-12", D("2027-01-06"))


def test_working_days_are_counted_after_the_day_itself():
    assert CALENDAR.add_working_days(D("2026-09-30"), 1) == D("2026-10-08")
    assert CALENDAR.working_days_between(D("2026-09-30"), D("2026-10-10")) == 3
    assert CALENDAR.working_days_between(D("2026-10-10"), D("2026-09-30")) == 0


# ---------------------------------------------------------------- rhythms


def test_every_due_rule_of_the_catalogue_yields_items():
    for category in catalog.default().categories:
        assert due_items(category, 2025, NOTHING, CALENDAR), category.code


def test_a_monthly_category_has_twelve_items_the_last_due_in_january():
    found = items("referee", receipts=Receipts({"2025-03": D("2025-04-02")}))

    assert [i.period for i in found] == [f"2025-{m:02d}" for m in range(1, 13)]
    assert found[0] == DueItem("referee", "2025-01", D("2025-01-31"), D("2025-02-05"))
    assert found[2].received_on == D("2025-04-02")
    assert found[3].due_on == D("2025-05-06")  # 5 May 2025 belongs to the Labour Day holiday
    assert found[11].due_on == D("2026-01-05")


def test_a_quarterly_category_has_four_items():
    found = items("youth_organization")

    assert [(i.period, i.ends_on, i.due_on) for i in found] == [
        ("2025-Q1", D("2025-03-31"), D("2025-04-10")),
        ("2025-Q2", D("2025-06-30"), D("2025-07-10")),
        ("2025-Q3", D("2025-09-30"), D("2025-10-10")),
        ("2025-Q4", D("2025-12-31"), D("2026-01-12")),
    ]


def test_a_yearly_category_is_due_once_for_the_year_before_and_belongs_to_the_unmoved_day():
    """31 October 2026 is a Saturday: responsibility is decided on the day as written."""
    (statistics,) = items("sports_facility_statistics", 2025, Receipts({"2024": D("2025-04-01")}))
    (industry,) = items("sports_industry_statistics", 2026)

    assert (statistics.period, statistics.ends_on, statistics.received_on) == (
        "2024",
        D("2025-04-30"),
        D("2025-04-01"),
    )
    assert (industry.ends_on, industry.due_on) == (D("2026-10-31"), D("2026-11-02"))


def test_an_event_category_owes_only_months_with_records_or_named_in_the_plan():
    """Neither: December, so that silence is not on time."""
    receipts = Receipts({"2025-03": D("2025-04-09"), "2024-11": D("2024-12-01")}, frozenset({9}))

    assert [i.period for i in items("mass_sport_event", receipts=receipts)] == ["2025-03", "2025-09"]
    assert [i.period for i in items("mass_sport_event")] == ["2025-12"]


def test_each_event_is_an_item_due_ten_days_after_its_end():
    events = (
        Event(D("2025-03-01"), D("2025-03-20"), 2),
        Event(D("2025-09-24"), D("2025-09-30")),
        Event(D("2024-12-30"), D("2025-01-02")),
    )

    found = items("elite_competition", receipts=Receipts({}, events=events))

    assert [(i.ends_on, i.due_on) for i in found] == [
        (D("2025-03-01"), D("2025-03-11")),
        (D("2025-03-01"), D("2025-03-11")),
        (D("2025-09-24"), D("2025-10-09")),  # 4 October is a holiday
    ]
    (none,) = items("elite_competition")
    assert (none.ends_on, none.due_on, none.received_on) == (D("2025-12-31"), D("2026-01-12"), None)


def test_realtime_data_are_credited_by_complete_days_and_their_due_day_never_moves():
    days = frozenset(D("2025-05-01") + dt.timedelta(days=n) for n in range(20))

    found = items("venue_usage_reading", receipts=Receipts({}, complete_days=days))

    may = found[4]
    assert (may.due_on, may.complete_days, may.days) == (D("2025-05-31"), 20, 31)  # a Saturday
    assert may.credit(D("2025-06-30")) == Fraction(20, 31)
    assert not may.is_on_time(D("2025-06-30"))
    cut = within(may, D("2025-05-16"), D("2025-12-31"), days)
    assert (cut.complete_days, cut.days) == (5, 16)


# ---------------------------------------------------------------- credit


@pytest.mark.parametrize(
    ("received", "delay", "credit"),
    [
        ("2025-02-01", 0, Fraction(1)),
        ("2025-02-05", 0, Fraction(1)),
        ("2025-02-11", 6, Fraction(4, 5)),
        ("2025-02-12", 7, 1 - Fraction(7, 30)),
        ("2025-03-07", 30, Fraction(0)),
        ("2025-06-01", 116, Fraction(0)),
        (None, None, Fraction(0)),
    ],
)
def test_a_day_late_costs_a_thirtieth_and_silence_everything(received, delay, credit):
    item = DueItem("referee", "2025-01", D("2025-01-31"), D("2025-02-05"), received and D(received))

    assert item.delay_days(D("2026-01-20")) == delay
    assert item.credit(D("2026-01-20")) == credit


def test_what_came_after_the_day_asked_about_had_not_come():
    item = DueItem("referee", "2025-01", D("2025-01-31"), D("2025-02-05"), D("2025-02-11"))

    assert item.credit(D("2025-02-10")) == 0
    assert item.days_waiting(D("2025-02-10")) == 5
    assert item.days_waiting(D("2025-02-11")) == 0


@given(
    due=st.sampled_from(sorted(BY_DUE)),
    year=st.integers(2005, 2030),
    seen=st.sets(st.integers(1, 12)),
    named=st.sets(st.integers(1, 12)),
)
def test_items_are_in_order_on_working_days_and_never_before_their_period_ends(due, year, seen, named):
    category = BY_DUE[due]
    receipts = Receipts(
        {f"{year}-{m:02d}": dt.date(year, m, 28) for m in seen},
        frozenset(named),
        tuple(Event(dt.date(year, m, 28), None) for m in sorted(seen)),
    )

    found = due_items(category, year, receipts, CALENDAR)

    assert [i.due_on for i in found] == sorted(i.due_on for i in found)
    for item in found:
        assert item.ends_on.year == year
        assert item.due_on >= item.ends_on
        if due != "monthly_share":
            assert CALENDAR.is_working_day(item.due_on)
            assert (item.due_on - item.ends_on).days <= 25
    if category.rhythm == "event" and due == "next_month:5":
        assert {i.ends_on.month for i in found} == (seen | named or {12})


# ---------------------------------------------------------------- plan weighting


VERSIONS = st.lists(
    st.tuples(st.integers(0, 1000), st.dates(dt.date(2023, 11, 1), dt.date(2025, 2, 1))), max_size=5
)


@given(
    versions=VERSIONS, known_on=st.dates(dt.date(2024, 1, 1), dt.date(2025, 3, 1)), cut=st.integers(1, 366)
)
def test_a_plans_promise_is_the_mean_of_what_was_in_force_each_day(versions, known_on, cut):
    """Day by day, as one would do it with a calendar and a pencil; any split adds up to the whole."""
    year = 2024
    chain = PlanChain(year, [PlanVersion(n, q, day) for n, (q, day) in enumerate(versions, 1)], known_on)
    days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(366)]
    counting = [
        (day, n, q) for n, (q, day) in enumerate(versions, 1) if day <= min(known_on, dt.date(year, 12, 31))
    ]
    total = 0
    for day in days:
        in_force = [v for v in counting if v[0] <= day]
        if in_force:
            total += max(in_force)[2]
        elif counting:
            first = min(v[0] for v in counting)
            total += max(v for v in counting if v[0] == first)[2]

    assert chain.quantity() == Fraction(total, 366)
    middle = days[cut - 1]
    after = middle + dt.timedelta(days=1)
    rest = chain.quantity(after, days[-1]) if cut < 366 else 0
    assert chain.quantity(days[0], middle) + rest == chain.quantity()


def test_a_category_without_an_approved_version_promises_nothing_and_is_no_zero_plan():
    chain = PlanChain(2025, [PlanVersion(1, 5, D("2026-01-05"))], D("2026-01-20"))

    assert not chain.is_planned
    assert chain.quantity() == 0
    assert not chain.is_zero_on(D("2025-06-30"))
