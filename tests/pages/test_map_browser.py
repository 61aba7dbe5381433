"""场馆地图 in a real browser: a filter stands in the address, the address brings the same picture, nobody else is asked.

A picture stands on the map's place until its deck is painted, and shows what the deck will show.
"""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from PIL import Image

from accounts import tokens
from data_access.calendar import today
from data_access.engine import engine, writing
from data_access.schema import setting
from tests.delivery.histories import send
from tests.helpers.signed_in import server_environment, signed_in
from tests.pages.test_map import SURVEY, survey_row
from tests.web.conftest import ROOT, Server, _wait, command, free_port

pytestmark = pytest.mark.browser
PATIENCE = 120_000


@pytest.fixture
def product(embedded: str, tmp_path: Path) -> Iterator[Server]:
    """The product on a demonstration base with courts in two districts."""
    with writing(engine(embedded)) as connection:
        connection.execute(setting.insert().values(key="kind", value="demo"))
    rows = [survey_row(n, "万州区" if n % 2 else "北碚区") for n in range(6)]
    send(engine(embedded), SURVEY.category, rows, unit="500101", on=today())
    running = Server(f"http://127.0.0.1:{free_port()}", tmp_path / "log")
    port = int(running.url.rsplit(":", 1)[1])
    environment = {**os.environ, **server_environment(), "SPORTS_DATABASE_URL": embedded}
    with running.log_file.open("w") as log:
        process = subprocess.Popen(command(ROOT, port), env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(running, process)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=20)


PICTURES = ".map-picture"
LOOKS = """(() => {
  window.shown = [];
  const look = () => {
    const first = document.querySelector(".map-picture");
    window.shown.push(first === null ? "none" : first.hidden ? "deck" : "picture");
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
"""What stands on the first map's place, frame by frame."""
SCROLLED = (
    "Math.max(...[...document.querySelectorAll('[data-testid=stMain], html')].map((one) => one.scrollTop))"
)


def picture(page: Any) -> np.ndarray:
    """The first deck as it is painted, once nothing runs any more and both pictures have given way."""
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached", timeout=PATIENCE)
    page.mouse.move(1, 1)
    page.locator(f"{PICTURES}[hidden]").nth(1).wait_for(state="attached", timeout=PATIENCE)
    return shot(page)


def shot(page: Any) -> np.ndarray:
    content = page.locator("[data-testid=stDeckGlJsonChart]").first.screenshot(timeout=PATIENCE)
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), dtype=np.int16)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Share of squares of six pixels that look different: letters and edges are not painted alike to the pixel."""
    height, width = (size // 6 * 6 for size in one.shape[:2])
    squares = [
        p[:height, :width].reshape(height // 6, 6, width // 6, 6, 3).mean(axis=(1, 3)) for p in (one, other)
    ]
    return float((abs(squares[0] - squares[1]).max(axis=2) > 24).mean())


def stages(page: Any) -> list[str]:
    """What was shown one after the other since it was asked last."""
    seen = page.evaluate("window.shown.splice(0)")
    return [one for n, one in enumerate(seen) if n == 0 or seen[n - 1] != one]


def test_a_filter_is_seen_at_once_and_in_the_address_which_brings_the_same_picture(
    browser: Any, product: Server, embedded: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    who = signed_in(embedded, "office", "office")
    page.context.add_cookies([{"name": tokens.COOKIE, "value": who.cookie, "url": product.url}])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(LOOKS)
    try:
        page.goto(f"{product.url}/map")
        page.get_by_text("年全市有体育场地 6 处").wait_for(timeout=PATIENCE)
        before = picture(page)
        opened = stages(page)
        page.evaluate("document.querySelectorAll('.map-picture').forEach(one => { one.hidden = false; })")
        drawn = shot(page)
        page.evaluate("document.querySelectorAll('.map-picture').forEach(one => { one.hidden = true; })")
        stages(page)
        page.get_by_role("combobox", name="图层").click(timeout=PATIENCE)
        page.get_by_role("option", name="六边形").click(timeout=PATIENCE)
        page.get_by_text("左图每格场地数").wait_for(timeout=PATIENCE)
        chosen = picture(page)
        filtered = stages(page)
        assert "layer=六边形" in unquote(page.url)
        page.reload()
        page.get_by_text("左图每格场地数").wait_for(timeout=PATIENCE)
        again = picture(page)
        stages(page)
        page.locator("[data-testid=stDeckGlJsonChart]").first.hover(timeout=PATIENCE)
        before_wheel, scrolled = shot(page), page.evaluate(SCROLLED)
        page.mouse.wheel(0, 40)
        page.get_by_text("按住 Ctrl 键").wait_for(timeout=PATIENCE)
        page.wait_for_function(f"({SCROLLED}) > {scrolled}", timeout=PATIENCE)
        page.get_by_text("按住 Ctrl 键").wait_for(state="hidden", timeout=PATIENCE)
        after_wheel = shot(page)
        page.keyboard.down("Control")
        page.mouse.wheel(0, -300)
        page.keyboard.up("Control")
        page.mouse.move(1, 1)
        page.get_by_role("combobox", name="图层").click(timeout=PATIENCE)
        page.get_by_role("option", name="区县").click(timeout=PATIENCE)
        page.get_by_text("左图每格场地数").wait_for(state="detached", timeout=PATIENCE)
        page.locator(f"{PICTURES}[hidden]").nth(1).wait_for(state="attached", timeout=PATIENCE)
        moved = stages(page)
    finally:
        page.context.close()

    assert opened[-2:] == ["picture", "deck"], "nothing was seen before deck.gl had painted"
    assert filtered == ["deck", "picture", "deck"], "a filter was not seen before deck.gl had painted it"
    assert apart(before_wheel, after_wheel) == 0, "a wheel that scrolls the page moved the map under it"
    assert moved == ["deck"], "the picture of another view lay over a deck that had been moved"
    assert apart(drawn, before) < 0.03 < 0.1 < apart(drawn, chosen), (
        "the picture shows something else than the deck that follows it, or any picture would do"
    )
    assert chosen.shape == again.shape
    assert (abs(chosen - again).max(axis=2) > 24).mean() < 0.01, "the same address, another picture"
    assert (abs(chosen - before).max(axis=2) > 24).mean() > 0.02, (
        "a map that never changes would prove nothing"
    )
    assert len({tuple(p) for p in chosen.reshape(-1, 3)}) > 20, "nothing was painted"
    ours = urlsplit(product.url).netloc
    foreign = [
        url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != ours
    ]
    assert asked and foreign == []
