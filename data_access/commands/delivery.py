"""One delivery from bytes to base, rollups and receipt: taken whole or not at all (Articles 7, 13).

Reading and checking happen outside any transaction. What follows is one
transaction: killed at any moment, the base is as before, and the same file sent
again ends as if nothing had happened.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine

import catalog as vocabulary
from catalog import Catalog, Category, Unit
from data_access import base
from data_access.audit import append
from data_access.clock import day_of, moment_of, now
from data_access.commands.foreseeing import make_ready
from data_access.commands.receipt import Delivery
from data_access.commands.request import Request
from data_access.commands.storing import AlreadyHere, standing_receipt, store
from data_access.engine import reading, writing
from data_access.intake.cells import CheckedFile, OpenedFile
from data_access.intake.files import FileLimits, open_file
from data_access.intake.memory import collector_paused
from data_access.intake.rows import CheckSettings, check
from data_access.periods import declared_period, period_end
from data_access.principal import Forbidden, Principal
from data_access.settings import settings as configured

__all__ = ["Delivery", "DeliveryRefused", "deliver", "take_in"]

DUPLICATE_DETAIL = "这个文件已经收到过，没有重复入库。回执号见下；如需更正，请修改内容后再上传。"

Progress = Callable[[str, int, int], None]
Look = Callable[[Connection], None]


def silent(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


class DeliveryRefused(Exception):
    """The delivery is not possible as asked (unknown category, unit, period); nothing was stored."""


def deliver(
    engine: Engine,
    principal: Principal,
    *,
    content: bytes,
    file_name: str,
    category: str,
    unit: str,
    period: str | None = None,
    received_on: dt.date | None = None,
    received_at: dt.datetime | None = None,
    source_platform: str = "department_file",
    sender: str | None = None,
    dry_run: bool = False,
    limits: FileLimits | None = None,
    settings: CheckSettings | None = None,
    progress: Progress = silent,
    catalog: Catalog | None = None,
    look: Look | None = None,
) -> Delivery:
    """Take a file in, by contract 1.0.

    Args:
        category: code or Chinese name.
        unit: code or any name of the sending unit.
        period: month ``YYYY-MM`` the delivery speaks of; None: from its rows or the rhythm.
        received_on: day of receipt (北京时间), today if None.
        dry_run: everything is computed, nothing is kept, and the receipt is None.
        look: of a dry run, called while the file is stored and before everything is taken back.

    Raises:
        DeliveryRefused: unknown category or unit, impossible period or day.
        Forbidden: the principal may not send for this unit or category.
    """
    started = time.perf_counter()
    request = _resolve(
        principal, catalog or vocabulary.default(), content, file_name, category, unit, period, received_on,
        received_at, source_platform, sender,
    )  # fmt: skip
    with reading(engine) as connection:
        earlier = standing_receipt(connection, request.sha256)
    if earlier is not None:
        return _as_duplicate_file(_blank(request, dry_run), earlier, started)
    return take_in(
        engine, request, limits or limits_configured(), settings, progress, dry_run=dry_run, look=look
    )


def take_in(
    engine: Engine,
    request: Request,
    limits: FileLimits,
    settings: CheckSettings | None = None,
    progress: Progress = silent,
    *,
    dry_run: bool = False,
    look: Look | None = None,
    also: Callable[[Connection, Delivery], None] | None = None,
) -> Delivery:
    """Read, check and store a file whose request is settled; `also` belongs to the same transaction."""
    started = time.perf_counter()
    delivery = _blank(request, dry_run)
    progress("read", 0, 1)
    opened = open_file(request.content, request.category, request.catalog, limits)
    checked = CheckedFile()
    if not opened.file_codes:
        progress("check", 0, 1)
        checked = _check(engine, request, opened, settings or CheckSettings())
    progress("store", 0, max(1, checked.accepted))
    try:
        with collector_paused():
            ready = make_ready(engine, request, opened, checked)
        with collector_paused(), writing(engine) as connection:
            store(connection, request, opened, checked, ready, delivery)
            if dry_run:
                if look is not None:
                    look(connection)
                raise _NotKept
            if also is not None:
                also(connection, delivery)
            _audit(connection, request, delivery)
    except _NotKept:
        delivery.receipt = None
    except AlreadyHere as found:
        return _as_duplicate_file(_blank(request, dry_run), found.receipt, started)
    delivery.seconds = time.perf_counter() - started
    return delivery


def request_for(
    principal: Principal, *, content: bytes, file_name: str, category: str, unit: str,
    received_at: dt.datetime, source_platform: str, change: str,
) -> Request:  # fmt: skip
    """The request for a file that carries out change request `change`."""
    asked = _resolve(
        principal, vocabulary.default(), content, file_name, category, unit, None, None, received_at,
        source_platform, None,
    )  # fmt: skip
    return replace(asked, change=change)


def _blank(request: Request, dry_run: bool) -> Delivery:
    return Delivery(
        receipt=None, outcome="rejected", category=request.category.code, unit=request.unit.code,
        period=request.period, received_on=request.received_on, file_name=request.file_name, dry_run=dry_run,
    )  # fmt: skip


def _audit(connection: Connection, request: Request, delivery: Delivery) -> None:
    """One entry a delivery, with the real moment: the day of receipt may be an earlier one."""
    detail = {
        "category": delivery.category, "unit": delivery.unit, "received_on": delivery.received_on.isoformat(),
        "outcome": delivery.outcome, "accepted": delivery.accepted, "rejected": delivery.rejected,
        "updated": delivery.updated, "sha256": request.sha256,
    }  # fmt: skip
    action = "batch.deliver"
    if request.released:
        action, detail["reason"] = "quarantine.release", request.release_note
    result = "refused" if delivery.outcome in ("rejected", "quarantined") else "done"
    append(connection, request.principal, action, delivery.receipt or "", result, at=now(), detail=detail)


def limits_configured() -> FileLimits:
    return FileLimits(expanded_bytes=configured().intake.max_unpacked_mb * 1_000_000)


class _NotKept(Exception):
    """Ends the transaction of a dry run."""


def _resolve(
    principal: Principal, catalog: Catalog, content: bytes, file_name: str, category: str, unit: str,
    period: str | None, received_on: dt.date | None, received_at: dt.datetime | None,
    source_platform: str, sender: str | None,
) -> Request:  # fmt: skip
    present = now()
    is_exact = received_at is not None or received_on is None or received_on == day_of(present)
    if received_at is None:
        received_on = received_on or day_of(present)
        received_at = moment_of(received_on, present)
    received_on = received_on or day_of(received_at)
    found = catalog.find_category(category)
    if found is None:
        raise DeliveryRefused(
            f"没有数据类别「{category}」。请用目录中的代码或名称，例如 mass_sport_event（群众体育赛事）。"
        )
    sending = catalog.find_unit(unit, received_on)
    if sending is None:
        raise DeliveryRefused(
            f"没有单位「{unit}」。请用单位代码或全称，例如 500101（万州区）、mass_sport（群体处）。"
        )
    if source_platform not in {p.code for p in catalog.platforms}:
        raise DeliveryRefused(
            f"没有来源平台「{source_platform}」。可用：{'、'.join(p.code for p in catalog.platforms)}。"
        )
    _may_send(principal, sending, found)
    try:
        stored_period = declared_period(found, period, received_on)
    except ValueError as error:
        raise DeliveryRefused(str(error)) from None
    return Request(
        principal=principal, catalog=catalog, category=found, unit=sending, content=content,
        sha256=hashlib.sha256(content).hexdigest(), file_name=file_name[-255:], period=stored_period,
        received_on=received_on, received_at=received_at, source_platform=source_platform,
        sender=sender or principal.name, measured_at=received_at if is_exact else None,
    )  # fmt: skip


def _may_send(principal: Principal, unit: Unit, category: Category) -> None:
    if principal.role in ("office", "operations"):
        return
    if principal.role in ("district", "affiliated") and principal.unit == unit.code:
        return
    if (
        principal.role == "department"
        and principal.unit == unit.code
        and category.department == principal.unit
    ):
        return
    raise Forbidden(
        f"您不能代{unit.label}报送《{category.name_zh}》。请由该单位的经办人员报送，或联系运维团队。"
    )


def _check(engine: Engine, request: Request, opened: OpenedFile, settings: CheckSettings) -> CheckedFile:
    def base_rows(
        category: str, where: Mapping[str, Iterable[Any]], fields: Sequence[str]
    ) -> Iterable[tuple[Any, ...]]:
        found = request.catalog.category_by_code[category]
        with reading(engine) as connection:
            return list(base.current_rows(connection, found, fields, where))

    return check(
        opened.sheets,
        request.category,
        request.catalog,
        received_on=request.received_on,
        period_end=period_end(request.period) if request.period else None,
        base_rows=base_rows,
        settings=settings,
        received_at=request.measured_at,
    )


def _as_duplicate_file(delivery: Delivery, earlier: str, started: float) -> Delivery:
    delivery.receipt = earlier
    delivery.file_codes = ["F_DUPLICATE_FILE"]
    delivery.detail = DUPLICATE_DETAIL
    delivery.seconds = time.perf_counter() - started
    return delivery
