"""The wall in Chromium: what is seen at four sizes, what stays through a hundred changes, what stays without a server.

Places of names and figures do not depend on the graphics driver, so all but one test
run without WebGL; the maps' pictures have a test of their own.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.kiosk_scenes import sample
from tests.kiosk_scenes.served import ORDER, Wall

pytestmark = pytest.mark.browser
MEASURE, NAMES = ((Path(__file__).parent / name).read_text("utf-8") for name in ("measure.js", "names.js"))
PATIENCE_MS = 60_000
PAINTED = """(key) => {
  const canvas = document.querySelector(`[data-key="${key}"] canvas`);
  const d = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let [land, columns, sum, top, bottom] = [0, 0, 0, 1, 0];
  for (let i = 0; i < d.length; i += 4) {
    if (d[i + 3] > 200) {
      const y = Math.floor(i / 4 / canvas.width) / canvas.height;
      [land, top, bottom] = [land + 1, Math.min(top, y), Math.max(bottom, y)];
    }
    sum += d[i + 1];
    columns += d[i + 3] > 200 && d[i] > 150 && d[i] > d[i + 2] + 60;
  }
  const all = canvas.width * canvas.height;
  return { land: land / all, columns: columns / all, sum, middle: (top + bottom) / 2 };
}"""
VIEW = "{ longitude: 107.6, latitude: 30.1, zoom: 6.9, pitch: 42, bearing: -5, altitude: 4, width: 900, height: 700 }"
DECK_SEES = f"""(places) => {{
  const seen = new self.deck.WebMercatorViewport({VIEW});
  return places.map((place) => seen.project(place).slice(0, 2));
}}"""
CAMERA_SEES = f"""async ([address, places]) => {{
  const {{ Camera }} = await import(address);
  return places.map((place) => new Camera({VIEW}).project(...place));
}}"""
CHANGES = 100
NO_WEBGL = ["--disable-3d-apis", "--disable-gpu"]
STORED = """async () => {
  await navigator.serviceWorker.ready;
  while (!(await (await caches.open("kiosk-last")).match("/kiosk/last"))) await new Promise((done) => setTimeout(done, 50));
}"""
SIZES = [(1920, 1080, 1), (3840, 2160, 1), (5760, 1080, 3), (7680, 2160, 2)]
"""Width, height, scenes side by side."""


@pytest.fixture(scope="module")
def flat(browser: Browser) -> Iterator[Browser]:
    """Chromium without WebGL."""
    launched = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=NO_WEBGL)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def opened(flat: Browser) -> Iterator[tuple[Wall, Page]]:
    """One wall and one page for the tests that only look; `lit` puts both back to the beginning."""
    with Wall() as served:
        served.behind_ms = int((time.time() - sample.NOW.timestamp()) * 1000)
        served.state["pinned"] = "overview"
        context = flat.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
        page = context.new_page()
        page.asked = []  # type: ignore[attr-defined]
        page.said = []  # type: ignore[attr-defined]
        page.on("request", lambda request: page.asked.append(request.url))  # type: ignore[attr-defined]
        page.on("console", lambda message: page.said.append(message.text))  # type: ignore[attr-defined]
        page.goto(served.address)
        shows(page, scene="overview")
        yield served, page
        context.close()


@pytest.fixture
def lit(opened: tuple[Wall, Page]) -> tuple[Wall, Page]:
    """The wall of all tests, on the overview at 1920 × 1080."""
    wall, page = opened
    wall.state |= {
        "pinned": "overview", "mode": "lit", "message": None, "emergency": None, "welcome": None, "stale": False,
    }  # fmt: skip
    wall.put(sample.full())
    page.set_viewport_size({"width": 1920, "height": 1080})
    shows(page, scene="overview", state="lit", version=wall.version)
    return wall, page


def shows(page: Page, **data: Any) -> None:
    """Waits until <html> says so; under the wall's policy nothing can be evaluated by polling."""
    wanted = "".join(f'[data-{name}="{value}"]' for name, value in data.items())
    page.wait_for_selector(f"html{wanted}", state="attached", timeout=PATIENCE_MS)


def settled(page: Page) -> None:
    """Two frames for a new size to be heard of, and a moment for what follows from it."""
    page.evaluate(
        "document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))"
        ".then(() => new Promise((done) => setTimeout(done, 150)))"
    )


@pytest.mark.parametrize(("width", "height", "panels"), SIZES)
def test_nothing_is_cut_covered_small_or_left_empty(
    lit: tuple[Wall, Page], width: int, height: int, panels: int
):
    """Every scene at the four sizes of the order; walls that are wide show several scenes."""
    wall, page = lit
    page.set_viewport_size({"width": width, "height": height})
    problems: list[str] = []
    seen: set[str] = set()
    for key in (*ORDER[::panels], "welcome"):
        if key == "welcome":
            wall.state["welcome"] = {"name": "四川省体育局、成都体育学院联合代表团", "until_ms": None}
        else:
            wall.state["pinned"] = key
        shows(page, scene=key)
        settled(page)
        found = page.evaluate(MEASURE)
        problems += found["wrong"]
        seen |= set(found["scenes"])
        assert found["panels"] == (1 if key == "welcome" else panels)
        assert found["used"] >= 0.9 or key == "welcome", (key, found["used"])
    assert not problems, "\n".join(problems)
    assert seen >= set(ORDER)


def test_every_request_stays_and_every_glyph_is_bundled(lit: tuple[Wall, Page]):
    """No host but its own; a character no bundled font has would come from the system's fonts."""
    wall, page = lit
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    used: dict[str, bool] = {}
    for key in ORDER:
        wall.state["pinned"] = key
        shows(page, scene=key)
        settled(page)
    for node in session.send("DOM.getFlattenedDocument", {"depth": -1})["nodes"]:
        if node["nodeType"] == 3 and node["nodeValue"].strip() and node.get("parentId"):
            fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node["parentId"]})["fonts"]
            used |= {font["familyName"]: font["isCustomFont"] for font in fonts}

    own = urlsplit(wall.address).netloc
    assert {urlsplit(url).netloc for url in page.asked if not url.startswith("data:")} == {own}
    assert used and all(used.values()), used
    assert not [name for name in wall.asked if "rare" in name], "the districts' names are common characters"
    assert not [text for text in page.said if "Content Security Policy" in text]


def test_a_hundred_changes_of_the_data_replace_no_node(lit: tuple[Wall, Page]):
    """Figures are written into the nodes that are there: no chart flashes, nothing grows."""
    wall, page = lit
    settled(page)
    page.evaluate(
        "window.kept = [...document.querySelectorAll('.scene, .block, .block svg, .block canvas, .block path, .figure *')]"
    )
    before = page.evaluate("document.querySelectorAll('*').length")
    for i in range(CHANGES):
        wall.put(sample.full(sample.NOW, scale=1 + (i + 1) / 1000))
        shows(page, version=wall.version)
    assert page.evaluate("window.kept.filter((node) => !node.isConnected).length") == 0
    assert page.evaluate("document.querySelectorAll('*').length") == before
    assert page.text_content('[data-key="overview"] [data-block="entries"] .value span') == "95,053"


def test_words_of_a_name_are_words(lit: tuple[Wall, Page]):
    """Whatever a guide types or a unit is called is text on the wall."""
    wall, page = lit
    wall.state["message"] = {"text": "<img src=x onerror=alert(1)>请到二楼", "until_ms": None}

    page.wait_for_selector("#message.is-on")

    assert page.text_content("#message") == "<img src=x onerror=alert(1)>请到二楼"
    assert page.locator("#message *").count() == 0


def test_emergency_message_and_darkness_lie_over_everything(lit: tuple[Wall, Page]):
    """And go by themselves when their time is over, also on a wall that has lost its server."""
    wall, page = lit
    soon = int(time.time() * 1000) - wall.behind_ms + 1500
    wall.state["emergency"] = {"text": "请有序从东侧出口离开", "until_ms": soon}
    shows(page, state="emergency")
    assert page.is_visible("#emergency")
    page.wait_for_selector("#emergency", state="hidden")

    wall.state |= {"emergency": None, "mode": "dark"}
    shows(page, state="dark")
    assert not page.is_visible('[data-key="overview"]')


def test_old_data_say_how_old_they_are(lit: tuple[Wall, Page]):
    """The database is gone: the figures stay, with their time and their age."""
    wall, page = lit
    wall.state |= {"stale": True, "written_at_ms": int(time.time() * 1000) - wall.behind_ms - 180_000}
    shows(page, age="old")

    assert re.fullmatch(r"数据截至 \d\d:\d\d:\d\d（3 分钟前）", page.text_content("#age") or "")


def test_the_beat_tells_what_was_painted(lit: tuple[Wall, Page]):
    wall, page = lit
    deadline = time.monotonic() + 30
    while not wall.beats and time.monotonic() < deadline:
        page.wait_for_timeout(100)

    beat = wall.beats[0]
    assert beat["scene"] == "overview" and beat["mode"] == "lit" and beat["held"] is True
    assert "overview" in beat["shown"] and beat["frames"] >= 0 and len(beat["screen"]) <= 32


def test_a_wall_without_its_server_shows_the_last_picture(flat: Browser):
    """Started while the server is down: page and figures out of the browser's store; back by itself."""
    figure = '[data-key="overview"] [data-block="entries"] .value span'
    context = flat.new_context(viewport={"width": 960, "height": 540}, reduced_motion="reduce")
    with Wall() as first:
        page = context.new_page()
        page.goto(first.address)
        page.evaluate(STORED)
        port = urlsplit(first.address).port or 0
    page.close()

    page = context.new_page()
    page.goto(first.address)
    page.wait_for_selector(
        'html[data-link="lost"]:not([data-scene=""])', state="attached", timeout=PATIENCE_MS
    )
    assert page.text_content(figure) == "86,412"
    page.wait_for_selector('html[data-age="old"]', state="attached", timeout=PATIENCE_MS)

    with Wall(sample.full(scale=1.01), port=port):
        shows(page, link="live", version=1)
        deadline = time.monotonic() + 30
        while page.text_content(figure) != "87,276" and time.monotonic() < deadline:
            page.wait_for_timeout(50)
        assert page.text_content(figure) == "87,276"
    context.close()


def test_walls_agree_on_the_scene_whatever_their_own_clocks_say(lit: tuple[Wall, Page]):
    """The plan is a function of the server's clock; on three panels one changes at a time and none moves."""
    wall, page = lit
    plans = page.evaluate(
        """async (address) => {
          const { plan } = await import(address);
          const order = ["a", "b", "c", "d"].map((key) => ({ key, seconds: 10 }));
          const at = (s, panels, more = {}) => plan({ order, anchor_ms: 0, ...more }, s * 1000, panels, (key) => key !== "gone");
          const walk = [];
          for (let s = 0; s < 80; s += 10) walk.push(Object.fromEntries(at(s, 3).shown.map((x) => [x.panel, x.key])));
          return { walk, one: at(25, 1), pinned: at(25, 2, { pinned: "d" }), gone: at(5, 1, { pinned: "gone" }).leading };
        }""",
        script(wall, "timeline"),
    )

    for before, after in zip(plans["walk"], plans["walk"][1:], strict=False):
        assert len(after) == 3 and len(set(after.values())) == 3
        assert sum(before[panel] != after[panel] for panel in after) == 1
    assert plans["one"] == {"shown": [{"key": "c", "panel": 0}], "leading": "c", "next": 30_000}
    assert plans["pinned"]["shown"][0]["key"] == "d"
    assert plans["gone"] == "a"


def script(wall: Wall, name: str) -> str:
    """The address of one of the wall's modules."""
    return "/kiosk/assets/" + next(file for file in wall.files.files if file.startswith(f"{name}."))


def test_late_messages_do_not_set_the_clock_back_but_a_step_of_the_server_does(lit: tuple[Wall, Page]):
    """A page that was busy for two seconds reads its messages late: the server's clock has not moved."""
    wall, page = lit
    off = page.evaluate(
        """async (address) => {
          const { Clock } = await import(address);
          const clock = new Clock();
          const hear = (...ms) => ms.map((m) => { clock.heard(performance.now() + m); return Math.round(clock.now() - performance.now()); }).at(-1);
          return {
            first: hear(4000), sooner: hear(5000), late: hear(3100, 4100, 3600), again: hear(5000),
            ahead: hear(9000), back: hear(2000, 2010, 2005, 2003, 2001, 2002),
          };
        }""",
        script(wall, "clock"),
    )

    wanted = {"first": 4000, "sooner": 5000, "late": 5000, "again": 5000, "ahead": 9000, "back": 2010}
    assert {name: abs(ms - wanted[name]) <= 2 for name, ms in off.items()} == dict.fromkeys(wanted, True), off


def test_a_change_that_was_missed_is_fetched_while_heartbeats_go_on(lit: tuple[Wall, Page]):
    """Each heartbeat names the version: the second one must not put off what the first one has asked for."""
    wall, page = lit
    got = page.evaluate(
        """async (address) => {
          const { Link } = await import(address);
          const got = [];
          const link = new Link({ state() {}, changed() {}, data: (data) => got.push(data.version) });
          Object.assign(link, { told: -1, version: 0, isWhole: true });
          for (let i = 0; i < 10; i++) {
            link.expect();
            await new Promise((done) => setTimeout(done, 100));
          }
          link.told = link.version;
          return got;
        }""",
        script(wall, "link"),
    )

    assert got and set(got) == {wall.version}


def test_the_map_is_a_picture_and_one_context_draws_them_all(browser: Browser):
    """Every map keeps its own picture; a single WebGL context has painted them."""
    software = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with Wall(order=("overview", "live")) as wall:
        drawing = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=software)
        page = drawing.new_page(viewport={"width": 960, "height": 540}, reduced_motion="reduce")
        wall.state["pinned"] = "overview"
        page.goto(wall.address)
        page.wait_for_selector('[data-key="overview"] canvas[data-drawn]', timeout=PATIENCE_MS)
        page.wait_for_selector('[data-key="live"] canvas[data-drawn]', state="attached", timeout=PATIENCE_MS)
        overview, live = page.evaluate(PAINTED, "overview"), page.evaluate(PAINTED, "live")
        assert 0.2 < overview["land"] < 0.8, "the city fills its place, the ground shows around it"
        assert 0.2 < live["land"] < 0.8
        assert [round(seen["middle"], 1) for seen in (overview, live)] == [0.5, 0.5], (
            "each picture is drawn for its own map's size"
        )
        assert overview["columns"] > 0.0005 > live["columns"], (
            "each map has its own picture, not the one before"
        )
        (thread,) = page.workers
        places = [[106.55, 29.56, 0], [109.88, 31.07, 11_000], [105.4, 29.3, 5_000], [108.99, 28.5, 40_000]]
        deck = thread.evaluate(DECK_SEES, places)
        here = page.evaluate(CAMERA_SEES, [script(wall, "camera"), places])
        drawing.close()
    apart = [
        abs(a - b) for one, other in zip(deck, here, strict=True) for a, b in zip(one, other, strict=True)
    ]
    assert len(apart) == 8 and max(apart) < 0.05, "names and lights stand where deck.gl draws their places"


def test_without_a_graphics_driver_the_city_is_drawn_all_the_same(lit: tuple[Wall, Page]):
    """The first picture does not wait for deck.gl, and where none comes it stays and follows the figures."""
    wall, page = lit
    settled(page)
    before = page.evaluate(PAINTED, "overview")
    assert 0.2 < before["land"] < 0.8 and before["columns"] > 0.0005

    unlit = [dataclasses.replace(d, entries=0) for d in sample.full().districts.items]
    darker = dataclasses.replace(sample.full().districts, items=tuple(unlit))
    wall.put(dataclasses.replace(sample.full(), districts=darker))
    shows(page, version=wall.version)
    deadline = time.monotonic() + 20
    while (after := page.evaluate(PAINTED, "overview"))["sum"] > 0.9 * before[
        "sum"
    ] and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert after["sum"] < 0.9 * before["sum"] and 0.2 < after["land"] < 0.8


def test_names_of_districts_stand_clear_of_the_lights_and_stay_where_they_are(lit: tuple[Wall, Page]):
    """Also when every figure is another: a name that moves with the data would move without meaning."""
    wall, page = lit
    wall.state["pinned"] = "live"
    shows(page, scene="live")
    settled(page)
    before = page.evaluate(NAMES, "live")
    assert len(before["places"]) >= 20 and before["lights"] >= 10
    assert not before["under"]

    wall.put(sample.full(sample.NOW, scale=0.4))
    shows(page, version=wall.version)
    settled(page)
    assert page.evaluate(NAMES, "live")["places"] == before["places"]


def test_measuring_notices_what_is_wrong(lit: tuple[Wall, Page]):
    """A measure that always says yes would be worse than none."""
    _, page = lit
    settled(page)
    page.evaluate(
        """() => { const note = document.querySelector('[data-key="overview"] [data-block="records"] .note');
          note.style.fontSize = "12px"; const value = document.querySelector('[data-block="entries"] .label span');
          value.style.position = "relative"; value.style.top = "-60px"; }"""
    )

    wrong = json.dumps(page.evaluate(MEASURE)["wrong"], ensure_ascii=False)
    assert "is 12.0 px" in wrong and "leaves its block" in wrong
