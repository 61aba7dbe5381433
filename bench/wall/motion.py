"""Point 7, motion: how evenly a scene comes on and its lights breathe, and that nothing is painted between events."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.results import Measure
from bench.streamlit_client import percentile
from bench.wall.frames import Screencast
from bench.wall.screen import Screen, chromium, screen
from bench.wall.stage import accelerated, stage

SCENE_S, MOVING, STILL = 14, "live", "facilities"
FADES, FADE_S, BREATHS_S, STILL_S = 3, 0.7, 8.0, 8.0
PATIENCE_S = 60.0
GPU_GOAL = 60.0
"""Frames a second, where there is a graphics card; a screen's own rhythm differs from it by less than one."""
TICKS = """
(seconds) => new Promise(done => {
  const found = [];
  const end = performance.now() + seconds * 1000;
  let last = 0;
  const tick = (now) => {
    if (last) found.push(now - last);
    last = now;
    performance.now() < end ? requestAnimationFrame(tick) : done(found);
  };
  requestAnimationFrame(tick);
})
"""
"""Milliseconds from frame to frame: the page is asked once a frame, when the compositor has taken the last one."""
RENDERER = """
() => {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  const told = gl?.getExtension("WEBGL_debug_renderer_info");
  return told ? gl.getParameter(told.UNMASKED_RENDERER_WEBGL) : "none";
}
"""
RUNNING = "() => document.getAnimations().filter(one => one.playState === 'running').length"
PROPERTIES = """
() => [...new Set(document.getAnimations().filter(one => one.playState === "running")
  .flatMap(one => one.effect.getKeyframes()).flatMap(frame => Object.keys(frame)))]
  .filter(name => !["offset", "computedOffset", "easing", "composite"].includes(name))
"""


def measure(options: argparse.Namespace, folder: Path) -> list[Measure]:
    """Scenes take turns; data do not change. First frames of motion, then of stillness."""
    with stage(options, folder, **accelerated(SCENE_S, (MOVING, STILL))) as on, chromium() as browser:
        seen = screen(browser)
        seen.open(f"{on.wall.url}/kiosk/")
        seen.wait("scene", bool, PATIENCE_S)
        seen.drawn(PATIENCE_S)
        renderer = seen.page.evaluate(RENDERER)
        goal = None if "swiftshader" in renderer.lower() or renderer == "none" else GPU_GOAL
        fades = [gap for _ in range(FADES) for gap in _fade(seen)]
        breaths, moved = _breathing(seen)
        painted, running = _still(seen)
    return [
        _frames_a_second("a scene coming on", fades, goal, renderer),
        _frames_a_second("lights breathing", breaths, goal, "moving: " + "、".join(moved)),
        Measure("moving properties that need a new layout or painting", len(set(moved) - {"opacity", "transform"}), "", 0.0),
        Measure(f"frames painted in {STILL_S:.0f} s of a still scene", painted, "", STILL_S, note="at most the clock's: one a second"),
        Measure("animations running in it", running, "", 0.0),
    ]  # fmt: skip


def _frames_a_second(what: str, gaps: list[float], goal: float | None, note: str) -> Measure:
    """By the middle of the gaps: a screen shows a frame at its own beats."""
    middle = percentile(gaps, 0.5)
    said = f"p95 {percentile(gaps, 0.95):.0f} ms apart; {note}"
    return Measure(f"frames a second, {what}", round(1000 / middle, 0), "", goal, at_least=True, note=said)


def _on(seen: Screen, scene: str) -> None:
    """Waits until the scene has just come on."""
    seen.wait("scene", lambda value: value not in ("", scene), PATIENCE_S)
    seen.wait("scene", lambda value: value == scene, PATIENCE_S)


def _fade(seen: Screen) -> list[float]:
    """The next change of scenes, from its first frame."""
    now = seen.data("scene")
    seen.wait("scene", lambda value: value not in ("", now), PATIENCE_S)
    return seen.page.evaluate(TICKS, FADE_S)


def _breathing(seen: Screen) -> tuple[list[float], list[str]]:
    _on(seen, MOVING)
    seen.page.wait_for_timeout(2000)
    gaps = seen.page.evaluate(TICKS, BREATHS_S)
    return gaps, seen.page.evaluate(PROPERTIES)


def _still(seen: Screen) -> tuple[int, int]:
    """(frames the compositor painted, animations) while nothing happens; the heartbeat goes on."""
    _on(seen, STILL)
    seen.page.wait_for_timeout(3000)
    with Screencast(seen) as cast:
        seen.page.wait_for_timeout(int(STILL_S * 1000))
    return len(cast.raw), seen.page.evaluate(RUNNING)
