"""Rows of one file with the same natural key: the same again is a duplicate, something else is a conflict."""

from __future__ import annotations

from typing import Any

from data_access.intake.table import Table


def settle_duplicates(table: Table) -> None:
    """Looks among the rows without problems.

    Same key and same values: the first counts, the others are duplicates. Same
    key and other values: all of them are refused, for nobody may choose which is true.
    """
    rows = table.clean_rows()
    groups = _rows_by_repeated_key(table, rows)
    if not groups:
        return
    columns = list(table.values.values())
    for group in groups:
        contents = {tuple(c[i] for c in columns) for i in group}
        if len(contents) == 1:
            table.duplicates += group[1:]
            continue
        for row in group:
            table.refusals.setdefault(row, []).append(("R_KEY_CONFLICT", None))
            table.rivals[row] = group
    table.duplicates.sort()


def natural_keys(table: Table, rows: list[int]) -> list[Any]:
    """The natural key of each row, comparable; a tuple only if the key has several fields."""
    columns = [table.values[name] for name in table.category.natural_key]
    if len(rows) < table.size:
        columns = [[c[i] for i in rows] for c in columns]
    return list(columns[0]) if len(columns) == 1 else list(zip(*columns, strict=True))


def _rows_by_repeated_key(table: Table, rows: list[int]) -> list[list[int]]:
    keys = natural_keys(table, rows)
    if len(set(keys)) == len(keys):
        return []
    groups: dict[Any, list[int]] = {}
    for row, key in zip(rows, keys, strict=True):
        groups.setdefault(key, []).append(row)
    return [g for g in groups.values() if len(g) > 1]
