"""`python -m kiosk`: the wall alone. It is given its settings; it reads no config.toml and no database address.

`manage.py wall` starts it with a cleaned environment.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from kiosk.commands import CommandFailed
from kiosk.scenes import all_scenes
from kiosk.settings import WallSettings, WallSettingsError, wall_settings
from kiosk.wall import alone

GIVEN = "SPORTS_WALL_GIVEN"
"""Environment: JSON of [wall], [web] hosts and [storage] folder, as `manage.py wall` writes it."""


def settings_of(environment: Mapping[str, str], snapshot: Path | None) -> WallSettings:
    """The settings given by the parent; `snapshot` replaces the file's usual place.

    Raises:
        WallSettingsError: none given, or a line that cannot be read.
    """
    if GIVEN not in environment:
        raise WallSettingsError("大屏没有收到设置。请用 manage.py wall 启动。")
    given = json.loads(environment[GIVEN])
    found = wall_settings(
        given["wall"], hosts=given["hosts"], storage=Path(given["storage"]), scenes=all_scenes()
    )
    return found if snapshot is None else dataclasses.replace(found, snapshot=snapshot)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m kiosk", description=__doc__)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8502)
    parser.add_argument("--snapshot", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        app = alone(settings_of(os.environ, chosen.snapshot))
    except (WallSettingsError, CommandFailed) as error:
        print(f"没有启动：{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"没有启动：大屏的文件夹读不了（{error.strerror}）。请核对权限。", file=sys.stderr)
        return 1
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_traceback,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    gc.collect()
    gc.freeze()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=chosen.address,
            port=chosen.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=30,
            limit_concurrency=256,
        )
    )
    structlog.get_logger().info("wall_started", port=chosen.port)
    server.run()
    return 0 if server.started else 1


def _without_traceback(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The kind of an error is in the line; its text may quote what the wall must not tell."""
    event.pop("exc_info", None)
    return event


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
