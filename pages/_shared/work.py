"""Long work that goes on when the reader leaves the page, and is found again.

A page's script ends when its reader clicks elsewhere; a delivery must not. The
work runs in a thread of the process and reports how far it is; the page looks at
it from a fragment and shows the receipt when it is there. What counts is in the
base: a result kept here is only the way it is shown.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pages._shared import cores

MOST_KEPT = 64
Progress = Callable[[str, int, int], None]


@dataclass
class Work:
    """One piece of work: how far it is, then `result` or `error` (an exception)."""

    title: str
    stage: str = "queue"
    done: int = 0
    total: int = 1
    result: Any = None
    error: BaseException | None = None
    finished: bool = False

    @property
    def share(self) -> float:
        """0–1, for a bar."""
        return min(1.0, self.done / max(1, self.total))


_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="work", initializer=cores.spread)
_kept: OrderedDict[str, Work] = OrderedDict()
_lock = threading.Lock()


def start(key: str, title: str, task: Callable[[Progress], Any]) -> Work:
    """Begin `task` unless the same work is under way; `key` names whose and what it is."""
    with _lock:
        current = _kept.get(key)
        if current is not None and not current.finished:
            return current
        work = Work(title)
        _kept[key] = work
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            oldest = next((k for k, w in _kept.items() if w.finished), None)
            if oldest is None:
                break
            del _kept[oldest]
    _pool.submit(_run, work, task)
    return work


def find(key: str) -> Work | None:
    """The work under this key, finished or not."""
    with _lock:
        return _kept.get(key)


def forget(key: str) -> None:
    """Its result has been seen and is no longer wanted."""
    with _lock:
        if key in _kept and _kept[key].finished:
            del _kept[key]


def _run(work: Work, task: Callable[[Progress], Any]) -> None:
    def progress(stage: str, done: int, total: int) -> None:
        work.stage, work.done, work.total = stage, done, total

    try:
        work.result = task(progress)
    except Exception as error:  # shown to the one who asked; logged there with its number
        work.error = error
    finally:
        work.finished = True
