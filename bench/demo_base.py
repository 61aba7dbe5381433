"""The demonstration base that pages are measured on; built once for a day and a state of the code, then copied."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sys
from pathlib import Path

from bench.results import FOLDER, ROOT
from data_access.clock import now
from data_access.engine import BEIJING, engine

SOURCES = ("catalog", "data_access", "demo")
BASES = FOLDER / "bases"


def today() -> dt.date:
    return now().astimezone(BEIJING).date()


def demo_base(folder: Path, visits: int | None = None) -> str:
    """URL of an own copy in `folder` of the demonstration base (SQLite).

    Args:
        visits: readings of venues in all; None: as many as the demonstration has by itself.
    """
    BASES.mkdir(parents=True, exist_ok=True)
    small = _kept(None)
    kept = small if visits is None else _kept(visits)
    if not small.exists():
        _forget_others()
        unfinished = BASES / "unfinished.db"
        _remove(unfinished)
        _say("building the demonstration base (about a minute; kept for later runs) …")
        from demo.build import build  # not at the top: intake is measured without the demonstration

        build(f"sqlite:///{unfinished}", today=today())
        _finish(unfinished, small)
    if not kept.exists():
        assert visits is not None
        unfinished = BASES / "unfinished.db"
        _remove(unfinished)
        shutil.copy(small, unfinished)
        from demo.readings_bulk import write_readings
        from demo.world import World

        _say(f"writing {visits:,} readings (kept for later runs) …")
        write_readings(engine(f"sqlite:///{unfinished}"), World(today()), visits, lambda *_: None)
        _finish(unfinished, kept)
    copy = folder / kept.name
    shutil.copy(kept, copy)
    return f"sqlite:///{copy}"


def _kept(visits: int | None) -> Path:
    return BASES / f"demo-{today():%Y%m%d}-{_state_of_the_code()}{f'-{visits}' if visits else ''}.db"


def _state_of_the_code() -> str:
    digest = hashlib.sha256()
    for folder in SOURCES:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".toml"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _finish(unfinished: Path, kept: Path) -> None:
    """Close the base, so that everything is in its one file, and give it its name."""
    engine(f"sqlite:///{unfinished}").dispose()
    engine.cache_clear()
    if unfinished.with_name(f"{unfinished.name}-wal").exists():
        raise RuntimeError(f"{unfinished.name} is still open; its copy would lack what lies in the log")
    unfinished.rename(kept)


def _forget_others() -> None:
    for file in BASES.iterdir():
        file.unlink()


def _remove(base: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        base.with_name(base.name + ending).unlink(missing_ok=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
