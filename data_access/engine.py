"""One engine per database URL and process, the two dialects' peculiarities, and bulk loading.

The only module outside migrations that speaks SQL as text or a driver's own language.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime as SqlDateTime,
    Engine,
    Numeric,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

ROOT = Path(__file__).resolve().parent.parent
BEIJING = dt.timezone(dt.timedelta(hours=8), "北京时间")
BUSY_TIMEOUT_MS = 30_000
TURN_SECONDS = 0.001
RESTART_PATIENCE_MS = 200
_thread = threading.local()
CHECKPOINT_PAGES = 8000
"""Of 4 kB: pages a file touches again and again are copied into the base once, not every 4 MB."""


class Exact(TypeDecorator[Decimal]):
    """A decimal kept digit by digit: NUMERIC on PostgreSQL, canonical text on SQLite.

    SQLite would keep NUMERIC as a float and lose digits silently; whole 分 would
    lose what a file states below a 分. `exact_sum` adds them exactly on both.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(Numeric(asdecimal=True))

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        if value is None:
            return None
        value = value if isinstance(value, Decimal) else Decimal(str(value))
        return decimal_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        if value is None:
            return None
        if isinstance(value, str):
            return Decimal(value)  # SQLite's text was written canonically
        return canonical(value if isinstance(value, Decimal) else Decimal(str(value)))


class exact_sum(GenericFunction[Decimal]):
    """The sum of an `Exact` column, to its last digit: on SQLite by an aggregate of ours, a microsecond a row."""

    type = Exact()
    inherit_cache = True


@compiles(exact_sum)
def _sum(element: exact_sum, compiler: SQLCompiler, **kwargs: Any) -> str:
    name = "sum_exact" if compiler.dialect.name == "sqlite" else "sum"
    return f"{name}({compiler.process(element.clauses, **kwargs)})"


class Moment(TypeDecorator[dt.datetime]):
    """A point in time: aware in Python, UTC in the database. SQLite would drop the zone."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def canonical(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return Decimal(decimal_text(value))


def decimal_text(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


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
    connection.create_aggregate("sum_exact", 1, _ExactSum)  # type: ignore[arg-type]


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


class _ExactSum:
    """SQLite aggregate: the exact sum of decimals kept as text."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.any = False

    def step(self, value: Any) -> None:
        if value is not None:
            self.total += Decimal(str(value))
            self.any = True

    def finalize(self) -> str | None:
        return decimal_text(self.total) if self.any else None


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


@contextmanager
def writing(made: Engine, *, patience_s: float = BUSY_TIMEOUT_MS / 1000) -> Iterator[Connection]:
    """One transaction that may write: all of it is kept, or nothing.

    `patience_s`: how long to wait for SQLite's one writer before the error; PostgreSQL needs none.
    """
    with made.connect() as connection:
        connection = connection.execution_options(writing=True, patience_s=patience_s)
        _thread.writes = writes_of_this_thread() + 1
        with connection.begin():
            yield connection


def writes_of_this_thread() -> int:
    """How often this thread has begun to write: a snapshot from before cannot know what was written."""
    return getattr(_thread, "writes", 0)


def bulk_insert(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterator[tuple[Any, ...]] | Sequence[tuple[Any, ...]],
) -> None:
    """Insert tuples in the order of `columns` at the driver's full speed.

    Values are Python values of the columns' types; Decimals, dates and moments
    are converted here, once, exactly as the types above would.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
        return
    convert = [_sqlite_converter(table.c[name].type) for name in columns]
    driver = connection.connection.driver_connection
    assert driver is not None
    if any(convert):
        rows = _converted(iter(rows), convert)
    driver.executemany(_insert_text(table, columns, {}), rows)


def as_written(made: Engine, table: Table, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Columns as `bulk_insert_columns` hands them to the driver, made before a transaction holds the writer's lock."""
    if made.dialect.name == "postgresql":
        return dict(columns)
    written: dict[str, Sequence[Any]] = {}
    for name, values in columns.items():
        convert = _sqlite_converter(table.c[name].type)
        written[name] = list(map(convert, values)) if convert else values
    return written


def bulk_insert_columns(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Iterable[Any]],
    written: Mapping[str, Iterable[Any]] | None = None,
    fixed: Mapping[str, str | int | dt.date] | None = None,
) -> None:
    """`bulk_insert` for whole columns of one length: nothing is done row by row but the insert itself.

    Args:
        written: columns of the same length that went through `as_written`; they come after `columns`.
        fixed: one value for all rows. On SQLite it stands in the statement: handing it over
            with each row would cost a tenth of the insert.
    """
    written, fixed = written or {}, fixed or {}
    if connection.dialect.name == "postgresql":
        same = map(itertools.repeat, fixed.values())
        together = zip(*columns.values(), *written.values(), *same, strict=False)
        _copy(connection, table, [*columns, *written, *fixed], together)
        return
    converted: list[Iterable[Any]] = []
    for name, values in columns.items():
        convert = _sqlite_converter(table.c[name].type)
        converted.append(map(convert, values) if convert else values)
    driver = connection.connection.driver_connection
    assert driver is not None
    text = _insert_text(table, [*columns, *written], fixed)
    driver.executemany(text, zip(*converted, *written.values(), strict=True))


def _insert_text(table: Table, columns: Sequence[str], fixed: Mapping[str, str | int | dt.date]) -> str:
    marks = ", ".join([*"?" * len(columns), *map(_literal, fixed.values())])
    names = ", ".join(f'"{name}"' for name in [*columns, *fixed])
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'


def _literal(value: str | int | dt.date) -> str:
    """A value as it stands in SQLite's SQL; a zero byte would end the statement, so such a text is written in bytes."""
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else value.isoformat()
    if "\0" in text:
        return f"CAST(X'{text.encode().hex()}' AS TEXT)"
    return "'" + text.replace("'", "''") + "'"


def _converted(rows: Iterator[tuple[Any, ...]], convert: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows with their columns converted, some thousand at a time: all at once would hold a file twice."""
    while chunk := list(itertools.islice(rows, 4096)):
        columns = zip(*chunk, strict=True)
        yield from zip(*(map(c, v) if c else v for c, v in zip(convert, columns, strict=True)), strict=True)


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Any) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    names = ", ".join(f'"{name}"' for name in columns)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _sqlite_converter(type_: Any) -> Any:
    """How a value of the type is written; `None` where SQLite takes it as it is."""
    if isinstance(type_, Exact):
        return _exact_text
    if isinstance(type_, Moment):
        return cache(
            lambda v: (
                None
                if v is None
                else v.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
            )
        )
    python = getattr(type_, "python_type", None)
    if python is dt.date:
        return cache(lambda v: None if v is None else v.isoformat())
    if python is dt.datetime:
        return cache(lambda v: None if v is None else v.isoformat(" ", "microseconds"))
    return None


def _exact_text(value: Decimal | None) -> str | None:
    """`decimal_text`, short for what Python writes that way itself: most of a million decimals."""
    if value is None:
        return None
    text = str(value)
    if "E" in text or text == "-0" or (text[-1] == "0" and "." in text):
        return decimal_text(value)
    return text
