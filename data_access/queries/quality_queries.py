"""Parts of the six characteristics (GB/T 36344) and problems by rule. Rollups only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

import catalog
from data_access.principal import Principal
from data_access.queries.scope import by_month_or_day, fetch, one_of, scoped
from data_access.rollups import MENDABLE_DAYS
from data_access.schema import QUALITY_COUNTS, batch, rejected_row, roll_probe, roll_problem, roll_quality


@dataclass(frozen=True, slots=True)
class QualityParts:
    """Summable parts of one category (of one unit, if asked for); `counts` by column.

    `day`: the day of receipt, or the first of its month where months were asked for.
    """

    category: str
    unit: str | None
    day: dt.date
    counts: Mapping[str, int]


def quality_parts(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    *,
    categories: frozenset[str] | None = None,
    daily: frozenset[str] = frozenset(),
    by_unit: bool = False,
    known_on: dt.date | None = None,
) -> list[QualityParts]:
    """Rows submitted from `first` to `last` (inclusive), refused ones too; a mended row once.

    Folded to months in the database, but for the categories of `daily`: those that
    change hands within the year. `known_on` (None: today): a row mended after it
    still counts as refused.
    """
    c = roll_quality.c
    sums = [func.sum(c[name]) for name in QUALITY_COUNTS]
    found = []
    for days, rows in by_month_or_day(
        connection, roll_quality, c.day, daily, sums, [c.unit] if by_unit else [],
        [c.day >= first, c.day <= last, *scoped(principal, roll_quality, categories)],
    ):  # fmt: skip
        for row in rows:
            counts = dict(zip(QUALITY_COUNTS, map(int, row[-len(QUALITY_COUNTS) :]), strict=True))
            found.append(QualityParts(row[0], row[1] if by_unit else None, days(row), counts))
    if known_on is not None:
        found += _mended_later(
            principal, connection, first, min(last, known_on), known_on, categories, by_unit
        )
    return found


def _mended_later(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    known_on: dt.date,
    categories: frozenset[str] | None,
    by_unit: bool,
) -> list[QualityParts]:
    """Refused rows by day that the rollup no longer holds but `known_on` did: mended by a later delivery.

    A row is mended within ten working days, so only the batches of the weeks before
    `known_on` are looked at.
    """
    r, by = rejected_row.c, batch.alias("mending")
    refused = batch.c
    keys = [r.category, r.unit, r.received_on] if by_unit else [r.category, r.received_on]
    statement = (
        select(*keys, *(func.sum(r[name]) for name in QUALITY_COUNTS))
        .select_from(
            batch.join(rejected_row, r.receipt == refused.receipt).join(by, by.c.receipt == r.mended_by)
        )
        .where(
            refused.received_on >= max(first, known_on - dt.timedelta(days=MENDABLE_DAYS)),
            refused.received_on <= last,
            refused.rows_rejected > 0,
            by.c.received_on > known_on,
            *scoped(principal, rejected_row, categories),
        )
        .group_by(*keys)
    )
    found = []
    for row in fetch(connection, statement):
        counts = dict(zip(QUALITY_COUNTS, map(int, row[len(keys) :]), strict=True))
        found.append(QualityParts(row[0], row[1] if by_unit else None, row[len(keys) - 1], counts))
    return found


@dataclass(frozen=True, slots=True)
class Probes:
    """Hourly probes of a category's published resource on a day (or in the month that begins with it)."""

    category: str
    day: dt.date
    probes: int
    opened: int


def probes(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    *,
    categories: frozenset[str] | None = None,
    daily: frozenset[str] = frozenset(),
) -> list[Probes]:
    """Probes by category and month (`daily`: day); none for a unit, which publishes nothing of its own."""
    c = roll_probe.c
    every = frozenset(entry.code for entry in catalog.default().categories)
    conditions = [
        *one_of(c.category, every),  # names the key's first column, so that the range of days is a look-up
        c.day >= first,
        c.day <= last,
        *scoped(principal, roll_probe, categories),
    ]
    found = []
    sums = [func.sum(c.probes), func.sum(c.opened)]
    for days, rows in by_month_or_day(connection, roll_probe, c.day, daily, sums, [], conditions):
        found += [Probes(row[0], days(row), int(row[-2]), int(row[-1])) for row in rows]
    return found


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How often a rule was broken or a value normalised: code R_… or W_…, `check` of a cross-check."""

    category: str
    unit: str | None
    field: str
    code: str
    check: str
    count: int


def problems_by_rule(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    *,
    categories: frozenset[str] | None = None,
    only: frozenset[str] | None = None,
    by_unit: bool = False,
    warnings: bool = False,
) -> list[ProblemCount]:
    """Problems received from `first` to `last`, the most frequent first.

    Args:
        only: restriction to these categories.
        by_unit: who has to mend it, too.
        warnings: W_ codes as well; without, only what kept a row out.
    """
    c = roll_problem.c
    keys = [c.category, c.field, c.code, c.check, *([c.unit] if by_unit else [])]
    statement = (
        select(*keys, func.sum(c["count"]))
        .where(c.day >= first, c.day <= last)
        .where(*scoped(principal, roll_problem, categories), *one_of(c.category, only))
        .group_by(*keys)
        .having(func.sum(c["count"]) > 0)
    )
    if not warnings:
        statement = statement.where(c.code.startswith("R_", autoescape=True))
    found = [
        ProblemCount(row[0], row[4] if by_unit else None, row[1], row[2], row[3], int(row[-1]))
        for row in fetch(connection, statement)
    ]
    return sorted(found, key=lambda p: (-p.count, p.category, p.field, p.code, p.check, p.unit or ""))
