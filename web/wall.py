"""The exhibition wall inside the product: the same routes as alone, behind the gate (展厅大屏)."""

from __future__ import annotations

import sys
from functools import cache

from data_access.settings import settings
from kiosk.commands import CommandFailed
from kiosk.scenes import all_scenes
from kiosk.settings import WallSettingsError, wall_settings
from kiosk.wall import Wall


@cache
def wall() -> Wall:
    """The process's one wall. Exits with a sentence for the operator where [wall] cannot be used."""
    given = settings()
    try:
        return Wall(
            wall_settings(
                given.wall.model_dump(),
                hosts=given.web.hosts,
                storage=given.storage.folder,
                scenes=all_scenes(),
            )
        )
    except (WallSettingsError, CommandFailed) as error:
        sys.exit(f"没有启动：{error}")
