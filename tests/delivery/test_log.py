"""SQLite's log copied into the base by a process that does not write itself."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine, make_url, select

from data_access.engine import CHECKPOINT_PAGES, checkpoint, engine, leave_checkpoints, reading, writing
from data_access.schema import pool_file

PAGE = 4096


def keep(made: Engine, name: str, content: bytes) -> None:
    with writing(made) as connection:
        connection.execute(pool_file.insert().values(sha256=name, size=len(content), content=content))


def sizes(url: str) -> tuple[int, int]:
    """Bytes of the base and of its log."""
    path = Path(str(make_url(url).database))
    return path.stat().st_size, path.with_name(f"{path.name}-wal").stat().st_size


def test_a_long_log_lies_in_the_base_and_begins_anew(embedded: str) -> None:
    """A log that only grows is slow to read and fills the disk: what follows is written over its beginning."""
    folder, name = embedded.rsplit("/", 1)
    made = engine(f"{folder}/./{name}")  # a second engine of the same base stands for another process
    leave_checkpoints(made)
    large = os.urandom((CHECKPOINT_PAGES + 500) * PAGE)
    keep(made, "a", large)
    assert sizes(embedded)[0] < len(large) < sizes(embedded)[1], "who leaves it to others copies nothing"

    checkpoint(engine(embedded))
    base, log = sizes(embedded)
    keep(made, "b", large[: 100 * PAGE])
    made.dispose()

    assert base > len(large)
    assert sizes(embedded)[1] == log


def test_a_server_keeps_its_own_log(made: Engine) -> None:
    """The same call on both databases: on PostgreSQL there is nothing to do."""
    leave_checkpoints(made)
    keep(made, "a", b"little")

    checkpoint(made)

    with reading(made) as connection:
        assert connection.execute(select(pool_file.c.content)).scalar_one() == b"little"
