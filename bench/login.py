"""From the login form to the first page in Chromium, two hundred logins in a minute, and what the gate costs.

On an empty base: its pages are the fastest there are, so the login weighs most.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import bcrypt
import httpx2
import uvloop
from playwright.sync_api import Browser, sync_playwright

import catalog
from accounts.tokens import COOKIE
from bench.process import cpu_seconds
from bench.results import Measure
from bench.server import Server
from bench.streamlit_client import Session, percentile
from data_access.engine import engine
from data_access.migrate import prepare
from data_access.settings import settings
from tests.helpers.signed_in import PASSWORD, open_account, signed_in

PAGE, DRAWN = "leadership", '[data-testid="stSidebarNavLink"][aria-current="page"]'
TURNS = 7
PEOPLE, SECONDS = 200, 60.0
PATIENCE_S = 300.0
"""A browser's: Chromium gives up an answer that has not begun after five minutes."""
GATE_REQUESTS = 400
RATIO_GOAL, HEALTH_GOAL_MS, GATE_GOAL_MS = 1.5, 50.0, 2.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--people", type=int, default=PEOPLE, help="who log in within a minute; 0: leave it out"
    )


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """All figures of the login, with as many rounds of bcrypt as in use."""
    url = f"sqlite:///{folder / 'center.db'}"
    prepare(engine(url), catalog.default())
    with Server(url, folder) as server:
        found = [_first_page(server, url), *uvloop.run(_gate(server))]
        if options.people:
            found += uvloop.run(_crowd(server, url, options.people))
        return found


def _hash() -> str:
    """As the server keeps it."""
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(settings().accounts.bcrypt_rounds)).decode()


def _first_page(server: Server, url: str) -> Measure:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    logged_in, open_already = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        hashed = _hash()
        for turn in range(TURNS + 1):
            name = open_account(url, "leader", password_hash=hashed)
            one, other = _with_login(browser, server, name), _without_login(browser, server, url)
            if turn:  # the first draws what later ones find drawn
                logged_in.append(one)
                open_already.append(other)
        browser.close()
    middle, plain = statistics.median(logged_in), statistics.median(open_already)
    return Measure(
        "login to first page ÷ the same page of somebody logged in",
        middle / plain,
        goal=RATIO_GOAL,
        note=f"{middle * 1000:.0f} ms and {plain * 1000:.0f} ms in Chromium, nothing in its cache but the form's",
    )


def _with_login(browser: Browser, server: Server, name: str) -> float:
    """Seconds from pressing the button until the page is drawn."""
    context = browser.new_context(locale="zh-CN")
    try:
        page: Any = context.new_page()
        page.goto(f"{server.url}/{PAGE}")
        page.fill("#username", name)
        page.fill("#password", PASSWORD)
        started = time.perf_counter()
        page.keyboard.press("Enter")
        page.locator(DRAWN).first.wait_for(timeout=60_000)
        return time.perf_counter() - started
    finally:
        context.close()


def _without_login(browser: Browser, server: Server, url: str) -> float:
    context = browser.new_context(locale="zh-CN")
    try:
        context.add_cookies([{"name": COOKIE, "value": signed_in(url, "leader").cookie, "url": server.url}])
        page: Any = context.new_page()
        started = time.perf_counter()
        page.goto(f"{server.url}/{PAGE}")
        page.locator(DRAWN).first.wait_for(timeout=60_000)
        return time.perf_counter() - started
    finally:
        context.close()


async def _gate(server: Server) -> list[Measure]:
    """One answer of a few bytes that is open, and one behind the gate, in turns."""
    took: dict[str, list[float]] = {
        "/_stcore/health": [],
        "/_stcore/host-config": [],
        f"/static/{_script()}": [],
    }
    used = dict.fromkeys(took, 0.0)
    async with httpx2.AsyncClient(base_url=server.url, headers=server.headers) as client:
        for _ in range(GATE_REQUESTS // 20):
            for path, seconds in took.items():
                before = cpu_seconds(server.pid)
                for _ in range(20):
                    started = time.perf_counter()
                    (
                        await client.head(path) if path.startswith("/static/") else await client.get(path)
                    ).raise_for_status()
                    seconds.append(time.perf_counter() - started)
                used[path] += cpu_seconds(server.pid) - before
    open_, gated, static = (statistics.median(seconds) * 1000 for seconds in took.values())
    cpu = [spent / GATE_REQUESTS * 1000 for spent in used.values()]
    return [
        Measure(
            "what the gate adds to a request",
            gated - open_,
            "ms",
            GATE_GOAL_MS,
            note=f"{open_:.2f} → {gated:.2f} ms; CPU {cpu[0]:.2f} → {cpu[1]:.2f} ms",
        ),
        Measure("a file without data behind the gate", static, "ms", note=f"CPU {cpu[2]:.2f} ms"),
    ]


def _script() -> str:
    """One of Streamlit's files, as its page names it."""
    from web.document import document

    found = re.search(rb'src="\./static/(js/[\w.-]+\.js)"', document())
    assert found
    return found.group(1).decode()


async def _crowd(server: Server, url: str, people: int) -> list[Measure]:
    """Everybody fills in the form once, spread over a minute, while somebody works and a watchdog looks."""
    hashed = _hash()
    names = [open_account(url, "guide", password_hash=hashed) for _ in range(people)]
    errors: list[str] = []
    logins: list[float] = []
    health: list[float] = []
    reruns: list[float] = []
    limits = httpx2.Limits(max_connections=None)
    async with (
        httpx2.AsyncClient(base_url=server.url, timeout=PATIENCE_S, limits=limits) as client,
        Session(server.url, headers=server.headers) as tab,
    ):
        await tab.run(PAGE)

        async def arrive(number: int, name: str) -> None:
            await asyncio.sleep(number * SECONDS / people)
            started = time.perf_counter()
            try:
                status = await _log_in(client, name)
                if status != 303:
                    errors.append(f"{name}: {status}")
            except httpx2.HTTPError as error:
                errors.append(f"{name}: {type(error).__name__}")
            logins.append(time.perf_counter() - started)

        async def look() -> None:
            while len(logins) < people:
                started = time.perf_counter()
                (await client.get("/_stcore/health")).raise_for_status()
                health.append(time.perf_counter() - started)
                reruns.append((await tab.run()).seconds)
                await asyncio.sleep(0.1)

        began, used = time.perf_counter(), cpu_seconds(server.pid)
        await asyncio.gather(look(), *(arrive(*entry) for entry in enumerate(names)))
        whole, spent = time.perf_counter() - began, cpu_seconds(server.pid) - used
    return [
        Measure(
            f"{people} logins in a minute: errors",
            len(errors),
            "",
            0.0,
            note=f"over after {whole:.0f} s; p50 {percentile(logins, 0.5):.1f} s, p95 {percentile(logins, 0.95):.1f} s; "
            f"{spent / people * 1000:.0f} ms of CPU each" + (f"; {errors[0]}" if errors else ""),
        ),
        Measure(
            "meanwhile: health p95",
            percentile(health, 0.95) * 1000,
            "ms",
            HEALTH_GOAL_MS,
            note=f"a rerun of 领导总览 p50 {percentile(reruns, 0.5) * 1000:.0f} ms, p95 {percentile(reruns, 0.95) * 1000:.0f} ms",
        ),
    ]


async def _log_in(client: httpx2.AsyncClient, name: str) -> int:
    """Open the form and send it, as a browser that has no other cookie."""
    form = await client.get("/login", headers={"Cookie": ""})
    token = re.search(r'name="token" value="(\w+)"', form.text)
    assert token
    answer = await client.post(
        "/login",
        data={"token": token.group(1), "username": name, "password": PASSWORD},
        headers={"Cookie": form.headers["set-cookie"].split(";")[0]},
    )
    return answer.status_code
