"""Who is at work and who writes, among processes that deliver side by side.

A base of one file has one writer. Two who deliver wait for each other a sixth of their
time; three without an order would share two cores with the one that holds the lock. So
there are more of them than cores, and one begins a file only where a core is idle.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import Any

LOOK_UP_SECONDS = 5.0
"""How often somebody who waits makes sure that the build goes on."""


class Turns:
    """Shared by the processes of one build; each delivers within `at_work` and writes within `writing`.

    Args:
        cores: processes at work at a time, besides those that wait for their turn to write.
    """

    def __init__(self, context: BaseContext, cores: int | None = None) -> None:
        self._changed: Any = context.Condition()
        self._idle: Any = context.Value("i", cores or max(2, os.cpu_count() or 1), lock=False)
        self._is_written: Any = context.Value("i", 0, lock=False)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """On a core: begins when one is idle."""
        with self._changed:
            self._wait(lambda: self._idle.value > 0)
            self._idle.value -= 1
        try:
            yield
        finally:
            with self._changed:
                self._idle.value += 1
                self._changed.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The only one that writes. Who waits leaves its core to others, and is not kept from writing by them."""
        with self._changed:
            if self._is_written.value:
                self._idle.value += 1
                self._changed.notify_all()
                self._wait(lambda: not self._is_written.value)
                self._idle.value -= 1
            self._is_written.value = 1
        try:
            yield
        finally:
            with self._changed:
                self._is_written.value = 0
                self._changed.notify_all()

    def _wait(self, is_so: Callable[[], bool]) -> None:
        parent = multiprocessing.parent_process()
        while not self._changed.wait_for(is_so, timeout=LOOK_UP_SECONDS):
            if parent is not None and not parent.is_alive():
                raise SystemExit("the build was ended")
