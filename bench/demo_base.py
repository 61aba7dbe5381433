"""The demonstration base that pages are measured on; built once for a day and a state of the code."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sys
from pathlib import Path

import catalog
from bench.results import FOLDER, ROOT
from data_access import migrate
from data_access.clock import now
from data_access.engine import BEIJING, engine

SOURCES = ("catalog", "data_access", "demo")
BASES = FOLDER / "bases"
UNFINISHED = BASES / "unfinished.db"


def today() -> dt.date:
    return now().astimezone(BEIJING).date()


def demo_base(visits: int | None = None, base: Path | None = None) -> str:
    """URL of the demonstration base (SQLite). What measures on it may raise its data versions and log somebody in, nothing else.

    Args:
        visits: readings of venues in all; None: as many as the base has by itself.
        base: a finished demonstration to take instead of one built here.
    """
    BASES.mkdir(parents=True, exist_ok=True)
    small = base or BASES / f"demo-{today():%Y%m%d}-{state_of_the_code()}.db"
    if not small.exists():
        _build(small)
    if visits is None:
        return f"sqlite:///{small.resolve()}"
    large = BASES / f"{small.stem}-{visits}.db"
    if not large.exists():
        _enlarge(small, large, visits)
    return f"sqlite:///{large}"


def _build(target: Path) -> None:
    from demo.build import build  # not at the top: intake is measured without the demonstration

    for file in BASES.iterdir():  # of other days and other states of the code
        file.unlink()
    say("building the demonstration base (about a minute; kept for later runs) …")
    build(f"sqlite:///{UNFINISHED}", today=today())
    _finish(target)


def _enlarge(small: Path, target: Path, visits: int) -> None:
    from demo.readings_bulk import write_readings
    from demo.world import World

    for ending in ("-wal", "-shm"):
        UNFINISHED.with_name(UNFINISHED.name + ending).unlink(missing_ok=True)
    shutil.copy(small, UNFINISHED)
    migrate.prepare(engine(f"sqlite:///{UNFINISHED}"), catalog.default())  # a base that was kept may be older
    say(f"writing {visits:,} readings (kept for later runs) …")
    write_readings(engine(f"sqlite:///{UNFINISHED}"), World(today()), visits, lambda *_: None)
    _finish(target)


def state_of_the_code() -> str:
    digest = hashlib.sha256()
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".toml"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _finish(target: Path) -> None:
    """Close the unfinished base, so that everything is in its one file, and give it its name."""
    engine(f"sqlite:///{UNFINISHED}").dispose()
    engine.cache_clear()
    if UNFINISHED.with_name(f"{UNFINISHED.name}-wal").exists():
        raise RuntimeError(f"{UNFINISHED.name} is still open; its copy would lack what lies in the log")
    UNFINISHED.rename(target)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
