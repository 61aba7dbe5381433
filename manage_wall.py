"""`manage.py wall`: the exhibition wall alone, in a process that has no database address."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "HOME", "TMPDIR", "SPORTS_CATALOG")
"""All the wall gets of our environment: nothing that could name a database or hold a password."""


def add_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("--port", type=int, default=8502, help="端口，默认 8502")
    made.add_argument("--address", default="127.0.0.1", help="监听地址，默认只有本机")
    made.add_argument("--snapshot", metavar="FILE", help="快照文件，默认 worker 发布的那一份")


def environment(given: dict[str, str]) -> dict[str, str]:
    """What the wall's process is given: its own settings and nothing else of ours."""
    from data_access.settings import settings
    from kiosk.__main__ import GIVEN

    found = settings()
    told = {
        "wall": found.wall.model_dump(mode="json"),
        "hosts": list(found.web.hosts),
        "storage": str(found.storage.folder),
    }
    kept = {name: given[name] for name in PASSED_ON if name in given}
    return {**kept, GIVEN: json.dumps(told, ensure_ascii=False), "PYTHONUNBUFFERED": "1"}


def wall(arguments: argparse.Namespace) -> NoReturn:
    """Become the wall; this process and what it has loaded are gone."""
    command = [sys.executable, "-m", "kiosk", "--port", str(arguments.port), "--address", arguments.address]
    if arguments.snapshot:
        command += ["--snapshot", str(Path(arguments.snapshot).resolve())]
    given = environment(dict(os.environ))
    os.chdir(ROOT)
    os.execve(sys.executable, command, given)
