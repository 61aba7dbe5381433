"""What a scene is made of: blocks on one grid of 24 × 24, each a dict that the browser draws by its `kind`.

Figures come in written (`ui.formats` writes the same figure the same way everywhere);
beside them stand the ratios that give a bar its length. The browser computes nothing
but places. Every list is short enough for the height it is given.

An area is (column, row, width, height), counted from 1 in 24ths of a scene's width and height.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

from ui import formats

Area = tuple[int, int, int, int]
Block = dict[str, Any]
Tone = Literal["jade", "amber", "red", "blue", "ink", "soft"]
Part = str | dict[str, str]
"""A piece of a sentence: words, or a figure `{"n": "12,604", "tone": "jade"}`."""

_WAN, _YI = 10_000, 100_000_000
number = lru_cache(maxsize=1024)(formats.number)
percent = lru_cache(maxsize=512)(formats.percent)
"""As in `ui.formats`; of the thousand figures of a refresh most are those of the one before."""


def n(written: str, tone: Tone = "ink") -> Part:
    """A figure within a sentence: set in the face of figures."""
    return {"n": written, "tone": tone}


@lru_cache(maxsize=64)
def at(moment: dt.datetime, now: dt.datetime) -> str:
    """When a figure stood: ``14:32`` of the same day, otherwise ``11月22日``."""
    here, today = formats.beijing(moment), formats.beijing(now)
    return f"{here:%H:%M}" if here.date() == today.date() else formats.day_month_zh(here)


def big(value: float | None, unit: str) -> tuple[str, str]:
    """A large figure and its unit with about four digits: 28460000 条 → (``2,846``, ``万条``)."""
    if value is None:
        return formats.MISSING, unit
    if value >= _YI:
        digits, scale, name = (1 if value >= 100 * _YI else 2), _YI, "亿"
    elif value >= 10 * _WAN:
        digits, scale, name = (0 if value >= 1000 * _WAN else 1 if value >= 100 * _WAN else 2), _WAN, "万"
    else:
        digits, scale, name = (0 if float(value).is_integer() or value >= 1000 else 2), 1, ""
    return number(value / scale, digits), name + unit


def change(ratio: float | None) -> list[Part]:
    """``▲ 8.4%`` in jade, ``▼ 3.0%`` in amber; nothing where it is not known."""
    if ratio is None:
        return []
    sign, tone = ("▲", "jade") if ratio >= 0 else ("▼", "amber")
    return [n(f"{sign} {percent(abs(ratio))}", "jade" if tone == "jade" else "amber")]


def _block(kind: str, id: str, area: Area, **data: Any) -> Block:
    return {"id": id, "kind": kind, "area": list(area), **data}


def figure(
    id: str,
    area: Area,
    label: str,
    written: tuple[str, str],
    *,
    note: Sequence[Part] = (),
    as_of: str = "",
    size: Literal["m", "l", "xl"] = "l",
    tone: Tone = "ink",
) -> Block:
    """One big figure: label above, unit behind, a sentence below, its time at the label's right."""
    value, unit = written
    return _block(
        "figure",
        id,
        area,
        label=label,
        value=value,
        unit=unit,
        note=list(note),
        as_of=as_of,
        size=size,
        tone=tone,
    )


def text(id: str, area: Area, sentence: Sequence[Part], *, size: Literal["m", "l"] = "l") -> Block:
    """A sentence that says what the scene is about."""
    return _block("text", id, area, parts=list(sentence), size=size)


def lanes(
    id: str,
    area: Area,
    title: str,
    note: str,
    rows: Iterable[tuple[str, float | None, float | None]],
    as_of: str,
) -> Block:
    """Ratios against where they should stand: (name, ratio, pace). Colour says how far behind."""
    made = []
    for name, ratio, pace in rows:
        behind = 0.0 if ratio is None or pace is None else pace - ratio
        tone = "jade" if behind <= 0 else "amber" if behind <= 0.08 else "red"
        written = percent(ratio)
        made.append({"key": name, "name": name, "ratio": ratio, "pace": pace, "value": written, "tone": tone})
    return _block("lanes", id, area, title=title, note=note, rows=made, as_of=as_of)


def ranks(
    id: str,
    area: Area,
    title: str,
    note: str,
    rows: Iterable[tuple[str, str, float | None, str]],
    as_of: str,
    *,
    tone: Tone = "amber",
) -> Block:
    """Bars in order: (name, small words behind it, ratio of the bar 0–1, figure as written)."""
    made = [
        {"key": f"{name}/{small}", "name": name, "small": small, "ratio": ratio, "value": value}
        for name, small, ratio, value in rows
    ]
    return _block("ranks", id, area, title=title, note=note, rows=made, as_of=as_of, tone=tone)


def curve(
    id: str,
    area: Area,
    title: str,
    legend: Sequence[tuple[str, str]],
    *,
    main: Sequence[float | None],
    other: Sequence[float | None] = (),
    band: Sequence[tuple[float, float] | None] = (),
    labels: Sequence[str],
    top: str,
    as_of: str,
) -> Block:
    """A line over equal steps, with a second one dashed and a band behind; places 0–1 of the highest value.

    Args:
        legend: (``main`` | ``other`` | ``band``, words).
        labels: under the steps, empty ones left out.
        top: the highest value as written, at the top line.
    """
    return _block(
        "curve", id, area, title=title, legend=[list(entry) for entry in legend], main=list(main), other=list(other),
        band=[list(pair) if pair else None for pair in band], labels=list(labels), top=top, as_of=as_of,
    )  # fmt: skip


def columns(
    id: str,
    area: Area,
    title: str,
    note: str,
    rows: Iterable[tuple[str, float | None, str, float | None, str]],
    as_of: str,
    *,
    legend: Sequence[tuple[str, str]] = (),
) -> Block:
    """Upright bars: (label below, height 0–1, figure above, height of the comparison 0–1, its figure)."""
    made = [
        {
            "key": label,
            "label": label,
            "ratio": ratio,
            "value": value,
            "other": other,
            "other_value": other_value,
        }
        for label, ratio, value, other, other_value in rows
    ]
    legend_rows = [list(entry) for entry in legend]
    return _block("columns", id, area, title=title, note=note, rows=made, as_of=as_of, legend=legend_rows)


def strip(
    id: str,
    area: Area,
    title: str,
    note: Sequence[Part],
    months: Iterable[tuple[str, str, Sequence[float | None], str, str]],
    today: float | None,
    as_of: str,
) -> Block:
    """A year in twelve months of three bars each.

    Args:
        months: (name, figure, heights of its 旬 0–1 or None, words below, ``past`` | ``now`` | ``ahead``).
        today: where in the year it is, 0–1 (three digits); None in another year.
    """
    made = [
        {"key": name, "name": name, "value": value, "thirds": list(thirds), "words": words, "state": state}
        for name, value, thirds, words, state in months
    ]
    return _block("strip", id, area, title=title, note=list(note), months=made, today=today, as_of=as_of)


def flow(
    id: str,
    area: Area,
    sources: Iterable[tuple[str, str, float, str]],
    stages: Iterable[tuple[str, str, float, str, str]],
    as_of: str,
) -> Block:
    """Sources (name, figure, share of the stream 0–1, words) and the stages it runs through.

    A stage is (key, name, how wide the stream comes in 0–1, figure, words).
    """
    return _block(
        "flow", id, area,
        sources=[
            {"key": name, "name": name, "value": value, "share": share, "note": note}
            for name, value, share, note in sources
        ],
        stages=[
            {"key": key, "name": name, "share": share, "value": value, "note": note}
            for key, name, share, value, note in stages
        ],
        as_of=as_of,
    )  # fmt: skip


def tiles(
    id: str,
    area: Area,
    title: str,
    note: Sequence[Part],
    rows: Iterable[tuple[str, str, bool, str]],
    as_of: str,
) -> Block:
    """Small lamps: (key, name, lit, figure)."""
    made = [{"key": key, "name": name, "lit": lit, "value": value} for key, name, lit, value in rows]
    return _block("tiles", id, area, title=title, note=list(note), rows=made, as_of=as_of)


def entries(
    id: str, area: Area, title: str, note: str, rows: Iterable[tuple[str, str, str, str]], as_of: str
) -> Block:
    """A list in order of time: (when, name, small words, figure)."""
    made = [
        {"key": f"{when}/{name}/{small}", "when": when, "name": name, "small": small, "value": value}
        for when, name, small, value in rows
    ]
    return _block("entries", id, area, title=title, note=note, rows=made, as_of=as_of)


def city_map(
    id: str,
    area: Area,
    edition: str,
    *,
    districts: Iterable[tuple[str, float | None, str]],
    columns: Iterable[tuple[float, float, float]] = (),
    points: Iterable[tuple[str, float, float, float | None, float]] = (),
    legend: str = "",
    scale: Sequence[str] = (),
    as_of: str = "",
    quiet: bool = False,
) -> Block:
    """The city in three dimensions. What is given travels as it is: ratios as `share` makes them, degrees of four digits.

    Args:
        edition: a key of `kiosk.geometry.EDITIONS`.
        districts: (adcode, colour 0–1 or None, words when it is in the spotlight).
        columns: (longitude, latitude, height 0–1).
        points: lights: (key, longitude, latitude, occupancy 0–1 or None, size 0–1).
        legend: what colour and columns mean.
        scale: the words at the two ends of the colours.
        quiet: a ground for words: dimmed, without names and legend.
    """
    return _block(
        "map", id, area, edition=edition,
        districts=list(map(list, districts)), columns=list(map(list, columns)), points=list(map(list, points)),
        legend=legend, scale=list(scale), as_of=as_of, quiet=quiet,
    )  # fmt: skip


def welcome(id: str, area: Area, line: str) -> Block:
    """The place of the guests' name, which the guide's command brings."""
    return _block("welcome", id, area, line=line)


def occasion(id: str, area: Area, name: str, when: str) -> Block:
    """The name of a day or a week, as large as it goes."""
    return _block("occasion", id, area, name=name, when=when)


def share(value: float | None, whole: float | None) -> float | None:
    """`value` ÷ `whole` for the length of a bar (0–1), short enough to travel; None where there is none."""
    if value is None or not whole:
        return None
    ratio = value / whole
    return 0.0 if ratio <= 0 else 1.0 if ratio >= 1 else round(ratio, 3)


def highest(values: Iterable[float | None]) -> float:
    """The largest known value, 0.0 where none is known."""
    return max((v for v in values if v is not None), default=0.0)
