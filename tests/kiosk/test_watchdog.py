"""The watchdog with real processes that die, hang and freeze: restarted, bounded, and told why."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "deploy" / "wall" / "watchdog.py"


@contextmanager
def watching(tmp_path: Path, *options: str, child: str) -> Iterator[Callable[[str, int], list[str]]]:
    """The watchdog over a Python child; a function that waits for n log lines with a word in them."""
    log = tmp_path / "watchdog.log"
    process = subprocess.Popen(
        [
            sys.executable, str(PROGRAM), "--name", "wall", "--log", str(log), "--every", "0.05", "--stop", "1",
            *options, "--", sys.executable, "-c", child,
        ],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip

    def lines(word: str, count: int) -> list[str]:
        end = time.monotonic() + 15
        while time.monotonic() < end:
            found = [line for line in (log.read_text() if log.exists() else "").splitlines() if word in line]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(
            f"{count} × {word!r} did not come: {log.read_text() if log.exists() else 'no log'}"
        )

    try:
        yield lines
    finally:
        process.terminate()
        assert process.wait(15) == 0


def test_a_process_that_dies_is_started_again_three_times_then_it_waits(tmp_path):
    """Ten minutes are two seconds here: in no two seconds are there more than three restarts."""
    began = time.monotonic()
    with watching(tmp_path, "--most", "3", "--within", "2", child="import sys; sys.exit(7)") as lines:
        restarts = lines(" restart ", 4)
        waited = lines("waiting", 1)
    took = time.monotonic() - began

    assert [re.search(r"restart (\d) of 3", line).group(1) for line in restarts[:3]] == ["1", "2", "3"]
    assert all("ended with code 7 after" in line for line in restarts)
    assert "3 restarts in 2 s" in waited[0] and took > 2


def test_a_process_killed_from_outside_is_told_by_its_signal(tmp_path):
    child = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with watching(tmp_path, child=child) as lines:
        pid = _pid(tmp_path)
        os.kill(pid, signal.SIGKILL)
        assert "was killed by signal 9" in lines(" restart ", 1)[0]
        again = _pid(tmp_path, other_than=pid)
    with pytest.raises(ProcessLookupError):
        os.kill(again, 0)  # stopping the watchdog stops what it watches


class _Health(BaseHTTPRequestHandler):
    told: ClassVar[dict] = {}

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.told).encode())

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def health() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Health)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


SLEEPS = "import time; time.sleep(60)"


def test_a_server_that_hangs_is_started_again_because_its_answer_has_no_body(tmp_path, health):
    """A port that accepts is not a server that works: the body is looked at."""
    _Health.told = {}
    with watching(tmp_path, "--health", health, "--patience", "0.3", child=SLEEPS) as lines:
        assert "no healthy answer for 0 s (no status in the answer)" in lines(" restart ", 1)[0]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"screens": {}}, "screen west has not told the server anything"),
        ({"screens": {"west": {"age_seconds": 250}}}, "screen west has been silent for 250 s"),
        (
            {"screens": {"west": {"age_seconds": 0.1}}, "alarms": [{"screen": "west", "kind": "frozen", "begin": "x"}]},
            "screen west is frozen since x",
        ),
    ],
)  # fmt: skip
def test_a_browser_that_is_silent_or_frozen_is_started_again(tmp_path, health, told, why):
    _Health.told = {"status": "ok", "mode": "lit", **told}
    options = ("--health", health, "--screen", "west", "--patience", "0.2")
    with watching(tmp_path, *options, child=SLEEPS) as lines:
        assert why in lines(" restart ", 1)[0]


def test_a_browser_is_left_alone_while_the_server_is_away_or_the_hall_is_closed(tmp_path, health):
    """The last good picture is on it; a restart would take it away."""
    _Health.told = {"status": "ok", "mode": "dark", "screens": {}}
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\necho $1 >> {tmp_path / 'display'}\n")
    hook.chmod(0o755)
    options = ("--health", health, "--screen", "west", "--patience", "0.1", "--display", str(hook))
    with watching(tmp_path, *options, child=SLEEPS) as lines:
        lines("display off", 1)
        _Health.told = {"status": "ok", "mode": "lit", "screens": {"west": {"age_seconds": 0.0}}}
        lines("display on", 1)
        time.sleep(0.3)
    assert (tmp_path / "display").read_text().split() == ["off", "on"]
    assert " restart " not in (tmp_path / "watchdog.log").read_text()

    _Health.told = {}
    again = tmp_path / "again"
    again.mkdir()
    with watching(again, "--health", health, "--screen", "west", "--patience", "0.1", child=SLEEPS) as lines:
        time.sleep(0.5)
    assert " restart " not in (again / "watchdog.log").read_text()


def test_a_mistake_in_the_command_line_is_told_at_once():
    for words in ([], ["--name", "x"], ["--name", "x", "--screen", "west", "--", "true"]):
        done = subprocess.run([sys.executable, str(PROGRAM), *words], capture_output=True, text=True)
        assert done.returncode == 2 and "error:" in done.stderr


def _pid(tmp_path: Path, other_than: int = 0) -> int:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        text = (tmp_path / "pid").read_text() if (tmp_path / "pid").exists() else ""
        if text and int(text) != other_than:
            return int(text)
        time.sleep(0.02)
    raise AssertionError("the child did not begin")
