"""Whether the audit is whole: the first entry that was changed, removed or slipped in, if there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from data_access.account_tables import audit_entry
from data_access.audit.chain import anchor, chain_id, hash_of
from data_access.audit.heads import Head
from data_access.principal import Principal

CHUNK = 5000
READERS = ("office", "operations")
"""Who may ask whether the audit is whole; what stands in it is for the office only."""


@dataclass(frozen=True)
class Broken:
    """The first entry that does not hold, and why in a sentence."""

    number: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """`broken` is None where every entry holds; `entries` were looked at, `heads` compared."""

    broken: Broken | None
    entries: int
    heads: int

    @property
    def sentence(self) -> str:
        if self.broken is not None:
            return f"第 {self.broken.number} 条审计记录有问题：{self.broken.reason}"
        return f"审计记录完整：核对 {self.entries} 条，与库外存证比对 {self.heads} 处，全部一致。"


def verify(
    who: Principal, connection: Connection, heads: Iterable[Head] = (), *, up_to: int | None = None
) -> Verdict:
    """Compute the chain again and compare it with the heads kept outside the database.

    Args:
        heads: lines of the file outside; those of another installation are passed over.
        up_to: the last entry looked at; None for all. Heads behind it are not compared.
    """
    who.require(*READERS)
    start = anchor(connection)
    chain = chain_id(connection)
    known = {h.number: h.hash for h in heads if h.chain == chain and (up_to is None or h.number <= up_to)}
    compared, count = 0, 0
    if start.number in known:
        compared += 1
        if known[start.number] != start.hash:
            return Verdict(Broken(start.number, "与库外存证不一致，记录被整体改写过。"), 0, compared)
    number, previous = start.number, start.hash
    for row in entries_from(connection, start.number + 1, up_to):
        reason = _wrong(row, number + 1, previous)
        if reason:
            return Verdict(Broken(min(row.number, number + 1), reason), count, compared)
        number, previous, count = row.number, row.hash, count + 1
        if number in known:
            compared += 1
            if known[number] != row.hash:
                return Verdict(Broken(number, "与库外存证不一致，记录被整体改写过。"), count, compared)
    if any(n > number for n in known):
        return Verdict(
            Broken(number + 1, "库外存证记有这一条及以后的记录，库中没有：被删除。"), count, compared
        )
    return Verdict(None, count, compared)


def _wrong(row: Row[Any], expected: int, previous: str) -> str | None:
    if row.number != expected:
        return "这一条被删除。" if row.number > expected else "这一条是插入的。"
    if row.previous != previous:
        return "与前一条不相接：前一条被改写，或这一条是插入的。"
    if hash_of(row._asdict()) != row.hash:
        return "内容被改动过。"
    return None


def entries_from(connection: Connection, first: int, up_to: int | None = None) -> Iterator[Row[Any]]:
    """Entries in their order, some thousand at a time: years of them do not fit into memory."""
    while True:
        statement = select(audit_entry).where(audit_entry.c.number >= first)
        if up_to is not None:
            statement = statement.where(audit_entry.c.number <= up_to)
        rows = connection.execute(statement.order_by(audit_entry.c.number).limit(CHUNK)).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        first = rows[-1].number + 1
