"""Accounts and applications as the office reads them (Article 18)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import catalog
from accounts.forms import units_of
from accounts.life import Opened
from data_access.principal import ROLE_NAMES
from data_access.queries.accounts import GENDERS, STATE_NAMES, Account, Application
from ui import formats

EVERY = "全部"
IDLE = {EVERY: None, "30 天以上未使用": 30, "60 天以上未使用": 60, "从未登录": 0}
ROLES = {EVERY: None, **{name: key for key, name in ROLE_NAMES.items()}}
STATES = {EVERY: None, **{name: key for key, name in STATE_NAMES.items()}}


def unit_words(role: str, unit: str) -> str:
    """区县 · 万州; for a role without units of its own the role only."""
    known = catalog.default().units.get(unit)
    name = ROLE_NAMES.get(role, role)
    return name if known is None or known.label == name else f"{name} · {known.label}"


def unit_choices(role: str) -> dict[str, str]:
    """Name → code of the units a person of the role can belong to."""
    return {name: code for code, name in units_of(role).items()}


def headline(waiting: int, accounts: Sequence[Account], unconfirmed: int, year: int) -> str:
    """What there is to do, then what there is."""
    counted = Counter(a.state for a in accounts)
    standing = len(accounts) - counted["closed"]
    words = f"有 {waiting} 份申请待审核" if waiting else "没有待审核的申请"
    words += f"；现有 {standing} 个账号"
    parts = [f"{STATE_NAMES[s]} {counted[s]}" for s in ("suspended", "disabled") if counted[s]]
    words += f"（{'、'.join(parts)}）" if parts else ""
    return words + (
        f"，{unconfirmed} 个尚未完成 {year} 年度确认。" if unconfirmed else f"，{year} 年度均已确认。"
    )


def application_facts(a: Application) -> list[tuple[str, str]]:
    """The form as it was handed in."""
    return [
        ("姓名", a.person),
        ("性别", GENDERS.get(a.gender, a.gender)),
        ("身份与单位", unit_words(a.role, a.unit)),
        ("职务", a.position),
        ("分管或从事工作", a.duty),
        ("联系电话", a.phone),
        ("申请编号", a.number),
        (
            "提交",
            f"{formats.datetime_zh(a.submitted_at)}，{f'由 {a.submitted_by} 代办' if a.submitted_by else '登录前的申请表'}",
        ),
    ]


def account_facts(a: Account, now: dt.datetime) -> list[tuple[str, str]]:
    """One account with everything the office decides by."""
    facts = [
        ("账号", a.name),
        ("姓名", f"{a.person}（{GENDERS.get(a.gender, a.gender)}）"),
        ("身份与单位", unit_words(a.role, a.unit)),
        ("职务", a.position),
        ("分管或从事工作", a.duty),
        ("联系电话", a.phone),
        ("状态", a.state_name + (f"：{a.state_reason}" if a.state_reason else "")),
        ("最近使用", last_use(a, now)),
        ("密码", password_words(a, now)),
        ("开通", f"{formats.datetime_zh(a.opened_at)}，经办 {a.opened_by}"),
        ("年度确认", formats.date_zh(a.confirmed_on)),
    ]
    return facts


def matching(
    accounts: Iterable[Account], *, state: str | None, role: str | None, idle_days: int | None, search: str,
    now: dt.datetime,
) -> list[Account]:  # fmt: skip
    """Accounts that fit the filters; text is looked for in name, person, unit, position and duty."""
    wanted = search.strip().lower()
    return [
        a
        for a in accounts
        if (state is None or a.state == state)
        and (role is None or a.role == role)
        and (idle_days is None or _is_idle(a, idle_days, now))
        and (
            not wanted
            or wanted in f"{a.name} {a.person} {unit_words(a.role, a.unit)} {a.position} {a.duty}".lower()
        )
    ]


def account_rows(accounts: Iterable[Account], now: dt.datetime) -> list[dict[str, Any]]:
    """The list; the telephone stands in the account's own card only."""
    return [
        {
            "账号": a.name,
            "姓名": a.person,
            "身份与单位": unit_words(a.role, a.unit),
            "职务": a.position,
            "状态": a.state_name,
            "最近使用": last_use(a, now),
            "密码": password_words(a, now),
            "年度确认": a.confirmed_on,
        }
        for a in accounts
    ]


def confirmation_rows(accounts: Iterable[Account], now: dt.datetime) -> list[dict[str, Any]]:
    """What the office goes round the units with once a year."""
    return [
        {
            "账号": a.name,
            "姓名": a.person,
            "身份与单位": unit_words(a.role, a.unit),
            "职务": a.position,
            "分管或从事工作": a.duty,
            "状态": a.state_name,
            "最近使用": last_use(a, now),
            "上次确认": a.confirmed_on,
        }
        for a in accounts
    ]


def last_use(a: Account, now: dt.datetime) -> str:
    if never_used(a):
        return "从未登录"
    days = (now - a.used_at).days
    return "今天" if days < 1 else f"{days} 天前"


def never_used(a: Account) -> bool:
    return a.used_at <= a.opened_at


def password_words(a: Account, now: dt.datetime) -> str:
    if not a.must_change:
        return "已由本人设定"
    if a.password_expires_at is not None and a.password_expires_at <= now:
        return "一次性密码已过期"
    return "一次性密码，待修改"


def slip_facts(opened: Opened, person: str, unit: str) -> list[tuple[str, str]]:
    """What stands on the slip that the person is given."""
    return [
        ("姓名", person),
        ("单位", unit),
        ("账号", opened.account),
        ("一次性密码", opened.password),
        ("有效期至", formats.datetime_zh(opened.expires_at)),
    ]


SLIP_ADVICE = "首次登录须修改密码。账号专人专用，不得转借；遗失本条请立即联系局办公室重置密码。"


def _is_idle(a: Account, days: int, now: dt.datetime) -> bool:
    if a.state != "open":
        return False
    return never_used(a) if days == 0 else (now - a.used_at).days >= days
