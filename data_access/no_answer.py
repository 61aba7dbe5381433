"""Whether an error says that the database does not answer, or that a statement of ours was wrong."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc

_OF_A_FILE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOTADB}
_OF_A_SERVER = {"08", "53", "57", "58"}
"""Classes of SQLSTATE: connection, resources, operator's intervention, the system around it."""


def no_answer(error: BaseException | None) -> bool:
    """Unreachable, broken off or kept waiting too long: the reader can only try again later."""
    while error is not None:
        if isinstance(error, exc.TimeoutError):  # all connections of the pool are taken
            return True
        if isinstance(error, sqlite3.Error):
            return getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_A_FILE
        if isinstance(error, exc.DBAPIError) and not isinstance(error.orig, sqlite3.Error):
            state = getattr(error.orig, "sqlstate", None)
            is_lost = isinstance(error, exc.OperationalError) and state is None  # no server said it
            return error.connection_invalidated or is_lost or str(state)[:2] in _OF_A_SERVER
        error = error.__cause__ or error.__context__
    return False
