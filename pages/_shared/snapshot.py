"""One state of the base for one run of the script: who asks, the data versions and the figures.

A page that only sends again what it drew before reads two rows; opening a
transaction for each of them was a third of what its script cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_access import engine as database
from data_access.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass
class _Snapshot:
    connection: Connection
    writes: int
    """What this thread had written when it was opened."""
    versions: dict[str, int] | None = None
    """Read with who asks: one statement less."""
    taken: bool = False


_of_this_run: ContextVar[_Snapshot | None] = ContextVar("snapshot_of_this_run", default=None)


@contextmanager
def one_run() -> Iterator[None]:
    """Around a run of the script; fragments, callbacks and downloads open their own."""
    with database.reading(database.engine(settings().database.url)) as connection:
        token = _of_this_run.set(_Snapshot(connection, database.writes_of_this_thread()))
        try:
            yield
        finally:
            _of_this_run.reset(token)


@contextmanager
def connected(*, first: bool = False) -> Iterator[Connection]:
    """The run's snapshot, as long as it is the newest this run can know; else one of its own.

    Args:
        first: a look before anything is drawn (who asks): the snapshot may be taken again after it.
    """
    found = _of_this_run.get()
    if found is None or found.taken or found.writes != database.writes_of_this_thread():
        with database.reading(database.engine(settings().database.url)) as connection:
            yield connection
        return
    found.taken = not first
    yield found.connection


def looked_up(connection: Connection, versions: dict[str, int]) -> None:
    """Keep what the first look of a run found beside who asks; only for the snapshot it was found in."""
    found = _of_this_run.get()
    if found is not None and found.connection is connection:
        found.versions = versions


def versions_of(connection: Connection) -> dict[str, int] | None:
    """The data versions, when the first look already read them in this very snapshot."""
    found = _of_this_run.get()
    return found.versions if found is not None and found.connection is connection else None
