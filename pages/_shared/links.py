"""Links from one page to another, with its filters; none to a page the reader may not open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

KEY = "links.pages"


def remember(pages: Mapping[str, Any]) -> None:
    """The navigation's pages of this run by path; called before the page is drawn."""
    st.session_state[KEY] = dict(pages)


def address(path: str, **filters: str) -> str:
    """The same as text, for a link inside a picture: ``/progress?department=mass_sport``."""
    return f"/{path}?{urlencode(filters)}" if filters else f"/{path}"


def link(path: str, label: str, icon: str, **filters: str) -> None:
    """A link to the page with this path; `filters` become its query."""
    page = st.session_state.get(KEY, {}).get(path)
    if page is not None:
        st.page_link(page, label=label, icon=icon, query_params=filters)
