"""Crowding: raised at a share of the capacity, over when calm, acknowledged once, by whom and when."""

from __future__ import annotations

import datetime as dt

import pytest

from data_access.engine import reading, writing
from data_access.live import lately
from data_access.live.alerts import AlertRefused, Crowding, acknowledge, episodes, lose_silent
from data_access.live.tables import live_alert
from data_access.principal import OFFICE, SYSTEM, Forbidden, Principal
from data_access.queries.audit_entries import AuditFilter, entries
from tests.live.made_up import DAY, GYM, STADIUM, at, connect, content, hear, rows_of, told

WANZHOU = Principal("district", "500101", "万州经办人", "wanzhou")
LEADER, GUIDE = Principal("leader", "leader", "局领导"), Principal("guide", "guide", "讲解员")
SHOWN = ("raised_minute", "threshold", "peak", "peak_minute", "fell_minute")


def crowd(*present: int, start: str = "18:00", **more):
    """Minutes one after the other with so many people present (of 100)."""
    first = dt.datetime.combine(DAY, dt.time.fromisoformat(start))
    clocks = [(first + dt.timedelta(minutes=n)).strftime("%H:%M") for n in range(len(present))]
    return [told(clock, 1, 0, p, **more) for clock, p in zip(clocks, present, strict=True)]


def test_an_alert_lasts_until_it_is_calm_not_until_it_is_a_little_less_full(made):
    """80 of 100 raises it, 75 does not end it, 69 does: around the threshold nobody is told ten times."""
    hear(made, crowd(79, 80, 75, 92, 70, 69, 60))

    assert rows_of(made, live_alert, *SHOWN) == [("18:01", 80, 92, "18:03", "18:05")]


def test_a_venue_without_a_capacity_is_never_crowded(made):
    hear(made, crowd(500, 900, capacity=None))

    assert content(made)["live_alert"] == []


def test_a_late_minute_moves_joins_and_splits_alerts(made):
    """As if it had come in time: the minute that was missing was calm, so there were two alerts."""
    messages = crowd(85, 85, 60, 85, 60)
    hear(made, [m for m in messages if m.minute != at("18:02")])
    assert rows_of(made, live_alert, "raised_minute", "fell_minute") == [("18:00", "18:04")]
    taken = hear(made, messages)

    assert rows_of(made, live_alert, "raised_minute", "fell_minute") == [
        ("18:00", "18:02"),
        ("18:03", "18:04"),
    ]
    assert taken.raised == 1


def test_a_corrected_counter_takes_an_alert_back(made):
    hear(made, crowd(90))
    hear(made, [told("18:00", present=9, sequence=2)])

    assert content(made)["live_alert"] == []


def test_a_new_day_ends_what_was_open(made):
    hear(made, crowd(85, start="23:58"), "23:59")
    assert rows_of(made, live_alert, "fell_minute") == [(None,)]
    tomorrow = DAY + dt.timedelta(days=1)
    hear(made, [told("00:00", present=3, day=tomorrow)], "00:01", day=tomorrow)

    assert rows_of(made, live_alert, "fell_minute") == [("00:00",)]
    hear(made, [told("23:57", present=40)], "00:02", day=tomorrow)  # of the day before, and alone
    assert rows_of(made, live_alert, "raised_minute", "fell_minute") == [("23:58", "00:00")]


def test_who_acknowledged_stays_when_minutes_move_the_alert(made):
    connect(made)
    hear(made, crowd(85, 85, start="18:01"))
    with writing(made) as connection:
        acknowledge(OFFICE, connection, GYM, at("18:01"), note="已通知场馆限流", at=at("18:05"))
    hear(made, crowd(88, start="18:00"))
    hear(made, crowd(50, 85, start="18:03"))
    with reading(made) as connection:
        later, first = lately.alerts(OFFICE, connection, at("00:00"))
        audit = [
            e.object for e in entries(OFFICE, connection, AuditFilter()) if e.action == "live.acknowledge"
        ]

    assert (first.raised_minute, first.fell_minute) == (at("18:00"), at("18:03"))
    assert (first.acknowledged_by, first.acknowledged_at, first.note) == (
        "局办公室",
        at("18:05"),
        "已通知场馆限流",
    )
    assert later.raised_minute == at("18:04") and later.acknowledged_by is None, (
        "crowded anew, to be seen anew"
    )
    assert audit == [f"{GYM} 2026-10-09T18:01+08:00"]


def test_an_acknowledged_alert_that_was_none_stays_in_the_list(made):
    """Somebody has acted on it; that the counter was wrong does not undo that."""
    connect(made)
    hear(made, crowd(90))
    with writing(made) as connection:
        acknowledge(OFFICE, connection, GYM, at("18:00"), at=at("18:02"))
    hear(made, [told("18:00", present=9, sequence=2)])

    assert rows_of(made, live_alert, "raised_minute", "fell_minute", "acknowledged_by") == [
        ("18:00", "18:00", "局办公室")
    ]


def test_it_is_acknowledged_once_and_by_who_may_see_the_venue(made):
    connect(made)
    hear(made, crowd(90) + crowd(95, venue=STADIUM))
    with writing(made) as connection:
        acknowledge(WANZHOU, connection, STADIUM, at("18:00"), at=at("18:02"))
    for who, venue, says in (
        (OFFICE, STADIUM, "已由万州经办人确认"),
        (WANZHOU, GYM, "没有这条拥挤提醒"),
        (OFFICE, GYM, "最多 200 字"),
    ):
        note = "长" * 201 if venue == GYM and who is OFFICE else ""
        with pytest.raises(AlertRefused, match=says), writing(made) as connection:
            acknowledge(who, connection, venue, at("18:00"), note=note, at=at("18:03"))
    for who in (LEADER, GUIDE):
        with pytest.raises(Forbidden), writing(made) as connection:
            acknowledge(who, connection, GYM, at("18:00"), at=at("18:03"))


def test_the_threshold_is_reached_by_whole_people():
    """80 % of 41 is 32.8: thirty-two are not yet crowded, thirty-three are."""
    rules = Crowding()

    assert rules.threshold(41) == 33
    assert [e.peak for e in episodes([(at("18:00"), 32, 41), (at("18:01"), 33, 41)], rules)] == [33]


def test_a_venue_that_falls_silent_while_crowded_is_lost(made):
    """It ends with its last minute and says so; when messages come again it goes on, with who acknowledged it."""
    connect(made)
    hear(made, crowd(85, 90), "18:02")
    with writing(made) as connection:
        acknowledge(OFFICE, connection, GYM, at("18:00"), at=at("18:03"))
        assert lose_silent(SYSTEM, connection, at("18:07")) == 0, "six minutes are no silence yet"
        assert lose_silent(SYSTEM, connection, at("18:08")) == 1
    columns = ("raised_minute", "fell_minute", "lost_minute", "acknowledged_by")
    lost = rows_of(made, live_alert, *columns)
    with reading(made) as connection:
        is_open = lately.alerts(OFFICE, connection, at("00:00"), is_open=True)
        counts = lately.alert_counts(OFFICE, connection, at("00:00"))
    hear(made, crowd(91, start="18:12"), "18:13")
    again = rows_of(made, live_alert, *columns)

    assert lost == [("18:00", None, "18:02", "局办公室")]
    assert is_open == [] and (counts.every, counts.crowded, counts.lost) == (1, 0, 1)
    assert again == [("18:00", None, None, "局办公室")]


def test_only_so_many_alerts_are_named_and_all_are_counted(made):
    connect(made)
    hear(made, [m for n in range(0, 10, 2) for m in crowd(90, 10, start=f"18:{n:02d}")], "18:12")
    with reading(made) as connection:
        named = lately.alerts(OFFICE, connection, at("00:00"), most=2)
        counts = lately.alert_counts(OFFICE, connection, at("00:00"))
        elsewhere = lately.alert_counts(OFFICE, connection, at("00:00"), district="500101")

    assert [a.raised_minute for a in named] == [at("18:08"), at("18:06")]
    assert (counts.every, counts.unseen, elsewhere.every) == (5, 5, 0)
