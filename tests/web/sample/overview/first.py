"""A page for leader and office: a sentence, cards, a chart."""

import datetime as dt

import pandas as pd
import streamlit as st

from pages._shared import downloads, drawn, numbers
from ui import charts
from ui.pieces import figures, graphics, text
from ui.registry import Page

PAGE = Page(path="first", title="样例总览", icon=":material/dashboard:", roles=("leader", "office"), order=10)
MONTHS = pd.DataFrame({"月份": ["1月", "2月", "3月"], "实际": [17, 14, 23]})


def _block(reading: numbers.Reading) -> None:
    figures.metric_cards([figures.Metric("完成率", "82.4%", "+6.1 个百分点", "较上月", history=(1, 2, 3))])
    figures.ranked_bars([figures.Bar("群体处", 0.9), figures.Bar("科教处", 0.6, "alarm")], 0.82)
    graphics.chart_with_table(charts.columns_with_plan(MONTHS, "月份", "实际"), MONTHS, "三月最多。", "逐月")


def render() -> None:
    st.title(PAGE.title)
    text.headline("全年计划完成 82.4%。")
    text.as_of_line(dt.datetime(2026, 11, 22, 6, 32, tzinfo=dt.UTC), version=20418)
    with numbers.reading() as reading:
        drawn.draw(reading, _block)
    downloads.tables("完成率", lambda: MONTHS)
