"""The one module that may build HTML, and it escapes.

Whatever comes from a database or a file goes through `element` as text; there is
no way to hand it markup. The classes are those of `ui/style.css`.
"""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

_VOID = {"br", "hr", "img", "input", "link", "meta"}


class Markup(str):
    """Text that is already HTML; only this module makes it."""


def text(value: object) -> Markup:
    """Any value as harmless text."""
    return value if isinstance(value, Markup) else Markup(escape(str(value), quote=True))


def element(tag: str, *children: object, **attributes: str | None) -> Markup:
    """``element("p", "a < b", class_="note")``; children are escaped unless made here."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value, quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{''.join(text(child) for child in children)}</{tag}>")


def document(title: str, style: str, *body: object, class_: str) -> str:
    """A whole page of its own, without Streamlit and without a script; `style` is the style sheet's address."""
    head = element(
        "head",
        element("meta", charset="UTF-8"),
        element("title", title),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("link", rel="icon", href="/assets/favicon.png"),
        element("link", rel="stylesheet", href=style),
    )
    return "<!DOCTYPE html>" + element("html", head, element("body", *body, class_=class_), lang="zh-CN")


def icon(name: str) -> Markup:
    """A Material symbol by its name; Streamlit ships the font."""
    return element("span", name, class_="sym", aria_hidden="true")


def demo_mark() -> Markup:
    """Every figure of a demonstration base is marked as one, on every page."""
    return element(
        "div", "演示数据", class_="demo-mark", role="note", title="本库全部数字为模拟生成，不是真实统计"
    )


def title(words: str, beside: Markup | None = None) -> Markup:
    """The page's name, and what stands at its right."""
    name = element("h1", words, class_="title")
    return name if beside is None else element("div", name, beside, class_="title-row")


def asked_day(chosen: dt.date, earliest: dt.date, today: dt.date) -> Markup:
    """The day as of which the page is shown, to choose another: `links.js` puts it into the address.

    The browser writes a day in its own language; until it is edited the page's way of writing lies over it.
    """
    field = element(
        "input", type="date", value=chosen.isoformat(), min=earliest.isoformat(), max=today.isoformat(),
        required="", aria_label="截至", title="选择过去的一天，本页按当时已知的数据显示。",
    )  # fmt: skip
    written = element("span", chosen.isoformat(), icon("calendar_today"), aria_hidden="true")
    return element("div", written, field, class_="asked-day")


def headline(sentence: str) -> Markup:
    return element("p", sentence, class_="headline", role="heading", aria_level="2")


def heading(words: str) -> Markup:
    return element("p", words, class_="heading", role="heading", aria_level="3")


def as_of_line(parts: list[str]) -> Markup:
    """The dots between the parts are the style's: none is left at the end of a line."""
    return element("p", *(element("span", part) for part in parts), class_="as-of")


def metric_card(
    name: str,
    value: str,
    delta: str | None,
    arrow: str | None,
    state: str,
    than: str,
    line: Markup | str,
    help: str | None,
) -> Markup:
    """One figure: its name, its value, its change as a coloured pill, its line; `help` on its question mark."""
    pill = element("span", icon(arrow) if arrow else "", delta or "", class_=f"pill {state}")
    return element(
        "div",
        element("p", name, element("span", "?", class_="help", title=help, tabindex="0") if help else ""),
        element("p", value, class_="value"),
        element("p", pill, element("span", than) if than else "", class_="change") if delta else "",
        line,
        class_="metric",
    )


def metric_cards(cards: list[Markup]) -> Markup:
    return element("div", *cards, class_="metrics")


def line(values: list[float], colour: str) -> Markup:
    """A line without axes, as a picture: Streamlit lets no SVG through, but pictures of it.

    Args:
        values: at least two figures, in the order of time.
        colour: of `theme`.
    """
    low, high = min(values), max(values)
    step, span = 100 / (len(values) - 1), (high - low) or 1.0
    points = " ".join(f"{i * step:.1f},{27 - (v - low) / span * 24:.1f}" for i, v in enumerate(values))
    drawn = element(
        "svg",
        element(
            "polyline", points=points, fill="none", stroke=colour, stroke_width="1.6",
            stroke_linejoin="round", vector_effect="non-scaling-stroke",
        ),
        xmlns="http://www.w3.org/2000/svg", viewBox="0 0 100 30", preserveAspectRatio="none",
    )  # fmt: skip
    encoded = b64encode(drawn.encode()).decode()
    return element("img", class_="line", alt="", src=f"data:image/svg+xml;base64,{encoded}")


def folded_table(
    name: str,
    columns: list[str],
    rows: list[list[str]],
    right: list[bool],
    files: Mapping[str, str] | None = None,
    *,
    is_open: bool = False,
) -> Markup:
    """A table under its name, folded until somebody wants it; columns of figures stand at the right.

    Args:
        files: label → address of the same table as a file; the links stand beside the name.
        is_open: unfolded from the beginning.
    """
    sides = ["r" if is_right else None for is_right in right]
    head = [element("th", c, scope="col", class_=side) for c, side in zip(columns, sides, strict=True)]
    body = [
        element("tr", *(element("td", v, class_=side) for v, side in zip(row, sides, strict=True)))
        for row in rows
    ]
    table = element("table", element("thead", element("tr", *head)), element("tbody", *body))
    folded = element(
        "details",
        element("summary", name),
        element("div", table),
        class_="folded",
        open="" if is_open else None,
    )
    if not files:
        return folded
    links = [
        element("a", label, href=address, aria_label=f"下载{name}（{label}）")
        for label, address in files.items()
    ]
    return element("div", folded, element("p", icon("download"), *links, class_="files"), class_="with-files")


def notice(state: str, symbol: str, title: str, words: str) -> Markup:
    """One coloured card: an icon, a bold subject, a sentence."""
    body = element("span", element("b", title) if title else "", " " if title else "", words)
    return element("div", icon(symbol), body, class_=f"notice {state}", role="note")


def picture(
    state: str, symbol: str, title: str, words: str, then: str, way: tuple[str, str] | None = None
) -> Markup:
    """The pictures of a page without figures: what is, why, what to do now; `way` (words, address) leads there."""
    return element(
        "div",
        element("div", icon(symbol), class_="badge"),
        element("p", title, class_="what"),
        element("p", words, class_="why") if words else "",
        element("p", then, class_="then") if then else "",
        element("a", way[0], href=way[1], target="_self", class_="way") if way else "",
        class_=f"picture {state}",
        role="status",
    )


def slip(title: str, pairs: list[tuple[str, str]], advice: str) -> Markup:
    """A small paper to hand over; printed alone (`ui/style.css`)."""
    return element(
        "div", element("p", title, class_="slip-title"), facts(pairs), element("p", advice), class_="slip"
    )


def way(words: str, address: str, why: str) -> Markup:
    """A link to a page of the server that is no page of Streamlit's, with a word about it."""
    return element("p", element("a", words, href=address, target="_self"), " ", why, class_="way-out")


def legend(entries: list[tuple[str, str, str]]) -> Markup:
    """(state, symbol, words) in one line under a matrix."""
    return element(
        "p",
        *(element("span", element("i", symbol, class_=state), words) for state, symbol, words in entries),
        class_="legend",
    )


def map_picture(
    drawing: Markup, width: int, height: int, names: Iterable[tuple[str, Iterable[tuple[str, float, float]]]]
) -> Markup:
    """A map until its deck is painted (`web/maps.js` then hides it); the deck says in words what it shows.

    The drawing is an image, because Streamlit lets no SVG into a page; the names are the page's own text.

    Args:
        drawing: an SVG of that many pixels.
        names: style, and (words, pixels from the middle to the right, down) of each name.
    """
    source = f"data:image/svg+xml,{quote(drawing, safe=_UNCHANGED)}"
    place = f"left:calc(50% - {width // 2}px);top:calc(50% - {height // 2}px)"
    written = [element("p", *(_map_name(*name) for name in rows), style=style) for style, rows in names]
    image = element("img", src=source, alt="", width=str(width), height=str(height), style=place)
    return element(
        "div", image, *written, class_="map-picture", aria_hidden="true", style=f"height:{height}px"
    )


_UNCHANGED = " =:/,.;()-+"
"""Of a drawing's characters those that an address of data may hold as they are."""


def _map_name(words: str, right: float, down: float) -> Markup:
    lines = [piece for line in words.split("\n") for piece in (element("br"), line)][1:]
    return element("span", *lines, style=f"left:calc(50% + {right:g}px);top:calc(50% + {down:g}px)")


def map_legend(title: str, entries: list[tuple[str, str, str]], note: str) -> Markup:
    """What a map's colours mean: (colour, limits in words, how many), and a word below."""
    made = [
        element("li", element("i", style=f"background:{colour}"), element("span", words), element("b", count))
        for colour, words, count in entries
    ]
    return element(
        "div",
        element("p", title),
        element("ul", *made),
        element("small", note) if note else "",
        class_="map-legend",
    )


def way_back(narrowed: str, words: str, address: str) -> Markup:
    """A filter of the address in words, and the link without it."""
    return element("p", narrowed, element("a", words, href=address, target="_self"), class_="way-back")


def opened(name: str, words: str, address: str) -> Markup:
    """What a link of the page has opened, and the link that closes it; `links.js` brings it into view."""
    link = element("a", words, href=address, target="_self")
    return element("div", heading(name), link, class_="opened", data_opened=name)


def facts(pairs: list[tuple[str, str]], *, is_wide: bool = False) -> Markup:
    """Names and values: a record, a receipt; `is_wide` for sentences, one below the other."""
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in pairs]
    return element("dl", *rows, class_="facts wide" if is_wide else "facts")


def tiles(groups: list[tuple[str, list[tuple[str, str, str, str, str, str | None]]]]) -> Markup:
    """Rows of linked tiles: (group, [(state, symbol, name, words, hover, address)]); no address, no link."""
    rows = []
    for group, entries in groups:
        made = [
            element(
                "a" if address else "span",
                element("b", f"{symbol} {name}"),
                element("span", words),
                class_=f"tile {state}",
                title=hover,
                href=address,
                target="_self" if address else None,
            )
            for state, symbol, name, words, hover, address in entries
        ]
        rows.append(element("div", element("h4", group), element("div", *made), class_="tile-row"))
    return element("div", *rows, class_="tiles")


def ranked_bars(
    rows: list[tuple[str, float | None, str, float | None, str, str, str | None]],
    target: float | None,
    target_words: str,
    *,
    is_wide: bool = False,
) -> Markup:
    """Horizontal bars on pale tracks, a dotted line where all should be, an axis of per cents.

    Args:
        rows: (name, ratio, state, ratio the track reaches, figure as written, hover, address).
        target: ratio of the dotted line; None, no line.
        target_words: what stands over the line.
    """
    reach = max([1.0, *(v for row in rows for v in (row[1], row[3]) if v is not None)])

    def at(ratio: float) -> str:
        return f"{ratio / reach * 100:.2f}%"

    line = None if target is None else f"--pace:{at(target)}"
    above = element("div", element("span", target_words), class_="pace") if line else ""
    made = [
        element(
            "a" if address else "div",
            element("span", name, class_="name"),
            element(
                "span",
                element("i", class_="reach", style=f"width:{at(track)}") if track is not None else "",
                element("i", class_=f"bar {state}", style=f"width:{at(ratio)}") if ratio is not None else "",
                class_="track",
            ),
            element("span", written, class_=f"figure {state}"),
            class_="row",
            title=hover,
            href=address,
            target="_self" if address else None,
        )
        for name, ratio, state, track, written, hover, address in rows
    ]
    ticks = [element("span", f"{tick}%", style=f"left:{at(tick / 100)}") for tick in range(0, 101, 20)]
    axis = element("div", *ticks, class_="axis", aria_hidden="true")
    return element("div", above, *made, axis, class_="bars wide" if is_wide else "bars", style=line)


def two_sides(left: list[Markup], right: list[Markup], *, has_place_below: bool) -> Markup:
    """Two columns, one below the other on a telephone.

    Args:
        has_place_below: the right one leaves room at its foot for the chart that follows (`.below-right`).
    """
    foot = " has-place" if has_place_below else ""
    return element(
        "div", element("div", *left), element("div", *right, class_="right" + foot), class_="two-sides"
    )
