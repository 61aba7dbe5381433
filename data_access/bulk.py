"""Bulk loading at each driver's full speed: `COPY` on PostgreSQL, `executemany` on SQLite."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Table

from data_access.column_types import Exact, Moment, exact_text


def bulk_insert(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterator[tuple[Any, ...]] | Sequence[tuple[Any, ...]],
) -> None:
    """Insert tuples in the order of `columns` at the driver's full speed.

    Values are Python values of the columns' types; Decimals, dates and moments
    are converted here, once, exactly as the types above would.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
        return
    convert = [_sqlite_converter(table.c[name].type) for name in columns]
    driver = connection.connection.driver_connection
    assert driver is not None
    if any(convert):
        rows = _converted(iter(rows), convert)
    driver.executemany(_insert_text(table, columns, {}), rows)


def as_written(made: Engine, table: Table, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Columns as `bulk_insert_columns` hands them to the driver, made before a transaction holds the writer's lock."""
    if made.dialect.name == "postgresql":
        return dict(columns)
    written: dict[str, Sequence[Any]] = {}
    for name, values in columns.items():
        convert = _sqlite_converter(table.c[name].type)
        written[name] = list(map(convert, values)) if convert else values
    return written


def bulk_insert_columns(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Iterable[Any]],
    written: Mapping[str, Iterable[Any]] | None = None,
    fixed: Mapping[str, str | int | dt.date] | None = None,
) -> None:
    """`bulk_insert` for whole columns of one length: nothing is done row by row but the insert itself.

    Args:
        written: columns of the same length that went through `as_written`; they come after `columns`.
        fixed: one value for all rows. On SQLite it stands in the statement: handing it over
            with each row would cost a tenth of the insert.
    """
    written, fixed = written or {}, fixed or {}
    if connection.dialect.name == "postgresql":
        same = map(itertools.repeat, fixed.values())
        together = zip(*columns.values(), *written.values(), *same, strict=False)
        _copy(connection, table, [*columns, *written, *fixed], together)
        return
    converted: list[Iterable[Any]] = []
    for name, values in columns.items():
        convert = _sqlite_converter(table.c[name].type)
        converted.append(map(convert, values) if convert else values)
    driver = connection.connection.driver_connection
    assert driver is not None
    text = _insert_text(table, [*columns, *written], fixed)
    driver.executemany(text, zip(*converted, *written.values(), strict=True))


def _insert_text(table: Table, columns: Sequence[str], fixed: Mapping[str, str | int | dt.date]) -> str:
    marks = ", ".join([*"?" * len(columns), *map(_literal, fixed.values())])
    names = ", ".join(f'"{name}"' for name in [*columns, *fixed])
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'


def _literal(value: str | int | dt.date) -> str:
    """A value as it stands in SQLite's SQL; a zero byte would end the statement, so such a text is written in bytes."""
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else value.isoformat()
    if "\0" in text:
        return f"CAST(X'{text.encode().hex()}' AS TEXT)"
    return "'" + text.replace("'", "''") + "'"


def _converted(rows: Iterator[tuple[Any, ...]], convert: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows with their columns converted, some thousand at a time: all at once would hold a file twice."""
    while chunk := list(itertools.islice(rows, 4096)):
        columns = zip(*chunk, strict=True)
        yield from zip(*(map(c, v) if c else v for c, v in zip(convert, columns, strict=True)), strict=True)


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Any) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    names = ", ".join(f'"{name}"' for name in columns)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _sqlite_converter(type_: Any) -> Any:
    """How a value of the type is written; `None` where SQLite takes it as it is."""
    if isinstance(type_, Exact):
        return exact_text
    if isinstance(type_, Moment):
        return cache(
            lambda v: (
                None
                if v is None
                else v.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
            )
        )
    python = getattr(type_, "python_type", None)
    if python is dt.date:
        return cache(lambda v: None if v is None else v.isoformat())
    if python is dt.datetime:
        return cache(lambda v: None if v is None else v.isoformat(" ", "microseconds"))
    return None
