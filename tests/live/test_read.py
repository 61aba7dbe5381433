"""What pages read of the live feed, by role; and the health of each venue's feed."""

from __future__ import annotations

import datetime as dt

import pytest

from data_access.engine import reading
from data_access.live import read
from data_access.live.health import health
from data_access.live.scope import venues
from data_access.principal import OFFICE, Forbidden, Principal
from tests.live.made_up import DAY, GYM, POOL, STADIUM, at, connect, hear, told

WANZHOU, ZONE = Principal("district", "500101", "万州"), Principal("district", "CQLJ", "两江新区")
INDUSTRY, MASS = (
    Principal("department", "industry", "产业处"),
    Principal("department", "mass_sport", "群体处"),
)
LEADER, TEAM = Principal("leader", "leader", "局领导"), Principal("operations", "operations", "运维")
LOTTERY, GUIDE = Principal("affiliated", "lottery_center", "彩票中心"), Principal("guide", "guide", "讲解员")
ALL = [STADIUM, GYM, POOL]


@pytest.fixture
def evening(made):
    """Three venues at 18:00 and 18:01, the stadium told at once of its newest."""
    connect(made)
    hear(
        made,
        [
            told("18:00", 5, 1, 20),
            told("18:01", 3, 2, 21),
            told("18:00", 7, 0, 30, venue=POOL, capacity=None),
        ],
        "18:02",
    )
    hear(made, [told("17:30", 9, 4, 60, venue=STADIUM)], "18:02")
    return made


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        (OFFICE, ALL), (LEADER, ALL), (TEAM, ALL), (INDUSTRY, ALL), (MASS, []), (WANZHOU, [STADIUM]), (ZONE, []),
        (LOTTERY, []),
    ],
    ids=lambda v: v.unit if isinstance(v, Principal) else "",
)  # fmt: skip
def test_rows_follow_the_scope_of_the_readings(evening, who, codes):
    """The scope of venue_usage_reading, in every read that names a venue; the city's sums are everybody's."""
    first, until = at("00:00"), at("00:00", DAY + dt.timedelta(days=1))
    with reading(evening) as connection:
        assert [v.venue_code for v in venues(who, connection)] == codes
        assert [line.venue.venue_code for line in read.now_by_venue(who, connection, at("18:02"))] == codes
        assert [h.venue_code for h in read.hours(who, connection, first, until)] == codes
        assert [h.now.venue.venue_code for h in health(who, connection, at("18:02"))] == codes
        told_of = [c for c in ALL if read.minutes_of(who, connection, c, first, until)]
        assert told_of == codes
        assert read.city_now(who, connection, at("18:02")).in_today == 24
        assert [h.people_in for h in read.city_hours(who, connection, first, until)] == [9, 15]


def test_a_guide_reads_none_of_it(evening):
    with reading(evening) as connection:
        for ask in (read.now_by_venue, read.city_now, health):
            with pytest.raises(Forbidden):
                ask(GUIDE, connection, at("18:02"))


def test_who_was_inside_half_an_hour_ago_is_not_counted_now(evening):
    """The stadium is silent: its people of 17:30 are in today's sums, not among those present."""
    with reading(evening) as connection:
        city = read.city_now(OFFICE, connection, at("18:02"))

    assert (city.connected, city.heard, city.with_capacity) == (3, 2, 1)
    assert (city.present, city.capacity, city.present_all) == (21, 100, 51)
    assert (city.in_today, city.out_today, city.minute) == (24, 7, at("18:01"))


def test_before_the_first_message_there_is_nothing_but_the_venue(made):
    connect(made)
    with reading(made) as connection:
        lines = read.now_by_venue(OFFICE, connection, at("18:02"))
        city = read.city_now(OFFICE, connection, at("18:02"))
        states = [h.state for h in health(OFFICE, connection, at("18:02"))]

    assert [(line.present, line.minute, line.is_fresh) for line in lines] == [(None, None, False)] * 3
    assert (city.heard, city.present_all, city.minute) == (0, 0, None)
    assert states == ["never"] * 3


def still(venue: str, minutes: int = 25):
    return [told(f"00:{n:02d}", 2, 1, 40, venue=venue) for n in range(minutes)]


def moving(venue: str, minutes: int = 25):
    return [told(f"00:{n:02d}", n % 3, 1, 40 + n, venue=venue) for n in range(minutes)]


def states(made, clock: str = "00:25") -> dict[str, str]:
    with reading(made) as connection:
        return {h.now.venue.venue_code: h.state for h in health(OFFICE, connection, at(clock))}


def whole(made, *lots):
    """All there is of this day, from midnight on."""
    connect(made)
    hear(made, [m for lot in lots for m in lot], "00:25")


def test_a_counter_that_stands_still_beside_a_moving_neighbour_is_stuck(made):
    whole(made, still(GYM), moving(POOL), moving(STADIUM))

    assert states(made) == {GYM: "stuck", POOL: "ok", STADIUM: "ok"}


def test_when_nobody_moves_nobody_is_stuck(made):
    """At night all counters stand still."""
    whole(made, still(GYM), still(POOL), still(STADIUM))

    assert set(states(made).values()) == {"ok"}


def test_of_two_faults_the_graver_one_is_told(made):
    """Silent before all; then what the device says of itself; then missing minutes."""
    whole(made, moving(GYM)[:5], moving(POOL)[:-1], [told("00:24", state="fault", venue=POOL)],
          [m for m in moving(STADIUM) if m.minute != at("00:07")])  # fmt: skip

    assert states(made) == {GYM: "silent", POOL: "fault", STADIUM: "gaps"}
    with reading(made) as connection:
        found = {h.now.venue.venue_code: h for h in health(OFFICE, connection, at("00:25"))}
    assert (found[STADIUM].missing, found[GYM].missing, found[GYM].silent_minutes) == (1, 20, 20)


def test_what_was_filled_in_after_a_silence_is_told_apart_from_what_was_a_little_late(made):
    connect(made)
    hear(made, [told("18:00"), told("18:01")], "18:06")
    hear(made, [told("18:02")], "18:40")
    with reading(made) as connection:
        gym = next(h for h in health(OFFICE, connection, at("18:40")) if h.now.venue.venue_code == GYM)

    assert (gym.received, gym.late, gym.backfilled) == (3, 3, 1)


def test_one_venues_clock_that_runs_ahead_makes_no_gaps_of_the_others(made):
    connect(made)
    minutes = [f"00:{n:02d}" for n in range(10)]
    hear(made, [told(m, venue=v) for v in (GYM, STADIUM) for m in minutes], "00:10")
    hear(made, [told(m, venue=POOL) for m in (*minutes, "00:10", "00:11")], "00:10")

    with reading(made) as connection:
        found = health(OFFICE, connection, at("00:10"))
    assert {(h.state, h.expected, h.missing) for h in found} == {("ok", 10, 0)}
