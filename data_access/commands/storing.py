"""Pool, base, rollups and versions of one checked delivery, in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from catalog import Category
from data_access import base, rollups, rollups_anew, visits
from data_access.accepted import Integration, Rows
from data_access.bulk import bulk_insert
from data_access.commands.foreseeing import Ready, foresee
from data_access.commands.mending import digest, mend_earlier, mended_meanwhile
from data_access.commands.receipt import Delivery
from data_access.commands.request import Request
from data_access.intake.cells import CheckedFile, OpenedFile, QualityCounts, RejectedRow
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
from data_access.versions import base_domain, raise_versions

QUARANTINE_CODES = ("F_SECRET_MARK", "F_PERSONAL_ID")
STANDING = ("received", "quarantined", "validated", "integrated", "published", "withdrawn")

# Statements of every delivery, built once: a small file costs less than their building.
_STANDING = (
    select(batch.c.receipt)
    .where(batch.c.sha256 == bindparam("sha256"), batch.c.state.in_(STANDING))
    .order_by(batch.c.received_at)
    .limit(1)
)
_ATTEMPTS = select(func.count()).where(
    batch.c.sha256 == bindparam("sha256"),
    batch.c.category == bindparam("category"),
    batch.c.unit == bindparam("unit"),
)
_KIND = select(setting.c.value).where(setting.c.key == "kind")
_FILE = select(pool_file.c.size).where(pool_file.c.sha256 == bindparam("sha256"))
_LAST_STEP = select(func.max(batch_event.c.number)).where(batch_event.c.receipt == bindparam("receipt"))
_NEW_FILE, _NEW_BATCH, _NEW_STEP = pool_file.insert(), batch.insert(), batch_event.insert()
_NEW_QUALITY = batch_quality.insert()


class AlreadyHere(Exception):
    """The same file was taken while this one was being read."""

    def __init__(self, receipt: str) -> None:
        self.receipt = receipt


def standing_receipt(connection: Connection, sha256: str) -> str | None:
    """Receipt of an earlier delivery of the same bytes that was taken or lies in quarantine."""
    return connection.scalar(_STANDING, {"sha256": sha256})


def _receipt(connection: Connection, request: Request) -> str:
    """The same for the same file, category, unit and attempt: a repeat after a crash gets the same one."""
    asked = {"sha256": request.sha256, "category": request.category.code, "unit": request.unit.code}
    attempts = connection.scalar(_ATTEMPTS, asked)
    name = f"{request.sha256} {request.category.code} {request.unit.code} {attempts}"
    return f"R{request.received_on:%Y%m%d}-{hashlib.sha256(name.encode()).hexdigest()[:10].upper()}"


def store(
    connection: Connection,
    request: Request,
    opened: OpenedFile,
    checked: CheckedFile,
    ready: Ready,
    delivery: Delivery,
) -> None:
    """Pool, base, rollups and versions, in the caller's transaction."""
    versions = raise_versions(connection, *domains_of(request.category), at=request.received_at)
    earlier = standing_receipt(connection, request.sha256)
    if earlier is not None and earlier != request.released:
        raise AlreadyHere(earlier)
    _mark_kind(connection)
    rows = ready.rows
    foreseen = ready.foreseen
    if foreseen is None or foreseen.version + 1 != versions[base_domain(request.category.code)]:
        foreseen = foresee(connection, request, rows)  # others changed these records meanwhile
    outcome = foreseen.outcome
    _fill(delivery, request, opened, checked, outcome)
    delivery.receipt = request.released or _receipt(connection, request)
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
    if outcome.updated and not request.change:
        _open_change_request(connection, request, delivery)
    if delivery.outcome == "quarantined":
        return
    facts = rollups.BatchFacts(
        receipt=delivery.receipt, unit=request.unit.code, received_on=request.received_on,
        period=request.period, rows_total=delivery.total, rows_accepted=delivery.accepted,
        rows_rejected=delivery.rejected, rows_duplicate=delivery.duplicate,
    )  # fmt: skip
    rollups.fold_batch(connection, request.category, facts, rows, outcome, foreseen.cells)
    if outcome.received_out_of_order:
        rollups_anew.rebuild_deliveries_of(connection, request.category)
    mend_earlier(connection, request, delivery, rows)
    if request.category.code == visits.CONNECTION and _moves_venues(request.category, rows, outcome):
        visits.refold_districts(connection, at=request.received_at)


def _moves_venues(category: Category, rows: Rows, outcome: Integration) -> bool:
    """Whether a venue is new or lies in another district now; a heartbeat alone changes no sum."""
    place = [f.name for f in category.fields].index("adcode")
    column = rows.columns.get("adcode")
    moved = column and any(column[i] != outcome.known[i].values[place] for i in outcome.updated)
    return bool(outcome.inserted or moved)


def _mark_kind(connection: Connection) -> None:
    """The first delivery makes an empty base a real one; a demonstration base says so before it."""
    if connection.scalar(_KIND) is None:
        connection.execute(setting.insert().values(key="kind", value="real"))


def domains_of(category: Category) -> list[str]:
    """Domains of the data versions that a batch of the category changes, when it comes and when it is taken back."""
    domains = ["records", base_domain(category.code)]
    if category.code == FACT:
        domains.append("visits")
    if category.code == visits.CONNECTION or category.code.endswith("facility"):
        domains.append("venues")
    return domains


def _fill(
    delivery: Delivery, request: Request, opened: OpenedFile, checked: CheckedFile, outcome: Integration
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
    request: Request,
    opened: OpenedFile,
    delivery: Delivery,
    outcome: Integration,
) -> None:
    if connection.scalar(_FILE, {"sha256": request.sha256}) is None:
        connection.execute(
            _NEW_FILE,
            {"sha256": request.sha256, "size": len(request.content), "content": request.content},
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
    row = {
        "receipt": delivery.receipt, "sha256": request.sha256, "file_name": request.file_name,
        "category": request.category.code, "unit": request.unit.code, "period": request.period,
        "source_platform": request.source_platform, "sender": request.sender,
        "received_on": request.received_on, "received_at": at, "state": state, "waiting_for": waiting,
        "rows_total": delivery.total, "rows_accepted": delivery.accepted, "rows_rejected": delivery.rejected,
        "rows_duplicate": delivery.duplicate, "rows_updated": delivery.updated,
        "keys_new": len(outcome.inserted), "keys_in_year": outcome.keys_in_year,
        "file_codes": delivery.file_codes, "file_warnings": delivery.file_warnings,
        "detail": delivery.detail or None, **stamps,
    }  # fmt: skip
    if request.released:
        connection.execute(update(batch).where(batch.c.receipt == request.released).values(row))
    else:
        connection.execute(_NEW_BATCH, row)
    record_events(connection, request, delivery, state)


def record_events(connection: Connection, request: Request, delivery: Delivery, state: str) -> None:
    """The steps of a batch up to `state`; a released one goes on from its quarantine."""
    last = connection.scalar(_LAST_STEP, {"receipt": delivery.receipt}) if request.released else None
    first = 0 if last is None else last + 1
    steps = ["received", *(["validated", "integrated"] if state == "integrated" else [state])]
    connection.execute(
        _NEW_STEP,
        [
            {
                "receipt": delivery.receipt, "number": first + n, "at": request.received_at,
                "actor": request.sender if n == 0 else "系统",
                "from_state": steps[n - 1] if n else ("quarantined" if request.released else None),
                "to_state": step, "note": request.release_note if n == 0 else None,
            }
            for n, step in enumerate(steps)
        ],
    )  # fmt: skip


def _store_findings(
    connection: Connection, request: Request, delivery: Delivery, quality: QualityCounts,
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
            _NEW_QUALITY, {"receipt": receipt, **{n: getattr(quality, n) for n in QUALITY_COUNTS}}
        )
    if refused:
        names = [
            "receipt", "sheet", "row", "category", "unit", "received_on", "key_digest", "mended_by", *QUALITY_COUNTS,
        ]  # fmt: skip
        bulk_insert(
            connection,
            rejected_row,
            names,
            [
                (
                    receipt, r.sheet, r.row, request.category.code, request.unit.code, request.received_on,
                    digest(r.key), mended_by, *(getattr(r.counts, n) for n in QUALITY_COUNTS),
                )
                for r, mended_by in zip(refused, mended_meanwhile(connection, request, refused), strict=True)
            ],
        )  # fmt: skip


def _open_change_request(connection: Connection, request: Request, delivery: Delivery) -> None:
    """Updates are recorded as a change (Article 14); before and after are the records' versions."""
    connection.execute(
        change_request.insert().values(
            number=f"C{delivery.receipt}", kind="change", category=request.category.code,
            unit=request.unit.code, receipt=delivery.receipt, state="applied",
            opened_on=request.received_on, applied_on=request.received_on, records=delivery.updated,
            reason=f"报送文件《{request.file_name}》更新已有记录",
        )
    )  # fmt: skip
