"""Files held back for a secret mark or an identity number: released or destroyed by two persons (Article 19)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import Connection, Engine, Row, func, select, update

import catalog as vocabulary
from catalog import Catalog
from data_access.audit import append
from data_access.clock import now
from data_access.commands.delivery import limits_configured, take_in
from data_access.commands.publishing import TransitionRefused
from data_access.commands.receipt import Delivery
from data_access.commands.request import Request
from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.schema import batch, batch_event, pool_file
from data_access.versions import raise_versions


def release(
    engine: Engine,
    principal: Principal,
    receipt: str,
    *,
    second: str,
    reason: str,
    catalog: Catalog | None = None,
) -> Delivery:
    """A false alarm: the file goes on under its receipt, without being looked through again.

    Args:
        second: the second person who looked at it; not the principal.

    Raises:
        TransitionRefused: not in quarantine, no reason, or one person only.
        Forbidden: anybody but the office.
    """
    principal.require("office")
    note = _note("误报放行", principal, second, reason)
    catalog = catalog or vocabulary.default()
    with reading(engine) as connection:
        row = _held(connection, receipt)
        content = connection.scalar(select(pool_file.c.content).where(pool_file.c.sha256 == row.sha256))
    request = Request(
        principal=principal, catalog=catalog, category=catalog.category_by_code[row.category],
        unit=catalog.units[row.unit], content=content or b"", sha256=row.sha256, file_name=row.file_name,
        period=row.period, received_on=row.received_on, received_at=row.received_at,
        source_platform=row.source_platform, sender=row.sender, released=receipt, release_note=note,
    )  # fmt: skip
    return take_in(engine, request, replace(limits_configured(), scan=False))


def destroy(engine: Engine, principal: Principal, receipt: str, *, second: str, reason: str) -> None:
    """Remove the content for good; the record of the batch and who decided stays.

    Raises: as `release`.
    """
    principal.require("office")
    note = _note("销毁", principal, second, reason)
    with writing(engine) as connection:
        at = now()
        raise_versions(connection, "records", at=at)
        row = _held(connection, receipt)
        others = select(func.count()).where(batch.c.sha256 == row.sha256, batch.c.receipt != receipt)
        if not connection.scalar(others):
            connection.execute(update(pool_file).where(pool_file.c.sha256 == row.sha256).values(content=b""))
        connection.execute(
            update(batch).where(batch.c.receipt == receipt).values(state="destroyed", note=note)
        )
        _record(connection, principal, receipt, at, note)
        append(connection, principal, "quarantine.destroy", receipt, "done", at=at, detail={"reason": note})


def _note(what: str, principal: Principal, second: str, reason: str) -> str:
    """Both names and the reason, or a refusal."""
    if not reason.strip():
        raise TransitionRefused(f"{what}要写明原因。")
    if not second.strip() or second.strip() == principal.name:
        raise TransitionRefused(f"{what}需要两人办理。请填写另一名核对人的姓名。")
    return f"{what}：{reason.strip()}（{principal.name}、{second.strip()}）"


def _held(connection: Connection, receipt: str) -> Row:
    row = connection.execute(select(batch).where(batch.c.receipt == receipt)).first()
    if row is None or row.state != "quarantined":
        raise TransitionRefused(f"回执 {receipt} 不在隔离中，没有可办理的内容。请核对回执号。")
    return row


def _record(connection: Connection, principal: Principal, receipt: str, at: dt.datetime, note: str) -> None:
    last = connection.scalar(select(func.max(batch_event.c.number)).where(batch_event.c.receipt == receipt))
    connection.execute(
        batch_event.insert().values(
            receipt=receipt, number=(last or 0) + 1, at=at, actor=principal.name, from_state="quarantined",
            to_state="destroyed", note=note,
        )
    )  # fmt: skip
