"""Each hour of the live feed beside the record: what differs, and why."""

from __future__ import annotations

import datetime as dt

import pytest

from data_access.engine import reading, writing
from data_access.live.lately import differences
from data_access.live.reconcile import Hour, reason_of, reconcile, sentence
from data_access.principal import OFFICE, SYSTEM, Forbidden
from data_access.schema import visit_hour
from tests.live.made_up import DAY, GYM, POOL, STADIUM, at, connect, hear, told


def record(made, hour: int, entries: int, exits: int, venue: str = GYM) -> None:
    """A recorded reading of the hour that ends at `hour`."""
    with writing(made) as connection:
        connection.execute(
            visit_hour.insert().values(
                venue_code=venue, hour=dt.datetime.combine(DAY, dt.time(hour)), entries=entries, exits=exits,
                occupancy=0,
            )
        )  # fmt: skip


def told_hour(hour: int, *, venue: str = GYM, still_from: int = 60, **more):
    """Sixty minutes before `hour`, one person in each; from `still_from` on the counters repeat."""
    return [
        told(
            f"{hour - 1}:{n:02d}",
            1,
            n % 2 if n < still_from else 1,
            10 + min(n, still_from),
            venue=venue,
            **more,
        )
        for n in range(60)
    ]


def compare(made, clock: str = "20:30"):
    with writing(made) as connection:
        reconcile(SYSTEM, connection, at=at(clock))
    with reading(made) as connection:
        return differences(OFFICE, connection, at("00:00"), at(clock), with_equal=True)


def test_an_hour_that_was_corrected_to_nothing_is_not_told_of_any_more(made):
    connect(made)
    hear(made, [told("17:30", 4)], "18:01")
    assert [d.reason for d in compare(made)] == ["no_reading"]
    hear(made, [told("17:30", 0, sequence=2)], "18:02")

    assert compare(made) == []


def test_equal_hours_are_told_equal_and_each_difference_says_why(made):
    """One venue, three hours: the same, two minutes missing, stuck for half an hour."""
    connect(made)
    hear(made, [*told_hour(18), *told_hour(19)[2:], *told_hour(20, still_from=30)], "20:01")
    record(made, 18, 60, 30)
    record(made, 19, 60, 30)
    record(made, 20, 75, 30)
    twenty, nineteen, eighteen = compare(made)

    assert [d.reason for d in (eighteen, nineteen, twenty)] == ["equal", "gaps", "device"]
    assert sentence(eighteen) == "两路一致：进馆 60 人次，出馆 30 人次。"
    assert sentence(nineteen) == ("实时进馆 58、出馆 29 人次，入库进馆 60、出馆 30 人次：实时数据缺 2 分钟。")
    assert "设备故障或计数卡住" in sentence(twenty)
    with reading(made) as connection:
        assert len(differences(OFFICE, connection, at("00:00"), at("20:30"))) == 2, "equal ones only if asked"


def test_what_only_one_side_knows(made):
    """No reading yet, no live minute at all; an empty hour of the night is no difference."""
    connect(made)
    hear(made, [*told_hour(18), told("04:30", 0, 0, 0), told("16:59", 0, 0, 0, venue=POOL)], "20:01")
    record(made, 19, 5, 5, POOL)
    record(made, 19, 5, 5, STADIUM)
    found = {(d.venue_code, d.hour_end): d for d in compare(made)}

    assert {key: d.reason for key, d in found.items()} == {
        (GYM, at("18:00")): "no_reading",
        (POOL, at("19:00")): "no_live",
    }, "a venue that never sent live is not compared"
    assert sentence(found[GYM, at("18:00")]) == "整点读数尚未入库。"


def test_an_hour_is_compared_anew_when_its_reading_comes(made):
    connect(made)
    hear(made, told_hour(20), "20:01")
    assert [d.reason for d in compare(made)] == ["no_reading"]
    record(made, 20, 60, 30)

    assert [d.reason for d in compare(made)] == ["equal"]


def test_the_hour_that_has_just_ended_is_given_time(made):
    connect(made)
    hear(made, told_hour(20), "20:01")

    assert compare(made, "20:05") == []


@pytest.mark.parametrize(
    ("hour", "still", "reason"),
    [
        (Hour(60, 10, 10, recorded_in=10, recorded_out=10, late=5, faulty=3), True, "equal"),
        (Hour(59, 9, 10, recorded_in=10, recorded_out=10, faulty=3), True, "gaps"),
        (Hour(60, 9, 10, recorded_in=10, recorded_out=10, faulty=3, corrected=1), False, "device"),
        (Hour(60, 9, 10, recorded_in=10, recorded_out=10, corrected=1, late=1), True, "device"),
        (Hour(60, 9, 10, recorded_in=10, recorded_out=10, corrected=1, late=1), False, "corrected"),
        (Hour(60, 9, 10, recorded_in=10, recorded_out=10, late=1), False, "late"),
        (Hour(60, 9, 10, recorded_in=10, recorded_out=10), False, "unexplained"),
        (Hour(60, 0, 0), False, None),
    ],
)
def test_the_first_reason_that_explains_is_given(hour, still, reason):
    assert reason_of(hour, still) == reason


def test_only_the_product_compares(made):
    with writing(made) as connection, pytest.raises(Forbidden):
        reconcile(OFFICE, connection, at=at("20:30"))
