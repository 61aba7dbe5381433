"""Point 1: thousands of refreshes, and neither browser nor server holds more than before."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bench.process import resident_bytes
from bench.results import Measure
from bench.wall.screen import Held, Screen, chromium, screen
from bench.wall.stage import Stage, accelerated, stage

WARM_UP = 1000
"""Refreshes before the first look: caches and arenas fill once (the server grows 3 MB in them, and no more in the next 2,000)."""
PATIENCE_S = 60.0
SCENE_S = 4
SIZE = (640, 360)
"""What is held does not depend on the pixels, and without a GPU these take most of the time."""
MB = 1e6


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """`options.refreshes` refreshes while the scenes rotate; heap, nodes and contexts after forced collection."""
    with stage(options, folder, **accelerated(SCENE_S)) as on, chromium() as browser:
        seen = screen(browser, *SIZE)
        seen.open(f"{on.wall.url}/kiosk/")
        seen.wait("version", bool, PATIENCE_S)
        _refresh(on, seen, WARM_UP, PATIENCE_S * WARM_UP)
        before, before_server = _at_rest(on, seen), resident_bytes(on.wall.pid)
        began = time.monotonic()
        done = _refresh(on, seen, options.refreshes, options.minutes * 60)
        took = time.monotonic() - began
        after, after_server = _at_rest(on, seen), resident_bytes(on.wall.pid)
        if seen.errors:
            raise RuntimeError(f"{len(seen.errors)} errors in the page, the first: {seen.errors[0]}")
    return _measures(options.refreshes, done, took, before, after, before_server, after_server)


def _refresh(on: Stage, seen: Screen, times: int, most_s: float) -> int:
    """Each refresh is on the page before the next one is written; how many there were within `most_s`."""
    began = time.monotonic()
    for number in range(times):
        if time.monotonic() - began > most_s:
            return number
        version = seen.data("version")
        on.figures.write()
        seen.wait("version", lambda value, old=version: value not in ("", old), PATIENCE_S)
        if number % 250 == 249:
            print(f"  {number + 1} refreshes", file=sys.stderr, flush=True)
    return times


def _at_rest(on: Stage, seen: Screen) -> Held:
    """The least of several looks at the same scene: a rotation under way holds two scenes' worth for a moment."""
    first = on.wall.health() or {}
    wanted = (first.get("order") or [{"key": ""}])[0]["key"]
    looks = []
    for _ in range(3):
        seen.wait("scene", lambda value: value == wanted, 120)
        looks.append(seen.held())
        seen.page.wait_for_timeout(1000)
    return Held(
        min(look.heap for look in looks),
        min(look.nodes for look in looks),
        min(look.listeners for look in looks),
        max(look.contexts for look in looks),
    )


def _measures(
    refreshes: int, done: int, took: float, before: Held, after: Held, before_server: int, after_server: int
) -> list[Measure]:
    def growth(new: float, old: float) -> float:
        return (new / old - 1) * 100

    return [
        Measure("refreshes shown, one by one", done, "", refreshes, True, f"in {took:.0f} s"),
        Measure(
            "heap after forced collection", growth(after.heap, before.heap), "%", 5.0,
            note=f"{before.heap / MB:.1f} → {after.heap / MB:.1f} MB",
        ),
        Measure(
            "DOM nodes", abs(growth(after.nodes, before.nodes)), "%", 5.0,
            note=f"{before.nodes:,} → {after.nodes:,}; listeners {before.listeners:,} → {after.listeners:,}",
        ),
        Measure(
            "WebGL contexts more or fewer", abs(after.contexts - before.contexts), "", 0.0,
            note=f"{before.contexts} → {after.contexts}",
        ),
        Measure("WebGL contexts seen on the page", before.contexts, note="0: deck.gl draws in a worker, out of sight"),
        Measure(
            "server's resident memory", growth(after_server, before_server), "%", 2.0,
            note=f"{before_server / MB:.1f} → {after_server / MB:.1f} MB",
        ),
    ]  # fmt: skip
