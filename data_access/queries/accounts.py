"""Accounts, applications and running sessions, as far as the asker may see them (Article 18)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from data_access.account_tables import account, application, login_session
from data_access.masking import mask_phone
from data_access.principal import SYSTEM, Forbidden, Principal
from data_access.versions import IN_ONE_TEXT

STATE_NAMES = {"open": "正常", "suspended": "暂停", "disabled": "停用", "closed": "注销"}
APPLICATION_STATE_NAMES = {"submitted": "待审核", "approved": "已开通", "refused": "已退回"}
GENDERS = {"male": "男", "female": "女"}
UNIT_ROLES = ("department", "district", "affiliated")


@dataclass(frozen=True)
class Account:
    """One person's account; the telephone is whole for the office only."""

    name: str
    person: str
    gender: str
    position: str
    duty: str
    phone: str
    role: str
    unit: str
    state: str
    state_reason: str | None
    must_change: bool
    password_expires_at: dt.datetime | None
    opened_at: dt.datetime
    opened_by: str
    used_at: dt.datetime
    confirmed_on: dt.date

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]


@dataclass(frozen=True)
class Application:
    """Who asked for an account, and what was decided; the telephone is whole for the office only."""

    number: str
    person: str
    gender: str
    position: str
    duty: str
    phone: str
    role: str
    unit: str
    state: str
    submitted_at: dt.datetime
    submitted_by: str
    decided_at: dt.datetime | None
    decided_by: str | None
    reason: str | None
    account: str | None

    @property
    def state_name(self) -> str:
        return APPLICATION_STATE_NAMES[self.state]


@dataclass(frozen=True)
class Credentials:
    """What a login or a change of password is held against."""

    name: str
    person: str
    phone: str
    role: str
    unit: str
    state: str
    password_hash: str
    previous_hashes: tuple[str, ...]
    must_change: bool
    password_expires_at: dt.datetime | None


@dataclass(frozen=True)
class Running:
    """A session that was not ended, with what its account may do."""

    account: str
    person: str
    role: str
    unit: str
    state: str
    must_change: bool
    address: str
    seen_at: dt.datetime
    expires_at: dt.datetime
    versions: str
    """All data versions in the same state of the base, for `versions.of_text`."""


_ACCOUNT = [account.c[name] for name in Account.__dataclass_fields__]
_APPLICATION = [application.c[name] for name in Application.__dataclass_fields__]
_CREDENTIALS = [account.c[name] for name in Credentials.__dataclass_fields__]
_RUNNING = select(
    login_session.c.account, account.c.person, account.c.role, account.c.unit, account.c.state,
    account.c.must_change, login_session.c.address, login_session.c.seen_at, login_session.c.expires_at,
    IN_ONE_TEXT,
).join_from(login_session, account).where(
    login_session.c.digest == bindparam("digest"), login_session.c.ended_at.is_(None)
)  # fmt: skip

Shown = TypeVar("Shown", Account, Application)


def running(who: Principal, connection: Connection, digest: str) -> Running | None:
    """The session under the digest of its id, unless it was ended. One look-up by two primary keys."""
    row = connection.execute(_RUNNING, {"digest": digest}).first()
    return Running(*row) if row else None


def credentials(
    who: Principal, connection: Connection, name: str, *, for_update: bool = False
) -> Credentials | None:
    """For the product itself and the person whose account it is; hashes go nowhere else."""
    if who != SYSTEM and who.account != name:
        raise Forbidden("密码信息不对任何人开放。")
    statement = select(*_CREDENTIALS).where(account.c.name == name)
    row = connection.execute(statement.with_for_update() if for_update else statement).first()
    if row is None:
        return None
    return Credentials(**{**row._mapping, "previous_hashes": tuple(row.previous_hashes)})


def accounts(
    who: Principal, connection: Connection, *, state: str | None = None, search: str | None = None
) -> list[Account]:
    """Accounts by unit and name: the office's view of all, a unit's of its own.

    Raises:
        Forbidden: leaders, the operations team and guides.
    """
    statement = select(*_ACCOUNT).where(*_visible(who, account.c.unit))
    if state is not None:
        statement = statement.where(account.c.state == state)
    if search:
        found = [account.c[name].icontains(search, autoescape=True) for name in ("name", "person", "unit")]
        statement = statement.where(found[0] | found[1] | found[2])
    rows = connection.execute(statement.order_by(account.c.unit, account.c.name))
    return [_shown(who, Account(**row._mapping)) for row in rows]


def one_account(who: Principal, connection: Connection, name: str) -> Account | None:
    """An account inside the asker's view; his own in any case."""
    where = [] if who.account == name else _visible(who, account.c.unit)
    row = connection.execute(select(*_ACCOUNT).where(account.c.name == name, *where)).first()
    return _shown(who, Account(**row._mapping)) if row else None


def applications(who: Principal, connection: Connection, *, state: str | None = None) -> list[Application]:
    """Applications, the oldest first; who sees which as with `accounts`."""
    statement = select(*_APPLICATION).where(*_visible(who, application.c.unit))
    if state is not None:
        statement = statement.where(application.c.state == state)
    rows = connection.execute(statement.order_by(application.c.submitted_at, application.c.number))
    return [_shown(who, Application(**row._mapping)) for row in rows]


def waiting_applications(who: Principal, connection: Connection) -> int:
    """How many wait for the office."""
    statement = select(func.count()).select_from(application).where(application.c.state == "submitted")
    return connection.scalar(statement.where(*_visible(who, application.c.unit))) or 0


def unconfirmed(who: Principal, connection: Connection, today: dt.date) -> list[Account]:
    """The yearly list: accounts not closed that nobody has confirmed or opened in this year yet."""
    if who != SYSTEM:  # the yearly job counts them
        who.require("office")
    first = dt.date(today.year, 1, 1)
    statement = select(*_ACCOUNT).where(account.c.state != "closed", account.c.confirmed_on < first)
    rows = connection.execute(statement.order_by(account.c.unit, account.c.name))
    return [_shown(who, Account(**row._mapping)) for row in rows]


def names_like(who: Principal, connection: Connection, beginning: str) -> set[str]:
    """Login names already taken, closed ones too: a name never comes to stand for another person."""
    who.require("office")
    return set(connection.scalars(select(account.c.name).where(account.c.name.startswith(beginning))))


def _visible(who: Principal, unit: Any) -> list[ColumnElement[bool]]:
    if who.role == "office":
        return []
    if who.role in UNIT_ROLES:
        return [unit == who.unit]
    raise Forbidden("账号由局办公室管理（第十八条）。请联系局办公室。")


def _shown(who: Principal, found: Shown) -> Shown:
    return found if who.role == "office" else replace(found, phone=mask_phone(found.phone))
