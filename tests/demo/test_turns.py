"""One writes, as many work as there are cores, and nobody waits for ever."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

from demo.turns import Turns

CORES = 2
ROUNDS = 20


class Seen:
    """Counts of all processes together, and the most there ever were."""

    def __init__(self, context: BaseContext) -> None:
        self.lock: Any = context.Lock()
        self.counts: Any = context.Array("i", 4, lock=False)  # at work, most; writing, most

    def step(self, place: int, by: int) -> None:
        with self.lock:
            self.counts[place] += by
            self.counts[place + 1] = max(self.counts[place + 1], self.counts[place])


def deliver(turns: Turns, seen: Seen, start: Any) -> None:
    start.wait(60)
    for _ in range(ROUNDS):
        with turns.at_work():
            seen.step(0, 1)
            time.sleep(0.008)
            seen.step(0, -1)  # from here on it may wait for its turn
            with turns.writing():
                seen.step(2, 1)
                time.sleep(0.002)
                seen.step(2, -1)


def test_never_two_write_and_never_more_begin_than_there_are_cores() -> None:
    """Four processes on two cores; all of them come to their end."""
    context = multiprocessing.get_context("forkserver")
    turns, seen, start = Turns(context, CORES), Seen(context), context.Barrier(4)
    processes = [context.Process(target=deliver, args=(turns, seen, start)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert list(seen.counts) == [0, CORES, 0, 1]


def abandon(told: Any) -> None:
    """A build whose writer never comes back."""
    context = multiprocessing.get_context("forkserver")
    turns = Turns(context, CORES)
    begun = context.Event()
    writer = context.Process(target=write_for_ever, args=(turns, begun))
    writer.start()
    assert begun.wait(20)
    arrived = context.Event()
    waiter = context.Process(target=wait_for_the_turn, args=(turns, arrived))
    waiter.start()
    assert arrived.wait(20)
    os.kill(writer.pid or 0, signal.SIGKILL)
    told.put(waiter.pid)
    time.sleep(60)


def write_for_ever(turns: Turns, begun: Any) -> None:
    with turns.at_work(), turns.writing():
        begun.set()
        time.sleep(60)


def wait_for_the_turn(turns: Turns, arrived: Any) -> None:
    with turns.at_work():
        arrived.set()
        with turns.writing():
            raise AssertionError("nobody gave the turn back")


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_one_that_was_killed_while_it_wrote_keeps_nobody_alive() -> None:
    """When the build itself is gone too, those who wait for the turn end by themselves."""
    context = multiprocessing.get_context("forkserver")
    told: Any = context.Queue()
    build = context.Process(target=abandon, args=(told,))
    build.start()
    waiting = told.get(timeout=30)
    build.kill()
    build.join()

    deadline = time.monotonic() + 30
    while is_running(waiting) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(waiting)
