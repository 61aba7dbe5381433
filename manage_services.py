"""The commands that become a process of their own: `serve` and `worker`."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from manage_common import Add, Answer, refuse_absent


def serve(arguments: argparse.Namespace) -> Answer:
    import os

    os.environ["SPORTS_DATABASE_URL"] = arguments.database
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("app.py"))]
    if arguments.port:
        command += ["--server.port", str(arguments.port)]
    if arguments.address:
        command += ["--server.address", arguments.address]
    os.execv(sys.executable, command)


def worker(arguments: argparse.Namespace) -> Answer:
    from sqlalchemy import exc

    from data_access.base_version import refuse_other
    from data_access.engine import engine
    from data_access.settings import settings
    from jobs import worker as service
    from web import logs

    refuse_absent(arguments.database)
    with suppress(exc.OperationalError):  # a base that is away is waited for
        refuse_other(engine(arguments.database))
    logs.configure(settings().log.level)
    service.run(arguments.database)
    return {"message": "后台任务已停止。"}


def add_commands(add: Add) -> None:
    made = add("serve", serve, "启动网页服务")
    made.add_argument("--port", type=int)
    made.add_argument("--address")
    add("worker", worker, "启动后台任务")
