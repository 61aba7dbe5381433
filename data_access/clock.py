"""Time as an argument: a moment turned into the day of 北京时间, and back."""

from __future__ import annotations

import datetime as dt

from data_access.engine import BEIJING


def now() -> dt.datetime:
    """The present moment, aware. Called at the edges only (commands, pages, jobs)."""
    return dt.datetime.now(BEIJING)


def day_of(moment: dt.datetime) -> dt.date:
    return moment.astimezone(BEIJING).date()


def moment_of(day: dt.date, present: dt.datetime) -> dt.datetime:
    """When something of `day` is taken to have happened: now if today, noon otherwise."""
    if day_of(present) == day:
        return present
    return dt.datetime.combine(day, dt.time(12), BEIJING)
