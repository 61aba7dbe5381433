"""What only the yearly score asks: counts within the days of a category that changed hands."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, or_, select

import catalog
from data_access.principal import Principal
from data_access.schema import base_table, column_name


def keys_in_days(
    principal: Principal,
    connection: Connection,
    category: catalog.Category,
    first: dt.date,
    last: dt.date,
    known_on: dt.date,
) -> int:
    """Distinct natural keys of accepted rows received from `first` to `last` (inclusive), by `known_on`.

    New keys and updates count, duplicates and what was taken back by `known_on` do
    not. The rollup counts a key once in its year, on the day it first came; a
    successor's update of a record its predecessor had received is a key of both.
    """
    principal.require("office", "leader", "operations")
    table = base_table(category)
    c = table.c
    keys = (
        select(*(c[column_name(name)] for name in category.natural_key))
        .where(c.valid_from >= first, c.valid_from <= min(last, known_on))
        .where(or_(c.reverted_on.is_(None), c.reverted_on > known_on))
        .distinct()
        .subquery()
    )
    return int(connection.scalar(select(func.count()).select_from(keys)) or 0)
