"""Rows of the base: paged, filtered, with lineage, inside the principal's scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from catalog import Category, Field
from catalog.wording import TYPE_NAMES
from data_access.column_types import decimal_text
from data_access.engine import BEIJING
from data_access.masking import mask, may_unmask
from data_access.principal import Forbidden, Principal
from data_access.schema import base_table, batch, column_name

MOST_DIGITS = 100
"""Before or after the point of a number somebody looks for; written out, 1e999999999 would fill the memory."""
GREATEST = 2**63 - 1
"""The greatest whole number a database keeps as one."""


class BadFilter(ValueError):
    """A filter names no field or has no value of its type; the message says which."""


@dataclass(frozen=True)
class RecordPage:
    """`records` as plain dicts in JSON's types; `total` counts all that match."""

    records: list[dict[str, Any]]
    total: int


def records(
    principal: Principal,
    connection: Connection,
    category: Category,
    *,
    where: Mapping[str, str] | None = None,
    search: str | None = None,
    receipt: str | None = None,
    as_of: dt.date | None = None,
    published_only: bool = False,
    limit: int | None = 100,
    offset: int = 0,
    count: bool = True,
    masked: bool = True,
) -> RecordPage:
    """Current records (or those known on `as_of`), in the order they came.

    Args:
        where: field name → value as text, all must match; ``unit`` and ``sheet`` work too.
            A masked field is no filter: whoever may not see a name could guess it.
        search: text contained in any text field, capital or small letters.
        receipt: only versions this delivery brought.
        masked: personal fields as 张*; False only on the server's own shell, never for
            somebody logged in (`commands.unmasking` shows one record, with a reason).

    Raises:
        Forbidden: the category is outside the principal's scope.
        BadFilter: unknown field or a value that is not of its type.
    """
    _require(principal, category, masked)
    table = base_table(category)
    statement = _scoped(select(table), principal, category)
    if as_of is None:
        statement = statement.where(table.c.valid_to.is_(None))
    else:
        statement = _as_of(statement, category, as_of)
    for name, value in (where or {}).items():
        _require_visible(category, name, masked)
        statement = statement.where(_equals(category, name, value))
    if receipt:
        statement = statement.where(table.c.receipt == receipt)
    if search:
        texts = [
            table.c[column_name(f.name)]
            for f in category.fields
            if f.type in ("string", "enum") and not f.is_personal
        ]
        statement = statement.where(or_(*(c.icontains(search, autoescape=True) for c in texts)))
    if published_only:
        listed = select(batch.c.receipt).where(batch.c.state == "published")
        statement = statement.where(table.c.receipt.in_(listed))
    total = connection.scalar(select(func.count()).select_from(statement.subquery())) or 0 if count else -1
    ordered = statement.order_by(table.c.valid_from, table.c.receipt, table.c.sheet, table.c.row_no)
    if limit is not None:
        ordered = ordered.limit(limit).offset(offset)
    rows = connection.execute(ordered)
    return RecordPage(_shown(category, rows, masked), total)


def versions(
    principal: Principal,
    connection: Connection,
    category: Category,
    record: Mapping[str, Any],
    *,
    masked: bool = True,
) -> list[dict[str, Any]]:
    """The history of one record, oldest version first.

    Args:
        record: as `records` gave it; found again by receipt, sheet and row, since its key may be masked.
    """
    _require(principal, category, masked)
    table = base_table(category)
    one = table.alias("one")
    place = (
        one.c.receipt == record["receipt"],
        one.c.sheet == record["sheet"],
        one.c.row_no == record["row"],
    )
    same_key = [one.c[column_name(k)] == table.c[column_name(k)] for k in category.natural_key]
    statement = _scoped(select(table), principal, category).where(
        select(one.c.version).where(*place, *same_key).exists()
    )
    rows = connection.execute(statement.order_by(table.c.version))
    return _shown(category, rows, masked)


def _require(principal: Principal, category: Category, masked: bool) -> None:
    if not principal.may_read_category(category):
        raise Forbidden(f"《{category.name_zh}》的记录只对归口处室和局办公室开放。")
    if not masked and (not may_unmask(principal) or principal.account):
        raise Forbidden("个人信息默认遮盖显示；确需查看的，由局办公室逐条说明原因后办理。")


def _require_visible(category: Category, name: str, masked: bool) -> None:
    field = category.field_by_name.get(name)
    if masked and field is not None and field.is_personal:
        raise Forbidden(f"「{field.name_zh}」含个人信息，不能作为筛选条件。请改用其他栏目，或按回执号查找。")


def _shown(category: Category, rows: Iterable[Row[Any]], masked: bool) -> list[dict[str, Any]]:
    """Rows as the reader may see them: personal columns masked, and telephones in free text."""
    hidden = {column_name(f.name): f for f in category.fields if f.is_personal or f.type == "string"}
    if not masked:
        hidden = {}
    return [
        as_json(
            category, {**row._mapping, **{name: mask(f, row._mapping[name]) for name, f in hidden.items()}}
        )
        for row in rows
    ]


def _scoped(statement: Select[Any], principal: Principal, category: Category) -> Select[Any]:
    """Districts and affiliated units see the rows they sent; nobody else is narrowed further."""
    if principal.role in ("district", "affiliated"):
        return statement.where(base_table(category).c.unit == principal.unit)
    return statement


def _as_of(statement: Select[Any], category: Category, day: dt.date) -> Select[Any]:
    table = base_table(category)
    later = table.alias("later")
    known = (table.c.valid_from <= day) & (table.c.valid_to.is_(None) | (table.c.valid_to > day))
    keys = [column_name(k) for k in category.natural_key]
    newer = select(later.c.version).where(
        *(later.c[k] == table.c[k] for k in keys),
        later.c.version > table.c.version,
        later.c.valid_from <= day,
        later.c.valid_to.is_(None) | (later.c.valid_to > day),
    )
    return statement.where(known, ~newer.exists())


def _equals(category: Category, name: str, value: str) -> Any:
    table = base_table(category)
    if name in ("unit", "sheet", "receipt", "source_platform") and name not in category.field_by_name:
        return table.c[name] == value
    field = category.field_by_name.get(name)
    if field is None:
        known = "、".join(f.name for f in category.fields)
        raise BadFilter(f"《{category.name_zh}》没有字段 {name}。可用：{known}。")
    column = table.c[column_name(name)]
    if value == "":
        return column.is_(None)
    return column == typed(field, value)


def typed(field: Field, value: str) -> Any:
    """A value as text in the type its column has."""
    try:
        if field.type == "int":
            return _whole(value)
        if field.type in ("decimal", "geo"):
            number = Decimal(value)
            if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
                raise ValueError(
                    value
                )  # NaN is a Decimal, no comparison with a limit survives it; nor 1e999999999
            return number
        if field.type == "date":
            return dt.date.fromisoformat(value)
        if field.type == "datetime":
            moment = dt.datetime.fromisoformat(value)
            return moment.astimezone(BEIJING).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError, InvalidOperation):
        raise BadFilter(f"「{field.name_zh}」的筛选值 {value} 不是有效的{TYPE_NAMES[field.type]}。") from None
    return value


def _whole(value: str) -> int:
    number = int(value)
    if abs(number) > GREATEST:
        raise OverflowError(value)
    return number


def as_json(category: Category, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A stored row in JSON's types: ISO dates, decimals as text, then its lineage."""
    record: dict[str, Any] = {f.name: plain(row[column_name(f.name)]) for f in category.fields}
    months = row["month_precision"]
    record["precision"] = dict.fromkeys(months.split(","), "month") if months else {}
    record |= {
        "version": row["version"],
        "receipt": row["receipt"],
        "sheet": row["sheet"],
        "row": row["row_no"],
        "unit": row["unit"],
        "source_platform": row["source_platform"],
        "valid_from": plain(row["valid_from"]),
        "valid_to": plain(row["valid_to"]),
    }
    return record


def plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, dt.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=BEIJING)).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
