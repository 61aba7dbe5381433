"""Figures drawn as text: cards and bars."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.running import run
from ui.pieces import figures


def test_a_fall_points_down_and_is_red_only_where_it_is_bad():
    """The target picture once showed a fall with a green arrow up."""

    def script():
        from ui.pieces import figures

        figures.metric_cards(
            [
                figures.Metric("按时率", "92.6%", "−1.8 个百分点", "较上月"),
                figures.Metric("退回率", "1.0%", "−0.3 个百分点", up_is_good=False),
                figures.Metric("到馆", "5", "0"),
                figures.Metric("无", "—"),
            ]
        )

    (cards,) = run(script).get("html")
    drawn = cards.proto.body.split('<div class="metric">')[1:]  # type: ignore[attr-defined]

    kinds = [("arrow_downward" in card, re.findall(r'class="pill (\w+)"', card)) for card in drawn]
    assert kinds == [(True, ["alarm"]), (True, ["good"]), (False, ["muted"]), (False, [])]
    assert "−1.8 个百分点" in drawn[0] and "change" not in drawn[3]


BARS = """
from ui.pieces import figures
figures.ranked_bars(
    [
        figures.Bar("群体处", 0.912, reach=1.0, address="/progress?only=mass_sport"),
        figures.Bar("<b>科教处</b>", 0.718, "alarm", 0.86),
        figures.Bar("宣传处", None, "muted", None),
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

    assert 'href="/progress?only=mass_sport"' in drawn
    assert "<b>科教处" not in drawn and "&lt;b&gt;科教处" in drawn


def test_bars_longer_than_the_plan_shorten_the_scale_not_themselves():
    page = AppTest.from_string(
        "from ui.pieces import figures\nfigures.ranked_bars([figures.Bar('甲', 1.25), figures.Bar('乙', 0.5)])"
    ).run()

    assert re.findall(r"bar accent\" style=\"width:([\d.]+)%", page.get("html")[0].proto.body) == [
        "100.00",
        "40.00",
    ]


def test_an_unknown_state_is_named_with_the_known_ones():
    with pytest.raises(KeyError, match=r"No state 'red'\. Defined: good, calm"):
        figures.ranked_bars([figures.Bar("群体处", 0.9, "red")])
