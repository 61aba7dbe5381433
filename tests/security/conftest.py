"""One freshly started product for all attacks, on a base into which hostile text was delivered.

What strangers get before anybody has opened a page is asked in the first second
and kept: whether Streamlit knows its pages by then made the difference (1.67).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update
from websockets.exceptions import InvalidStatus

import catalog
from data_access.commands.delivery import deliver
from data_access.engine import engine, writing
from data_access.principal import OFFICE
from data_access.schema import base_table
from tests.helpers.files import make_csv
from tests.helpers.rows import changed, valid_rows
from tests.helpers.signed_in import SignedIn, signed_in
from tests.security.speaking import Answer, ask, tab
from tests.web.conftest import ROOT, Server, serving
from web.discovery import pages

EVENT = "mass_sport_event"
HOSTILE = (
    '<iframe srcdoc="<script>top.taken=1</script>"></iframe>',
    "<img src=x onerror=top.taken=1>",
    "![图](http://evil.example/pixel.png)",
    "[点击](javascript:top.taken=1)",
)
FORMULAS = ('=HYPERLINK("http://evil.example")', "+1+cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "-2+3")
ROUNDS = 10
"""As few as a real base allows: what the attacks measure is the hashing."""


@dataclass(frozen=True)
class Product(Server):
    """The running product, and what a stranger got before anybody else had asked for anything."""

    first: dict[str, Answer] = None  # type: ignore[assignment]
    first_lines: int = 0
    """Handshakes without a cookie that were not refused."""


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("attacked")
    shutil.copy(sqlite_template, folder / "center.db")
    base = f"sqlite:///{folder / 'center.db'}"
    _deliver_hostile_text(base, folder)
    with serving(
        ROOT, base, folder / "log", variables={"SPORTS_ACCOUNTS_BCRYPT_ROUNDS": str(ROUNDS)}
    ) as running:
        paths = ["/", *(f"/{entry.page.path}" for entry in pages())]
        let_in = 0
        for path in reversed(paths):
            try:
                with tab(running.url, headers={"Referer": f"{running.url}{path}"}):
                    let_in += 1
            except InvalidStatus:
                pass
        answers = {path: ask(running.url, path) for path in reversed(paths)}
        yield Product(running.url, running.log_file, running.base, answers, let_in)


def _deliver_hostile_text(base: str, folder: Path) -> None:
    """Every free text of some records, and the names of the files they came in."""
    rows = [
        changed(row, event_name=f"{text} {number}", venue_name=text, host_unit=text)
        for number, (row, text) in enumerate(zip(valid_rows(EVENT, len(HOSTILE)), HOSTILE, strict=True))
    ]
    path = make_csv(folder / "delivered.csv", EVENT, rows)
    for name in (
        '<iframe srcdoc="<script>top.taken=1</script>">.csv',
        "![](http://evil.example/a.png).csv",
    ):
        deliver(
            engine(base), OFFICE, content=path.read_bytes(), file_name=name, category=EVENT, unit="mass_sport"
        )
    faulty = make_csv(folder / "faulty.csv", EVENT, [changed(rows[0], participant_count=HOSTILE[0])])
    deliver(
        engine(base),
        OFFICE,
        content=faulty.read_bytes(),
        file_name="=1+1.csv",
        category=EVENT,
        unit="mass_sport",
    )
    _put_formulas(base)
    engine(base).dispose()


def _put_formulas(base: str) -> None:
    """Intake refuses text that begins like a formula; an export must not rely on it."""
    table = base_table(catalog.default().category_by_code[EVENT])
    with writing(engine(base)) as connection:
        keys = connection.scalars(select(table.c.event_name)).all()
        for key, text in zip(keys, FORMULAS, strict=True):
            connection.execute(
                update(table).where(table.c.event_name == key).values(host_unit=text, venue_name=text)
            )


@pytest.fixture
def clerk(product: Product) -> SignedIn:
    """群体处's."""
    return signed_in(product.base, "department", "mass_sport")


@pytest.fixture
def office(product: Product) -> SignedIn:
    return signed_in(product.base, "office")


@pytest.fixture
def other(product: Product) -> SignedIn:
    """A clerk of another department."""
    return signed_in(product.base, "department", "finance_planning")
