"""Tiles: rows of named things with a state, as many in a row as there are."""

from __future__ import annotations

import html
import textwrap
from collections import Counter

import pandas as pd
import plotly.graph_objects as go

from ui import theme
from ui.charts.grid import hard_steps
from ui.charts.template import figure, plain

TILE_HEIGHT = 62
NAME_LETTERS = 10
INVISIBLE = "\u200b"


def tiles(
    frame: pd.DataFrame,
    row: str,
    key: str,
    name: str,
    state: str,
    text: str,
    hover: str,
    *,
    most: int = 7,
) -> go.Figure:
    """One tile a record, packed from the left; state by colour, shape and words.

    Args:
        frame: one row per tile, in order.
        row: column with the name of the tile's row (the department).
        key: column with what a click selects; it is the point's only `customdata`.
        name: column with the tile's title; long ones are cut and shown whole when pointed at.
        state: column with keys of `theme.STATES`.
        text: column with the second line.
        hover: column with the sentence shown when pointed at.
        most: tiles beside each other; more go on below.
    """
    records = frame.to_dict("records")
    seen: Counter[str] = Counter()
    lines: dict[tuple[str, int], str] = {}
    places: list[tuple[str, int]] = []
    for record in records:
        label = plain(record[row])
        line, column = divmod(seen[label], most)
        unseen = INVISIBLE * (len(lines) + 1)  # a line of its own on the axis, without a name
        places.append((lines.setdefault((label, line), unseen if line else label), column))
        seen[label] += 1
    down = list(dict.fromkeys(place for place, _ in places))
    widest = min(most, max(seen.values(), default=1))
    made = figure(
        24 + TILE_HEIGHT * max(len(down), 1),
        showlegend=False,
        margin={"t": 4, "b": 4, "l": 8, "r": 4},
        clickmode="event+select",
    )
    grid: list[list[int | None]] = [[None] * widest for _ in down]
    index = {state_key: n for n, state_key in enumerate(theme.STATES)}
    for (place, column), record in zip(places, records, strict=True):
        grid[down.index(place)][column] = index[str(record[state])]
    made.add_heatmap(
        z=grid,
        x=list(range(widest)),
        y=down,
        zmin=-0.5,
        zmax=len(theme.STATES) - 0.5,
        colorscale=hard_steps([theme.wash(key) for key in theme.STATES]),
        showscale=False,
        xgap=5,
        ygap=6,
        hoverinfo="skip",
    )
    kinds = [str(r[state]) for r in records]
    made.add_scatter(
        x=[column for _, column in places],
        y=[place for place, _ in places],
        mode="markers+text",
        marker={"size": 46, "opacity": 0, "symbol": "square"},
        text=[
            f"<b>{theme.symbol(k)} {_short(plain(r[name]))}</b><br>{plain(r[text])}"
            for k, r in zip(kinds, records, strict=True)
        ],
        textfont={"size": 12, "color": [theme.text(k) for k in kinds]},
        customdata=[[str(r[key])] for r in records],
        hovertext=[plain(r[hover]) for r in records],
        hoverinfo="text",
        selected={"textfont": {"color": theme.INK}},
        unselected={"marker": {"opacity": 0}},
    )
    made.update_xaxes(visible=False, range=[-0.5, widest - 0.5], fixedrange=True)
    made.update_yaxes(
        range=[len(down) - 0.5, -0.5],  # the first row on top; a range of its own, so that no row is padded
        type="category",
        showgrid=False,
        tickfont={"color": theme.INK, "size": 13},
        ticksuffix="  ",
    )
    return made


def _short(name: str) -> str:
    full = html.unescape(name)
    if len(full) <= NAME_LETTERS:
        return name
    return html.escape(textwrap.shorten(full, NAME_LETTERS, placeholder="") or full[: NAME_LETTERS - 1]) + "…"
