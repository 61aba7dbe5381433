"""When the hall is open: weekdays, holidays, single days, dimming; every line that cannot be read is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from data_access.settings import Wall
from kiosk.hours import BEIJING, Hours, WrongLine, dim_of, is_holiday, line_of
from kiosk.scenes import all_scenes
from kiosk.settings import WallSettingsError, wall_settings

days = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))
minutes = st.integers(0, 1439)
spans = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(sorted).map(
    lambda cuts: tuple(zip(cuts[::2], cuts[1::2], strict=False))
)  # fmt: skip


def clock(span: tuple[int, int]) -> str:
    return "{:02d}:{:02d}-{:02d}:{:02d}".format(*divmod(span[0], 60), *divmod(span[1], 60))


def at(day: dt.date, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BEIJING) + dt.timedelta(minutes=minute)


@given(days, minutes, spans)
def test_the_wall_is_lit_exactly_within_the_spans_of_the_day(day, minute, found):
    hours = Hours((line_of("周一-周日 " + " ".join(map(clock, found))), line_of("节假日 休")))
    open_now = not is_holiday(day) and any(start <= minute < end for start, end in found)

    assert hours.mode(at(day, minute)) == ("lit" if open_now else "dark")
    assert hours.mode(at(day, minute).astimezone(dt.UTC)) == hours.mode(at(day, minute))


@given(days, st.integers(0, 6), st.integers(0, 6))
def test_a_span_of_weekdays_goes_round_the_week(day, first, last):
    """周六-周一 is Saturday, Sunday and Monday."""
    names = "一二三四五六日"
    hours = Hours((line_of(f"周{names[first]}-周{names[last]} 00:00-24:00"),))
    inside = {(first + n) % 7 for n in range((last - first) % 7 + 1)}

    assert bool(hours.of(day)) == (day.weekday() in inside)


@given(days, spans, spans)
def test_a_date_goes_before_a_holiday_and_a_holiday_before_a_weekday(day, usual, special):
    lines = [line_of("周一-周日 " + " ".join(map(clock, usual))), line_of("节假日 10:00-11:00")]
    named = line_of(f"{day} " + " ".join(map(clock, special)))

    assert Hours((*lines, named)).of(day) == special
    assert Hours(tuple(lines)).of(day) == (((600, 660),) if is_holiday(day) else usual)


@given(days, spans)
def test_the_windows_of_a_span_of_days_are_what_the_mode_says(day, found):
    """Proof of play asks for windows, the screen for the mode: they must not differ."""
    hours = Hours((line_of("周一-周五 " + " ".join(map(clock, found))),))
    windows = hours.windows(day, day + dt.timedelta(days=7))

    for minute in range(0, 1440, 97):
        now = at(day, minute)
        assert any(begin <= now < end for begin, end in windows) == (hours.mode(now) == "lit")


def test_national_day_is_a_holiday_and_its_make_up_saturday_is_not():
    assert is_holiday(dt.date(2026, 10, 1)) and not is_holiday(dt.date(2026, 10, 10))
    assert not is_holiday(dt.date(2026, 11, 28))  # an ordinary Saturday
    assert not is_holiday(
        dt.date(2031, 10, 1)
    )  # a year the calendar does not know: the office writes the dates


def test_at_night_it_is_dimmed_over_midnight_too():
    hours = Hours((line_of("周一-周日 00:00-24:00"),), dim_of("18:30-07:00"))
    day = dt.date(2026, 11, 26)

    assert [hours.mode(at(day, h * 60)) for h in (6, 7, 18, 19, 23)] == ["dim", "lit", "lit", "dim", "dim"]


@pytest.mark.parametrize(
    "line",
    ["周八 09:00-10:00", "周一", "周一 9:00-10:00", "周一 10:00-09:00", "周一 09:00-24:30", "周一 09:00-25:00",
     "周一 09:00-11:00 10:00-12:00", "2026-02-30 休", "2026-05-02..2026-05-01 休", "每天 09:00-17:00"],
)  # fmt: skip
def test_a_line_that_cannot_be_read_says_how_it_is_written(line):
    with pytest.raises(WrongLine, match="「"):
        line_of(line)


def test_all_wrong_lines_are_listed_together():
    """The operator mends config.toml once, not once a start."""
    given_lines = Wall().model_dump() | {
        "playlist": ("overview=1", "nowhere=20", "live=20 夜里"),
        "opening": ("每天 09:00-17:00",),
        "addresses": ("10.12.3.999",),
        "occasions": ("08-08", "02-30 节"),
        "dim": "晚上",
        "day_parts": ("上午 09:00",),
    }
    with pytest.raises(WallSettingsError) as found:
        wall_settings(given_lines, hosts=["localhost"], storage=Path("var"), scenes=all_scenes())
    text = str(found.value)

    assert "有 9 处" in text
    for part in (
        "overview=1",
        "nowhere",
        "夜里",
        "每天",
        "10.12.3.999",
        "「08-08」",
        "02-30",
        "晚上",
        "上午 09:00",
    ):
        assert part in text


def test_the_shipped_lines_are_readable():
    found = wall_settings(Wall().model_dump(), hosts=["localhost"], storage=Path("var"), scenes=all_scenes())

    assert found.admits("127.0.0.1") and found.admits("::1") and found.admits("::ffff:127.0.0.1")
    assert not any(found.admits(a) for a in ("10.0.0.1", "", None, "localhost", "127.0.0.1, 10.0.0.1"))
    assert [o.name for o in found.occasions_of(dt.date(2027, 1, 1))] == ["全民健身日"]
