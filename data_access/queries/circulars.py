"""Circulars (通报, Article 22) as far as the asker may see them: the list, one with items, recipients and steps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, false, func, or_, select

import catalog
from data_access.assessment_tables import erratum
from data_access.circular_tables import circular, circular_event, circular_item, circular_recipient
from data_access.principal import Principal
from data_access.queries.scope import fetch

KIND_NAMES = {"praise": "表扬", "reminder": "提醒", "criticism": "批评", "rectification": "整改"}
STATE_NAMES = {
    "draft": "草稿",
    "approved": "已批准",
    "issued": "已印发",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
RECIPIENT_NAMES = {
    "waiting": "未印发",
    "issued": "待回复",
    "overdue": "逾期未回复",
    "replied": "已回复",
    "returned": "退回重报",
    "closed": "已办结",
}
ITEM_NAMES = {"open": "未改正", "mended": "数据已改正", "noted": "—"}
UNANSWERED = ("issued", "overdue", "returned")
WRITERS = ("operations", "office")


def number_of(year: int | None, serial: int | None, code: str) -> str:
    """通报〔2026〕3号; a draft is called by its code."""
    return f"通报〔{year}〕{serial}号" if serial is not None else code


@dataclass(frozen=True, slots=True)
class Circular:
    """One circular; moments in UTC, days of 北京时间."""

    code: str
    year: int | None
    serial: int | None
    kind: str
    state: str
    title: str
    body: str
    first: dt.date
    last: dt.date
    as_of: dt.date
    reply_due: dt.date | None
    drafted_at: dt.datetime
    drafted_by: str
    drafted_account: str
    approved_at: dt.datetime | None
    approved_by: str | None
    approved_account: str | None
    issued_at: dt.datetime | None
    withdrawn_reason: str | None

    @property
    def number(self) -> str:
        return number_of(self.year, self.serial, self.code)

    @property
    def kind_name(self) -> str:
        return KIND_NAMES[self.kind]

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class Item:
    """One figure of a department (of one category, or of all): `value` then, mended from `target` on."""

    circular: str
    number: int
    department: str
    category: str | None
    indicator: str
    value: Decimal | None
    target: Decimal | None
    state: str
    mended_on: dt.date | None
    mended_value: Decimal | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A unit a circular is for; one that need not reply only confirms the receipt."""

    circular: str
    unit: str
    must_reply: int
    state: str
    reply_due: dt.date | None
    received_at: dt.datetime | None
    received_by: str | None
    replied_at: dt.datetime | None
    replied_by: str | None
    reply: str | None
    closed_at: dt.datetime | None

    @property
    def state_name(self) -> str:
        if not self.must_reply and self.state == "issued":
            return "已签收" if self.received_at else "待签收"
        return RECIPIENT_NAMES[self.state]

    @property
    def is_unanswered(self) -> bool:
        return bool(self.must_reply) and self.state in UNANSWERED

    def is_late(self, day: dt.date) -> bool:
        """No reply, and the day it was due is over."""
        return self.is_unanswered and self.reply_due is not None and self.reply_due < day


@dataclass(frozen=True, slots=True)
class Step:
    """A step: of the circular itself, or of a recipient (`unit`)."""

    unit: str
    at: dt.datetime
    actor: str
    from_state: str | None
    to_state: str
    note: str


def own_unit(principal: Principal) -> str | None:
    """The unit a principal receives circulars for; None for leaders, operations and guides."""
    return principal.unit if principal.role in ("department", "district", "affiliated", "office") else None


def _visible(principal: Principal) -> list[ColumnElement[bool]]:
    """Drafts are the writers' business; a unit sees what was issued to it, withdrawn ones too."""
    if principal.role in WRITERS:
        return []
    was_issued = circular.c.issued_at.is_not(None)
    if principal.role == "leader":
        return [was_issued]
    unit = own_unit(principal)
    if unit is None:
        return [false()]
    mine = select(circular_recipient.c.circular).where(circular_recipient.c.unit == unit)
    return [was_issued, circular.c.code.in_(mine)]


def circulars(principal: Principal, connection: Connection) -> list[Circular]:
    """All the principal may see: drafts first, then the newest."""
    c = circular.c
    statement = (
        select(*(c[f.name] for f in fields(Circular)))
        .where(*_visible(principal))
        .order_by(c.issued_at.is_not(None), c.year.desc(), c.serial.desc(), c.code.desc())
    )
    return [Circular(**row._mapping) for row in connection.execute(statement)]


def one_circular(principal: Principal, connection: Connection, code: str) -> Circular | None:
    """One by its code; None if there is none, or none the principal may see."""
    c = circular.c
    statement = select(*(c[f.name] for f in fields(Circular))).where(c.code == code, *_visible(principal))
    row = connection.execute(statement).first()
    return Circular(**row._mapping) if row else None


def _of_visible(principal: Principal, table: Table, names: list[str], codes: list[str] | None) -> Any:
    statement = (
        select(*(table.c[name] for name in names))
        .select_from(table.join(circular, circular.c.code == table.c.circular))
        .where(*_visible(principal))
    )
    return statement if codes is None else statement.where(table.c.circular.in_(codes))


def items(principal: Principal, connection: Connection, codes: list[str] | None = None) -> list[Item]:
    """Items in the order of their circulars: whoever a circular is for reads the whole of it."""
    c = circular_item.c
    statement = _of_visible(principal, circular_item, [f.name for f in fields(Item)], codes)
    rows = fetch(connection, statement.order_by(c.circular, c.number))
    return [Item(**row._mapping) for row in rows]


def addressees(principal: Principal, connection: Connection, code: str) -> list[tuple[str, bool]]:
    """(unit, whether it must reply) of everybody a circular is for, as its head says it."""
    c = circular_recipient.c
    statement = _of_visible(principal, circular_recipient, ["unit", "must_reply"], [code])
    rows = fetch(connection, statement.order_by(c.must_reply.desc(), c.unit))
    place = {unit: n for n, unit in enumerate(catalog.default().units)}
    found = [(row.unit, bool(row.must_reply)) for row in rows]
    return sorted(found, key=lambda line: (not line[1], place.get(line[0], len(place))))


def recipients(
    principal: Principal, connection: Connection, codes: list[str] | None = None
) -> list[Recipient]:
    """Recipients by circular and unit; a unit sees its own line only: replies are between it and the office."""
    c = circular_recipient.c
    statement = _of_visible(principal, circular_recipient, [f.name for f in fields(Recipient)], codes)
    if principal.role in ("department", "district", "affiliated"):
        statement = statement.where(c.unit == principal.unit)
    rows = fetch(connection, statement.order_by(c.circular, c.must_reply.desc(), c.unit))
    return [Recipient(**row._mapping) for row in rows]


def steps(principal: Principal, connection: Connection, code: str) -> list[Step]:
    """The steps of one circular in order; a unit sees the circular's own and its line's."""
    c = circular_event.c
    statement = _of_visible(principal, circular_event, [f.name for f in fields(Step)], [code])
    if principal.role in ("department", "district", "affiliated"):
        statement = statement.where(or_(c.unit == "", c.unit == principal.unit))
    return [Step(**row._mapping) for row in fetch(connection, statement.order_by(c.number))]


@dataclass(frozen=True, slots=True)
class OpenReply:
    """A reply that is still outstanding: of which circular, by whom, until when."""

    code: str
    number: str
    kind: str
    unit: str
    reply_due: dt.date
    state: str


def open_replies(principal: Principal, connection: Connection) -> list[OpenReply]:
    """Outstanding replies of issued circulars in the principal's sight, the most urgent first."""
    c, r = circular.c, circular_recipient.c
    statement = (
        select(c.code, c.year, c.serial, c.kind, r.unit, r.reply_due, r.state)
        .select_from(circular_recipient.join(circular, c.code == r.circular))
        .where(c.state == "issued", r.must_reply == 1, r.state.in_(UNANSWERED), *_visible(principal))
        .order_by(r.reply_due, c.code, r.unit)
    )
    if principal.role in ("department", "district", "affiliated"):
        statement = statement.where(r.unit == principal.unit)
    return [
        OpenReply(
            row.code, number_of(row.year, row.serial, row.code), row.kind, row.unit, row.reply_due, row.state
        )
        for row in connection.execute(statement)
        if row.reply_due is not None
    ]


@dataclass(frozen=True, slots=True)
class ItemErratum:
    """An item whose figure a revision of a frozen score corrected; values as the item's, `now` None: nothing to measure."""

    item: int
    year: int
    revision: int
    was: Decimal | None
    now: Decimal | None
    listed_at: dt.datetime


def item_errata(principal: Principal, connection: Connection, code: str) -> list[ItemErratum]:
    """The errata of one circular for whoever may see it, the oldest revision first."""
    row = one_circular(principal, connection, code)
    if row is None or row.serial is None:
        return []
    c = erratum.c
    statement = select(c.place, c.year, c.revision, c.was, c.now, c.listed_at).where(c.paper == row.number)
    return [
        ItemErratum(
            int(place.removeprefix("items/")), year, revision, was and Decimal(was), now and Decimal(now), at
        )
        for place, year, revision, was, now, at in fetch(
            connection, statement.order_by(c.year, c.revision, c.place)
        )
    ]


def next_serial(principal: Principal, connection: Connection, year: int) -> int:
    """The number the next circular of the year will have."""
    principal.require(*WRITERS)
    last = connection.scalar(select(func.max(circular.c.serial)).where(circular.c.year == year))
    return (last or 0) + 1
