"""A private PostgreSQL for one test run: unix socket only, nothing synced, gone with its last user.

All xdist workers share one cluster. Each holds the writing end of a pipe; when the
last one ends, however it ends, the supervisor reads end-of-file, stops the server
and removes the directory. So a killed test run leaves nothing behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.helpers import memory

ADVICE = "PostgreSQL 15 is needed for the tests. Install it with: apt-get install postgresql-15"

SUPERVISOR = """
( cat "$1/users" >/dev/null 2>&1
  {as_owner}"$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
  rm -rf "$1" ) </dev/null >/dev/null 2>&1 &
"""


class Cluster:
    """A running server; `url(name)` is the SQLAlchemy URL of one of its databases."""

    def __init__(self, folder: Path, user: int) -> None:
        self.folder = folder
        self._user = user  # descriptor of the pipe's writing end

    def url(self, name: str) -> str:
        return f"postgresql://sports@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """One statement outside any transaction, as the cluster's owner."""
        with psycopg.connect(
            host=str(self.folder), user="sports", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def copy(self, template: str, name: str) -> None:
        """One more database with all that `template` holds."""
        # On a disk files are copied slower than their pages are written to the log.
        strategy = "FILE_COPY" if self.folder.is_relative_to(memory.FOLDER) else "WAL_LOG"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {strategy}")

    def leave(self) -> None:
        os.close(self._user)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; the lock ends with the process."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def join(shared: Path, place: Path | None = None) -> tuple[Cluster, bool]:
    """The cluster of this test run, started if nobody has; call under a lock.

    Args:
        shared: folder in which its users find one another.
        place: where its data lie; None: where the system keeps temporary files.

    Returns:
        The cluster, and whether it is new (its template is still to be made).
    """
    note = shared / "postgresql"
    if note.exists():
        try:
            folder = Path(note.read_text())
            return Cluster(folder, os.open(folder / "users", os.O_WRONLY | os.O_NONBLOCK)), False
        except OSError:  # its users have left and it is gone
            note.unlink()
    cluster = _start(place)
    note.write_text(str(cluster.folder))
    return cluster, True


def programs() -> Path:
    """Where the server's programs are; the newest version if there are several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError(ADVICE)
    return Path(on_path).resolve().parent


def _start(place: Path | None) -> Cluster:
    """The supervisor first: whatever happens to this process from there on, it clears up."""
    bin_ = programs()
    folder = Path(tempfile.mkdtemp(prefix="sports-pg-", dir=place))
    owner: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        owner = ["runuser", "-u", "postgres", "--"]
    os.mkfifo(folder / "users")
    script = SUPERVISOR.format(as_owner=" ".join([*owner, ""]))
    _run(["sh", "-c", script, "sh", str(folder), str(bin_)], folder)
    cluster = Cluster(folder, os.open(folder / "users", os.O_WRONLY))  # waits until it listens
    try:
        _run(
            [
                *owner, str(bin_ / "initdb"), "-D", str(folder / "data"), "-U", "sports", "-A", "trust",
                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            ],
            folder,
        )  # fmt: skip
        settings = (
            "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' "
            f"-c unix_socket_directories='{folder}' -c max_connections=300 -c shared_buffers=128MB "
            "-c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 -c timezone=UTC"
        )
        _run(
            [
                *owner, str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s",
                "-l", str(folder / "log"), "-o", settings, "start",
            ],
            folder,
        )  # fmt: skip
    except BaseException:
        cluster.leave()
        raise
    return cluster


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        log = folder / "log"
        said = log.read_text(errors="replace") if log.exists() else ""
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()} {said.strip()}")
