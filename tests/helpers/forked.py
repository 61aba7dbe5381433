"""Commands as real processes to be killed, without each of them reading in all modules first.

``python -m tests.helpers.forked`` reads a JSON list of arguments, forks a child that runs
``manage.py`` with them and says its process id; after one more line, how the child ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
READY = "ready\n"


class Forked:
    """The process that forks; each command runs alone."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.forked"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == READY
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def run(self, arguments: list[str], *, kill_after_s: float | None = None) -> int:
        """Exit code of ``manage.py`` with these arguments; of a killed process minus its signal."""
        pid = int(self._ask(json.dumps(arguments)))
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            os.kill(
                pid, signal.SIGKILL
            )  # it is at work, or gone and not yet buried: nobody else has its number
        return int(self._ask(""))

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def main() -> None:
    import catalog
    import manage
    from data_access.commands import delivery

    assert catalog.default() and delivery  # read in before the first fork; no base is opened here
    print(READY, end="", flush=True)
    while line := sys.stdin.readline():
        pid = os.fork()
        if not pid:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            os._exit(manage.main(json.loads(line)))
        print(pid, flush=True)
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
