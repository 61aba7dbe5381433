"""开放义务: which venues do not open as the notice demands; a section of the map's page."""

from functools import partial

import streamlit as st

from data_access.queries import venue_analyses as queries
from metrics.venues.refresh import DUTY
from pages._shared import downloads
from pages._shared.numbers import reading
from pages._shared.principal import principal
from reports import duty_words as words
from reports.fault_words import whose
from ui import frames
from ui.pieces import filters, layout, states, tabular, text

MOST_SHOWN = 300


def render() -> None:
    chosen = words.CHOICES[filters.url_select("要求", list(words.CHOICES), key="duty")]
    kinds = None if chosen is None else [chosen]
    with reading() as r:
        known = queries.analysis(r.principal, r.connection, DUTY)
        counts = queries.count_findings(r.principal, r.connection, DUTY)
        found = queries.findings(r.principal, r.connection, DUTY, kinds=kinds, limit=MOST_SHOWN)
    if known is None:
        states.empty(
            "开放情况还没有检查", "场地数据入库后，每小时 47 分自动检查一次；也可由运维团队随时重新计算。"
        )
        return
    with layout.together():
        text.headline(words.sentence(known, counts, whose(principal().role)))
        text.as_of_line(known.computed_at, words.period(known))
        if not found:
            states.empty("没有符合条件的场馆", "换一项要求；全部达标时这里是空的。")
        tabular.folded_table(frames.of(words.rule_rows(known)), "开放要求、出处和全市达标情况")
    if found:
        tabular.table(frames.of(words.rows(found)), height=360)
        downloads.tables("开放义务未达标", partial(_rows, kinds))
    st.caption(words.SCOPE)


def _rows(kinds):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return frames.of(
            words.rows(queries.findings(r.principal, r.connection, DUTY, kinds=kinds, limit=None))
        )
