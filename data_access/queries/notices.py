"""Notices of the asker's scope, with what this account has read of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from data_access.circular_tables import notice, notice_read
from data_access.principal import Principal
from data_access.queries.scope import require_figures

MOST = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; `read_at` by this account, `settled_at` when what it asked for was done."""

    key: str
    kind: str
    level: str
    subject: str
    words: str
    address: str
    due_on: dt.date | None
    at: dt.datetime
    settled_at: dt.datetime | None
    read_at: dt.datetime | None


def notices(principal: Principal, connection: Connection, *, standing: bool = True) -> list[Notice]:
    """Standing ones by due date, then by age; with `standing=False` all of the past, the newest first."""
    require_figures(principal)
    c, r = notice.c, notice_read.c
    mine = and_(r.notice == c.key, r.account == (principal.account or principal.name))
    statement = (
        select(
            c.key, c.kind, c.level, c.subject, c.words, c.address, c.due_on, c.at, c.settled_at,
            r.at.label("read_at"),
        )
        .select_from(notice.outerjoin(notice_read, mine))
        .where(c.scope == principal.scope)
        .order_by(c.at.desc(), c.due_on, c.key)
        .limit(MOST)
    )  # fmt: skip
    if standing:
        statement = statement.where(c.settled_at.is_(None))
    return [Notice(**row._mapping) for row in connection.execute(statement)]


def unread_count(principal: Principal, connection: Connection) -> int:
    """Standing notices of the scope that this account has not read."""
    require_figures(principal)
    c, r = notice.c, notice_read.c
    read = select(r.notice).where(r.account == (principal.account or principal.name))
    statement = select(func.count()).where(
        c.scope == principal.scope, c.settled_at.is_(None), c.key.not_in(read)
    )
    return connection.scalar(statement) or 0
