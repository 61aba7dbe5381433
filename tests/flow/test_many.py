"""Many venues cost no more than few: the first of them by name, all of them in sums that say the same."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import Engine

from data_access.engine import reading
from data_access.live.health import STATES, health
from data_access.principal import OFFICE, Principal
from metrics.flow import CITY, FlowNow, VenueLine, counted, flow_now, venues_to_choose
from tests.flow.recorded import LIES_IN
from tests.live.made_up import DISTRICTS, at, connect, hear, told

WANZHOU = Principal("district", "500101", "万州经办人")
PLACES = {"渝中区": "500103", "万州区": "500101", "涪陵区": "500102"}
CODES = {f"CQ{PLACES[name]}{n:02d}": name for name in PLACES for n in range(40, 48)}


@pytest.fixture
def many(made: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Twenty-four venues in three districts, some never heard, some silent, broken, stuck or with gaps."""
    for code, name in CODES.items():
        monkeypatch.setitem(DISTRICTS, code, name)
    connect(made, CODES)
    chance, messages = random.Random(11), []
    for number, code in enumerate(CODES):
        kind = number % 6
        if kind == 0:
            continue  # never heard
        last = 14 * 60 + (9 if kind == 1 else 30)
        for minute in range(13 * 60 + 50, last):
            if kind == 2 and minute % 9 == 0:
                continue  # gaps
            counts = (
                (1, 1, 50)
                if kind == 3
                else (chance.randint(0, 9), chance.randint(0, 9), chance.randint(0, 95))
            )
            state = "fault" if kind == 4 and minute > last - 3 else "online"
            capacity = None if number % 5 == 4 else 100
            clock = f"{minute // 60:02d}:{minute % 60:02d}"
            messages.append(told(clock, *counts, venue=code, capacity=capacity, state=state))
    messages += [told(f"00:{n:02d}", 2, 1, 5, venue=code) for code in list(CODES)[5:8] for n in range(60)]
    chance.shuffle(messages)
    for first in range(0, len(messages), 500):
        hear(made, messages[first : first + 500], "14:30")
    return made


def look(made: Engine, clock: str, most: int | None, district: str | None = None) -> FlowNow:
    with reading(made) as connection:
        return flow_now(OFFICE, connection, at(clock), district, most=most)


def test_the_kept_sums_say_what_a_count_of_the_venues_says(many: Engine) -> None:
    """At the pull, seven minutes after the last one, when all is silent; states, loads, people, minutes."""
    for clock in ("14:30", "14:37", "15:40"):
        for district in (None, "500103"):
            few, every = look(many, clock, 4, district), look(many, clock, None, district)
            assert few.counts == every.counts
            assert few.sums == every.sums
            assert few.lines == every.lines[:4]
            assert [x.health.state for x in few.worst] == [x.health.state for x in every.worst][:4]
            assert few.counts.states["never"] and few.counts.states["silent"]
            assert few.counts.every == (8 if district else 24)
    now = look(many, "14:30", 100)
    # every state occurs: otherwise the comparison would say little
    assert all(now.counts.states[state] for state in STATES if state != "ok")
    assert all(now.counts.loads.values())
    states = [STATES.index(line.health.state) for line in now.worst]
    assert states == sorted(states) and len(states) == 24 - now.counts.states["ok"]


def test_sums_of_another_day_say_nothing_of_this_one(many: Engine) -> None:
    """After midnight, before the first message of the day: nobody came today, nobody is inside."""
    with reading(many) as connection:
        later = at("14:30").replace(day=10)
        now = flow_now(OFFICE, connection, later, most=5)
        every = counted(map(VenueLine, health(OFFICE, connection, later)))

    assert now.counts == every
    assert (now.sums.in_today, now.sums.heard, now.counts.late) == (0, 0, 0)


def test_a_venue_that_is_connected_is_in_the_sums_at_once(many: Engine) -> None:
    """Before any message comes: the delivery itself brings the sums up to date."""
    before = look(many, "14:30", 3)
    connect(many, LIES_IN)

    after = look(many, "14:30", 3)

    assert after.counts.every == before.counts.every + len(LIES_IN)
    assert after.counts == look(many, "14:30", None).counts and after.place == CITY


def test_a_district_is_told_of_its_own_venues_only(many: Engine) -> None:
    with reading(many) as connection:
        now = flow_now(WANZHOU, connection, at("14:30"), most=3)

    assert {line.venue.district for line in (*now.lines, *now.worst)} == {"500101"}
    assert (now.counts.every, now.sums.connected, len(now.lines)) == (8, 24, 3)


def test_a_list_that_would_be_too_long_offers_the_venue_of_the_address_alone(many: Engine) -> None:
    with reading(many) as connection:
        offered = [
            [v.venue_code for v in venues_to_choose(OFFICE, connection, district, asked, 10)]
            for district, asked in ((None, ""), (None, "CQ50010143"), ("500103", ""))
        ]

    assert offered == [[], ["CQ50010143"], [code for code in CODES if code.startswith("CQ500103")]]
