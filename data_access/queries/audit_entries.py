"""What stands in the audit, for the office: the newest first, by person, action and day."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from data_access.account_tables import audit_entry
from data_access.engine import BEIJING
from data_access.principal import Principal

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries; a filter that is None does not restrict.

    Args:
        person: contained in the login name or the person's name.
        actions: keys of `audit.ACTIONS`.
        results: keys of `audit.RESULTS`.
        first: day (北京时间, inclusive).
        last: day (inclusive).
    """

    person: str | None = None
    actions: tuple[str, ...] | None = None
    results: tuple[str, ...] | None = None
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `detail` is what was written down to explain it."""

    number: int
    at: dt.datetime
    account: str
    person: str
    role: str
    unit: str
    address: str
    action: str
    object: str
    result: str
    detail: dict[str, Any]
    previous: str
    hash: str


_COLUMNS = [audit_entry.c[name] for name in Entry.__dataclass_fields__]


def entries(
    who: Principal, connection: Connection, chosen: AuditFilter, *, limit: int | None = 100, offset: int = 0
) -> list[Entry]:
    """One page of the list.

    Raises:
        Forbidden: anybody but the office.
    """
    who.require("office")
    rows = connection.execute(
        select(*_COLUMNS)
        .where(*_conditions(chosen))
        .order_by(audit_entry.c.number.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Entry(**{**r._mapping, "detail": json.loads(r.detail) if r.detail else {}}) for r in rows]


def count_entries(who: Principal, connection: Connection, chosen: AuditFilter) -> int:
    """How many the list holds in all."""
    who.require("office")
    statement = select(func.count()).select_from(audit_entry).where(*_conditions(chosen))
    return connection.scalar(statement) or 0


def _conditions(chosen: AuditFilter) -> list[ColumnElement[bool]]:
    c = audit_entry.c
    found: list[ColumnElement[bool]] = []
    if chosen.person:
        named = (column.icontains(chosen.person, autoescape=True) for column in (c.account, c.person))
        found.append(or_(*named))
    if chosen.actions is not None:
        found.append(c.action.in_(chosen.actions))
    if chosen.results is not None:
        found.append(c.result.in_(chosen.results))
    if chosen.first is not None:
        found.append(c.at >= _beginning(chosen.first))
    if chosen.last is not None:
        found.append(c.at < _beginning(chosen.last + ONE_DAY))
    return found


def _beginning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BEIJING)
