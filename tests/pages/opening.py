"""Opens one page as somebody who is logged in, on a given base, through Streamlit's own runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access.settings import settings
from tests.helpers.signed_in import SignedIn, signed_in, usual_unit


@dataclass(frozen=True)
class Person:
    """A role in a unit; the account and its session are made when the page is opened."""

    role: str
    unit: str

    def log_in(self) -> SignedIn:
        """On the base that the settings name."""
        return signed_in(settings().database.url, self.role, self.unit)


LEADER = Person("leader", "leader")
OFFICE = Person("office", "office")
MASS_SPORT = Person("department", "mass_sport")
WANZHOU = Person("district", "500101")
LOTTERY = Person("affiliated", "lottery_center")
OPERATIONS = Person("operations", "operations")
GUIDE = Person("guide", "guide")
SECONDS = 60


def person(role: str) -> Person:
    """Somebody of this role."""
    return Person(role, usual_unit(role))


@pytest.fixture
def on_base(embedded: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The settings point to a fresh, prepared base; its URL."""
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    settings.cache_clear()
    yield embedded
    settings.cache_clear()


def open_page(module: str, who: Person | SignedIn, **query: str) -> AppTest:
    """Run `pages.<module>` as `who` with these values in the URL."""
    page = AppTest.from_string(f"import pages.{module} as page\npage.render()", default_timeout=SECONDS)
    return run_as(page, who, **query)


def open_script(
    script: Callable[..., None], who: Person | SignedIn, *arguments: Any, **query: str
) -> AppTest:
    """Run a function as the script of a page."""
    return run_as(AppTest.from_function(script, default_timeout=SECONDS, args=arguments), who, **query)


def run_as(page: AppTest, who: Person | SignedIn, **query: str) -> AppTest:
    page.user = (who.log_in() if isinstance(who, Person) else who).user
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


def key_of_table(page: AppTest, number: int = 0) -> str:
    """The key of a table whose rows may be chosen: its element's id ends with it."""
    return page.dataframe[number].proto.id.split("-", 2)[2]


def words(page: AppTest) -> str:
    """All text a reader sees outside tables and charts."""
    found = [*page.title, *page.caption, *page.markdown]
    texts = [str(element.value) for element in found]
    texts += [str(getattr(element.proto, "body", "")) for element in page.get("html")]
    texts += [f"{metric.label} {metric.value}" for metric in page.metric]
    return "\n".join(texts)
