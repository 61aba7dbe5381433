"""Who is where now, counted a second time by plain loops over the messages; both databases."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction

import numpy as np
import pytest
from sqlalchemy import Engine

from data_access.engine import reading
from data_access.live.messages import Message
from data_access.principal import OFFICE, Forbidden, Principal
from metrics.flow import CITY, FlowNow, Place, day_curve, flow_now, venue_now
from tests.flow.recorded import HOURS, LIES_IN, record
from tests.live.made_up import DAY, GYM, POOL, STADIUM, at, connect, hear, told

WEEK = dt.timedelta(days=7)
WANZHOU = Principal("district", "500101", "万州经办人")
MASS = Principal("department", "mass_sport", "群体处经办人")
GUIDE = Principal("guide", "guide", "讲解员")


def look(made: Engine, clock: str, who: Principal = OFFICE, district: str | None = None) -> FlowNow:
    with reading(made) as connection:
        return flow_now(who, connection, at(clock), district)


@pytest.mark.parametrize("seed", range(3))
def test_sums_equal_a_plain_count_of_the_messages(made: Engine, seed: int) -> None:
    """Present, share and entries of the city and of a district, whatever venues fell silent."""
    chance = random.Random(seed)
    connect(made)
    messages: list[Message] = []
    for venue in LIES_IN:
        capacity = chance.choice((None, 80, 400))
        last = chance.choice((14 * 60 + 29, 14 * 60 + 29, 14 * 60 + 10))
        for minute in range(9 * 60, last + 1, chance.choice((1, 3))):
            clock = f"{minute // 60:02d}:{minute % 60:02d}"
            counts = chance.randint(0, 9), chance.randint(0, 9), chance.randint(0, 90)
            messages.append(told(clock, *counts, venue=venue, capacity=capacity))
    chance.shuffle(messages)
    hear(made, messages, "14:30")

    newest = {v: max((m for m in messages if m.venue_code == v), key=lambda m: m.minute) for v in LIES_IN}
    for district in (None, "500103"):
        venues = [v for v, lies in LIES_IN.items() if district in (None, lies)]
        fresh = [newest[v] for v in venues if newest[v].minute >= at("14:24")]
        known = [m for m in fresh if m.capacity]
        now = look(made, "14:30", district=district)
        assert now.present == (sum(m.present for m in fresh) if fresh else None)
        capacity = sum(m.capacity or 0 for m in known)
        assert now.share == (sum(m.present for m in known) / capacity if capacity else None)
        told_of = [m for m in messages if m.venue_code in venues]
        assert now.day.entries == sum(m.people_in for m in told_of)
        assert {line.venue.venue_code for line in now.lines} == set(venues)


def test_a_silent_venue_is_listed_and_not_counted(made: Engine) -> None:
    """Who was inside an hour ago is not who is inside now."""
    connect(made)
    hear(made, [told("10:00", present=50), told("11:00", present=7, venue=POOL)], "11:01")

    now = look(made, "11:01")

    assert (now.present, now.sums.heard, now.sums.connected) == (7, 1, 3)
    assert [line.venue.venue_code for line in now.troubled] == [GYM]
    assert [line.present for line in now.lines if line.venue.venue_code == GYM] == [None]


def test_an_hour_is_the_record_once_as_many_venues_stand_behind_it(made: Engine) -> None:
    """Nothing counts twice, and an hour the record has only in part stays the live one."""
    connect(made)
    whole = [told(f"09:{m:02d}", 1, venue=v) for m in range(60) for v in (GYM, POOL)]
    hear(made, [*whole, *(told(f"10:{m:02d}", 1) for m in range(60)), told("11:00", 3)], "11:01")
    record(made, [(GYM, DAY, 10, 61, 4), (GYM, DAY, 11, 62, 5), (GYM, DAY, 12, 999, 5)])

    day = look(made, "11:01").day

    assert [(h.hour, h.entries, h.is_recorded) for h in day.hours] == [(10, 120, False), (11, 62, True)]
    assert day.running is not None and day.running.entries == 3
    assert day.entries == 120 + 62 + 3


def test_growth_compares_the_hours_both_days_know(made: Engine) -> None:
    """An hour that is missing today would look like a fall."""
    record(
        made,
        [(GYM, DAY, h, 30, 1) for h in (8, 10)] + [(GYM, DAY - WEEK, h, 20, 1) for h in (8, 9, 10, 11)],
    )

    day = look(made, "10:20").day

    assert (day.change, day.compared_until) == (Fraction(60, 40) - 1, 10)


def test_a_band_is_made_of_whole_days_alike_and_says_of_how_many(made: Engine) -> None:
    """A Friday is not compared with 中秋节 and 国庆节, nor with a day whose evening was lost."""
    chance = random.Random(7)
    fridays = [DAY - n * WEEK for n in range(1, 9)]
    lost = fridays[3]
    rows = [
        (venue, day, hour, chance.randint(0, 300), chance.randint(0, 90))
        for day in fridays for venue in LIES_IN for hour in HOURS
        if not (day == lost and hour > 17)
    ]  # fmt: skip
    record(made, rows)
    expected = [d for d in fridays if d not in (lost, dt.date(2026, 9, 25), dt.date(2026, 10, 2))]

    with reading(made) as connection:
        shown = day_curve(OFFICE, connection, at("12:00"), CITY, "occupancy").curve
        venue = day_curve(OFFICE, connection, at("12:00"), Place(venue=GYM)).curve

    assert shown.days == tuple(expected) and venue.days == tuple(expected)
    assert (shown.kind, shown.like, shown.has_band) == ("weekday", "周五", True)
    for hour in shown.hours:
        sums = [sum(r[4] for r in rows if r[1] == d and r[2] == hour.hour) for d in expected]
        if hour.hour in HOURS:
            assert (hour.low, hour.middle, hour.high) == pytest.approx(
                tuple(np.percentile(sums, [10, 50, 90]))
            )


def test_three_days_are_no_band(made: Engine) -> None:
    record(made, [(GYM, DAY - n * WEEK, h, 10, 3) for n in (3, 4, 5) for h in HOURS])

    with reading(made) as connection:
        shown = day_curve(OFFICE, connection, at("12:00"))

    assert len(shown.curve.days) == 3 and not shown.curve.has_band and shown.quiet is None
    assert all(hour.middle is None for hour in shown.curve.hours)


def test_each_sees_the_venues_that_are_theirs_and_all_the_city(made: Engine) -> None:
    """A district its own, a department that does not answer for the readings none, a guide nothing."""
    connect(made)
    hear(made, [told("10:00", present=5, venue=v) for v in LIES_IN], "10:01")

    own, other = look(made, "10:01", WANZHOU), look(made, "10:01", MASS)

    assert [line.venue.venue_code for line in own.lines] == [STADIUM]
    assert other.lines == ()
    assert own.present == other.present == 15
    with reading(made) as connection:
        assert venue_now(WANZHOU, connection, at("10:01"), GYM) is None
        assert venue_now(WANZHOU, connection, at("10:01"), STADIUM) is not None
        assert day_curve(WANZHOU, connection, at("10:01"), Place(venue=GYM)).day.hours == ()
    for who, district in ((WANZHOU, "500103"), (MASS, "500101"), (GUIDE, None)):
        with pytest.raises(Forbidden):
            look(made, "10:01", who, district)
