"""One attempt to log in: counted, compared, recorded; the same work whether the name is known or not."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Engine

from accounts import forms, hashing, tokens
from data_access.audit import append
from data_access.commands import accounts as rows, attempts
from data_access.commands.attempts import Failure, Held, Limits
from data_access.commands.sessions import open_session
from data_access.engine import engine, reading, writing
from data_access.principal import SYSTEM, Principal
from data_access.queries.accounts import Credentials, credentials
from data_access.settings import settings

Code = Literal["wrong", "locked", "slowed", "busy", "disabled", "suspended", "closed", "one_time_expired"]
UNKNOWN = "未知账号"


@dataclass(frozen=True)
class LoggedIn:
    """`token` goes into the cookie; with `must_change` only the change of the password is open."""

    token: str
    sid: str
    account: str
    must_change: bool
    expires_at: dt.datetime


@dataclass(frozen=True)
class Refused:
    """`sentence` is for the screen; `retry_after` in seconds, 0 where another attempt may follow at once."""

    code: Code
    sentence: str
    retry_after: int = 0


_STATES: dict[str, tuple[Code, str]] = {
    "disabled": ("disabled", "这个账号已停用。需要恢复的，请联系局办公室。"),
    "suspended": ("suspended", "这个账号因久未使用已暂停。需要恢复的，请联系局办公室。"),
    "closed": ("closed", "这个账号已注销。需要账号的，请重新申请。"),
}


def log_in(url: str, name: str, password: str, address: str, now: dt.datetime) -> LoggedIn | Refused:
    """Take a name and a password; about a quarter of a second of bcrypt, so not on the event loop.

    Args:
        address: of the peer, as the gate trusts it.
    """
    made, typed = engine(url), forms.login_name(name)
    who = replace(SYSTEM, address=address[:45])
    with writing(made) as connection:
        held = attempts.reserve(who, connection, typed, address, now=now, limits=limits())
    if held is not None:
        return _held(held)
    with reading(made) as connection:
        known = credentials(SYSTEM, connection, typed)
    if not hashing.matches(password, known.password_hash if known else None):
        return _failed(made, who, known, typed, now)
    assert known is not None
    return _succeeded(made, known, password, address, now)


def limits() -> Limits:
    configured = settings().accounts
    return Limits(configured.lock_failures, dt.timedelta(minutes=configured.lock_minutes))


def _held(held: Held) -> Refused:
    sentence = {
        "locked": f"登录失败次数过多，已暂时锁定。请在 {_minutes(held.retry_after)} 分钟后再试。",
        "slowed": f"这个地址登录失败次数过多。请在 {held.retry_after} 秒后再试。",
        "busy": "同一账号正在登录。请稍后再试。",
    }[held.reason]
    return Refused(held.reason, sentence, held.retry_after)


def _failed(made: Engine, who: Principal, known: Credentials | None, typed: str, now: dt.datetime) -> Refused:
    """Counted and recorded. A name nobody has is not written down: it may be a password."""
    person = _person(known, who.address) if known else who
    object = known.name if known else UNKNOWN
    with writing(made) as connection:
        failure = attempts.fail(who, connection, typed, who.address, now=now, limits=limits())
        append(connection, person, "session.login", object, "failed", at=now, detail={"reason": "wrong"})
        if failure.locked:
            append(connection, person, "session.locked", object, "done", at=now, detail=_until(failure))
        if failure.slowed:
            append(connection, who, "session.slowed", who.address, "done", at=now)
    if failure.locked:
        return _held(Held("locked", failure.retry_after))
    configured = limits()
    minutes = int(configured.window.total_seconds()) // 60
    sentence = f"账号或密码不正确。{minutes} 分钟内失败 {configured.failures} 次将锁定 {minutes} 分钟。"
    return Refused("wrong", sentence, failure.retry_after)


def _succeeded(
    made: Engine, known: Credentials, password: str, address: str, now: dt.datetime
) -> LoggedIn | Refused:
    """The password is right; whether the account may be used is looked at again under its lock."""
    who = _person(known, address[:45])
    renewed = None if hashing.is_current(known.password_hash) else hashing.hash_password(password)
    sid = secrets.token_urlsafe(32)
    expires = now + dt.timedelta(hours=settings().accounts.session_hours)
    with writing(made) as connection:
        row = credentials(SYSTEM, connection, known.name, for_update=True)
        attempts.clear(who, connection, known.name, address)
        refused = _unusable(row, known, now)
        if refused is not None:
            append(
                connection,
                who,
                "session.login",
                known.name,
                "refused",
                at=now,
                detail={"reason": refused.code},
            )
            return refused
        if renewed is not None:
            rows.refresh_hash(who, connection, known.name, known.password_hash, renewed)
        replaced = open_session(who, connection, known.name, sid, at=now, expires=expires)
        detail = {"replaced": replaced} if replaced else None
        append(connection, who, "session.login", known.name, "done", at=now, detail=detail)
    token = tokens.write(known.name, sid, expires)
    return LoggedIn(token, sid, known.name, known.must_change, expires)


def _unusable(row: Credentials | None, compared: Credentials, now: dt.datetime) -> Refused | None:
    """Why an account whose password was right cannot be used; None if it can."""
    if row is None or row.password_hash != compared.password_hash:
        return Refused("wrong", "密码刚刚被修改过。请用新密码登录。")
    if row.state in _STATES:
        return Refused(*_STATES[row.state])
    if row.password_expires_at is not None and now >= row.password_expires_at:
        return Refused("one_time_expired", "一次性密码已过期。请联系局办公室重新发放。")
    return None


def _person(known: Credentials, address: str) -> Principal:
    return Principal(known.role, known.unit, known.person, known.name, address)  # type: ignore[arg-type]


def _until(failure: Failure) -> dict[str, int]:
    return {"seconds": failure.retry_after}


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
