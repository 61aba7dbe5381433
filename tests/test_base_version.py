"""A program and a base of different versions: nobody reads or writes what it does not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

import manage
from data_access import base_version, migrate
from data_access.engine import engine
from tests.helpers.files import csv_text, grid
from tests.helpers.other_version import become
from tests.helpers.rows import valid_rows

COMMANDS = {
    "status": ("status",),
    "records": ("records", "referee"),
    "rebuild": ("rebuild",),
    "worker": ("worker",),
    "intake": ("intake", "报送.csv", "--category", "referee", "--unit", "500101"),
}


def test_the_files_names_tell_the_versions_and_their_order() -> None:
    scripts = ScriptDirectory.from_config(migrate.alembic_config()).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == base_version.VERSIONS


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("9999", ("版本 9999 比程序新", "恢复升级前的备份")),
        (base_version.VERSIONS[-2], (f"版本 {base_version.VERSIONS[-2]} 比程序", "再运行：manage.py init")),
    ],
)
def test_a_command_leaves_a_base_of_another_version_alone(
    database: str, tmp_path: Path, monkeypatch, capsys, command: str, version: str, said: tuple[str, str]
) -> None:
    """The program was set back, or exchanged without `manage.py init`."""
    become(database, version)
    monkeypatch.chdir(tmp_path)
    Path("报送.csv").write_text(csv_text(grid("referee", valid_rows("referee", 2))))

    assert manage.main([*COMMANDS[command], "--database", database, "--json"]) == 1

    error = json.loads(capsys.readouterr().out)["error"]
    assert all(part in error for part in said)


def test_init_does_not_bring_a_newer_base_back(database: str, capsys) -> None:
    become(database, "9999")

    assert manage.main(["init", "--database", database, "--json"]) == 1
    assert "版本 9999 比程序新" in json.loads(capsys.readouterr().out)["error"]


def test_a_base_of_this_version_or_without_tables_is_nobody_elses(database: str) -> None:
    base_version.refuse_other(engine(database))
    base_version.refuse_other(engine("sqlite:///:memory:"))
