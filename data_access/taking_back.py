"""What leaves the base: a record ended for good, a batch taken back (Article 14). Every version keeps its row.

Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from catalog import Category
from data_access import base
from data_access.ended import Key, endings, key_of
from data_access.schema import base_table, column_name


def end_record(
    connection: Connection, category: Category, same: Sequence[ColumnElement[bool]], on: dt.date
) -> None:
    """Close a record's current version for good: known until `on`, and no version follows."""
    table = base_table(category)
    connection.execute(update(table).where(table.c.valid_to.is_(None), *same).values(valid_to=on))


class CannotRevert(Exception):
    """A later batch changed the same records; the message names it."""


def revert(connection: Connection, category: Category, receipt: str, on: dt.date) -> int:
    """Take a batch's rows back: the versions before them are current again, but not a record that had been ended.

    Returns the number of versions taken back.

    Raises:
        CannotRevert: when a later delivery stands on top of one of the rows.
    """
    table = base_table(category)
    keys = [table.c[column_name(k)] for k in category.natural_key]
    mine = select(*keys, table.c.version).where(table.c.receipt == receipt, table.c.reverted_on.is_(None))
    taken = connection.execute(mine).all()
    on_top = select(table.c.receipt).where(
        table.c.receipt == receipt, table.c.valid_to.is_not(None), table.c.reverted_on.is_(None)
    )
    if connection.execute(on_top.limit(1)).first() is not None:
        raise CannotRevert("这一批的部分记录已被后来的报送更新。请先撤回后来的批次，或提交变更申请。")
    ended = endings(connection, category)
    for start in range(0, len(taken), base.LOOKUP_CHUNK):
        wanted = [tuple(row[:-1]) for row in taken[start : start + base.LOOKUP_CHUNK]]
        connection.execute(
            update(table)
            .where(table.c.receipt == receipt, table.c.valid_to.is_(None), base.among(keys, wanted))
            .values(valid_to=on, reverted_on=on)
        )
        before = _to_reopen(connection, category, wanted, ended)
        if before:
            connection.execute(
                update(table).where(base.among([*keys, table.c.version], before)).values(valid_to=None)
            )
    return len(taken)


def _to_reopen(
    connection: Connection,
    category: Category,
    wanted: Sequence[tuple[Any, ...]],
    ended: Mapping[Key, set[int]],
) -> list[tuple[Any, ...]]:
    """Keys and numbers of the versions that stood before these records' newest ones."""
    table = base_table(category)
    keys = [table.c[column_name(k)] for k in category.natural_key]
    alive = (
        select(*keys, func.max(table.c.version).label("version"))
        .where(table.c.reverted_on.is_(None), base.among(keys, wanted))
        .group_by(*keys)
    )
    before = [tuple(row) for row in connection.execute(alive)]
    if not before or not any(key_of(row[:-1]) in ended for row in before):
        return before
    return [row for row in before if row[-1] not in ended.get(key_of(row[:-1]), ())]
