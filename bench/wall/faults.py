"""Points 3 and 4: the server is killed, the writer is dead, the line is cut or swallows everything, the browser starts alone."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.results import Measure
from bench.wall.frames import Screencast, faults
from bench.wall.proxy import Proxy
from bench.wall.screen import Screen, chromium, screen
from bench.wall.stage import Stage, Writer, accelerated, stage

SCENE_S = 8
PATIENCE_S = 30.0
HOLE_S = 20.0
AGE_BADGE = "() => document.getElementById('age')?.textContent ?? ''"
WORDS = "() => document.body.innerText"
FORBIDDEN = (
    "Traceback",
    "Error",
    "Exception",
    "127.0.0.1",
    "localhost",
    "sqlite",
    "postgres",
    "SELECT",
    "Errno",
)


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """Each fault on a wall that shows moving figures; `options.away` seconds each."""
    settings = accelerated(SCENE_S)
    found: list[Measure] = []
    with stage(options, folder, **settings) as on, chromium() as browser:
        looking = browser.new_context().new_page()
        parts: dict[str, Callable[[], list[Measure]]] = {
            "killed": lambda: _killed(on, browser, looking, options.away),
            "writer": lambda: _writer_dead(on, browser, options.away),
            "lines": lambda: _lines(on, browser),
            "alone": lambda: _started_alone(on, browser, options.away),
        }
        for name, part in parts.items():
            if options.fault in (None, name):
                found += part()
    return found


def opened(on: Stage, browser: Any, port: int | None = None) -> Screen:
    """A wall that shows the figures."""
    seen = screen(browser)
    seen.open(f"http://127.0.0.1:{port or on.wall.port}/kiosk/")
    seen.wait("version", bool, PATIENCE_S)
    seen.wait("scene", bool, PATIENCE_S)
    return seen


def fresh(on: Stage, seen: Screen, since: float) -> float:
    """Seconds from `since` (monotonic) until the next state of the figures is on the page."""
    version = seen.data("version")
    on.figures.write()
    seen.wait("version", lambda value: value not in ("", version), PATIENCE_S)
    return time.monotonic() - since


def _killed(on: Stage, browser: Any, looking: Any, away: float) -> list[Measure]:
    """kill -9, the picture stays, and how soon it lives again."""
    seen = opened(on, browser)
    seen.page.wait_for_timeout(2000)
    with Screencast(seen) as cast:
        on.wall.kill()
        seen.page.wait_for_timeout(int(away * 1000))
        words = seen.page.evaluate(WORDS)
        on.figures.write()
        old = seen.data("version")
        on.wall.start(wait=False)
        on.wall.wait_healthy()
        healthy = time.monotonic()
        seen.wait("version", lambda value: value not in ("", old), PATIENCE_S)
        back = time.monotonic() - healthy
    bad = faults(cast.frames(looking), cast.switches)
    seen.page.context.close()
    return [
        Measure(f"kill -9 for {away:.0f} s: new data after healthy", back, "s", 3.0),
        Measure("kill -9: bad frames", bad.all, "", 0.0, note=f"of {len(cast.raw)} painted"),
        Measure("kill -9: words of the program on the wall", sum(w in words for w in FORBIDDEN), "", 0.0),
    ]  # fmt: skip


def _writer_dead(on: Stage, browser: Any, away: float) -> list[Measure]:
    """Nobody writes a snapshot any more, as when the database hangs: the age is told, the picture stays."""
    seen = opened(on, browser)
    with Writer(on.figures, 1.0):
        seen.page.wait_for_timeout(4000)
        before = seen.page.evaluate(AGE_BADGE)
    stopped = time.monotonic()
    badge = None
    while badge is None and time.monotonic() - stopped < 60.0:
        if _is_old(seen, before):
            badge = time.monotonic() - stopped
        seen.page.wait_for_timeout(100)
    seen.page.wait_for_timeout(max(0, int((away - (time.monotonic() - stopped)) * 1000)))
    picture = seen.data("scene")
    words = seen.page.evaluate(WORDS)
    health = on.wall.health() or {}
    again = fresh(on, seen, time.monotonic())
    seen.page.context.close()
    return [
        Measure("writer dead: age told after", float("inf") if badge is None else badge, "s", 15.0, note=f"healthz says {health.get('status')}"),
        Measure(f"writer dead for {away:.0f} s: a scene is on the wall", bool(picture), "", 1.0, True),
        Measure("writer dead: words of the program on the wall", sum(w in words for w in FORBIDDEN), "", 0.0),
        Measure("writer back: new data after", again, "s", 5.0),
    ]  # fmt: skip


def _is_old(seen: Screen, before: str) -> bool:
    told = seen.page.evaluate(AGE_BADGE)
    return "前" in told and told != before


def _lines(on: Stage, browser: Any) -> list[Measure]:
    """A line that is reset, and one that swallows everything for twenty seconds."""
    with Proxy(on.wall.port) as line:
        seen = opened(on, browser, line.port)
        seen.page.wait_for_timeout(1500)
        resets = []
        for _ in range(3):
            line.reset()
            resets.append(fresh(on, seen, time.monotonic()))
            seen.page.wait_for_timeout(1500)
        line.swallow()
        seen.page.wait_for_timeout(int(HOLE_S * 1000))
        picture = seen.data("scene")
        line.flow()
        hole = fresh(on, seen, time.monotonic())
        seen.page.context.close()
    return [
        Measure("TCP reset: new data after, worst of 3", max(resets), "s", 3.0),
        Measure("20 s black hole: new data after it ends", hole, "s", 5.0),
        Measure("20 s black hole: a scene is on the wall", bool(picture), "", 1.0, True),
    ]  # fmt: skip


def _started_alone(on: Stage, browser: Any, away: float) -> list[Measure]:
    """A browser that has shown the wall before, started while the server is down."""
    seen = opened(on, browser)
    seen.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    seen.page.wait_for_timeout(4000)  # the service worker puts everything in its cache
    context = seen.page.context
    seen.page.close()
    on.wall.kill()
    alone = Screen(context.new_page())
    began = time.monotonic()
    alone.open(f"{on.wall.url}/kiosk/")
    alone.wait("scene", bool, PATIENCE_S)
    picture = time.monotonic() - began
    alone.page.wait_for_timeout(int(away * 1000))
    on.figures.write()
    old = alone.data("version")
    on.wall.start(wait=False)
    on.wall.wait_healthy()
    healthy = time.monotonic()
    alone.wait("version", lambda value: value not in ("", old), PATIENCE_S)
    back = time.monotonic() - healthy
    context.close()
    return [
        Measure("browser started while the server is down: picture after", picture, "s", 3.0),
        Measure(f"and new data after healthy, {away:.0f} s later", back, "s", 5.0),
    ]
