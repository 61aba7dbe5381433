"""The product as it is started, with pages whose content is known."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.signed_in import SignedIn, server_environment, signed_in

ROOT = Path(__file__).resolve().parents[2]
SHARED = ("app.py", "web", "ui", "catalog", "data_access", "accounts", "kiosk", "config.toml", ".streamlit")


@dataclass(frozen=True)
class Server:
    """A running product: its address and where it writes its log."""

    url: str
    log_file: Path
    base: str = ""
    """URL of its database, where a test opens accounts and sessions."""

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's program, its own `pages/_shared`, and the sample pages."""
    folder = tmp_path_factory.mktemp("product")
    for name in SHARED:
        (folder / name).symlink_to(ROOT / name)
    (folder / "pages").mkdir()
    shutil.copy(ROOT / "pages" / "__init__.py", folder / "pages")
    (folder / "pages" / "_shared").symlink_to(ROOT / "pages" / "_shared")
    for section in ("overview", "aggregation"):
        shutil.copytree(Path(__file__).parent / "sample" / section, folder / "pages" / section)
    return folder


def command(tree: Path, port: int, *more: str) -> list[str]:
    return [sys.executable, "-m", "streamlit", "run", str(tree / "app.py"), "--server.port", str(port), *more]


def environment(base: str) -> dict[str, str]:
    """For a server on that base: nothing of the developer's own settings, and our key."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("STREAMLIT_", "SPORTS_"))}
    return {**kept, **server_environment(), "SPORTS_DATABASE_URL": base}


@contextmanager
def serving(
    program: Path, base: str, log: Path, *more: str, variables: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """`streamlit run app.py` of this program folder on that base, from another working directory."""
    port = free_port()
    running = Server(f"http://127.0.0.1:{port}", log, base)
    with log.open("w") as said:
        process = subprocess.Popen(
            command(program, port, *more),
            cwd=log.parent,
            env={**environment(base), **(variables or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(running, process)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(tree: Path, sqlite_template: Path) -> Iterator[Server]:
    """The product with the sample pages, on an empty base."""
    shutil.copy(sqlite_template, tree / "center.db")
    with serving(tree, f"sqlite:///{tree / 'center.db'}", tree / "log") as running:
        yield running


@pytest.fixture(scope="module")
def leader(server: Server) -> SignedIn:
    """Who opens the pages unless a test says otherwise."""
    return signed_in(server.base, "leader")


def _wait(running: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert process.poll() is None, running.log
        try:
            urllib.request.urlopen(running.url + "/health", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"not healthy within a minute:\n{running.log}")
