"""One delivery from bytes to base, rollups and receipt: taken whole or not at all (Articles 7, 13).

Reading and checking happen outside any transaction. What follows is one
transaction: killed at any moment, the base is as before, and the same file sent
again ends as if nothing had happened.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, and_, select, update

import catalog as vocabulary
from catalog import Catalog, Category, Unit
from data_access import base, rollups, visits
from data_access.calendar import read_calendar
from data_access.clock import day_of, moment_of, now
from data_access.engine import bulk_insert, reading, writing
from data_access.intake.cells import CheckedFile, OpenedFile, Problem, QualityCounts, RejectedRow, Warning
from data_access.intake.files import FileLimits, open_file
from data_access.intake.rows import CheckSettings, check
from data_access.periods import declared_period, period_end
from data_access.principal import Forbidden, Principal
from data_access.schema import (
    FACT,
    QUALITY_COUNTS,
    batch,
    batch_event,
    batch_quality,
    change_request,
    pool_file,
    problem,
    rejected_row,
    setting,
)
from data_access.settings import settings as configured
from data_access.versions import raise_versions

QUARANTINE_CODES = ("F_SECRET_MARK", "F_PERSONAL_ID")
STANDING = ("received", "quarantined", "validated", "integrated", "published", "withdrawn")
CORRECTION_LIMIT_DAYS = 10
DUPLICATE_DETAIL = "这个文件已经收到过，没有重复入库。回执号见下；如需更正，请修改内容后再上传。"

Progress = Callable[[str, int, int], None]


class DeliveryRefused(Exception):
    """The delivery is not possible as asked (unknown category, unit, period); nothing was stored."""


@dataclass(slots=True)
class Delivery:
    """What the sender gets: the receipt and everything that was found in the file."""

    receipt: str | None
    outcome: str  # accepted | partly_accepted | rejected | quarantined
    category: str
    unit: str
    period: str | None
    received_on: dt.date
    file_name: str
    file_codes: list[str] = field(default_factory=list)
    file_warnings: list[str] = field(default_factory=list)
    detail: str = ""
    total: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    updated: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    seconds: float = 0.0
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object `manage.py intake --json` prints."""
        return {
            "receipt": self.receipt,
            "outcome": self.outcome,
            "category": self.category,
            "unit": self.unit,
            "period": self.period,
            "received_on": self.received_on.isoformat(),
            "dry_run": self.dry_run,
            "file_codes": self.file_codes,
            "file_warnings": self.file_warnings,
            "detail": self.detail,
            "rows": {
                "total": self.total,
                "accepted": self.accepted,
                "rejected": self.rejected,
                "duplicate": self.duplicate,
            },
            "updated": self.updated,
            "problems": [
                {
                    "sheet": p.sheet, "row": p.row, "field": p.field, "code": p.code, "check": p.check,
                    "message": p.message,
                }
                for p in self.problems
            ],
            "warnings": [
                {"sheet": w.sheet, "row": w.row, "field": w.field, "code": w.code, "check": w.check}
                for w in self.warnings
            ],
            "seconds": round(self.seconds, 3),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Request:
    """A delivery as asked, with its names resolved."""

    principal: Principal
    catalog: Catalog
    category: Category
    unit: Unit
    content: bytes
    sha256: str
    file_name: str
    period: str | None
    received_on: dt.date
    received_at: dt.datetime
    source_platform: str
    sender: str


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
    progress: Progress = lambda stage, done, total: None,
    catalog: Catalog | None = None,
) -> Delivery:
    """Take a file in, by contract 1.0.

    Args:
        category: code or Chinese name.
        unit: code or any name of the sending unit.
        period: month ``YYYY-MM`` the delivery speaks of; None: from its rows or the rhythm.
        received_on: day of receipt (北京时间), today if None.
        dry_run: everything is computed, nothing is kept, and the receipt is None.

    Raises:
        DeliveryRefused: unknown category or unit, impossible period or day.
        Forbidden: the principal may not send for this unit or category.
    """
    started = time.perf_counter()
    request = _resolve(
        principal, catalog or vocabulary.default(), content, file_name, category, unit, period, received_on,
        received_at, source_platform, sender,
    )  # fmt: skip
    delivery = Delivery(
        receipt=None, outcome="rejected", category=request.category.code, unit=request.unit.code,
        period=request.period, received_on=request.received_on, file_name=request.file_name, dry_run=dry_run,
    )  # fmt: skip
    with reading(engine) as connection:
        earlier = _standing_receipt(connection, request.sha256)
    if earlier is not None:
        return _as_duplicate_file(delivery, earlier, started)
    progress("read", 0, 1)
    opened = open_file(content, request.category, request.catalog, limits or _limits())
    checked = CheckedFile()
    if not opened.file_codes:
        progress("check", 0, 1)
        checked = _check(engine, request, opened, settings or CheckSettings())
    progress("store", 0, max(1, checked.accepted))
    try:
        with writing(engine) as connection:
            _store(connection, request, opened, checked, delivery)
            if dry_run:
                raise _NotKept
    except _NotKept:
        delivery.receipt = None
    except _AlreadyHere as found:
        return _as_duplicate_file(delivery, found.receipt, started)
    delivery.seconds = time.perf_counter() - started
    return delivery


def _limits() -> FileLimits:
    return FileLimits(expanded_bytes=configured().intake.max_unpacked_mb * 1_000_000)


class _NotKept(Exception):
    """Ends the transaction of a dry run."""


class _AlreadyHere(Exception):
    """The same file was taken while this one was being read."""

    def __init__(self, receipt: str) -> None:
        self.receipt = receipt


def _resolve(
    principal: Principal, catalog: Catalog, content: bytes, file_name: str, category: str, unit: str,
    period: str | None, received_on: dt.date | None, received_at: dt.datetime | None,
    source_platform: str, sender: str | None,
) -> _Request:  # fmt: skip
    present = now()
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
    return _Request(
        principal=principal, catalog=catalog, category=found, unit=sending, content=content,
        sha256=hashlib.sha256(content).hexdigest(), file_name=file_name[-255:], period=stored_period,
        received_on=received_on, received_at=received_at, source_platform=source_platform,
        sender=sender or principal.name,
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


def _check(engine: Engine, request: _Request, opened: OpenedFile, settings: CheckSettings) -> CheckedFile:
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
    )


def _standing_receipt(connection: Connection, sha256: str) -> str | None:
    """Receipt of an earlier delivery of the same bytes that was taken or lies in quarantine."""
    return connection.scalar(
        select(batch.c.receipt)
        .where(batch.c.sha256 == sha256, batch.c.state.in_(STANDING))
        .order_by(batch.c.received_at)
        .limit(1)
    )


def _as_duplicate_file(delivery: Delivery, earlier: str, started: float) -> Delivery:
    delivery.receipt = earlier
    delivery.file_codes = ["F_DUPLICATE_FILE"]
    delivery.detail = DUPLICATE_DETAIL
    delivery.seconds = time.perf_counter() - started
    return delivery


def _receipt(connection: Connection, request: _Request) -> str:
    """The same for the same file, category, unit and attempt: a repeat after a crash gets the same one."""
    attempts = len(
        connection.execute(
            select(batch.c.receipt).where(
                batch.c.sha256 == request.sha256,
                batch.c.category == request.category.code,
                batch.c.unit == request.unit.code,
            )
        ).all()
    )
    name = f"{request.sha256} {request.category.code} {request.unit.code} {attempts}"
    return f"R{request.received_on:%Y%m%d}-{hashlib.sha256(name.encode()).hexdigest()[:10].upper()}"


def _store(
    connection: Connection, request: _Request, opened: OpenedFile, checked: CheckedFile, delivery: Delivery
) -> None:
    """Pool, base, rollups and versions, in the caller's transaction."""
    raise_versions(connection, *_domains(request.category), at=request.received_at)
    earlier = _standing_receipt(connection, request.sha256)
    if earlier is not None:
        raise _AlreadyHere(earlier)
    _mark_kind(connection)
    mapped = {name for sheet in opened.sheets for name in sheet.columns}
    columns = {name: column for name, column in checked.columns.items() if name in mapped}
    rows = base.Rows(columns, checked.sheets, checked.rows, checked.months)
    outcome = base.Integration()
    if len(rows):
        outcome = base.compare(connection, request.category, rows, request.received_on)
    _fill(delivery, request, opened, checked, outcome)
    delivery.receipt = _receipt(connection, request)
    _store_batch(connection, request, opened, delivery, outcome)
    quality = checked.quality
    quality.rows_inaccurate += len(outcome.duplicates)
    _store_findings(connection, request, delivery, quality, checked.rejected_rows)
    taken = len(outcome.inserted) + len(outcome.updated)
    if taken:
        base.integrate(
            connection, request.category, rows, outcome, receipt=delivery.receipt, unit=request.unit.code,
            source_platform=request.source_platform, received_on=request.received_on,
        )  # fmt: skip
    if outcome.updated:
        _open_change_request(connection, request, delivery)
    if delivery.outcome == "quarantined":
        return
    facts = rollups.BatchFacts(
        receipt=delivery.receipt, unit=request.unit.code, received_on=request.received_on,
        period=request.period, rows_total=delivery.total, rows_accepted=delivery.accepted,
        rows_rejected=delivery.rejected, rows_duplicate=delivery.duplicate,
    )  # fmt: skip
    rollups.fold_batch(connection, request.category, facts, rows, outcome)
    if outcome.received_out_of_order:
        rollups.rebuild_deliveries_of(connection, request.category)
    _mend_earlier(connection, request, delivery, rows)
    if request.category.code == visits.CONNECTION and _moves_venues(request.category, rows, outcome):
        visits.refold_districts(connection)


def _moves_venues(category: Category, rows: base.Rows, outcome: base.Integration) -> bool:
    """Whether a venue is new or lies in another district now; a heartbeat alone changes no sum."""
    place = [f.name for f in category.fields].index("adcode")
    column = rows.columns.get("adcode")
    moved = column and any(column[i] != outcome.known[i].values[place] for i in outcome.updated)
    return bool(outcome.inserted or moved)


def _mark_kind(connection: Connection) -> None:
    """The first delivery makes an empty base a real one; a demonstration base says so before it."""
    if connection.scalar(select(setting.c.value).where(setting.c.key == "kind")) is None:
        connection.execute(setting.insert().values(key="kind", value="real"))


def _domains(category: Category) -> list[str]:
    domains = ["records", f"category:{category.code}"]
    if category.code == FACT:
        domains.append("visits")
    if category.code == visits.CONNECTION or category.code.endswith("facility"):
        domains.append("venues")
    return domains


def _fill(
    delivery: Delivery, request: _Request, opened: OpenedFile, checked: CheckedFile, outcome: base.Integration
) -> None:
    """Counts, problems and the outcome, after the comparison with the base."""
    delivery.file_codes = list(opened.file_codes)
    delivery.detail = opened.detail
    if opened.file_codes:
        quarantined = any(code in QUARANTINE_CODES for code in opened.file_codes)
        delivery.outcome = "quarantined" if quarantined else "rejected"
        return
    delivery.file_warnings = list(opened.file_warnings)
    delivery.total = checked.total
    delivery.rejected = checked.rejected
    delivery.duplicate = checked.duplicate + len(outcome.duplicates)
    delivery.accepted = len(outcome.inserted) + len(outcome.updated)
    delivery.updated = len(outcome.updated)
    delivery.problems = checked.problems
    silent = {(checked.sheets[i], checked.rows[i]) for i in outcome.duplicates}
    delivery.warnings = (
        [w for w in checked.warnings if (w.sheet, w.row) not in silent] if silent else checked.warnings
    )
    if delivery.rejected == 0:
        delivery.outcome = "accepted"
    elif delivery.accepted or delivery.duplicate:
        delivery.outcome = "partly_accepted"
    else:
        delivery.outcome = "rejected"


def _store_batch(
    connection: Connection,
    request: _Request,
    opened: OpenedFile,
    delivery: Delivery,
    outcome: base.Integration,
) -> None:
    if connection.scalar(select(pool_file.c.size).where(pool_file.c.sha256 == request.sha256)) is None:
        connection.execute(
            pool_file.insert().values(
                sha256=request.sha256, size=len(request.content), content=request.content
            )
        )
    state = {"rejected": "rejected", "quarantined": "quarantined"}.get(delivery.outcome, "integrated")
    at = request.received_at
    stamps: dict[str, Any] = {
        "rejected": {"rejected_at": at},
        "quarantined": {"quarantined_at": at},
        "integrated": {"validated_at": at, "integrated_at": at, "integrated_on": request.received_on},
    }[state]
    waiting = None
    if state == "integrated":
        waiting = "department" if request.category.contains_personal_data else "operations"
    connection.execute(
        batch.insert().values(
            receipt=delivery.receipt, sha256=request.sha256, file_name=request.file_name,
            category=request.category.code, unit=request.unit.code, period=request.period,
            source_platform=request.source_platform, sender=request.sender, received_on=request.received_on,
            received_at=at, state=state, waiting_for=waiting, rows_total=delivery.total,
            rows_accepted=delivery.accepted, rows_rejected=delivery.rejected,
            rows_duplicate=delivery.duplicate, rows_updated=delivery.updated,
            keys_new=len(outcome.inserted), keys_in_year=outcome.keys_in_year,
            file_codes=delivery.file_codes, file_warnings=delivery.file_warnings,
            detail=delivery.detail or None, **stamps,
        )
    )  # fmt: skip
    steps = ["received", *(["validated", "integrated"] if state == "integrated" else [state])]
    connection.execute(
        batch_event.insert(),
        [
            {
                "receipt": delivery.receipt, "number": n, "at": at,
                "actor": request.sender if n == 0 else "系统",
                "from_state": steps[n - 1] if n else None, "to_state": step, "note": None,
            }
            for n, step in enumerate(steps)
        ],
    )  # fmt: skip


def _store_findings(
    connection: Connection, request: _Request, delivery: Delivery, quality: QualityCounts,
    refused: Sequence[RejectedRow],
) -> None:  # fmt: skip
    receipt = delivery.receipt
    assert receipt is not None
    found: list[tuple[Any, ...]] = [
        (p.sheet, p.row, p.field, p.code, p.check, p.message) for p in delivery.problems
    ]
    found += [(w.sheet, w.row, w.field, w.code, w.check, None) for w in delivery.warnings]
    if found:
        bulk_insert(
            connection,
            problem,
            ["receipt", "number", "sheet", "row", "field", "code", "check", "message"],
            [(receipt, number, *row) for number, row in enumerate(found)],
        )
    if delivery.outcome != "quarantined":
        connection.execute(
            batch_quality.insert().values(receipt=receipt, **{n: getattr(quality, n) for n in QUALITY_COUNTS})
        )
    if refused:
        names = ["receipt", "sheet", "row", "category", "unit", "received_on", "key_digest", *QUALITY_COUNTS]
        bulk_insert(
            connection,
            rejected_row,
            names,
            [
                (
                    receipt, r.sheet, r.row, request.category.code, request.unit.code, request.received_on,
                    _digest(r.key), *(getattr(r.counts, n) for n in QUALITY_COUNTS),
                )
                for r in refused
            ],
        )  # fmt: skip


def _digest(key: tuple[Any, ...] | None) -> str | None:
    """A natural key as a hash: it may hold a person's registration number."""
    if key is None:
        return None
    return hashlib.blake2b(json.dumps([str(k) for k in key]).encode(), digest_size=16).hexdigest()


def _open_change_request(connection: Connection, request: _Request, delivery: Delivery) -> None:
    """Updates are recorded as a change (Article 14); before and after are the records' versions."""
    connection.execute(
        change_request.insert().values(
            number=f"C{delivery.receipt}", kind="change", category=request.category.code,
            unit=request.unit.code, receipt=delivery.receipt, state="applied",
            opened_on=request.received_on, applied_on=request.received_on, records=delivery.updated,
            reason=f"报送文件《{request.file_name}》更新已有记录",
        )
    )  # fmt: skip


def _mend_earlier(connection: Connection, request: _Request, delivery: Delivery, rows: base.Rows) -> None:
    """Refused rows that this delivery brings again, mended and in time, no longer count (section 3).

    A refused row is recognised by its natural key, or, if that could not be
    read, by its place in an earlier file of the same length.
    """
    if not len(rows):
        return
    since = request.received_on - dt.timedelta(days=3 * CORRECTION_LIMIT_DAYS)
    open_rows = connection.execute(
        select(rejected_row, batch.c.rows_total)
        .join(batch, batch.c.receipt == rejected_row.c.receipt)
        .where(
            rejected_row.c.category == request.category.code,
            rejected_row.c.unit == request.unit.code,
            rejected_row.c.mended_by.is_(None),
            rejected_row.c.received_on >= since,
            rejected_row.c.received_on <= request.received_on,
            rejected_row.c.receipt != delivery.receipt,
        )
    ).all()
    if not open_rows:
        return
    calendar = read_calendar(request.principal, connection)
    keys = [rows.columns[k] for k in request.category.natural_key]
    digests = {_digest(key) for key in zip(*keys, strict=True)}
    places = set(zip(rows.sheets, rows.row_numbers, strict=True))
    mended = []
    for row in open_rows:
        if request.received_on > calendar.add_working_days(row.received_on, CORRECTION_LIMIT_DAYS):
            continue
        same_key = row.key_digest is not None and row.key_digest in digests
        same_place = (
            row.key_digest is None and row.rows_total == delivery.total and (row.sheet, row.row) in places
        )
        if same_key or same_place:
            mended.append(row)
    for row in mended:
        connection.execute(
            update(rejected_row)
            .where(
                and_(
                    rejected_row.c.receipt == row.receipt,
                    rejected_row.c.sheet == row.sheet,
                    rejected_row.c.row == row.row,
                )
            )
            .values(mended_by=delivery.receipt)
        )
    rollups.take_back_mended(connection, mended)
