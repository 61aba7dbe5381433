"""Messages in: exactly once, whatever their order (Article 8, 数据接入).

A minute holds the highest-ranking of all messages about it. That choice does not
depend on who came first, and taking a message twice chooses it again, so repeated,
reordered and overlapping pulls, and a pull killed and begun anew, end in the same
rows. Hours, newest minutes and alerts are computed from the minutes again in the
same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from data_access.live import alerts, fold, totals
from data_access.live.fold import insert_into
from data_access.live.messages import AHEAD_S, LATE_S, MINUTE, Message, newest
from data_access.live.prune import oldest
from data_access.live.tables import live_minute
from data_access.principal import Principal
from data_access.queries.scope import fetch
from data_access.versions import raise_versions

DOMAIN = "live"


@dataclass(frozen=True)
class Rules:
    """What the operators have set for the live feed (config.toml [live]).

    Attributes:
        capacities: venue code → 核定承载量, instead of what the platform states.
    """

    keep_days: int = 7
    crowding: alerts.Crowding = field(default_factory=alerts.Crowding)
    capacities: Mapping[str, int] = field(default_factory=dict)
    stuck_minutes: int = totals.STUCK_MINUTES

    @property
    def measuring(self) -> totals.Measuring:
        return totals.Measuring(self.crowding, self.stuck_minutes)


@dataclass(slots=True)
class Taken:
    """What one lot of messages did."""

    added: int = 0
    corrected: int = 0
    repeated: int = 0  # messages that changed nothing
    ahead: int = 0  # refused: the venue's clock runs ahead …
    ahead_venues: set[str] = field(default_factory=set)  # … of these
    too_old: int = 0  # refused: older than what is kept
    late: int = 0  # of those added
    raised: int = 0  # crowding alerts that began

    @property
    def changed(self) -> int:
        return self.added + self.corrected


def take(
    who: Principal, connection: Connection, messages: Iterable[Message], *, at: dt.datetime, rules: Rules
) -> Taken:
    """Bring the live tables up to these messages, in the caller's writing transaction.

    Args:
        at: when they arrived.
    """
    who.require("operations")
    result, usable = Taken(), []
    first, last = oldest(at, rules.keep_days), at + dt.timedelta(seconds=AHEAD_S)
    for message in messages:
        if message.minute < first:
            result.too_old += 1
        elif message.minute > last:
            result.ahead += 1
            result.ahead_venues.add(message.venue_code)
        else:
            own = rules.capacities.get(message.venue_code)
            usable.append(message if own is None else replace(message, capacity=own))
    counting = newest(usable)
    known = _ranks(connection, counting)
    changes = [m for key, m in counting.items() if key not in known or m.rank > known[key]]
    result.repeated = len(usable) - len(changes)
    if not changes:
        return result
    raise_versions(connection, DOMAIN, at=at)  # from here on one writer at a time
    _store(connection, changes, at)
    result.corrected = sum(m.key in known for m in changes)
    result.added = len(changes) - result.corrected
    result.late = sum(m.key not in known and delay_of(m, at) > LATE_S for m in changes)
    ends = fold.fold_hours(who, connection, changes)
    fold.move_newest(who, connection, changes, at)
    totals.refold_hours(who, connection, ends)
    totals.refold_now(who, connection, rules.measuring, at)
    result.raised = alerts.refresh(who, connection, changes, rules.crowding)
    return result


def delay_of(message: Message, at: dt.datetime) -> int:
    """Seconds from the minute's end until it was published, or arrived where the platform does not say."""
    told = message.published_at or at
    return max(0, int((told - message.minute - MINUTE).total_seconds()))


# ---------------------------------------------------------------- minutes


def _ranks(connection: Connection, keys: Collection[tuple[str, dt.datetime]]) -> dict[Any, Any]:
    """Rank of what is stored under these keys."""
    if not keys:
        return {}
    c = live_minute.c
    moments = [minute for _, minute in keys]
    statement = select(
        c.venue_code, c.minute, c.people_in, c.people_out, c.present, c.device_state, c.sequence, c.capacity
    ).where(c.venue_code.in_({code for code, _ in keys}), c.minute >= min(moments), c.minute <= max(moments))
    stored = (Message(*row) for row in fetch(connection, statement))
    return {m.key: m.rank for m in stored if m.key in keys}


def _store(connection: Connection, changes: list[Message], at: dt.datetime) -> None:
    rows = [
        {
            "venue_code": m.venue_code, "minute": m.minute, "people_in": m.people_in,
            "people_out": m.people_out, "present": m.present, "capacity": m.capacity,
            "device_state": m.device_state, "sequence": m.sequence, "received_at": at,
            "delay_s": delay_of(m, at),
        }
        for m in changes
    ]  # fmt: skip
    connection.execute(_storing(connection.dialect.name), rows)


@cache
def _storing(dialect: str) -> Any:
    """Insert, or replace what ranks lower: decided by the database, so two writers cannot undo each other."""
    statement = insert_into(dialect, live_minute)
    new, old = statement.excluded, live_minute.c
    counts = ("sequence", "present", "people_in", "people_out", "device_state")
    return statement.on_conflict_do_update(
        index_elements=["venue_code", "minute"],
        set_={name: new[name] for name in (*counts, "capacity")},
        where=tuple_(*(new[n] for n in counts), func.coalesce(new.capacity, -1))
        > tuple_(*(old[n] for n in counts), func.coalesce(old.capacity, -1)),
    )
