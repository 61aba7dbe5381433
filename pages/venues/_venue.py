"""One venue of 实时客流: people inside minute by minute, today against its own band, its feed and its record."""

import datetime as dt

import streamlit as st

from metrics import flow, flow_lately as lately
from pages._shared import drawn, links
from pages._shared.numbers import Reading
from pages.venues import _alerts
from pages.venues._watching import LIVE, PULSE, REFRESH, UPDATED, minute, watching
from reports import flow_feed_words as feeds, flow_words as words
from ui import charts, frames
from ui.pieces import graphics, layout, states, tabular, text
from ui.registry import Page


def watch(page: Page, venue: str, district: str | None) -> None:
    _now(page, venue, district)
    left, right = layout.two_columns(1, 1)
    with left:
        _minutes(page, venue)
    with right:
        _today(page, venue)
    _alerts.watch(page, district, venue)


@st.fragment(run_every=PULSE)
def _now(page: Page, venue: str, district: str | None) -> None:
    with watching(page) as r:
        drawn.draw(r, _answer, page.path, minute(), venue, district, domains=LIVE)


def _answer(r: Reading, path: str, at: dt.datetime, venue: str, district: str | None) -> None:
    line = flow.venue_now(r.principal, r.connection, at, venue)
    with layout.together():
        if line is None:
            states.empty("没有这座场馆", "它没有接入，或不在您的查看范围。请从全部场馆中选择。")
            return
        text.headline(words.venue_sentence(line))
        back = links.address(path, **({"district": words.district_name(district)} if district else {}))
        text.way_back(words.venue_place(line), "返回全部场馆", back)
        text.as_of_line(line.health.now.heard_at, UPDATED, version=r.versions.get("live"))
        text.facts(words.venue_facts(line))
        if line.health.state not in ("ok", "gaps"):
            states.notice(
                feeds.FEED_STATES[line.health.state],
                words.FEED_NAMES[line.health.state],
                feeds.feed_words(line.health),
            )
        compared = lately.compared_lately(r.principal, r.connection, at, venue=venue)
        text.heading("实时数据与读数记录")
        text.sentence(feeds.difference_sentence(compared, lately.COMPARED_HOURS))
        if compared.newest:
            name = words.cut("不一致的小时", len(compared.newest), compared.different, "个")
            tabular.folded_table(frames.of(feeds.difference_rows(compared.newest)), name)


@st.fragment(run_every=REFRESH)
def _minutes(page: Page, venue: str) -> None:
    with watching(page) as r:
        drawn.draw(r, _minute_lines, minute(), venue, domains=LIVE)


def _minute_lines(r: Reading, at: dt.datetime, venue: str) -> None:
    """The last hours minute by minute; a minute that did not come is a gap in the line."""
    minutes = lately.minutes_lately(r.principal, r.connection, at, venue)
    text.heading(f"近 {lately.MINUTES_HOURS} 小时在馆人数")
    said = words.minutes_sentence(minutes)
    if said is None:
        states.empty(f"近 {lately.MINUTES_HOURS} 小时没有实时数据", feeds.FEED_ADVICE)
        return
    rows = frames.of(words.minute_rows(minutes))
    graphics.chart(charts.lines(rows, "时刻", {"在馆人数": "在馆人数"}, unit="人"), said)


@st.fragment(run_every=REFRESH)
def _today(page: Page, venue: str) -> None:
    with watching(page) as r:
        drawn.draw(r, _curve, minute(), venue, domains=LIVE)


def _curve(r: Reading, at: dt.datetime, venue: str) -> None:
    shown = flow.day_curve(r.principal, r.connection, at, flow.Place(venue=venue))
    text.heading("今日每小时进馆")
    rows = frames.of(words.curve_rows(shown))
    graphics.chart_with_table(
        charts.band(rows, "时段", "通常下限", "通常上限", "通常", "今天", actual_name="今天"),
        rows, words.curve_sentence(shown), "今日每小时进馆",
    )  # fmt: skip
