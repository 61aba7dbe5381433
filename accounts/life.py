"""The life of an account (Article 18): applied for, opened by 局办公室, used by one person, closed.

A transfer is close and apply. Passwords are made and hashed here, outside any
transaction; the steps themselves are `data_access.commands.accounts`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from accounts import forms, hashing, policy
from accounts.forms import ApplicationForm
from accounts.login import limits
from data_access.audit import append
from data_access.commands import accounts as rows, attempts
from data_access.commands.accounts import AccountRefused
from data_access.engine import engine, reading, writing
from data_access.principal import SYSTEM, Forbidden, Principal
from data_access.queries import accounts as queries
from data_access.queries.accounts import Account
from data_access.settings import settings
from ui.formats import pinyin_key

__all__ = [
    "AccountRefused", "ApplicationForm", "Opened", "apply", "approve", "change_password", "close", "confirm",
    "confirmation_list", "disable", "open_directly", "propose_name", "refuse", "reset", "resume",
    "suspend_unused", "transfer",
]  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A one-time password, to be shown once and told to the person; it is kept nowhere."""

    account: str
    password: str
    expires_at: dt.datetime


# ---------------------------------------------------------------- asking and deciding


def apply(url: str, who: Principal, form: ApplicationForm, now: dt.datetime) -> str:
    """Hand in an application; returns its number.

    Args:
        who: whoever is logged in; `SYSTEM` with the peer's address for the form before the login.

    Raises:
        AccountRefused: with every problem of the form.
    """
    tidy = _checked(form)
    with writing(engine(url)) as connection:
        return rows.submit(who, connection, tidy.as_row(), at=now)


def approve(
    url: str, who: Principal, number: str, name: str, now: dt.datetime, *, is_namesake: bool = False
) -> Opened:
    """The office opens the account under `name`.

    Args:
        is_namesake: confirmed that a person of the same name in another unit is somebody else.

    Raises:
        AccountRefused: decided already, a second account, or a name that cannot be used.
        Forbidden: anybody but the office, and the applicant himself.
    """
    who.require("office")
    _check_name(name)
    opened, hashed = _one_time(name, now)
    with writing(engine(url)) as connection:
        rows.approve(
            who, connection, number, name=name, password_hash=hashed,
            password_expires_at=opened.expires_at, is_namesake=is_namesake, at=now,
        )  # fmt: skip
    return opened


def refuse(url: str, who: Principal, number: str, reason: str, now: dt.datetime) -> None:
    """The office returns an application with a reason."""
    with writing(engine(url)) as connection:
        rows.refuse(who, connection, number, reason=reason, at=now)


def open_directly(url: str, who: Principal, form: ApplicationForm, name: str, now: dt.datetime) -> Opened:
    """Application and approval in one step, for the command line: the form lies on paper at the office."""
    who.require("office")
    tidy = _checked(form)
    _check_name(name)
    opened, hashed = _one_time(name, now)
    with writing(engine(url)) as connection:
        number = rows.submit(who, connection, tidy.as_row(), at=now)
        rows.approve(
            who, connection, number, name=name, password_hash=hashed,
            password_expires_at=opened.expires_at, is_namesake=True, at=now,
        )  # fmt: skip
    return opened


def propose_name(url: str, who: Principal, person: str) -> str:
    """A free login name from the person's name in pinyin: 张伟 → zhangwei, zhangwei2 …"""
    spelled = "".join(
        c for c in "".join(pinyin_key(person.partition("（")[0])).lower() if c.isascii() and c.isalpha()
    )
    beginning = (spelled or "user").ljust(3, "x")[:28]
    with reading(engine(url)) as connection:
        taken = queries.names_like(who, connection, beginning)
    numbered = (f"{beginning}{n}" for n in range(2, len(taken) + 3))
    return next(name for name in (beginning, *numbered) if name not in taken)


# ---------------------------------------------------------------- passwords


def change_password(url: str, who: Principal, old: str, new: str, now: dt.datetime) -> None:
    """The person's own new password. All sessions of the account end: log in again with the new one.

    Raises:
        AccountRefused: the old one is wrong, or everything the policy asks of the new one.
    """
    made = engine(url)
    with writing(made) as connection:
        held = attempts.reserve(who, connection, who.account, who.address, now=now, limits=limits())
    if held is not None:
        raise AccountRefused(f"密码错误次数过多。请在 {-(-held.retry_after // 60)} 分钟后再试。")
    with reading(made) as connection:
        known = queries.credentials(who, connection, who.account)
    if known is None:
        raise Forbidden("请先登录。")
    if not hashing.matches(old, known.password_hash):
        with writing(made) as connection:
            attempts.fail(who, connection, who.account, who.address, now=now, limits=limits())
            append(
                connection, who, "account.password", who.account, "failed", at=now, detail={"reason": "wrong"}
            )
        raise AccountRefused("原密码不正确。请重新输入。")
    with writing(made) as connection:
        attempts.clear(who, connection, who.account, who.address)
    found = policy.problems(
        new, (known.name, known.person, known.phone), (known.password_hash, *known.previous_hashes)
    )
    if found:
        raise AccountRefused(*found)
    hashed = hashing.hash_password(new)
    with writing(made) as connection:
        rows.set_own_password(who, connection, compared=known.password_hash, password_hash=hashed, at=now)


def reset(url: str, who: Principal, name: str, now: dt.datetime) -> Opened:
    """A new one-time password for an open account; its sessions end."""
    return _renew(url, who, name, now, None)


def resume(url: str, who: Principal, name: str, reason: str, now: dt.datetime) -> Opened:
    """Bring back a suspended or disabled account, with a one-time password."""
    return _renew(url, who, name, now, reason)


def _renew(url: str, who: Principal, name: str, now: dt.datetime, reason: str | None) -> Opened:
    who.require("office")
    opened, hashed = _one_time(name, now)
    with writing(engine(url)) as connection:
        rows.set_one_time_password(
            who, connection, name, password_hash=hashed, expires_at=opened.expires_at, at=now,
            resume_reason=reason,
        )  # fmt: skip
    return opened


# ---------------------------------------------------------------- ends and lists


def disable(url: str, who: Principal, name: str, reason: str, now: dt.datetime) -> None:
    """The person has left or something happened; the account and its sessions end at once."""
    _end(url, who, name, "disabled", reason, now)


def close(url: str, who: Principal, name: str, reason: str, now: dt.datetime) -> None:
    """For good: the person may apply again, the name is never given to anybody else."""
    _end(url, who, name, "closed", reason, now)


def transfer(
    url: str, who: Principal, name: str, form: ApplicationForm, reason: str, now: dt.datetime
) -> str:
    """The person moves: the account is closed and an application for the new place handed in, both or neither.

    Args:
        form: the new unit, role, position and duty; person, gender and telephone as they are known
            where the form leaves them empty.

    Returns:
        The number of the application, which waits for the office.
    """
    who.require("office")
    made = engine(url)
    with reading(made) as connection:
        known = queries.one_account(who, connection, name)
    if known is None:
        raise AccountRefused(f"没有账号 {name}。请核对账号名。")
    kept = {key: getattr(form, key) or getattr(known, key) for key in ("person", "gender", "phone")}
    tidy = _checked(replace(form, **kept))
    with writing(made) as connection:
        rows.end_account(who, connection, name, state="closed", reason=reason, at=now)
        number = rows.submit(who, connection, tidy.as_row(), at=now)
        append(connection, who, "account.transfer", name, "done", at=now, detail={"application": number})
    return number


def _end(url: str, who: Principal, name: str, state: str, reason: str, now: dt.datetime) -> None:
    with writing(engine(url)) as connection:
        rows.end_account(who, connection, name, state=state, reason=reason, at=now)


def suspend_unused(made: Engine, now: dt.datetime) -> list[str]:
    """Suspend what nobody has used for 90 days; returns the names. The office's last account stays."""
    days = settings().accounts.unused_days
    suspended = []
    with reading(made) as connection:
        names = rows.unused_names(SYSTEM, connection, now - dt.timedelta(days=days))
    for name in names:
        try:
            with writing(made) as connection:
                if name not in rows.unused_names(SYSTEM, connection, now - dt.timedelta(days=days)):
                    continue
                rows.end_account(
                    SYSTEM, connection, name, state="suspended", reason=f"超过 {days} 天没有使用", at=now
                )
        except AccountRefused:
            continue
        suspended.append(name)
    return suspended


def confirmation_list(url: str, who: Principal, today: dt.date) -> list[Account]:
    """Accounts nobody has confirmed this year; a year begins on 1 January."""
    with reading(engine(url)) as connection:
        return queries.unconfirmed(who, connection, today)


def confirm(url: str, who: Principal, name: str, now: dt.datetime) -> None:
    """The office confirms for this year that the person still needs the account."""
    with writing(engine(url)) as connection:
        rows.confirm(who, connection, name, at=now)


# ---------------------------------------------------------------- parts


def _checked(form: ApplicationForm) -> ApplicationForm:
    tidy = form.tidy()
    found = forms.problems(tidy)
    if found:
        raise AccountRefused(*found)
    return tidy


def _check_name(name: str) -> None:
    found = forms.account_name_problems(name)
    if found:
        raise AccountRefused(*found)


def _one_time(name: str, now: dt.datetime) -> tuple[Opened, str]:
    password = policy.one_time_password()
    expires = now + dt.timedelta(hours=settings().accounts.one_time_hours)
    return Opened(name, password, expires), hashing.hash_password(password)
