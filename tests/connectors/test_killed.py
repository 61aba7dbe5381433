"""A pull killed at any instant: pulled again, the base is as if nothing had happened."""

import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

import catalog
from data_access.connectors import pull
from data_access.engine import engine, reading
from data_access.schema import base_table, batch
from tests.connectors.test_folder import CATEGORY, source
from tests.helpers.files import make_csv
from tests.helpers.rows import valid_rows

PULL = """
import sys
from data_access.connectors import pull
from data_access.engine import engine
from tests.connectors.test_folder import source
from pathlib import Path
print("ready", flush=True)
pull(engine(sys.argv[1]), source(Path(sys.argv[2]), settle_seconds=0))
"""
UNITS = ["500101", "500102", "500103", "500104", "500106"]


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.1, 0.2, 0.3])
def test_a_killed_pull_loses_and_doubles_nothing(embedded, tmp_path, delay_s):
    """SIGKILL after `delay_s`, then once more to the end: five batches, all files put away, none twice."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    everything = valid_rows(CATEGORY, 40)
    for number, unit in enumerate(UNITS):
        own = everything[number * 8 : number * 8 + 8]
        make_csv(inbox / f"{CATEGORY}__{unit}__2026-09.csv", CATEGORY, own)
    killed = subprocess.Popen(
        [sys.executable, "-c", PULL, embedded, str(inbox)], stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    killed.stdout.readline()
    time.sleep(delay_s)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    pull(engine(embedded), source(inbox, settle_seconds=0))

    with reading(engine(embedded)) as connection:
        states = connection.scalars(select(batch.c.state)).all()
        records = connection.scalar(
            select(func.count()).select_from(base_table(catalog.default().category_by_code[CATEGORY]))
        )
    assert (states, records) == (["integrated"] * 5, 40)
    assert [p.name for p in inbox.glob("*.csv")] == []
    assert len(list((inbox / "done").glob("*.csv"))) == len(list((inbox / "done").glob("*.json"))) == 5
    assert not (inbox / "refused").exists()
