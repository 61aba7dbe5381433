"""The demonstration base on PostgreSQL, enlarged like the one on SQLite; kept in the benches' own cluster."""

from __future__ import annotations

import shutil

import catalog
from bench.demo_base import say, state_of_the_code, today
from bench.kept_postgres import KeptCluster
from data_access import migrate
from data_access.engine import engine

UNFINISHED = "unfinished"
BYTES_A_READING = 460
"""With its indexes and tiers, measured; what is looked at before a fill, not what is told."""
LEAST_FREE = 10 * 10**9


def demo_postgres(cluster: KeptCluster, visits: int, name: str | None = None) -> str:
    """URL of a demonstration base with so many readings; built where it is missing.

    Args:
        name: of the base to enlarge, built where the cluster has none; None: one of this day and
            state of the code, in the place of those of other days.
    """
    small = name or f"demo_{today():%Y%m%d}_{state_of_the_code()}"
    if not cluster.has(small):
        if name is None:
            for old in cluster.names():
                if old.startswith("demo_"):
                    cluster.drop(old)
        _build(cluster, small)
    large = f"{small}_{visits}"
    if not cluster.has(large):
        _enlarge(cluster, small, large, visits)
    return cluster.url(large)


def _build(cluster: KeptCluster, name: str) -> None:
    from demo.build import build  # not at the top: what needs no demonstration does not import it

    say("building the demonstration base (some minutes; kept for later runs) …")
    cluster.drop(UNFINISHED)
    cluster.create(UNFINISHED)
    build(cluster.url(UNFINISHED), today=today())
    _finish(cluster, name)


def _enlarge(cluster: KeptCluster, small: str, large: str, visits: int) -> None:
    from demo.readings_bulk import write_readings
    from demo.world import World

    free = shutil.disk_usage(cluster.folder).free
    left = free - visits * BYTES_A_READING - cluster.bytes_of(small)
    if left < LEAST_FREE:
        raise RuntimeError(
            f"{visits:,} readings need {visits * BYTES_A_READING / 1e9:.0f} GB, "
            f"{free / 1e9:.0f} GB are free: too little would be left"
        )
    cluster.drop(UNFINISHED)
    cluster.create(UNFINISHED, template=small)
    migrate.prepare(engine(cluster.url(UNFINISHED)), catalog.default())  # a base that was kept may be older
    say(f"writing {visits:,} readings (kept for later runs) …")
    write_readings(engine(cluster.url(UNFINISHED)), World(today()), visits, _progress)
    _finish(cluster, large)


def _progress(_stage: str, done: int, total: int) -> None:
    if done * 20 // total != max(0, done - total // 400) * 20 // total:
        say(f"{done:,} of {total:,}")


def _finish(cluster: KeptCluster, name: str) -> None:
    """Its name is what says that a base is whole."""
    engine(cluster.url(UNFINISHED)).dispose()
    engine.cache_clear()
    cluster.analyze(UNFINISHED)
    cluster.rename(UNFINISHED, name)
