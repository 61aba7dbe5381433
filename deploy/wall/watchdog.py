#!/usr/bin/env python3
"""Keeps one process of the wall alive: starts it again when it dies, hangs or shows a frozen picture.

    watchdog.py --name wall --health http://127.0.0.1:8502/kiosk/healthz -- manage.py wall …
    watchdog.py --name browser --health … --screen west --display display.sh -- browser.sh …

At most three restarts in ten minutes: a program that cannot live must not take the
machine with it. After that it waits until the first of the three is ten minutes old,
and goes on: nobody comes to the hall at night to press a button. Each restart is one
line in the log that says why. Needs nothing but Python 3.9: the hall's computer has no
other part of the product.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path
from typing import Any, NoReturn

LARGEST_ANSWER = 200_000


class Budget:
    """How many restarts are still allowed; seconds of a clock that never goes back."""

    def __init__(self, most: int, within_s: float) -> None:
        self.most, self.within_s = most, within_s
        self._at: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until the next restart is allowed; 0, now."""
        self._forget(now)
        return 0.0 if len(self._at) < self.most else self._at[0] + self.within_s - now

    def spend(self, now: float) -> int:
        """One more restart; the how-manyeth of the last `within_s` it is."""
        self._forget(now)
        self._at.append(now)
        return len(self._at)

    def _forget(self, now: float) -> None:
        while self._at and now - self._at[0] >= self.within_s:
            self._at.popleft()


def asked(address: str, timeout_s: float) -> tuple[dict[str, Any] | None, str]:
    """(the body of healthz, "") or (None, why there is none): an answer without a body is no answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the hall's network, never a proxy
    try:
        with opener.open(address, timeout=timeout_s) as answer:
            told = json.loads(answer.read(LARGEST_ANSWER))
    except (OSError, ValueError, urllib.error.URLError) as error:
        return None, str(getattr(error, "reason", error)) or type(error).__name__
    return (told, "") if isinstance(told, dict) and "status" in told else (None, "no status in the answer")


def wrong_with_screen(told: dict[str, Any], screen: str, silent_s: float) -> str:
    """Why the browser of this screen must be started again; empty when it need not.

    The server's own state is no reason: when it is away the picture must stay.
    """
    mine = (told.get("screens") or {}).get(screen)
    if mine is None:
        return f"screen {screen} has not told the server anything"
    if mine.get("age_seconds", 0) > silent_s:
        return f"screen {screen} has been silent for {mine['age_seconds']:.0f} s"
    for alarm in told.get("alarms") or ():
        if alarm.get("screen") == screen and alarm.get("kind") in ("frozen", "stuck"):
            return f"screen {screen} is {alarm['kind']} since {alarm.get('begin')}"
    return ""


class Watchdog:
    """One child and the reasons to start it again."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.budget = Budget(options.most, options.within)
        self.child: subprocess.Popen[bytes] | None = None
        self.began = self.healthy = 0.0
        self.open_since: float | None = None
        """Since when the server has answered, and the hall was open, without a break."""
        self.display: str | None = None
        self.display_at = 0.0

    def run(self) -> NoReturn:
        """Until SIGTERM or SIGINT, which stop the child too."""
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, self._told_to_stop)
        self._start()
        while True:
            time.sleep(self.options.every)
            why = self._why()
            if why:
                self._again(why)

    def _why(self) -> str:
        assert self.child is not None
        code = self.child.poll()
        if code is not None:
            how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
            return f"{how} after {time.monotonic() - self.began:.1f} s"
        if not self.options.health:
            return ""
        told, error = asked(self.options.health, self.options.timeout)
        now = time.monotonic()
        if told is not None:
            self._show(told)
        if self.options.screen:
            return self._why_screen(told, now)
        if told is not None:
            self.healthy = now
            return ""
        since = now - max(self.healthy, self.began)
        return f"no healthy answer for {since:.0f} s ({error})" if since > self.options.patience else ""

    def _why_screen(self, told: dict[str, Any] | None, now: float) -> str:
        """A server that has just come back has not heard the screen yet; neither has a hall that has just opened."""
        if told is None or told.get("mode") == "dark":
            self.open_since = None
            return ""
        self.open_since = now if self.open_since is None else self.open_since
        if now - max(self.open_since, self.began) < self.options.patience:
            return ""
        return wrong_with_screen(told, self.options.screen, self.options.patience)

    def _again(self, why: str) -> None:
        wait = self.budget.wait(time.monotonic())
        self._stop()
        if wait > 0:
            self._say(
                f"waiting {wait:.0f} s: {self.options.most} restarts in {self.options.within:g} s; {why}"
            )
            time.sleep(wait)
        number = self.budget.spend(time.monotonic())
        self._say(f"restart {number} of {self.options.most} in {self.options.within:g} s: {why}")
        self._start()

    def _start(self) -> None:
        self.began = time.monotonic()
        try:
            self.child = subprocess.Popen(self.options.command, start_new_session=True)
        except OSError as error:
            self._say(f"cannot be started: {self.options.command[0]}: {error.strerror}")
            sys.exit(2)

    def _stop(self) -> None:
        """The whole group: a browser is many processes."""
        child = self.child
        if child is None:
            return
        for kind, seconds in ((signal.SIGTERM, self.options.stop), (signal.SIGKILL, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, kind)
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            if kind == signal.SIGTERM and not _group_lives(child.pid):
                return

    def _show(self, told: dict[str, Any]) -> None:
        """The display follows the opening hours; a hook that fails is told and tried again every `--retry` seconds."""
        wanted = "off" if told.get("mode") == "dark" else "on"
        if not self.options.display or wanted == self.display or time.monotonic() < self.display_at:
            return
        try:
            done = subprocess.run([self.options.display, wanted], timeout=30, check=False)
            outcome = (
                "" if done.returncode == 0 else f": {self.options.display} ended with code {done.returncode}"
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            outcome = f": {error}"
        if outcome:
            self.display, self.display_at = None, time.monotonic() + self.options.retry
        else:
            self.display = wanted
        self._say(f"display {wanted}{outcome}")

    def _say(self, words: str) -> None:
        line = f"{dt.datetime.now().astimezone().isoformat(timespec='seconds')} {self.options.name} {words}"
        print(line, flush=True)
        if self.options.log:
            with self.options.log.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def _told_to_stop(self, *_: object) -> NoReturn:
        self._stop()
        self._say("stopped")
        sys.exit(0)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def options_of(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Keeps one process of the wall alive, with bounded restarts."
    )
    parser.add_argument("--name", required=True, help="how the log calls it")
    parser.add_argument("--health", metavar="URL", help="the wall's healthz, whose body is looked at")
    parser.add_argument("--screen", help="watch this screen's heartbeat instead of the server")
    parser.add_argument("--display", metavar="HOOK", help="called with on or off as the opening hours ask")
    parser.add_argument("--most", type=int, default=3, help="restarts allowed in --within seconds")
    parser.add_argument("--within", type=float, default=600.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two looks")
    parser.add_argument(
        "--patience", type=float, default=None, help="seconds without a sign of life: 30, or 200 of a screen"
    )
    parser.add_argument("--timeout", type=float, default=3.0)
    parser.add_argument(
        "--retry", type=float, default=60.0, help="seconds until a display hook that failed is called again"
    )
    parser.add_argument(
        "--stop", type=float, default=5.0, help="seconds to end by itself before it is killed"
    )
    parser.add_argument("--log", type=Path, help="a file for the lines, beside standard output")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="after --")
    found = parser.parse_args(words)
    found.command = found.command[1:] if found.command[:1] == ["--"] else found.command
    if not found.command:
        parser.error("what should be kept alive? Put its command after --")
    if found.screen and not found.health:
        parser.error("--screen needs --health: the server knows when a screen was last heard")
    if found.patience is None:
        found.patience = 200.0 if found.screen else 30.0
    return found


if __name__ == "__main__":
    Watchdog(options_of()).run()
