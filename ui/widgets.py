"""The pieces a page is put together from. The one module of `ui` that knows Streamlit.

A piece that holds no widget may stand in a cached block (`pages/_shared/drawn.py`);
those with buttons and filters say so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ui import charts, formats, html, map_svg, theme

# ---- words ----

_gathered: ContextVar[list[html.Markup] | None] = ContextVar("gathered", default=None)


@contextmanager
def _gather() -> Iterator[list[html.Markup]]:
    pieces: list[html.Markup] = []
    token = _gathered.set(pieces)
    try:
        yield pieces
    finally:
        _gathered.reset(token)


@contextmanager
def together() -> Iterator[None]:
    """``with widgets.together(): …``: what is only text and pictures goes to the browser as one message.

    Each message costs a rerun a third of a millisecond. Charts, tables and
    filters have messages of their own and may not stand inside.
    """
    with _gather() as pieces:
        yield
    if pieces:
        _write(html.element("div", *pieces, class_="together"))


def two_sides(left: Callable[[], None], right: Callable[[], None], *, has_chart_below: bool = False) -> None:
    """Two columns of text and pictures; `has_chart_below`: the chart drawn next belongs under the right one."""
    with _gather() as of_left:
        left()
    with _gather() as of_right:
        right()
    _write(html.two_sides(of_left, of_right, has_place_below=has_chart_below))


def _write(piece: html.Markup) -> None:
    pieces = _gathered.get()
    if pieces is None:
        st.html(piece)
    else:
        pieces.append(piece)


def title(words: str) -> None:
    """The page's name."""
    _write(html.title(words))


def title_with_day(words: str, day: dt.date, earliest: dt.date, today: dt.date) -> None:
    """The page's name, and at its right the field that chooses the day: no message of its own, see `asked_day`."""
    _write(html.title(words, html.asked_day(day, earliest, today)))


def headline(sentence: str) -> None:
    """The sentence that answers the reader's question, before any figure."""
    _write(html.headline(sentence))


def heading(words: str) -> None:
    """The name of a block."""
    _write(html.heading(words))


def sentence(words: str) -> None:
    """What a chart or a table says, above it."""
    _write(html.element("p", words, class_="sentence"))


def as_of_line(moment: dt.date | None, *parts: str, version: int | None = None) -> None:
    """``数据截至 2026-11-22 14:32 • 数据版本 20,418 • …``; `parts` are added as they are.

    `moment`: of the last change, or a day of the past at whose end everything is shown.
    """
    known = formats.clock(moment) if moment is None or isinstance(moment, dt.datetime) else moment.isoformat()
    words = [f"数据截至 {known}"]
    if version is not None:
        words.append(f"数据版本 {formats.number(version)}")
    _write(html.as_of_line([*words, *parts]))


# ---- figures ----


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
    _write(html.metric_cards([_card(card) for card in cards]))


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


# ---- notices and the four pictures ----


@dataclass(frozen=True)
class Notice:
    """One matter: its state (a key of `theme.STATES`), whose it is, a sentence, the name of a Material symbol."""

    state: str
    title: str
    words: str
    symbol: str | None = None


_SYMBOL: dict[str, str] = {
    "alarm": "priority_high",
    "attention": "schedule",
    "good": "check_circle",
    "calm": "info",
    "muted": "remove",
}


def attention(notices: Sequence[Notice]) -> None:
    """What needs the reader's word, the worst first as given; none is said too."""
    shown = notices or [Notice("good", "", "目前没有需要您关注的事项。")]
    _write(
        html.element(
            "div", *(html.notice(n.state, n.symbol or _SYMBOL[n.state], n.title, n.words) for n in shown)
        )
    )


def empty(what: str, when: str) -> None:
    """Nothing yet, and that is normal: `what` is missing, `when` it will appear."""
    _write(html.picture("calm", "inbox", what, when, ""))


def late(
    what: str, since: dt.datetime | None, then: str = "请联系运维团队查看数据源；恢复后本页自动更新。"
) -> None:
    """Figures exist but are not up to date; the page may draw them below."""
    words = f"最近一次更新是 {formats.datetime_zh(since)}。" if since is not None else "还没有更新过。"
    _write(html.picture("attention", "schedule", what, words, then))


def failed(number: str) -> None:
    """Something broke; the log has the rest under this number."""
    _write(
        html.picture(
            "alarm",
            "error",
            "这一页没有完整显示",
            f"错误编号 {number}。其他页面不受影响，已保存的数据没有变化。",
            "请刷新一次；仍然如此，请把错误编号告诉运维团队。",
        )
    )


def no_answer(number: str) -> None:
    """The database is away: no page can be drawn, and nobody can mend that from here."""
    _write(
        html.picture(
            "alarm",
            "error",
            "数据库暂时没有应答",
            f"现在读不到数据，其他页面也一样；已保存的数据没有变化。错误编号 {number}。",
            "请过一两分钟刷新本页；五分钟后仍未恢复，请告诉运维团队。",
        )
    )


def forbidden(page: str, roles: Sequence[str], role: str) -> None:
    """A page that is not for this role."""
    _write(
        html.picture(
            "muted",
            "lock",
            f"“{page}”不对您开放",
            f"本页供{'、'.join(roles)}使用，您的身份是{role}。",
            "工作需要时，请向局办公室申请。",
        )
    )


def signed_out(address: str, must_change: bool = False) -> None:
    """Nobody is logged in any more, or with a one-time password only: the way to the form that helps."""
    if must_change:
        picture = html.picture(
            "attention", "key", "请先修改密码", "您现在用的是一次性密码。", "", ("修改密码", address)
        )
    else:
        words = "登录已经结束，或账号在别处登录。已保存的数据没有变化。"
        picture = html.picture("muted", "lock", "请重新登录", words, "", ("去登录", address))
    st.html(picture)


def notice(state: str, title: str, words: str, symbol: str | None = None) -> None:
    """One coloured card."""
    _write(html.notice(state, symbol or _SYMBOL[state], title, words))


def legend(entries: Sequence[tuple[str, str]]) -> None:
    """Shape and words of each state, under a matrix."""
    _write(html.legend([(state, theme.symbol(state), words) for state, words in entries]))


def map_legend(title: str, entries: Sequence[tuple[str, str, str]], note: str = "") -> None:
    """What a map's colours mean, with figures: (colour, limits in words, how many)."""
    _write(html.map_legend(title, list(entries), note))


def is_telephone() -> bool:
    """Whether the reader's browser says it is one: a deck is told its view, it does not ask for its width."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def way_back(narrowed: str, words: str, address: str) -> None:
    """What a filter of the address leaves out, and the link that shows all again."""
    _write(html.way_back(narrowed, words, address))


def opened(name: str, words: str, address: str) -> None:
    """The name of what a tile has opened, and the link that closes it."""
    _write(html.opened(name, words, address))


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
    _write(html.tiles(list(groups.items())))


def facts(pairs: Sequence[tuple[str, str]], *, is_wide: bool = False) -> None:
    """Names and values: a record, a receipt; `is_wide` for sentences, one below the other."""
    _write(html.facts([(name, value) for name, value in pairs], is_wide=is_wide))


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
    _write(html.ranked_bars(rows, target, above, is_wide=is_wide))


def slip(title: str, pairs: Sequence[tuple[str, str]], advice: str) -> None:
    """A paper for one person; printing the page prints it alone."""
    _write(html.slip(title, list(pairs), advice))


def framed(address: str, height: int) -> None:
    """Another page of this very server, in a frame: the wall. Never an address that somebody has typed."""
    if not address.startswith("/") or address.startswith("//"):
        raise ValueError(f"{address} is not a page of this server")
    st.iframe(address, height=height)


def way(words: str, address: str, why: str) -> None:
    """A link to one of the server's own forms, e.g. ``/apply``."""
    _write(html.way(words, address, why))


def big_clock(time: str, title: str, words: str) -> None:
    """For a guide who leads: the page's name, what is on the wall, and the time in figures one sees from afar."""
    name = html.element("h1", title, class_="title")
    _write(
        html.element(
            "div",
            html.element("div", name, html.headline(words)),
            html.element("b", time),
            class_="big-clock",
        )
    )


def script(title: str, sentences: Sequence[str]) -> None:
    """What is said aloud, sentence by sentence, in letters for an outstretched arm."""
    said = html.element("ol", *(html.element("li", sentence) for sentence in sentences))
    _write(html.element("div", html.heading(title), said, class_="script"))


# ---- charts with their sentence, table and files ----


def chart(
    figure: go.Figure,
    sentence: str = "",
    *,
    key: str | None = None,
    on_select: Callable[[], None] | Literal["rerun", "ignore"] = "ignore",
) -> Any:
    """A sentence, then the figure it is about. With `on_select` it is a widget: not in a cached block."""
    if sentence:
        _write(html.element("p", sentence, class_="sentence"))
    return st.plotly_chart(
        figure,
        theme=None,
        config=charts.CONFIG,
        key=key,
        alt=sentence or None,
        on_select=on_select,
        selection_mode="points",
    )


def map_picture(made: Any, *, height: int) -> None:
    """What the deck will show, at once; stands before it in a column of their own, and gives way to it."""
    drawing, names = map_svg.drawn(made, height)
    styles = [f"font-size:{n.size}px;color:{n.letters};-webkit-text-stroke-color:{n.halo}" for n in names]
    rows = zip(styles, (n.rows for n in names), strict=True)
    _write(html.map_picture(drawing, map_svg.WIDTH, height, rows))


def map_deck(made: Any, *, height: int, alt: str, key: str) -> None:
    """A deck of `ui.maps`; `alt` says in a sentence what it shows, for those who do not see it."""
    st.pydeck_chart(made, height=height, alt=alt, key=key)


THOUSANDS = "%,d"


def table(frame: pd.DataFrame, counts: Sequence[str] = (), **options: Any) -> Any:
    """A table with the product's manners: no index, the frame's own Chinese column names.

    Args:
        counts: columns of whole numbers to be written 1,387,104 and still sorted as numbers; years and
            numbers that name something stay as they are.
    """
    if counts:
        options["column_config"] = {name: st.column_config.NumberColumn(format=THOUSANDS) for name in counts}
    return st.dataframe(frame, hide_index=True, placeholder="—", **options)


def chart_with_table(figure: go.Figure, frame: pd.DataFrame, sentence: str, name: str) -> None:
    """Sentence, chart, and folded beneath it the table. Holds no widget; add `downloads` beside it."""
    chart(figure, sentence)
    folded_table(frame, name)


def folded_table(
    frame: pd.DataFrame, name: str, files: Mapping[str, str] | None = None, *, is_open: bool = False
) -> None:
    """The figures of a picture as a table, folded under it: for reading aloud, copying, printing.

    Args:
        files: label → address of the table as a file (`pages._shared.tables.addresses`).
        is_open: unfolded from the beginning.
    """
    is_number = [pd.api.types.is_numeric_dtype(frame[c]) for c in frame.columns]
    rows = [[_written(value) for value in row] for row in frame.itertuples(index=False)]
    right = [n or all(_FIGURE.fullmatch(row[i]) for row in rows) for i, n in enumerate(is_number)]
    columns = [str(c) for c in frame.columns]
    _write(html.folded_table(f"{name}：数据表", columns, rows, right, files, is_open=is_open))


_FIGURE = re.compile(r"[+−-]?[\d,]+(\.\d+)?( ?[%％万亿条项分]*)|—")


def _written(value: Any) -> str:
    if formats.is_missing(value):
        return "—"
    if isinstance(value, float) and not value.is_integer():
        return formats.number(value, 1)
    return formats.number(value) if isinstance(value, (int, float)) else str(value)


# ---- a file to send ----


def upload(label: str, types: Sequence[str], key: str, *, most_mb: int, help: str | None = None) -> Any:
    """One file of one of `types`; the limits stand under it in Chinese."""
    chosen = st.file_uploader(label, type=list(types), key=key, help=help, max_upload_size=most_mb)
    st.html(html.element("p", f"单个文件不超过 {most_mb} MB，格式：{'、'.join(types)}。", class_="limits"))
    return chosen


# ---- filters that live in the URL ----


def filter_bar() -> Any:
    """A row for filters: ``with widgets.filter_bar(): …``."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


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


def choice(label: str, options: Sequence[str], key: str) -> str:
    """One of `options`, not in the URL; whatever else the browser sends becomes the first."""
    chosen = st.selectbox(label, options, key=key)
    return chosen if chosen in options else options[0]


def url_multiselect(label: str, options: Sequence[str], key: str, *, every: str = "全部") -> list[str]:
    """Any of `options`, kept in the URL; none chosen means all of them."""
    chosen = st.multiselect(label, options, key=key, bind="query-params", placeholder=every)
    return [value for value in chosen if value in options] or list(options)


def url_text(label: str, key: str, *, placeholder: str, width: int, most: int = 40) -> str:
    """A few words, kept in the URL; the placeholder says what for, the label is read aloud."""
    typed = st.text_input(
        label, key=key, placeholder=placeholder, max_chars=most, bind="query-params", width=width,
        label_visibility="collapsed",
    )  # fmt: skip
    return (typed or "").strip()[:most]


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


FILTER_WIDTH = 190
"""Pixels of a filter beside a page's name."""


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
    st.html(html.asked_day(day, earliest, today), width="content")
    return day


def url_day(label: str, day: dt.date, key: str, *, latest: dt.date) -> dt.date:
    """One day, kept in the URL under `key`; `day` when absent."""
    chosen = st.date_input(
        label, value=day, max_value=latest, key=key, format="YYYY-MM-DD", bind="query-params"
    )
    return chosen if isinstance(chosen, dt.date) else day


# ---- the layout of a page ----


def title_bar(title: str) -> Any:
    """The page's name, and at its right the filters: ``with widgets.title_bar(PAGE.title): …``."""
    bar = st.container(horizontal=True, vertical_alignment="center", key="title-bar")
    bar.html(html.title(title))
    return bar


def two_columns(left: float = 5, right: float = 4) -> Any:
    """A wide and a narrower column; below each other on a telephone."""
    return st.columns([left, right], gap="large")
