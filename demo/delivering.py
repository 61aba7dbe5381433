"""Two workers side by side deliver the files, each its own categories in the order of receipt."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import queue
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import catalog
from data_access.commands.delivery import deliver
from data_access.engine import checkpoint, engine, leave_checkpoints
from data_access.principal import Principal
from demo.ahead import made_ahead, make
from demo.files import DemoFile, files_for

SENDER = Principal("operations", "operations", "运维团队（演示）")
WEIGHTS = {
    "sports_facility_statistics": 41, "venue_usage_reading": 21, "fitness_equipment": 15, "physical_fitness_test": 15,
    "mass_sport_event": 10, "mass_sport_personnel": 8, "youth_athlete": 4, "elite_competition": 3,
    "referee": 3, "mass_sport_facility": 3,
}  # fmt: skip
"""Work of a category as measured, in that of a small one; all others about one."""
TOGETHER = {"smart_venue_connection": "venue_usage_reading"}
"""The day tier of the visits needs the venue's district: one worker delivers both."""
CHECKPOINT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Note:
    """What a worker tells of one file: its outcome and what the office is to do with it."""

    outcome: str
    rows: int
    received_on: dt.date
    receipt: str | None
    publish_on: dt.date | None
    withdraw_on: dt.date | None


def deliver_all(
    engine_url: str, today: dt.date, last_hour: int, codes: Collection[str], workers: int,
    take_note: Callable[[Note], None],
) -> None:  # fmt: skip
    """Deliver every file of `codes`; `take_note` is called in this process, once a file."""
    shares = shares_of(codes, workers)
    if len(shares) == 1:
        _deliver_each(engine_url, files_for(today, last_hour=last_hour, categories=shares[0]), take_note)
        return
    context = multiprocessing.get_context("forkserver")
    notes: Any = context.Queue()
    processes: list[Any] = []
    try:
        for share in shares:
            processes += _start(context, engine_url, today, last_hour, share, notes)
        with _checkpoints(engine_url):
            _collect(notes, processes, len(shares), take_note)
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
            process.join()


def _start(
    context: Any, engine_url: str, today: dt.date, last_hour: int, share: list[str], notes: Any
) -> list[Any]:
    """Who makes the files of a share and who delivers them; each holds only its own end of their pipe."""
    source, sink = context.Pipe(duplex=False)
    together = [
        context.Process(target=make, args=(today, last_hour, share, sink), daemon=True),
        context.Process(target=_work, args=(engine_url, source, notes), daemon=True),
    ]
    for process in together:
        process.start()
    source.close()
    sink.close()
    return together


@contextmanager
def _checkpoints(engine_url: str) -> Iterator[None]:
    """Copy SQLite's log into the base beside the workers: it would be a tenth of their time, waiting for the disk."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(CHECKPOINT_SECONDS):
            checkpoint(engine(engine_url))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def shares_of(codes: Collection[str], workers: int) -> list[list[str]]:
    """Categories by worker, the heaviest first to whoever has least."""
    loads = [0.0] * workers
    shares: list[list[str]] = [[] for _ in range(workers)]
    heads = sorted((c for c in codes if TOGETHER.get(c) not in codes), key=lambda c: (-WEIGHTS.get(c, 1), c))
    for code in heads:
        least = loads.index(min(loads))
        loads[least] += WEIGHTS.get(code, 1)
        shares[least] += [code, *(c for c, head in TOGETHER.items() if head == code and c in codes)]
    return [s for s in shares if s]


def _collect(notes: Any, processes: list[Any], workers: int, take_note: Callable[[Note], None]) -> None:
    """Pass on what the workers tell until all are done.

    Raises:
        RuntimeError: a worker failed or vanished.
    """
    running = workers
    while running:
        try:
            note = notes.get(timeout=5)
        except queue.Empty:
            codes = [p.exitcode for p in processes]
            if all(code in (0, None) for code in codes):
                continue
            raise RuntimeError(
                f"a worker of the demonstration ended without a word (exit codes {codes})"
            ) from None
        if note == "done":
            running -= 1
        elif isinstance(note, str):
            raise RuntimeError(note)
        else:
            take_note(note)


def _work(engine_url: str, source: Connection, notes: Any) -> None:
    """A worker process: the files of its share, then "done". It does not outlive who started it."""
    parent = multiprocessing.parent_process()

    def tell(note: Note) -> None:
        if parent is not None and not parent.is_alive():
            raise SystemExit("the build was ended")
        notes.put(note)

    try:
        leave_checkpoints(engine(engine_url))
        _deliver_each(engine_url, made_ahead(source), tell)
    except BaseException as error:
        notes.put(f"{type(error).__name__}: {error}")
        raise
    notes.put("done")


def _deliver_each(engine_url: str, files: Iterable[DemoFile], tell: Callable[[Note], None]) -> None:
    made = engine(engine_url)
    for file in files:
        delivery = deliver(
            made, SENDER, content=file.content, file_name=file.file_name, category=file.category,
            unit=file.unit, period=file.period, received_on=file.received_on, received_at=file.received_at,
            source_platform=catalog.default().category_by_code[file.category].source_platform,
            sender=_sender(file),
        )  # fmt: skip
        tell(
            Note(
                delivery.outcome, delivery.accepted, file.received_on, delivery.receipt, file.publish_on,
                file.withdraw_on,
            )
        )  # fmt: skip


def _sender(file: DemoFile) -> str:
    return f"{catalog.default().units[file.unit].label}经办（演示）"
