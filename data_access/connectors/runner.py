"""One pull of one source: pieces to intake, then the cursor, so that a repeat loses and doubles nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Engine, select

import catalog as vocabulary
from catalog import Catalog
from catalog.sources import AnySource, EndpointSource, FolderSource, ViewSource
from data_access.clock import now
from data_access.commands.delivery import Delivery, DeliveryRefused, deliver
from data_access.connectors.base import Checkpoint, Connector, Pull, SourceError, address, folder_of
from data_access.connectors.database_view import ViewConnector
from data_access.connectors.folder import Beside, EarlierBatch, FolderConnector, nothing_beside
from data_access.connectors.http_json import EndpointConnector
from data_access.engine import reading, writing
from data_access.principal import SYSTEM, Forbidden, Principal
from data_access.queries.status import base_kind
from data_access.schema import batch, connector_state, problem


def sender_of(source: AnySource) -> str:
    """Who a source's batches come from, in the list of batches."""
    return f"source:{source.code}"


def connect(
    engine: Engine,
    source: AnySource,
    *,
    catalog: Catalog | None = None,
    environment: Mapping[str, str] = os.environ,
    beside: Beside = nothing_beside,
) -> Connector:
    """The connector for a declared source.

    Raises:
        SourceError: its address or credential is missing or no address.
    """
    catalog = catalog or vocabulary.default()
    if isinstance(source, FolderSource):
        return FolderConnector(
            source, folder_of(source, environment), sender_of(source), lambda r: _earlier(engine, r), beside
        )
    category = catalog.category_by_code[source.category]
    if isinstance(source, ViewSource):
        return ViewConnector(source, category, address(source, environment))
    assert isinstance(source, EndpointSource)
    is_demo = holds_demonstration(engine)
    return EndpointConnector(source, category, address(source, environment), environment, is_demo=is_demo)


def holds_demonstration(engine: Engine) -> bool:
    """Whether this base is a demonstration, which alone takes what a simulated platform sends."""
    with reading(engine) as connection:
        return base_kind(SYSTEM, connection) == "demo"


def pull(
    engine: Engine,
    source: AnySource,
    *,
    stop: threading.Event | None = None,
    catalog: Catalog | None = None,
    environment: Mapping[str, str] = os.environ,
    before_piece: Callable[[], None] = lambda: None,
    beside: Beside = nothing_beside,
) -> Pull:
    """Fetch what is new at `source` and deliver it; each piece is a batch with its receipt.

    A piece's batch is stored before the cursor moves. Killed between the two, the
    next pull fetches the piece again: unchanged it is a known file, changed its old
    rows are duplicates; either way the base is the same.

    Args:
        stop: when set, the pull ends after the piece at hand.
        before_piece: called before each piece; may raise to end the pull (a lost lease).
        beside: makes what a watched folder's sender gets back beside a file with problems.

    Raises:
        SourceError: the source cannot be read; what was taken before stays taken.
    """
    stop = stop or threading.Event()
    result = Pull(source.code)
    try:
        connector = connect(engine, source, catalog=catalog, environment=environment, beside=beside)
        try:
            _run(engine, source, connector, result, stop, catalog, before_piece)
        finally:
            connector.close()
    except SourceError as error:
        _remember(engine, source.code, last_error=str(error), last_pull_at=now())
        raise
    _remember(engine, source.code, last_error=None, last_pull_at=now())
    return result


def _run(
    engine: Engine, source: AnySource, connector: Connector, result: Pull, stop: threading.Event,
    catalog: Catalog | None, before_piece: Callable[[], None],
) -> None:  # fmt: skip
    principal = Principal("operations", "operations", source.name_zh)
    for piece in connector.pieces(_cursor(engine, source.code), stop):
        if isinstance(piece, Checkpoint):
            last = {"last_receipt": result.receipts[-1]} if result.receipts else {}
            _remember(engine, source.code, cursor=piece.cursor, **last)
            continue
        before_piece()
        try:
            delivery = deliver(
                engine,
                principal,
                content=piece.content,
                file_name=piece.file_name,
                category=piece.category,
                unit=piece.unit,
                period=piece.period,
                received_at=now(),
                source_platform=source.platform,
                sender=sender_of(source),
                catalog=catalog,
            )
        except (DeliveryRefused, Forbidden) as error:
            result.refused += 1
            connector.refused(piece, str(error))
            continue
        _count(result, delivery)
        connector.taken(piece, delivery)
        if stop.is_set() and isinstance(source, FolderSource):
            return


def _count(result: Pull, delivery: Delivery) -> None:
    if "F_DUPLICATE_FILE" in delivery.file_codes:
        result.repeated += 1
        return
    if delivery.receipt:
        result.receipts.append(delivery.receipt)
    result.quarantined += delivery.outcome == "quarantined"
    result.refused += delivery.outcome == "rejected"
    result.accepted += delivery.accepted
    result.rejected += delivery.rejected
    result.duplicate += delivery.duplicate


def states(engine: Engine, principal: Principal) -> dict[str, Any]:
    """Where every source stands: rows of admin_connector_state by source."""
    principal.require("operations", "office")
    with reading(engine) as connection:
        rows = connection.execute(select(connector_state))
        return {row.source: dict(row._mapping) for row in rows}


def _cursor(engine: Engine, source: str) -> str | None:
    with reading(engine) as connection:
        return connection.scalar(select(connector_state.c.cursor).where(connector_state.c.source == source))


def _remember(engine: Engine, source: str, **values: Any) -> None:
    with writing(engine) as connection:
        changed = connection.execute(
            connector_state.update().where(connector_state.c.source == source).values(**values)
        )
        if changed.rowcount == 0:
            connection.execute(connector_state.insert().values(source=source, **values))


def _earlier(engine: Engine, receipt: str) -> EarlierBatch | None:
    """The stored batch with this receipt, and its receipt as intake would have printed it."""
    with reading(engine) as connection:
        row = connection.execute(select(batch).where(batch.c.receipt == receipt)).first()
        if row is None:
            return None
        found = connection.execute(
            select(problem).where(problem.c.receipt == receipt).order_by(problem.c.number)
        ).all()
    outcome = row.state if row.state in ("quarantined", "rejected") else "accepted"
    if outcome == "accepted" and row.rows_rejected:
        outcome = "partly_accepted"
    return EarlierBatch(
        sender=row.sender,
        file_name=row.file_name,
        state=row.state,
        receipt={
            "receipt": receipt,
            "outcome": outcome,
            "category": row.category,
            "unit": row.unit,
            "period": row.period,
            "received_on": row.received_on.isoformat(),
            "file_codes": row.file_codes,
            "file_warnings": row.file_warnings,
            "detail": row.detail or "",
            "rows": {
                "total": row.rows_total,
                "accepted": row.rows_accepted,
                "rejected": row.rows_rejected,
                "duplicate": row.rows_duplicate,
            },
            "problems": [
                {
                    "sheet": p.sheet, "row": p.row, "field": p.field, "code": p.code, "check": p.check,
                    "message": p.message,
                }
                for p in found
                if p.message is not None
            ],
        },
    )  # fmt: skip
