"""Notices and due reminders (消息提醒): written once each, read by account, mailed at most once.

A notice's key says what it is about, for whom and at which stage. Whoever writes it
again, after a crash or beside another worker, writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

import catalog
from data_access.audit import append
from data_access.circular_tables import notice, notice_read
from data_access.principal import Principal
from data_access.queries.scope import require_figures

MAIL_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Message:
    """What a notice says, to everybody of a scope.

    Args:
        key: the same matter, recipient and stage have the same key.
        scope: `Principal.scope` of the recipients.
        kind: due | circular | plan.
        level: calm | attention | alarm.
        subject, words: product's words; a mail repeats the subject only.
        address: where to act, e.g. ``/plans?year=2026``.
    """

    key: str
    scope: str
    kind: str
    level: str
    subject: str
    words: str
    address: str
    due_on: dt.date | None = None


def scope_of(unit: str) -> str:
    """The scope of a unit's people: ``department:mass_sport``; 局办公室 is a department and the office."""
    found = catalog.default().units.get(unit)
    if unit == "office" or found is None:
        return unit
    kind = "district" if found.kind == "zone" else found.kind
    return f"{kind}:{unit}"


def notify(who: Principal, connection: Connection, messages: Iterable[Message], *, at: dt.datetime) -> int:
    """Write those that are new, in the caller's transaction; how many were."""
    who.require("office", "operations", "department", "district", "affiliated")
    rows = [{**asdict(m), "at": at} for m in messages]
    if not rows:
        return 0
    keys = [row["key"] for row in rows]
    known = set(connection.scalars(select(notice.c.key).where(notice.c.key.in_(keys))))
    rows = list({row["key"]: row for row in rows if row["key"] not in known}.values())
    if rows:
        insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
        connection.execute(insert(notice).on_conflict_do_nothing(), rows)
    return len(rows)


def remind(who: Principal, connection: Connection, messages: Sequence[Message], *, at: dt.datetime) -> int:
    """The standing reminders of due dates: new ones are written, those no longer among them are settled.

    A reminder ends when what it asked for has come, or when the next stage replaces it.
    """
    who.require("operations")
    written = notify(who, connection, messages, at=at)
    settle(who, connection, "due", keep={m.key for m in messages}, at=at)
    if written:
        append(connection, who, "notice.remind", f"{written} 条", "done", at=at)
    return written


def settle(
    who: Principal, connection: Connection, kind: str, *, prefix: str = "", keep: Iterable[str] = (),
    at: dt.datetime,
) -> int:  # fmt: skip
    """Mark notices of a kind as done, those of `keep` excepted; how many were still standing."""
    who.require("office", "operations", "department", "district", "affiliated")
    c = notice.c
    statement = select(c.key).where(c.kind == kind, c.settled_at.is_(None))
    if prefix:
        statement = statement.where(c.key.startswith(prefix, autoescape=True))
    done = sorted(set(connection.scalars(statement)) - set(keep))
    if done:
        connection.execute(update(notice).where(c.key.in_(done)).values(settled_at=at))
    return len(done)


def mark_read(who: Principal, connection: Connection, keys: Iterable[str], *, at: dt.datetime) -> int:
    """The account has read these; only notices of its own scope, each once. How many were new to it.

    No entry of the audit: it tells nothing but that a page was looked at.
    """
    require_figures(who)
    c, r = notice.c, notice_read.c
    name = who.account or who.name
    wanted = list(keys)
    own = set(connection.scalars(select(c.key).where(c.key.in_(wanted), c.scope == who.scope)))
    known = set(connection.scalars(select(r.notice).where(r.notice.in_(wanted), r.account == name)))
    rows = [{"notice": key, "account": name, "at": at} for key in sorted(own - known)]
    if rows:
        insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
        connection.execute(insert(notice_read).on_conflict_do_nothing(), rows)
    return len(rows)


@dataclass(frozen=True, slots=True)
class ToMail:
    """A notice to be mailed: what stands in the mail, and nothing else."""

    key: str
    scope: str
    kind: str
    subject: str
    due_on: dt.date | None


def claim_mail(
    who: Principal, connection: Connection, scopes: Iterable[str], *, since: dt.datetime, at: dt.datetime
) -> list[ToMail]:
    """Take the standing notices of these scopes written after `since` that nobody has taken.

    Claimed in a transaction before the mail is handed over: a worker killed in between
    leaves a claim without a mail, and nobody sends it a second time.
    """
    who.require("operations")
    c = notice.c
    rows = connection.execute(
        select(c.key, c.scope, c.kind, c.subject, c.due_on)
        .where(
            c.scope.in_(sorted(scopes)), c.mail_claimed_at.is_(None), c.settled_at.is_(None), c.at >= since
        )
        .order_by(c.scope, c.due_on, c.key)
        .limit(MAIL_AT_ONCE)
    ).all()  # fmt: skip
    if rows:
        keys = [row.key for row in rows]
        connection.execute(update(notice).where(c.key.in_(keys)).values(mail_claimed_at=at))
    return [ToMail(*row) for row in rows]


def keep_mailed(who: Principal, connection: Connection, keys: Sequence[str], *, at: dt.datetime) -> None:
    """The server has taken the mail of these notices."""
    who.require("operations")
    connection.execute(update(notice).where(notice.c.key.in_(keys)).values(mailed_at=at))
    append(connection, who, "notice.mail", f"{len(keys)} 条", "done", at=at)


def release_mail(who: Principal, connection: Connection, keys: Sequence[str]) -> None:
    """The server has refused or could not be reached, so nothing was sent: the next run tries again."""
    who.require("operations")
    statement = update(notice).where(notice.c.key.in_(keys), notice.c.mailed_at.is_(None))
    connection.execute(statement.values(mail_claimed_at=None))
