"""The state of an installation in one look: versions, row counts, last batches, job runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, inspect, select

from catalog import Catalog
from data_access.all_tables import metadata
from data_access.principal import Principal
from data_access.queries.records import plain
from data_access.schema import OPERATIONAL, base_table, batch, job_run, setting
from data_access.versions import data_versions

LAST = 10


def base_kind(principal: Principal, connection: Connection) -> str | None:
    """demo or real; None before the first delivery. The same for everybody."""
    return connection.scalar(select(setting.c.value).where(setting.c.key == "kind"))


def status(principal: Principal, connection: Connection, catalog: Catalog) -> dict[str, Any]:
    """What `manage.py status --json` prints."""
    principal.require("operations", "office")
    present = set(inspect(connection).get_table_names())
    tables = [*metadata.sorted_tables, *(base_table(c) for c in catalog.categories)]
    counts = {
        t.name: connection.scalar(select(func.count()).select_from(t)) for t in tables if t.name in present
    }
    versions = data_versions(principal, connection)
    last = connection.execute(
        select(
            batch.c.receipt, batch.c.category, batch.c.unit, batch.c.received_on, batch.c.state,
            batch.c.rows_total, batch.c.rows_accepted, batch.c.rows_rejected, batch.c.rows_duplicate,
        ).order_by(batch.c.received_at.desc(), batch.c.receipt).limit(LAST)
    )  # fmt: skip
    runs = connection.execute(select(job_run).order_by(job_run.c.started_at.desc()).limit(LAST))
    settings = {key: value for key, value in connection.execute(select(setting.c.key, setting.c.value))}
    return {
        "kind": settings.get("kind", "empty"),
        "demo_state": settings.get("demo_state"),  # building | complete | null
        "data_version": sum(v for d, v in versions.items() if d not in OPERATIONAL),
        "versions": versions,
        "tables": counts,
        "last_batches": [{k: plain(v) for k, v in row._mapping.items()} for row in last],
        "job_runs": [{k: plain(v) for k, v in row._mapping.items()} for row in runs],
    }
