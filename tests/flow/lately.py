"""A live feed that has just been heard: pages look at the clock, so their tests tell minutes before now."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine

from data_access.clock import day_of, now
from data_access.engine import writing
from data_access.live.messages import Message
from data_access.live.take import Rules, take
from data_access.principal import SYSTEM
from tests.flow.recorded import HOURS, LIES_IN, record
from tests.live.made_up import GYM, POOL, STADIUM, connect

PRESENT = {GYM: 90, POOL: 35, STADIUM: 10}
CAPACITY = 100
"""So GYM is crowded (80 %), the others are not."""


def fill(made: Engine, *, ago: dt.timedelta = dt.timedelta(minutes=1), minutes: int = 20) -> None:
    """Three venues told up to `ago` before now, and five whole weeks recorded before today."""
    connect(made)
    at = now()
    newest = (at - ago).replace(second=0, microsecond=0).astimezone(dt.UTC)
    messages = [
        Message(
            venue, newest - dt.timedelta(minutes=n), 1 + n % 2, n % 2, people - n % 2, "online", 1, CAPACITY
        )
        for venue, people in PRESENT.items()
        for n in range(minutes)
        if day_of(newest - dt.timedelta(minutes=n)) == day_of(newest)  # an alert ends with its day
    ]
    with writing(made) as connection:
        take(SYSTEM, connection, messages, at=at, rules=Rules())
    today = day_of(at)
    days = [today - dt.timedelta(days=n) for n in range(1, 36)]
    record(made, ((v, d, h, 100 + h, h) for v in LIES_IN for d in days for h in HOURS))
