"""The one template: type, margins, axes, Chinese words of the image button."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from ui import formats, theme

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": theme.FONT, "size": 13, "color": theme.INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(theme.SERIES),
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "hoverlabel": {
            "bgcolor": theme.INK,
            "font": {"color": theme.PAPER, "family": theme.FONT, "size": 13},
        },
        "legend": {
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": 1.02,
            "yanchor": "bottom",
            "title": {"text": ""},
        },
        "xaxis": {
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
            "linecolor": theme.LINE,
            "tickfont": {"color": theme.INK_SOFT},
            "fixedrange": True,
            "ticks": "",
        },
        "yaxis": {
            "automargin": True,
            "gridcolor": theme.LINE,
            "zeroline": False,
            "tickfont": {"color": theme.INK_SOFT},
            "fixedrange": True,
            "ticks": "",
        },
        "bargap": 0.42,
    }
)

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "locale": "zh-CN",
    "locales": {
        "zh-CN": {
            "dictionary": {
                "Download plot as a PNG": "下载图片",
                "Download plot as a png": "下载图片",
                "Download plot": "下载图片",
                "Taking snapshot - this may take a few seconds": "正在生成图片",
                "Snapshot succeeded": "图片已下载",
                "Sorry, there was a problem downloading your snapshot!": "图片没有下载成功，请重试",
                "Double-click to zoom back out": "双击恢复",
            },
            "format": {"decimal": ".", "thousands": ",", "grouping": [3]},
        }
    },
}
"""How the browser shows a figure: only the download button, in Chinese."""


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure with the product's template."""
    return go.Figure(layout={"template": TEMPLATE, "height": height, **layout})


def plain(name: Any) -> str:
    """A name as text: plotly reads its labels as HTML."""
    return html.escape(str(name), quote=False)


def or_none(value: Any) -> float | None:
    """A figure as plotly takes it; a missing one leaves a gap."""
    return None if formats.is_missing(value) else float(value)


def date_axis(made: go.Figure, values: Sequence[Any]) -> None:
    """Chinese dates on the axis; names stay names."""
    if len(values) and hasattr(values[0], "year"):
        made.update_xaxes(type="date", tickformat="%-m月%-d日\n%Y年", hoverformat="%Y年%-m月%-d日", nticks=8)
    else:
        made.update_xaxes(type="category", nticks=14)
