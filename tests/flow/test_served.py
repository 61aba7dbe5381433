"""实时客流 as it is served: fragments that ask anew who looks, and a real browser's address and requests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import update

from accounts import tokens
from data_access.account_tables import account
from data_access.engine import engine, writing
from tests.flow.lately import fill
from tests.helpers.signed_in import sign_in, signed_in
from tests.security.speaking import tab, words
from tests.web.conftest import ROOT, Server, serving

PATIENCE = 90_000


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Server]:
    """The product with its own pages, on a base whose feed has just been heard."""
    folder = tmp_path_factory.mktemp("flow")
    shutil.copy(sqlite_template, folder / "center.db")
    base = f"sqlite:///{folder / 'center.db'}"
    fill(engine(base))
    with serving(ROOT, base, folder / "log") as running:
        yield running


def test_a_fragment_asks_anew_who_looks(product: Server) -> None:
    """It runs without the main script, every fifteen seconds, long after the page was opened."""
    who = signed_in(product.base, "office")
    with tab(product.url, who.cookie) as line:
        assert "人在馆" in line.open("flow")
        fragments = sorted(line.fragments)
        assert len(fragments) >= 3
        drawn = "".join(line.again(fragment=fragment) for fragment in fragments)
        assert "人在馆" in drawn

        with writing(engine(product.base)) as connection:
            changed = update(account).where(account.c.name == who.account)
            connection.execute(changed.values(role="guide", unit="guide"))
        guided = "".join(line.again(fragment=fragment) for fragment in fragments)
        assert "不对您开放" in guided and "人在馆" not in guided

        sign_in(product.base, who.account)  # elsewhere: this session ends
        line.rerun(fragment=fragments[0])
        assert "人在馆" not in words(line.finish(5))


@pytest.mark.browser
def test_a_filter_stands_in_the_address_and_the_picture_comes_back(browser: Any, product: Server) -> None:
    """Filter → address → reload → the same picture, and nothing is asked of another host."""
    page = browser.new_page(viewport={"width": 1000, "height": 700}, locale="zh-CN")
    page.set_default_timeout(PATIENCE)  # a map without a graphics card keeps the browser busy
    who = signed_in(product.base, "leader")
    page.context.add_cookies([{"name": tokens.COOKIE, "value": who.cookie, "url": product.url}])
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    try:
        page.goto(f"{product.url}/flow")
        page.get_by_text("此刻全市 3 座场馆共有 135 人在馆").wait_for(timeout=PATIENCE)
        page.locator('[data-testid="stSelectbox"]').first.click()
        page.get_by_role("option", name="渝中").click()
        page.get_by_text("此刻渝中 2 座场馆共有 125 人在馆").wait_for(timeout=PATIENCE)
        page.locator('[data-testid="stDeckGlJsonChart"]').nth(1).wait_for(timeout=PATIENCE)
        address, before = page.url, picture(page)
        page.reload()
        page.get_by_text("此刻渝中 2 座场馆共有 125 人在馆").wait_for(timeout=PATIENCE)
        page.locator('[data-testid="stDeckGlJsonChart"]').nth(1).wait_for(timeout=PATIENCE)
        after = picture(page)
    finally:
        page.close()

    assert "district=%E6%B8%9D%E4%B8%AD" in address
    assert after == before and "91 人" not in before
    home = urlsplit(product.url).netloc
    foreign = [url for url in asked if urlsplit(url).netloc not in ("", home)]
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []


def picture(page: Any) -> str:
    """Everything the page says below its filters: the figures, the ranking, what needs a word."""
    return "\n".join(page.locator(".metrics, .bars, .notice").all_inner_texts())
