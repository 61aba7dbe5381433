"""What another process has used, read from the kernel (Linux only)."""

from __future__ import annotations

import time
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """CPU of all threads of the process, ended ones too, in nanosecond steps.

    The process's own clock, not ``/proc/<pid>/stat``: that counts in steps of 10 ms,
    longer than the rerun of an empty script.
    """
    return time.clock_gettime((~pid << 3) | 2)


def resident_bytes(pid: int) -> int:
    """What the process holds in memory now."""
    return _status(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    """The most it has held since its program started.

    Not ``getrusage``: its maximum survives exec, so a child would begin with what
    its parent held.
    """
    return _status(pid, "VmHWM")


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"process {pid} has ended: no {name} in its status")
