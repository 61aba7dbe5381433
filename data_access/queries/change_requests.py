"""Change requests (变更申请, Article 14): who sees which, masked like the records they speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

import catalog
from catalog import Category
from data_access.change_tables import STANDING, change_case, change_event
from data_access.masking import mask
from data_access.principal import Principal
from data_access.queries.scope import UNIT_ROLES, fetch, require_figures
from data_access.schema import change_request

STATE_NAMES = {
    "draft": "待补全", "submitted": "待受理", "accepted": "待核准", "approved": "待更新", "applied": "已更新",
    "confirmed": "已确认", "refused": "已退回", "cancelled": "已撤回",
}  # fmt: skip
KIND_NAMES = {"change": "变更", "delete": "删除"}
_HEAD = ("kind", "category", "unit", "state", "opened_on", "applied_on", "reason", "receipt")
_CASE = (
    "number", "record", "record_key", "before", "proposed", "evidence", "origin", "due_on", "frozen_year",
    "opened_at", "opened_by", "approved_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """One request. `before` and `proposed` by field; a missing value empties the field."""

    number: str
    record: str
    record_key: Mapping[str, Any]
    before: Mapping[str, Any]
    proposed: Mapping[str, str | None]
    evidence: str
    origin: str
    due_on: dt.date | None
    frozen_year: int | None
    opened_at: dt.datetime
    opened_by: str
    approved_by: str | None
    kind: str
    category: str
    unit: str
    state: str
    opened_on: dt.date
    applied_on: dt.date | None
    reason: str
    receipt: str | None

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]

    @property
    def is_standing(self) -> bool:
        return self.state in STANDING

    def is_late(self, day: dt.date) -> bool:
        """Operations has not taken it up, and its limit is over."""
        return self.state == "submitted" and self.due_on is not None and self.due_on < day


@dataclass(frozen=True, slots=True)
class ChangeStep:
    """One step of a request."""

    at: dt.datetime
    actor: str
    from_state: str | None
    to_state: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """None: all. `states` are keys of `STATE_NAMES`."""

    states: tuple[str, ...] | None = None
    category: str | None = None
    origin: str | None = None


def _visible(principal: Principal) -> list[ColumnElement[bool]]:
    """A unit sees requests about its own rows, a department those of its categories, the others all."""
    require_figures(principal)
    if principal.role in UNIT_ROLES:
        return [change_request.c.unit == principal.unit]
    known = catalog.default().categories
    if principal.role == "department":
        return [
            change_request.c.category.in_([c.code for c in known if principal.may_read_category(c)] or [""])
        ]
    hidden = [c.code for c in known if not principal.may_read_category(c)]
    return [change_request.c.category.not_in(hidden)] if hidden else []


def _filtered(columns: list[Any], principal: Principal, chosen: ChangeFilter) -> Any:
    statement = (
        select(*columns)
        .select_from(change_case.join(change_request, change_request.c.number == change_case.c.number))
        .where(*_visible(principal))
    )
    if chosen.states is not None:
        statement = statement.where(change_request.c.state.in_(chosen.states))
    if chosen.category is not None:
        statement = statement.where(change_request.c.category == chosen.category)
    if chosen.origin is not None:
        statement = statement.where(change_case.c.origin == chosen.origin)
    return statement


def change_requests(
    principal: Principal, connection: Connection, chosen: ChangeFilter, *, limit: int | None = 100, offset: int = 0
) -> list[ChangeRequest]:  # fmt: skip
    """Those the principal may see, the newest first; personal values as they may see them."""
    columns = [*(change_case.c[n] for n in _CASE), *(change_request.c[n] for n in _HEAD)]
    statement = _filtered(columns, principal, chosen).order_by(change_case.c.number.desc())
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return [_shown(row) for row in fetch(connection, statement)]


def one_change_request(principal: Principal, connection: Connection, number: str) -> ChangeRequest | None:
    """One by its number; None if there is none, or none the principal may see."""
    columns = [*(change_case.c[n] for n in _CASE), *(change_request.c[n] for n in _HEAD)]
    statement = _filtered(columns, principal, ChangeFilter()).where(change_case.c.number == number)
    rows = fetch(connection, statement)
    return _shown(rows[0]) if rows else None


def count_by_state(principal: Principal, connection: Connection, chosen: ChangeFilter) -> dict[str, int]:
    """How many in each state."""
    state = change_request.c.state
    statement = _filtered([state, func.count()], principal, chosen).group_by(state)
    return {row[0]: row[1] for row in fetch(connection, statement)}


def change_steps(principal: Principal, connection: Connection, number: str) -> list[ChangeStep]:
    """The steps of one request in order."""
    c = change_event.c
    statement = (
        select(c.at, c.actor, c.from_state, c.to_state, c.note)
        .select_from(change_event.join(change_request, change_request.c.number == c.request))
        .where(c.request == number, *_visible(principal))
        .order_by(c.number)
    )
    return [ChangeStep(**row._mapping) for row in connection.execute(statement)]


def standing_requests(
    principal: Principal, connection: Connection, records: Iterable[str]
) -> dict[str, tuple[str, str]]:
    """Record's digest → (number, state) of its request under way, of those the principal may see."""
    wanted = sorted(set(records))
    if not wanted:
        return {}
    columns = [change_case.c.record, change_case.c.number, change_request.c.state]
    statement = _filtered(columns, principal, ChangeFilter(states=STANDING)).where(
        change_case.c.record.in_(wanted)
    )
    return {record: (number, state) for record, number, state in fetch(connection, statement)}


def _shown(row: Any) -> ChangeRequest:
    values = dict(row._mapping)
    known = catalog.default().category_by_code[values["category"]]
    for name in ("record_key", "before", "proposed"):
        values[name] = _masked(known, values[name])
    return ChangeRequest(**values)


def _masked(category: Category, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = category.field_by_name
    return {name: mask(fields[name], value) if name in fields else value for name, value in values.items()}
