"""Figures drawn as text: cards, tiles, ranked bars. They cost a rerun nothing, can be links, and print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ui import formats, html, theme
from ui.pieces.browser import write


@dataclass(frozen=True)
class Metric:
    """One card.

    Args:
        name: what is counted.
        value: the figure as written by `formats`, unit included.
        delta: the change as written by `formats`; its sign decides the arrow. None: no change is known.
        than: against what, e.g. ``较上月``.
        up_is_good: False where growth is bad, None where it is neither.
        history: figures of the line under it; fewer than two, no line.
        help: the indicator's meaning and article.
    """

    name: str
    value: str
    delta: str | None = None
    than: str = ""
    up_is_good: bool | None = True
    history: Sequence[float | None] = field(default_factory=tuple)
    help: str | None = None


def metric_cards(cards: Sequence[Metric]) -> None:
    """Cards side by side; two in a row on a telephone."""
    write(html.metric_cards([_card(card) for card in cards]))


def _card(card: Metric) -> html.Markup:
    known = [float(v) for v in card.history if v is not None and not formats.is_missing(v)]
    arrow, state = _direction(card)
    line = html.line(known, theme.fill(state)) if len(known) > 1 else ""
    return html.metric_card(card.name, card.value, card.delta, arrow, state, card.than, line, card.help)


def _direction(card: Metric) -> tuple[str | None, str]:
    """(symbol, state): the sign of the change decides the arrow, `up_is_good` whether that is welcome."""
    sign = (card.delta or "")[:1]
    arrow = {"+": "arrow_upward", "−": "arrow_downward"}.get(sign)
    if arrow is None or card.up_is_good is None:
        return arrow, "muted" if card.delta else "accent"
    return arrow, "good" if (sign == "+") == card.up_is_good else "alarm"


@dataclass(frozen=True)
class Tile:
    """One thing with a state; `address` (``?category=…``) makes it a link."""

    group: str
    state: str
    name: str
    words: str
    hover: str
    address: str | None = None


def tiles(entries: Sequence[Tile]) -> None:
    """Tiles in rows by group, in the order given: colour, shape and words; real links, so the keyboard works too."""
    groups: dict[str, list[tuple[str, str, str, str, str, str | None]]] = {}
    for t in entries:
        groups.setdefault(t.group, []).append(
            (t.state, theme.symbol(t.state), t.name, t.words, t.hover, t.address)
        )
    write(html.tiles(list(groups.items())))


def legend(entries: Sequence[tuple[str, str]]) -> None:
    """Shape and words of each state, under a matrix."""
    write(html.legend([(state, theme.symbol(state), words) for state, words in entries]))


@dataclass(frozen=True)
class Bar:
    """One bar: its name, a ratio (None: not known), its state, how far its pale track reaches, where it leads.

    `figure` and `hover` are written instead of the ratio where that says too little.
    """

    name: str
    ratio: float | None
    state: str = "accent"
    reach: float | None = 1.0
    address: str | None = None
    figure: str | None = None
    hover: str | None = None


def ranked_bars(
    bars: Sequence[Bar],
    target: float | None = None,
    *,
    target_name: str = "应达",
    reach_name: str = "年底预计",
    is_wide: bool = False,
) -> None:
    """One bar a row, in the order given; figures behind carry a shape beside the colour.

    `is_wide`: room for long names (venues) and figures.

    Drawn as text, not by plotly: it costs a rerun nothing, each bar is a link, and it prints.
    """
    rows = []
    for bar in bars:
        behind = bar.ratio is not None and bar.state in ("attention", "alarm")
        figure = bar.figure or formats.percent(bar.ratio)
        written = figure + (f" {theme.symbol(bar.state)}" if behind else "")
        hover = bar.hover or f"{bar.name} {figure}，{reach_name} {formats.percent(bar.reach)}"
        theme.fill(bar.state)  # an unknown state is refused here, with the known ones
        rows.append((bar.name, bar.ratio, bar.state, bar.reach, written, hover, bar.address))
    above = f"{target_name} {formats.percent(target)}"
    write(html.ranked_bars(rows, target, above, is_wide=is_wide))
