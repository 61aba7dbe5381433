"""One engine per database URL and process, and the two dialects' peculiarities.

With `bulk`, the only module outside migrations that speaks SQL as text or a driver's own language.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    literal,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from data_access.column_types import ExactSum

ROOT = Path(__file__).resolve().parent.parent
BEIJING = dt.timezone(dt.timedelta(hours=8), "北京时间")
BUSY_TIMEOUT_MS = 30_000
TURN_SECONDS = 0.001
RESTART_PATIENCE_MS = 200
_thread = threading.local()
_line: dict[Engine, Callable[[], AbstractContextManager[None]]] = {}
CHECKPOINT_PAGES = 8000
"""Of 4 kB: pages a file touches again and again are copied into the base once, not every 4 MB."""


def default_url() -> str:
    """SPORTS_DATABASE_URL, else the embedded database under var/."""
    return os.environ.get("SPORTS_DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'center.db'}"


@cache
def engine(url: str) -> Engine:
    """The process's one engine for `url` (``postgresql://`` means psycopg 3)."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        made = create_engine(
            parsed,
            poolclass=QueuePool,
            pool_size=16,
            max_overflow=32,
            connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        )
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        return made
    if parsed.get_backend_name() != "postgresql":
        raise ArgumentError(f"{parsed.drivername} is neither sqlite nor postgresql")
    return create_engine(parsed, pool_size=16, max_overflow=32, pool_pre_ping=True)


def absent_file(url: str) -> Path | None:
    """The file an embedded base would begin with; None where it is there, or the base is no file.

    `engine` makes it, with its folder: whoever only reads asks here first.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    path = Path(parsed.database).absolute()
    return None if path.exists() else path


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own transactions let a reader see half a commit
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute("PRAGMA recursive_triggers=ON")
    cursor.close()
    connection.create_aggregate("sum_exact", 1, ExactSum)  # type: ignore[arg-type]


def leave_checkpoints(made: Engine) -> None:
    """Connections opened from now on never copy the log into the base: another process does (`checkpoint`)."""
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", lambda driver, _: driver.execute("PRAGMA wal_autocheckpoint=0"))


def checkpoint(made: Engine) -> None:
    """Copy what SQLite's log holds into the base, and let a long one begin anew: it would be slow to read.

    Most is copied while others write; only what they wrote meanwhile holds them up, for some milliseconds.
    Where somebody goes on reading an old state, it gives up for this time.
    """
    if made.dialect.name != "sqlite":
        return
    with closing(made.raw_connection()) as connection:
        driver = connection.driver_connection
        assert driver is not None
        _, pages, _ = driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if pages > CHECKPOINT_PAGES:
            driver.execute(f"PRAGMA busy_timeout={RESTART_PATIENCE_MS}")
            driver.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
            driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _begin_sqlite(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    if not connection.get_execution_options().get("writing", False):
        driver.execute("BEGIN")  # through SQLAlchemy it would cost more than most reads of a page
        return
    patience = connection.get_execution_options().get("patience_s", BUSY_TIMEOUT_MS / 1000)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if not _took_its_turn(driver, patience):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # one last look, with the error everybody expects
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def with_room(connection: Connection, megabytes: int) -> None:
    """Let SQLite keep so much of the base in memory for this connection; PostgreSQL has its own cache.

    A transaction that touches more pages than fit writes each of them again and again.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{megabytes * 1024:d}")


def _took_its_turn(driver: Any, patience_s: float) -> bool:
    """BEGIN IMMEDIATE, asking every millisecond until the patience is over.

    SQLite's own waiting sleeps up to a tenth of a second between two looks; beside
    a writer with many short transactions it nearly always looks at the wrong moment.
    """
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(TURN_SECONDS)
        else:
            return True
    return False


@contextmanager
def reading(made: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database from first to last statement."""
    with made.connect() as connection:
        if made.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def orders_by_bytes(made: Engine) -> bool:
    """Whether texts stand in the order of their bytes, as on SQLite; PostgreSQL follows the database's collation."""
    with reading(made) as connection:
        return bool(connection.scalar(select(literal("B") < literal("a"))))


@contextmanager
def beside(made: Engine) -> Iterator[Connection]:
    """One state of the database like `reading`, with temporary tables to compare something with it."""
    with made.connect() as connection:
        if made.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(made: Engine, *, patience_s: float = BUSY_TIMEOUT_MS / 1000) -> Iterator[Connection]:
    """One transaction that may write: all of it is kept, or nothing.

    `patience_s`: how long to wait for SQLite's one writer before the error; PostgreSQL needs none.
    """
    with made.connect() as connection, _line.get(made, nullcontext)():
        connection = connection.execution_options(writing=True, patience_s=patience_s)
        _thread.writes = writes_of_this_thread() + 1
        with connection.begin():
            yield connection


def stand_in_line(made: Engine, turn: Callable[[], AbstractContextManager[None]]) -> None:
    """From now on whoever writes with this engine writes within `turn()`; PostgreSQL has many writers and no line."""
    if made.dialect.name == "sqlite":
        _line[made] = turn


def writes_of_this_thread() -> int:
    """How often this thread has begun to write: a snapshot from before cannot know what was written."""
    return getattr(_thread, "writes", 0)
