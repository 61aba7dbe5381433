"""What the delivery tests share: sending rows, and a base's content without what differs by chance."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Engine, Table, select

import catalog
from data_access.commands.delivery import Delivery, deliver
from data_access.engine import reading
from data_access.principal import OPERATOR
from data_access.schema import base_table, metadata
from tests.helpers.files import csv_text, grid
from tests.helpers.rows import RECEIVED_ON, Row

VOLATILE = {"changed_at", "received_at", "validated_at", "integrated_at", "published_at", "rejected_at", "at"}


def send(
    made: Engine,
    category: str,
    rows: list[Row],
    *,
    unit: str = "operations_unit",
    on: dt.date = RECEIVED_ON,
    **options: Any,
) -> Delivery:
    """Deliver rows as a CSV file of the category's own department."""
    found = catalog.default().category_by_code[category]
    return deliver(
        made,
        OPERATOR,
        content=csv_text(grid(found, rows)).encode(),
        file_name=options.pop("file_name", "报送.csv"),
        category=category,
        unit=found.department if unit == "operations_unit" else unit,
        received_on=on,
        **options,
    )


def content(made: Engine, *prefixes: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables with these prefixes (all if none), without times of the clock, sorted.

    The audit is left out: it tells every attempt with its own moment, not what the base holds.
    """
    tables: list[Table] = [*metadata.sorted_tables, *(base_table(c) for c in catalog.default().categories)]
    chosen = [
        t
        for t in tables
        if (not prefixes or t.name.startswith(prefixes)) and not t.name.startswith("admin_audit")
    ]
    found: dict[str, list[tuple[Any, ...]]] = {}
    with reading(made) as connection:
        for table in chosen:
            columns = [c for c in table.columns if c.name not in VOLATILE]
            rows = [tuple(row) for row in connection.execute(select(*columns))]
            found[table.name] = sorted(rows, key=repr)
    return found
