"""Rows of sessions: one that runs per account, ended where the right to it ends."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import Connection, Engine, delete, update
from sqlalchemy.exc import OperationalError

from data_access.account_tables import account, login_session
from data_access.audit import append
from data_access.engine import writing
from data_access.principal import Principal

KEPT_DAYS = 180
TOUCH_PATIENCE_S = 0.05


def digest_of(sid: str) -> str:
    """What is stored of a session's id: a stolen backup opens no session."""
    return hashlib.sha256(sid.encode("utf-8", "surrogatepass")).hexdigest()


def open_session(
    who: Principal, connection: Connection, name: str, sid: str, *, at: dt.datetime, expires: dt.datetime
) -> int:
    """Begin a session; the one that ran before ends. Returns how many ended."""
    ended = end_sessions(who, connection, name, at=at, reason="replaced")
    connection.execute(update(account).where(account.c.name == name).values(used_at=at))
    connection.execute(
        login_session.insert().values(
            digest=digest_of(sid), account=name, address=who.address[:45], started_at=at, seen_at=at,
            expires_at=expires,
        )
    )  # fmt: skip
    return ended


def end_sessions(who: Principal, connection: Connection, name: str, *, at: dt.datetime, reason: str) -> int:
    """End what runs of an account, in the transaction that takes its right away."""
    c = login_session.c
    running = update(login_session).where(c.account == name, c.ended_at.is_(None))
    return connection.execute(running.values(ended_at=at, end_reason=reason)).rowcount


def log_out(who: Principal, connection: Connection, sid: str, *, at: dt.datetime, reason: str) -> bool:
    """End one session by its id; whether it ran."""
    c = login_session.c
    ended = connection.execute(
        update(login_session)
        .where(c.digest == digest_of(sid), c.ended_at.is_(None))
        .values(ended_at=at, end_reason=reason)
    ).rowcount
    if ended:
        action = "session.logout" if reason == "logout" else "session.ended"
        append(connection, who, action, who.account, "done", at=at, detail={"reason": reason})
    return bool(ended)


def touch(engine: Engine, who: Principal, sid: str, *, at: dt.datetime) -> bool:
    """Note that the session is in use. A base that is being written to is left alone until the next time."""
    c = login_session.c
    try:
        with writing(engine, patience_s=TOUCH_PATIENCE_S) as connection:
            return bool(
                connection.execute(
                    update(login_session)
                    .where(c.digest == digest_of(sid), c.ended_at.is_(None), c.seen_at < at)
                    .values(seen_at=at)
                ).rowcount
            )
    except OperationalError:
        return False


def close_expired(
    who: Principal, connection: Connection, *, now: dt.datetime, idle: dt.timedelta
) -> tuple[int, int]:
    """Mark sessions that ran out as ended, and remove those ended long ago; returns both counts."""
    c = login_session.c
    gone = (c.expires_at <= now) | (c.seen_at <= now - idle)
    closed = connection.execute(
        update(login_session).where(c.ended_at.is_(None), gone).values(ended_at=now, end_reason="expired")
    ).rowcount
    old = now - dt.timedelta(days=KEPT_DAYS)
    return closed, connection.execute(delete(login_session).where(c.ended_at < old)).rowcount
