"""The pieces of a page, drawn by Streamlit itself."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from ui import html, widgets


def run(script) -> AppTest:
    page = AppTest.from_function(script).run()
    assert not page.exception
    return page


def test_counts_in_a_table_have_separators_and_stay_numbers():
    def script():
        import pandas as pd

        from ui import widgets

        frame = pd.DataFrame({"类别": ["裁判员"], "年度": [2026], "记录数": [1387104]})
        widgets.table(frame, counts=("记录数",))

    (table,) = run(script).dataframe
    columns = json.loads(table.proto.columns)

    assert columns["记录数"]["type_config"] == {"type": "number", "format": "%,d"}
    assert "年度" not in columns and list(table.value["记录数"]) == [1387104]


def test_a_fall_points_down_and_is_red_only_where_it_is_bad():
    """The target picture once showed a fall with a green arrow up."""

    def script():
        from ui import widgets

        widgets.metric_cards(
            [
                widgets.Metric("按时率", "92.6%", "−1.8 个百分点", "较上月"),
                widgets.Metric("退回率", "1.0%", "−0.3 个百分点", up_is_good=False),
                widgets.Metric("到馆", "5", "0"),
                widgets.Metric("无", "—"),
            ]
        )

    (cards,) = run(script).get("html")
    drawn = cards.proto.body.split('<div class="metric">')[1:]  # type: ignore[attr-defined]

    kinds = [("arrow_downward" in card, re.findall(r'class="pill (\w+)"', card)) for card in drawn]
    assert kinds == [(True, ["alarm"]), (True, ["good"]), (False, ["muted"]), (False, [])]
    assert "−1.8 个百分点" in drawn[0] and "change" not in drawn[3]


def test_text_and_pictures_gathered_go_as_one_message():
    """Each message costs a rerun; what is gathered keeps its order, and is sent even when a piece fails."""

    def script():
        from ui import widgets

        with widgets.together():
            widgets.headline("先")
            widgets.two_sides(lambda: widgets.heading("左"), lambda: widgets.heading("右"))
            widgets.notice("good", "", "后")

    (sent,) = run(script).get("html")

    assert re.findall("[先左右后]", sent.proto.body) == ["先", "左", "右", "后"]  # type: ignore[attr-defined]


BARS = """
from ui import html, widgets
widgets.ranked_bars(
    [
        widgets.Bar("群体处", 0.912, reach=1.0, address="/progress?department=mass_sport"),
        widgets.Bar("<b>科教处</b>", 0.718, "alarm", 0.86),
        widgets.Bar("宣传处", None, "muted", None),
    ],
    {target},
)
"""


def bars(target: float | None) -> str:
    page = AppTest.from_string(BARS.format(target=target)).run()
    assert not page.exception
    return page.get("html")[0].proto.body  # type: ignore[attr-defined]


def test_ranked_bars_write_every_figure_and_mark_what_is_behind():
    """Colour alone does not reach everyone: figures behind carry a shape; a missing one is a dash without a bar."""
    drawn = bars(0.82)
    rows = drawn.split('class="row"')[1:]

    assert ">91.2%<" in rows[0] and ">71.8% ■<" in rows[1] and ">—<" in rows[2]
    assert ["width:91.20%" in rows[0], "width:71.80%" in rows[1], 'class="bar' in rows[2]] == [
        True,
        True,
        False,
    ]
    assert "应达 82.0%" in drawn and "--pace:82.00%" in drawn and "pace" not in bars(None)


def test_a_bar_leads_to_what_lies_behind_it_and_a_name_is_text():
    drawn = bars(0.82)

    assert 'href="/progress?department=mass_sport"' in drawn
    assert "<b>科教处" not in drawn and "&lt;b&gt;科教处" in drawn


def test_bars_longer_than_the_plan_shorten_the_scale_not_themselves():
    page = AppTest.from_string(
        "from ui import widgets\nwidgets.ranked_bars([widgets.Bar('甲', 1.25), widgets.Bar('乙', 0.5)])"
    ).run()

    assert re.findall(r"bar accent\" style=\"width:([\d.]+)%", page.get("html")[0].proto.body) == [
        "100.00",
        "40.00",
    ]


def test_an_unknown_state_is_named_with_the_known_ones():
    with pytest.raises(KeyError, match=r"No state 'red'\. Defined: good, calm"):
        widgets.ranked_bars([widgets.Bar("群体处", 0.9, "red")])


def test_nothing_to_attend_to_is_said():
    """An empty column would leave the leader wondering whether it had loaded."""

    def script():
        from ui import widgets

        widgets.attention([])

    assert "没有需要您关注" in run(script).get("html")[0].proto.body  # type: ignore[attr-defined]


def test_the_address_decides_the_filters():
    """A link can be sent: the reader sees what the sender saw."""

    def script():
        import datetime as dt

        import streamlit as st

        from ui import widgets

        with widgets.filter_bar():
            year = widgets.url_select("年度", ["2026", "2025"], "year")
            units = widgets.url_multiselect("处室", ["群体处", "青少处"], "unit")
            day = widgets.url_as_of(dt.date(2026, 11, 25), dt.date(2024, 1, 1))
        st.text(f"{year} {','.join(units)} {day}")

    page = AppTest.from_function(script)
    page.query_params["year"] = "2025"
    page.query_params["unit"] = "青少处"
    page.query_params["as_of"] = "2025-06-30"
    assert page.run().text[0].value == "2025 青少处 2025-06-30"

    page = AppTest.from_function(script)
    page.query_params["year"] = "1066"
    assert page.run().text[0].value == "2026 群体处,青少处 2026-11-25"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, "2026-11-25"), ("2025-06-30", "2025-06-30"), ("2024-01-01", "2024-01-01"),
        ("2023-12-31", "2026-11-25"), ("2026-11-26", "2026-11-25"), ("2026-02-30", "2026-11-25"),
        ("昨天", "2026-11-25"), ("", "2026-11-25"),
    ],
)  # fmt: skip
def test_an_address_that_names_no_day_of_the_page_shows_today(asked: str | None, shown: str):
    day = widgets.asked_day(asked, dt.date(2026, 11, 25), dt.date(2024, 1, 1))

    assert day.isoformat() == shown


def test_the_field_of_the_day_offers_the_days_of_the_page_and_no_others():
    drawn = html.asked_day(dt.date(2025, 6, 30), dt.date(2024, 1, 1), dt.date(2026, 11, 25))

    assert 'value="2025-06-30" min="2024-01-01" max="2026-11-25"' in drawn and ">2025-06-30<" in drawn
