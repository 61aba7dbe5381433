"""What one process prepared, another can use: commands start with nothing in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.files import make_csv
from tests.helpers.rows import RECEIVED_ON, valid_rows

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "category", ["venue_usage_reading", "smart_venue_connection", "sports_lottery_sales"]
)
def test_a_new_process_takes_files_into_a_base_another_prepared(database: str, tmp_path: Path, category: str):
    """Tables are generated from the catalogue; a process that needs two must not wait for the other to be asked for."""
    path = make_csv(tmp_path / "file.csv", category, valid_rows(category, 3))

    done = subprocess.run(
        [
            sys.executable, "manage.py", "--database", database, "intake", str(path), "--category", category,
            "--unit", "industry", "--received-on", RECEIVED_ON.isoformat(), "--json",
        ],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["outcome"], answer["rows"]["accepted"]) == ("accepted", 3)
