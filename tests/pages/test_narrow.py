"""Pages on half the width: a tablet in portrait, or text at 200 %."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import tokens
from tests.helpers.signed_in import signed_in
from tests.pages.test_main_path import PATIENCE, product
from tests.web.conftest import Server

__all__ = ["product"]
pytestmark = pytest.mark.browser


def test_columns_stand_below_each_other_at_200_percent(browser: Any, product: Server, embedded: str) -> None:
    """Beside the side bar the facts of a category stood with one character a line."""
    page = browser.new_page(viewport={"width": 800, "height": 500}, locale="zh-CN")
    clerk = signed_in(embedded, "department", "mass_sport")
    page.context.add_cookies([{"name": tokens.COOKIE, "value": clerk.cookie, "url": product.url}])
    try:
        page.goto(f"{product.url}/deliveries")
        page.get_by_text("这里显示检查和报送的结果").wait_for(timeout=PATIENCE)
        left, right = (page.locator('[data-testid="stColumn"]').nth(n).bounding_box() for n in (0, 1))
        fact = page.get_by_text("一项次群众体育赛事活动", exact=True).bounding_box()
    finally:
        page.close()

    assert left["x"] == right["x"] and right["y"] > left["y"]
    assert fact["height"] < 40
