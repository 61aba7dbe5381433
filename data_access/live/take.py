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
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from data_access.live import alerts
from data_access.live.messages import AHEAD_S, HOUR, LATE_S, MINUTE, Message, hour_end_of, newest
from data_access.live.prune import oldest
from data_access.live.tables import live_hour, live_minute, live_venue
from data_access.principal import Principal
from data_access.queries.scope import fetch
from data_access.versions import raise_versions

DOMAIN = "live"
Hours = set[tuple[str, dt.datetime]]


@dataclass(frozen=True)
class Rules:
    """What the operators have set for the live feed (config.toml [live]).

    Attributes:
        capacities: venue code → 核定承载量, instead of what the platform states.
    """

    keep_days: int = 7
    crowding: alerts.Crowding = field(default_factory=alerts.Crowding)
    capacities: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """What one lot of messages did."""

    added: int = 0
    corrected: int = 0
    repeated: int = 0  # messages that changed nothing
    ahead: int = 0  # refused: the venue's clock runs ahead
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
    _fold_hours(connection, {(m.venue_code, hour_end_of(m.minute)) for m in changes})
    _move_newest(connection, changes, at)
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
    statement = _insert(dialect, live_minute)
    new, old = statement.excluded, live_minute.c
    counts = ("sequence", "present", "people_in", "people_out", "device_state")
    return statement.on_conflict_do_update(
        index_elements=["venue_code", "minute"],
        set_={name: new[name] for name in (*counts, "capacity")},
        where=tuple_(*(new[n] for n in counts), func.coalesce(new.capacity, -1))
        > tuple_(*(old[n] for n in counts), func.coalesce(old.capacity, -1)),
    )


def _insert(dialect: str, table: Any) -> Any:
    return postgresql_insert(table) if dialect == "postgresql" else sqlite_insert(table)


@cache
def replacing(dialect: str, table: Any) -> Any:
    """Insert, or overwrite every column outside the key."""
    statement = _insert(dialect, table)
    keys = [c.name for c in table.primary_key.columns]
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys},
    )


# ---------------------------------------------------------------- what follows from the minutes


def _fold_hours(connection: Connection, touched: Hours) -> None:
    """Compute these hours from their minutes, whatever stood there."""
    c = live_minute.c
    ends = [end for _, end in touched]
    statement = select(
        c.venue_code, c.minute, c.people_in, c.people_out, c.present, c.device_state, c.sequence, c.delay_s
    ).where(
        c.venue_code.in_({code for code, _ in touched}), c.minute >= min(ends) - HOUR, c.minute < max(ends)
    )
    folded: dict[tuple[str, dt.datetime], dict[str, Any]] = {}
    for code, minute, into, out, present, state, sequence, delay in fetch(
        connection, statement.order_by(c.venue_code, c.minute)
    ):
        key = (code, hour_end_of(minute))
        if key not in touched:
            continue
        line = folded.get(key)
        if line is None:
            line = folded[key] = dict.fromkeys(_SUMS, 0) | {"peak": present}
        line["people_in"] += into
        line["people_out"] += out
        line["peak"] = max(line["peak"], present)
        line["present"] = present
        line["minutes"] += 1
        line["late"] += delay > LATE_S
        line["corrected"] += sequence > 1
        line["faulty"] += state != "online"
    rows = [{"venue_code": code, "hour_end": end, **line} for (code, end), line in folded.items()]
    connection.execute(replacing(connection.dialect.name, live_hour), rows)


_SUMS = ("people_in", "people_out", "peak", "present", "minutes", "late", "corrected", "faulty")


def _move_newest(connection: Connection, changes: list[Message], at: dt.datetime) -> None:
    """The newest minute of each venue that was told something."""
    c = live_venue.c
    codes = {m.venue_code for m in changes}
    rows = {
        row.venue_code: dict(row._mapping)
        for row in fetch(connection, select(live_venue).where(c.venue_code.in_(codes)))
    }
    for m in changes:
        known = rows.get(m.venue_code)
        if known is None or m.minute >= known["minute"]:
            rows[m.venue_code] = {
                "venue_code": m.venue_code, "minute": m.minute, "people_in": m.people_in,
                "people_out": m.people_out, "present": m.present, "capacity": m.capacity,
                "device_state": m.device_state,
            }  # fmt: skip
    for row in rows.values():
        row["heard_at"] = at
    connection.execute(replacing(connection.dialect.name, live_venue), list(rows.values()))
