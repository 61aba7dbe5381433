"""Point 2: what was painted over eight scene changes while the figures behind come slowly."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.results import Measure
from bench.wall.frames import Screencast, faults
from bench.wall.screen import Screen, chromium, screen
from bench.wall.stage import Stage, Writer, accelerated, stage

SCENE_S, CHANGES, SLOW_S = 7, 8, 3.0
DATA_CHANGES = 100
PATIENCE_S = 30.0
MARK = """
() => {
  self.__roots = [...document.querySelectorAll("#scenes section, #scenes canvas, #scenes svg")];
  return self.__roots.length;
}
"""
STILL_THERE = "() => self.__roots.filter(root => root.isConnected).length"


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """About a minute of screencast, then a hundred data changes."""
    with stage(options, folder, **accelerated(SCENE_S)) as on, chromium() as browser:
        seen = screen(browser)
        looking = browser.new_context().new_page()
        seen.open(f"{on.wall.url}/kiosk/")
        seen.wait("version", bool, PATIENCE_S)
        seen.wait("scene", bool, PATIENCE_S)
        seen.page.wait_for_timeout(3000)  # the first picture comes up out of the dark once
        with Screencast(seen) as cast, Writer(on.figures, SLOW_S):
            changes = _wait_for_changes(seen, CHANGES)
        frames = cast.frames(looking)
        marked = seen.page.evaluate(MARK)
        _hundred_changes(on, seen)
        kept = seen.page.evaluate(STILL_THERE)
    bad = faults(frames, cast.switches)
    span = frames[-1].at - frames[0].at
    return [
        Measure("painted frames looked at", len(frames), "", note=f"{changes} scene changes in {span:.0f} s, a new snapshot every 3 s"),
        Measure("blank frames", bad.blank, "", 0.0),
        Measure("white frames", bad.white, "", 0.0),
        Measure("dimmed frames", bad.dimmed, "", 0.0),
        Measure(f"roots replaced in {DATA_CHANGES} data changes", marked - kept, "", 0.0, note=f"of {marked} scenes, canvases and pictures"),
    ]  # fmt: skip


def _wait_for_changes(seen: Screen, wanted: int) -> int:
    changes, scene = 0, seen.data("scene")
    while changes < wanted:
        seen.wait("scene", lambda value, old=scene: value not in ("", old), 4 * SCENE_S)
        scene, changes = seen.data("scene"), changes + 1
    seen.page.wait_for_timeout(3000)
    return changes


def _hundred_changes(on: Stage, seen: Screen) -> None:
    for _ in range(DATA_CHANGES):
        version = seen.data("version")
        on.figures.write()
        seen.wait("version", lambda value, old=version: value not in ("", old), PATIENCE_S)
