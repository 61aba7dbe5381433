"""Pages as a browser asks for them, against an empty script in the same server process.

The page, the empty page and the empty script take turns in short rounds; what
else the machine does meets all of them alike.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from bench.demo_base import demo_base
from bench.process import cpu_seconds, resident_bytes
from bench.results import Measure
from bench.server import DatabaseTime, Server
from bench.streamlit_client import Load, Run, Session, load, percentile
from data_access.clock import now
from data_access.engine import engine, writing
from data_access.schema import VERSION_DOMAINS
from data_access.versions import raise_versions

TITLES = ("领导总览", "汇聚进度")
EMPTY_PAGE = "bench-empty"
EMPTY_SCRIPT_QUERY = "bench=empty"
ROUNDS, RUNS_A_ROUND = 8, 20
USERS, USERS_SECONDS = 8, 6.0
IDLE_BEFORE, IDLE_TABS = 40, 150
COLD_TIMES = 5
P50_GOAL, CPU_GOAL, PER_SECOND_GOAL, P95_GOAL_MS = 1.5, 4.0, 200.0, 60.0
BYTES_GOAL_KB, IDLE_GOAL_MIB, COLD_GOAL_MS, CROWD_P95_GOAL_MS = 12.0, 0.1, 300.0, 1000.0


@dataclass(slots=True)
class Target:
    """One thing to rerun, and what its reruns took."""

    name: str
    page: str
    query: str = ""
    runs: list[Run] = field(default_factory=list)
    cpu_seconds: float = 0.0
    first: Run | None = None

    @property
    def p50_ms(self) -> float:
        return percentile([r.seconds for r in self.runs], 0.5) * 1000

    @property
    def p95_ms(self) -> float:
        return percentile([r.seconds for r in self.runs], 0.95) * 1000

    @property
    def cpu_ms(self) -> float:
        return self.cpu_seconds / len(self.runs) * 1000

    @property
    def kilobytes(self) -> float:
        return statistics.median(r.bytes for r in self.runs) / 1000


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--crowd", type=int, default=400, help="users with 2 s think time; 0: leave it out")
    parser.add_argument("--base", type=Path, help="a SQLite base to measure on; default: the demonstration")
    parser.add_argument("--seconds", type=float, default=USERS_SECONDS, help="of each load")
    parser.add_argument(
        "--page", action="append", help="title of a page to measure; default: the two of the goals"
    )


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """All figures of the pages on the demonstration base."""
    database = demo_base(base=options.base)
    titles = options.page or TITLES
    with Server(database, folder) as server:
        return uvloop.run(_measure(server, database, titles, options))


async def _measure(
    server: Server, database: str, titles: Sequence[str], options: argparse.Namespace
) -> list[Measure]:
    empty = Target("empty script", EMPTY_PAGE, EMPTY_SCRIPT_QUERY)
    door = Target("empty page", EMPTY_PAGE)
    paths = await paths_of(server, titles)
    drawn = [Target(title, path) for title, path in zip(titles, paths, strict=True)]
    await take_turns(server, [empty, door, *drawn])
    found = [
        Measure(
            "empty script: rerun p50",
            empty.p50_ms,
            "ms",
            note=f"p95 {empty.p95_ms:.1f}, CPU {empty.cpu_ms:.2f} ms",
        ),
        *_against(door, empty, goals=False),
    ]
    for target in drawn:
        found += _against(target, empty, goals=True)
    found += await _throughput(server, [empty, *drawn], options.seconds)
    for target in drawn:
        found.append(await _cold(server, database, target))
    found.append(await _idle(server, drawn[0]))
    if options.crowd:
        found.append(await _crowd(server, drawn[0], options))
    return found


async def paths_of(server: Server, titles: Sequence[str]) -> list[str]:
    """The addresses of the pages with these titles, from the navigation that the server sends."""
    async with Session(server.url, headers=server.headers) as tab:
        await tab.run(EMPTY_PAGE)
    missing = [title for title in titles if title not in tab.pages]
    if missing:
        raise KeyError(f"No page {', '.join(missing)}. Pages: {', '.join(tab.pages)}.")
    return [tab.pages[title] for title in titles]


async def take_turns(server: Server, targets: Sequence[Target]) -> None:
    """Rerun all targets round by round, one tab each, one rerun at a time."""
    tabs = [Session(server.url, headers=server.headers) for _ in targets]
    try:
        for tab, target in zip(tabs, targets, strict=True):
            await tab.__aenter__()
            target.first = await tab.run(target.page, target.query)
            for _ in range(5):
                await tab.run(query=target.query)
        for _ in range(ROUNDS):
            for tab, target in zip(tabs, targets, strict=True):
                await tab.run(query=target.query)
                used = cpu_seconds(server.pid)
                for _ in range(RUNS_A_ROUND):
                    target.runs.append(await tab.run(query=target.query))
                target.cpu_seconds += cpu_seconds(server.pid) - used
    finally:
        for tab in tabs:
            await tab.__aexit__(None, None, None)


def _against(target: Target, empty: Target, *, goals: bool) -> list[Measure]:
    """A target's reruns as multiples of the empty script's."""
    assert target.first is not None
    references = max(r.references for r in target.runs)
    return [
        Measure(
            f"{target.name}: rerun p50 ÷ empty script",
            target.p50_ms / empty.p50_ms,
            goal=P50_GOAL if goals else None,
            note=f"{target.p50_ms:.1f} ms, p95 {target.p95_ms:.1f} ms",
        ),
        Measure(
            f"{target.name}: CPU ÷ empty script",
            target.cpu_ms / empty.cpu_ms,
            goal=CPU_GOAL if goals else None,
            note=f"{target.cpu_ms:.2f} ms",
        ),
        Measure(
            f"{target.name}: bytes of a rerun",
            target.kilobytes,
            "kB",
            BYTES_GOAL_KB if goals else None,
            note=f"{target.first.bytes / 1000:.0f} kB at first, {references} messages by hash",
        ),
    ]


async def _throughput(server: Server, targets: Sequence[Target], seconds: float) -> list[Measure]:
    """Eight users who never think, in one process."""
    found = []
    for target in targets:
        took = await load(
            server.url,
            server.pid,
            target.page,
            USERS,
            seconds=seconds,
            query=target.query,
            headers=server.headers,
        )
        goals = target.name != "empty script"
        found += [
            Measure(
                f"{target.name}: reruns/s, {USERS} users",
                took.per_second,
                "/s",
                PER_SECOND_GOAL if goals else None,
                at_least=True,
                note=f"p50 {took.milliseconds(0.5):.0f} ms, CPU {took.cpu_ms:.2f} ms, "
                f"server busy {took.cpu_seconds / took.seconds:.0%} of one core",
            ),
            Measure(
                f"{target.name}: p95, {USERS} users",
                took.milliseconds(0.95),
                "ms",
                P95_GOAL_MS if goals else None,
            ),
        ]
    return found


async def cold_times(server: Server, database: str, page: str, times: int = COLD_TIMES) -> list[DatabaseTime]:
    """What the database takes to draw a page anew, each time after every data version was raised."""
    found = []
    async with Session(server.url, headers=server.headers) as tab:
        await tab.run(page)
        for _ in range(times):
            with writing(engine(database)) as connection:
                raise_versions(connection, *VERSION_DOMAINS, at=now())
            server.database_time()
            await tab.run()
            found.append(server.database_time())
    return found


async def _cold(server: Server, database: str, target: Target) -> Measure:
    times = sorted(await cold_times(server, database, target.page), key=lambda t: t.seconds)
    middle = times[len(times) // 2]
    slowest = max(middle.statements, key=lambda s: s[1], default=("", 0.0))
    return Measure(
        f"{target.name}: database time, cold after a new data version",
        middle.seconds * 1000,
        "ms",
        COLD_GOAL_MS,
        note=f"{len(middle.statements)} statements, the slowest {slowest[1] * 1000:.1f} ms; "
        f"the worst of {len(times)} times {times[-1].seconds * 1000:.0f} ms",
    )


async def _idle(server: Server, target: Target) -> Measure:
    """Tabs that were opened, drew their page and are left alone."""
    tabs: list[Session] = []

    async def more(count: int) -> None:
        for _ in range(count):
            tab = Session(server.url, headers=server.headers)
            await tab.__aenter__()
            tabs.append(tab)
            await tab.run(target.page)

    try:
        await more(IDLE_BEFORE)
        await asyncio.sleep(1)
        before = resident_bytes(server.pid)
        await more(IDLE_TABS)
        await asyncio.sleep(1)
        held = (resident_bytes(server.pid) - before) / IDLE_TABS / 2**20
    finally:
        await asyncio.gather(*(tab.__aexit__(None, None, None) for tab in tabs))
    return Measure(
        f"{target.name}: memory of an idle session",
        held,
        "MiB",
        IDLE_GOAL_MIB,
        note=f"{IDLE_TABS} tabs more than {IDLE_BEFORE}; the process holds {before / 2**20:.0f} MiB",
    )


async def _crowd(server: Server, target: Target, options: argparse.Namespace) -> Measure:
    took: Load = await load(
        server.url,
        server.pid,
        target.page,
        options.crowd,
        seconds=options.seconds,
        think_s=2.0,
        headers=server.headers,
    )
    return Measure(
        f"{target.name}: p95 of {options.crowd} users, 2 s think time",
        took.milliseconds(0.95),
        "ms",
        CROWD_P95_GOAL_MS,
        note=f"p50 {took.milliseconds(0.5):.0f} ms, {took.per_second:.0f} reruns/s, "
        f"server busy {took.cpu_seconds / took.seconds:.0%} of one core",
    )
