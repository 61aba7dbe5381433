"""What leaves the base: a record ended for good, a batch taken back (Article 14). Every version keeps its row.

Everything here runs inside the caller's transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select, update

from catalog import Category
from data_access.ended import endings, key_of
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
    mine = table.c.receipt == receipt
    on_top = select(table.c.version).where(mine, table.c.valid_to.is_not(None), table.c.reverted_on.is_(None))
    if connection.execute(on_top.limit(1)).first() is not None:
        raise CannotRevert("这一批的部分记录已被后来的报送更新。请先撤回后来的批次，或提交变更申请。")
    taken = connection.execute(
        update(table).where(mine, table.c.valid_to.is_(None)).values(valid_to=on, reverted_on=on)
    )
    _reopen(connection, category, receipt)
    return taken.rowcount


def _reopen(connection: Connection, category: Category, receipt: str) -> None:
    """Make the versions before those of a batch taken back current again, but none that had been ended.

    Each is written under its whole unique key: SQLite walks through the table for a list of keys.
    """
    gone, table = base_table(category).alias("gone"), base_table(category)
    names = [column_name(k) for k in category.natural_key]
    keys = [table.c[name] for name in names]
    before = (
        select(*keys, func.max(table.c.version))
        .select_from(gone.join(table, and_(*(table.c[name] == gone.c[name] for name in names))))
        .where(gone.c.receipt == receipt, table.c.reverted_on.is_(None))
        .group_by(*keys)
    )
    ended = endings(connection, category)
    found = [tuple(row) for row in connection.execute(before)]
    standing = [row for row in found if row[-1] not in ended.get(key_of(row[:-1]), ())]
    if standing:
        same = [table.c[name] == bindparam(f"k_{name}") for name in (*names, "version")]
        connection.execute(
            update(table).where(*same).values(valid_to=None),
            [
                {f"k_{name}": value for name, value in zip((*names, "version"), row, strict=True)}
                for row in standing
            ],
        )
