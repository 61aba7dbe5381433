"""How a page's time grows with the visits behind it: the exponent between a small and a large base.

Measured is the database time of a page drawn anew after a new data version, the
only time that can grow: a rerun of the same version reads the versions alone.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvloop

from bench.databases import KINDS
from bench.demo_base import demo_base
from bench.demo_postgres import demo_postgres
from bench.kept_postgres import kept_cluster
from bench.live_now import fill_live
from bench.pages import TITLES, cold_times, paths_of
from bench.results import Measure, exponent
from bench.server import DatabaseTime, Server
from bench.streamlit_client import Session, percentile

SMALL, LARGE = 1_000_000, 4_000_000
TURNS, TIMES = 3, 5
GOAL = 0.1


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--small", type=int, default=SMALL, help="visits of the small base")
    parser.add_argument("--large", type=int, default=LARGE, help="visits of the large base, e.g. 50_000_000")
    parser.add_argument("--engine", choices=KINDS, default=KINDS[0], help="the database the bases lie in")
    parser.add_argument(
        "--base",
        help="a demonstration to enlarge: a SQLite file, or a name in the kept cluster; default: built",
    )
    parser.add_argument("--page", action="append", help="title of a page; default: the two of the goals")


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """One exponent a page."""
    titles: Sequence[str] = options.page or TITLES
    sizes = (options.small, options.large)
    logs = [folder / "small", folder / "large"]
    for log in logs:
        log.mkdir()
    with _bases(options, sizes) as bases:
        for base in bases:
            fill_live(base)
        with Server(bases[0], logs[0]) as small, Server(bases[1], logs[1]) as large:
            return [uvloop.run(_page(title, sizes, (small, large), bases)) for title in titles]


@contextmanager
def _bases(options: argparse.Namespace, sizes: Sequence[int]) -> Iterator[list[str]]:
    """The URLs of the bases; PostgreSQL runs as long as the block does."""
    if options.engine == "postgresql":
        with kept_cluster() as cluster:
            yield [demo_postgres(cluster, visits, options.base) for visits in sizes]
    else:
        yield [demo_base(visits, options.base and Path(options.base)) for visits in sizes]


async def _page(
    title: str, sizes: tuple[int, int], servers: tuple[Server, Server], bases: Sequence[str]
) -> Measure:
    """The two servers take turns, so that a busy minute meets both."""
    (page,) = await paths_of(servers[0], [title])
    cold: tuple[list[DatabaseTime], list[DatabaseTime]] = ([], [])
    for _ in range(TURNS):
        for server, base, times in zip(servers, bases, cold, strict=True):
            times += await cold_times(server, base, page, TIMES)
    warm_ms = [await _rerun_ms(server, page) for server in servers]
    small, large = (undisturbed(times) for times in cold)
    if not small or not large:
        raise RuntimeError(
            f"{title} was drawn without a statement: the page does not depend on the data versions"
        )
    return Measure(
        f"{title}: exponent of the database time, {sizes[0]:,} → {sizes[1]:,} visits",
        exponent(small, large, *sizes),
        "",
        GOAL,
        note=f"cold {small * 1000:.1f} → {large * 1000:.1f} ms; rerun p50 {warm_ms[0]:.1f} → {warm_ms[1]:.1f} ms",
    )


async def _rerun_ms(server: Server, page: str) -> float:
    async with Session(server.url, headers=server.headers) as tab:
        await tab.run(page)
        return percentile([(await tab.run()).seconds for _ in range(60)], 0.5) * 1000


def undisturbed(times: Sequence[DatabaseTime]) -> float:
    """Seconds without what else the machine did: of each statement its quickest time, summed."""
    quickest: dict[str, float] = {}
    for time in times:
        spent: defaultdict[str, float] = defaultdict(float)
        for statement, seconds in time.statements:
            spent[statement] += seconds
        for statement, seconds in spent.items():
            quickest[statement] = min(quickest.get(statement, seconds), seconds)
    return sum(quickest.values())
