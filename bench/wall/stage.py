"""What every part of the acceptance begins with: a wall of its own, a snapshot that moves, a browser."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bench.demo_base import demo_base
from bench.results import FOLDER
from bench.wall.figures import Figures
from bench.wall.served import Served

PUBLISHED = FOLDER / "wall-snapshot.json"


PLAYED = ("overview", "facilities", "live", "fitness", "competition", "flow", "industry")
WATCH_S, STALE_S = 0.05, 10.0


def accelerated(scene_s: int, scenes: Sequence[str] = PLAYED) -> dict[str, str]:
    """Settings of ``[wall]`` for a measurement: always open, scenes of so many seconds, the file looked at often."""
    return {
        "playlist": ",".join(f"{key}={scene_s}" for key in scenes),
        "opening": "周一-周日 00:00-24:00,节假日 00:00-24:00",
        "dim": "",
        "watch_seconds": str(WATCH_S),
        "stale_seconds": str(STALE_S),
    }


class Writer:
    """``with Writer(figures, 1.0): …`` writes a new state of the figures every so many seconds, as the worker does."""

    def __init__(self, figures: Figures, every_s: float) -> None:
        self._figures, self._every_s = figures, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            self._figures.write()


@dataclass(frozen=True)
class Stage:
    wall: Served
    figures: Figures


def base_snapshot(options: argparse.Namespace) -> bytes:
    """A published snapshot of the demonstration: the file that was named, or one published here."""
    if options.snapshot is not None:
        return options.snapshot.read_bytes()
    from data_access.clock import now
    from data_access.engine import engine, reading
    from data_access.principal import SYSTEM
    from data_access.settings import settings
    from jobs import publish_wall
    from metrics.wall_view import View

    made = engine(demo_base(base=options.base))
    with reading(made) as connection:
        writer = publish_wall.Publisher(PUBLISHED)
        writer.publish(View(SYSTEM, connection, now(), False), publish_wall.configured(settings()))
    return PUBLISHED.read_bytes()


@contextmanager
def stage(options: argparse.Namespace, folder: Path, **settings: str) -> Iterator[Stage]:
    """A running wall whose snapshot has just been written.

    Args:
        settings: of ``[wall]``, by name.
    """
    target = folder / "wall" / "snapshot.json"
    figures = Figures(base_snapshot(options), target)
    figures.write()
    with Served(folder, target, settings) as wall:
        yield Stage(wall, figures)
