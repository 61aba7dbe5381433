"""The grid of states: category × month, unit × category."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ui import formats, theme
from ui.charts.template import figure, plain


def matrix(
    frame: pd.DataFrame,
    row: str,
    column: str,
    state: str,
    text: str | None = None,
    *,
    hover: str | None = None,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> go.Figure:
    """States in a grid (category × month): pale colour, shape and words in each cell.

    Args:
        frame: one row per cell that exists; a cell without one stays empty.
        row, column: columns with the names of rows and columns.
        state: column with keys of `theme.STATES`.
        text: column with the words of a cell; the state's shape stands before them.
        hover: column with the sentence shown when pointed at.
        rows, columns: the order; none, the order of first appearance.

    A click selects the point; its `customdata` is ``[row name, column name]``.
    """
    cells = _cells(frame, row, column, state, text, hover)
    down = [plain(r) for r in rows] if rows is not None else list(dict.fromkeys(r for r, _ in cells))
    across = [plain(c) for c in columns] if columns is not None else list(dict.fromkeys(c for _, c in cells))
    place = {key: index for index, key in enumerate(theme.STATES)}
    made = figure(
        60 + 30 * max(len(down), 1),
        showlegend=False,
        margin={"t": 8, "b": 8, "l": 8, "r": 8},
        clickmode="event+select",
    )
    made.add_heatmap(
        z=[[place[cells[r, c][0]] if (r, c) in cells else None for c in across] for r in down],
        x=across,
        y=down,
        zmin=-0.5,
        zmax=len(theme.STATES) - 0.5,
        colorscale=_steps([theme.wash(key) for key in theme.STATES]),
        showscale=False,
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    order = [(r, c) for r in down for c in across if (r, c) in cells]
    made.add_scatter(
        x=[c for _, c in order],
        y=[r for r, _ in order],
        mode="markers+text",
        marker={"size": 26, "opacity": 0, "symbol": "square"},
        text=[cells[k][1] for k in order],
        textfont={"size": 12, "color": [theme.text(cells[k][0]) for k in order]},
        customdata=[[html.unescape(name) for name in k] for k in order],
        hovertext=[cells[k][2] for k in order],
        hoverinfo="text",
        selected={"textfont": {"color": theme.INK}},
        unselected={"marker": {"opacity": 0}},
    )
    made.update_xaxes(
        side="top", type="category", range=[-0.5, len(across) - 0.5], showline=False, tickfont={"size": 13}
    )
    made.update_yaxes(
        range=[len(down) - 0.5, -0.5],  # the first row on top; a range of its own, so that no row is padded
        type="category",
        showgrid=False,
        tickfont={"color": theme.INK, "size": 13},
        ticksuffix="  ",
    )
    return made


def _cells(
    frame: pd.DataFrame, row: str, column: str, state: str, text: str | None, hover: str | None
) -> dict[tuple[str, str], tuple[str, str, str]]:
    """(row, column) → (state, words with the state's shape before them, sentence when pointed at)."""
    made = {}
    for record in frame.to_dict("records"):
        key = (plain(record[row]), plain(record[column]))
        kind = str(record[state])
        words = "" if text is None or formats.is_missing(record[text]) else plain(record[text])
        shown = words if kind == "muted" and words else f"{theme.symbol(kind)} {words}".strip()
        known = hover is not None and not formats.is_missing(record[hover])
        made[key] = (kind, shown, plain(record[hover]) if known else f"{key[0]} {key[1]} {words}".strip())
    return made


def _steps(colours: Sequence[str]) -> list[list[Any]]:
    """A colour scale with hard edges: one colour a state, nothing in between."""
    share = 1 / len(colours)
    scale: list[list[Any]] = []
    for index, colour in enumerate(colours):
        scale += [[index * share, colour], [(index + 1) * share, colour]]
    scale[-1][0] = 1.0
    return scale
