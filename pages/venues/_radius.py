"""服务半径: who lives within 15 minutes' walk, and where one more facility helps most; a section of the map's page."""

import datetime as dt
from functools import partial

import streamlit as st

from catalog import maps
from data_access.calendar import today
from data_access.queries import venue_analyses as queries
from pages._shared import downloads, drawn
from pages._shared.numbers import Reading, reading
from pages.venues import _maps
from reports import radius_words as words
from ui import frames, map_frames, radius_map
from ui.pieces import browser, filters, layout, states, tabular, text

DOMAINS = ("analyses",)


def render() -> None:
    day = today()
    chosen = filters.url_select("场地类型", words.KINDS, key="reach")
    with reading() as r:
        has_any = drawn.draw(r, _answer, chosen, day, browser.is_telephone(), domains=DOMAINS)
    if has_any:
        with st.container(horizontal=True, horizontal_alignment="right"):
            downloads.tables("服务半径_区县", partial(_rows, chosen, words.district_rows))
            downloads.tables("服务半径_建议点位", partial(_rows, chosen, words.place_rows))
    st.caption(words.ASSUMPTION)


def _answer(r: Reading, chosen: str, day: dt.date, is_narrow: bool) -> bool:
    """The sentence, the two maps, the ranked places; whether there is anything to take along."""
    known = queries.analysis(r.principal, r.connection, words.name_of(chosen))
    if known is None:
        states.empty(
            "服务半径还没有推算", "场地数据入库后，每小时 47 分自动推算一次；也可由运维团队随时重新计算。"
        )
        return False
    with layout.together():
        text.headline(words.sentence(known))
        text.as_of_line(known.computed_at, words.facilities(known), words.legend(known))
    edition = maps.default().edition_on(day)
    shown = edition, words.ratios(known), words.hovers(known), words.map_places(known)
    with _maps.two_maps(
        map_frames.both(edition, is_narrow=is_narrow), partial(radius_map.radius_deck, *shown),
        (words.sentence(known), f"{maps.CORE}：{words.legend(known)}"), key="reach",
    ), layout.together():  # fmt: skip
        text.heading("再建一处，哪里受益最多")
        tabular.folded_table(frames.of(words.place_rows(known)), "建议点位（按新增受益人口排序）")
        tabular.folded_table(frames.of(words.district_rows(known)), "各区县步行15分钟覆盖率")
    return True


def _rows(chosen: str, rows):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        known = queries.analysis(r.principal, r.connection, words.name_of(chosen))
        return frames.of([] if known is None else rows(known))
