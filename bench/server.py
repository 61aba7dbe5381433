"""Starts the product on a free port of this machine for one measurement, and ends it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2

from tests.helpers.signed_in import server_environment, signed_in

ROOT = Path(__file__).resolve().parent.parent
START_S = 60.0
FAILED = "page_failed"
"""What the product logs when a page raises (web/errors.py)."""


@dataclass(frozen=True, slots=True)
class DatabaseTime:
    """What the server's database took, and each statement with its seconds."""

    seconds: float
    statements: list[tuple[str, float]]


class Server:
    """``with Server(database_url, folder) as served: … served.url … served.pid``."""

    def __init__(self, database: str, folder: Path) -> None:
        """
        Args:
            database: SQLAlchemy URL of the base it serves.
            folder: where its log goes.
        """
        self._database = database
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.headers: dict[str, str] = {}
        """Of somebody who is logged in: 局办公室."""

    @property
    def pid(self) -> int:
        assert self._process is not None, "use Server in `with`"
        return self._process.pid

    def __enter__(self) -> Server:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.headers = signed_in(self._database).headers
        environment = os.environ | {
            **server_environment(),
            "SPORTS_DATABASE_URL": self._database,
            "SPORTS_LOG_LEVEL": "warning",
            "PYTHONPATH": str(ROOT),
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-m", "streamlit", "run", str(ROOT / "bench" / "served" / "launch.py"),
                    "--server.port", str(port),
                ],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if error is None:
            self.refuse_failures()

    def refuse_failures(self) -> None:
        """A page that fails is drawn as a short message, which is fast: such a measurement is none."""
        said = self._log.read_text(encoding="utf-8", errors="replace")
        failed = [line for line in said.splitlines() if FAILED in line]
        if failed:
            raise RuntimeError(f"{len(failed)} page runs failed while being measured, the first: {failed[0]}")

    def database_time(self) -> DatabaseTime:
        """What its database took since the last call."""
        answer: dict[str, Any] = (
            httpx2.get(f"{self.url}/bench/database", headers=self.headers).raise_for_status().json()
        )
        return DatabaseTime(answer["seconds"], [(text, seconds) for text, seconds in answer["statements"]])

    def _wait(self) -> None:
        assert self._process is not None
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                if httpx2.get(f"{self.url}/_stcore/health").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
        said = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        self._process.kill()
        self._process.wait()
        raise RuntimeError(f"The server did not start within {START_S:.0f} s. It said:\n{said}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
