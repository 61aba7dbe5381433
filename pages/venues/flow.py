"""实时客流: who is where now, against a typical day, crowding and the health of the feeds (Article 8)."""

import datetime as dt

import streamlit as st

from data_access.live import read, scope
from metrics import flow
from pages._shared import downloads, drawn, links
from pages._shared.numbers import Reading, reading
from pages.venues import _alerts, _venue
from pages.venues._watching import ALERT_DAYS, LIVE, REFRESH, minute, watching
from reports import flow_feed_words as feeds, flow_words as words
from ui import charts, flow_map, formats, frames, widgets
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="flow",
    title="实时客流",
    icon=":material/groups:",
    roles=ALL_ROLES,
    order=20,
)
CITY, EVERY_VENUE = "全市", "全部场馆"
MEASURES: dict[str, flow.Measure] = {"进馆人次": "entries", "在馆人数": "occupancy"}
MOST_BARS = 8
DIFFERENCES = dt.timedelta(days=1)


def render() -> None:
    with reading() as r:
        known = scope.venues(r.principal, r.connection)
        choosable = flow.districts_to_choose(r.principal, known)
    districts = {words.district_name(code): code for code in choosable}
    with widgets.title_bar(PAGE.title):
        chosen = widgets.url_select(
            "区县", [CITY, *formats.pinyin_sorted(districts)], key="district", is_small=True
        )
        district = districts.get(chosen)
        inside = words.venue_choices([v for v in known if district in (None, v.district)])
        venue = inside.get(widgets.url_select("场馆", [EVERY_VENUE, *inside], key="venue", is_small=True))
    if venue is not None:
        _venue.watch(PAGE, venue, district)
        return
    _now(district)
    left, right = widgets.two_columns(5, 4)
    with left:
        _map(district)
    with right:
        measure = MEASURES[widgets.url_segments("指标", list(MEASURES), key="measure")]
        _today(district, measure)
    _alerts.watch(PAGE, None if district is None else tuple(inside.values()))
    _feeds(district)


@st.fragment(run_every=REFRESH)
def _now(district: str | None) -> None:
    with watching(PAGE) as r:
        drawn.draw(r, _answer, minute(), district, domains=LIVE)


def _answer(r: Reading, at: dt.datetime, district: str | None) -> None:
    """The sentence, the figures, the fullest venues, what needs a word."""
    found = flow.flow_now(r.principal, r.connection, at, district)
    with widgets.together():
        widgets.headline(words.sentence(found))
        if found.sums.connected == 0:
            widgets.empty(
                "还没有场馆接入实时客流", "场馆完成智能化接入、平台开始推送后，这里显示在馆人数和今日客流。"
            )
            return
        widgets.as_of_line(
            words.until(found), words.reporting(found), "每 15 秒刷新", version=r.versions.get("live")
        )
        if not found.is_live:
            since, then = feeds.silence(found, read.pulls(r.principal, r.connection))
            widgets.late("实时数据没有更新", since, then)
        alerts = read.alerts(r.principal, r.connection, at - ALERT_DAYS, is_open=True)
        shown = feeds.alerts_of(alerts, found)
        widgets.metric_cards([widgets.Metric(**card) for card in words.cards(found, len(shown))])
        widgets.two_sides(lambda: _fullest(found), lambda: _needs_a_word(found, shown))


def _fullest(found: flow.FlowNow) -> None:
    widgets.heading("最满的场馆")
    fullest = [line for line in found.lines if line.present is not None][:MOST_BARS]
    if not fullest:
        widgets.sentence(words.no_venues(found))
        return
    widgets.ranked_bars(
        [
            widgets.Bar(**words.bar(line, links.address(PAGE.path, **words.address_of(line, found))))
            for line in fullest
        ],
        is_wide=True,
    )
    widgets.folded_table(frames.of(words.venue_rows(found.lines)), "各场馆此刻")


def _needs_a_word(found: flow.FlowNow, alerts) -> None:
    widgets.heading("需要您关注")
    widgets.attention([widgets.Notice(*line) for line in feeds.notices(found, alerts)])


@st.fragment(run_every=REFRESH)
def _map(district: str | None) -> None:
    with watching(PAGE) as r:
        drawn.draw(r, _dots, minute(), district, domains=LIVE)


def _dots(r: Reading, at: dt.datetime, district: str | None) -> None:
    found = flow.flow_now(r.principal, r.connection, at, district)
    dots = [flow_map.Dot(**words.dot(line)) for line in found.lines]
    widgets.heading("各场馆在馆人数")
    widgets.sentence(words.map_sentence(found))
    made = flow_map.venue_deck(dots, found.day.day, words.district_words(found), district)
    widgets.map_deck(made, height=flow_map.HEIGHT, alt=words.map_sentence(found), key="flow.map")
    widgets.legend(words.load_legend(found))


@st.fragment(run_every=REFRESH)
def _today(district: str | None, measure: flow.Measure) -> None:
    with watching(PAGE) as r:
        drawn.draw(r, _curve, minute(), district, measure, domains=LIVE)


def _curve(r: Reading, at: dt.datetime, district: str | None, measure: flow.Measure) -> None:
    """Drawn from hours that are over, so between two full hours nothing on it moves."""
    shown = flow.day_curve(r.principal, r.connection, at, flow.Place(district), measure)
    rows = frames.of(words.curve_rows(shown))
    widgets.heading(words.curve_title(shown))
    widgets.chart_with_table(
        charts.band(rows, "时段", "通常下限", "通常上限", "通常", "今天", actual_name="今天"),
        rows, words.curve_sentence(shown), words.curve_title(shown),
    )  # fmt: skip


@st.fragment(run_every=REFRESH)
def _feeds(district: str | None) -> None:
    with watching(PAGE) as r:
        if drawn.draw(r, _feed_tables, minute(), district, domains=LIVE):
            downloads.tables("实时客流_各场馆", lambda: _venues_again(district))
            downloads.tables("实时客流_逐时", lambda: _hours_again(district))


def _feed_tables(r: Reading, at: dt.datetime, district: str | None) -> bool:
    """How the feeds fare, and where they differ from the record; whether there is any venue."""
    found = flow.flow_now(r.principal, r.connection, at, district)
    if not found.lines:
        return False
    codes = {line.venue.venue_code for line in found.lines}
    every = read.differences(r.principal, r.connection, at - DIFFERENCES, at)
    differences = [d for d in every if d.venue_code in codes]
    with widgets.together():
        widgets.heading("数据状态")
        widgets.sentence(feeds.feed_sentence(found.lines))
        widgets.folded_table(frames.of(feeds.feed_rows(found.lines)), "各场馆数据状态")
        widgets.sentence(feeds.difference_sentence(differences, feeds.hours_in(DIFFERENCES)))
        if differences:
            widgets.folded_table(frames.of(feeds.difference_rows(differences)), "实时与记录不一致的小时")
    return True


def _venues_again(district: str | None):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return frames.of(words.venue_rows(flow.flow_now(r.principal, r.connection, minute(), district).lines))


def _hours_again(district: str | None):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        shown = flow.day_curve(r.principal, r.connection, minute(), flow.Place(district))
        return frames.of(words.curve_rows(shown))
