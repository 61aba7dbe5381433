"""The wall as it hangs in the hall, small: killed, cut off, started alone; and what was painted meanwhile.

One server and one Chromium serve all of it; the long versions are `python -m bench wall`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.wall.figures import Figures
from bench.wall.frames import Screencast, faults
from bench.wall.proxy import Proxy
from bench.wall.screen import Screen
from bench.wall.served import Served
from bench.wall.stage import accelerated
from tests.kiosk.published import publish

pytestmark = pytest.mark.browser
SCENE_S = 2
SIZE = {"width": 960, "height": 540}
PATIENCE_S = 60.0
"""What a busy machine is given; the goals of wall.md are measured by the bench."""


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Figures]]:
    folder = tmp_path_factory.mktemp("hall")
    target = folder / "wall" / "snapshot.json"
    figures = Figures(publish(target, dt.datetime.now(dt.UTC)), target)
    with Served(folder, target, accelerated(SCENE_S, ("overview", "live", "flow"))) as served:
        yield served, figures


def opened(browser: Any, port: int) -> Screen:
    seen = Screen(browser.new_context(viewport=SIZE).new_page())
    seen.open(f"http://127.0.0.1:{port}/kiosk/")
    seen.wait("version", bool, PATIENCE_S)
    seen.wait("scene", bool, PATIENCE_S)
    return seen


def renewed(seen: Screen, figures: Figures) -> None:
    """The next state of the figures comes to the wall."""
    old = seen.data("version")
    figures.write()
    seen.wait("version", lambda value: value not in ("", old), PATIENCE_S)


def test_scenes_change_and_the_server_is_killed_without_a_bad_frame(wall, browser):
    """Three changes, a kill, a return: on the wall stands a scene the whole time, then the new figures."""
    served, figures = wall
    seen = opened(browser, served.port)
    looking = browser.new_context().new_page()
    seen.page.wait_for_timeout(1500)
    with Screencast(seen, 240) as cast:
        for _ in range(2):
            scene = seen.data("scene")
            seen.wait("scene", lambda value, old=scene: value != old, PATIENCE_S)
            renewed(seen, figures)
        served.kill()
        scene = seen.data("scene")
        seen.wait("scene", lambda value: value not in ("", scene), PATIENCE_S)  # it turns without a server
        seen.wait("link", lambda value: value == "lost", PATIENCE_S)
        old = seen.data("version")
        figures.write()
        served.start()
        seen.wait("version", lambda value: value != old, PATIENCE_S)
    bad = faults(cast.frames(looking), cast.switches)
    words = seen.page.evaluate("() => document.body.innerText")
    seen.page.context.close()
    looking.context.close()

    assert bad.all == 0, bad
    assert not seen.errors
    assert not any(word in words for word in ("Traceback", "Error", "127.0.0.1", "Errno"))


def test_a_reset_and_a_black_hole_are_survived(wall, browser):
    """A line that swallows everything looks open: only silence tells."""
    served, figures = wall
    with Proxy(served.port) as line:
        seen = opened(browser, line.port)
        line.reset()
        renewed(seen, figures)
        line.swallow()
        seen.wait("link", lambda value: value == "lost", PATIENCE_S)
        assert seen.data("scene")
        line.flow()
        seen.wait("link", lambda value: value == "live", PATIENCE_S)
        renewed(seen, figures)
        seen.page.context.close()


def test_a_browser_started_while_the_server_is_down_shows_the_last_picture(wall, browser):
    """After a power cut the hall's computer is often faster than the server."""
    served, figures = wall
    first = opened(browser, served.port)
    first.page.wait_for_function(
        "() => caches.keys().then(names => names.length >= 2)", timeout=PATIENCE_S * 1000
    )
    first.page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    first.page.wait_for_timeout(1000)
    context = first.page.context
    first.page.close()
    served.kill()

    alone = Screen(context.new_page())
    alone.open(f"{served.url}/kiosk/")
    alone.wait("scene", bool, PATIENCE_S)
    assert alone.data("link") == "lost"
    alone.page.wait_for_function(  # scenes are hung one after another, the one of now first
        "() => document.body.textContent.includes('基础数据库累计汇聚')", timeout=PATIENCE_S * 1000
    )

    old = alone.data("version")
    figures.write()
    began = time.monotonic()
    served.start()
    alone.wait("version", lambda value: value != old, PATIENCE_S)
    assert time.monotonic() - began < PATIENCE_S
    context.close()


def test_nothing_of_the_wall_names_a_database(wall):
    """The process that hangs in the hall has been given none."""
    served, _ = wall
    environment = Path(f"/proc/{served.pid}/environ").read_bytes()

    assert (
        b"DATABASE" not in environment and b"sqlite" not in environment and b"PGPASSWORD" not in environment
    )
