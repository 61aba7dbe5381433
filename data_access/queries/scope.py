"""Which rows of a figure a principal may count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, String, Table, false, func, select, type_coerce

from data_access.principal import Forbidden, Principal

UNIT_ROLES = ("district", "affiliated")


def unit_of(principal: Principal) -> str | None:
    """The unit whose rows alone a district or affiliated principal counts; None for the others."""
    return principal.unit if principal.role in UNIT_ROLES else None


def require_figures(principal: Principal) -> None:
    """Everybody who works with deliveries may ask for figures; a guide shows the wall only."""
    if principal.role == "guide":
        raise Forbidden("讲解员查看展厅大屏，不查看各处室数据。请联系局办公室。")


def scoped(
    principal: Principal, table: Table, categories: frozenset[str] | None
) -> list[ColumnElement[bool]]:
    """Conditions on a table with `category` and, where it has one, `unit`.

    `categories` are those a department ever answered for (`Responsibilities.categories_of`);
    a figure by days is cut to its own days by who computes it.
    """
    require_figures(principal)
    conditions: list[ColumnElement[bool]] = []
    unit = unit_of(principal)
    if unit is not None:
        conditions.append(table.c.unit == unit if "unit" in table.c else false())
    if principal.role == "department":
        conditions.append(table.c.category.in_(sorted(categories or ())))
    return conditions


def one_of(column: Any, values: Any) -> list[ColumnElement[bool]]:
    """A condition for a filter that is set; none for one that is not."""
    return [] if values is None else [column.in_(sorted(values))]


def fetch(connection: Connection, statement: Any) -> list[Any]:
    """All rows of a statement whose columns are chosen at run time, so no checker knows their number."""
    return list(connection.execute(statement))


def by_month_or_day(
    connection: Connection,
    table: FromClause,
    day: Any,
    daily: frozenset[str],
    sums: list[Any],
    further: list[Any],
    conditions: list[Any],
) -> Iterator[tuple[Callable[[Any], dt.date], list[Any]]]:
    """Sums by category, `further` and month; for the categories of `daily` by day instead.

    Yields rows (category, further…, day or month, sums…) with a function that
    tells their day, the first of the month where months were folded.
    """
    category = table.c.category
    is_sqlite = connection.dialect.name == "sqlite"  # its dates are text, and cutting text is fast
    month = func.substr(type_coerce(day, String), 1, 7) if is_sqlite else func.to_char(day, "YYYY-MM")
    keys = [category, *further]
    at = len(keys)
    monthly = [*conditions, category.not_in(sorted(daily))] if daily else conditions
    label = month.label("month")
    statement = select(*keys, label, *sums).where(*monthly).group_by(*keys, label)
    yield lambda row: dt.date.fromisoformat(f"{row[at]}-01"), fetch(connection, statement)
    if daily:
        chosen = [*conditions, category.in_(sorted(daily))]
        statement = select(*keys, day, *sums).where(*chosen).group_by(*keys, day)
        yield lambda row: row[at], fetch(connection, statement)
