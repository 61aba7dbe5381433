"""The chain under two processes at once, and a look at what an entry costs."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from data_access.account_tables import audit_entry
from data_access.audit import verify
from data_access.engine import engine, reading
from data_access.principal import OFFICE

ROOT = Path(__file__).resolve().parent.parent
EACH = 40
SCRIPT = f"""
import datetime as dt, sys, threading
from data_access.audit import append
from data_access.engine import engine, writing
from data_access.principal import SYSTEM
from data_access.versions import raise_versions

def write(name):
    for n in range({EACH}):
        with writing(engine(sys.argv[1])) as connection:
            raise_versions(connection, name, at=dt.datetime.now(dt.UTC))
            append(connection, SYSTEM, "data.export", f"{{name}} {{n}}", "done", at=dt.datetime.now(dt.UTC))

threads = [threading.Thread(target=write, args=(f"{{sys.argv[2]}}{{t}}",)) for t in range(2)]
print('ready', flush=True)
sys.stdin.readline()
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_two_processes_write_one_chain(database: str):
    """Two web processes and a worker append all day; every entry must have exactly one successor."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, database, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120)[1] for process in running]

    assert [p.returncode for p in running] == [0, 0], said
    with reading(engine(database)) as connection:
        found = [
            row.object[0]
            for row in connection.execute(select(audit_entry.c.object).order_by(audit_entry.c.number))
        ]
        assert verify(OFFICE, connection).broken is None
        assert connection.scalar(select(func.max(audit_entry.c.number))) == 4 * EACH
    turns = sum(one != other for one, other in itertools.pairwise(found))
    assert len(found) == 4 * EACH and turns > 1, "they wrote at the same time"
