"""Points 7 and 8: bytes of the first load and of a refresh, CPU of the server, and to which hosts the wall speaks."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from bench.process import cpu_seconds
from bench.results import Measure
from bench.wall.screen import chromium, screen
from bench.wall.stage import Stage, accelerated, stage
from bench.wall.streams import Streams

SCENE_S = 20
EVERY_S = 5.0
"""One refresh in so many seconds, as the hall has it."""
REFRESHES, PAUSE_S = 60, 0.5
IDLE_S = 60.0
"""Two turns of drawing every scene anew because it grew old."""
WALLS = 10
PATIENCE_S = 30.0


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    settings = accelerated(SCENE_S)
    del settings["watch_seconds"]  # the file is looked at as often as in the hall
    with stage(options, folder, **settings) as on:
        found = []
        with chromium() as browser:
            found += _first_load(on, browser)
            found += _hosts(on, browser, options.watch)
        found += _cost(on)
    return found


def _first_load(on: Stage, browser: Any) -> list[Measure]:
    """A browser that has never seen the wall."""
    seen = screen(browser)
    seen.session.send("Network.enable")
    sizes: list[float] = []
    seen.session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    began = time.monotonic()
    seen.open(f"{on.wall.url}/kiosk/")
    seen.wait("version", bool, PATIENCE_S)
    seen.wait("scene", bool, PATIENCE_S)
    seen.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    took = time.monotonic() - began
    by_then = sum(sizes)
    seen.page.wait_for_timeout(3000)
    seen.page.context.close()
    return [
        Measure("first load, as sent", by_then / 1e6, "MB", 4.0, note=f"{len(sizes)} answers; with what the service worker keeps {sum(sizes) / 1e6:.2f} MB"),
        Measure("first picture painted after", took, "s", 2.0, note="software rendering"),
    ]  # fmt: skip


def _hosts(on: Stage, browser: Any, seconds: float) -> list[Measure]:
    """Every request of the page and of its service worker for some minutes, figures moving."""
    seen = screen(browser)
    seen.page.context.on("request", lambda request: seen.hosts.add(_host(request.url)))
    seen.open(f"{on.wall.url}/kiosk/")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        on.figures.write()
        seen.page.wait_for_timeout(int(EVERY_S * 1000))
    foreign = {host for host in seen.hosts if host and host != f"127.0.0.1:{on.wall.port}"}
    seen.page.context.close()
    return [
        Measure(f"foreign hosts asked in {seconds:.0f} s", len(foreign), "", 0.0, note="、".join(sorted(foreign))),
        Measure("errors in the page", len(seen.errors), "", 0.0),
    ]  # fmt: skip


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0] if url.startswith(("http", "ws")) else ""


def _cost(on: Stage) -> list[Measure]:
    """CPU of the server: at rest, with one wall and with ten, each with the same refreshes."""
    one, one_bytes = _spent(on, 1)
    ten, _ = _spent(on, WALLS)
    quiet = _idle(on, 1)
    per_refresh = (one - quiet * REFRESHES * PAUSE_S) / REFRESHES * 1000
    share = (quiet + max(0.0, per_refresh) / 1000 / EVERY_S) * 100
    return [
        Measure("server CPU a refresh, one wall", per_refresh, "ms", 5.0, note="less what the heartbeat costs anyway"),
        Measure("server CPU at one refresh in 5 s, one wall", share, "% of a core", 1.0, note=f"heartbeat alone {quiet * 100:.2f} %"),
        Measure(f"{WALLS} walls ÷ one wall, CPU", ten / one, "×", 2.0, note=f"{ten * 1000 / REFRESHES:.2f} and {one * 1000 / REFRESHES:.2f} ms a refresh"),
        Measure("bytes a refresh and wall", one_bytes / REFRESHES / 1000, "kB", 20.0, note="event stream, packed as browsers ask for it"),
    ]  # fmt: skip


def _spent(on: Stage, walls: int) -> tuple[float, float]:
    """(CPU seconds, bytes) of `REFRESHES` refreshes with so many streams open."""
    with Streams(on.wall.port, walls) as streams:
        time.sleep(2.0)
        before, bytes_before = cpu_seconds(on.wall.pid), streams.bytes
        for _ in range(REFRESHES):
            on.figures.write()
            time.sleep(PAUSE_S)
        time.sleep(1.0)
        spent, got = cpu_seconds(on.wall.pid) - before, streams.bytes - bytes_before
        if streams.open != walls:
            raise RuntimeError(f"{walls - streams.open} of {walls} streams were ended by the server")
    return spent, got / walls


def _idle(on: Stage, walls: int) -> float:
    """CPU seconds a second while nothing changes."""
    with Streams(on.wall.port, walls):
        time.sleep(1.0)
        before, began = cpu_seconds(on.wall.pid), time.monotonic()
        time.sleep(IDLE_S)
        return (cpu_seconds(on.wall.pid) - before) / (time.monotonic() - began)
