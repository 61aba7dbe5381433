"""可访问性: whether what is published can be opened, the sixth characteristic of GB/T 36344 (Article 13)."""

from __future__ import annotations

import datetime as dt
import time

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

import catalog as vocabulary
from catalog import Catalog, Category
from data_access.clock import day_of
from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.schema import base_table, batch, roll_probe
from data_access.versions import raise_versions

LIMIT_S = 10.0
"""A resource that opens later than this is not open to who waits for it."""


def published_resources(engine: Engine, principal: Principal, catalog: Catalog) -> list[tuple[Category, str]]:
    """Categories with published batches, each with the receipt of the one published last."""
    principal.require("operations")
    latest: dict[str, str] = {}
    with reading(engine) as connection:
        rows = connection.execute(
            select(batch.c.category, batch.c.receipt)
            .where(batch.c.state == "published", batch.c.rows_accepted > 0)
            .order_by(batch.c.published_at, batch.c.receipt)
        )
        latest.update((category, receipt) for category, receipt in rows)
    return [(c, latest[c.code]) for c in catalog.categories if c.code in latest]


def probe(engine: Engine, principal: Principal, category: Category, receipt: str) -> bool:
    """Open the resource: take one record of the batch that was published last, by its lineage."""
    principal.require("operations")
    table = base_table(category)
    started = time.monotonic()
    try:
        with reading(engine) as connection:
            found = connection.execute(select(table).where(table.c.receipt == receipt).limit(1)).first()
    except SQLAlchemyError:
        return False
    return found is not None and time.monotonic() - started <= LIMIT_S


def record_probes(engine: Engine, principal: Principal, results: dict[str, bool], at: dt.datetime) -> None:
    """Add one round of probes to the day's sums, with the data version they belong to."""
    principal.require("operations")
    if not results:
        return
    day = day_of(at)
    with writing(engine) as connection:
        raise_versions(connection, "records", at=at)
        for category, is_open in sorted(results.items()):
            changed = connection.execute(
                roll_probe.update()
                .where(roll_probe.c.category == category, roll_probe.c.day == day)
                .values(probes=roll_probe.c.probes + 1, opened=roll_probe.c.opened + int(is_open))
            )
            if changed.rowcount == 0:
                connection.execute(
                    roll_probe.insert().values(category=category, day=day, probes=1, opened=int(is_open))
                )


def probe_published(
    engine: Engine, principal: Principal, at: dt.datetime, catalog: Catalog | None = None
) -> dict[str, bool]:
    """One round: probe every published category and record it; returns what was open."""
    resources = published_resources(engine, principal, catalog or vocabulary.default())
    results = {category.code: probe(engine, principal, category, receipt) for category, receipt in resources}
    record_probes(engine, principal, results, at)
    return results
