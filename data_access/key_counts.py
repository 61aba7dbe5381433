"""How many natural keys each batch is the first to bring, and from which day on.

A key belongs to the version received first. A version that came before it but has been taken
back held the key until that day; one taken back before it ever held the key counts nothing.
What a batch counts later than the day it was received is kept with that day
(`roll_delivery_until`), so that a figure as of a day between them is what it was.

Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from catalog import Category
from data_access.adding import add
from data_access.ended import endings, key_of
from data_access.schema import base_table, batch, column_name, delivery_until

NEVER = dt.date.max
"""The day on which a standing version is taken back."""

FETCHED = 4096
"""Versions fetched together."""

Counts = Counter[tuple[str, dt.date]]
"""How many keys a batch (receipt) counts from a day on."""
Overlap = tuple[str, dt.date, dt.date]
"""Receipt, first day, day after the last."""


class Batch(NamedTuple):
    """What the counts are set for, and what they are now."""

    receipt: str
    unit: str
    received_on: dt.date
    keys_in_year: int
    keys_new: int


class Version(NamedTuple):
    """One version of one record."""

    receipt: str
    number: int
    valid_from: dt.date
    valid_to: dt.date | None
    reverted_on: dt.date | None


class Holding(NamedTuple):
    """The days on which a version is the one that counts its key: from `start` until before `end`."""

    receipt: str
    start: dt.date
    end: dt.date


def holdings(versions: Iterable[Version]) -> list[Holding]:
    """Which of one record's versions counts its key, and when: the first received of those that stand."""
    found: list[Holding] = []
    taken_until = dt.date.min
    for v in sorted(versions, key=lambda v: (v.valid_from, v.number)):
        gone = v.reverted_on or NEVER
        start = max(v.valid_from, taken_until)
        if start < gone:
            found.append(Holding(v.receipt, start, gone))
        taken_until = max(taken_until, gone)
    return found


def recount(connection: Connection, category: Category) -> None:
    """Set `keys_in_year` and `keys_new` of the category's batches, and since when, from the base alone.

    A batch taken back on the day it was received counts on no day: it keeps what it had.
    """
    in_year, new, overlaps = _counted(connection, category)
    is_counted = or_(batch.c.reverted_on.is_(None), batch.c.reverted_on > batch.c.received_on)
    facts = select(
        batch.c.receipt, batch.c.unit, batch.c.received_on, batch.c.keys_in_year, batch.c.keys_new
    ).where(batch.c.category == category.code, is_counted)
    batches = {row[0]: Batch(*row) for row in connection.execute(facts)}
    _set_totals(connection, batches, in_year, new)
    connection.execute(delete(delivery_until).where(delivery_until.c.category == category.code))
    later = [
        _until(category, batches[receipt], batches[receipt].received_on, day, **{name: -n})
        for name, counts in (("keys_in_year", in_year), ("keys_new", new))
        for (receipt, day), n in counts.items()
        if n and day > batches[receipt].received_on
    ]
    twice = [
        _until(category, batches[receipt], day, until, keys_new=-n)
        for (receipt, day, until), n in overlaps.items()
    ]
    add(connection, delivery_until, [*later, *twice])


def hands_keys_on(connection: Connection, category: Category, receipt: str, on: dt.date) -> bool:
    """Whether taking this batch back on a day changes what others count.

    It came late and a later delivery counts its keys from now on; or it holds keys itself
    since that very day, from another that was taken back on it.
    """
    mine, other = base_table(category), base_table(category).alias()
    same = [mine.c[column_name(k)] == other.c[column_name(k)] for k in category.natural_key]
    later = select(other.c.version).where(
        mine.c.receipt == receipt, *same, other.c.valid_from > mine.c.valid_from,
        or_(other.c.reverted_on.is_(None), other.c.reverted_on > on),
    )  # fmt: skip
    since = select(delivery_until.c.until).where(
        delivery_until.c.category == category.code, delivery_until.c.until >= on
    )
    return any(connection.execute(asked.limit(1)).first() is not None for asked in (since, later))


def _counted(connection: Connection, category: Category) -> tuple[Counts, Counts, Counter[Overlap]]:
    """What each batch counts since when: in the years its versions were received in, and ever.

    And how often a record that was ended counts in two lives at once: what came again may bear
    a day of receipt before the end.
    """
    ended = endings(connection, category)
    new = _each_alone(connection, category)
    in_year, overlaps = new.copy(), Counter[Overlap]()
    for key, versions in _of_several(connection, category):
        alone = [v for v in versions if v.reverted_on is None or v.reverted_on > v.valid_from]
        for v in alone:
            in_year[v.receipt, v.valid_from] -= 1
            new[v.receipt, v.valid_from] -= 1
        for year in {v.valid_from.year for v in alone}:
            for holding in holdings(v for v in alone if v.valid_from.year == year):
                in_year[holding.receipt, holding.start] += 1
        at = ended.get(key_of(key), set()) if ended else set()
        lives = list(_lives(versions, at)) if at else [(alone, NEVER)]
        for life, _ in lives:
            for holding in holdings(life):
                new[holding.receipt, holding.start] += 1
        if at:
            overlaps.update(_counted_twice(lives))
    return in_year, new, overlaps


def _each_alone(connection: Connection, category: Category) -> Counts:
    """How many keys each batch would count if every version were the only one of its record."""
    c = base_table(category).c
    stood = or_(c.reverted_on.is_(None), c.reverted_on > c.valid_from)
    rows = connection.execute(
        select(c.receipt, c.valid_from, func.count()).where(stood).group_by(c.receipt, c.valid_from)
    )
    found = Counts()
    for receipt, day, n in rows.all():
        found[receipt, day] = n
    return found


def _of_several(
    connection: Connection, category: Category
) -> Iterator[tuple[tuple[Any, ...], list[Version]]]:
    """Records with more than one version, and these; most records of most categories have one."""
    table = base_table(category)
    names = [column_name(k) for k in category.natural_key]
    of_several = select(*(table.c[n] for n in names)).where(table.c.version > 1).distinct().subquery()
    same = and_(*(table.c[n] == of_several.c[n] for n in names))
    keys = [of_several.c[n] for n in names]
    lineage = [table.c[n] for n in ("receipt", "version", "valid_from", "valid_to", "reverted_on")]
    statement = select(*keys, *lineage).select_from(of_several.join(table, same)).order_by(*keys)
    rows = (row for some in connection.execute(statement).partitions(FETCHED) for row in map(tuple, some))
    for key, found in groupby(rows, key=itemgetter(slice(len(names)))):
        yield key, [Version(*row[len(names) :]) for row in found]


def _counted_twice(lives: Iterable[tuple[list[Version], dt.date]]) -> Counter[Overlap]:
    """How often a batch counts a record that counts in an earlier life on the same days."""
    alive = [h._replace(end=min(h.end, end)) for life, end in lives for h in holdings(life) if h.start < end]
    found = Counter[Overlap]()
    days = sorted({day for h in alive for day in (h.start, h.end)})
    for day, until in pairwise(days):
        for holding in [h for h in alive if h.start <= day < h.end][1:]:
            found[holding.receipt, day, until] += 1
    return found


def _lives(versions: Iterable[Version], ended: set[int]) -> Iterator[tuple[list[Version], dt.date]]:
    """The versions from one ending to the next, and the day each life ended.

    What had been written over the ended version and was taken back by then is of its life too.
    """
    left = sorted(versions, key=lambda v: v.number)
    for last in [v for v in left if v.number in ended]:
        end = last.valid_to or NEVER
        life = [v for v in left if v.number <= last.number or (v.reverted_on or NEVER) <= end]
        left = [v for v in left if v not in life]
        yield life, end
    yield left, NEVER


def _set_totals(connection: Connection, batches: Mapping[str, Batch], in_year: Counts, new: Counts) -> None:
    """The batches' own columns, where they say something else."""
    totals = {receipt: [0, 0] for receipt in batches}
    for place, counts in enumerate((in_year, new)):
        for (receipt, _), n in counts.items():
            totals[receipt][place] += n
    changed = [
        {"of": receipt, "in_year": total[0], "new": total[1]}
        for receipt, total in totals.items()
        if total != [batches[receipt].keys_in_year, batches[receipt].keys_new]
    ]
    if changed:
        connection.execute(
            update(batch)
            .where(batch.c.receipt == bindparam("of"))
            .values(keys_in_year=bindparam("in_year"), keys_new=bindparam("new")),
            changed,
        )


def _until(category: Category, of: Batch, day: dt.date, until: dt.date, **less: int) -> dict[str, Any]:
    nothing = {"keys_in_year": 0, "keys_new": 0}
    return {"category": category.code, "unit": of.unit, "day": day, "until": until, **nothing, **less}
