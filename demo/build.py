"""Builds the demonstration base through the real intake, with workers side by side.

Categories are divided between the workers, each delivers its own in the order of
receipt, so the result does not depend on who is faster. An interrupted build is
continued by the next: files that were taken are duplicates and change nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import func, select

import catalog
from data_access import migrate
from data_access.account_tables import account
from data_access.engine import engine, writing
from data_access.schema import batch, plan_version, setting
from demo.ahead import making
from demo.delivering import Note, deliver_all, deliver_each
from demo.files import LAST_HOUR, DemoFile, files_for
from demo.listing import list_batches
from demo.plans import file_plans
from demo.probes import record_simulated_probes
from demo.readings_bulk import write_readings
from demo.shares import WORKERS
from demo.world import World

Progress = Callable[[str, int, int], None]


class DemoRefused(Exception):
    """The base holds something else; nothing was changed. The message is for the screen."""


@dataclass(slots=True)
class DemoReport:
    """What was built.

    Attributes:
        rows: accepted rows of all files; `readings`: written beside intake for the large base.
        outcomes: files by outcome of intake.
        seconds: of the whole build and of its parts.
    """

    today: dt.date
    files: int = 0
    rows: int = 0
    readings: int = 0
    published: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object `manage.py demo --json` prints."""
        return {
            "today": self.today.isoformat(),
            "files": self.files,
            "rows": self.rows,
            "readings_beside_intake": self.readings,
            "published": self.published,
            "outcomes": self.outcomes,
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
            "message": f"演示数据已生成：{self.files} 个文件，{self.rows} 行，截至 {self.today.isoformat()}。",
        }


def build(
    engine_url: str,
    *,
    today: dt.date,
    visits: int | None = None,
    progress: Progress = lambda stage, done, total: None,
    last_hour: int = LAST_HOUR,
    categories: Collection[str] | None = None,
    workers: int = WORKERS,
) -> DemoReport:
    """Fill an empty base with three calendar years of simulated data up to `today`.

    Args:
        visits: at least this many readings of venues in all; None: those of the files (about 350,000).
        last_hour: hour up to which venues have sent readings on the last day.
        categories: only these; None for all (tests).
        workers: processes that deliver; 1 delivers in this one.

    Raises:
        DemoRefused: the base holds real data, or a finished demonstration.
    """
    started = time.perf_counter()
    made = engine(engine_url)
    report = DemoReport(today)
    codes = set(categories) if categories is not None else {c.code for c in catalog.default().categories}
    # The first files are made while the base is prepared.
    with making(today, last_hour, codes, workers) as sources:
        migrate.prepare(made, catalog.default())
        _claim(engine_url)
        file_plans(made, World(today), codes)
        report.seconds["plans"] = time.perf_counter() - started
        own = partial(files_for, today, last_hour=last_hour, categories=codes)
        notes = _deliver(engine_url, report, sources, own, progress)
    report.seconds["files"] = time.perf_counter() - started - report.seconds["plans"]
    report.published = list_batches(made, notes)
    record_simulated_probes(made, World(today), codes)
    if visits is not None:
        report.readings = write_readings(made, World(today), visits, progress)
    with writing(made) as connection:
        connection.execute(setting.update().where(setting.c.key == "demo_state").values(value="complete"))
    report.seconds["total"] = time.perf_counter() - started
    return report


def _claim(engine_url: str) -> None:
    """Mark the base as a demonstration, or refuse."""
    with writing(engine(engine_url)) as connection:
        known = {row.key: row.value for row in connection.execute(select(setting))}
        batches = connection.scalar(select(func.count()).select_from(batch)) or 0
        if known.get("kind") == "real" or (batches and known.get("kind") != "demo"):
            raise DemoRefused(
                f"这个数据库已有正式数据（{batches} 个批次），演示数据与正式数据不能同库，没有写入任何内容。"
                "请另建一个空库（--database 指定新的地址），再生成演示数据。"
            )
        for table, what in ((account, "账号"), (plan_version, "年度计划")):
            if known.get("kind") != "demo" and connection.scalar(select(func.count()).select_from(table)):
                raise DemoRefused(
                    f"这个数据库已有正式{what}，演示数据与正式环境不能同库，没有写入任何内容。"
                    "请另建一个空库（--database 指定新的地址），再生成演示数据。"
                )
        if known.get("demo_state") == "complete":
            raise DemoRefused(
                "这个数据库已有完整的演示数据，没有重复生成。如需重新生成，请指定一个新的空库（--database）。"
            )
        for key, value in (("kind", "demo"), ("demo_state", "building")):
            if key in known:
                connection.execute(setting.update().where(setting.c.key == key).values(value=value))
            else:
                connection.execute(setting.insert().values(key=key, value=value))


def _deliver(
    engine_url: str,
    report: DemoReport,
    sources: Sequence[Connection],
    files: Callable[[], Iterator[DemoFile]],
    progress: Progress,
) -> list[Note]:
    """Deliver what the sources send, or `files` in this process, counting into `report`; notes in order of receipt."""
    first = dt.date(report.today.year - 2, 1, 1)
    days = (report.today - first).days
    notes: list[Note] = []

    def take(note: Note) -> None:
        notes.append(note)
        report.files += 1
        report.rows += note.rows
        report.outcomes[note.outcome] = report.outcomes.get(note.outcome, 0) + 1
        progress("files", (note.received_on - first).days, days)

    if sources:
        deliver_all(engine_url, sources, take)
    else:
        deliver_each(engine_url, files(), take)
    return sorted(notes, key=lambda n: (n.received_on, n.receipt or ""))
