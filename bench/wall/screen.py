"""One wall in Chromium: heap after forced collection, DOM nodes, WebGL contexts, requests, painted moments."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

CONTEXTS = """
  const contexts = [];
  const watch = (owner) => {
    if (!owner?.prototype.getContext) return;
    const original = owner.prototype.getContext;
    owner.prototype.getContext = function (kind, ...more) {
      const made = original.call(this, kind, ...more);
      if (made && String(kind).startsWith("webgl") && !contexts.some(c => c.deref() === made))
        contexts.push(new WeakRef(made));
      return made;
    };
  };
  watch(self.HTMLCanvasElement);
  watch(self.OffscreenCanvas);
  self.__contexts = () => contexts.map(c => c.deref()).filter(c => c && !c.isContextLost()).length;
"""
"""Counts living WebGL contexts, of a page and of a thread (the wall's deck.gl has one of its own)."""
WATCHED = (
    "(() => {"
    + CONTEXTS
    + """
  const moments = [];
  const seen = {};
  const look = () => {
    const root = document.documentElement;
    for (const name of ["scene", "version", "state", "link"]) {
      const value = root.dataset[name];
      if (value === undefined || seen[name] === value) continue;
      seen[name] = value;
      const changed = performance.timeOrigin + performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() =>
        moments.push([name, value, changed, performance.timeOrigin + performance.now()])));
    }
  };
  new MutationObserver(look).observe(document, {attributes: true, subtree: true, childList: true,
    attributeFilter: ["data-scene", "data-version", "data-state", "data-link"]});
  self.__bench = { moments: () => moments.splice(0) };
})();
"""
)
"""Runs before the wall's own script: which contexts live, and when a change was on the screen."""
SETTLE_S = 0.3
FLOOR = """
async (times) => {
  const found = [];
  const dot = document.querySelector("#dots li") ?? document.body;
  for (let i = 0; i < times; i++) {
    await new Promise(done => setTimeout(done, 300));
    const began = performance.now();
    dot.style.outline = `${i % 2}px solid`;
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    found.push(performance.now() - began);
  }
  dot.style.outline = "";
  return found;
}
"""
"""The least that any change takes on this machine: one small line, until the frame after it was painted (ms)."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a page and its threads hold: bytes of JavaScript after forced collection, DOM nodes, listeners, WebGL contexts."""

    heap: float
    nodes: int
    listeners: int
    contexts: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A change of ``<html data-…>``: epoch milliseconds when it was made, and when it was painted."""

    name: str
    value: str
    changed_ms: float
    painted_ms: float


class Screen:
    """One page with a wall on it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        self.session = page.context.new_cdp_session(page)
        self.session.send("HeapProfiler.enable")
        page.add_init_script(WATCHED)
        page.on("worker", lambda thread: thread.evaluate("() => {" + CONTEXTS + "}"))
        self._said = 0
        self._threads: dict[str, str] = {}
        self._heard: list[dict[str, Any]] = []
        self.session.on("Target.attachedToTarget", self._attached)
        self.session.on("Target.detachedFromTarget", lambda told: self._detached(told["sessionId"]))
        self.session.on(
            "Target.receivedMessageFromTarget", lambda told: self._heard.append(json.loads(told["message"]))
        )
        self.session.send(
            "Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        )
        page.on("request", lambda request: self.hosts.add(request.url.partition("://")[2].partition("/")[0]))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, url: str) -> None:
        self.page.goto(url, wait_until="commit", timeout=60_000)

    def data(self, name: str) -> str:
        """``<html data-name>``, empty when it is not there."""
        return self.page.evaluate("name => document.documentElement?.dataset[name] ?? ''", name)

    def wait(self, name: str, wanted: Callable[[str], bool], seconds: float) -> float:
        """Seconds until ``data-name`` is as wanted; looked at every 20 ms.

        Raises:
            TimeoutError: it did not come.
        """
        began = time.monotonic()
        value = ""
        while time.monotonic() - began < seconds:
            value = self.data(name)
            if wanted(value):
                return time.monotonic() - began
            self.page.wait_for_timeout(20)
        raise TimeoutError(f"data-{name} is {value!r} after {seconds:.0f} s; errors: {self.errors[:3]}")

    def moments(self) -> list[Moment]:
        """Changes painted since the last call."""
        return [Moment(*told) for told in self.page.evaluate("() => self.__bench.moments()")]

    def drawn(self, seconds: float) -> None:
        """Waits until every map has its picture by deck.gl; without one within `seconds` it goes on."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.page.evaluate(
                "() => { const all = [...document.querySelectorAll('.map canvas')];"
                " return all.length > 0 && all.every(one => one.dataset.drawn); }"
            ):
                return
            self.page.wait_for_timeout(200)

    def floor(self, times: int) -> list[float]:
        """Milliseconds from a change of one small line to the frame after it was painted."""
        return self.page.evaluate(FLOOR, times)

    def held(self) -> Held:
        """After forced collection, three times: finalisers free more at the next one."""
        for _ in range(3):
            self.session.send("HeapProfiler.collectGarbage")
            for thread in list(self._threads.values()):
                self._say(thread, "HeapProfiler.collectGarbage")
            self.page.wait_for_timeout(int(SETTLE_S * 1000))
        counters = self.session.send("Memory.getDOMCounters")
        threads = [
            self._say(thread, "Runtime.getHeapUsage")["usedSize"] for thread in list(self._threads.values())
        ]
        contexts = [place.evaluate("() => self.__contexts()") for place in (self.page, *self.page.workers)]
        return Held(
            self.session.send("Runtime.getHeapUsage")["usedSize"] + sum(threads), counters["nodes"],
            counters["jsEventListeners"], sum(contexts),
        )  # fmt: skip

    def _attached(self, told: dict[str, Any]) -> None:
        """A thread of the page's own; the service worker is no part of what the wall holds."""
        if told["targetInfo"]["type"] == "worker":
            self._threads[told["targetInfo"]["targetId"]] = told["sessionId"]

    def _detached(self, session: str) -> None:
        """A thread that has ended, e.g. because its graphics driver was lost: another one follows."""
        self._threads = {target: mine for target, mine in self._threads.items() if mine != session}

    def _say(self, thread: str, method: str) -> dict[str, Any]:
        """A command to a thread, and its answer."""
        number = self._said = self._said + 1
        message = json.dumps({"id": number, "method": method})
        self.session.send("Target.sendMessageToTarget", {"sessionId": thread, "message": message})
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for told in self._heard:
                if told.get("id") == number:
                    self._heard.clear()
                    return told.get("result", {})
            self.page.wait_for_timeout(10)
        raise TimeoutError(f"A thread of the page does not answer {method}.")


FLAGS = (
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows", "--enable-unsafe-swiftshader",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Any]:
    """The distribution's Chromium; its pages are never throttled as hidden ones."""
    with chromiums(1) as (opened,):
        yield opened


@contextmanager
def chromiums(count: int) -> Iterator[list[Any]]:
    """So many of them, each with processes of its own."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("Chromium is needed: apt-get install chromium")
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        opened = [playwright.chromium.launch(executable_path=path, args=flags) for _ in range(count)]
        yield opened
        for one in opened:
            one.close()


def screen(browser: Any, width: int = 1920, height: int = 1080) -> Screen:
    """A wall's page in a browser profile of its own (own cache, own service worker)."""
    return Screen(browser.new_context(viewport={"width": width, "height": height}).new_page())
