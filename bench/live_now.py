"""Every connected venue on the live feed, as it would be this minute: without it a live page has nothing to read."""

from __future__ import annotations

import datetime as dt

import catalog
from data_access import migrate
from data_access.clock import day_of, now
from data_access.engine import engine, reading, writing
from data_access.live.messages import HOUR, MINUTE, Message, midnight
from data_access.live.prune import prune
from data_access.live.scope import venues
from data_access.live.take import Rules, take
from data_access.principal import SYSTEM

LAST_MINUTES = 22
"""As far back as a stuck counter is looked for."""
CAPACITY = 400
CROWDED_ONE_IN = 200


def fill_live(database: str) -> int:
    """Bring the schema up to date and take today's messages of every connected venue; how many venues.

    Of the hours that are over one minute each, of the last minutes all: as many rows of
    hours and of newest minutes as a day of the feed leaves, without its million minutes.
    """
    made, at = engine(database), now()
    migrate.prepare(made, catalog.default())
    with reading(made) as connection:
        codes = [v.venue_code for v in venues(SYSTEM, connection)]
    newest = at.replace(second=0, microsecond=0) - MINUTE
    with writing(made) as connection:
        prune(SYSTEM, connection, at=at, keep_days=0)
    for minute in _moments(newest):
        with writing(made) as connection:
            take(SYSTEM, connection, _messages(codes, minute), at=at, rules=Rules())
    made.dispose()
    return len(codes)


def _moments(newest: dt.datetime) -> list[dt.datetime]:
    first = newest - (LAST_MINUTES - 1) * MINUTE
    start = midnight(day_of(newest)).astimezone(dt.UTC)
    hours = [start + n * HOUR for n in range(24) if start + n * HOUR < first]
    return [*hours, *(first + n * MINUTE for n in range(LAST_MINUTES))]


def _messages(codes: list[str], minute: dt.datetime) -> list[Message]:
    """Each venue a little fuller than the one before; one in `CROWDED_ONE_IN` over its alert line."""
    found = []
    for number, code in enumerate(codes):
        is_crowded = number % CROWDED_ONE_IN == 7
        present = 360 if is_crowded else number * 7 % 200 + minute.minute % 5
        found.append(
            Message(
                code, minute, number % 3, minute.minute % 3, present, "online", 1, CAPACITY, minute + MINUTE
            )
        )
    return found
