"""Failed logins, counted by name and address together and by address alone; across processes and restarts.

A stranger can lock a name for his own address only. An attempt is counted before
the password is compared, so a hundred at once get no further than one after another.
Names are kept as hashes: people type passwords into the wrong field.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data_access.account_tables import login_attempt
from data_access.principal import Principal

ADDRESS_FAILURES = 20
"""Failures of one address within the window, whatever names, before it is slowed down."""
LONGEST_PAUSE_S = 30
KEPT_MOMENTS = 64
_ADDRESS_ITSELF = ""


@dataclass(frozen=True)
class Limits:
    """So many failures within the window lock for as long as the window is."""

    failures: int
    window: dt.timedelta


@dataclass(frozen=True)
class Held:
    """The attempt is not looked at: why, and after how many seconds another may be made."""

    reason: Literal["locked", "busy", "slowed"]
    retry_after: int


@dataclass(frozen=True)
class Failure:
    """What a failure led to; `locked` and `slowed` only when it was this one that did it."""

    locked: bool
    slowed: bool
    retry_after: int


def network(address: str) -> str:
    """Whom an address counts for: an IPv6 subscriber has 2^64 of them."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:45]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)


def reserve(
    who: Principal, connection: Connection, name: str, address: str, *, now: dt.datetime, limits: Limits
) -> Held | None:
    """Count an attempt before it is made; `Held` if it may not be made now."""
    forget(who, connection, now=now, limits=limits)
    by_address = _locked_row(connection, _ADDRESS_ITSELF, address, now)
    by_name = _locked_row(connection, _digest(name), address, now)
    if _is_running(by_name, now):
        return Held("locked", _seconds(by_name.locked_until, now))
    if _is_running(by_address, now):
        return Held("slowed", _seconds(by_address.locked_until, now))
    fresh = _fresh(by_name, now, limits)
    if len(fresh) >= limits.failures:
        return Held("busy", 5)
    _store(connection, by_name, [*fresh, now.timestamp()], now, None)
    return None


def fail(
    who: Principal, connection: Connection, name: str, address: str, *, now: dt.datetime, limits: Limits
) -> Failure:
    """The attempt that was reserved failed."""
    by_address = _locked_row(connection, _ADDRESS_ITSELF, address, now)
    by_name = _locked_row(connection, _digest(name), address, now)
    fresh = _fresh(by_name, now, limits) or [now.timestamp()]
    locked = len(fresh) >= limits.failures
    _store(connection, by_name, fresh, now, now + limits.window if locked else None)
    tried = [*_fresh(by_address, now, limits), now.timestamp()][-KEPT_MOMENTS:]
    over = len(tried) - ADDRESS_FAILURES
    pause = min(LONGEST_PAUSE_S, 2 ** min(over, 10)) if over >= 0 else 0
    _store(connection, by_address, tried, now, now + dt.timedelta(seconds=pause) if pause else None)
    wait = int(limits.window.total_seconds()) if locked else pause
    return Failure(locked, over == 0, wait)


def clear(who: Principal, connection: Connection, name: str, address: str) -> None:
    """The right password was given: earlier failures of this name from this address count no more."""
    c = login_attempt.c
    connection.execute(
        delete(login_attempt).where(c.name_digest == _digest(name), c.address == network(address))
    )


def forget(who: Principal, connection: Connection, *, now: dt.datetime, limits: Limits) -> int:
    """Remove what no longer counts; the table holds some minutes, whoever knocks and however often."""
    return connection.execute(
        delete(login_attempt).where(login_attempt.c.seen_at <= now - limits.window)
    ).rowcount


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _locked_row(connection: Connection, digest: str, address: str, now: dt.datetime) -> Row[Any]:
    """The row, made if absent, and nobody else's until the commit."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"name_digest": digest, "address": network(address), "moments": [], "seen_at": now}
    connection.execute(dialect.insert(login_attempt).values(**values).on_conflict_do_nothing())
    c = login_attempt.c
    where = (c.name_digest == digest, c.address == values["address"])
    return connection.execute(select(login_attempt).where(*where).with_for_update()).one()


def _store(
    connection: Connection, row: Row[Any], moments: list[float], now: dt.datetime, until: dt.datetime | None
) -> None:
    c = login_attempt.c
    connection.execute(
        update(login_attempt)
        .where(c.name_digest == row.name_digest, c.address == row.address)
        .values(moments=moments, seen_at=now, locked_until=until)
    )


def _fresh(row: Row[Any], now: dt.datetime, limits: Limits) -> list[float]:
    since = (now - limits.window).timestamp()
    return [m for m in row.moments if m > since]


def _is_running(row: Row[Any], now: dt.datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now


def _seconds(until: dt.datetime, now: dt.datetime) -> int:
    return max(1, round((until - now).total_seconds()))
