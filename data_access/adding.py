"""Adding numbers to a rollup, in place: one statement for both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def add(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add the numbers of `rows` to the rollup's rows of the same key; new keys are inserted."""
    rows = list(rows)
    if not rows:
        return
    connection.execute(_adding(table, connection.dialect.name), rows)


@cache
def _adding(table: Table, dialect: str) -> Any:
    """The statement of `add`: built once, for every delivery uses several."""
    keys = [c.name for c in table.primary_key.columns]
    statement = postgresql_insert(table) if dialect == "postgresql" else sqlite_insert(table)
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={
            c.name: table.c[c.name] + statement.excluded[c.name] for c in table.columns if c.name not in keys
        },
    )
