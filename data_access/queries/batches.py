"""Batches (批次): the list, one with its problems, how many stand in which state, who waits for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, not_, null, or_, select

import catalog
from data_access.engine import BEIJING
from data_access.principal import Forbidden, Principal
from data_access.queries.scope import by_month_or_day, fetch, one_of, scoped
from data_access.responsibility import read_responsibilities
from data_access.schema import batch, batch_event, problem

STATE_NAMES = {
    "received": "已接收",
    "quarantined": "已隔离",
    "rejected": "已退回",
    "validated": "已校验",
    "integrated": "已入库",
    "published": "已上架",
    "withdrawn": "已下架",
    "reverted": "已撤回",
    "destroyed": "已销毁",
}
WAITING_NAMES = {"department": "处室（单位）", "operations": "运维团队"}
OPEN_STATES = ("received", "quarantined", "validated", "integrated")
"""States a batch should not stay in: somebody has to do something."""


def state_on(day: dt.date) -> ColumnElement[str]:
    """The state a batch had at the end of `day`.

    The dates a batch carries tell its last step of each kind. Where that lies after
    `day` (published again after a withdrawal, destroyed) its steps are asked one by one.
    """
    c = batch.c
    published_again = and_(
        c.published_on.is_not(None),
        c.published_on <= day,
        or_(
            c.published_on > c.withdrawn_on,
            and_(c.published_on == c.withdrawn_on, c.state == "published"),
        ),
    )
    return case(
        (c.reverted_on <= day, "reverted"),
        (and_(c.withdrawn_on <= day, not_(published_again)), "withdrawn"),
        (c.published_on <= day, "published"),
        (and_(c.integrated_on <= day, c.published_on.is_(None)), "integrated"),
        (c.state.in_(("received", "quarantined", "rejected", "validated")), c.state),
        else_=func.coalesce(
            _last_step(day),
            case((c.integrated_on <= day, "integrated"), (c.integrated_on > day, "validated"), else_=c.state),
        ),
    )


def _last_step(day: dt.date) -> ColumnElement[Any]:
    """The state after a batch's last step by the end of `day` (北京时间)."""
    e = batch_event.c
    steps = select(e.to_state).where(e.receipt == batch.c.receipt, e.at < _end_of(day))
    return steps.order_by(e.number.desc()).limit(1).scalar_subquery()


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), BEIJING)


def waiting_on(day: dt.date) -> ColumnElement[Any]:
    """Who a batch waited for at the end of `day` (4.5).

    A batch that still is what it was then says so itself. One that has moved on was
    waiting for the department's confirmation where its category holds personal
    data, and for the operations team's listing otherwise.
    """
    personal = [x.code for x in catalog.default().categories if x.contains_personal_data]
    state = state_on(day)
    return case(
        (state == batch.c.state, batch.c.waiting_for),
        (
            state == "integrated",
            case((batch.c.category.in_(personal), "department"), else_="operations"),
        ),
        (state == "validated", literal("operations")),
        else_=null(),
    )


@dataclass(frozen=True, slots=True)
class StateCount:
    """Batches of a category (and unit) that stand in one state; `oldest` their first day of receipt.

    `received_on`: their day of receipt, or the first of its month where months were folded.
    """

    category: str
    unit: str | None
    received_on: dt.date
    state: str
    waiting_for: str | None
    count: int
    oldest: dt.date


def states(
    principal: Principal,
    connection: Connection,
    first: dt.date,
    last: dt.date,
    as_of: dt.date,
    *,
    categories: frozenset[str] | None = None,
    daily: frozenset[str] = frozenset(),
    by_unit: bool = False,
) -> list[StateCount]:
    """Batches received from `first` to `last` and by `as_of`, by their state on `as_of`.

    Folded to months in the database, but for the categories of `daily`.
    """
    c = batch.c
    state, party = state_on(as_of).label("state_then"), waiting_on(as_of).label("waiting_then")
    inner = (
        select(c.category, c.unit, c.received_on, state, party)
        .where(c.received_on >= first, c.received_on <= min(last, as_of))
        .where(*scoped(principal, batch, categories))
        .subquery()
    )
    further = [inner.c.state_then, inner.c.waiting_then, *([inner.c.unit] if by_unit else [])]
    sums = [func.count(), func.min(inner.c.received_on)]
    found = []
    for days, rows in by_month_or_day(connection, inner, inner.c.received_on, daily, sums, further, []):
        for row in rows:
            unit = row[3] if by_unit else None
            found.append(StateCount(row[0], unit, days(row), row[1], row[2], int(row[-2]), row[-1]))
    return found


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery as the lists show it. `state` is that of the day asked for."""

    receipt: str
    file_name: str
    category: str
    unit: str
    period: str | None
    source_platform: str
    sender: str
    received_on: dt.date
    received_at: dt.datetime
    state: str
    waiting_for: str | None
    rows_total: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    rows_updated: int
    file_codes: list[str]
    file_warnings: list[str]
    integrated_on: dt.date | None
    published_on: dt.date | None
    withdrawn_on: dt.date | None
    reverted_on: dt.date | None
    note: str | None

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Which batches; a filter that is None does not restrict. Days are inclusive days of receipt."""

    category: str | None = None
    unit: str | None = None
    state: str | None = None
    waiting_for: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    with_problems: bool = False


def _conditions(
    principal: Principal, connection: Connection, chosen: BatchFilter, as_of: dt.date
) -> list[ColumnElement[bool]]:
    c = batch.c
    categories = None
    if principal.role == "department":
        categories = read_responsibilities(principal, connection).categories_of(principal.unit)
    conditions = [c.received_on <= as_of, *scoped(principal, batch, categories)]
    conditions += one_of(c.category, chosen.category and [chosen.category])
    conditions += one_of(c.unit, chosen.unit and [chosen.unit])
    if chosen.state is not None:
        conditions.append(state_on(as_of) == chosen.state)
    if chosen.waiting_for is not None:
        conditions.append(waiting_on(as_of) == chosen.waiting_for)
    if chosen.first is not None:
        conditions.append(c.received_on >= chosen.first)
    if chosen.last is not None:
        conditions.append(c.received_on <= chosen.last)
    if chosen.with_problems:
        conditions.append(or_(c.rows_rejected > 0, state_on(as_of).in_(("rejected", "quarantined"))))
    return conditions


_OWN_COLUMNS = [name for name in Batch.__dataclass_fields__ if name not in ("state", "waiting_for")]


def batches(
    principal: Principal,
    connection: Connection,
    chosen: BatchFilter,
    as_of: dt.date,
    *,
    limit: int = 50,
    offset: int = 0,
    oldest_first: bool = False,
) -> list[Batch]:
    """One page of the list, the newest first; a waiting list is asked for with `oldest_first`."""
    c = batch.c
    order = [c.received_at, c.receipt]
    statement = (
        select(
            *(c[name] for name in _OWN_COLUMNS),
            state_on(as_of).label("state"),
            waiting_on(as_of).label("waiting_for"),
        )
        .where(*_conditions(principal, connection, chosen, as_of))
        .order_by(*(order if oldest_first else [column.desc() for column in order]))
        .limit(limit)
        .offset(offset)
    )
    return [Batch(**row._mapping) for row in fetch(connection, statement)]


def count_batches(principal: Principal, connection: Connection, chosen: BatchFilter, as_of: dt.date) -> int:
    """How many the list holds in all."""
    statement = select(func.count()).where(*_conditions(principal, connection, chosen, as_of))
    return int(connection.scalar(statement.select_from(batch)) or 0)


def one_batch(principal: Principal, connection: Connection, receipt: str, as_of: dt.date) -> Batch | None:
    """One batch by its receipt; None if there is none, or none in the principal's scope."""
    c = batch.c
    statement = select(
        *(c[name] for name in _OWN_COLUMNS),
        state_on(as_of).label("state"),
        waiting_on(as_of).label("waiting_for"),
    ).where(c.receipt == receipt, *_conditions(principal, connection, BatchFilter(), as_of))
    row = connection.execute(statement).first()
    return Batch(**row._mapping) if row else None


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem (R_, with a message) or warning (W_) at a place of the file, in the file's order."""

    sheet: str
    row: int
    field: str
    code: str
    check: str | None
    message: str | None

    @property
    def is_warning(self) -> bool:
        return self.code.startswith("W_")


def problems(
    principal: Principal, connection: Connection, receipt: str, as_of: dt.date, *, limit: int | None = None
) -> list[Problem]:
    """Problems and warnings of a batch.

    Raises:
        Forbidden: the batch is outside the principal's scope.
    """
    _require_batch(principal, connection, receipt, as_of)
    c = problem.c
    statement = (
        select(c.sheet, c.row, c.field, c.code, c.check, c.message)
        .where(c.receipt == receipt)
        .order_by(c.number)
        .limit(limit)
    )
    return [Problem(*row) for row in fetch(connection, statement)]


@dataclass(frozen=True, slots=True)
class Transition:
    """One step in the life of a batch: who, when (UTC), from, to, why."""

    at: dt.datetime
    actor: str
    from_state: str | None
    to_state: str
    note: str | None


def transitions(
    principal: Principal, connection: Connection, receipt: str, as_of: dt.date
) -> list[Transition]:
    """The life of a batch in order, as far as it had come at the end of `as_of` (北京时间).

    Raises:
        Forbidden: the batch is outside the principal's scope.
    """
    _require_batch(principal, connection, receipt, as_of)
    c = batch_event.c
    statement = (
        select(c.at, c.actor, c.from_state, c.to_state, c.note)
        .where(c.receipt == receipt, c.at < _end_of(as_of))
        .order_by(c.number)
    )
    return [Transition(*row) for row in fetch(connection, statement)]


def _require_batch(principal: Principal, connection: Connection, receipt: str, as_of: dt.date) -> None:
    if one_batch(principal, connection, receipt, as_of) is None:
        raise Forbidden(f"没有找到回执 {receipt}，或它不属于您的单位。请核对回执编号，或联系局办公室。")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unfinished batches in one state waiting for one party; `oldest` their earliest receipt."""

    category: str
    state: str
    waiting_for: str | None
    count: int
    oldest: dt.date


def waiting(
    principal: Principal,
    connection: Connection,
    as_of: dt.date,
    *,
    categories: frozenset[str] | None = None,
) -> list[Waiting]:
    """What is not finished on `as_of` in any year, by category, state and who has to act."""
    c = batch.c
    state, party = state_on(as_of).label("state_then"), waiting_on(as_of).label("waiting_then")
    open_then = or_(
        c.state.in_((*OPEN_STATES, "destroyed")),
        c.published_on > as_of,
        c.reverted_on > as_of,
        c.integrated_on > as_of,
    )  # spares the finished ones the work of `state_on`
    inner = (
        select(c.category, state, party, c.received_on)
        .where(c.received_on <= as_of, open_then, *scoped(principal, batch, categories))
        .subquery()
    )
    keys = [inner.c.category, inner.c.state_then, inner.c.waiting_then]
    statement = (
        select(*keys, func.count(), func.min(inner.c.received_on))
        .where(inner.c.state_then.in_(OPEN_STATES))
        .group_by(*keys)
    )
    return [Waiting(row[0], row[1], row[2], int(row[3]), row[4]) for row in fetch(connection, statement)]
