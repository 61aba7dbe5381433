"""How pieces stand on a page: together, side by side, beside the page's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from ui import html
from ui.pieces.browser import gather, write


@contextmanager
def together() -> Iterator[None]:
    """``with layout.together(): …``: what is only text and pictures goes to the browser as one message.

    Each message costs a rerun a third of a millisecond. Charts, tables and
    filters have messages of their own and may not stand inside.
    """
    with gather() as pieces:
        yield
    if pieces:
        write(html.element("div", *pieces, class_="together"))


def two_sides(left: Callable[[], None], right: Callable[[], None], *, has_chart_below: bool = False) -> None:
    """Two columns of text and pictures; `has_chart_below`: the chart drawn next belongs under the right one."""
    with gather() as of_left:
        left()
    with gather() as of_right:
        right()
    write(html.two_sides(of_left, of_right, has_place_below=has_chart_below))


def title_bar(title: str) -> Any:
    """The page's name, and at its right the filters: ``with layout.title_bar(PAGE.title): …``."""
    bar = st.container(horizontal=True, vertical_alignment="center", key="title-bar")
    bar.html(html.title(title))
    return bar


def two_columns(left: float = 5, right: float = 4) -> Any:
    """A wide and a narrower column; below each other on a telephone."""
    return st.columns([left, right], gap="large")
