"""Records that an approved request has ended (删除, Article 14), by category.

The base keeps their versions, closed; that nothing follows them is told by the request
alone, since a version that was replaced is closed in the same way.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from catalog import Category
from data_access.change_tables import change_case
from data_access.queries.records import plain, typed
from data_access.schema import base_table, change_request, column_name

Key = tuple[str, ...]
"""A natural key as the request keeps it: text, in the catalogue's order."""


def key_of(values: Iterable[Any]) -> Key:
    return tuple(str(plain(value)) for value in values)


def endings(connection: Connection, category: Category) -> Mapping[Key, set[dt.date]]:
    """On which days each record was ended; empty for almost every category."""
    r = change_request.c
    rows = connection.execute(
        select(change_case.c.record_key, r.applied_on)
        .join(change_request, r.number == change_case.c.number)
        .where(r.category == category.code, r.kind == "delete", r.applied_on.is_not(None))
    )
    found: dict[Key, set[dt.date]] = defaultdict(set)
    for key, day in rows:
        found[key_of(key[name] for name in category.natural_key)].add(day)
    return found


def delivered_anew(connection: Connection, category: Category) -> list[str]:
    """The receipt of each standing version that brought an ended record back."""
    table = base_table(category)
    columns = [table.c[column_name(name)] for name in category.natural_key]
    fields = [category.field_by_name[name] for name in category.natural_key]
    found = []
    for key, days in endings(connection, category).items():
        same = (c == typed(f, text) for c, f, text in zip(columns, fields, key, strict=True))
        versions = connection.execute(
            select(table.c.receipt, table.c.valid_to)
            .where(*same, table.c.reverted_on.is_(None))
            .order_by(table.c.version)
        )
        found += [after.receipt for before, after in pairwise(versions.all()) if before.valid_to in days]
    return found
