"""Records that an approved request has ended (删除, Article 14), by category.

The base keeps their versions, closed; that nothing follows them is told by the request
alone, since a version that was replaced is closed in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from catalog import Category
from data_access.change_tables import change_case
from data_access.queries.records import plain
from data_access.schema import change_request

Key = tuple[str, ...]
"""A natural key as the request keeps it: text, in the catalogue's order."""


def key_of(values: Iterable[Any]) -> Key:
    return tuple(str(plain(value)) for value in values)


def endings(connection: Connection, category: Category) -> Mapping[Key, set[int]]:
    """The versions at which each record was ended; empty for almost every category."""
    rows = connection.execute(
        select(change_case.c.record_key, change_case.c.ended_version)
        .join(change_request, change_request.c.number == change_case.c.number)
        .where(change_request.c.category == category.code, change_case.c.ended_version.is_not(None))
    )
    found: dict[Key, set[int]] = defaultdict(set)
    for key, version in rows:
        found[key_of(key[name] for name in category.natural_key)].add(version)
    return found
