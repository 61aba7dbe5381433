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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ("app.py", "web", "ui", "catalog", "data_access", "config.toml", ".streamlit")


@dataclass(frozen=True)
class Server:
    """A running product: its address and where it writes its log."""

    url: str
    log_file: Path

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


def environment(tree: Path) -> dict[str, str]:
    base = {k: v for k, v in os.environ.items() if not k.startswith(("STREAMLIT_", "SPORTS_"))}
    return {**base, "SPORTS_DATABASE_URL": f"sqlite:///{tree / 'center.db'}"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(tree: Path) -> Iterator[Server]:
    """`streamlit run app.py`, from another working directory, on an empty base."""
    running = Server(f"http://127.0.0.1:{free_port()}", tree / "log")
    port = int(running.url.rsplit(":", 1)[1])
    with running.log_file.open("w") as log:
        process = subprocess.Popen(
            command(tree, port), cwd=tree.parent, env=environment(tree), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait(running, process)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(running: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert process.poll() is None, running.log
        try:
            urllib.request.urlopen(running.url + "/health", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"not healthy within a minute:\n{running.log}")
