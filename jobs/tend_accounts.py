"""Accounts nobody uses are suspended every night; once a year the office is reminded to confirm them all."""

from __future__ import annotations

import datetime as dt

from accounts.life import suspend_unused
from data_access.clock import day_of
from data_access.commands.sessions import close_expired
from data_access.engine import reading, writing
from data_access.principal import SYSTEM
from data_access.queries.accounts import unconfirmed
from data_access.settings import settings
from jobs.base import Context


def suspend(context: Context) -> str:
    """90 days without a login (Article 18); sessions that ran out are marked on the way."""
    context.check_lease()
    idle = dt.timedelta(minutes=settings().accounts.idle_minutes)
    with writing(context.engine) as connection:
        closed, removed = close_expired(SYSTEM, connection, now=context.now, idle=idle)
    suspended = suspend_unused(context.engine, context.now)
    days = settings().accounts.unused_days
    said = f"超过 {days} 天未用的账号暂停 {len(suspended)} 个" + (
        f"：{'、'.join(suspended)}" if suspended else ""
    )
    return f"{said}；超时会话结束 {closed} 个，清理旧会话 {removed} 个"


def remind(context: Context) -> str:
    """The list itself is on the page 账号: who still works there is for the office to say."""
    today = day_of(context.now)
    with reading(context.engine) as connection:
        waiting = len(unconfirmed(SYSTEM, connection, today))
    return f"{today.year} 年度待局办公室确认的账号 {waiting} 个"
