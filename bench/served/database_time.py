"""What the server's process spends waiting for its database: executing and fetching, statement by statement.

SQLAlchemy's own events end when a statement was executed; SQLite does most of its
work while rows are fetched. So the drivers' cursors are timed.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

STATEMENT_LENGTH = 400
_lock = threading.Lock()
_spent: list[list[Any]] = []  # statement, seconds; in the order of execution


def _timed(method: Callable[..., Any], *, executes: bool) -> Callable[..., Any]:
    def run(cursor: Any, *arguments: Any, **options: Any) -> Any:
        started = time.perf_counter()
        try:
            return method(cursor, *arguments, **options)
        finally:
            seconds = time.perf_counter() - started
            with _lock:
                if executes:
                    cursor.bench_entry = [str(arguments[0])[:STATEMENT_LENGTH], 0.0]
                    _spent.append(cursor.bench_entry)
                cursor.bench_entry[1] += seconds

    return run


def _timed_cursor(driver: Any) -> Any:
    methods = {name: _timed(getattr(driver, name), executes=True) for name in ("execute", "executemany")}
    methods |= {
        name: _timed(getattr(driver, name), executes=False) for name in ("fetchone", "fetchmany", "fetchall")
    }
    return type("TimedCursor", (driver,), methods)


_SqliteCursor = _timed_cursor(sqlite3.Cursor)
_PostgresqlCursor = _timed_cursor(psycopg.Cursor)


class _SqliteConnection(sqlite3.Connection):
    def cursor(self, factory: Any = _SqliteCursor) -> Any:
        return super().cursor(factory)


def watch() -> None:
    """Time every cursor of every engine made from now on."""

    @event.listens_for(Engine, "do_connect")
    def _with_timed_cursors(dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            options["factory"] = _SqliteConnection
        else:
            options["cursor_factory"] = _PostgresqlCursor


async def _answer(request: Request) -> JSONResponse:
    """What was spent since the last question."""
    with _lock:
        spent = [entry for entry in _spent if entry[0].split(None, 1)[0] not in ("BEGIN", "PRAGMA")]
        _spent.clear()
    return JSONResponse({"seconds": sum(seconds for _, seconds in spent), "statements": spent})


routes: list[BaseRoute] = [Route("/bench/database", _answer)]
