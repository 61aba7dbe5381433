"""Messages of the live feed: each minute once, whatever the order they come in."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from data_access.engine import reading
from data_access.live.messages import Message, NoMessage, hour_end_of, parse
from data_access.live.prune import oldest, prune
from data_access.live.tables import live_alert, live_hour, live_minute, live_venue
from data_access.live.take import Rules, take
from data_access.principal import OFFICE, Forbidden
from data_access.versions import data_versions
from tests.live.made_up import DAY, GYM, POOL, at, content, forget, hear, rows_of, told


def version(made) -> int:
    with reading(made) as connection:
        return data_versions(OFFICE, connection)["live"]


# ---------------------------------------------------------------- exactly once


def test_a_message_that_comes_again_changes_nothing(made):
    """Overlapping pulls bring most messages twice; not even the data version moves."""
    lot = [told("18:00", 3, 1, 20), told("18:01", 2, 2, 20), told("18:00", 1, 0, 7, venue=POOL)]
    assert (hear(made, lot).added, version(made)) == (3, 1)
    before = content(made)
    again = hear(made, [*lot, *lot], "23:30")

    assert (again.added, again.corrected, again.repeated) == (0, 0, 6)
    assert content(made) == before
    assert version(made) == 1


def test_a_late_message_lands_in_the_hour_it_belongs_to(made):
    """Told at nine, it happened at half past six: seven o'clock's hour grows, not nine's."""
    hear(made, [told("20:40", 5, 0, 30)], "20:41")
    hear(made, [told("18:30", 7, 2, 25)], "21:00")

    assert rows_of(made, live_hour, "hour_end", "people_in", "people_out", "minutes", "late") == [
        ("19:00", 7, 2, 1, 1),
        ("21:00", 5, 0, 1, 0),
    ]
    assert rows_of(made, live_venue, "minute", "present") == [("20:40", 30)], "the newest minute stays"


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_a_corrected_counter_wins_by_its_sequence(made, order):
    for sequence in order:
        hear(made, [told("18:00", 10 * sequence, 0, 50, sequence=sequence)])

    assert rows_of(made, live_minute, "people_in", "sequence") == [(30, 3)]
    assert rows_of(made, live_hour, "people_in", "minutes", "corrected") == [(30, 1, 1)]


def test_two_statements_under_one_sequence_end_the_same_either_way(made):
    """The platform's fault; but two machines that hear them in another order must agree."""
    one, other = told("18:00", 4, 0, 9), told("18:00", 4, 1, 8)
    hear(made, [one])
    hear(made, [other])
    first = content(made)
    forget(made)
    hear(made, [other])
    hear(made, [one])

    assert content(made) == first


MESSAGES = st.builds(
    lambda venue, minute, into, present, sequence: told(
        f"{17 + minute // 60}:{minute % 60:02d}",
        into,
        0,
        present,
        venue=venue,
        sequence=sequence,
        capacity=10,
    ),
    st.sampled_from([GYM, POOL]),
    st.integers(55, 64),
    st.integers(0, 3),
    st.integers(4, 11),
    st.integers(1, 3),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(MESSAGES, min_size=1, max_size=25), data=st.data())
def test_any_order_in_any_lots_ends_in_the_same_rows(made, messages, data):
    """Minutes, hours, newest minutes and alerts: reordered, repeated and cut into lots as it may be."""
    forget(made)
    hear(made, messages)
    at_once = content(made)
    forget(made)
    shuffled = data.draw(st.permutations([*messages, *data.draw(st.lists(st.sampled_from(messages)))]))
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        hear(made, shuffled[:size])
        shuffled = shuffled[size:]

    assert content(made) == at_once


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(MESSAGES, min_size=1, max_size=25))
def test_hours_are_the_sums_of_what_counts(made, messages):
    """Computed a second time by a plain loop."""
    forget(made)
    hear(made, messages)
    counts: dict[tuple[str, dt.datetime], Message] = {}
    for m in messages:
        if m.key not in counts or m.rank > counts[m.key].rank:
            counts[m.key] = m
    expected: dict[tuple[str, str], list[int]] = {}
    for m in counts.values():
        line = expected.setdefault((m.venue_code, "18:00" if m.minute.minute > 30 else "19:00"), [0, 0, 0])
        line[0] += m.people_in
        line[1] = max(line[1], m.present)
        line[2] += 1

    found = rows_of(made, live_hour, "venue_code", "hour_end", "people_in", "peak", "minutes")
    assert {(code, end): list(rest) for code, end, *rest in found} == expected


# ---------------------------------------------------------------- what is not taken


def test_a_venue_whose_clock_runs_ahead_is_not_believed(made):
    taken = hear(made, [told("18:05"), told("18:01")], "18:00")

    assert (taken.ahead, taken.added) == (1, 1)


def test_what_is_older_than_is_kept_is_refused_and_removed(made):
    """Whole days: a pruned hour cannot come back with a few of its minutes."""
    now = at("00:10")
    assert oldest(now, 7) == at("00:00", dt.date(2026, 10, 2))
    first = told("00:00", day=dt.date(2026, 10, 2))
    hear(made, [first, told("23:59", day=dt.date(2026, 10, 2))], day=dt.date(2026, 10, 3))
    taken = hear(made, [told("23:59", day=dt.date(2026, 10, 1)), first], "00:10")
    with reading(made) as connection, pytest.raises(Forbidden):
        prune(OFFICE, connection, at=now, keep_days=7)
    pruned = _prune(made, at("00:10", dt.date(2026, 10, 10)))

    assert (taken.too_old, taken.repeated) == (1, 1)
    assert pruned == 2
    assert content(made)["live_hour"] == content(made)["live_minute"] == []
    assert len(content(made)["live_venue"]) == 1, "when it was last heard stays known"


def _prune(made, now) -> int:
    from data_access.engine import writing
    from data_access.principal import SYSTEM

    with writing(made) as connection:
        return prune(SYSTEM, connection, at=now, keep_days=7)


def test_only_the_product_itself_takes_messages(made):
    with reading(made) as connection, pytest.raises(Forbidden):
        take(OFFICE, connection, [told("18:00")], at=at("18:01"), rules=Rules())


def test_the_operators_capacity_goes_before_the_platforms(made):
    hear(made, [told("18:00", present=45, capacity=100)], rules=Rules(capacities={GYM: 50}))

    assert rows_of(made, live_venue, "capacity") == [(50,)]
    assert rows_of(made, live_alert, "threshold", "capacity") == [(40, 50)]


GOOD = {
    "venue_code": GYM, "minute": "2026-10-09T18:00:00+08:00", "people_in": 1, "people_out": 0, "present": 3,
    "device_state": "在线", "sequence": 1, "capacity": None,
}  # fmt: skip


def test_a_message_is_read_from_the_platforms_json():
    message = parse(GOOD)

    assert message == told("18:00", 1, 0, 3, capacity=None)
    assert message.minute.tzinfo is dt.UTC
    assert parse(GOOD | {"minute": "2026-10-09T18:00:00"}) == message, "without a zone it is 北京时间"
    assert hour_end_of(message.minute) == at("19:00")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"venue_code": "50010301"}, "场馆编码"),
        ({"minute": "2026-10-09T18:00:30+08:00"}, "整分"),
        ({"minute": 18}, "时间"),
        ({"people_in": -1}, "people_in"),
        ({"people_out": "3"}, "people_out"),
        ({"present": True}, "present"),
        ({"sequence": 0}, "sequence"),
        ({"device_state": "睡眠"}, "设备状态"),
        ({"capacity": 0}, "capacity"),
    ],
)
def test_what_is_no_message_says_what_is_wrong(wrong, says):
    with pytest.raises(NoMessage, match=says):
        parse(GOOD | wrong)


def test_days_are_those_of_beijing(made):
    """Half past midnight here is still yesterday in UTC; the hour belongs to this day."""
    hear(made, [told("00:30", 2, 0, 2)], "00:31")

    assert rows_of(made, live_hour, "hour_end", "people_in") == [("01:00", 2)]
    assert dt.date(2026, 10, 9) == DAY
