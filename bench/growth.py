"""How a page's time grows with the visits behind it: the exponent between a small and a large base.

Measured is the database time of a page drawn anew after a new data version, the
only time that can grow: a rerun of the same version reads the versions alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench.demo_base import demo_base
from bench.pages import TITLES, cold_times, paths_of
from bench.results import Measure, exponent
from bench.server import Server
from bench.streamlit_client import Session, percentile

SMALL, LARGE = 1_000_000, 4_000_000
TIMES = 9
GOAL = 0.1


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--small", type=int, default=SMALL, help="visits of the small base")
    parser.add_argument("--large", type=int, default=LARGE, help="visits of the large base, e.g. 50_000_000")
    parser.add_argument("--base", type=Path, help="a SQLite demonstration to enlarge; default: it is built")
    parser.add_argument("--page", action="append", help="title of a page; default: the two of the goals")


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """One exponent a page."""
    titles: Sequence[str] = options.page or TITLES
    sizes = (options.small, options.large)
    times = [_times(folder, demo_base(visits, options.base), titles) for visits in sizes]
    found = []
    for title in titles:
        (small_cold, small_warm), (large_cold, large_warm) = (t[title] for t in times)
        found.append(
            Measure(
                f"{title}: exponent of the database time, {sizes[0]:,} → {sizes[1]:,} visits",
                exponent(small_cold, large_cold, *sizes),
                "",
                GOAL,
                note=f"cold {small_cold * 1000:.1f} → {large_cold * 1000:.1f} ms; "
                f"rerun p50 {small_warm * 1000:.1f} → {large_warm * 1000:.1f} ms",
            )
        )
    return found


def _times(folder: Path, database: str, titles: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Seconds by page: of the database when drawn anew (the quickest time: what else the machine does only adds), of a rerun."""
    with Server(database, folder) as server:
        return uvloop.run(_pages(server, database, titles))


async def _pages(server: Server, database: str, titles: Sequence[str]) -> dict[str, tuple[float, float]]:
    found = {}
    for title, page in zip(titles, await paths_of(server, titles), strict=True):
        cold = await cold_times(server, database, page, TIMES)
        async with Session(server.url) as tab:
            await tab.run(page)
            warm = [(await tab.run()).seconds for _ in range(60)]
        found[title] = (min(t.seconds for t in cold), percentile(warm, 0.5))
    return found
