"""实时客流: who is where now, against a typical day, crowding and the health of the feeds (Article 8)."""

import datetime as dt
from collections.abc import Mapping
from functools import partial

import streamlit as st

from catalog import maps
from data_access.live import read
from metrics import flow, flow_lately as lately
from pages._shared import drawn, links, tables
from pages._shared.numbers import Reading, reading
from pages.venues import _alerts, _maps, _venue
from pages.venues._watching import (
    CONNECTED,
    LIVE,
    MOST_NAMED,
    PULSE,
    REFRESH,
    UPDATED,
    flow_of,
    minute,
    watching,
)
from reports import flow_feed_words as feeds, flow_words as words
from ui import charts, flow_map, formats, frames, map_frames
from ui.pieces import browser, figures, filters, graphics, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="flow",
    title="实时客流",
    icon=":material/groups:",
    roles=ALL_ROLES,
    order=20,
    has_map=True,
)
CITY, EVERY_VENUE = "全市", "全部场馆"
MEASURES: dict[str, flow.Measure] = {name: key for key, name in words.MEASURES.items()}
MOST_BARS = 8
SLOWLY = dt.timedelta(minutes=1)


def _venues_table(r: Reading, query: Mapping[str, str]):
    return frames.of(words.venue_rows(_every(r, query).lines))


def _feeds_table(r: Reading, query: Mapping[str, str]):
    return frames.of(feeds.feed_rows(_every(r, query).feeds))


def _hours_table(r: Reading, query: Mapping[str, str]):
    place = flow.Place(query.get("district"))
    measure = MEASURES.get(query.get("measure", ""), "entries")
    return frames.of(words.curve_rows(flow.day_curve(r.principal, r.connection, minute(), place, measure)))


def _alerts_table(r: Reading, query: Mapping[str, str]):
    found = lately.alerts_lately(r.principal, r.connection, minute(), district=_district(r, query))
    return frames.of(feeds.alert_rows(found))


def _differences_table(r: Reading, query: Mapping[str, str]):
    found = lately.compared_lately(
        r.principal, r.connection, minute(), district=_district(r, query), most=None
    )
    return frames.of(feeds.difference_rows(found.newest))


def _every(r: Reading, query: Mapping[str, str]) -> flow.FlowNow:
    """With all venues: a file is whole."""
    return flow.flow_now(r.principal, r.connection, minute(), _district(r, query))


def _district(r: Reading, query: Mapping[str, str]) -> str | None:
    return flow.district_of_a_file(r.principal, r.connection, query.get("district"))


TABLES = {
    "venues": tables.Table("实时客流_各场馆", _venues_table),
    "hours": tables.Table("实时客流_逐时", _hours_table),
    "feeds": tables.Table("实时客流_数据状态", _feeds_table),
    "alerts": tables.Table("实时客流_拥挤提醒", _alerts_table),
    "differences": tables.Table("实时客流_与记录不一致", _differences_table),
}


def render() -> None:
    with reading() as r:
        choosable = drawn.draw(r, _districts, domains=CONNECTED)
    districts = {words.district_name(code): code for code in choosable}
    with layout.title_bar(PAGE.title):
        chosen = filters.url_select(
            "区县", [CITY, *formats.pinyin_sorted(districts)], key="district", is_small=True
        )
        district = districts.get(chosen)
        with reading() as r:
            inside = dict(drawn.draw(r, _venues, district, _asked_for(), domains=CONNECTED))
        venue = inside.get(
            filters.url_select(
                "场馆", [EVERY_VENUE, *inside], key="venue", is_small=True,
                help=f"场馆多于 {MOST_NAMED} 座时，请先选区县，或从占用率排列进入场馆。",
            )
        )  # fmt: skip
    if venue is not None:
        _venue.watch(PAGE, venue, district)
        return
    _figures(district)
    _live(district)
    _alerts.watch(PAGE, district, files=_files("alerts", district))
    _feeds(district)


def _districts(r: Reading) -> tuple[str, ...]:
    return tuple(sorted(flow.districts_to_choose(r.principal, r.connection, minute())))


def _venues(r: Reading, district: str | None, asked: str) -> tuple[tuple[str, str], ...]:
    """Venues to choose from, with their codes; where they are too many for a list, the one in the address."""
    known = flow.venues_to_choose(r.principal, r.connection, district, asked, MOST_NAMED)
    return tuple(words.venue_choices(known).items())


def _asked_for() -> str:
    """Code of the venue that the address names (`words.venue_choice`); empty without one."""
    return str(st.query_params.get("venue", "")).rpartition(" ")[2]


@st.fragment(run_every=PULSE)
def _figures(district: str | None) -> None:
    """The sentence and the figures: a pull's, as soon as it is taken; between two pulls what was drawn is sent again."""
    with watching(PAGE) as r:
        drawn.draw(r, _answer, minute(), district, domains=LIVE)


@st.fragment(run_every=REFRESH)
def _live(district: str | None) -> None:
    """What moves: one reading for all of it, and each block sent again only where it changed."""
    with watching(PAGE) as r:
        at = minute()
        if not drawn.draw(r, _is_connected, district, domains=CONNECTED):
            return
        left, right = layout.two_columns(5, 4)
        with left:
            drawn.draw(r, _fullest, at, district, domains=LIVE)
        with right:
            drawn.draw(r, _needs_a_word, at, district, domains=LIVE)
            measure = MEASURES[filters.url_segments("指标", list(MEASURES), key="measure")]
            drawn.draw(r, _curve, at, district, measure, domains=LIVE)
        drawn.draw(r, _dots, at, district, browser.is_telephone(), domains=LIVE)


def _is_connected(r: Reading, district: str | None) -> bool:
    """Whether there is any venue to show more of."""
    return flow_of(r, minute(), district).sums.connected > 0


def _answer(r: Reading, at: dt.datetime, district: str | None) -> None:
    """The sentence and the figures."""
    found = flow_of(r, at, district)
    with layout.together():
        text.headline(words.sentence(found))
        if found.sums.connected == 0:
            states.empty(
                "还没有场馆接入实时客流", "场馆完成智能化接入、平台开始推送后，这里显示在馆人数和今日客流。"
            )
            return
        text.as_of_line(found.until, words.reporting(found), UPDATED, version=r.versions.get("live"))
        if not found.is_live:
            since, then = feeds.silence(found, read.pulls(r.principal, r.connection))
            states.late("实时数据没有更新", since, then)
        still_open = lately.alert_counts(r.principal, r.connection, at, is_open=True, district=district).every
        figures.metric_cards([figures.Metric(**card) for card in words.cards(found, still_open)])


def _fullest(r: Reading, at: dt.datetime, district: str | None) -> None:
    found = flow_of(r, at, district)
    fullest = [line for line in found.lines if line.present is not None][:MOST_BARS]
    with layout.together():
        text.heading("占用率最高的场馆")
        if fullest:
            figures.ranked_bars(
                [figures.Bar(**words.bar(line, _address(line, found))) for line in fullest], is_wide=True
            )
        else:
            text.sentence(words.no_venues(found))
        if found.lines:
            shown = found.lines[: lately.MOST]
            tabular.folded_table(
                frames.of(words.venue_rows(shown)),
                words.cut("各场馆当前情况", len(shown), found.counts.every),
                _files("venues", district),
            )


def _files(table: str, district: str | None, **narrowed: str) -> dict[str, str]:
    """Where the block's table lies as a file, for the same district."""
    kept = {"district": district} if district else {}
    return tables.addresses(PAGE.path, table, **kept, **narrowed)


def _address(line: flow.VenueLine, found: flow.FlowNow) -> str:
    return links.address(PAGE.path, **words.address_of(line, found))


def _needs_a_word(r: Reading, at: dt.datetime, district: str | None) -> None:
    found = flow_of(r, at, district)
    alerts = lately.alerts_lately(
        r.principal, r.connection, at, is_open=True, most=lately.MOST, district=district
    )
    crowded = lately.alert_counts(r.principal, r.connection, at, district=district).crowded
    with layout.together():
        text.heading("需要您关注")
        states.attention([states.Notice(*line) for line in feeds.notices(found, alerts, crowded)])


def _dots(r: Reading, at: dt.datetime, district: str | None, is_narrow: bool) -> None:
    """The venues on the two maps, or on the city's and the chosen district's."""
    found = flow_of(r, at, district)
    dots = [flow_map.Dot(**words.dot(line)) for line in found.lines]
    text.heading("各场馆在馆人数")
    text.sentence(words.map_sentence(found))
    edition = maps.default().edition_on(found.day.day)
    chosen = district if district in edition.shapes else None
    near = words.district_name(chosen) if chosen else maps.CORE
    with _maps.two_maps(
        map_frames.both(edition, (chosen,) if chosen else (), is_narrow=is_narrow),
        partial(
            flow_map.venue_deck, dots, edition, words.district_words(found), district=chosen
        ),
        (words.map_sentence(found), f"{near}各场馆在馆人数"), key="flow",
    ):  # fmt: skip
        figures.legend(words.load_legend(found))


def _curve(r: Reading, at: dt.datetime, district: str | None, measure: flow.Measure) -> None:
    """Drawn from hours that are over, so between two full hours nothing on it moves."""
    shown = flow.day_curve(r.principal, r.connection, at, flow.Place(district), measure)
    rows = frames.of(words.curve_rows(shown))
    text.heading(words.curve_title(shown))
    graphics.chart(
        charts.band(rows, "时段", "通常下限", "通常上限", "通常", "今天", actual_name="今天"),
        words.curve_sentence(shown),
    )
    tabular.folded_table(
        rows, words.curve_title(shown), _files("hours", district, measure=words.measure_name(shown))
    )


@st.fragment(run_every=SLOWLY)
def _feeds(district: str | None) -> None:
    with watching(PAGE) as r:
        drawn.draw(r, _feed_tables, minute(), district, domains=LIVE)


def _feed_tables(r: Reading, at: dt.datetime, district: str | None) -> None:
    """How the feeds fare, and where they differ from the record."""
    found = flow_of(r, at, district)
    if not found.counts.every:
        return
    compared = lately.compared_lately(r.principal, r.connection, at, district=district)
    shown = found.feeds[: lately.MOST]
    with layout.together():
        text.heading("数据状态")
        text.sentence(feeds.feed_sentence(found.counts))
        tabular.folded_table(
            frames.of(feeds.feed_rows(shown)),
            words.cut("各场馆数据状态", len(shown), found.counts.every),
            _files("feeds", district),
        )
        text.heading("实时数据与读数记录")
        text.sentence(feeds.difference_sentence(compared, lately.COMPARED_HOURS))
        if compared.newest:
            name = words.cut("不一致的小时", len(compared.newest), compared.different, "个")
            tabular.folded_table(
                frames.of(feeds.difference_rows(compared.newest)), name, _files("differences", district)
            )
