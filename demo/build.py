"""Builds the demonstration base through the real intake, with two workers side by side.

Categories are divided between the workers, each delivers its own in the order of
receipt, so the result does not depend on who is faster. An interrupted build is
continued by the next: files that were taken are duplicates and change nothing.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import queue
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

import catalog
from data_access import migrate
from data_access.commands.delivery import deliver
from data_access.commands.publishing import publish, withdraw
from data_access.engine import engine, reading, writing
from data_access.principal import Principal
from data_access.schema import batch, setting
from demo.files import DemoFile, files_for
from demo.plans import file_plans
from demo.probes import record_simulated_probes
from demo.readings_bulk import write_readings
from demo.world import World

SENDER = Principal("operations", "operations", "运维团队（演示）")
WORKERS = 2
WEIGHTS = {
    "sports_facility_statistics": 27, "venue_usage_reading": 18, "mass_sport_event": 17, "fitness_equipment": 11,
    "physical_fitness_test": 10, "mass_sport_personnel": 6, "elite_competition": 3, "youth_athlete": 3,
    "referee": 2, "mass_sport_facility": 2,
}  # fmt: skip
"""Seconds a category takes, roughly; all others about one."""
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
    last_hour: int = 14,
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
    migrate.prepare(made, catalog.default())
    _claim(engine_url)
    report = DemoReport(today)
    codes = set(categories) if categories is not None else {c.code for c in catalog.default().categories}
    file_plans(made, World(today), codes)
    report.seconds["plans"] = time.perf_counter() - started
    _deliver_all(report, engine_url, today, last_hour, codes, workers, progress)
    report.seconds["files"] = time.perf_counter() - started - report.seconds["plans"]
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
        if known.get("demo_state") == "complete":
            raise DemoRefused(
                "这个数据库已有完整的演示数据，没有重复生成。如需重新生成，请指定一个新的空库（--database）。"
            )
        for key, value in (("kind", "demo"), ("demo_state", "building")):
            if key in known:
                connection.execute(setting.update().where(setting.c.key == key).values(value=value))
            else:
                connection.execute(setting.insert().values(key=key, value=value))


# ---------------------------------------------------------------- delivering


def _shares(codes: Collection[str], workers: int) -> list[list[str]]:
    """Categories by worker, the heaviest first to whoever has least; venues and their readings together."""
    loads = [0.0] * workers
    shares: list[list[str]] = [[] for _ in range(workers)]
    together = {"smart_venue_connection": "venue_usage_reading"}
    heads = sorted((c for c in codes if together.get(c) not in codes), key=lambda c: (-WEIGHTS.get(c, 1), c))
    for code in heads:
        least = loads.index(min(loads))
        loads[least] += WEIGHTS.get(code, 1)
        shares[least] += [code, *(c for c, head in together.items() if head == code and c in codes)]
    return [s for s in shares if s]


def _deliver_all(
    report: DemoReport, engine_url: str, today: dt.date, last_hour: int, codes: Collection[str],
    workers: int, progress: Progress,
) -> None:  # fmt: skip
    shares = _shares(codes, workers)
    if len(shares) == 1:
        _deliver_share(engine_url, today, last_hour, shares[0], lambda note: _count(report, note, progress))
        return
    context = multiprocessing.get_context("spawn")
    notes: Any = context.Queue()
    processes = [
        context.Process(target=_work, args=(engine_url, today, last_hour, share, notes), daemon=True)
        for share in shares
    ]
    for process in processes:
        process.start()
    try:
        _collect(report, notes, processes, progress)
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
            process.join()


def _collect(report: DemoReport, notes: Any, processes: list[Any], progress: Progress) -> None:
    """Count what the workers report until both are done.

    Raises:
        RuntimeError: a worker failed or vanished.
    """
    running = len(processes)
    while running:
        try:
            note = notes.get(timeout=5)
        except queue.Empty:
            if all(p.is_alive() for p in processes) or all(p.exitcode in (0, None) for p in processes):
                continue
            codes = [p.exitcode for p in processes]
            raise RuntimeError(
                f"a worker of the demonstration ended without a word (exit codes {codes})"
            ) from None
        if note == "done":
            running -= 1
        elif isinstance(note, str):
            raise RuntimeError(note)
        else:
            _count(report, note, progress)


Note = tuple[str, str, int, int, int]
"""File name, outcome, accepted rows, files published so far by the worker, day as ordinal."""


def _count(report: DemoReport, note: Note, progress: Progress) -> None:
    _, outcome, rows, published, day = note
    report.files += bool(outcome)
    report.rows += rows
    report.published += published
    if outcome:
        report.outcomes[outcome] = report.outcomes.get(outcome, 0) + 1
    first = dt.date(report.today.year - 2, 1, 1).toordinal()
    progress("files", day - first, report.today.toordinal() - first)


def _work(engine_url: str, today: dt.date, last_hour: int, share: list[str], notes: Any) -> None:
    """A worker process: its share of the categories, then "done". It does not outlive who started it."""
    parent = multiprocessing.parent_process()

    def tell(note: Note) -> None:
        if parent is not None and not parent.is_alive():
            raise SystemExit("the build was ended")
        notes.put(note)

    try:
        _deliver_share(engine_url, today, last_hour, share, tell)
    except BaseException as error:
        notes.put(f"{type(error).__name__}: {error}")
        raise
    notes.put("done")


def _deliver_share(
    engine_url: str, today: dt.date, last_hour: int, share: list[str], tell: Callable[[Note], None]
) -> None:
    """Deliver the files of some categories, publishing and withdrawing on their days."""
    made = engine(engine_url)
    listing: dict[dt.date, list[str]] = {}
    withdrawals: dict[dt.date, list[str]] = {}
    for file in files_for(today, last_hour=last_hour, categories=share):
        for day in sorted(d for d in {*listing, *withdrawals} if d < file.received_on):
            tell(_office_day(made, day, listing.pop(day, []), withdrawals.pop(day, [])))
        delivery = deliver(
            made, SENDER, content=file.content, file_name=file.file_name, category=file.category,
            unit=file.unit, period=file.period, received_on=file.received_on, received_at=file.received_at,
            source_platform=catalog.default().category_by_code[file.category].source_platform,
            sender=_sender(file),
        )  # fmt: skip
        if file.publish_on is not None and delivery.receipt and _may_be_listed(delivery):
            listing.setdefault(file.publish_on, []).append(delivery.receipt)
            if file.withdraw_on is not None:
                withdrawals.setdefault(file.withdraw_on, []).append(delivery.receipt)
        tell((file.file_name, delivery.outcome, delivery.accepted, 0, file.received_on.toordinal()))
    for day in sorted({*listing, *withdrawals}):
        tell(_office_day(made, day, listing.pop(day, []), withdrawals.pop(day, [])))


def _may_be_listed(delivery: Any) -> bool:
    return delivery.outcome in ("accepted", "partly_accepted") and not delivery.file_codes


def _sender(file: DemoFile) -> str:
    label = catalog.default().units[file.unit].label
    return f"{label}经办（演示）"


def _office_day(made: Any, day: dt.date, receipts: list[str], withdrawals: list[str]) -> Note:
    """What the operations team does on a day: list batches, take some down again."""
    with reading(made) as connection:
        waiting = set(
            connection.scalars(
                select(batch.c.receipt).where(batch.c.receipt.in_(receipts), batch.c.state == "integrated")
            )
        )
        listed = set(
            connection.scalars(
                select(batch.c.receipt).where(batch.c.receipt.in_(withdrawals), batch.c.state == "published")
            )
        )
    chosen = [r for r in receipts if r in waiting]
    if chosen:
        publish(made, SENDER, chosen, on=day, confirmed_by="第一责任人（演示）")
    for receipt in (r for r in withdrawals if r in listed):
        withdraw(made, SENDER, receipt, reason="数据核对，暂时下架（演示）", on=day)
    return "", "", 0, len(chosen), day.toordinal()
