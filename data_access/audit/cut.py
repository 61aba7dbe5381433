"""Entries past their time leave the audit as a verified prefix; an anchor says where the chain goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from data_access.account_tables import audit_anchor, audit_entry
from data_access.audit.chain import anchor, append
from data_access.audit.heads import Head
from data_access.audit.verify import Broken, verify
from data_access.principal import Principal

KEPT_DAYS = 180
"""No setting goes below this, and the triggers refuse it by the database's own clock."""


class CannotCut(Exception):
    """The entries do not verify; they stay where they are, as evidence."""

    def __init__(self, broken: Broken) -> None:
        self.broken = broken
        super().__init__(
            f"第 {broken.number} 条审计记录核验不符，未清理：{broken.reason}请立即报告局办公室。"
        )


def cut(
    who: Principal, connection: Connection, *, now: dt.datetime, days: int, heads: Iterable[Head] = ()
) -> int:
    """Remove the entries older than `days` in the caller's transaction; returns how many.

    Raises:
        CannotCut: one of them was changed, removed or slipped in.
    """
    limit = now - dt.timedelta(days=max(days, KEPT_DAYS))
    start = anchor(connection).number
    first_kept = connection.scalar(select(func.min(audit_entry.c.number)).where(audit_entry.c.at > limit))
    last = connection.scalar(select(func.max(audit_entry.c.number))) or start
    up_to = last if first_kept is None else first_kept - 1
    if up_to <= start:
        return 0
    verdict = verify(who, connection, heads, up_to=up_to)
    if verdict.broken is not None:
        raise CannotCut(verdict.broken)
    append(
        connection, who, "audit.cut", f"1–{up_to}" if start == 0 else f"{start + 1}–{up_to}", "done", at=now
    )
    edge = connection.execute(
        select(audit_entry.c.hash, audit_entry.c.at).where(audit_entry.c.number == up_to)
    ).one()
    connection.execute(audit_anchor.insert().values(number=up_to, hash=edge.hash, at=edge.at, cut_at=now))
    if connection.dialect.name == "postgresql":
        return connection.scalar(select(func.admin_audit_cut(up_to))) or 0
    return connection.execute(audit_entry.delete().where(audit_entry.c.number <= up_to)).rowcount
