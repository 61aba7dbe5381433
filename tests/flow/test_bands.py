"""Like days and the typical band, computed a second time by plain loops and by numpy."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, strategies as st

from data_access.calendar import Calendar
from metrics.flow_band import Hour, band, hours_of, quiet_hours
from metrics.flow_days import LEAST_DAYS, LOOK_BACK_DAYS, MOST_DAYS, kind_of, like_days, like_name

D = dt.date.fromisoformat
PUBLISHED = Calendar()
YEARS = st.dates(D("2024-06-01"), D("2026-12-20"))


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2026-11-26", "weekday", "周四"),
        ("2026-11-28", "weekend", "周六"),
        ("2026-10-01", "holiday", "节假日和周末"),
        ("2026-10-03", "holiday", "节假日和周末"),  # a Saturday inside 国庆节
        ("2026-10-10", "made_up", "工作日"),  # a Saturday that is worked
    ],
)
def test_a_day_is_what_the_calendar_makes_of_it(day: str, kind: str, name: str) -> None:
    assert (kind_of(PUBLISHED, D(day)), like_name(PUBLISHED, D(day))) == (kind, name)


def test_what_the_office_enters_goes_before_the_published_calendar() -> None:
    """2027 is not announced yet: a Wednesday the office gives off is a holiday, a Sunday it takes is worked."""
    entered = Calendar({D("2027-10-06"): False, D("2027-10-10"): True})

    assert kind_of(entered, D("2027-10-06")) == "holiday"
    assert kind_of(entered, D("2027-10-10")) == "made_up"
    assert kind_of(entered, D("2027-10-09")) == "weekend"


@given(day=YEARS, holes=st.sets(st.integers(1, LOOK_BACK_DAYS), max_size=60))
def test_like_days_are_the_newest_whole_days_of_the_same_kind(day: dt.date, holes: set[int]) -> None:
    """Counted a second time day by day, with the kinds written out."""
    usable = {day - dt.timedelta(days=n) for n in range(1, LOOK_BACK_DAYS + 30)} - {
        day - dt.timedelta(days=n) for n in holes
    }

    found = like_days(PUBLISHED, day, usable)

    expected = []
    for n in range(1, LOOK_BACK_DAYS + 1):
        other = day - dt.timedelta(days=n)
        off, off_today = not PUBLISHED.is_working_day(other), not PUBLISHED.is_working_day(day)
        plain = not PUBLISHED.is_holiday(other) and off == (other.weekday() >= 5)
        if PUBLISHED.is_holiday(day):
            like = off
        elif not off_today and day.weekday() >= 5:
            like = not off
        else:
            like = plain and other.weekday() == day.weekday()
        if like and other in usable and len(expected) < MOST_DAYS:
            expected.append(other)
    assert found == tuple(expected)


days = st.lists(st.dictionaries(st.integers(1, 24), st.integers(0, 5000), max_size=24), max_size=12)


@given(by_day=days)
def test_a_band_is_the_tenth_the_half_and_nine_tenths_of_the_days(by_day: list[dict[int, int]]) -> None:
    """numpy's percentiles are the second computation."""
    found = band(by_day)

    for hour in range(1, 25):
        values = [hours[hour] for hours in by_day if hour in hours]
        if len(values) < LEAST_DAYS:
            assert hour not in found
        else:
            assert found[hour] == pytest.approx(tuple(np.percentile(values, [10, 50, 90])))


def test_an_hour_that_few_days_know_has_no_band() -> None:
    """Three Thursdays are no habit; nothing is drawn rather than a band of three."""
    three = [{9: 10}, {9: 12}, {9: 14}]

    assert hours_of({9: 11}, three, opens=9, closes=9) == (Hour(9, 11, None, None, None, None),)


@given(
    middles=st.dictionaries(st.integers(6, 22), st.integers(0, 900), max_size=17),
    from_hour=st.integers(1, 24),
)
def test_the_quiet_time_is_the_emptiest_pair_of_open_hours_still_to_come(
    middles: dict[int, int], from_hour: int
) -> None:
    hours = hours_of({}, [middles] * LEAST_DAYS)

    found = quiet_hours(hours, from_hour)

    pairs = [
        (middles[h] + middles[h + 1], h)
        for h in range(from_hour, 24)
        if middles.get(h) and middles.get(h + 1)
    ]
    if len(pairs) < 2:
        assert found is None
    else:
        least, first = min(pairs)
        assert found is not None
        assert (found.first, found.last) == (first, first + 1)
        assert found.share == pytest.approx(least / 2 / max(middles.values()))
