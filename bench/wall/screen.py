"""One wall in Chromium: heap after forced collection, DOM nodes, WebGL contexts, requests, painted moments."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

WATCHED = """
(() => {
  const contexts = [];
  const watch = (owner) => {
    const original = owner.prototype.getContext;
    owner.prototype.getContext = function (kind, ...more) {
      const made = original.call(this, kind, ...more);
      if (made && String(kind).startsWith("webgl") && !contexts.some(c => c.deref() === made))
        contexts.push(new WeakRef(made));
      return made;
    };
  };
  watch(HTMLCanvasElement);
  if (self.OffscreenCanvas) watch(OffscreenCanvas);
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
  self.__bench = {
    contexts: () => contexts.map(c => c.deref()).filter(c => c && !c.isContextLost()).length,
    moments: () => moments.splice(0),
  };
})();
"""
"""Runs before the wall's own script: which contexts live, and when a change was on the screen."""
SETTLE_S = 0.3


@dataclass(frozen=True, slots=True)
class Held:
    """What a page holds: bytes of JavaScript after forced collection, DOM nodes, listeners, live WebGL contexts."""

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

    def held(self) -> Held:
        """After forced collection, three times: finalisers free more at the next one."""
        for _ in range(3):
            self.session.send("HeapProfiler.collectGarbage")
            self.page.wait_for_timeout(int(SETTLE_S * 1000))
        counters = self.session.send("Memory.getDOMCounters")
        return Held(
            self.session.send("Runtime.getHeapUsage")["usedSize"], counters["nodes"],
            counters["jsEventListeners"], self.page.evaluate("() => self.__bench.contexts()"),
        )  # fmt: skip


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
