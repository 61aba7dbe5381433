"""The judgement on one raw cell, and the shape every kind of field answers in."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from data_access.intake.cells import CellError


class BoolCell:
    """A TRUE or FALSE cell; apart from bool, because True == 1 would share 1's place in a dictionary."""

    def __init__(self, value: bool) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "TRUE" if self.value else "FALSE"


TRUE_CELL, FALSE_CELL = BoolCell(True), BoolCell(False)


class Verdict(NamedTuple):
    """What one cell means: a value (None: absent or failed), what was put right, the first problem."""

    value: Any = None
    notes: tuple[str, ...] = ()
    problem: str | None = None
    month: bool = False  # a date given as a month only; the value is its first day


ABSENT = Verdict()
WRONG_TYPE = Verdict(problem="R_TYPE")
FORMULA = Verdict(problem="R_FORMULA")


@dataclass(slots=True)
class Judged:
    """Verdicts on the distinct cells of a column, split so that whole columns are looked up at once."""

    values: dict[Any, Any] = field(default_factory=dict)  # every cell judged
    notes: dict[Any, tuple[str, ...]] = field(default_factory=dict)  # only cells with one
    problems: dict[Any, str] = field(default_factory=dict)  # only cells with one
    months: set[Any] = field(default_factory=set)

    def enter(self, cell: Any, verdict: Verdict) -> None:
        self.values[cell] = verdict.value
        if verdict.problem is not None:
            self.problems[cell] = verdict.problem
            return
        if verdict.notes:
            self.notes[cell] = verdict.notes
        if verdict.month:
            self.months.add(cell)


class Normaliser:
    """Reads the cells of one field. Subclasses judge one cell; those with a fast way for many override `clean`."""

    takes_formulas = False  # number and date fields live with a formula that has a cached number or date

    def one(self, cell: Any) -> Verdict:
        raise NotImplementedError

    def clean(self, cells: list[Any], kinds: set[type]) -> list[Any] | None:
        """The stored values of cells that need nothing done to them, all at once.

        Args:
            kinds: the types that occur among `cells`.

        Returns:
            One value a cell, None for cells that `one` must look at; may be `cells`
            itself. None instead of a list: there is no fast way for these cells.
        """
        return None

    def judge(self, cells: Iterable[Any]) -> Judged:
        """The verdict on each distinct cell."""
        found = set(cells)
        has_empty = None in found
        found.discard(None)  # an empty cell must not bar the others from the fast way
        distinct = list(found)
        judged = Judged()
        values = self.clean(distinct, set(map(type, distinct)))
        if values is None:
            rest: Iterable[Any] = distinct
        else:
            judged.values = dict(zip(distinct, values, strict=True))
            rest = [c for c, v in judged.values.items() if v is None]
        for cell in (*rest, None) if has_empty else rest:
            judged.enter(cell, self.one(cell))
        return judged

    def with_percent_format(self, cell: Any) -> Verdict:
        """A number cell that Excel shows as a per cent; only % fields care."""
        return self.one(cell)


def is_number(cell: Any) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and not _is_no_figure(cell)


def is_unreadable(cell: Any) -> bool:
    """Error cells, TRUE/FALSE and clock times, which only yes/no and date fields may understand; NaN and infinity."""
    return isinstance(cell, (BoolCell, bool, CellError, dt.time, dt.timedelta)) or _is_no_figure(cell)


def _is_no_figure(cell: Any) -> bool:
    """NaN or infinity: Excel writes neither, other programs do."""
    return isinstance(cell, float) and not math.isfinite(cell)
