"""Who is behind a session id: asked anew in every run, fragment, callback and request.

`resolve_principal` is the seam: a city-wide identity (OIDC) would replace it and
nothing else, since Article 18's approval decides who has an account either way.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection

from data_access.commands import sessions as rows
from data_access.engine import engine, reading, writing
from data_access.principal import SYSTEM, Principal, Role
from data_access.queries.accounts import Running, running
from data_access.settings import settings
from data_access.versions import of_text

TOUCH_EVERY = dt.timedelta(minutes=1)
REASONS = {
    "logout": "已退出",
    "replaced": "同一账号在别处登录",
    "password": "密码已修改",
    "disabled": "账号已停用",
    "suspended": "账号已暂停",
    "closed": "账号已注销",
    "expired": "已超时",
}


@dataclass(frozen=True)
class Session:
    """A session that runs. With `must_change`, nothing but changing the password is allowed yet."""

    principal: Principal
    must_change: bool
    expires_at: dt.datetime
    versions: dict[str, int]
    """The data versions in the state of the base in which the session was looked up."""


def current(url: str, sid: str | None, now: dt.datetime) -> Session | None:
    """The session under this id, if it was not ended, is not idle for too long and has not run out."""
    if not sid:
        return None
    with reading(engine(url)) as connection:
        return current_in(connection, url, sid, now)


def current_in(connection: Connection, url: str, sid: str, now: dt.datetime) -> Session | None:
    """`current` inside a transaction that reads.

    One query by primary key; the use is noted, in a transaction of its own, at most once a minute.
    """
    found = running(SYSTEM, connection, rows.digest_of(sid))
    if found is None or found.state != "open":
        return None
    ends = min(found.expires_at, found.seen_at + dt.timedelta(minutes=settings().accounts.idle_minutes))
    if now >= ends:
        return None
    if now - found.seen_at >= TOUCH_EVERY:
        rows.touch(engine(url), SYSTEM, sid, at=now)
    return Session(_principal(found), found.must_change, found.expires_at, of_text(found.versions))


def resolve_principal(url: str, sid: str | None, now: dt.datetime) -> Principal | None:
    """Who asks; None for nobody, and for whoever must change a one-time password first."""
    session = current(url, sid, now)
    return None if session is None or session.must_change else session.principal


def end(url: str, sid: str, now: dt.datetime, reason: str = "logout") -> bool:
    """End a session; whether there was one. Also for one that has run out but was not marked yet."""
    with writing(engine(url)) as connection:
        found = running(SYSTEM, connection, rows.digest_of(sid))
        if found is None:
            return False
        return rows.log_out(_principal(found), connection, sid, at=now, reason=reason)


def _principal(found: Running) -> Principal:
    return Principal(cast(Role, found.role), found.unit, found.person, found.account, found.address)
