"""Proof of play: what screens tell is kept, what is missing in it becomes an alarm, a month adds up."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.proof import Alarm, Beat, BeatRefused, Book, alarms, append, beat_of, months, read
from kiosk.proof_month import month_before, summary

NINE = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
"""09:00 in Beijing, when the hall opens."""
MINUTE = dt.timedelta(minutes=1)
ROOT = Path(__file__).resolve().parents[2]


def opening(day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
    """09:00–09:30, closed on Mondays."""
    begin = dt.datetime(day.year, day.month, day.day, 1, tzinfo=dt.UTC)
    return [] if day.weekday() == 0 else [(begin, begin + 30 * MINUTE)]


def beats(
    minutes, screen="west", *, frames=None, scene=None, mode="lit", held=False, start=NINE
) -> list[Beat]:
    """One beat at each of these minutes; by default the picture moves and the scene changes."""
    return [
        Beat(
            screen, start + m * MINUTE, scene or f"scene{m % 7}", () if scene else (f"scene{m % 7}",),
            m * 60 if frames is None else frames, mode, held,
        )
        for m in minutes
    ]  # fmt: skip


def body(**changed) -> bytes:
    told = {
        "screen": "west",
        "scene": "overview",
        "shown": ["overview"],
        "frames": 7,
        "mode": "lit",
        "held": False,
    }
    return json.dumps({**told, **changed}).encode()


def test_what_a_screen_tells_is_read_back(tmp_path):
    book = Book(tmp_path / "proof", NINE)
    assert book.record(body(), NINE) and book.record(body(frames=8), NINE + MINUTE)

    record = read(tmp_path / "proof", "2026-11")

    assert [b.frames for b in record.beats] == [7, 8] and record.torn == 0
    assert record.beats[0] == beat_of(body(), NINE)
    assert months(tmp_path / "proof") == ["2026-11"] and months(tmp_path / "none") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"screen": "West/../x"}, {"screen": "x" * 33}, {"screen": None}, {"scene": "<b>"}, {"shown": "overview"},
        {"shown": ["a"] * 61}, {"shown": [1]}, {"frames": -1}, {"frames": True}, {"frames": "7"},
        {"mode": "bright"}, {"held": 1}, {"pad": "x" * 2100},
    ],
)  # fmt: skip
def test_what_is_no_beat_is_refused_and_leaves_no_line(tmp_path, wrong):
    """The address is open to the hall's network: nothing that comes from there reaches the file unread."""
    with pytest.raises(BeatRefused):
        Book(tmp_path, NINE).record(body(**wrong), NINE)
    with pytest.raises(BeatRefused):
        beat_of(b"[]", NINE)
    assert not list(tmp_path.iterdir())


def test_a_flood_of_beats_or_names_does_not_fill_the_disk(tmp_path):
    book = Book(tmp_path, NINE)
    written = [book.record(body(), NINE + dt.timedelta(seconds=n)) for n in range(25)]
    assert written.count(True) == 3
    for n in range(63):
        book.record(body(screen=f"s{n}"), NINE)
    with pytest.raises(BeatRefused, match="64 screens"):
        book.record(body(screen="one-more"), NINE)


def test_a_line_torn_by_kill_9_is_skipped_told_and_does_not_spoil_the_next(tmp_path):
    append(tmp_path, beat_of(body(), NINE))
    path = tmp_path / "2026-11.jsonl"
    path.write_bytes(path.read_bytes() + b'{"at":"2026-11-24T01:01')

    append(tmp_path, beat_of(body(frames=9), NINE + 2 * MINUTE))

    record = read(tmp_path, "2026-11")
    assert ([b.frames for b in record.beats], record.torn) == ([7, 9], 1)


WRITER = """
import datetime as dt, sys
from pathlib import Path
from kiosk.proof import append, beat_of
at = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)
for n in range(100_000):
    append(Path(sys.argv[1]), beat_of(b'{"screen":"%s","scene":"a","frames":%d}' % (sys.argv[2].encode(), n), at))
    if n == 0: print("on", flush=True)
"""


def test_two_servers_on_one_file_killed_while_writing_leave_whole_lines(tmp_path):
    """A roll-over of the service has two for a moment; a power cut has no time for courtesy."""
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name], cwd=ROOT, stdout=subprocess.PIPE
        )
        for name in ("west", "east")
    ]
    for one in both:
        assert one.stdout is not None and one.stdout.readline() == b"on\n"
    time.sleep(0.2)
    for one in both:
        os.kill(one.pid, signal.SIGKILL)
        one.communicate()

    record = read(tmp_path, "2026-11")

    assert record.torn <= 2
    for name in ("west", "east"):
        frames = [b.frames for b in record.beats if b.screen == name]
        assert frames == list(range(len(frames))) and frames


WINDOW = opening(NINE.date())


@pytest.mark.parametrize(
    ("told", "minute", "expected"),
    [
        (beats(range(30)), 30, []),
        # silent: from the last beat to the next one; still silent has no end; closed is not silent
        (beats([*range(5), *range(12, 30)]), 30, [("silent", 4, 12)]),
        (beats(range(5)), 20, [("silent", 4, None)]),
        (beats(range(5)), 45, [("silent", 4, 30)]),
        (beats(range(2, 30)), 30, []),
        ([], 4, [("silent", 0, None)]),
        (beats(range(30)), 600, []),
        # frozen: it beats, and nothing is painted any more
        (beats(range(5)) + beats(range(5, 12), frames=5) + beats(range(12, 30)), 30, [("frozen", 5, 12)]),
        (beats(range(5)) + beats(range(5, 7), frames=5) + beats(range(7, 30)), 30, []),
        (beats(range(30), frames=5), 29.5, [("frozen", 0, None)]),
        (beats(range(30), frames=5, mode="dark"), 30, []),
        # stuck: it paints, and the scene stays; unless it is meant to
        (beats(range(30), scene="overview"), 29.5, [("stuck", 0, None)]),
        (beats(range(30), scene="overview", held=True), 30, []),
        (beats(range(12), scene="overview") + beats(range(12, 30)), 30, [("stuck", 0, 12)]),
    ],
)  # fmt: skip
def test_an_alarm_says_what_is_wrong_from_when_to_when(told, minute, expected):
    found = alarms(told, ["west"], WINDOW, NINE + minute * MINUTE)

    def at(value):
        return None if value is None else NINE + value * MINUTE

    assert found == [Alarm("west", kind, at(begin), at(end)) for kind, begin, end in expected]


def test_the_running_server_knows_what_is_wrong_now_also_after_its_restart(tmp_path):
    book = Book(tmp_path, NINE)
    for minute in range(5):
        book.record(body(frames=3, shown=["overview"]), NINE + minute * MINUTE)
    assert [a.kind for a in book.alarms(NINE + 4 * MINUTE, WINDOW)] == ["frozen"]

    again = Book(tmp_path, NINE + 9 * MINUTE)

    assert again.alarms(NINE + 11 * MINUTE, WINDOW) == [], "it has not listened for three minutes yet"
    assert [(a.screen, a.kind) for a in again.alarms(NINE + 13 * MINUTE, WINDOW)] == [("west", "silent")]
    assert again.last["west"].frames == 3


def test_a_screen_of_yesterday_is_expected_on_the_first_of_a_month(tmp_path):
    """A server that begins at 00:10 finds last night's beats in last month's file."""
    midnight = dt.datetime(2026, 11, 30, 16, 0, tzinfo=dt.UTC)
    append(tmp_path, beat_of(body(), midnight - 5 * MINUTE))
    book = Book(tmp_path, midnight + 10 * MINUTE)

    assert [a.screen for a in book.alarms(midnight + 20 * MINUTE, [(midnight, midnight + 60 * MINUTE)])] == [
        "west"
    ]


def test_a_screen_that_was_taken_down_is_forgotten_after_a_week_and_its_name_is_free(tmp_path):
    book = Book(tmp_path, NINE)
    for n in range(64):
        book.record(body(screen=f"s{n}"), NINE)
    later = NINE + dt.timedelta(days=7, seconds=1)

    assert book.record(body(screen="one-more"), later) and set(book.last) == {"one-more"}


def test_of_a_long_file_only_the_newest_lines_are_read(tmp_path):
    for minute in range(50):
        append(tmp_path, beat_of(body(), NINE + minute * MINUTE))
    found = read(tmp_path, "2026-11", newest=1000)

    assert 3 <= len(found.beats) < 10 and found.torn == 0 and found.beats[-1].at == NINE + 49 * MINUTE


def test_a_month_adds_up_minutes_scenes_heartbeats_and_alarms():
    """
    Tuesday: 30 of 30 minutes. Wednesday: beats of minutes 0–9 and 20–29: ten are missed, the ten between are
    dark. Monday is closed, and before Tuesday the screen was not yet there.
    """
    wednesday = NINE + dt.timedelta(days=1)
    told = beats(range(30)) + beats([*range(10), *range(20, 30)], start=wednesday)

    month = summary("2026-11", told, [], opening, wednesday + dt.timedelta(hours=3), torn=1)

    assert [(d.day.day, d.open_minutes, d.lit_minutes, d.missed) for d in month.days] == [
        (24, 30, 30, 0), (25, 30, 20, 10),
    ]  # fmt: skip
    assert (month.open_minutes, month.lit_minutes, month.torn) == (60, 50, 1)
    assert month.ratio == pytest.approx(50 / 60)
    assert sum(times for _, times in month.scenes) == 50 and month.scenes[0] == ("scene0", 9)
    assert month.alarms == (Alarm("west", "silent", wednesday + 9 * MINUTE, wednesday + 20 * MINUTE),)


def test_a_silence_that_goes_on_has_no_end_yet():
    month = summary("2026-11", beats(range(5)), [], opening, NINE + 12 * MINUTE)

    assert month.alarms == (Alarm("west", "silent", NINE + 4 * MINUTE, None),)
    assert [(d.open_minutes, d.lit_minutes) for d in month.days] == [(12, 5)]


def test_a_screen_of_last_month_is_missed_on_the_first_day_of_this_one():
    """Otherwise a wall that died at midnight would have a perfect month."""
    first = dt.datetime(2026, 12, 1, 1, 30, tzinfo=dt.UTC)
    before = beats(range(30), start=dt.datetime(2026, 11, 29, 1, tzinfo=dt.UTC))

    month = summary("2026-12", [], before, opening, first)

    assert [(d.day.isoformat(), d.lit_minutes, d.missed) for d in month.days] == [("2026-12-01", 0, 29)]
    assert [a.kind for a in month.alarms] == ["silent"]
    assert month_before("2026-12") == "2026-11" and month_before("2027-01") == "2026-12"


def test_a_screen_taken_down_rings_no_alarm_for_the_rest_of_the_month():
    month = summary("2026-11", beats(range(30)), [], opening, NINE + dt.timedelta(days=6, hours=23))
    assert len({d.day for d in month.days}) == 6, "it may come back"

    month = summary("2026-11", beats(range(30)), [], opening, NINE + dt.timedelta(days=9))
    assert len({d.day for d in month.days}) == 1 and not month.alarms


def test_a_dark_screen_is_not_lit():
    month = summary("2026-11", beats(range(30), mode="dark"), [], opening, NINE + 60 * MINUTE)

    assert month.lit_minutes == 0 and not month.alarms and month.missed == 0
