"""Rows of accounts and applications: every step with its audit entry, in the caller's transaction.

Each function decides who may do it, whatever screen or command asked. Accounts are
opened by 局办公室 only (Article 18), and never by the person they are for.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from data_access.account_tables import account, application
from data_access.audit import append
from data_access.clock import day_of
from data_access.commands.sessions import end_sessions
from data_access.principal import SYSTEM, Forbidden, Principal
from data_access.queries.accounts import STATE_NAMES
from data_access.versions import raise_versions

PERSON = ("person", "gender", "position", "duty", "phone", "role", "unit")
KEPT_HASHES = 5
"""Former passwords that may not come back (design: the last five)."""
MOST_WAITING = 500
MOST_A_DAY = 20
"""Applications of one address within 24 hours: the form stands open to everybody."""


class AccountRefused(Exception):
    """The step is not possible; nothing was changed. `problems` are sentences for the screen."""

    def __init__(self, *problems: str) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(problems))


# ---------------------------------------------------------------- applications


def submit(who: Principal, connection: Connection, form: Mapping[str, str], *, at: dt.datetime) -> str:
    """Keep a checked form as an application; returns its number.

    Args:
        form: the keys of `PERSON`.

    Raises:
        AccountRefused: the person has an account or an application already, or too many arrive.
        Forbidden: a unit applies for another unit's person.
    """
    _may_apply(who, form)
    raise_versions(connection, "accounts", at=at)
    _stop_floods(connection, who, at)
    if who != SYSTEM:  # a stranger is not told who has an account; the office sees it when it decides
        _refuse_second_account(connection, form, is_namesake=True)
    number = f"A{day_of(at):%Y%m%d}-{secrets.token_hex(4).upper()}"
    try:
        with connection.begin_nested():
            connection.execute(
                application.insert().values(
                    number=number, **{name: form[name] for name in PERSON}, state="submitted",
                    address=who.address[:45], submitted_at=at, submitted_by=who.account,
                )
            )  # fmt: skip
    except IntegrityError:
        raise AccountRefused("这个联系电话已有一份申请在等待审核，不用重复提交。") from None
    append(connection, who, "account.apply", number, "done", at=at, detail=_place(form))
    return number


def approve(
    who: Principal,
    connection: Connection,
    number: str,
    *,
    name: str,
    password_hash: str,
    password_expires_at: dt.datetime,
    is_namesake: bool,
    at: dt.datetime,
) -> None:
    """Open the account that was applied for, with a one-time password.

    Args:
        is_namesake: the office knows that another account's person of the same name is somebody else.

    Raises:
        AccountRefused: not waiting any more, a second account of the person, a name that is taken.
        Forbidden: anybody but the office, and the applicant himself.
    """
    who.require("office")
    raise_versions(connection, "accounts", at=at)
    row = _waiting(connection, number)
    _refuse_own(who, connection, row)
    form = {key: getattr(row, key) for key in PERSON}
    _refuse_second_account(connection, form, is_namesake=is_namesake)
    try:
        with connection.begin_nested():
            connection.execute(
                account.insert().values(
                    name=name, **form, state="open", password_hash=password_hash, previous_hashes=[],
                    password_set_at=at, must_change=True, password_expires_at=password_expires_at,
                    opened_at=at, opened_by=_actor(who), used_at=at, confirmed_on=day_of(at), changed_at=at,
                )
            )  # fmt: skip
    except IntegrityError:
        raise AccountRefused(f"账号名 {name} 已被使用（注销的账号名也不再分配）。请换一个。") from None
    _decide(connection, number, who, at, state="approved", account=name)
    append(
        connection,
        who,
        "account.approve",
        name,
        "done",
        at=at,
        detail={"application": number, **_place(form)},
    )


def refuse(who: Principal, connection: Connection, number: str, *, reason: str, at: dt.datetime) -> None:
    """Return an application with a reason the applicant can act on."""
    who.require("office")
    _need_reason(reason)
    raise_versions(connection, "accounts", at=at)
    _refuse_own(who, connection, _waiting(connection, number))
    _decide(connection, number, who, at, state="refused", reason=reason.strip())
    append(connection, who, "account.refuse", number, "done", at=at, detail={"reason": reason.strip()})


def _may_apply(who: Principal, form: Mapping[str, str]) -> None:
    if who == SYSTEM or who.role == "office":
        return
    if (who.role, who.unit) != (form["role"], form["unit"]):
        raise Forbidden("只能为本单位的人员申请账号。其他单位的人员由其所在单位申请。")


def _stop_floods(connection: Connection, who: Principal, at: dt.datetime) -> None:
    c = application.c
    counted = select(func.count()).select_from(application)
    waiting = connection.scalar(counted.where(c.state == "submitted")) or 0
    recent = counted.where(c.submitted_at > at - dt.timedelta(days=1), c.address == who.address[:45])
    if waiting >= MOST_WAITING:
        raise AccountRefused("待审核的申请过多，暂不接收新的申请。请电话联系局办公室。")
    if who == SYSTEM and (connection.scalar(recent) or 0) >= MOST_A_DAY:
        raise AccountRefused("这个地址 24 小时内提交的申请过多。请明天再试，或联系局办公室。")


def _waiting(connection: Connection, number: str) -> Row[Any]:
    row = connection.execute(select(application).where(application.c.number == number)).first()
    if row is None or row.state != "submitted":
        raise AccountRefused(f"申请 {number} 不在待审核之列，可能已经办理。请刷新后再看。")
    return row


def _refuse_own(who: Principal, connection: Connection, row: Row[Any]) -> None:
    own = connection.execute(select(account).where(account.c.name == who.account)).first()
    if own is not None and (own.phone == row.phone or (own.person, own.unit) == (row.person, row.unit)):
        raise Forbidden("不能审核本人的申请。请局办公室的其他人员办理。")


def _refuse_second_account(connection: Connection, form: Mapping[str, str], *, is_namesake: bool) -> None:
    c = account.c
    standing = select(c.name, c.person, c.unit, c.phone, c.state).where(
        c.state != "closed", or_(c.phone == form["phone"], c.person == form["person"])
    )
    for row in connection.execute(standing.order_by(c.name)):
        has = f"账号 {row.name}（{STATE_NAMES[row.state]}）"
        if row.phone == form["phone"]:
            raise AccountRefused(f"这个联系电话已有{has}。一人一号；调动的请先注销原账号。")
        if row.unit == form["unit"]:
            raise AccountRefused(f"本单位的{row.person}已有{has}。一人一号；确属同名的，请在姓名后加以区分。")
        if not is_namesake:
            raise AccountRefused(
                f"其他单位的{row.person}已有{has}。请核对是否同一人；确属同名不同人的，请勾选确认后开通。"
            )


def _decide(connection: Connection, number: str, who: Principal, at: dt.datetime, **values: Any) -> None:
    connection.execute(
        update(application)
        .where(application.c.number == number)
        .values(decided_at=at, decided_by=_actor(who), **values)
    )


# ---------------------------------------------------------------- accounts


def set_one_time_password(
    who: Principal,
    connection: Connection,
    name: str,
    *,
    password_hash: str,
    expires_at: dt.datetime,
    at: dt.datetime,
    resume_reason: str | None = None,
) -> None:
    """Reset an open account's password, or (with a reason) bring back one that is suspended or disabled."""
    who.require("office")
    states = ("open",) if resume_reason is None else ("suspended", "disabled")
    if resume_reason is not None:
        _need_reason(resume_reason)
    row = _standing(connection, name, states, "重置密码" if resume_reason is None else "恢复", at)
    values: dict[str, Any] = {"must_change": True, "password_expires_at": expires_at}
    if resume_reason is not None:
        values |= {"state": "open", "state_reason": resume_reason.strip(), "used_at": at}
    _set_password(connection, row, password_hash, at, values)
    end_sessions(who, connection, name, at=at, reason="password")
    action = "account.reset" if resume_reason is None else "account.resume"
    detail = {"reason": resume_reason.strip()} if resume_reason else None
    append(connection, who, action, name, "done", at=at, detail=detail)


def set_own_password(
    who: Principal, connection: Connection, *, compared: str, password_hash: str, at: dt.datetime
) -> None:
    """The person's new password; all his sessions end.

    Args:
        compared: the hash that the old password was compared with; another one meanwhile refuses.
    """
    row = _standing(connection, who.account, ("open",), "修改密码", at)
    if row.password_hash != compared:
        raise AccountRefused("密码刚刚被修改过。请用新密码重新登录。")
    _set_password(connection, row, password_hash, at, {"must_change": False, "password_expires_at": None})
    end_sessions(who, connection, who.account, at=at, reason="password")
    append(connection, who, "account.password", who.account, "done", at=at)


def refresh_hash(
    who: Principal, connection: Connection, name: str, compared: str, password_hash: str
) -> None:
    """The same password under today's number of rounds."""
    connection.execute(
        update(account)
        .where(account.c.name == name, account.c.password_hash == compared)
        .values(password_hash=password_hash)
    )


def end_account(
    who: Principal, connection: Connection, name: str, *, state: str, reason: str, at: dt.datetime
) -> Row[Any]:
    """Disable, suspend or close an account and end its sessions; returns what it was.

    Raises:
        AccountRefused: no reason, already in that state, or the last account of the office.
    """
    if not (who == SYSTEM and state == "suspended"):
        who.require("office")
    _need_reason(reason)
    verb = {"disabled": "停用", "suspended": "暂停", "closed": "注销"}[state]
    allowed = {
        "disabled": ("open", "suspended"), "suspended": ("open",), "closed": ("open", "suspended", "disabled"),
    }[state]  # fmt: skip
    row = _standing(connection, name, allowed, verb, at)
    if row.role == "office" and row.state == "open":
        _keep_one_office(connection, name, verb)
    connection.execute(
        update(account)
        .where(account.c.name == name)
        .values(state=state, state_reason=reason.strip(), changed_at=at)
    )
    end_sessions(who, connection, name, at=at, reason=state)
    action = {"disabled": "account.disable", "suspended": "account.suspend", "closed": "account.close"}[state]
    append(connection, who, action, name, "done", at=at, detail={"reason": reason.strip()})
    return row


def confirm(who: Principal, connection: Connection, name: str, *, at: dt.datetime) -> None:
    """The office confirms that the person still works there and needs the account."""
    who.require("office")
    _standing(connection, name, ("open", "suspended", "disabled"), "确认", at)
    connection.execute(update(account).where(account.c.name == name).values(confirmed_on=day_of(at)))
    append(connection, who, "account.confirm", name, "done", at=at)


def unused_names(who: Principal, connection: Connection, since: dt.datetime) -> list[str]:
    """Open accounts without a login since that moment."""
    if who != SYSTEM:
        who.require("office")
    c = account.c
    return list(
        connection.scalars(select(c.name).where(c.state == "open", c.used_at < since).order_by(c.name))
    )


def _set_password(
    connection: Connection, row: Row[Any], password_hash: str, at: dt.datetime, values: dict[str, Any]
) -> None:
    kept = row.previous_hashes if row.must_change else [row.password_hash, *row.previous_hashes]
    connection.execute(
        update(account)
        .where(account.c.name == row.name)
        .values(
            password_hash=password_hash, previous_hashes=kept[:KEPT_HASHES], password_set_at=at, changed_at=at,
            **values,
        )
    )  # fmt: skip


def _standing(
    connection: Connection, name: str, states: tuple[str, ...], verb: str, at: dt.datetime
) -> Row[Any]:
    """The account, in one of these states, with nobody else changing accounts until the commit."""
    raise_versions(connection, "accounts", at=at)
    row = connection.execute(select(account).where(account.c.name == name).with_for_update()).first()
    if row is None:
        raise AccountRefused(f"没有账号 {name}。请核对账号名。")
    if row.state not in states:
        allowed = "、".join(STATE_NAMES[s] for s in states)
        raise AccountRefused(
            f"账号 {name} 的状态是「{STATE_NAMES[row.state]}」，不能{verb}；{verb}只适用于：{allowed}。"
        )
    return row


def _keep_one_office(connection: Connection, name: str, verb: str) -> None:
    c = account.c
    others = select(func.count()).where(c.role == "office", c.state == "open", c.name != name)
    if not connection.scalar(others):
        raise AccountRefused(f"{name} 是局办公室最后一个可用的账号，不能{verb}。请先为局办公室另开一个账号。")


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise AccountRefused("请写明原因。账号的变动都要留下原因，供以后查证。")


def _actor(who: Principal) -> str:
    return (who.account or who.name)[:32]


def _place(form: Mapping[str, str]) -> dict[str, str]:
    return {"role": form["role"], "unit": form["unit"]}
