"""The round and the guide: every wall computes the same scene, and nothing a guide did outlives him."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from kiosk.commands import (
    KINDS,
    SIGNATURE,
    Command,
    CommandFailed,
    CommandRefused,
    Replayed,
    Unauthorized,
    Verifier,
    command_of,
    load_key,
    send,
    signature,
    written,
)
from kiosk.control import GUIDE_LOST_MS, Control, toured
from kiosk.hours import BEIJING
from kiosk.playlist import Playlist, Step, entry_of, length_ms, part_of, place

ROUND = (Step("overview", 30), Step("live", 20), Step("flow", 10))
SCENES = ("overview", "live", "flow", "industry", "welcome")
NOW = 1_795_000_000_000
KEY = b"k" * 64

rounds = st.lists(
    st.builds(Step, st.sampled_from(SCENES[:4]), st.integers(2, 40)), min_size=1, max_size=6
).map(tuple)
moments = st.integers(NOW, NOW + 10**9)


def playing(now_ms: int = NOW) -> Control:
    control = Control()
    control.follow(ROUND, SCENES, now_ms)
    control.anchor_ms = now_ms
    return control


@given(rounds, moments, moments)
def test_the_place_in_the_round_is_a_function_of_the_clock(order, anchor, now):
    """Two walls with one clock, order and anchor can only show one scene."""
    found = place(order, anchor, now)

    assert found is not None and found.began_ms <= now < found.switch_ms
    assert found.switch_ms - found.began_ms == order[found.index].seconds * 1000
    assert place(order, anchor, now + length_ms(order)).index == found.index
    assert place(order, anchor, found.switch_ms).index == (found.index + 1) % len(order)


@given(rounds, rounds, moments)
def test_a_scene_goes_on_when_the_round_around_it_changes(old, new, now):
    """A scene that loses its data must not make the one on the wall jump."""
    control = Control()
    control.follow(old, SCENES, now)
    before = control.current(now)
    control.follow(new, SCENES, now)

    if before in [step.key for step in new] and len({s.key for s in new}) == len(new):
        seconds = next(s.seconds for s in new if s.key == before)
        began = place(old, 0, now).began_ms
        assert control.current(now) == before or now - began >= seconds * 1000
    assert control.current(now) in [step.key for step in new]


def test_a_scene_that_is_gone_gives_way_to_the_next():
    control = playing()
    control.follow(ROUND[1:], SCENES, NOW + 5000)

    assert control.current(NOW + 5000) == "live"
    assert control.following(NOW + 5000) == ("flow", NOW + 5000 + 20_000)


def test_next_previous_and_jump_move_the_round_for_all_walls():
    control = playing()
    control.obey(Command("next"), NOW + 1000)
    assert control.current(NOW + 1000) == "live"
    control.obey(Command("previous"), NOW + 2000)
    assert control.current(NOW + 2000) == "overview"
    control.obey(Command("previous"), NOW + 3000)
    assert control.current(NOW + 3000) == "flow"
    control.obey(Command("jump", scene="live"), NOW + 4000)

    assert control.current(NOW + 4000) == "live" and control.current(NOW + 24_000) == "flow"
    assert control.sequence == 4
    with pytest.raises(CommandRefused, match="没有数据"):
        control.obey(Command("jump", scene="fitness"), NOW + 5000)


def test_a_scene_outside_the_round_stands_until_the_guide_goes_on():
    control = playing()
    control.obey(Command("jump", scene="industry"), NOW)
    assert control.current(NOW + 50_000) == "industry" and control.following(NOW) == (None, None)
    control.obey(Command("next"), NOW + 1000)

    assert control.current(NOW + 1000) in ("overview", "live", "flow")


def test_a_guide_who_has_gone_leaves_nothing_standing():
    """60 s after his last sign of life the round goes on from the scene he had stopped at."""
    control = playing()
    control.obey(Command("jump", scene="live"), NOW)
    control.obey(Command("pause"), NOW + 3000)
    control.obey(Command("spotlight", adcode="500103"), NOW + 4000)
    control.tick(NOW + 4000 + GUIDE_LOST_MS - 1)
    assert control.paused and control.spotlight == "500103" and control.current(NOW + 60_000) == "live"
    control.tick(NOW + 4000 + GUIDE_LOST_MS)

    assert not control.paused and control.pinned is None and control.spotlight is None
    assert control.current(NOW + 64_000) == "live" and control.current(NOW + 84_000) == "flow"


def test_a_sign_of_life_keeps_the_guide():
    control = playing()
    control.obey(Command("pause"), NOW)
    for n in range(1, 10):
        control.obey(Command("present"), NOW + n * 20_000)
        control.tick(NOW + n * 20_000)

    assert control.paused and control.sequence == 1


def test_texts_end_by_themselves():
    control = playing()
    control.obey(Command("emergency", text="请从东门离开", minutes=2), NOW)
    control.obey(Command("message", text="三点整开讲", seconds=20), NOW)
    control.obey(Command("welcome", text="某某代表团", minutes=1), NOW)
    assert control.current(NOW) == "welcome"
    control.tick(NOW + 20_000)
    assert control.message is None and control.emergency is not None
    control.tick(NOW + 60_000)
    assert control.welcome is None and control.current(NOW + 60_000) == "overview"
    control.tick(NOW + 119_999)
    assert control.told()["emergency"] == {"text": "请从东门离开", "until_ms": NOW + 120_000}
    control.tick(NOW + 120_000)

    assert control.emergency is None


def test_a_clock_that_is_set_back_makes_nothing_last_longer():
    """An hour back while a guide is here: his pause ends a minute later, not in an hour and a minute."""
    control, back = playing(), NOW - 3_600_000
    control.obey(Command("emergency", text="请从东门离开", minutes=2), NOW)
    control.obey(Command("tour", minutes=10), NOW)
    control.obey(Command("pause"), NOW)
    control.tick(back)
    assert control.paused and control.emergency is not None
    control.tick(back + GUIDE_LOST_MS)
    assert not control.paused
    control.tick(back + 120_000)
    assert control.emergency is None and control.tour is not None
    control.tick(back + 600_000)

    assert control.tour is None


def test_clear_takes_everything_down_at_once():
    control = playing()
    control.obey(Command("emergency", text="演练", minutes=200), NOW)
    control.obey(Command("clear"), NOW + 1)

    assert control.told()["emergency"] is None


@given(rounds, st.integers(1, 120))
def test_a_tour_fills_the_minutes_it_is_given(order, minutes):
    found = toured(order, minutes * 60)

    assert length_ms(found) == minutes * 60_000
    assert all(step.seconds >= 10 for step in found)
    assert [s.key for s in found] == [s.key for s in order[: len(found)]]


def test_after_its_tour_the_wall_goes_on_with_the_round():
    control = playing()
    control.obey(Command("tour", minutes=3), NOW)
    assert [(s.key, s.seconds) for s in control.order] == [("overview", 85), ("live", 60), ("flow", 35)]
    control.tick(NOW + 179_999)
    assert control.current(NOW + 179_999) == "flow"
    control.tick(NOW + 180_000)

    assert control.tour is None and control.current(NOW + 180_000) == "overview"


def test_nothing_to_play_is_said_to_the_guide():
    control = Control()
    for kind in ("next", "pause"):
        with pytest.raises(CommandRefused, match="没有可以播放"):
            control.obey(Command(kind), NOW)
    assert control.current(NOW) is None and control.told()["order"] == []


# ---------------------------------------------------------------- day parts
def test_a_scene_of_a_day_part_is_shown_then_only_and_an_internal_one_not_to_the_public():
    parts = dict([part_of("上午 09:00-12:00"), part_of("下午 12:00-18:00")])
    entries = tuple(
        entry_of(t, parts) for t in ("overview=30", "live=20 上午", "flow 上午 下午", "industry=9 内部")
    )
    playlist = Playlist(entries, parts)

    def keys(hour: int, internal: bool = False) -> list[str]:
        now = dt.datetime(2026, 11, 26, hour, tzinfo=BEIJING)
        return [entry.key for entry in playlist.at(now, internal=internal)]

    assert keys(9) == ["overview", "live", "flow"] and keys(12) == ["overview", "flow"]
    assert keys(8) == ["overview"] and keys(8, internal=True) == ["overview", "industry"]


# ---------------------------------------------------------------- who may speak
def test_a_signed_command_is_obeyed_once():
    verifier, body = Verifier(KEY, NOW), written(Command("next"), NOW + 5)

    assert verifier.verified(signature(KEY, body), body, NOW + 10) == Command("next")
    with pytest.raises(Replayed, match="已经执行"):
        verifier.verified(signature(KEY, body), body, NOW + 11)


def test_a_command_is_not_repeated_though_the_clock_jumps():
    """Two minutes ahead and back again: time alone would have forgotten the number; a clock set back locks nobody out."""
    verifier, body = Verifier(KEY, NOW), written(Command("next"), NOW + 5)
    verifier.verified(signature(KEY, body), body, NOW + 10)
    later = written(Command("next"), NOW + 120_000)
    verifier.verified(signature(KEY, later), later, NOW + 120_000)
    with pytest.raises(Replayed):
        verifier.verified(signature(KEY, body), body, NOW + 20)

    back = written(Command("pause"), NOW - 600_000)
    assert verifier.verified(signature(KEY, back), back, NOW - 600_000) == Command("pause")


@pytest.mark.parametrize("given_signature", [None, "", "0" * 64, signature(b"x" * 64, b"{}"), "中"])
def test_without_our_key_nobody_speaks(given_signature):
    body = written(Command("next"), NOW)
    with pytest.raises(Unauthorized):
        Verifier(KEY, NOW).verified(given_signature, body, NOW)


@given(st.binary(max_size=200), st.integers(0, 199), st.integers(1, 255))
def test_a_changed_body_is_not_signed(junk, where, change):
    body = bytearray(written(Command("message", text="三点整开讲", seconds=20), NOW))
    good = signature(KEY, bytes(body))
    body[where % len(body)] ^= change
    for changed in (bytes(body), junk):
        with pytest.raises(Unauthorized):
            Verifier(KEY, NOW).verified(good, changed, NOW)


@pytest.mark.parametrize("at_ms", [NOW - 30_001, NOW + 30_001, NOW - 1])
def test_a_command_of_another_time_or_of_the_wall_before_is_not_repeated(at_ms):
    """What the wall obeyed before it was restarted must not be sent to it again."""
    body = written(Command("next"), at_ms)
    with pytest.raises(Replayed, match="已过时"):
        Verifier(KEY, NOW if at_ms == NOW - 1 else 0).verified(signature(KEY, body), body, NOW)


@pytest.mark.parametrize(
    "told",
    [None, [], {}, {"kind": "shutdown"}, {"kind": "next", "x": 1}, {"kind": "jump"}, {"kind": "jump", "scene": "../x"},
     {"kind": "message", "text": "字" * 61, "seconds": 20}, {"kind": "message", "text": "好", "seconds": True},
     {"kind": "message", "text": "请致电 138-0013-8000", "seconds": 20}, {"kind": "emergency", "text": "走", "minutes": 241},
     {"kind": "welcome", "text": "<b>", "minutes": 5}, {"kind": "spotlight", "adcode": "110101"}, {"kind": 7}],
)  # fmt: skip
def test_what_is_no_command_is_refused_in_words(told):
    with pytest.raises(CommandRefused, match="。"):
        command_of(told)


def test_every_kind_does_something():
    """A kind without a deed would be a KeyError in the event loop."""
    words = {"jump": {"scene": "live"}, "message": {"text": "好", "seconds": 5}, "tour": {"minutes": 1},
             "welcome": {"text": "好", "minutes": 1}, "emergency": {"text": "好", "minutes": 1}}  # fmt: skip
    for kind in KINDS:
        control = playing()
        control.obey(Command(kind, **words.get(kind, {})), NOW)
        assert control.guide_until_ms > NOW, f"after {kind} the wall does not know that a guide is there"
        assert control.sequence == (kind != "present")


def test_the_key_is_made_once_and_kept_from_others(tmp_path):
    path = tmp_path / "wall" / "command.key"
    key = load_key(path)

    assert load_key(path) == key and path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(CommandFailed, match="chmod 600"):
        load_key(path)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(CommandFailed, match="不完整"):
        load_key(path)


def test_a_wall_that_does_not_answer_is_told_in_words():
    with pytest.raises(CommandFailed, match="没有应答"):
        send("http://127.0.0.1:9", KEY, Command("next"), at_ms=NOW, timeout_s=0.5)
    assert SIGNATURE == "X-Wall-Signature"
