"""One door to every figure: `evaluate` for who may see what, `city` for the total everybody may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection

import catalog
from data_access.principal import OFFICE, Principal
from metrics.indicator import DIMENSIONS, Exact, Indicator, Part
from metrics.indicators import INDICATORS
from metrics.known import Known


class UnknownIndicator(ValueError):
    """No indicator has this key; the message lists those there are."""


class UnknownDimension(ValueError):
    """The indicator cannot be divided by this; the message lists what it can be divided by."""


def indicator(key: str) -> Indicator:
    """The definition of `key`.

    Raises:
        UnknownIndicator: with all defined keys.
    """
    if key not in INDICATORS:
        raise UnknownIndicator(f"No indicator {key!r}. Defined: {', '.join(INDICATORS)}.")
    return INDICATORS[key]


def evaluate(
    principal: Principal,
    connection: Connection,
    key: str,
    *,
    by: Sequence[str] = (),
    year: int,
    as_of: dt.date | None = None,
) -> pd.DataFrame:
    """One indicator of a year, one row per combination of `by`, in the order of the catalogue.

    Args:
        principal: who asks; a department counts its own categories, a district or
            affiliated unit its own deliveries, leaders, the office and operations all.
        connection: an open connection; everything is read in its transaction.
        key: the indicator, e.g. ``"completion"``.
        by: among the indicator's dimensions; none for the whole scope.
        year: the calendar year of receipt, of the plan and of the due items.
        as_of: what was known on that day, inclusive; None = today (北京时间).

    Returns:
        The dimensions (keys, months as ``2026-03``), ``numerator``, ``denominator``,
        ``value`` and the indicator's extra columns. A ratio is 0–1. ``value`` is
        missing where the denominator is 0: nothing was promised, which is not the
        same as nothing done. A count has denominator 1.

    Raises:
        UnknownIndicator, UnknownDimension: with what would have been possible.
        Forbidden: the role sees no figures.
    """
    return of(Known(principal, connection, year, as_of), key, by)


def city(
    principal: Principal, connection: Connection, key: str, *, year: int, as_of: dt.date | None = None
) -> pd.DataFrame:
    """The undivided total of the whole city, one row, for everybody whatever their scope."""
    return evaluate(OFFICE, connection, key, year=year, as_of=as_of)


def of(known: Known, key: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """`evaluate` on facts already at hand: a page with several figures reads them once."""
    entry = indicator(key)
    _check_dimensions(entry, by)
    sums = total(entry, _parts(known, entry, frozenset(by)), by)
    if not by and () not in sums:
        sums[()] = (0, 0)
    order = {place: n for n, place in enumerate(sorted(sums, key=_order(by)))}
    rows = [(*place, *_figures(entry, *sums[place])) for place in order]
    frame = pd.DataFrame(rows, columns=[*by, "numerator", "denominator", "value"])
    for column in ("numerator", "denominator", "value"):
        frame[column] = frame[column].astype("float64")
    if entry.add_extra is not None:
        frame = entry.add_extra(known, frame, tuple(by))
    return frame


def _parts(known: Known, entry: Indicator, wanted: frozenset[str]) -> tuple[Part, ...]:
    """The summands, worked out once for the city and the departments; months and units are finer."""
    key = (entry.key, wanted & {"month", "unit"})
    if key not in known.parts:
        known.parts[key] = tuple(entry.parts(known, wanted))
    return known.parts[key]


def total(
    entry: Indicator, parts: Iterable[Part], by: Sequence[str]
) -> dict[tuple[Any, ...], tuple[Exact, Exact]]:
    """Both sums (the greatest numerator for a maximum) by the combination of `by`."""
    places = [DIMENSIONS.index(d) for d in by]
    sums: dict[tuple[Any, ...], tuple[Exact, Exact]] = {}
    for part in parts:
        at = tuple(part[p] for p in places)
        numerator, denominator = sums.get(at, (0, 0))
        if entry.combine == "max":
            sums[at] = (max(numerator, part.numerator), 0)
        else:
            sums[at] = (numerator + part.numerator, denominator + part.denominator)
    return sums


def _figures(entry: Indicator, numerator: Exact, denominator: Exact) -> tuple[float, float, float]:
    if not entry.is_ratio:
        return float(numerator), 1.0, float(numerator)
    value = float(numerator / denominator) if denominator else float("nan")
    return float(numerator), float(denominator), value


def _check_dimensions(entry: Indicator, by: Sequence[str]) -> None:
    wrong = [d for d in by if d not in entry.dimensions]
    allowed = ", ".join(entry.dimensions) or "none (it is one figure)"
    if wrong:
        raise UnknownDimension(
            f"{entry.key} cannot be divided by {', '.join(map(repr, wrong))}. Allowed: {allowed}."
        )
    if len(set(by)) != len(by):
        raise UnknownDimension(f"A dimension is named twice in {', '.join(by)}. Name each once.")


def _order(by: Sequence[str]) -> Any:
    vocabulary = catalog.default()
    orders: dict[str, dict[str, int]] = {
        "department": {d.code: n for n, d in enumerate(vocabulary.departments)},
        "category": {c.code: n for n, c in enumerate(vocabulary.categories)},
        "unit": {code: n for n, code in enumerate(vocabulary.units)},
    }

    def key(place: tuple[Any, ...]) -> tuple[Any, ...]:
        found = []
        for dimension, value in zip(by, place, strict=True):
            ranks = orders.get(dimension, {})
            found.append((ranks.get(value, len(ranks)), value or ""))
        return tuple(found)

    return key
