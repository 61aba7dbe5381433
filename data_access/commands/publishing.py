"""上架, 下架 and taking a batch back: what happens to a batch after its integration (Articles 13, 14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

import catalog as vocabulary
from catalog import Catalog
from data_access import rollups, taking_back, visits
from data_access.audit import append
from data_access.clock import day_of, moment_of, now
from data_access.commands.storing import domains_of
from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.schema import batch, batch_event, change_request
from data_access.versions import raise_versions

STATE_NAMES = {
    "received": "已接收",
    "quarantined": "隔离",
    "rejected": "退回",
    "validated": "已校验",
    "integrated": "已入库",
    "published": "已上架",
    "withdrawn": "已下架",
    "reverted": "已撤回",
    "destroyed": "已销毁",
}


class TransitionRefused(Exception):
    """The batch's state does not allow it; nothing was changed. The message says what is possible."""


def publish(
    engine: Engine,
    principal: Principal,
    receipts: Sequence[str],
    *,
    on: dt.date | None = None,
    confirmed_by: str | None = None,
    catalog: Catalog | None = None,
) -> int:
    """List integrated (or withdrawn) batches for users; returns how many changed.

    Args:
        confirmed_by: the responsible unit's head who agreed; needed for personal-data categories.
    """
    principal.require("operations", "office")
    catalog = catalog or vocabulary.default()
    with writing(engine) as connection:
        at, day = _moment(on)
        rows = _batches(connection, list(dict.fromkeys(receipts)))
        for row in rows:
            _expect(row, ("integrated", "withdrawn"), "上架")
            _expect_day(row, on, "上架")
            if catalog.category_by_code[row.category].contains_personal_data and not confirmed_by:
                raise TransitionRefused(
                    f"批次 {row.receipt} 含个人信息，上架前需本单位第一责任人确认。"
                    "请填写确认人后再上架（命令行：--confirmed-by 姓名）。"
                )
        note = f"第一责任人确认：{confirmed_by}" if confirmed_by else None
        _change(
            connection, principal, rows, "published", at, note,
            {"published_on": day, "published_at": at, "withdrawn_on": None, "waiting_for": None},
        )  # fmt: skip
        if rows:
            object = rows[0].receipt if len(rows) == 1 else f"{len(rows)} 个批次"
            detail = {"receipts": [r.receipt for r in rows], "confirmed_by": confirmed_by}
            append(connection, principal, "batch.publish", object, "done", at=now(), detail=detail)
        return len(rows)


def waiting_receipts(engine: Engine, principal: Principal, category: str | None = None) -> list[str]:
    """Receipts of integrated batches that are not published yet."""
    principal.require("operations", "office")
    with reading(engine) as connection:
        statement = select(batch.c.receipt).where(batch.c.state == "integrated").order_by(batch.c.received_at)
        if category:
            statement = statement.where(batch.c.category == category)
        return list(connection.scalars(statement))


def withdraw(
    engine: Engine, principal: Principal, receipt: str, *, reason: str, on: dt.date | None = None
) -> None:
    """Take a published batch off the list (下架); its rows stay in the base."""
    principal.require("operations", "office")
    _need_reason(reason)
    with writing(engine) as connection:
        at, day = _moment(on)
        rows = _batches(connection, [receipt])
        _expect(rows[0], ("published",), "下架")
        _expect_day(rows[0], on, "下架")
        _change(connection, principal, rows, "withdrawn", at, reason, {"withdrawn_on": day})
        append(connection, principal, "batch.withdraw", receipt, "done", at=now(), detail={"reason": reason})


def revert(
    engine: Engine,
    principal: Principal,
    receipt: str,
    *,
    reason: str,
    on: dt.date | None = None,
    catalog: Catalog | None = None,
) -> int:
    """Restore the base to the state before a batch (Article 14); returns the versions taken back.

    Raises:
        TransitionRefused: wrong state, or a later batch stands on its rows.
    """
    principal.require("operations", "office")
    _need_reason(reason)
    catalog = catalog or vocabulary.default()
    with writing(engine) as connection:
        at, day = _moment(on)
        row = _batches(connection, [receipt])[0]
        _expect(row, ("integrated", "published"), "撤回")
        _expect_day(row, on, "撤回")
        category = catalog.category_by_code[row.category]
        day = max(day, row.received_on)
        raise_versions(connection, *domains_of(category), at=at)
        try:
            taken = taking_back.revert(connection, category, receipt, day)
        except taking_back.CannotRevert as error:
            raise TransitionRefused(str(error)) from None
        _change(
            connection, principal, [row], "reverted", at, reason, {"reverted_on": day, "waiting_for": None}
        )
        connection.execute(
            update(change_request).where(change_request.c.receipt == receipt).values(state="cancelled")
        )
        rollups.fold_revert(connection, category, row, day)
        if category.code == visits.CONNECTION:
            visits.refold_districts(connection, at=at)
        detail = {"reason": reason, "versions": taken}
        append(connection, principal, "batch.revert", receipt, "done", at=now(), detail=detail)
        return taken


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise TransitionRefused("请写明原因。下架和撤回都要留下原因，供以后查证。")


def _moment(on: dt.date | None) -> tuple[dt.datetime, dt.date]:
    present = now()
    day = on or day_of(present)
    return moment_of(day, present), day


def _batches(connection: Connection, receipts: Sequence[str]) -> list[Row[Any]]:
    """The batches, locked in place by the version raised before any of them is changed."""
    raise_versions(connection, "records", at=now())
    found = {
        row.receipt: row
        for start in range(0, len(receipts), 500)
        for row in connection.execute(select(batch).where(batch.c.receipt.in_(receipts[start : start + 500])))
    }
    for receipt in receipts:
        if receipt not in found:
            raise TransitionRefused(
                f"没有回执号 {receipt}。请核对回执号，或用 manage.py status 查看最近的批次。"
            )
    return [found[r] for r in receipts]


def _expect(row: Row[Any], states: tuple[str, ...], verb: str) -> None:
    if row.state not in states:
        allowed = "、".join(STATE_NAMES[s] for s in states)
        raise TransitionRefused(
            f"批次 {row.receipt} 的状态是「{STATE_NAMES[row.state]}」，不能{verb}；"
            f"{verb}只适用于：{allowed}。"
        )


def _expect_day(row: Row[Any], on: dt.date | None, verb: str) -> None:
    """A day that somebody names lies after the step before: figures of a day look at the days of the steps."""
    before = max(day for day in (row.received_on, row.published_on, row.withdrawn_on) if day)
    if on is not None and on < before:
        raise TransitionRefused(
            f"批次 {row.receipt} 的上一步在 {before}，不能在 {on} {verb}。请填 {before} 或之后的日期。"
        )


def _change(
    connection: Connection, principal: Principal, rows: Sequence[Row[Any]], state: str, at: dt.datetime,
    note: str | None, values: dict[str, Any],
) -> None:  # fmt: skip
    receipts = [r.receipt for r in rows]
    numbers: dict[str, int] = {}
    for start in range(0, len(receipts), 500):
        chunk = receipts[start : start + 500]
        connection.execute(update(batch).where(batch.c.receipt.in_(chunk)).values(state=state, **values))
        counted = select(batch_event.c.receipt, func.max(batch_event.c.number)).where(
            batch_event.c.receipt.in_(chunk)
        )
        numbers.update(tuple(r) for r in connection.execute(counted.group_by(batch_event.c.receipt)))
    if rows:
        connection.execute(
            batch_event.insert(),
            [
                {
                    "receipt": r.receipt, "number": numbers.get(r.receipt, -1) + 1, "at": at,
                    "actor": principal.name, "from_state": r.state, "to_state": state, "note": note,
                }
                for r in rows
            ],
        )  # fmt: skip
