"""Lines: series, a band with what came, a spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ui import theme
from ui.charts.template import date_axis, figure, or_none


def lines(
    frame: pd.DataFrame,
    x: str,
    series: Mapping[str, str],
    *,
    ratio: bool = False,
    unit: str = "",
    height: int = 280,
    dashed: Sequence[str] = (),
    states: Mapping[str, str] | None = None,
) -> go.Figure:
    """One line a column.

    Args:
        x: column of the x axis: dates or names.
        series: column → name in the legend, in the order of the legend.
        ratio: the figures are 0–1 and written as percentages.
        dashed: columns drawn dotted, e.g. plan or last year.
        states: column → key of `theme.STATES`, where a colour has a meaning.
    """
    made = figure(height, margin={"t": 30, "b": 8, "l": 8, "r": 8}, hovermode="x unified")
    made.update_layout(hoverlabel={"bgcolor": theme.PAPER, "font": {"color": theme.INK}})
    suffix = f" {unit}" if unit else ""
    for number, (column, name) in enumerate(series.items()):
        known = (states or {}).get(column)
        made.add_scatter(
            x=list(frame[x]),
            y=[or_none(v) for v in frame[column]],
            name=name,
            mode="lines",
            line={
                "color": theme.fill(known) if known else theme.SERIES[number % len(theme.SERIES)],
                "width": 2,
                "dash": "dot" if column in dashed else "solid",
            },
            hovertemplate="%{y:.1%}" if ratio else f"%{{y:,.4~g}}{suffix}",
        )
    date_axis(made, list(frame[x]))
    made.update_yaxes(tickformat=".1%" if ratio else None)
    made.update_layout(showlegend=len(series) > 1)
    return made


def band(
    frame: pd.DataFrame,
    x: str,
    low: str,
    high: str,
    middle: str,
    actual: str | None = None,
    *,
    band_name: str = "通常范围",
    middle_name: str = "通常",
    actual_name: str = "实际",
    ratio: bool = False,
    height: int = 280,
) -> go.Figure:
    """A pale band between `low` and `high` (typical day, forecast range), its middle dotted, what came on top."""
    across = list(frame[x])
    made = figure(height, margin={"t": 30, "b": 8, "l": 8, "r": 8})
    for column, fill in ((high, None), (low, "tonexty")):
        made.add_scatter(
            x=across,
            y=[or_none(v) for v in frame[column]],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=theme.ACCENT_WASH,
            name=band_name,
            showlegend=fill is not None,
            hoverinfo="skip",
        )
    pattern = "%{y:.1%}" if ratio else "%{y:,.4~g}"
    for column, name, line in (
        (middle, middle_name, {"color": theme.ACCENT_LIGHT, "dash": "dot", "width": 2}),
        (actual, actual_name, {"color": theme.ACCENT, "width": 2.5}),
    ):
        if column is not None:
            made.add_scatter(
                x=across,
                y=[or_none(v) for v in frame[column]],
                mode="lines+markers" if column == actual else "lines",  # a day's first hour is a point
                marker={"size": 5},
                name=name,
                line=line,
                hovertemplate=f"%{{x}} {name} {pattern}<extra></extra>",
            )
    date_axis(made, list(frame[x]))
    made.update_yaxes(tickformat=".0%" if ratio else None, rangemode="tozero")
    return made


def spark(values: Sequence[Any], state: str = "accent", *, height: int = 44) -> go.Figure:
    """A line without axes, its last point marked."""
    points = [or_none(v) for v in values]
    colour = theme.fill(state)
    made = figure(height, showlegend=False, margin={"l": 2, "r": 4, "t": 4, "b": 4})
    made.add_scatter(y=points, mode="lines", line={"color": colour, "width": 2}, hoverinfo="skip")
    known = [i for i, v in enumerate(points) if v is not None]
    if known:
        made.add_scatter(
            x=known[-1:],
            y=[points[known[-1]]],
            mode="markers",
            marker={"color": colour, "size": 6},
            hoverinfo="skip",
        )
    made.update_xaxes(visible=False)
    made.update_yaxes(visible=False)
    return made
