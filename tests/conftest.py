"""Databases for every test: fresh, prepared, on SQLite and on PostgreSQL; real Chromium for a few.

A template of each kind is prepared once for the whole run; a test gets a copy.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine

import catalog
from data_access import migrate
from data_access.engine import engine
from tests.helpers import memory, postgres

os.environ.pop("SPORTS_DATABASE_URL", None)  # a developer's own base is no place for tests
os.environ["SPORTS_ACCOUNTS_BCRYPT_ROUNDS"] = "4"  # passwords of tests protect nothing; 12 take 0.3 s each
os.environ["SPORTS_ACCOUNTS_KEY"] = (
    "of the tests, instead of a file in the work tree: 0123456789 abcdefghijklmnopqrstuvwxyz"
)
if (place := memory.place()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))  # where pytest's own folders for tests lie

# Fifty examples where a test does not say otherwise: the whole suite must stay short on two cores.
hypothesis.settings.register_profile("default", deadline=None, max_examples=50)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")

Databases = Callable[[], str]
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _main_stays_main() -> Iterator[None]:
    """Streamlit's test runner leaves its script behind as `__main__`; a process spawned later would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A prepared, empty embedded base to copy."""
    template = shared_folder / "template.db"
    with postgres.locked(shared_folder / "sqlite.lock"):
        if not template.exists():
            unfinished = shared_folder / "unfinished.db"
            _prepare(f"sqlite:///{unfinished}")
            unfinished.rename(template)
    return template


@pytest.fixture(scope="session")
def postgresql_cluster(shared_folder: Path) -> Iterator[postgres.Cluster]:
    """The run's private PostgreSQL with the prepared database ``prepared`` to copy."""
    with postgres.locked(shared_folder / "postgresql.lock"):
        cluster, is_new = postgres.join(shared_folder, place)
        if is_new:
            cluster.execute("CREATE DATABASE prepared")
            _prepare(cluster.url("prepared"))
    yield cluster
    cluster.leave()


@pytest.fixture
def sqlite_databases(sqlite_template: Path, tmp_path: Path) -> Iterator[Databases]:
    """A function that makes one more fresh, prepared SQLite base and returns its URL."""
    made: list[str] = []

    def fresh() -> str:
        path = tmp_path / f"center{len(made)}.db"
        shutil.copy(sqlite_template, path)
        made.append(f"sqlite:///{path}")
        return made[-1]

    yield fresh
    _dispose(made)


@pytest.fixture
def postgresql_databases(postgresql_cluster: postgres.Cluster) -> Iterator[Databases]:
    """The same on PostgreSQL; the databases are dropped after the test."""
    made: dict[str, str] = {}

    def fresh() -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        postgresql_cluster.copy("prepared", name)
        made[name] = postgresql_cluster.url(name)
        return made[name]

    yield fresh
    _dispose(made.values())
    for name in made:
        postgresql_cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """The data layer's tests run on both engines: each call makes one more base of the kind."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def database(databases: Databases) -> str:
    """URL of a fresh, prepared base; the test runs once on SQLite and once on PostgreSQL."""
    return databases()


@pytest.fixture
def made(database: str) -> Engine:
    """The engine of `database`."""
    return engine(database)


@pytest.fixture
def embedded(sqlite_databases: Databases) -> str:
    """URL of a fresh, prepared SQLite base, for tests that are not about the data layer."""
    return sqlite_databases()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without a single table, for tests of the schema's history."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
        yield url
        _dispose([url])
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgresql_cluster")
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield cluster.url(name)
    _dispose([cluster.url(name)])
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The distribution's Chromium, driven by Playwright; no sandbox only for root."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is needed for this test. Install it with: apt-get install chromium"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=path, args=flags)
        yield opened
        opened.close()


def _prepare(url: str) -> None:
    migrate.prepare(engine(url), catalog.default())
    engine(url).dispose()


def _dispose(urls: Any) -> None:
    """Close the pools of these URLs and forget them, so that a long run does not collect engines."""
    for url in urls:
        engine(url).dispose()
    engine.cache_clear()
