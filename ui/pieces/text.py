"""What a page says in words: its name, headings and sentences, links with a word, records, what is read aloud."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ui import formats, html
from ui.pieces.browser import write


def title(words: str) -> None:
    """The page's name."""
    write(html.title(words))


def title_with_day(words: str, day: dt.date, earliest: dt.date, today: dt.date) -> None:
    """The page's name, and at its right the field that chooses the day: no message of its own, see `filters.asked_day`."""
    write(html.title(words, html.asked_day(day, earliest, today)))


def headline(sentence: str) -> None:
    """The sentence that answers the reader's question, before any figure."""
    write(html.headline(sentence))


def heading(words: str) -> None:
    """The name of a block."""
    write(html.heading(words))


def sentence(words: str) -> None:
    """What a chart or a table says, above it."""
    write(html.element("p", words, class_="sentence"))


def as_of_line(moment: dt.date | None, *parts: str, version: int | None = None) -> None:
    """``数据截至 2026-11-22 14:32 • 数据版本 20,418 • …``; `parts` are added as they are.

    `moment`: of the last change, or a day of the past at whose end everything is shown.
    """
    known = formats.clock(moment) if moment is None or isinstance(moment, dt.datetime) else moment.isoformat()
    words = [f"数据截至 {known}"]
    if version is not None:
        words.append(f"数据版本 {formats.number(version)}")
    write(html.as_of_line([*words, *parts]))


def opened(name: str, words: str, address: str) -> None:
    """The name of what a tile has opened, and the link that closes it."""
    write(html.opened(name, words, address))


def big_clock(time: str, title: str, words: str) -> None:
    """For a guide who leads: the page's name, what is on the wall, and the time in figures one sees from afar."""
    name = html.element("h1", title, class_="title")
    write(
        html.element(
            "div",
            html.element("div", name, html.headline(words)),
            html.element("b", time),
            class_="big-clock",
        )
    )


def way(words: str, address: str, why: str) -> None:
    """A link to one of the server's own forms, e.g. ``/apply``."""
    write(html.way(words, address, why))


def way_back(narrowed: str, words: str, address: str) -> None:
    """What a filter of the address leaves out, and the link that shows all again."""
    write(html.way_back(narrowed, words, address))


def facts(pairs: Sequence[tuple[str, str]], *, is_wide: bool = False) -> None:
    """Names and values: a record, a receipt; `is_wide` for sentences, one below the other."""
    write(html.facts([(name, value) for name, value in pairs], is_wide=is_wide))


def slip(title: str, pairs: Sequence[tuple[str, str]], advice: str) -> None:
    """A paper for one person; printing the page prints it alone."""
    write(html.slip(title, list(pairs), advice))


def script(title: str, sentences: Sequence[str]) -> None:
    """What is said aloud, sentence by sentence, in letters for an outstretched arm."""
    said = html.element("ol", *(html.element("li", sentence) for sentence in sentences))
    write(html.element("div", html.heading(title), said, class_="script"))
