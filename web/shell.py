"""The navigation of one run: sections, pages of the role, refusal of the others.

Imported once a process; `main.py` only calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page as NavigationPage

from data_access.principal import Principal
from pages._shared import links
from pages._shared.principal import principal, role_name
from ui import widgets
from ui.registry import SECTIONS
from web.discovery import Entry, pages
from web.document import TITLE

__all__ = ["TITLE", "open_page"]


ICON = str(Path(__file__).resolve().parent / "brand" / "favicon.png")
CONFIGURED = "web.is_configured"


def _configure_tab() -> None:
    """Icon and layout once a browser tab, which keeps them; its title is the page's."""
    if CONFIGURED not in st.session_state:
        st.session_state[CONFIGURED] = True
        st.set_page_config(page_icon=ICON, layout="wide")


def _refusal(entry: Entry, who: Principal) -> Callable[[], None]:
    """A page that is not theirs: the address stays, nothing of the page is drawn."""

    def refuse() -> None:
        widgets.forbidden(entry.page.title, [role_name(r) for r in entry.page.roles], role_name(who.role))

    return refuse


def _home(first: NavigationPage | None) -> Callable[[], None]:
    def go() -> None:
        if first is None:
            widgets.empty("这里还没有您可以打开的页面", "展厅页面启用后，讲解员可以在这里打开。")
            return
        st.switch_page(first, query_params=dict(st.query_params))

    return go


def open_page() -> None:
    """Draw the page asked for.

    Every page has its own address, the first one too: `/` leads there, so that a
    link means the same page to whoever opens it.
    """
    _configure_tab()
    who = principal()
    visible: dict[str, list[NavigationPage]] = {}
    hidden: list[NavigationPage] = []
    by_path: dict[str, NavigationPage] = {}
    for entry in pages():
        allowed = who.role in entry.page.roles
        made = st.Page(
            entry.render if allowed else _refusal(entry, who),
            title=entry.page.title,
            icon=entry.page.icon,
            url_path=entry.page.path,
            visibility="visible" if allowed else "hidden",
        )
        if allowed:
            visible.setdefault(SECTIONS[entry.section], []).append(made)
            by_path[entry.page.path] = made
        else:
            hidden.append(made)
    first = next((page for group in visible.values() for page in group), None)
    home = st.Page(_home(first), title=TITLE, default=True, visibility="hidden")
    chosen = st.navigation({"": [home, *hidden], **visible}, expanded=True)
    links.remember(by_path)
    chosen.run()
