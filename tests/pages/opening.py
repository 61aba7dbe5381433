"""Opens one page as a role, on a given base, through Streamlit's own runner."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access.settings import settings

LEADER = "局领导"
OFFICE = "局办公室"
MASS_SPORT = "处室 · 群体处"
WANZHOU = "区县 · 万州"
OPERATIONS = "运维团队"
SECONDS = 60


@pytest.fixture
def on_base(embedded: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings point to a fresh, prepared base; its URL."""
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    settings.cache_clear()
    yield embedded
    settings.cache_clear()


def open_page(module: str, who: str, **query: str) -> AppTest:
    """Run `pages.<module>` as `who` with these values in the URL."""
    page = AppTest.from_string(f"import pages.{module} as page\npage.render()", default_timeout=SECONDS)
    page.session_state["who"] = who
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


def words(page: AppTest) -> str:
    """All text a reader sees outside tables and charts."""
    found = [*page.title, *page.caption, *page.markdown]
    texts = [str(element.value) for element in found]
    texts += [str(getattr(element.proto, "body", "")) for element in page.get("html")]
    texts += [f"{metric.label} {metric.value}" for metric in page.metric]
    return "\n".join(texts)
