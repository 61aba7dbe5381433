"""Contract 1.0 a second time: what a cell is, before any rule is asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog import Catalog, Field

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"


class Error:
    """An error cell."""


@dataclass(frozen=True)
class Raw:
    """A cell: what it holds (behind a formula: the cached result) and what is said about it."""

    value: Any = None
    formula: bool = False
    percent: bool = False


@dataclass
class Judged:
    """A value, or the one problem it has."""

    value: Any = None
    problem: str | None = None
    warnings: list[str] = field(default_factory=list)
    months: bool = False
    filled: bool = False  # something stands in the cell

    def fail(self, code: str) -> Judged:
        self.value, self.problem, self.warnings, self.months = None, code, [], False
        return self


@dataclass(frozen=True)
class Place:
    """What a value's column and file say about it."""

    field: Field
    catalog: Catalog
    received_on: dt.date
    is_csv: bool
    date_1904: bool = False
    unit: str | None = None


def clean(text: str) -> str:
    return "".join(c for c in text if c not in ZERO_WIDTH).strip()


def squeeze(text: str) -> str:
    return "".join(c for c in text if c not in ZERO_WIDTH and not c.isspace())


def half(text: str) -> str:
    """Full-width digits, letters, points and signs made half-width."""
    made = ""
    for c in text:
        narrow = chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c
        made += narrow if narrow.isalnum() or narrow in ".+-/:" else c
    return made


def shown(number: int | float) -> Decimal:
    """The 15 significant digits Excel shows."""
    return Decimal(f"{number:.15g}") if isinstance(number, float) else Decimal(number)


def void(found: Judged, code: str) -> None:
    found.fail(code)
