"""Links from one page to another, with its filters; none to a page the reader may not open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from data_access.principal import Role
from pages._shared.principal import principal

_pages_of: Callable[[Role], Mapping[str, Any]] = lambda role: {}  # noqa: E731  # until the navigation says so


def opened_by(pages_of: Callable[[Role], Mapping[str, Any]]) -> None:
    """Called once by the navigation, which knows the pages of a role by path."""
    global _pages_of
    _pages_of = pages_of


def address(path: str, **filters: str) -> str:
    """The same as text, for a link inside a picture: ``/progress?department=mass_sport``."""
    return f"/{path}?{urlencode(filters)}" if filters else f"/{path}"


def link(path: str, label: str, icon: str, **filters: str) -> None:
    """A link to the page with this path; `filters` become its query."""
    page = _pages_of(principal().role).get(path)
    if page is not None:
        st.page_link(page, label=label, icon=icon, query_params=filters)
