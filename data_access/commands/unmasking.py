"""One record without its mask: for a written reason, and never without a trace of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, select

from catalog import Category
from data_access.audit import append
from data_access.engine import writing
from data_access.masking import may_unmask
from data_access.principal import Forbidden, Principal
from data_access.queries.records import as_json
from data_access.schema import base_table

SHORTEST_REASON = 4


class ReasonMissing(Exception):
    """No reason that somebody could check later; the message says what to write."""


def unmask(
    engine: Engine,
    principal: Principal,
    category: Category,
    record: Mapping[str, Any],
    *,
    reason: str,
    at: dt.datetime,
) -> dict[str, Any]:
    """One record as it is stored, in the transaction that writes down who looked and why.

    Args:
        record: as `queries.records.records` gave it; found again by receipt, sheet and row.

    Raises:
        Forbidden: anybody but the office, or there is no such record.
        ReasonMissing: no reason, or one too short to be one.
    """
    if not may_unmask(principal):
        raise Forbidden("个人信息默认遮盖显示；确需查看的，由局办公室逐条说明原因后办理。")
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing("请写明查看原因（不少于 4 个字），例如：核对裁判员等级证书编号。")
    table = base_table(category)
    place = (
        table.c.receipt == record["receipt"],
        table.c.sheet == record["sheet"],
        table.c.row_no == record["row"],
    )
    with writing(engine) as connection:
        row = connection.execute(select(table).where(*place)).first()
        if row is None:
            raise Forbidden("没有这条记录，可能已被撤回。请刷新页面后再看。")
        append(
            connection, principal, "data.unmask", f"{category.code} {row.receipt} {row.row_no}", "done", at=at,
            detail={"reason": reason, "fields": [f.name for f in category.fields if f.is_personal]},
        )  # fmt: skip
        return as_json(category, row._mapping)
