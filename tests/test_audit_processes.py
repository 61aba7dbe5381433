"""The chain under two processes at once, and a look at what an entry costs."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from data_access.account_tables import audit_entry
from data_access.audit import verify
from data_access.engine import engine, reading
from data_access.principal import OFFICE

ROOT = Path(__file__).resolve().parent.parent
EACH, TURNS, SECONDS = 40, 4, 100
SCRIPT = """
import datetime as dt, os, sys, threading, traceback
from data_access.audit import append
from data_access.engine import engine, writing
from data_access.principal import SYSTEM
from data_access.versions import raise_versions

enough = threading.Event()

def write(name):
    n = 0
    try:
        while not enough.is_set():
            with writing(engine(sys.argv[1])) as connection:
                raise_versions(connection, name, at=dt.datetime.now(dt.UTC))
                append(connection, SYSTEM, "data.export", f"{name} {n}", "done", at=dt.datetime.now(dt.UTC))
            n += 1
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    print(name, n)

threads = [threading.Thread(target=write, args=(f"{sys.argv[2]}{t}",)) for t in range(2)]
print("ready", flush=True)
sys.stdin.readline()
for thread in threads: thread.start()
sys.stdin.readline()
enough.set()
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
    _tell(running, "go\n")
    _until(lambda: _met(_objects(database)) or any(p.poll() is not None for p in running))
    _tell(running, "enough\n")
    said = [process.communicate(timeout=SECONDS) for process in running]

    assert [p.returncode for p in running] == [0, 0], said
    wrote = {name: int(count) for out, _ in said for name, count in map(str.split, out.splitlines())}
    found = _objects(database)
    for name, count in wrote.items():
        assert [o for o in found if o.startswith(f"{name} ")] == [f"{name} {n}" for n in range(count)]
    assert len(found) == sum(wrote.values()) and len(wrote) == 4
    with reading(engine(database)) as connection:
        assert verify(OFFICE, connection).broken is None
        assert connection.scalar(select(func.max(audit_entry.c.number))) == len(found)


def _tell(processes: list[subprocess.Popen], word: str) -> None:
    for process in processes:
        with contextlib.suppress(BrokenPipeError):  # what it died of, its end tells
            process.stdin.write(word)
            process.stdin.flush()


def _until(true: Callable[[], bool]) -> None:
    """SQLite hands its lock to whoever asks first: how often two meet is the machine's affair, not a number
    of entries. So they write until they have met."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "the two processes never wrote at the same time"
        time.sleep(0.05)


def _met(objects: list[str]) -> bool:
    turns = sum(one[0] != other[0] for one, other in itertools.pairwise(objects))
    return len(objects) >= 4 * EACH and turns >= TURNS


def _objects(database: str) -> list[str]:
    with reading(engine(database)) as connection:
        return list(connection.scalars(select(audit_entry.c.object).order_by(audit_entry.c.number)))
