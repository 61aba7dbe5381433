"""What came, when: the reads behind completion, coverage and timeliness. Rollups only."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, literal, null, or_, select, union_all

from data_access.due import Event
from data_access.principal import Principal
from data_access.queries.scope import fetch, one_of, require_figures, scoped
from data_access.schema import (
    batch,
    delivery_until,
    event_until,
    period_until,
    roll_delivery,
    roll_event,
    roll_period,
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one category (one unit of it, if asked for) received on one day.

    `keys`: natural keys accepted for the first time in that calendar year;
    `accepted`: accepted rows. A batch taken back counts until the day it was.
    """

    category: str
    unit: str | None
    day: dt.date
    keys: int
    accepted: int
    batches: int = 0


def delivered(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    known_on: dt.date,
    *,
    categories: frozenset[str] | None = None,
    by_unit: bool = False,
    only: frozenset[str] | None = None,
) -> list[Delivered]:
    """Deliveries received from `first` to `known_on` (inclusive), as known on `known_on`.

    Args:
        categories: the department's (`Responsibilities.categories_of`) where one asks.
        by_unit: one entry for each unit instead of one for the category.
        only: further restriction to these categories.
    """
    c = roll_delivery.c
    keys = [c.category, c.unit, c.day] if by_unit else [c.category, c.day]
    statement = (
        select(*keys, func.sum(c.keys_in_year), func.sum(c.rows_accepted), func.sum(c.batches))
        .where(c.day >= first, c.day <= known_on)
        .where(*scoped(principal, roll_delivery, categories), *one_of(c.category, only))
        .group_by(*keys)
    )
    rows = [
        Delivered(row[0], row[1] if by_unit else None, row[-4], int(row[-3]), int(row[-2]), int(row[-1]))
        for row in fetch(connection, statement)
    ]
    return [*rows, *_as_known(principal, connection, first, known_on, categories, by_unit, only)]


def first_days(
    principal: Principal,
    connection: Connection,
    known_on: dt.date,
    *,
    categories: frozenset[str] | None = None,
) -> dict[str, dt.date]:
    """The day each category was first delivered, by category, as known on `known_on`."""
    c, b = roll_delivery.c, batch.c
    came = (
        select(c.category, func.min(c.day).label("day"), literal(0).label("taken_back"))
        .where(c.day <= known_on, c.keys_in_year > 0, *scoped(principal, roll_delivery, categories))
        .group_by(c.category)
    )
    back = select(b.category, b.received_on, literal(1)).where(
        b.reverted_on <= known_on, *scoped(principal, batch, categories)
    )
    rows = fetch(connection, union_all(came, back))
    first = {row.category: row.day for row in rows if not row.taken_back}
    doubtful = {row.category for row in rows if row.taken_back and first.get(row.category) == row.day}
    if not doubtful:
        return first
    standing = (
        select(b.category, func.min(b.received_on))
        .where(b.category.in_(sorted(doubtful)), b.received_on <= known_on, b.rows_accepted > 0)
        .where(or_(b.reverted_on.is_(None), b.reverted_on > known_on))
        .where(*scoped(principal, batch, categories))
        .group_by(b.category)
    )
    found = {category: day for category, day in fetch(connection, standing)}
    return {category: day for category, day in first.items() if category not in doubtful} | found


def _as_known(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    known_on: dt.date,
    categories: frozenset[str] | None,
    by_unit: bool,
    only: frozenset[str] | None,
) -> list[Delivered]:
    """What the rollup lacks, or has too much, for a reader who stands on `known_on`.

    It subtracts what was taken back on the day of the revert, so that an earlier day keeps
    its figure; here that is booked on the day of receipt. Known by today, a batch of 2025
    reverted in 2026 is missing in 2025 and must not lower 2026, nor the successor of the
    department that had received it. And keys that another batch counted on `known_on`,
    which has been taken back since, are not yet those of the batch that holds them now.
    """
    b, c = batch.c, delivery_until.c
    reverted = select(
        b.category, b.unit, b.received_on.label("day"), b.reverted_on.label("back"), b.keys_in_year, b.rows_accepted
    ).where(
        b.reverted_on.is_not(None),
        b.reverted_on >= first,
        b.reverted_on <= known_on,
        *scoped(principal, batch, categories),
        *one_of(b.category, only),
    )  # fmt: skip
    held = select(
        c.category, c.unit, c.day, null().label("back"), c.keys_in_year, literal(0).label("rows_accepted")
    ).where(
        c.day >= first,
        c.day <= known_on,
        c.until > known_on,
        c.keys_in_year != 0,
        *scoped(principal, delivery_until, categories),
        *one_of(c.category, only),
    )  # fmt: skip
    moved = []
    for row in fetch(connection, union_all(reverted, held)):
        unit = row.unit if by_unit else None
        if row.back is None:
            moved.append(Delivered(row.category, unit, row.day, int(row.keys_in_year), 0))
            continue
        moved.append(Delivered(row.category, unit, row.back, row.keys_in_year, row.rows_accepted, 1))
        if row.day >= first:
            moved.append(Delivered(row.category, unit, row.day, -row.keys_in_year, -row.rows_accepted, -1))
    return moved


def first_receipts(
    principal: Principal,
    connection: Connection,
    years: range,
    known_on: dt.date,
    *,
    categories: frozenset[str] | None = None,
) -> dict[str, dict[str, dt.date]]:
    """First receipt by `known_on` of a delivery with an accepted row, by category and period.

    Periods of `years` and the year before (yearly data are those of the year before).
    A batch taken back after `known_on` still counts on it.
    """
    found: dict[str, dict[str, dt.date]] = defaultdict(dict)
    statements = [
        select(rollup.c.category, rollup.c.period, func.min(rollup.c.received_on))
        .where(rollup.c.period >= str(years.start - 1), rollup.c.period < str(years.stop))
        .where(rollup.c.received_on <= known_on, rollup.c.rows_accepted > 0, *condition)
        .where(*scoped(principal, rollup, categories))
        .group_by(rollup.c.category, rollup.c.period)
        for rollup, condition in ((roll_period, []), (period_until, [period_until.c.until > known_on]))
    ]
    for category, period, day in connection.execute(union_all(*statements)):
        found[category][period] = min(day, found[category].get(period, day))
    return dict(found)


def events(
    principal: Principal,
    connection: Connection,
    years: range,
    known_on: dt.date,
    *,
    categories: frozenset[str] | None = None,
) -> dict[str, tuple[Event, ...]]:
    """Events of `event+Nd` categories that ended in `years` and were received by `known_on`, as known then."""
    statements = [
        select(rollup.c.category, rollup.c.ends_on, rollup.c.received_on, rollup.c.records)
        .where(rollup.c.ends_on >= dt.date(years.start, 1, 1), rollup.c.ends_on < dt.date(years.stop, 1, 1))
        .where(rollup.c.received_on <= known_on, *condition, *scoped(principal, rollup, categories))
        for rollup, condition in ((roll_event, []), (event_until, [event_until.c.until > known_on]))
    ]
    counts: Counter[tuple[str, dt.date, dt.date]] = Counter()
    for category, ends_on, received_on, records in connection.execute(union_all(*statements)):
        counts[category, ends_on, received_on] += int(records)
    found: dict[str, list[Event]] = defaultdict(list)
    for (category, ends_on, received_on), records in sorted(counts.items()):
        if records:
            found[category].append(Event(ends_on, received_on, records))
    return {category: tuple(rows) for category, rows in found.items()}


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What one unit sent of one category: `delivered` distinct records, batches and rows."""

    unit: str
    delivered: int
    batches: int
    rows_total: int
    rows_rejected: int
    rows_duplicate: int
    last_received: dt.date | None


def unit_lines(
    principal: Principal,
    connection: Connection,
    category: str,
    first: dt.date,
    last: dt.date,
    *,
    categories: frozenset[str] | None = None,
) -> list[UnitLine]:
    """Units that sent the category from `first` to `last`, the largest first, as known on `last`.

    What was sent before `first` and taken back since is no business of these days.
    """
    c, b = roll_delivery.c, batch.c
    counts = ("keys_in_year", "batches", "rows_total", "rows_rejected", "rows_duplicate")
    sent = (
        select(c.unit, *(func.sum(c[n]) for n in counts), func.max(case((c.batches > 0, c.day))))
        .where(c.category == category, c.day >= first, c.day <= last)
        .where(*scoped(principal, roll_delivery, categories))
        .group_by(c.unit)
    )
    older = (
        select(b.unit, *(func.count() if n == "batches" else func.sum(b[n]) for n in counts))
        .where(b.category == category, b.received_on < first, b.reverted_on >= first, b.reverted_on <= last)
        .where(*scoped(principal, batch, categories))
        .group_by(b.unit)
    )
    back = {row[0]: row[1:] for row in fetch(connection, older)}
    held = Counter[str]()
    for row in _as_known(principal, connection, first, last, categories, True, frozenset({category})):
        if not row.batches:  # what was taken back is counted already
            held[str(row.unit)] += row.keys
    came = _days_of_both(principal, connection, category, first, last, categories)
    lines = []
    for unit, *sums, last_received in fetch(connection, sent):
        days = [day for day in (last_received, came.get(unit)) if day is not None]
        if days:
            keys, number, total, rejected, duplicate = (
                int(n) + int(m) for n, m in zip(sums, back.get(unit, (0,) * len(counts)), strict=True)
            )
            lines.append(UnitLine(unit, keys + held[unit], number, total, rejected, duplicate, max(days)))
    return sorted(lines, key=lambda line: (-line.delivered, line.unit))


def _days_of_both(
    principal: Principal,
    connection: Connection,
    category: str,
    first: dt.date,
    last: dt.date,
    categories: frozenset[str] | None,
) -> dict[str, dt.date]:
    """By unit the newest day on which it sent something and something of it was taken back: the rollup nets the two."""
    b, c = batch.c, roll_delivery.c
    reverts = (
        select(b.unit, b.reverted_on, func.count().label("batches"))
        .where(b.category == category, b.reverted_on >= first, b.reverted_on <= last)
        .where(*scoped(principal, batch, categories))
        .group_by(b.unit, b.reverted_on)
        .subquery()
    )
    both = (
        select(c.unit, func.max(c.day))
        .join(reverts, and_(reverts.c.unit == c.unit, reverts.c.reverted_on == c.day))
        .where(c.category == category, c.batches + reverts.c.batches > 0)
        .group_by(c.unit)
    )
    return {unit: day for unit, day in connection.execute(both)}


def current_counts(
    principal: Principal, connection: Connection, known_on: dt.date | None = None
) -> dict[str, int]:
    """Records in the base by category, over all years and units: the city's, the same for everybody.

    `known_on`: at the end of that day; None: as it stands.
    """
    require_figures(principal)
    c, until = roll_delivery.c, delivery_until.c
    counted = select(c.category, func.sum(c.keys_new)).group_by(c.category)
    if known_on is None:
        return {category: int(n) for category, n in connection.execute(counted)}
    held = select(until.category, func.sum(until.keys_new)).group_by(until.category)
    sums = Counter[str]()
    for statement in (
        counted.where(c.day <= known_on),
        held.where(until.day <= known_on, until.until > known_on),
    ):
        for category, n in connection.execute(statement):
            sums[category] += int(n)
    return dict(sums)
