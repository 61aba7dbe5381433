"""Simulated hourly probes of published resources (可访问性): nearly always open, with a few bad days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Engine, delete, func, select

from data_access.bulk import bulk_insert
from data_access.engine import writing
from data_access.schema import batch, roll_probe
from demo.world import World

PROBES_A_DAY = 24


def record_simulated_probes(made: Engine, world: World, codes: Collection[str]) -> int:
    """One row a category and day from its first publication on; returns how many."""
    with writing(made) as connection:
        published = connection.execute(
            select(batch.c.category, func.min(batch.c.published_on))
            .where(batch.c.published_on.is_not(None), batch.c.category.in_(sorted(codes)))
            .group_by(batch.c.category)
        )
        first: dict[str, dt.date] = {category: day for category, day in published}
        rows = []
        for category, start in sorted(first.items()):
            days = (world.today - start).days + 1
            rng = world.rng("probes", category)
            missed = rng.binomial(PROBES_A_DAY, 0.002, days)
            bad = rng.random(days) < 0.004
            missed[bad] = rng.integers(2, 11, int(bad.sum()))
            rows += [
                (category, start + dt.timedelta(days=n), PROBES_A_DAY, PROBES_A_DAY - int(missed[n]))
                for n in range(days)
            ]
        connection.execute(delete(roll_probe).where(roll_probe.c.category.in_(sorted(first))))
        bulk_insert(connection, roll_probe, ["category", "day", "probes", "opened"], rows)
    return len(rows)
