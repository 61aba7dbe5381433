"""Filters that live in the address: a link that is sent shows what its sender saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ui import html
from ui.pieces.browser import write_alone


def filter_bar() -> Any:
    """A row for filters: ``with filters.filter_bar(): …``."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


FILTER_WIDTH = 190
"""Pixels of a filter beside a page's name."""


def url_select(
    label: str,
    options: Sequence[str],
    key: str,
    *,
    index: int = 0,
    help: str | None = None,
    is_small: bool = False,
) -> str:
    """One of `options`, kept in the URL under `key`; whatever else address or browser send becomes the first."""
    chosen = st.selectbox(
        label,
        options,
        index=index,
        key=key,
        bind="query-params",
        help=help,
        label_visibility="collapsed" if is_small else "visible",
        width=FILTER_WIDTH if is_small else "stretch",
    )
    return chosen if chosen in options else options[index]


def url_multiselect(label: str, options: Sequence[str], key: str, *, every: str = "全部") -> list[str]:
    """Any of `options`, kept in the URL; none chosen means all of them."""
    chosen = st.multiselect(label, options, key=key, bind="query-params", placeholder=every)
    return [value for value in chosen if value in options] or list(options)


def url_segments(label: str, options: Sequence[str], key: str) -> str:
    """One of a few, as a row of buttons; kept in the URL."""
    chosen = st.segmented_control(
        label,
        options,
        default=options[0],
        key=key,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    return chosen if chosen in options else options[0]


def url_text(label: str, key: str, *, placeholder: str, width: int, most: int = 40) -> str:
    """A few words, kept in the URL; the placeholder says what for, the label is read aloud."""
    typed = st.text_input(
        label, key=key, placeholder=placeholder, max_chars=most, bind="query-params", width=width,
        label_visibility="collapsed",
    )  # fmt: skip
    return (typed or "").strip()[:most]


def asked_day(asked: str | None, today: dt.date, earliest: dt.date) -> dt.date:
    """The day of ``?as_of=YYYY-MM-DD``, as of which the page is shown; today for whatever is none of the days."""
    try:
        day = dt.date.fromisoformat(asked or "")
    except ValueError:
        return today
    return day if earliest <= day <= today else today


def url_as_of(today: dt.date, earliest: dt.date) -> dt.date:
    """The asked day, and the field to choose another: kept in the URL."""
    day = asked_day(st.query_params.get("as_of"), today, earliest)
    write_alone(html.asked_day(day, earliest, today), width="content")
    return day


def url_day(label: str, day: dt.date, key: str, *, latest: dt.date) -> dt.date:
    """One day, kept in the URL under `key`; `day` when absent."""
    chosen = st.date_input(
        label, value=day, max_value=latest, key=key, format="YYYY-MM-DD", bind="query-params"
    )
    return chosen if isinstance(chosen, dt.date) else day
