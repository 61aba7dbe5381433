"""An approved change request becomes the record's next version, or ends it (Articles 13, 14).

A change goes the ordinary way of a correction: its values are written as a file of one
row, read and checked like every other, and stored with receipt, version and rollups; the
request is closed in the same transaction. A deletion ends the record on the day.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from catalog import Category
from data_access import rollups, taking_back, visits
from data_access.change_tables import change_case
from data_access.clock import day_of
from data_access.commands.change_requests import (
    DOMAIN,
    ChangeRefused,
    category_of,
    current_record,
    move,
    row_of,
)
from data_access.commands.delivery import DeliveryRefused, limits_configured, request_for, take_in
from data_access.commands.receipt import Delivery
from data_access.commands.storing import domains_of
from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.queries.records import plain
from data_access.schema import base_table, column_name
from data_access.versions import raise_versions


def apply_request(made: Engine, who: Principal, number: str, *, at: dt.datetime) -> str:
    """Carry an approved request out; what became of it, in words.

    Raises:
        ChangeRefused: the record has changed meanwhile, or intake refuses the new values.
    """
    who.require("operations")
    with reading(made) as connection:
        row = row_of(who, connection, number, ("approved",), "更新")
        record = current_record(who, connection, category_of(row), row.record_key)
    _require_as_it_was(row, record)
    assert record is not None
    if row.kind == "delete":
        return _delete(made, who, row, at)
    return _change(made, who, row, record, at)


def _require_as_it_was(row: Row[Any], record: Row[Any] | None) -> None:
    """The values the request was judged by must still stand."""
    if record is None:
        raise ChangeRefused(f"申请 {row.number} 的记录已不在基础数据库中。请退回申请人核对。")
    moved = [name for name, value in row.before.items() if plain(record._mapping[column_name(name)]) != value]
    if moved:
        fields = category_of(row).field_by_name
        names = "、".join(f"「{fields[n].name_zh}」" for n in moved)
        raise ChangeRefused(f"申请 {row.number} 提出之后，{names}已被新的报送改变。请申请人重新提出。")


def _change(made: Engine, who: Principal, row: Row[Any], record: Row[Any], at: dt.datetime) -> str:
    category = category_of(row)
    content = _as_file(category, row, record)
    try:
        request = request_for(
            who, content=content, file_name=f"变更申请_{row.number}.csv", category=category.code,
            unit=row.unit, received_at=at, source_platform=record._mapping["source_platform"],
            change=row.number,
        )  # fmt: skip
    except DeliveryRefused as error:
        raise ChangeRefused(str(error)) from None

    def close(connection: Connection, delivery: Delivery) -> None:
        if delivery.accepted != 1:
            said = [p.message or p.code for p in delivery.problems]
            said = said or [delivery.detail or "新的值与现有记录相同。请申请人核对。"]
            raise ChangeRefused(f"申请 {row.number} 没有通过入库检查：\n" + "\n".join(said))
        raise_versions(connection, DOMAIN, at=at)
        standing = row_of(who, connection, row.number, ("approved",), "更新")
        _require_nothing_between(connection, category, record, delivery.receipt)
        values = {"receipt": delivery.receipt, "applied_on": day_of(at)}
        move(who, connection, standing, "applied", f"回执 {delivery.receipt}", at, "change.apply", **values)

    delivery = take_in(made, request, limits_configured(), also=close)
    return f"已更新，回执 {delivery.receipt}"


def _require_nothing_between(
    connection: Connection, category: Category, record: Row[Any], receipt: str | None
) -> None:
    """No delivery came since the record was read: the file carries what every row must have as it was then."""
    table, old = base_table(category), record._mapping
    same = [table.c[column_name(k)] == old[column_name(k)] for k in category.natural_key]
    later = select(table.c.receipt).where(
        *same, table.c.version > old["version"], table.c.receipt != receipt, table.c.reverted_on.is_(None)
    )
    if connection.execute(later.limit(1)).first() is not None:
        raise ChangeRefused("这条记录刚刚被新的报送改变，没有更新。请刷新页面核对后再办。")


def _as_file(category: Category, row: Row[Any], record: Row[Any]) -> bytes:
    """One row: the key, what every row must have, and the changed fields; all else stays as it is."""
    months = set((record._mapping["month_precision"] or "").split(","))
    fields = [f for f in category.fields if f.required or f.name in row.proposed]
    fields += [f for f in category.fields if f.name in category.natural_key and f not in fields]
    cells = []
    for known in fields:
        if known.name in row.proposed:
            cells.append(row.proposed[known.name] or "")
            continue
        value = plain(record._mapping[column_name(known.name)])
        text = "" if value is None else str(value)
        if known.type == "datetime":
            text = text[:19].replace("T", " ")
        cells.append(text[:7] if known.name in months else text)
    target = io.StringIO()
    mark = ("变更申请", row.number)  # no column of the category; makes every file another one
    csv.writer(target).writerows([[*(f.name_zh for f in fields), mark[0]], [*cells, mark[1]]])
    return target.getvalue().encode("utf-8-sig")


def _delete(made: Engine, who: Principal, row: Row[Any], at: dt.datetime) -> str:
    """The record ends today: as of earlier days it is there, from today on it is not."""
    category, today = category_of(row), day_of(at)
    table = base_table(category)
    with writing(made) as connection:
        raise_versions(connection, *{*domains_of(category), "venues"}, at=at)
        raise_versions(connection, DOMAIN, at=at)  # after them, as where a change is stored
        standing = row_of(who, connection, row.number, ("approved",), "更新")
        record = current_record(who, connection, category, row.record_key)
        _require_as_it_was(standing, record)
        assert record is not None
        same = [table.c[column_name(k)] == record._mapping[column_name(k)] for k in category.natural_key]
        taking_back.end_record(connection, category, same, today)
        case = update(change_case).where(change_case.c.number == row.number)
        connection.execute(case.values(ended_version=record._mapping["version"]))
        rollups.fold_end(connection, category, record._mapping, row.unit, today)
        if category.code == visits.CONNECTION:
            visits.refold_districts(connection, at=at)
        move(who, connection, standing, "applied", "记录已删除", at, "change.apply", applied_on=today)
    return "已删除，此前各日的数据不变"
