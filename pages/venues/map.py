"""场馆地图: how many facilities there are, where, and whether they are enough (Article 8)."""

import datetime as dt
from collections.abc import Mapping
from functools import partial

import streamlit as st

from catalog import maps
from data_access.calendar import today
from data_access.queries import facilities as queries
from data_access.versions import last_change
from metrics.facilities import MEASURES, NO_YEAR, SURVEY, Facilities
from pages._shared import downloads, drawn, links, tables
from pages._shared.days import FIRST_DAY
from pages._shared.numbers import Reading, reading
from pages.venues import _duty, _faults, _maps, _radius
from reports import map_drawing as drawing, map_picture, map_words as words
from ui import facility_map, frames, map_frames, maps as decks
from ui.pieces import browser, figures, filters, graphics, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="map",
    title="场馆地图",
    icon=":material/map:",
    roles=ALL_ROLES,
    order=10,
    has_map=True,
)
SECTIONS = {"地图": None, "服务半径": _radius.render, "开放义务": _duty.render, "点位问题": _faults.render}
LAYERS = ("区县", "六边形")
DOMAINS = ("records", "visits", "venues")
MOST_FOUND = 12
SEARCH, SEARCH_WIDTH = "查找场地或区县：名称、拼音首字母", 340
DEFAULTS = {
    "measure": "人均场地面积", "set": "体育场地统计", "place": words.SCOPES[0], "kind": words.EVERY_KIND,
    "owner": words.EVERY_OWNER, "opening": words.EVERY_OPENING, "fee": words.EVERY_FEE, "layer": LAYERS[0],
}  # fmt: skip


def _districts_table(r: Reading, query: Mapping[str, str]):
    day = tables.day(query, today(), FIRST_DAY)
    return frames.of(words.rows(_known(r, day, query)))


TABLES = {"districts": tables.Table("场馆地图", _districts_table)}


def render() -> None:
    as_of = filters.asked_day(st.query_params.get("as_of"), today(), FIRST_DAY)
    text.title_with_day(PAGE.title, as_of, FIRST_DAY, today())
    bar = filters.filter_bar()
    with bar:
        section = SECTIONS[filters.url_segments("内容", list(SECTIONS), key="section")]
        searched = (
            "" if section else filters.url_text("查找", key="q", placeholder=SEARCH, width=SEARCH_WIDTH)
        )
    if section is not None:
        section()
        return
    with reading() as r:
        narrowed = _filters(r, as_of)
        if searched:
            drawn.draw(r, _found, as_of, narrowed, searched, domains=DOMAINS)
        if drawn.draw(r, _picture, as_of, narrowed, browser.is_telephone(), domains=DOMAINS):
            with bar:
                _files(as_of, narrowed)


def _known(r: Reading, as_of: dt.date, narrowed: Mapping[str, str]) -> Facilities:
    edition = maps.default().edition_on(as_of)
    return Facilities(r.principal, r.connection, words.choice(narrowed, edition), as_of)


# ---- filters, all of them in the URL ----


def _filters(r: Reading, as_of: dt.date) -> tuple[tuple[str, str], ...]:
    """(name, value) of every filter that is set."""
    edition = maps.default().edition_on(as_of)
    with filters.filter_bar():
        asked = {
            "measure": filters.url_select(
                "指标", [m.name for m in MEASURES.values()], key="measure", index=words.FIRST_MEASURE
            ),
            "place": filters.url_select("区县或片区", list(words.place_options(edition)), key="place"),
            "set": filters.url_select("数据", list(words.SETS), key="set"),
        }
        category = words.SETS[asked["set"]]
        asked["kind"] = filters.url_select("类型", list(words.kind_options(category)), key="kind")
        if category == SURVEY:
            asked["owner"] = filters.url_select("机构", words.owner_options(), key="owner")
            asked["opening"] = filters.url_select("开放", words.opening_options(), key="opening")
            years = drawn.draw(r, _years, as_of, domains=DOMAINS)
            if years:
                asked["year"] = filters.url_select("年度", list(years), key="year")
        else:
            asked["fee"] = filters.url_select("收费", [words.EVERY_FEE, *words.FEES], key="fee")
        asked["layer"] = filters.url_select("图层", LAYERS, key="layer")
    newest = next(iter(years), "") if category == SURVEY else ""
    kept = {k: v for k, v in asked.items() if v != DEFAULTS.get(k, newest)}
    return tuple(sorted(kept.items()))


def _years(r: Reading, as_of: dt.date) -> tuple[str, ...]:
    """Survey years to choose from, the one shown by default first."""
    known = _known(r, as_of, {})
    if known.choice.year == NO_YEAR:
        return ()
    return tuple(f"{y} 年" for y in sorted(known.years, key=lambda y: (y != known.choice.year, -y)))


# ---- what the search finds ----


def _found(r: Reading, as_of: dt.date, narrowed, searched: str) -> None:
    known = _known(r, as_of, dict(narrowed))
    choice = known.choice
    places = words.places_found(searched, known.edition)
    found = queries.find(r.principal, r.connection, choice.category, choice.year, as_of, searched, MOST_FOUND)
    with layout.together():
        text.heading(f"查找“{searched}”")
        if not places and not found:
            text.sentence(words.nothing_found(r.principal, choice.category))
        for code in places:
            name = known.edition.shapes[code].name
            text.way(name, links.address(PAGE.path, **{**dict(narrowed), "place": name}), "查看该区县")
        if found:
            tabular.folded_table(frames.of(words.found_rows(found, known.edition)), "场地", is_open=True)


# ---- the map ----


def _picture(r: Reading, as_of: dt.date, narrowed, is_narrow: bool) -> bool:
    """The answer, the two decks, their legend; False where there is nothing to draw."""
    known, asked = _known(r, as_of, dict(narrowed)), dict(narrowed)
    measure = words.measure_named(asked.get("measure", ""))
    if not known.totals:
        states.empty(
            "还没有体育场地数据",
            "体育场地统计每年 4 月 30 日前报送，群众体育场地按月报送；入库后这里显示各区县的场地、面积和人均水平。",
        )
        return False
    with layout.together():
        text.headline(words.sentence(known, measure))
        moment = last_change(r.principal, r.connection) if as_of == today() else as_of
        text.as_of_line(moment, known.edition.name, known.edition.source, version=r.versions.get("records"))
        text.sentence(words.second_sentence(known, measure))
    shown = drawing.drawn(known, measure, is_cells=asked.get("layer") == LAYERS[1])
    both = map_frames.both(known.edition, shown.near_codes, is_narrow=is_narrow)
    alts = (f"重庆市{measure.name}", f"{shown.near_name}{measure.name}")
    legend = partial(_legend, shown)
    with _maps.two_maps(both, partial(_deck, shown), alts, key="map", legend=legend), layout.together():
        _compared(known, as_of, narrowed)
    return True


def _legend(shown: drawing.Drawing) -> None:
    with layout.together():
        for title, entries, note in shown.legends:
            graphics.map_legend(title, entries, note)


def _deck(shown: drawing.Drawing, frame: map_frames.Frame) -> decks.Deck:
    return facility_map.deck(shown.ground, frame, shown.cells_of(frame), None if frame.is_far else shown.dots)


def _files(as_of: dt.date, narrowed) -> None:
    downloads.download(
        "地图 PNG", partial(_png, as_of, narrowed), f"场馆地图_{as_of:%Y%m%d}.png", key="map.png",
        mime="image/png", type="tertiary",
    )  # fmt: skip


def _png(as_of: dt.date, narrowed) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        known, asked = _known(r, as_of, dict(narrowed)), dict(narrowed)
        measure = words.measure_named(asked.get("measure", ""))
        return map_picture.png(known, measure, is_cells=asked.get("layer") == LAYERS[1])


# ---- against the nation and the target ----


def _compared(known: Facilities, as_of: dt.date, narrowed) -> None:
    address = tables.addresses(PAGE.path, "districts", **_address_filters(as_of, narrowed))
    tabular.folded_table(frames.of(words.rows(known)), "各区县", address)
    if known.choice.is_filtered or known.choice.category != SURVEY:
        return
    text.heading("2020 年以来的人均场地面积")
    text.sentence(words.growth_words())
    tabular.folded_table(frames.of(words.published_rows(known)), "逐年人均场地面积", is_open=True)
    text.sentence(words.BASIS)
    text.heading("各区县人均场地面积，与全国比")
    better, worse = words.bars(known)
    layout.two_sides(partial(_bars, better), partial(_bars, worse))


def _address_filters(as_of: dt.date, narrowed) -> dict[str, str]:
    return {**dict(narrowed), **({} if as_of == today() else {"as_of": str(as_of)})}


def _bars(rows) -> None:
    bars = [
        figures.Bar(
            name=bar["name"], ratio=bar["ratio"], state=bar["state"], reach=None, figure=bar["figure"],
            hover=bar["hover"], address=links.address(PAGE.path, place=bar["district"]),
        )
        for bar in rows
    ]  # fmt: skip
    figures.ranked_bars(bars, 1.0, target_name=words.nation_words())
