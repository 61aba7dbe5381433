"""The original files of the pool: for whoever sent them, and quarantined ones for the office only."""

from __future__ import annotations

from sqlalchemy import Connection, select

import catalog
from data_access.principal import Forbidden, Principal
from data_access.schema import batch, pool_file


def original_file(principal: Principal, connection: Connection, receipt: str) -> tuple[str, bytes]:
    """Name and bytes of the file of a batch.

    Raises:
        Forbidden: not the sender, its department, operations or the office; of a
            quarantined or destroyed one, anybody but the office.
    """
    row = connection.execute(
        select(batch.c.file_name, batch.c.unit, batch.c.category, batch.c.state, pool_file.c.content)
        .join(pool_file, pool_file.c.sha256 == batch.c.sha256)
        .where(batch.c.receipt == receipt)
    ).first()
    if row is None or not _may_open(principal, row.unit, row.category, row.state):
        raise Forbidden(f"回执 {receipt} 的原文件不对您开放。请核对回执号，或联系局办公室。")
    return row.file_name, row.content


def _may_open(principal: Principal, unit: str, category: str, state: str) -> bool:

    if state in ("quarantined", "destroyed"):
        return principal.role == "office"
    found = catalog.default().category_by_code.get(category)
    if principal.role in ("district", "affiliated", "department") and principal.unit == unit:
        return True
    if found is None or not principal.may_read_category(found):
        return False
    if principal.role == "operations":
        return not found.contains_personal_data
    return principal.role in ("office", "department")
