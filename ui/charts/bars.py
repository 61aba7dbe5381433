"""Bars: by month against the plan, made of parts. Ranked ones are text: `pieces.figures`."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from ui import theme
from ui.charts.template import figure, or_none, plain


def columns_with_plan(
    frame: pd.DataFrame,
    label: str,
    actual: str,
    plan: str | None = None,
    current: str | None = None,
    *,
    actual_name: str = "实际",
    plan_name: str = "计划",
    unit: str = "",
    height: int = 280,
) -> go.Figure:
    """Columns of what came, a dotted line of what was promised; the running month is paler.

    Args:
        label: column of the x axis, e.g. ``11月``.
        actual: column of figures; missing ones (months to come) have no column.
        plan: column of figures; none, no line.
        current: the value of `label` that is not over yet.
        unit: written behind a figure, e.g. ``万条``.
    """
    names = [plain(n) for n in frame[label]]
    made = figure(height, margin={"t": 30, "b": 8, "l": 8, "r": 8})
    suffix = f" {unit}" if unit else ""
    made.add_bar(
        x=names,
        y=[or_none(v) for v in frame[actual]],
        name=actual_name,
        marker={
            "color": [theme.ACCENT_LIGHT if n == current else theme.ACCENT for n in names],
            "line": {"width": 0},
        },
        hovertemplate=f"%{{x}} {actual_name} %{{y:,.4~g}}{suffix}<extra></extra>",
    )
    if plan is not None:
        made.add_scatter(
            x=names,
            y=[or_none(v) for v in frame[plan]],
            name=plan_name,
            mode="lines+markers",
            line={"color": theme.ATTENTION, "dash": "dot", "width": 2},
            marker={"size": 6},
            hovertemplate=f"%{{x}} {plan_name} %{{y:,.4~g}}{suffix}<extra></extra>",
        )
    made.update_yaxes(rangemode="tozero")
    made.update_xaxes(type="category", categoryorder="array", categoryarray=names)
    return made


def stacked(
    frame: pd.DataFrame,
    label: str,
    parts: Mapping[str, str],
    *,
    states: Mapping[str, str] | None = None,
    horizontal: bool = False,
    unit: str = "",
    height: int | None = None,
) -> go.Figure:
    """Bars made of parts.

    Args:
        label: column with the names of the bars.
        parts: column → name in the legend, from the base of the bar outwards.
        states: column → key of `theme.STATES`, where a colour has a meaning.
    """
    names = [plain(n) for n in frame[label]]
    made = figure(
        height or (60 + 34 * max(len(names), 1) if horizontal else 300),
        barmode="stack",
        margin={"t": 30, "b": 8, "l": 8, "r": 8},
    )
    suffix = f" {unit}" if unit else ""
    for number, (column, name) in enumerate(parts.items()):
        values = [or_none(v) for v in frame[column]]
        known = (states or {}).get(column)
        shown = "%{x:,.4~g}" if horizontal else "%{y:,.4~g}"
        across = "%{y}" if horizontal else "%{x}"
        made.add_bar(
            x=values if horizontal else names,
            y=names if horizontal else values,
            orientation="h" if horizontal else "v",
            name=name,
            marker={
                "color": theme.fill(known) if known else theme.SERIES[number % len(theme.SERIES)],
                "line": {"width": 0},
            },
            hovertemplate=f"{across} {name} {shown}{suffix}<extra></extra>",
        )
    if horizontal:
        made.update_yaxes(
            autorange="reversed", showgrid=False, tickfont={"color": theme.INK}, type="category"
        )
        made.update_xaxes(showgrid=True, gridcolor=theme.LINE)
    else:
        made.update_xaxes(type="category", categoryorder="array", categoryarray=names)
    made.update_layout(legend={"traceorder": "normal"})
    return made
