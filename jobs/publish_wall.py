"""Every few seconds: what the exhibition wall may know, into one file beside the base (展厅大屏).

Where nothing has changed, one small query is made and the file's time is brought up to
date: by it the wall knows that its picture is still true. A database that is away
leaves the file as it is, and the wall says how old its picture is.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from data_access.clock import day_of
from data_access.engine import reading
from data_access.principal import SYSTEM
from data_access.settings import Settings, settings
from data_access.system_words import reason
from jobs.base import Context, JobFailed
from kiosk import snapshot_file
from kiosk.settings import WallSettings, WallSettingsError, wall_settings
from kiosk.snapshot import Snapshot
from metrics.wall import Memory, snapshot, versions_key
from metrics.wall_view import View

EVERY_S = 3


@dataclass
class Publisher:
    """The one writer of a snapshot's file, and what it worked out before."""

    path: Path
    memory: Memory = field(default_factory=Memory)
    published: tuple[Hashable, ...] | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, view: View, wall: WallSettings) -> Snapshot | None:
        """Write the snapshot of `view`; None where the one on disk is still true (its time is renewed).

        Raises:
            OSError: the folder cannot be written to.
            SQLAlchemyError: the database is away.
        """
        with self.guard:
            key = (*versions_key(view), wall.occasions_of(view.today))
            if key == self.published and self._renew():
                return None
            made = snapshot(view, self.memory, wall.occasions_of(view.today))
            if self.published is None:
                snapshot_file.sweep(self.path)
            snapshot_file.write(self.path, snapshot_file.dump(made))
            self.published = key
            return made

    def _renew(self) -> bool:
        """Whether the file is there, its time now."""
        try:
            os.utime(self.path)
        except FileNotFoundError:
            return False
        return True


@cache
def publisher(path: Path, url: str) -> Publisher:
    """One for each file and base of this process."""
    return Publisher(path)


def configured(given: Settings) -> WallSettings:
    """The wall's settings of this installation.

    Raises:
        WallSettingsError: every mistake of [wall].
    """
    return wall_settings(given.wall.model_dump(), hosts=given.web.hosts, storage=given.storage.folder)


def run(context: Context) -> str:
    given = settings()
    try:
        wall = configured(given)
    except WallSettingsError as error:
        raise JobFailed(str(error)) from None
    context.check_lease()
    with reading(context.engine) as connection:
        view = View(SYSTEM, connection, context.now, given.wall.show_departments)
        try:
            made = publisher(wall.snapshot, str(context.engine.url)).publish(view, wall)
        except OSError as error:
            raise JobFailed(
                f"大屏快照写不进 {wall.snapshot.parent}：{reason(error)}。请核对该文件夹的权限和磁盘空间。"
            ) from None
    if made is None:
        return f"{day_of(context.now)} 快照未变，已核对。"
    return f"{day_of(context.now)} 快照已更新。"
