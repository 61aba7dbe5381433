"""The map of venues: first picture, a filter never asked before, bytes a view, database time; with and without a browser."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.demo_base import demo_base
from bench.pages import cold_times
from bench.results import Measure
from bench.server import Server
from bench.streamlit_client import Run, Session

FIRST_GOAL_S, FILTER_GOAL_MS, BYTES_GOAL_MB, DATABASE_GOAL_MS = 2.0, 500.0, 1.5, 50.0
VIEWS: dict[str, dict[str, str]] = {
    "a kind": {"kind": "室外篮球场"},
    "owner and opening": {"owner": "企业", "opening": "全天开放"},
    "a measure": {"measure": "场地密度"},
    "hexagons": {"layer": "六边形"},
    "hexagons of the public register": {"set": "群众体育场地", "layer": "六边形"},
    "points of a district": {"place": "两江新区"},
    "a search by initials": {"q": "tyg"},
    "an earlier day": {"as_of": "2025-11-05"},
}
LOADS = 3
PATIENCE_MS = 120_000
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""The second begins when what the first has drawn is on the screen."""
PICTURES = ".map-picture"
WATCH = """(() => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const known = new WeakSet();
  let read = [];
  window.seenAt = [];
  addEventListener("keydown", () => { window.enteredAt = performance.now(); window.seenAt = []; }, true);
  new MutationObserver(() => {
    for (const picture of document.querySelectorAll(".map-picture")) {
      if (known.has(picture)) continue;
      known.add(picture);
      read.push(picture.querySelector("img").decode());
      if (read.length < 2) continue;
      Promise.all(read).then(frame).then(frame).then(() => window.seenAt.push(performance.now()));
      read = [];
    }
  }).observe(document, { childList: true, subtree: true });
})()"""
"""Says in the page itself when both pictures of a state of it were on the screen: from outside one is told late."""
BROWSER_KINDS = ("室内游泳馆", "健身步道", "体育公园")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", type=Path, help="a finished demonstration base instead of one built here")
    parser.add_argument("--visits", type=int, help="readings of venues in that base")
    parser.add_argument("--no-browser", action="store_true", help="leave Chromium out")


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """On SQLite, each view asked for once in a fresh process: nothing of it is in a cache."""
    database = demo_base(options.visits, options.base)
    with Server(database, folder) as server:
        found = asyncio.run(_views(server))
        times = sorted(t.seconds for t in asyncio.run(cold_times(server, database, "map")))
        found.append(
            Measure("database time of the page, cold", times[len(times) // 2] * 1000, "ms", DATABASE_GOAL_MS)
        )
    if not options.no_browser:
        with Server(database, folder) as server:
            found += _in_chromium(server)
    return found


async def _views(server: Server) -> list[Measure]:
    took: dict[str, float] = {}
    sent: dict[str, int] = {}
    first = await _opened(server, {})
    for name, query in VIEWS.items():
        done = await _opened(server, query)
        took[name], sent[name] = done.seconds * 1000, done.bytes
    again = await _opened(server, VIEWS["a kind"])
    slowest, largest = max(took, key=lambda n: took[n]), max(sent, key=lambda n: sent[n])
    sent["first"] = first.bytes
    return [
        Measure("first view, fresh process, server", first.seconds, "s", FIRST_GOAL_S),
        Measure(
            "a view never asked before, median", statistics.median(took.values()), "ms", FILTER_GOAL_MS,
            note="; ".join(f"{name} {ms:.0f}" for name, ms in took.items()),
        ),
        Measure("the slowest of them", took[slowest], "ms", FILTER_GOAL_MS, note=slowest),
        Measure("a view asked before", again.seconds * 1000, "ms"),
        Measure(
            "bytes of a view, the largest", max(sent.values()) / 1e6, "MB", BYTES_GOAL_MB,
            note=f"{largest}; " + "; ".join(f"{name} {size / 1000:.0f} kB" for name, size in sent.items()),
        ),
    ]  # fmt: skip


async def _opened(server: Server, query: dict[str, str]) -> Run:
    """A link opened in a tab of its own: a tab that has shown the page keeps its filters."""
    async with Session(server.url, headers=server.headers) as tab:
        return await tab.run("map", urlencode(query))


def _in_chromium(server: Server) -> Sequence[Measure]:
    """What a reader waits for: from the address to two maps on the screen and to two decks that answer the mouse;
    from a choice to the next sentence, to the maps of it, and to the decks.

    Beside it what no map can be faster than: the product's page without anything on it, and one deck of
    two polygons, in the same browser.
    """
    from playwright.sync_api import sync_playwright

    name, _, value = server.headers["Cookie"].partition("=")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium")
        context = browser.new_context(viewport={"width": 1600, "height": 1000})
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(
            f"{server.url}/", wait_until="networkidle"
        )  # scripts and fonts are in the browser's cache after it
        loads = [_opened_in(page, f"{server.url}/map") for _ in range(LOADS)]
        bare, empty = (
            statistics.median(_painted(page, f"{server.url}/{path}", decks) for _ in range(LOADS))
            for path, decks in (("bench-deck", 1), ("bench-empty", 0))
        )
        _opened_in(page, f"{server.url}/map")
        waits = [_filtered(page, kind) for kind in BROWSER_KINDS]
        browser.close()
    seen, ready = (statistics.median(column) for column in zip(*loads, strict=True))
    said, drawn, anew = (statistics.median(column) for column in zip(*waits, strict=True))
    return [
        Measure(
            "first picture in Chromium, painted in software", seen, "s", FIRST_GOAL_S,
            note=f"the drawing of both maps is on the screen; median of {LOADS}",
        ),
        Measure("both decks painted, ready for the mouse", ready, "s", note="the drawings have given way"),
        Measure("the same page without anything on it", empty, "s"),
        Measure("one deck of two polygons", bare, "s"),
        Measure(
            "a filter changed in Chromium, median", drawn, "ms", FILTER_GOAL_MS,
            note=f"the drawing of both maps is on the screen; the sentence after {said:.0f}",
        ),
        Measure("both decks painted anew after it", anew, "ms"),
    ]  # fmt: skip


def _opened_in(page: Any, address: str) -> tuple[float, float]:
    """Seconds from the address until both drawings are on the screen, and until both decks have taken their place."""
    started = time.perf_counter()
    page.goto(address)
    seen = _seen(page)
    _replaced(page)
    return seen / 1000, time.perf_counter() - started


def _filtered(page: Any, kind: str) -> tuple[float, float, float]:
    """Milliseconds from a choice until its sentence, its drawings and its decks are there."""
    page.evaluate("document.querySelectorAll('.map-picture').forEach(one => { one.dataset.before = ''; })")
    page.get_by_role("combobox", name="类型").fill(kind)
    started = time.perf_counter()
    page.keyboard.press("Enter")
    page.locator(".headline", has_text=kind).wait_for()
    said = time.perf_counter() - started
    drawn = _seen(page) - page.evaluate("window.enteredAt")
    _replaced(page)
    return said * 1000, drawn, (time.perf_counter() - started) * 1000


def _seen(page: Any) -> float:
    """When both drawings of this state were on the screen, in milliseconds of the page's own clock."""
    page.locator(f"{PICTURES}:not([data-before])").nth(1).wait_for(state="attached")
    for _ in range(PATIENCE_MS // 20):
        if seen := page.evaluate("window.seenAt"):
            return seen[-1]
        time.sleep(0.02)
    raise TimeoutError(f"the drawings of {page.url} were in the page but never on the screen")


def _replaced(page: Any) -> None:
    page.locator(f"{PICTURES}:not([data-before])[hidden]").nth(1).wait_for(
        state="attached", timeout=PATIENCE_MS
    )
    page.evaluate(TWO_FRAMES)


def _painted(page: Any, address: str, decks: int) -> float:
    """Seconds from the address until that many decks are there; without one, until the run has ended."""
    started = time.perf_counter()
    page.goto(address)
    if decks:
        page.locator("[data-testid=stDeckGlJsonChart] canvas").nth(decks - 1).wait_for()
    else:
        page.locator("[data-testid=stSidebarNavLink]").first.wait_for()
        page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.evaluate(TWO_FRAMES)
    return time.perf_counter() - started
