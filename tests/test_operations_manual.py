"""The manual's backup and restore are carried out as they are written; nobody should try them first at night."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sqlalchemy import insert, select

from data_access.engine import engine, reading, writing
from data_access.schema import setting
from tests.conftest import Databases
from tests.helpers import postgres

MANUAL = (Path(__file__).resolve().parent.parent / "docs" / "operations-manual.md").read_text("utf-8")


def block(name: str) -> str:
    """The shell commands under ``<!-- tested: name -->``."""
    found = re.search(rf"<!-- tested: {name} -->\n```sh\n(.*?)```", MANUAL, re.DOTALL)
    assert found, f"docs/operations-manual.md has no block {name}"
    return found[1]


def carry_out(name: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        ["sh", "-eu", "-c", block(name)],
        cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def put(url: str, value: str) -> None:
    with writing(engine(url)) as connection:
        connection.execute(insert(setting).values(key=value, value=value))


def kept(url: str) -> set[str]:
    with reading(engine(url)) as connection:
        return set(connection.scalars(select(setting.c.key)))


def test_backup_of_a_running_sqlite_comes_back(sqlite_databases: Databases, tmp_path: Path):
    """Taken while a connection is open and the last rows still stand in the WAL."""
    url = f"sqlite:///{tmp_path / 'var' / 'center.db'}"
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_databases().removeprefix("sqlite:///"), tmp_path / "var" / "center.db")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    put(url, "before")

    assert carry_out("sqlite-backup", tmp_path) == "ok\n"

    put(url, "after")
    engine(url).dispose()
    carry_out("sqlite-restore", tmp_path)
    assert kept(url) == {"before"}
    engine(url).dispose()


def test_backup_of_a_running_postgresql_comes_back(
    postgresql_databases: Databases, postgresql_cluster: postgres.Cluster, tmp_path: Path
):
    url = postgresql_databases()
    name = url.partition("?")[0].rpartition("/")[2]
    access = {
        "PGHOST": str(postgresql_cluster.folder),
        "PGUSER": "sports",
        "PATH": f"{postgres.programs()}:{os.environ['PATH']}",
    }
    put(url, "before")
    engine(url).dispose()
    postgresql_cluster.execute(f"ALTER DATABASE {name} RENAME TO sports")

    try:
        carry_out("postgresql-backup", tmp_path, **access)
        put(postgresql_cluster.url("sports"), "after")
        carry_out("postgresql-restore", tmp_path, **access)
        assert kept(postgresql_cluster.url("restored")) == {"before"}
    finally:
        engine(postgresql_cluster.url("restored")).dispose()
        engine(postgresql_cluster.url("sports")).dispose()
        postgresql_cluster.execute("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        postgresql_cluster.execute(f"ALTER DATABASE sports RENAME TO {name}")
