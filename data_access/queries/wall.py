"""What the exhibition wall is published from: groups of the base, its venues, what arrived, what changed.

A field may be named here only as the catalogue allows (``wall``): "yes" as it is,
"aggregate" to divide or to sum groups, "no" never. Counts leave this module as they
are; `kiosk.few` decides which of them may be shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Float, cast, exists, func, or_, select

import catalog
from data_access.column_types import exact_sum
from data_access.principal import Principal
from data_access.queries.scope import fetch, one_of
from data_access.schema import (
    base_table,
    batch,
    column_name,
    data_version,
    roll_delivery,
    visit_hour,
)
from data_access.versions import NAMED

IN_BASE = ("integrated", "published", "withdrawn")


class Group(NamedTuple):
    """Records with the same values of the fields asked for (`key`), and sums over them."""

    key: tuple[Any, ...]
    count: int
    sums: tuple[float, ...]  # of money exact until here


class Change(NamedTuple):
    version: int
    at: dt.datetime


class Delivered(NamedTuple):
    """All deliveries of one category: batches and accepted rows, new keys, the newest day of receipt."""

    batches: int
    accepted: int
    records: int
    last_on: dt.date


@dataclass(frozen=True, slots=True)
class Day:
    """Rows of one day of receipt (for `published`: of listing) by where they are on their way."""

    received: int
    accepted: int
    published: int
    by_platform: dict[str, tuple[int, int]]
    """Batches and rows received by source platform: together they are `received`."""
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A batch that reached the base, or was listed for users, at `at`."""

    at: dt.datetime
    received_on: dt.date
    platform: str
    unit: str
    category: str
    accepted: int
    is_published: bool


def _require(principal: Principal) -> None:
    """The whole city, whoever looks: only the product itself and the office publish it."""
    principal.require("operations", "office")


def changes(principal: Principal, connection: Connection) -> dict[str, Change]:
    """Version and moment of the last change by domain, of the figures' domains that ever changed."""
    _require(principal)
    c = data_version.c
    rows = connection.execute(select(c.domain, c.version, c.changed_at).where(c.version > 0, NAMED))
    return {domain: Change(version, at) for domain, version, at in rows}


def deliveries(principal: Principal, connection: Connection) -> dict[str, Delivered]:
    """By category; two answers are equal exactly when nothing of the category was delivered or taken back."""
    _require(principal)
    c = roll_delivery.c
    sums = [func.sum(x) for x in (c.batches, c.rows_accepted, c.keys_new)]
    statement = select(c.category, *sums, func.max(c.day)).group_by(c.category)
    return {
        row[0]: Delivered(int(row[1]), int(row[2]), int(row[3]), row[4])
        for row in fetch(connection, statement)
    }


def delivering_units(principal: Principal, connection: Connection, first: dt.date) -> frozenset[str]:
    """Units of whose deliveries received since `first` one with accepted rows is still in the base.

    The rollup names who may be one; what came and what was taken back on a day cancel out in it.
    """
    _require(principal)
    c, told = batch.c, roll_delivery.c
    sent = select(told.category, told.unit).where(told.day >= first).distinct().subquery()
    is_there = exists().where(
        c.category == sent.c.category,
        c.unit == sent.c.unit,
        c.received_on >= first,
        c.state.in_(IN_BASE),
        c.rows_accepted > 0,
    )
    return frozenset(connection.scalars(select(sent.c.unit).where(is_there).distinct()))


def day(principal: Principal, connection: Connection, on: dt.date, *, days_to_list: int = 60) -> Day:
    """What happened on one day. Batches received up to `days_to_list` days before may be listed on it."""
    _require(principal)
    c = batch.c
    known = one_of(c.category, catalog.default().category_by_code)  # names the index's first column
    arrived = select(
        c.source_platform, c.category, func.count(), func.sum(c.rows_total), func.sum(c.rows_accepted)
    )
    arrived = arrived.where(*known, c.received_on == on, c.state.in_((*IN_BASE, "validated", "received")))
    by_platform: dict[str, tuple[int, int]] = {}
    received = accepted = 0
    categories = set()
    for platform, category, count, total, rows in fetch(
        connection, arrived.group_by(c.source_platform, c.category)
    ):
        before = by_platform.get(platform, (0, 0))
        by_platform[platform] = (before[0] + int(count), before[1] + int(total or 0))
        received += int(total or 0)
        accepted += int(rows or 0)
        if rows:
            categories.add(category)
    since = on - dt.timedelta(days=days_to_list)
    listed = select(func.sum(c.rows_accepted)).where(
        *known, c.received_on >= since, c.state == "published", c.published_on == on
    )
    return Day(received, accepted, int(connection.scalar(listed) or 0), by_platform, frozenset(categories))


def arrivals(
    principal: Principal,
    connection: Connection,
    since: dt.date,
    until: dt.datetime,
    *,
    least: int,
    limit: int,
) -> list[Arrived]:
    """Batches received since `since` with at least `least` accepted rows, by their newest step, newest first.

    Steps after `until` (a clock that was wrong) are left out.
    """
    _require(principal)
    c = batch.c
    moment = func.coalesce(c.published_at, c.integrated_at)
    statement = (
        select(
            moment,
            c.received_on,
            c.source_platform,
            c.unit,
            c.category,
            c.rows_accepted,
            c.published_at.is_not(None),
        )
        .where(*one_of(c.category, catalog.default().category_by_code), c.received_on >= since)
        .where(c.state.in_(("integrated", "published")), c.rows_accepted >= least)
        .where(or_(c.published_at.is_(None), c.published_at <= until), c.integrated_at <= until)
        .order_by(moment.desc(), c.receipt)
        .limit(limit)
    )
    return [
        Arrived(*row[:5], accepted=int(row[5]), is_published=bool(row[6]))
        for row in fetch(connection, statement)
    ]


def published_categories(principal: Principal, connection: Connection) -> frozenset[str]:
    """Categories of which at least one batch is on the list for users."""
    _require(principal)
    found = set()
    for code in catalog.default().category_by_code:
        one = select(batch.c.receipt).where(batch.c.category == code, batch.c.state == "published").limit(1)
        if connection.scalar(one) is not None:
            found.add(code)
    return frozenset(found)


def grouped(
    principal: Principal,
    connection: Connection,
    category: str,
    by: Sequence[str] = (),
    sums: Sequence[str] = (),
    *,
    where: Mapping[str, str] | None = None,
    span: tuple[str, Any, Any] | None = None,
) -> list[Group]:
    """Current records of a category, counted and summed by the combination of the fields `by`.

    Args:
        by: fields to divide by; a missing value is a group of its own (None).
        sums: number fields; where all are missing the sum is 0. Decimals as floats.
        where: field → value that all counted records have.
        span: (field, first, last), both inclusive.

    Raises:
        ValueError: a field the catalogue keeps off the wall.
    """
    _require(principal)
    entry = catalog.default().category_by_code[category]
    table = base_table(entry)

    def column(name: str) -> ColumnElement[Any]:
        if entry.field_by_name[name].wall == "no":
            raise ValueError(f"{category}.{name} is not for the wall (catalogue: wall = no)")
        return table.c[column_name(name)]

    keys = [column(name) for name in by]
    totals = [
        exact_sum(column(name)) if entry.field_by_name[name].is_money else func.sum(cast(column(name), Float))
        for name in sums
    ]
    statement = select(*keys, func.count(), *totals).where(table.c.valid_to.is_(None))
    for name, value in (where or {}).items():
        statement = statement.where(column(name) == value)
    if span is not None:
        name, first, last = span
        statement = statement.where(column(name) >= first, column(name) <= last)
    n = len(keys)
    return [
        Group(tuple(row[:n]), int(row[n]), tuple(float(x or 0) for x in row[n + 1 :]))
        for row in fetch(connection, statement.group_by(*keys) if keys else statement)
    ]


def listed(
    principal: Principal,
    connection: Connection,
    category: str,
    fields: Sequence[str],
    *,
    where: Mapping[str, str] | None = None,
    span: tuple[str, Any, Any] | None = None,
    largest: tuple[str, int] | None = None,
) -> list[tuple[Any, ...]]:
    """Single current records, as far as the catalogue shows them (``wall = "yes"``).

    Args:
        largest: (number field, how many): the records with the largest values, largest first.

    Raises:
        ValueError: a field that is not for the wall record by record.
    """
    _require(principal)
    entry = catalog.default().category_by_code[category]
    table = base_table(entry)

    def column(name: str) -> ColumnElement[Any]:
        if entry.field_by_name[name].wall != "yes":
            raise ValueError(f"{category}.{name} is not for the wall record by record")
        return table.c[column_name(name)]

    statement = select(*(column(name) for name in fields)).where(table.c.valid_to.is_(None))
    for name, value in (where or {}).items():
        statement = statement.where(column(name) == value)
    if span is not None:
        statement = statement.where(column(span[0]) >= span[1], column(span[0]) <= span[2])
    if largest is not None:
        by = column(largest[0])
        statement = statement.where(by.is_not(None)).order_by(by.desc(), column(fields[0])).limit(largest[1])
    return [tuple(row) for row in fetch(connection, statement)]


class Reading(NamedTuple):
    """A venue's recorded hours of one day: who came in, and who was inside at the newest full hour (`at`)."""

    entries: int
    occupancy: int
    at: dt.datetime


def readings_of_day(
    principal: Principal, connection: Connection, on: dt.date, until: dt.datetime
) -> dict[str, Reading]:
    """By venue, the hours that end after `on`'s midnight and by `until` (北京时间, naive)."""
    _require(principal)
    c = visit_hour.c
    start = dt.datetime.combine(on, dt.time())
    end = min(until, start + dt.timedelta(days=1))
    rows = connection.execute(
        select(c.venue_code, c.entries, c.occupancy, c.hour)
        .where(c.hour > start, c.hour <= end)
        .order_by(c.hour)
    )
    found: dict[str, Reading] = {}
    for code, entries, occupancy, hour in rows:
        before = found[code].entries if code in found else 0
        found[code] = Reading(before + int(entries), int(occupancy), hour)
    return found


def most_inside(principal: Principal, connection: Connection, since: dt.datetime) -> dict[str, int]:
    """The most people that were inside at a full hour since `since` (北京时间, naive), by venue."""
    _require(principal)
    c = visit_hour.c
    statement = select(c.venue_code, func.max(c.occupancy)).where(c.hour >= since).group_by(c.venue_code)
    return {code: int(most) for code, most in connection.execute(statement)}
