"""Bars: ranked against the pace, by month against the plan, made of parts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from ui import formats, theme
from ui.charts.template import figure, or_none, plain


def ranked_bars(
    frame: pd.DataFrame,
    label: str,
    value: str,
    target: float | None = None,
    states: str | None = None,
    *,
    track: str | None = None,
    target_name: str = "应达",
    track_name: str = "年底预计",
) -> go.Figure:
    """One horizontal bar a row, the first row on top, each on a pale track.

    Args:
        frame: one row per bar, in the order to be shown.
        label: column with the names.
        value: column with ratios (0–1); a missing one is written “—” and has no bar.
        target: ratio of the dotted line (pace today); none, no line.
        states: column with keys of `theme.STATES`; none, all in the accent colour.
        track: column with the ratio the pale track reaches (e.g. the forecast); none, 100 %.
    """
    kinds = _states(frame, states)
    names = [plain(n) for n in frame[label]]
    values = [None if formats.is_missing(v) else float(v) for v in frame[value]]
    marked = [v is not None and k in ("attention", "alarm") for v, k in zip(values, kinds, strict=True)]
    texts = [
        formats.percent(v) + (f" {theme.symbol(k)}" if m else "")
        for v, k, m in zip(values, kinds, marked, strict=True)
    ]
    reach = [1.0] * len(names) if track is None else [or_none(v) for v in frame[track]]
    made = figure(
        64 + 37 * max(len(names), 1),
        barmode="overlay",
        showlegend=False,
        margin={"t": 34, "b": 8, "l": 8, "r": 8},
    )
    made.add_bar(
        y=names,
        x=reach,
        orientation="h",
        width=0.62,
        marker={"color": theme.TRACK, "line": {"width": 0}},
        hoverinfo="skip" if track is None else None,
        hovertemplate=None if track is None else f"%{{y}} {track_name} %{{x:.1%}}<extra></extra>",
    )
    made.add_bar(
        y=names,
        x=values,
        orientation="h",
        width=0.36,
        yaxis="y2",
        marker={"color": [theme.fill(k) for k in kinds], "line": {"width": 0}},
        hovertemplate="%{y} %{x:.1%}<extra></extra>",
    )
    _write_beside(
        made, names, texts, [theme.text(k) if m else theme.INK for k, m in zip(kinds, marked, strict=True)]
    )
    made.update_xaxes(
        range=[0, 1.005 * max([1.0, *(v for v in [*values, *reach] if v is not None)])],
        tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1],
        tickformat=".0%",
        showline=False,
    )
    made.update_layout(
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "type": "category",
            "tickfont": {"color": theme.INK, "size": 14},
            "ticklabelstandoff": 8,
        }
    )
    if target is not None:
        _pace_line(made, target, target_name)
    return made


def _states(frame: pd.DataFrame, states: str | None) -> list[str]:
    return ["accent"] * len(frame) if states is None else [str(s) for s in frame[states]]


def _write_beside(made: go.Figure, names: list[str], texts: list[str], colours: list[str]) -> None:
    """The figures as labels of an axis on the right, where none is too short to hold them, on a telephone too."""
    made.update_layout(
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "tickvals": names,
            "ticktext": [f'<span style="color:{c}">{t}</span>' for t, c in zip(texts, colours, strict=True)],
            "ticklabelstandoff": 10,
            "autorange": "reversed",
            "showgrid": False,
            "type": "category",
            "tickfont": {"size": 13},
        }
    )


def _pace_line(made: go.Figure, target: float, name: str) -> None:
    made.add_shape(
        type="line",
        x0=target,
        x1=target,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": theme.INK, "width": 1.6, "dash": "dot"},
    )
    made.add_annotation(
        x=target,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"{name} {formats.percent(target)}",
        showarrow=False,
        font={"color": theme.INK_SOFT, "size": 13},
    )


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
