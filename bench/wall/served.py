"""The wall as it is started in the hall, alone, on a port and a snapshot of the measurement's own; killed and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.results import ROOT
from bench.server import free_port

START_S = 300.0


class Served:
    """``with Served(folder, snapshot) as wall: … wall.url … wall.kill() … wall.start()``."""

    def __init__(self, folder: Path, snapshot: Path, settings: Mapping[str, str] | None = None) -> None:
        """
        Args:
            folder: where its storage, its key and its log are.
            snapshot: the published file.
            settings: of ``[wall]``, by name; everything else as in config.toml.
        """
        self.folder, self.snapshot = folder, snapshot
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "use Served in `with`, and start it"
        return self._process.pid

    @property
    def environment(self) -> dict[str, str]:
        """Without any database's address: the wall has none."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SPORTS_", "STREAMLIT_"))}
        own = {f"SPORTS_WALL_{name}".upper(): value for name, value in self._settings.items()}
        return {**kept, **own, "SPORTS_STORAGE_FOLDER": str(self.folder), "SPORTS_LOG_LEVEL": "warning"}

    def __enter__(self) -> Served:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def start(self, *, wait: bool = True) -> None:
        """On the same port as before."""
        with (self.folder / "wall.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable, "manage.py", "wall", "--port", str(self.port), "--snapshot",
                    str(self.snapshot),
                ],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        if wait:
            self.wait_healthy()

    def kill(self) -> None:
        """As a power cut does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def health(self) -> dict[str, Any] | None:
        """The body of healthz, or None."""
        try:
            with urllib.request.urlopen(f"{self.url}/kiosk/healthz", timeout=2) as answer:
                return json.loads(answer.read())
        except (OSError, ValueError, urllib.error.URLError):
            return None

    def wait_healthy(self) -> float:
        """Seconds since the epoch at which it first answered with a body.

        Raises:
            RuntimeError: it did not start; with what it said.
        """
        assert self._process is not None
        end = time.monotonic() + START_S
        while time.monotonic() < end and self._process.poll() is None:
            if self.health() is not None:
                return time.time()
            time.sleep(0.05)
        said = (self.folder / "wall.log").read_text(encoding="utf-8", errors="replace")[-2000:]
        self.kill()
        raise RuntimeError(f"The wall did not start within {START_S:.0f} s. It said:\n{said}")
