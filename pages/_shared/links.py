"""Links from one page to another, with its filters; none to a page the reader may not open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from data_access.principal import Role
from pages._shared.principal import principal

RECORDS = "记录"
"""The view of 基础数据 that lists rows."""
_pages_of: Callable[[Role], Mapping[str, Any]] = lambda role: {}  # noqa: E731  # until the navigation says so


def opened_by(pages_of: Callable[[Role], Mapping[str, Any]]) -> None:
    """Called once by the navigation, which knows the pages of a role by path."""
    global _pages_of
    _pages_of = pages_of


def as_shown(as_of: dt.date, today: dt.date) -> dict[str, str]:
    """What a link of a page shown as of a past day carries on; nothing of today's."""
    return {"as_of": as_of.isoformat()} if as_of < today else {}


def address(path: str, **filters: str) -> str:
    """The same as text, for a link inside a picture: ``/progress?only=mass_sport``."""
    return f"/{path}?{urlencode(filters)}" if filters else f"/{path}"


def batch_records(category: str, receipt: str, **filters: str) -> None:
    """A link to the rows of a batch in the base; `category` is its Chinese name, as the page's filter shows it."""
    link(
        "records", "查看这一批的记录", ":material/table_rows:", view=RECORDS, category=category, receipt=receipt,
        **filters,
    )  # fmt: skip


def link(path: str, label: str, icon: str, **filters: str) -> None:
    """A link to the page with this path; `filters` become its query."""
    page = _pages_of(principal().role).get(path)
    if page is not None:
        st.page_link(page, label=label, icon=icon, query_params=filters)
