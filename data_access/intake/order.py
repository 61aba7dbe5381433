"""Whether what comes later is later: `not_before_field` of the catalogue (R_ORDER)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from operator import lt
from typing import Any

from catalog import Field
from data_access.intake.table import Table


def compare_order(table: Table) -> None:
    """Fails the later field of every pair in the wrong order; only values that passed are compared.

    Where one of two dates is a month only, months are compared.
    """
    for later in table.category.fields:
        if later.not_before_field is not None:
            for row in _wrong_rows(table, later, later.not_before_field):
                table.fail(later.name, row, "R_ORDER")


def _wrong_rows(table: Table, later: Field, earlier: str) -> list[int]:
    ends, starts = table.values[later.name], table.values[earlier]
    try:
        wrong: Sequence[int] = [i for i, is_less in enumerate(map(lt, ends, starts)) if is_less]
    except TypeError:  # one of them is absent somewhere
        pairs = enumerate(zip(ends, starts, strict=True))
        wrong = [i for i, (e, s) in pairs if e is not None and s is not None and e < s]
    months = table.months[later.name] | table.months[earlier]
    return [i for i in wrong if i not in months or _month(ends[i]) < _month(starts[i])]


def _month(day: Any) -> Any:
    return (day.year, day.month) if isinstance(day, dt.date) else day
