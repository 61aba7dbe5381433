"""Point 9: two walls change their scenes at the same moment."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.results import Measure
from bench.streamlit_client import percentile
from bench.wall.screen import chromiums, screen
from bench.wall.stage import accelerated, stage

SCENE_S, SWITCHES = 4, 12
PATIENCE_S = 30.0


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """Two Chromium processes; the moments at which each changed, on the machine's one clock."""
    with stage(options, folder, **accelerated(SCENE_S)) as on, chromiums(2) as browsers:
        walls = [screen(browser) for browser in browsers]
        for wall in walls:
            wall.open(f"{on.wall.url}/kiosk/")
        for wall in walls:
            wall.wait("version", bool, PATIENCE_S)
        walls[0].page.wait_for_timeout(4000)  # a few heartbeats tell the server's clock
        for wall in walls:
            wall.moments()
        walls[0].page.wait_for_timeout(SCENE_S * 1000 * SWITCHES)
        told = [[m for m in wall.moments() if m.name == "scene"] for wall in walls]
    apart = []
    for one in told[0]:
        same = [m for m in told[1] if m.value == one.value and abs(m.changed_ms - one.changed_ms) < 1500]
        if same:
            apart.append(min(abs(m.changed_ms - one.changed_ms) for m in same))
    return [
        Measure("scene changes seen on both walls", len(apart), "", SWITCHES - 2, True),
        Measure("walls apart, worst", max(apart, default=float("inf")), "ms", 50.0, note=f"p50 {percentile(apart, 0.5):.0f} ms" if apart else ""),
    ]  # fmt: skip
