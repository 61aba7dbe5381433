"""本处室 in a real browser: nothing of a table is cut at 1600×1000, and the page prints on one A4."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts import tokens
from data_access.calendar import today
from data_access.engine import engine
from tests.delivery.histories import send
from tests.helpers import pdf
from tests.helpers.rows import changed, valid_rows
from tests.helpers.signed_in import signed_in
from tests.pages.test_main_path import EVENT, PATIENCE, product
from tests.web.conftest import Server

__all__ = ["product"]
pytestmark = pytest.mark.browser
CUT = """() => [...document.querySelectorAll('.folded > div')].filter(e => e.scrollWidth > e.clientWidth + 1).length"""


def test_ones_own_page_shows_whole_tables_and_prints_on_one_a4(
    browser: Any, product: Server, embedded: str
) -> None:
    """With dozens of overdue items and a dozen refused files: the most urgent stand there, with how many there are."""
    for n in range(12):
        day = today() - dt.timedelta(days=12 - n)
        rows = valid_rows(EVENT, 2, start=10 * n, received_on=day)
        send(
            engine(embedded), EVENT, [rows[0], changed(rows[1], participant_count=None)], on=day,
            unit="500101", file_name=f"万州区群众体育赛事活动情况第{n}次报送.csv",
        )  # fmt: skip
    page = browser.new_page(viewport={"width": 1600, "height": 1000}, locale="zh-CN")
    clerk = signed_in(embedded, "department", "mass_sport")
    page.context.add_cookies([{"name": tokens.COOKIE, "value": clerk.cookie, "url": product.url}])
    try:
        page.goto(f"{product.url}/own")
        page.get_by_text("最近 5 项，共 12 项").wait_for(timeout=PATIENCE)
        assert page.evaluate(CUT) == 0
        assert page.locator(".folded[open]").count() == 3

        printed = pdf.pages(page.pdf(prefer_css_page_size=True))
    finally:
        page.context.close()

    assert len(printed) == 1
    assert "第11次报送" in printed[0] and "去报送数据" not in printed[0] and "退出登录" not in printed[0]
