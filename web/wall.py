"""The exhibition wall inside the product: the same routes as alone, behind the gate (展厅大屏)."""

from __future__ import annotations

import sys
from functools import cache

from data_access.settings import settings
from jobs.publish_wall import configured
from kiosk.commands import CommandFailed
from kiosk.scenes import all_scenes
from kiosk.settings import WallSettingsError
from kiosk.wall import Wall


@cache
def wall() -> Wall:
    """The process's one wall. Exits with a sentence for the operator where [wall] cannot be used."""
    try:
        return Wall(configured(settings(), all_scenes()))
    except (WallSettingsError, CommandFailed) as error:
        sys.exit(f"没有启动：{error}")
