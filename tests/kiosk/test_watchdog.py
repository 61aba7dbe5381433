"""The watchdog with real processes that die, hang and freeze: restarted, bounded, and told why."""

from __future__ import annotations

import json
import os
import re
import shutil
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
HOOK = ROOT / "deploy" / "wall" / "display.sh"


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
    child = f"import os, time; open({str(again / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with watching(again, "--health", health, "--screen", "west", "--patience", "0.1", child=child):
        _pid(again)
        time.sleep(0.4)
    assert " restart " not in (again / "watchdog.log").read_text()


def test_a_display_that_did_not_come_on_is_called_again(tmp_path, health):
    """At nine in the morning a controller that is still starting must not leave the hall dark all day."""
    _Health.told = {"status": "ok", "mode": "lit"}
    hook = tmp_path / "hook"
    hook.write_text(
        f"#!/bin/sh\necho $1 >> {tmp_path / 'display'}\n[ $(wc -l < {tmp_path / 'display'}) -ge 3 ]\n"
    )
    hook.chmod(0o755)
    with watching(
        tmp_path, "--health", health, "--display", str(hook), "--retry", "0.1", child=SLEEPS
    ) as lines:
        told = lines("display on", 3)
        time.sleep(0.4)
    assert [": " in line.partition("display on")[2] for line in told] == [True, True, False]
    assert (tmp_path / "display").read_text().split() == ["on"] * 3


RANDR = """#!/bin/sh
echo "$@" >> {log}
[ $# -gt 0 ] || printf '%s\n' 'HDMI-A-1 "Samsung 55"' '  Enabled: yes' '  Modes:' 'DP-1 "Samsung 55"' '  Enabled: yes'
"""


@pytest.mark.parametrize(
    ("program", "environment", "power", "called"),
    [
        (
            "wlr-randr",
            {"WAYLAND_DISPLAY": "wayland-0"},
            "off",
            ["", "--output HDMI-A-1 --off", "--output DP-1 --off"],
        ),
        (
            "wlr-randr",
            {"WAYLAND_DISPLAY": "wayland-0"},
            "on",
            ["", "--output HDMI-A-1 --on", "--output DP-1 --on"],
        ),
        ("xset", {"DISPLAY": ":0"}, "on", ["dpms force on", "s off -dpms"]),
        ("xset", {"DISPLAY": ":0"}, "off", ["+dpms dpms force off"]),
    ],
)
def test_the_displays_hook_switches_every_output(tmp_path, program, environment, power, called):
    log = tmp_path / "called"
    command = tmp_path / program
    command.write_text(RANDR.format(log=log))
    command.chmod(0o755)
    done = subprocess.run([HOOK, power], env={"PATH": f"{tmp_path}:/usr/bin:/bin", **environment})

    assert done.returncode == 0
    assert log.read_text().split("\n")[:-1] == called


def test_a_hook_that_switched_nothing_says_so(tmp_path):
    """No program, no compositor, no output: three ways to a screen that stays as it is."""
    away = tmp_path / "wlr-randr"
    away.write_text("#!/bin/sh\nexit 1\n")
    away.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    for environment in ({}, {**path, "WAYLAND_DISPLAY": "wayland-0"}):
        done = subprocess.run([HOOK, "on"], env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True)
        assert done.returncode == 1
    away.write_text("#!/bin/sh\n")
    assert (
        subprocess.run([HOOK, "off"], env={**path, "WAYLAND_DISPLAY": "x"}, capture_output=True).returncode
        == 1
    )
    assert subprocess.run([HOOK, "dim"], capture_output=True).returncode == 2


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("unit", sorted((ROOT / "deploy").glob("**/*.service")), ids=lambda unit: unit.name)
def test_the_units_are_understood_by_systemd(tmp_path, unit):
    """Programs at their places of the hall are not on this machine: nothing else may be wrong."""
    text = re.sub(
        r"(?m)^(ExecStart|ExecStartPre|ExecReload)=([-+!@]*)/\S+", r"\1=\2/bin/true", unit.read_text("utf-8")
    )
    copy = tmp_path / unit.name.replace("@.", "@1.")
    copy.write_text(re.sub(r"(?m)^(User|Group)=.*", r"\1=root", text), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)],
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stderr.splitlines() if unit.name.split("@")[0].split(".")[0] in line], (
        done.stderr
    )


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
