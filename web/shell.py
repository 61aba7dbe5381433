"""The navigation of one run: sections, pages of the role, refusal of the others.

Imported once a process; `main.py` only calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page as NavigationPage

from data_access.principal import Role
from pages._shared import links
from pages._shared.principal import principal, role_name
from ui.pieces import states
from ui.registry import SECTIONS
from web.discovery import Entry, pages
from web.document import TITLE

__all__ = ["TITLE", "open_page"]


ICON = str(Path(__file__).resolve().parent / "brand" / "favicon.png")
CONFIGURED = "web.is_configured"
UNSEEN = ""
"""The section of pages that stand in no menu."""


def _configure_tab() -> None:
    """Icon and layout once a browser tab, which keeps them; its title is the page's."""
    if CONFIGURED not in st.session_state:
        st.session_state[CONFIGURED] = True
        st.set_page_config(page_icon=ICON, layout="wide")


def _refusal(entry: Entry, role: Role) -> Callable[[], None]:
    """A page that is not theirs: the address stays, nothing of the page is drawn."""

    def refuse() -> None:
        states.forbidden(entry.page.title, [role_name(r) for r in entry.page.roles], role_name(role))

    return refuse


def _home(first: NavigationPage | None) -> Callable[[], None]:
    def go() -> None:
        if first is None:
            states.empty("这里还没有您可以打开的页面", "展厅页面启用后，讲解员可以在这里打开。")
            return
        st.switch_page(first, query_params=dict(st.query_params))

    return go


class _Kept(NavigationPage):
    """A page that all runs of a role draw at the same time, so that its navigation is made once.

    Streamlit makes pages for one run: it hashes the address at each question and
    marks the page it returns as the one that may be drawn, once. Here the hash is
    kept, and any run may draw; which page a run draws only `st.navigation` says.
    """

    @cached_property
    def _script_hash(self) -> str:  # type: ignore[override]  # a property there
        return NavigationPage._script_hash.fget(self)  # type: ignore[attr-defined]

    @property
    def _can_be_called(self) -> bool:  # type: ignore[override]
        return True

    @_can_be_called.setter
    def _can_be_called(self, value: bool) -> None:
        pass


def open_page() -> None:
    """Draw the page asked for.

    Every page has its own address, the first one too: `/` leads there, so that a
    link means the same page to whoever opens it.
    """
    _configure_tab()
    st.navigation(_made(principal().role), expanded=True).run()


@cache
def _made(role: Role) -> dict[str, list[NavigationPage]]:
    """The navigation of a role by section, made by the first run that needs it; what is not shown comes first."""
    visible: dict[str, list[NavigationPage]] = {}
    hidden: list[NavigationPage] = []
    for entry in pages():
        allowed = role in entry.page.roles
        made = _Kept(
            entry.render if allowed else _refusal(entry, role),
            title=entry.page.title,
            icon=entry.page.icon,
            url_path=entry.page.path,
            visibility="visible" if allowed else "hidden",
        )
        if allowed:
            visible.setdefault(SECTIONS[entry.section], []).append(made)
        else:
            hidden.append(made)
    first = next((page for group in visible.values() for page in group), None)
    home = _Kept(_home(first), title=TITLE, default=True, visibility="hidden")
    return {UNSEEN: [home, *hidden], **visible}


@cache
def _by_path(role: Role) -> dict[str, NavigationPage]:
    """The pages of a role by path, for links from one to another."""
    return {
        page.url_path: page for section, group in _made(role).items() if section != UNSEEN for page in group
    }


links.opened_by(_by_path)
