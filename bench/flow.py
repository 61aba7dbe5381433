"""The venues' two feeds: exactly once over a million readings and twenty kills, and from gate to screen."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from apscheduler.triggers.interval import IntervalTrigger

from bench.databases import KINDS, Databases
from bench.flow_proof import TOKEN, Plan, platform_of, prove
from bench.flow_worker import TOKEN_ENV, declared
from bench.results import Measure
from data_access.clock import now
from data_access.commands.delivery import deliver
from data_access.engine import BEIJING, engine, reading, writing
from data_access.live import feed
from data_access.live.health import health
from data_access.live.read import city_now, now_by_venue
from data_access.live.take import Rules
from data_access.principal import OFFICE, OPERATOR, SYSTEM
from data_access.schema import setting
from demo.simulator.platform import Platform
from demo.simulator.server import Clock, Server
from jobs import pull_live
from jobs.base import Job
from jobs.worker import Worker
from pages.venues._watching import PULSE

SCREEN_S, INSIDE_S = 20.0, 2.0
LOOK_EVERY_S = PULSE.total_seconds()
"""As often as the figures on the page are looked at anew: the screen's part is measured too."""
PULL_S = 15
Seen = dict[str, dt.datetime]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--venues", type=int, default=100, help="venues of the proof")
    parser.add_argument("--days", type=int, default=7, help="days of minutes")
    parser.add_argument("--hourly-days", type=int, default=60, help="days of hourly readings")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=4.0, help="how long to watch from gate to screen")
    parser.add_argument("--kind", choices=KINDS, help="one database only")


def measure(options: argparse.Namespace, folder: Path) -> Sequence[Measure]:
    """Both databases after each other: the proof, then the way from gate to screen."""
    databases, found = Databases(folder), list[Measure]()
    plan = Plan(options.venues, options.days, options.kills, hourly_days=options.hourly_days)
    for kind in [options.kind] if options.kind else KINDS:
        if options.kills:
            proof = prove(databases.fresh(kind), plan)
            told = f"{proof.minutes:,} minutes, {proof.readings:,} hourly readings"
            found += [
                Measure(
                    f"{kind}: hours that differ from the ledger, {told}", len(proof.differences), "hours", 0
                ),
                Measure(f"{kind}: pulls killed at work", proof.kills, "kills", options.kills, at_least=True),
                Measure(f"{kind}: the whole proof", proof.seconds, "s"),
            ]
        if options.minutes:
            found += _gate_to_screen(kind, databases.fresh(kind), options.minutes * 60)
    return found


def _gate_to_screen(kind: str, url: str, seconds: float) -> list[Measure]:
    """32 venues as time passes, a worker that pulls every 15 s, and a page's read that looks as often as the page does."""
    os.environ[TOKEN_ENV] = TOKEN
    platform = platform_of(Plan(32, 1, 0))
    _connect(url, platform)
    server = Server(0, platform, Clock(), TOKEN)
    live, _ = declared(server.url)
    answering = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    answering.start()
    feed.pull(engine(url), SYSTEM, live, rules=Rules())  # what was said before is no part of the way
    trigger = IntervalTrigger(
        seconds=PULL_S, start_date=dt.datetime(2026, 1, 1, tzinfo=BEIJING), timezone=BEIJING
    )
    job = Job("pull_smart_venue_live", "", trigger, partial(pull_live.run, source=live), is_quiet=True)
    worker = Worker(engine(url), [job])
    working = threading.Thread(target=worker.work, daemon=True)
    working.start()
    try:
        waits, inside, reads, healths = _watch(url, platform, seconds)
    finally:
        worker.stop.set()
        working.join()
        server.shutdown()
        answering.join()
        server.server_close()
    return [
        Measure(f"{kind}: from publication to the figure on the page, p95", _p95(waits), "s", SCREEN_S),
        Measure(f"{kind}: of it inside the product, p95 ({len(waits)} minutes of venues)", _p95(inside), "s", INSIDE_S),
        Measure(f"{kind}: read of all venues now, median", statistics.median(reads), "ms", 50),
        Measure(f"{kind}: read of the feeds' health, median", statistics.median(healths), "ms", 50),
    ]  # fmt: skip


def _connect(url: str, platform: Platform) -> None:
    """A demonstration base that knows the venues."""
    lines = ["场馆编码,场馆名称,区县,智能化系统,建设阶段,接入日期,接入方式,经度,纬度"]
    lines += [
        f"{code},{code},万州区,客流统计,已接入,2026-01-05,接口推送,108.4,30.8"
        for code in platform.shape.codes
    ]
    with writing(engine(url)) as connection:
        connection.execute(setting.insert().values(key="kind", value="demo"))
    taken = deliver(
        engine(url), OPERATOR, content="\n".join(lines).encode(), file_name="场馆.csv",
        category="smart_venue_connection", unit="industry", received_at=now(),
    )  # fmt: skip
    if taken.rejected or not taken.accepted:
        raise RuntimeError(f"intake refused the bench's own venues: {taken.problems[:3]}")


def _watch(
    url: str, platform: Platform, seconds: float
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Seconds from publication and from the pull's beginning, and milliseconds of the reads."""
    waits, inside, reads, healths = list[float](), list[float](), list[float](), list[float]()
    seen, start = Seen(), now()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with reading(engine(url)) as connection:
            began = time.perf_counter()
            lines = now_by_venue(OFFICE, connection, now())
            reads.append((time.perf_counter() - began) * 1000)
            looked = now()
            city_now(OFFICE, connection, looked)
        for line in lines:
            code, minute = line.venue.venue_code, line.minute
            if minute is None or seen.get(code) == minute:
                continue
            published = _published(platform, code, minute)
            if published is not None and published > start:
                waits.append((looked - published).total_seconds())
                inside.append(looked.timestamp() % PULL_S)
            seen[code] = minute
        if len(reads) % 25 == 1:
            with reading(engine(url)) as connection:
                began = time.perf_counter()
                health(OFFICE, connection, looked)
                healths.append((time.perf_counter() - began) * 1000)
        time.sleep(LOOK_EVERY_S)
    if not waits:
        raise RuntimeError("no minute came to the screen")
    return waits, inside, reads, healths


def _published(platform: Platform, code: str, minute: dt.datetime) -> dt.datetime | None:
    """When the platform first told of this minute; None: late by its own fault, or filled in."""
    local = minute.astimezone(BEIJING)
    rows, _ = platform.live_block(local.date())
    wanted = (rows.venue == platform.shape.codes.index(code)) & (
        rows.minute == local.hour * 60 + local.minute
    )
    moments = rows.published[wanted]
    if not len(moments) or moments.min() - minute.timestamp() > 120:
        return None
    return dt.datetime.fromtimestamp(int(moments.min()), BEIJING)


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]
