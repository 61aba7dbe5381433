"""Where the page server's threads run: those that share Python's one lock, on one core.

The event loop and the scripts hand the lock to each other some fifty times a rerun. Between
two cores each handing-over wakes the other core up, which costs the server a sixth to a
quarter of its time (docs/decisions/0027). What computes long without the lock has all cores.
"""

from __future__ import annotations

import os
import socket

_CLAIM = "\0sports-data-center-core-{}"
"""Name of an abstract socket: of one process at a time, and gone with it, however it ends (Linux)."""
_claims: list[socket.socket] = []
_all: set[int] = set()


def settle() -> int | None:
    """Keep the calling thread, and those it starts from now on, on a core that no other page server here has.

    Returns:
        The core; None where there is nothing to choose: one core, all taken, not Linux.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = os.sched_getaffinity(0)
    if len(cores) < 2:
        return None
    for core in sorted(cores, reverse=True):  # the first one answers most interrupts
        if _claimed(core):
            _all.update(cores)
            os.sched_setaffinity(0, {core})
            return core
    return None


def _claimed(core: int) -> bool:
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(_CLAIM.format(core))
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def spread() -> None:
    """Let the calling thread run on every core again: first thing in a thread that works long without the lock."""
    if _all:
        os.sched_setaffinity(0, _all)
