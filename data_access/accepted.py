"""Accepted rows on their way into the base, and what becomes of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import Engine

from catalog import Category
from data_access.bulk import as_written
from data_access.schema import base_table, column_name

MOST_WRITTEN = 200_000
"""Rows whose columns are made ready before the writer's lock; of a longer file they would double what it holds."""


class KnownRecord(NamedTuple):
    """The current version of a record that a new row speaks of."""

    version: int
    valid_from: dt.date
    unit: str  # who delivered it
    values: tuple[Any, ...]  # of all fields, in catalogue order
    months: tuple[str, ...] = ()  # date fields known to the month only


@dataclass(slots=True)
class Integration:
    """What became of the accepted rows of one batch; indices are places among them."""

    inserted: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    known: dict[int, KnownRecord] = field(default_factory=dict)
    keys_in_year: int = 0
    received_out_of_order: bool = False
    first_versions: dict[int, int] = field(default_factory=dict)
    """Version numbers of records whose history holds reverted or ended versions."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Accepted rows ready for the base: `columns` by field, all of one length."""

    columns: Mapping[str, Sequence[Any]]
    sheets: Sequence[str]
    row_numbers: Sequence[int]
    months: Mapping[int, tuple[str, ...]]
    silent: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Sheet → fields it has no column for while another sheet of the file has one."""
    written: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """All `columns` by column of the base as the driver takes them, or nothing: see `made_ready`."""

    def __len__(self) -> int:
        return len(self.row_numbers)


def made_ready(made: Engine, category: Category, rows: Rows) -> Rows:
    """The same rows with their values as the driver takes them.

    Turning a delivery's values into text takes as long as a third of writing them, and
    needs no lock. A sheet silent about a field leaves that to what the base knows.
    """
    if not 0 < len(rows) <= MOST_WRITTEN or rows.silent:
        return rows
    columns = {column_name(name): values for name, values in rows.columns.items()}
    return replace(rows, written=as_written(made, base_table(category), columns))
