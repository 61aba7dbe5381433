"""The one module that may build HTML, and it escapes.

Whatever comes from a database or a file goes through `element` as text; there is
no way to hand it markup. The classes are those of `ui/style.css`.
"""

from __future__ import annotations

from html import escape

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


def headline(sentence: str) -> Markup:
    return element("p", sentence, class_="headline", role="heading", aria_level="2")


def heading(words: str) -> Markup:
    return element("p", words, class_="heading", role="heading", aria_level="3")


def as_of_line(parts: list[str]) -> Markup:
    dotted: list[object] = []
    for part in parts:
        dotted += [element("span", "•", class_="dot", aria_hidden="true"), element("span", part)]
    return element("p", *dotted[1:], class_="as-of")


def notice(state: str, symbol: str, title: str, words: str) -> Markup:
    """One coloured card: an icon, a bold subject, a sentence."""
    body = element("span", element("b", title) if title else "", " " if title else "", words)
    return element("div", icon(symbol), body, class_=f"notice {state}", role="note")


def picture(state: str, symbol: str, title: str, words: str, then: str) -> Markup:
    """The four pictures of a page without figures: what is, why, what to do now."""
    return element(
        "div",
        element("div", icon(symbol), class_="badge"),
        element("p", title, class_="what"),
        element("p", words, class_="why") if words else "",
        element("p", then, class_="then") if then else "",
        class_=f"picture {state}",
        role="status",
    )


def legend(entries: list[tuple[str, str, str]]) -> Markup:
    """(state, symbol, words) in one line under a matrix."""
    return element(
        "p",
        *(element("span", element("i", symbol, class_=state), words) for state, symbol, words in entries),
        class_="legend",
    )


def facts(pairs: list[tuple[str, str]]) -> Markup:
    """Names and values in two columns: a record, a receipt."""
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in pairs]
    return element("dl", *rows, class_="facts")


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
