"""Charts: what they show, and what they must never contain."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ui import charts, theme

ROOT = Path(__file__).resolve().parents[2]
MONTHS = pd.DataFrame(
    {"m": ["1月", "2月", "3月"], "a": [17, None, 23], "p": [18, 16, 22], "r": [0.2, 0.5, None]}
)
DAYS = pd.DataFrame(
    {"d": [dt.date(2026, 1, d) for d in (1, 2, 3)], "lo": [1, 2, 3], "hi": [4, 5, 6], "x": [2, 3, 4]}
)
CELLS = pd.DataFrame(
    {"c": ["反兴奋剂", "反兴奋剂"], "m": ["1月", "2月"], "s": ["good", "alarm"], "t": ["按时", "未报"]}
)

FIGURES: dict[str, Callable[[], Any]] = {
    "columns_with_plan": lambda: charts.columns_with_plan(MONTHS, "m", "a", "p", "3月"),
    "spark": lambda: charts.spark([1, None, 3]),
    "lines": lambda: charts.lines(MONTHS, "m", {"a": "实际", "p": "计划"}, dashed=["p"]),
    "lines_of_days": lambda: charts.lines(DAYS, "d", {"x": "实际"}),
    "band": lambda: charts.band(DAYS, "d", "lo", "hi", "x", "x"),
    "stacked": lambda: charts.stacked(MONTHS, "m", {"a": "已上架", "p": "待上架"}, states={"a": "good"}),
    "stacked_across": lambda: charts.stacked(MONTHS, "m", {"a": "已上架"}, horizontal=True),
    "matrix": lambda: charts.matrix(CELLS, "c", "m", "s", "t"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_chart_needs_the_internet_or_unsafe_eval(name):
    """A geo subplot fetches a world map; a WebGL trace needs `unsafe-eval`."""
    figure = FIGURES[name]()

    kinds = {trace.type for trace in figure.data}
    assert kinds and not any(
        kind.endswith("gl") or "geo" in kind or "map" in kind.replace("heatmap", "") for kind in kinds
    )
    assert "http" not in figure.to_json()


@pytest.mark.parametrize("name", FIGURES)
def test_every_chart_has_the_one_template_and_stays_small(name):
    """plotly's default template alone is 7 kB, more than half of what a rerun may send."""
    figure = FIGURES[name]()

    assert figure.layout.template.layout.font.family == theme.FONT
    assert len(figure.to_json()) < 6_000


def test_the_running_month_is_paler():
    """It is not behind: it is not over."""
    colours = FIGURES["columns_with_plan"]().data[0].marker.color

    assert list(colours) == [theme.ACCENT, theme.ACCENT, theme.ACCENT_LIGHT]


def test_a_missing_figure_leaves_a_gap_not_a_zero():
    assert FIGURES["columns_with_plan"]().data[0].y == (17, None, 23)


def test_a_cell_says_its_state_in_words_and_shape_and_knows_its_place():
    """A click on it must lead to the unit and month behind it."""
    cells = FIGURES["matrix"]().data[1]

    assert cells.text == ("● 按时", "■ 未报")
    assert [list(c) for c in cells.customdata] == [["反兴奋剂", "1月"], ["反兴奋剂", "2月"]]


def test_an_unknown_state_is_named_with_the_known_ones():
    with pytest.raises(KeyError, match=r"No state 'red'\. Defined: good, calm"):
        charts.stacked(MONTHS, "m", {"a": "已上架"}, states={"a": "red"})


@pytest.mark.parametrize("name", ["<b>x</b>", "<a href='javascript:1'>x</a>"])
def test_a_name_from_a_file_is_text_in_a_chart(name):
    """plotly reads its labels as HTML."""
    bars: Any = charts.columns_with_plan(MONTHS.assign(m=[name, "b", "c"]), "m", "a")
    cells: Any = charts.matrix(CELLS.assign(c=name), "c", "m", "s", "t")

    assert "<" not in json.dumps([list(bars.data[0].x), list(cells.data[0].y), list(cells.data[1].hovertext)])
    assert cells.data[1].customdata[0][0] == name


def test_what_reports_use_of_ui_does_not_load_streamlit():
    """Jobs and the wall draw with the same functions and must start without Streamlit."""
    code = "import sys, ui.charts, ui.formats, ui.theme, ui.html, ui.registry; sys.exit('streamlit' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
