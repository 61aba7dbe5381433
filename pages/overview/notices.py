"""消息提醒: what is due, what was returned or answered, for everybody of the unit; read by account (Articles 8, 22)."""

import streamlit as st

from data_access import engine as database
from data_access.calendar import today
from data_access.clock import now
from data_access.commands import notices as commands
from data_access.queries import notices as queries
from data_access.settings import settings
from pages._shared.numbers import reading
from pages._shared.principal import principal
from reports import notice_words as words
from ui import frames
from ui.pieces import figures, filters, layout, states, tabular, text
from ui.registry import ALL_ROLES, Page

PAGE = Page(
    path="notices",
    title="消息提醒",
    icon=":material/notifications:",
    roles=ALL_ROLES,
    order=30,
)


def render() -> None:
    with layout.title_bar(PAGE.title):
        kind = words.FILTERS[filters.url_select("种类", list(words.FILTERS), key="kind", is_small=True)]
    with reading() as r:
        every = queries.notices(r.principal, r.connection, standing=False)
    shown = words.of_kind(every, kind)
    standing = words.in_order([n for n in shown if n.settled_at is None])
    unread = [n.key for n in standing if n.read_at is None]
    with layout.together():
        text.headline(words.sentence(standing, today()))
        if standing:
            figures.tiles([figures.Tile(**tile) for tile in words.tiles(standing, today())])
        else:
            states.empty(
                "没有待办的提醒", "应报项截止前 7 天、前 1 天和逾期时，通报印发和计划退回时，这里会列出来。"
            )
    if unread and st.button(f"全部标为已读（{len(unread)}）", icon=":material/done_all:"):
        with database.writing(database.engine(settings().database.url)) as connection:
            commands.mark_read(principal(), connection, unread, at=now())
        st.rerun()
    if shown:
        tabular.folded_table(frames.of(words.rows(shown)), f"全部记录（{len(shown)} 条）")
