"""Charts and maps: what plotly and deck.gl draw in the browser, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ui import charts, html, map_svg
from ui.pieces import text
from ui.pieces.browser import write
from ui.pieces.tabular import folded_table


def chart(
    figure: go.Figure,
    sentence: str = "",
    *,
    key: str | None = None,
    on_select: Callable[[], None] | Literal["rerun", "ignore"] = "ignore",
) -> Any:
    """A sentence, then the figure it is about. With `on_select` it is a widget: not in a cached block."""
    if sentence:
        text.sentence(sentence)
    return st.plotly_chart(
        figure,
        theme=None,
        config=charts.CONFIG,
        key=key,
        alt=sentence or None,
        on_select=on_select,
        selection_mode="points",
    )


def chart_with_table(figure: go.Figure, frame: pd.DataFrame, sentence: str, name: str) -> None:
    """Sentence, chart, and folded beneath it the table. Holds no widget; add `downloads` beside it."""
    chart(figure, sentence)
    folded_table(frame, name)


def map_picture(made: Any, *, height: int) -> None:
    """What the deck will show, at once; stands before it in a column of their own, and gives way to it."""
    drawing, names = map_svg.drawn(made, height)
    styles = [f"font-size:{n.size}px;color:{n.letters};-webkit-text-stroke-color:{n.halo}" for n in names]
    rows = zip(styles, (n.rows for n in names), strict=True)
    write(html.map_picture(drawing, map_svg.WIDTH, height, rows))


def map_deck(made: Any, *, height: int, alt: str, key: str) -> None:
    """A deck of `ui.maps`; `alt` says in a sentence what it shows, for those who do not see it."""
    st.pydeck_chart(made, height=height, alt=alt, key=key)


def map_legend(title: str, entries: Sequence[tuple[str, str, str]], note: str = "") -> None:
    """What a map's colours mean, with figures: (colour, limits in words, how many)."""
    write(html.map_legend(title, list(entries), note))
