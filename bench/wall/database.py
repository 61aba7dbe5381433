"""Point 3's other half: the database of the worker that publishes is stopped, or hangs, while the wall shows its figures.

PostgreSQL, the worker and the wall are the product's own processes. A stopped server
refuses every connection; a hanging one holds every line open and answers nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import catalog
from bench.kept_postgres import KeptCluster
from bench.results import ROOT, Measure
from bench.wall.faults import AGE_BADGE, FORBIDDEN, PATIENCE_S, WORDS
from bench.wall.screen import Screen, chromium, screen
from bench.wall.served import Served
from bench.wall.stage import accelerated
from data_access import migrate
from data_access.clock import now
from data_access.commands.delivery import deliver
from data_access.engine import engine
from data_access.principal import OPERATOR

SCENE_S = 8
BASE = "wall"
AGE_GOAL_S, BACK_GOAL_S = 15.0, 5.0
LINES = "场馆编码,场馆名称,区县,智能化系统,建设阶段,接入日期,接入方式,经度,纬度"


@dataclass
class _Hall:
    """What stands: the cluster, its worker, a wall that shows the snapshot, and one screen."""

    cluster: KeptCluster
    url: str
    wall: Served
    seen: Screen
    delivered: int = 0

    def deliver(self) -> None:
        """Twenty more venues: a figure on the wall moves."""
        first = self.delivered * 20
        self.delivered += 1
        rows = [
            f"CQ500101{number:04d},演示场馆{number},万州区,客流统计,已接入,2026-01-05,接口推送,108.4,30.8"
            for number in range(first, first + 20)
        ]
        taken = deliver(
            engine(self.url), OPERATOR, content="\n".join([LINES, *rows]).encode(),
            file_name=f"场馆{self.delivered}.csv", category="smart_venue_connection", unit="industry",
            received_at=now(),
        )  # fmt: skip
        if taken.rejected or not taken.accepted:
            raise RuntimeError(f"intake refused the bench's own venues: {taken.problems[:3]}")

    def shown(self, version: str) -> None:
        """Wait for another picture than `version`."""
        self.seen.wait("version", lambda value: value not in ("", version), PATIENCE_S)


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """Stopped, then hanging, `options.away` seconds each."""
    found: list[Measure] = []
    with _hall(folder) as hall:
        ways: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
            "stopped": (hall.cluster.crash, hall.cluster.start),
            "hanging": (lambda: hall.cluster.signal(signal.SIGSTOP), lambda: hall.cluster.signal(signal.SIGCONT)),
        }  # fmt: skip
        for name, (away, back) in ways.items():
            found += _fault(hall, name, away, back, options.away)
    return found


def _fault(
    hall: _Hall, name: str, away: Callable[[], None], back: Callable[[], None], seconds: float
) -> list[Measure]:
    before = hall.seen.page.evaluate(AGE_BADGE)
    away()
    gone = time.monotonic()
    badge = None
    while badge is None and time.monotonic() - gone < 60.0:
        told = hall.seen.page.evaluate(AGE_BADGE)
        if "前" in told and told != before:
            badge = time.monotonic() - gone
        hall.seen.page.wait_for_timeout(100)
    hall.seen.page.wait_for_timeout(max(0, int((seconds - (time.monotonic() - gone)) * 1000)))
    picture = hall.seen.data("scene")
    said = hall.seen.page.evaluate(WORDS) + "".join(_answers(hall.wall))
    version = hall.seen.data("version")
    back()
    engine(hall.url).dispose()  # our own lines; the worker has to see to its own
    returned = time.monotonic()
    hall.deliver()
    hall.shown(version)
    again = time.monotonic() - returned
    hall.seen.page.wait_for_timeout(4000)
    return [
        Measure(f"database {name}: age told after", float("inf") if badge is None else badge, "s", AGE_GOAL_S),
        Measure(f"database {name} for {seconds:.0f} s: a scene is on the wall", bool(picture), "", 1.0, True),
        Measure(f"database {name}: words of the program on the wall and in its answers", sum(w in said for w in FORBIDDEN), "", 0.0),
        Measure(f"database {name}: data sent in after its return on the wall", again, "s", BACK_GOAL_S, note="the delivery itself included"),
    ]  # fmt: skip


def _answers(wall: Served) -> Iterator[str]:
    """What the wall's server tells a stranger meanwhile."""
    for path in ("healthz", "snapshot"):
        with urllib.request.urlopen(f"{wall.url}/kiosk/{path}", timeout=5) as answer:
            yield answer.read().decode()


@contextmanager
def _hall(folder: Path) -> Iterator[_Hall]:
    place = Path(tempfile.mkdtemp(prefix="sports-wall-"))  # the database's own user has to reach it
    cluster = KeptCluster(place)
    cluster.start()
    try:
        cluster.create(BASE)
        url = cluster.url(BASE)
        migrate.prepare(engine(url), catalog.default())
        snapshot = folder / "wall" / "snapshot.json"
        snapshot.parent.mkdir(parents=True, exist_ok=True)
        with (
            _worker(url, folder),
            Served(folder, snapshot, accelerated(SCENE_S)) as wall,
            chromium() as browser,
        ):
            hall = _Hall(cluster, url, wall, screen(browser))
            hall.deliver()
            hall.seen.open(f"{wall.url}/kiosk/")
            hall.seen.wait("version", bool, PATIENCE_S)
            hall.seen.wait("scene", bool, PATIENCE_S)
            hall.seen.page.wait_for_timeout(6000)
            yield hall
    finally:
        engine(cluster.url(BASE)).dispose()
        cluster.remove()


@contextmanager
def _worker(url: str, folder: Path) -> Iterator[None]:
    """`manage.py worker`, as it runs in the centre."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SPORTS_", "STREAMLIT_"))}
    own: dict[str, Any] = {"SPORTS_DATABASE_URL": url, "SPORTS_STORAGE_FOLDER": str(folder)}
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"], cwd=ROOT, env={**kept, **own},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        process.wait()
