"""What a figure looks like: the same on the page, in the report and on the wall."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from ui import formats

RATIO = st.floats(min_value=-1000, max_value=1000, allow_nan=False)


@pytest.mark.parametrize(
    "write",
    [
        formats.percent,
        formats.points,
        formats.number,
        formats.wan,
        formats.money,
        formats.score,
        formats.date_zh,
        formats.day_month_zh,
        formats.month_zh,
        formats.datetime_zh,
        formats.clock,
        formats.duration_zh,
        formats.bytes_zh,
    ],
)
@pytest.mark.parametrize("value", [None, math.nan, math.inf, pd.NA, pd.NaT, Decimal("NaN")])
def test_a_missing_value_is_a_dash_and_never_zero(write, value):
    """“0%” would blame a department that promised nothing."""
    assert write(value) == "—"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.percent(0.873), "87.3%"),
        (formats.percent(0), "0.0%"),
        (formats.percent(0.0625, 1), "6.3%"),
        (formats.percent(-0.018, signed=True), "−1.8%"),
        (formats.points(0.004), "+0.4 个百分点"),
        (formats.points(-0.1), "−10.0 个百分点"),
        (formats.points(0), "0.0 个百分点"),
        (formats.number(86412), "86,412"),
        (formats.number(2.5), "3"),
        (formats.number(12, signed=True), "+12"),
        (formats.wan(9999), "9,999"),
        (formats.wan(12345), "1.2 万"),
        (formats.wan(99_999_999), "1.0 亿"),
        (formats.wan(1_234_500_000), "12.3 亿"),
        (formats.wan(-12345), "−1.2 万"),
        (formats.money(Decimal("1234567.8")), "123.46 万元"),
        (formats.money(Decimal("88.5")), "88.50 元"),
        (formats.score(Decimal("85.215")), "85.22 分"),
        (formats.duration_zh(0.44), "0.4 秒"),
        (formats.duration_zh(200), "3 分 20 秒"),
        (formats.duration_zh(6 * 3600 + 300), "6 小时 5 分"),
        (formats.duration_zh(2 * 86400), "2 天"),
        (formats.bytes_zh(831_488), "812 KB"),
        (formats.bytes_zh(3_565_158), "3.4 MB"),
        (formats.date_zh(dt.date(2022, 11, 22)), "2022年11月22日"),
        (formats.day_month_zh(dt.date(2026, 7, 4)), "7月4日"),
        (formats.month_zh(dt.date(2022, 1, 1)), "2022年1月"),
        (formats.month_zh(dt.date(2022, 1, 1), year=False), "1月"),
        (formats.listed(["科教处", "机关党委"]), "科教处、机关党委"),
        (formats.listed(["甲", "乙", "丙", "丁"]), "甲、乙、丙等 4 个"),
        (formats.listed([]), "—"),
    ],
)
def test_figures_read_as_people_write_them(shown, expected):
    assert shown == expected


@given(RATIO)
def test_percent_says_what_the_ratio_is_to_half_a_step(ratio):
    """Reading the text back gives the ratio again, as near as one decimal allows."""
    read = float(formats.percent(ratio).rstrip("%").replace(",", "").replace("−", "-")) / 100

    assert abs(read - ratio) <= 0.0005 + 1e-9


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_wan_never_shows_ten_thousand_of_a_unit_that_has_a_larger_one(value):
    """99,999,999 is 1.0 亿, not 10,000.0 万."""
    words, _, unit = formats.wan(value).partition(" ")
    size = abs(float(words.replace(",", "").replace("−", "-")))

    assert size < 10_000 or unit == "亿"
    assert (
        abs(size * {"": 1, "万": 1e4, "亿": 1e8}[unit] - abs(value))
        <= {"": 0, "万": 500, "亿": 5e6}[unit] + 1e-3
    )


@given(
    st.datetimes(
        min_value=dt.datetime(2000, 1, 1), max_value=dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)
    )
)
def test_moments_are_shown_in_beijing_time(moment):
    """A delivery at 16:30 UTC on the 31st arrived on the 1st."""
    expected = moment + dt.timedelta(hours=8)

    assert formats.datetime_zh(moment) == (
        f"{expected.year}年{expected.month}月{expected.day}日 {expected:%H:%M}"
    )
    assert formats.date_zh(moment).endswith(f"月{expected.day}日")


def test_a_moment_without_zone_is_refused():
    """Guessing the zone would move a deadline by eight hours."""
    with pytest.raises(ValueError, match="without a zone"):
        formats.datetime_zh(dt.datetime(2026, 11, 22, 14, 32))


def test_names_are_sorted_as_a_dictionary_sorts_them():
    """By code point 丰都 would come before 巴南."""
    assert formats.pinyin_sorted(["渝中", "巴南", "丰都", "城口", "长寿"]) == [
        "巴南",
        "长寿",
        "城口",
        "丰都",
        "渝中",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(start):
    assert formats.spreadsheet_safe(start + "HYPERLINK(1)") == "'" + start + "HYPERLINK(1)"
    assert formats.spreadsheet_safe("群体处=1") == "群体处=1"
    assert formats.spreadsheet_safe(-5) == -5
