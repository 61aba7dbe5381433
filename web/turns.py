"""Two scripts at a time: more of them hand Python's one lock to and fro, and all of them end later.

On a machine of two cores eight users saw a third more reruns a second (docs/decisions/0028).
Who draws something long does not hold up the others: after a short wait they go on beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
PATIENCE_S = 0.2
"""A rerun takes some five milliseconds: who waits longer waits for somebody who computes."""

_turns = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Around a run of the script: its turn, or its patience's end."""
    has_one = _turns.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        if has_one:
            _turns.release()
