"""A PostgreSQL of the benches' own whose data outlive the run: fifty million readings are filled once.

Started as the tests start theirs (a socket, no network, nothing synced), but in a folder
that stays; stopped when the bench ends. Only one bench may use it at a time.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from bench.results import FOLDER
from tests.helpers.postgres import locked, programs

OWNER = "sports"
FOLDER_ENV = "SPORTS_BENCH_POSTGRESQL"
SETTINGS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c wal_level=minimal "
    "-c max_wal_senders=0 -c max_wal_size=4GB -c shared_buffers=512MB -c maintenance_work_mem=512MB "
    "-c max_connections=100 -c timezone=UTC"
)


class KeptCluster:
    """A running server over a folder that is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Make the cluster where there is none; a server left by a killed bench is ended first."""
        if not (self._data / "PG_VERSION").exists():
            if self._owner:  # the server refuses to run as root
                shutil.chown(self.folder, "postgres", "postgres")
            self._run("initdb", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        elif (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "-m", "fast", "-w", "-s", "stop", check=False)
        options = f"{SETTINGS} -c unix_socket_directories='{self.folder}'"
        self._run("pg_ctl", "-w", "-s", "-t", "600", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "fast", "-w", "-s", "-t", "600", "stop")

    def crash(self) -> None:
        """Every line is cut at once, as when the machine fails; `start` recovers it."""
        self._run("pg_ctl", "-m", "immediate", "-w", "-s", "stop")

    def signal(self, number: int) -> None:
        """To the server's first process and all its children."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        told = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True, check=False
        )
        for pid in [first, *map(int, told.stdout.split())]:
            with suppress(ProcessLookupError):  # a child that has just ended
                os.kill(pid, number)

    def remove(self) -> None:
        """Stop it, whatever state it is in, and take its folder away."""
        self.signal(signal.SIGCONT)
        self._run("pg_ctl", "-m", "immediate", "-w", "-s", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql://{OWNER}@/{name}?host={self.folder}"

    def has(self, name: str) -> bool:
        with self._admin() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None

    def names(self) -> list[str]:
        """Databases that benches made here."""
        with self._admin() as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
        return sorted(str(name) for (name,) in rows if name != "postgres")

    def create(self, name: str, template: str | None = None) -> None:
        """An empty database, or a copy of one that nobody is connected to."""
        made = SQL("CREATE DATABASE {}").format(Identifier(name))
        if template is not None:
            made = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
        with self._admin() as connection:
            connection.execute(made)

    def drop(self, name: str) -> None:
        with self._admin() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))

    def rename(self, name: str, new: str) -> None:
        with self._admin() as connection:
            connection.execute(
                SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(new))
            )

    def analyze(self, name: str) -> None:
        """Tell the planner how many rows there are, as autovacuum would have by and by."""
        with psycopg.connect(host=str(self.folder), user=OWNER, dbname=name, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def bytes_of(self, name: str) -> int:
        with self._admin() as connection:
            row = connection.execute("SELECT pg_database_size(%s)", [name]).fetchone()
            return int(str(row[0])) if row else 0

    def _admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True)

    def _run(self, program: str, *words: str, check: bool = True) -> None:
        command = [*self._owner, str(programs() / program), "-D", str(self._data), *words]
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if check and done.returncode:
            log = self.folder / "log"
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()} {said.strip()}")


@contextmanager
def kept_cluster() -> Iterator[KeptCluster]:
    """The benches' cluster, in `FOLDER_ENV` or under var/bench, while the block runs.

    Its user (postgres, where the bench runs as root) must be able to reach the folder.
    """
    told = os.environ.get(FOLDER_ENV)
    folder = Path(told).resolve() if told else FOLDER / "postgresql"
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "in_use"):  # a second bench waits until the first has ended
        cluster = KeptCluster(folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
