"""审计: who did what, when, from where; whether the record is whole (等保 2.0)."""

from functools import partial

import streamlit as st

from data_access import audit, engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.queries.audit_entries import AuditFilter, count_entries, entries
from data_access.settings import settings
from pages._shared import downloads
from pages._shared.numbers import reading
from pages._shared.principal import principal
from reports import audit_words as words
from reports.record_words import offset_of, pages_of
from ui import frames
from ui.pieces import filters, layout, states, tabular, text
from ui.registry import Page

PAGE = Page(
    path="audit",
    title="审计",
    icon=":material/policy:",
    roles=("office",),
    order=80,
)
PAGE_SIZE = 100
VERDICT = "audit.verdict"


def render() -> None:
    with layout.title_bar(PAGE.title):
        verify = st.button(
            "核验完整性", icon=":material/verified_user:", help="重算全部记录的哈希链，并与库外存证比对。"
        )
    if verify:
        _verify()
    top = st.container()
    chosen = _chosen()
    with reading() as r:
        total = count_entries(r.principal, r.connection, chosen)
        refused = count_entries(r.principal, r.connection, words.not_done(chosen))
        with top:
            text.headline(words.sentence(total, refused, words.days(chosen)))
            shown = st.session_state.pop(VERDICT, None)
            if shown is not None:
                states.notice(*shown)
        if not total:
            states.empty("没有符合条件的记录", "放宽日期或清空筛选条件后再看。")
            return
        number = st.pagination(pages_of(total, PAGE_SIZE), key="page") if total > PAGE_SIZE else 1
        found = entries(
            r.principal, r.connection, chosen, limit=PAGE_SIZE, offset=offset_of(number, PAGE_SIZE)
        )
    picked = tabular.table(
        frames.of(words.rows(found)), height="auto" if len(found) < 14 else 560, column_config=_widths(),
        on_select="rerun", selection_mode="single-row", key=f"entries.{chosen}.{number}",
    )  # fmt: skip
    for index in picked.selection.rows:
        if index < len(found):
            with st.container(border=True):
                text.heading(words.did(found[index]))
                text.facts(words.facts(found[index]))
                st.code(words.evidence(found[index]), language=None, wrap_lines=True)
    with st.container(horizontal=True, horizontal_alignment="right"):
        downloads.download(
            f"导出 CSV（{total:,} 条，含哈希）", partial(_exported, chosen), f"审计记录_{words.stem(chosen)}.csv",
            key="audit.csv", mime=downloads.CSV, type="tertiary", action="audit.export",
            detail=words.filter_detail(chosen),
        )  # fmt: skip
    st.caption(
        f"选中一行，查看全部内容。记录只增不改，保存 {settings().accounts.audit_days} 天；每日把最后一条的哈希写到库外。"
    )


def _chosen() -> AuditFilter:
    """The filters, all of them in the URL: a link shows the same."""
    groups, results = words.action_groups(), words.results()
    with filters.filter_bar():
        first = filters.url_day("自", words.week_before(today()), key="first", latest=today())
        last = filters.url_day("至", today(), key="last", latest=today())
        action = filters.url_select("动作", list(groups), key="action")
        result = filters.url_select("结果", list(results), key="result")
        person = st.text_input("人员", key="person", bind="query-params", placeholder="账号或姓名")
    return AuditFilter(person or None, groups[action], results[result], min(first, last), max(first, last))


def _verify() -> None:
    """Every entry looked at; that somebody looked, and what was found, becomes an entry too."""
    base = database.engine(settings().database.url)
    try:
        verdict = audit.verified(principal(), base, settings().storage.folder, now())
        st.session_state[VERDICT] = words.verdict_notice(verdict)
    except audit.HeadsUnreadable as error:
        st.session_state[VERDICT] = ("alarm", "核验不符", str(error))


def _exported(chosen: AuditFilter) -> bytes:
    """Runs without the page's script: asks for the principal anew."""
    with reading() as r:
        return words.as_csv(entries(r.principal, r.connection, chosen, limit=None))


def _widths():
    return {
        "编号": st.column_config.NumberColumn(width="small", format="%d"),
        "做了什么": st.column_config.TextColumn(width="large"),
        "结果": st.column_config.TextColumn(width="small"),
    }
