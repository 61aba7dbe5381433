"""The steps of a circular that need its figures: preview, draft, look again whether items are mended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, Engine

from data_access.clock import day_of
from data_access.commands.circular_replies import Checked, settle_items
from data_access.commands.circulars import CircularRefused, Draft, Said, save_draft
from data_access.engine import reading, writing
from data_access.principal import SYSTEM, Principal
from data_access.queries import circulars as queries
from metrics.circular_figures import MEASURES, Figure, Position
from metrics.known import Known
from metrics.rounding import half_up
from metrics.score.corrected import in_force

PLACES = 6
"""Decimals of a ratio as it is stored: ten thousand times finer than it is printed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure to choose from: on the position's day, and today."""

    then: Figure
    now: Figure

    @property
    def key(self) -> tuple[str, str | None, str]:
        return self.then.department, self.then.category, self.then.indicator


@dataclass(frozen=True, slots=True)
class Wish:
    """What an author has chosen; the figures are computed when it is saved."""

    kind: str
    title: str
    body: str
    first: dt.date
    last: dt.date
    chosen: tuple[tuple[str, str | None, str], ...]
    copies: tuple[str, ...] = ()
    reply_due: dt.date | None = None


def preview(
    who: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    departments: Sequence[str],
    indicators: Sequence[str],
    today: dt.date,
) -> list[Line]:
    """Every chosen indicator of every chosen department: at the period's end, and as it is today."""
    who.require("operations", "office")
    then = _position(who, connection, first, last, min(last, today), today)
    now = then if last >= today else _position(who, connection, first, last, today, today)
    return [
        Line(f, f if now is then else now.figure(f.indicator, f.department, f.category))
        for f in then.figures(departments, indicators)
    ]


def draft(engine: Engine, who: Principal, wish: Wish, *, code: str | None = None, at: dt.datetime) -> str:
    """Save what was chosen with its figures, as of the period's end; the circular's code.

    Raises:
        CircularRefused: with every problem.
    """
    who.require("operations", "office")
    today = day_of(at)
    as_of = min(wish.last, today)
    unknown = [key for _, _, key in wish.chosen if key not in MEASURES]
    if unknown:
        raise CircularRefused(f"没有指标「{'、'.join(unknown)}」。请从列表中选择。")
    with reading(engine) as connection:
        position = _position(who, connection, wish.first, wish.last, as_of, today)
        said = [
            _said(position.figure(indicator, department, category))
            for department, category, indicator in wish.chosen
        ]
    made = Draft(
        wish.kind,
        wish.title,
        wish.body,
        wish.first,
        wish.last,
        as_of,
        tuple(said),
        wish.copies,
        wish.reply_due,
    )
    with writing(engine) as connection:
        return save_draft(who, connection, made, code=code, at=at)


def check_items(
    engine: Engine, who: Principal, *, at: dt.datetime, check_lease: Callable[[], None] = lambda: None
) -> tuple[int, int]:
    """Look again at every item of every circular that is not closed: (looked at, changed).

    Repeated at once it changes nothing more.
    """
    who.require("operations", "office")
    today = day_of(at)
    with reading(engine) as connection:
        standing = {c.code: c for c in queries.circulars(SYSTEM, connection) if c.state == "issued"}
        items = queries.items(SYSTEM, connection, list(standing)) if standing else []
        facts: dict[int, Known] = {}
        positions: dict[str, Position] = {}
        found = []
        for item in items:
            if item.state == "noted" or item.target is None:
                continue
            of = standing[item.circular]
            if item.circular not in positions:
                year = of.last.year
                if year not in facts:
                    facts[year] = _known(SYSTEM, connection, year, today, today)
                positions[item.circular] = Position(facts[year], of.first, of.last)
            figure = positions[item.circular].figure(item.indicator, item.department, item.category)
            is_mended = MEASURES[item.indicator].is_met(figure.value, Fraction(item.target))
            if is_mended != (item.state == "mended"):
                found.append(Checked(item.circular, item.number, _stored(figure.value), is_mended))
    if not found:
        return len(items), 0
    check_lease()
    with writing(engine) as connection:
        return len(items), settle_items(who, connection, found, at=at)


def _position(
    who: Principal, connection: Connection, first: dt.date, last: dt.date, as_of: dt.date, today: dt.date
) -> Position:
    return Position(_known(who, connection, last.year, as_of, today), first, last)


def _known(who: Principal, connection: Connection, year: int, as_of: dt.date, today: dt.date) -> Known:
    """The facts as known on `as_of`, with what a revision of a frozen score has corrected by today."""
    known = Known(who, connection, year, as_of)
    known.corrections = in_force(connection, (year - 1, year), today)
    return known


def _said(figure: Figure) -> Said:
    target = _stored(MEASURES[figure.indicator].target)
    return Said(figure.department, figure.category, figure.indicator, _stored(figure.value), target)


def _stored(value: Fraction | None) -> Decimal | None:
    return None if value is None else half_up(value, PLACES)
