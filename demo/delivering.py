"""Workers side by side deliver the files, each its own categories in the order of receipt."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import catalog
from data_access.commands.delivery import deliver
from data_access.engine import checkpoint, engine, leave_checkpoints, stand_in_line
from data_access.principal import Principal
from demo.ahead import made_ahead
from demo.files import DemoFile
from demo.turns import Turns

SENDER = Principal("operations", "operations", "运维团队（演示）")
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


def deliver_all(engine_url: str, sources: Sequence[Connection], take_note: Callable[[Note], None]) -> None:
    """Deliver what comes from `sources`, a worker each; `take_note` is called in this process, once a file."""
    context = multiprocessing.get_context("forkserver")
    notes: Any = context.Queue()
    workers: list[Any] = []
    turns = Turns(context)
    try:
        for source in sources:
            worker = context.Process(target=_work, args=(engine_url, source, notes, turns), daemon=True)
            worker.start()
            workers.append(worker)
            source.close()  # the worker's alone: who makes the files ends with it
        with _checkpoints(engine_url):
            _collect(notes, workers, take_note)
    finally:
        for worker in workers:
            if worker.is_alive():
                worker.terminate()
            worker.join()


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


def _collect(notes: Any, workers: list[Any], take_note: Callable[[Note], None]) -> None:
    """Pass on what the workers tell until all are done.

    Raises:
        RuntimeError: a worker failed or vanished.
    """
    running = len(workers)
    while running:
        try:
            note = notes.get(timeout=5)
        except queue.Empty:
            codes = [w.exitcode for w in workers]
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


def _work(engine_url: str, source: Connection, notes: Any, turns: Turns) -> None:
    """A worker process: the files of its share, then "done". It does not outlive who started it."""
    parent = multiprocessing.parent_process()

    def tell(note: Note) -> None:
        if parent is not None and not parent.is_alive():
            raise SystemExit("the build was ended")
        notes.put(note)

    try:
        leave_checkpoints(engine(engine_url))
        stand_in_line(engine(engine_url), turns.writing)
        deliver_each(engine_url, made_ahead(source), tell, turns.at_work)
    except BaseException as error:
        notes.put(f"{type(error).__name__}: {error}")
        raise
    notes.put("done")


def deliver_each(
    engine_url: str,
    files: Iterable[DemoFile],
    tell: Callable[[Note], None],
    at_work: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """Deliver these files one after the other, in this process; each within `at_work`."""
    made = engine(engine_url)
    for file in files:
        with at_work():
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
