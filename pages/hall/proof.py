"""播出记录: was the wall lit in the opening hours, what did it show, what went wrong (monthly)."""

import streamlit as st

from data_access.clock import now
from pages._shared import downloads, wall
from pages._shared.principal import principal
from reports import wall_proof as words
from reports.wall_now import titles
from ui import frames
from ui.pieces import filters, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="wall-proof",
    title="播出记录",
    icon=":material/fact_check:",
    roles=("office",),
    order=30,
)


def render() -> None:
    known = words.months(principal(), wall.proof_folder())
    if not known:
        text.title(PAGE.title)
        states.empty("还没有播出记录", "大屏启动后，各屏幕每分钟报告一次，这里按月汇总。")
        return
    with layout.title_bar(PAGE.title):
        name = filters.url_select("月份", list(known), key="month", is_small=True)
    found = words.month(principal(), wall.proof_folder(), known[name], wall.opening(), now())
    with layout.together():
        text.headline(words.sentence(found))
        for notice in words.notices(found):
            states.notice(*notice)
        text.heading("每日点亮")
    days = frames.of(words.day_rows(found), words.DAY_COLUMNS)
    tabular.table(days, height="auto" if len(days) < 14 else 480)
    downloads.tables(f"播出记录_{name}", lambda: _days(known[name]))
    if found.alarms:
        text.heading("告警")
        tabular.table(frames.of(words.alarm_rows(found), words.ALARM_COLUMNS))
        downloads.tables(f"播出告警_{name}", lambda: _alarms(known[name]))
    if found.scenes:
        tabular.folded_table(
            frames.of(words.scene_rows(found, titles()), words.SCENE_COLUMNS), "场景播出次数"
        )
    st.caption("开放时间按运行设置的 [wall] 一节；记录按月保存，只增不改。")


def _days(key: str):
    """Runs without the page's script: asks for the principal anew."""
    found = words.month(principal(), wall.proof_folder(), key, wall.opening(), now())
    return frames.of(words.day_rows(found), words.DAY_COLUMNS)


def _alarms(key: str):
    found = words.month(principal(), wall.proof_folder(), key, wall.opening(), now())
    return frames.of(words.alarm_rows(found), words.ALARM_COLUMNS)
