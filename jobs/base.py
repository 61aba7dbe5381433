"""What a job is, and what it is given when it runs."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from apscheduler.triggers.base import BaseTrigger
from sqlalchemy import Engine


@dataclass(frozen=True)
class Context:
    """Given to a job for one run.

    `stop` is set when the worker is told to stop: a job ends at its next resting place.
    `check_lease` raises `LeaseLost` when another worker has taken over; a job calls it
    before each step that two workers must not do at once.
    """

    engine: Engine
    now: dt.datetime
    stop: threading.Event = field(default_factory=threading.Event)
    check_lease: Callable[[], None] = lambda: None


class LeaseLost(Exception):
    """Another worker runs the timetable now."""


class JobFailed(Exception):
    """The job did not do all it had to; the message, for the list of runs, says what to do."""


@dataclass(frozen=True)
class Job:
    """One line of the timetable. `run` returns one Chinese sentence for the list of runs.

    A job must bear being run again after it was killed in the middle.

    `is_quiet`: runs every few seconds and has nothing to catch up; only a change of its
    outcome and one run an hour stand in the list of runs.
    """

    key: str
    title: str
    trigger: BaseTrigger
    run: Callable[[Context], str]
    is_quiet: bool = False
