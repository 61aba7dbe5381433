"""点位问题: points that are wrong, the repair of each, and its change request; a section of the map's page."""

from functools import partial

import streamlit as st

from data_access import engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.commands import change_requests as commands
from data_access.principal import Forbidden
from data_access.queries import change_requests as requests, venue_analyses as queries
from data_access.settings import settings
from metrics.venues.refresh import FAULTS
from pages._shared import downloads, links
from pages._shared.numbers import reading
from pages._shared.principal import principal
from reports import fault_words as words
from ui import frames
from ui.pieces import filters, layout, states, tabular, text

RECEIPT = "faults.receipt"
MOST_SHOWN = 300


def render() -> None:
    day = today()
    districts = words.districts(day)
    with filters.filter_bar():
        kind = filters.url_select("问题", [words.EVERY, *words.KINDS], key="fault")
        place = filters.url_select("区县", [words.CITY, *districts], key="fault_district")
    said = st.session_state.pop(RECEIPT, None)
    if said is not None:
        states.notice(*said)
    kinds = None if kind == words.EVERY else [words.KINDS[kind]]
    codes = None if place == words.CITY else [districts[place]]
    with reading() as r:
        known = queries.analysis(r.principal, r.connection, FAULTS)
        counts = queries.count_findings(r.principal, r.connection, FAULTS, districts=codes)
        found = queries.findings(
            r.principal, r.connection, FAULTS, kinds=kinds, districts=codes, limit=MOST_SHOWN
        )
        standing = requests.standing_requests(r.principal, r.connection, [f.record for f in found])
    if known is None:
        states.empty(
            "点位还没有分析", "场地数据入库后，每小时 47 分自动分析一次；也可由运维团队随时重新计算。"
        )
        return
    with layout.together():
        text.headline(words.sentence(known, counts, words.whose(principal().role, place)))
        text.as_of_line(known.computed_at, words.unlocated(known))
        if not found:
            states.empty("没有符合条件的点位问题", "换一个问题或区县；没有问题时这里是空的。")
    if found:
        _table(found, standing, kinds, codes, known.computed_at)
    st.caption(words.RULE)


def _table(found, standing, kinds, codes, computed_at) -> None:
    """What was chosen holds for this analysis only: the rows of the next one are others."""
    may_open = principal().role != "leader"
    options = {"on_select": "rerun", "selection_mode": "multi-row"} if may_open else {}
    picked = tabular.table(
        frames.of(words.rows(found, standing)),
        height=420,
        key=f"faults.{kinds}.{codes}.{computed_at}",
        **options,
    )
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if may_open:
            chosen = [found[i] for i in picked.selection.rows if i < len(found)]
            if st.button(
                f"为选中的 {len(chosen)} 处提出变更申请", icon=":material/edit_note:", disabled=not chosen,
                key="faults.open",
            ):  # fmt: skip
                _open(chosen)
            links.link("changes", "查看变更申请", ":material/edit_note:")
        downloads.tables("点位问题", partial(_rows, kinds, codes))


def _open(chosen) -> None:
    """One request a fault, each in a transaction of its own: one that is refused keeps none of the others back."""
    numbers, refused = [], []
    made, who, at = database.engine(settings().database.url), principal(), now()
    for finding in chosen:
        try:
            with database.writing(made) as connection:
                numbers.append(commands.open_request(who, connection, words.proposal(finding), at=at))
        except (commands.ChangeRefused, Forbidden) as error:
            refused.append(str(error))
    st.session_state[RECEIPT] = words.opened(numbers, refused)
    st.rerun()


def _rows(kinds, codes):
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        found = queries.findings(r.principal, r.connection, FAULTS, kinds=kinds, districts=codes, limit=None)
        standing = requests.standing_requests(r.principal, r.connection, [f.record for f in found])
        return frames.of(words.rows(found, standing))
