"""Point 5: from a guide's command to the pixels with ten walls; a guide who is lost; one who is nobody.

Ten walls are one Chromium that paints and nine event streams: ten Chromium without
graphics cards on two cores would measure each other.
"""

from __future__ import annotations

import argparse
import secrets
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.results import Measure
from bench.streamlit_client import percentile
from bench.wall.screen import Screen, chromium, screen
from bench.wall.stage import PLAYED, Stage, accelerated, stage
from bench.wall.streams import Streams
from kiosk import commands

SCENE_S, WALLS, COMMANDS = 120, 10, 40
PATIENCE_S = 30.0
LOST_S = 60.0
PAUSE_MS = 800
"""Between two commands, less than the fade of the one before takes with its change: nobody presses faster."""


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """One Chromium that paints and nine more event streams; the guide jumps between scenes, one command a second."""
    with stage(options, folder, **accelerated(SCENE_S)) as on:
        key = commands.load_key(folder / "wall" / "command.key")
        with chromium() as browser, Streams(on.wall.port, WALLS - 1):
            seen = screen(browser)
            seen.open(f"{on.wall.url}/kiosk/")
            seen.wait("version", bool, PATIENCE_S)
            seen.wait("scene", bool, PATIENCE_S)
            seen.drawn(60.0)
            least = seen.floor(COMMANDS)
            told, painted = _latencies(on, seen, key)
            resumed = _lost(on, seen, key)
        refused = _refused(on)
    return [
        Measure(f"command to pixels, p95 of {len(painted)} with {WALLS} walls", percentile(painted, 0.95), "ms", 100.0, note=f"p50 {percentile(painted, 0.5):.0f}, worst {max(painted):.0f} ms; on the page p95 {percentile(told, 0.95):.0f} ms"),
        Measure("floor of this machine: one line changed to pixels, p95", percentile(least, 0.95), "ms", note=f"p50 {percentile(least, 0.5):.0f}, worst {max(least):.0f} ms; the same page, no server, no scene"),
        Measure("guide lost: rotation goes on after", resumed, "s", LOST_S + 2, note="paused, then no sign of life"),
        Measure("unsigned and wrongly signed commands refused", refused, "", 2, True),
    ]  # fmt: skip


def _latencies(on: Stage, seen: Screen, key: bytes) -> tuple[list[float], list[float]]:
    """Milliseconds from the sending to the changed page, and to the frame after it was painted."""
    order = [entry["key"] for entry in (on.wall.health() or {})["order"]] or list(PLAYED)
    told, painted = [], []
    seen.moments()
    for number in range(COMMANDS):
        wanted = order[(number + 1) % len(order)]
        sent_ms = time.time() * 1000
        commands.send(on.wall.url, key, commands.Command("jump", scene=wanted))
        seen.wait("scene", lambda value, key=wanted: value == key, PATIENCE_S)
        seen.page.wait_for_timeout(PAUSE_MS)
        for moment in seen.moments():
            if moment.name == "scene" and moment.value == wanted:
                told.append(moment.changed_ms - sent_ms)
                painted.append(moment.painted_ms - sent_ms)
    return told, painted


def _lost(on: Stage, seen: Screen, key: bytes) -> float:
    """Seconds from the last command until the wall is no longer held."""
    commands.send(on.wall.url, key, commands.Command("pause"))
    began = time.monotonic()
    while (on.wall.health() or {}).get("paused"):
        if time.monotonic() - began > LOST_S + 30:
            return float("inf")
        seen.page.wait_for_timeout(200)
    return time.monotonic() - began


def _refused(on: Stage) -> int:
    """How many of two forged commands were answered with 401 or 403."""
    body = commands.written(commands.Command("next"), time.time_ns() // 1_000_000)
    wrong = commands.signature(secrets.token_bytes(32), body)
    refused = 0
    for headers in ({}, {commands.SIGNATURE: wrong}):
        request = urllib.request.Request(
            on.wall.url + commands.PATH, data=body, method="POST", headers=headers
        )
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except urllib.error.HTTPError as error:
            refused += error.code in (401, 403)
            error.close()
    return refused
