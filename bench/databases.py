"""Fresh, prepared bases to measure on: SQLite in a folder, PostgreSQL as the tests start it."""

from __future__ import annotations

import itertools
from pathlib import Path

import catalog
from data_access import migrate
from data_access.engine import engine
from tests.helpers import postgres

KINDS = ("sqlite", "postgresql")


class Databases:
    """Makes bases; all of them end with the folder and the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._cluster: postgres.Cluster | None = None

    def fresh(self, kind: str) -> str:
        """URL of one more base with an empty, current schema."""
        number = next(self._numbers)
        url = f"sqlite:///{self._folder / f'base{number}.db'}"
        if kind == "postgresql":
            if self._cluster is None:
                self._cluster, _ = postgres.join(self._folder)
            self._cluster.execute(f"CREATE DATABASE bench{number}")
            url = self._cluster.url(f"bench{number}")
        migrate.prepare(engine(url), catalog.default())
        engine(url).dispose()
        return url
