"""Rules, judged facts, freezes, appeals and issued figures of the assessment, as they stood on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from data_access.assessment_tables import (
    APPROVED,
    appeal,
    appeal_event,
    erratum,
    fact,
    figure,
    freeze,
    paper,
    rule_set,
)
from data_access.clock import day_of
from data_access.principal import Forbidden, Principal

STATE_NAMES = {"proposed": "待第二人确认", "approved": "已生效", "refused": "未同意"}
NATURE_NAMES = {"obligation": "应办事项", "deduction": "扣分", "adjustment": "更正"}
KIND_NAMES = {
    "circular_reply": "通报回复", "correction": "整改", "feedback_answer": "意见答复",
    "content": "涉敏感或个人信息内容", "incident": "安全事件", "falsified": "数据造假", "secret_leak": "泄露国家秘密",
    "received_on": "更正收到日期", "integrated_keys": "更正入库记录数", "accepted_records": "更正接收记录数",
}  # fmt: skip
APPEAL_NAMES = {
    "filed": "已提出，待复核", "rechecked": "已复核，待决定", "decided": "已决定", "effected": "已更正", "withdrawn": "已撤回",
}  # fmt: skip
OUTCOME_NAMES = {"upheld": "采纳", "partly": "部分采纳", "rejected": "不采纳"}


@dataclass(frozen=True, slots=True)
class ByTwo:
    """Who proposed and who decided."""

    state: str
    author: str
    author_account: str
    recorded_at: dt.datetime
    second: str | None
    second_account: str | None
    decided_at: dt.datetime | None
    decision_note: str | None

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]

    def in_force_on(self, day: dt.date) -> bool:
        return self.state == APPROVED and self.decided_at is not None and day_of(self.decided_at) <= day


@dataclass(frozen=True, slots=True)
class RuleSet(ByTwo):
    """One version of the rules; `content` is the canonical JSON of the whole set."""

    version: str
    effective_from: dt.date
    approving_office: str
    content: str
    reason: str


@dataclass(frozen=True, slots=True)
class FactVersion(ByTwo):
    """One version of a judged fact, see `assessment_tables.fact`."""

    number: str
    version: int
    year: int
    nature: str
    department: str
    kind: str
    level: str | None
    category: str | None
    period: str | None
    happened_on: dt.date | None
    settled_on: dt.date | None
    value: str | None
    is_void: int
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class FreezeHead(ByTwo):
    """A freeze without what it froze: for everybody who is assessed."""

    year: int
    number: int
    revision: int | None
    freeze_on: dt.date
    sha256: str
    formula_version: str
    rule_version: str | None
    previous_sha256: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Frozen(FreezeHead):
    """A freeze with its canonical documents."""

    inputs: str
    result: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """An objection to a frozen score; see `assessment_tables.appeal`."""

    number: str
    year: int
    revision: int
    department: str
    part: str | None
    category: str | None
    objection: str
    state: str
    filed_on: dt.date
    recheck_due: dt.date
    decision_due: dt.date
    finding: str | None
    outcome: str | None
    decision: str | None
    decided_by: str | None
    decided_account: str | None
    effect_revision: int | None

    @property
    def state_name(self) -> str:
        return APPEAL_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class AppealEvent:
    """One step of an appeal."""

    at: dt.datetime
    actor: str
    from_state: str | None
    to_state: str
    note: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Something issued with figures of a frozen score."""

    number: str
    kind: str
    title: str
    year: int
    revision: int
    sha256: str
    issued_at: dt.datetime
    issued_by: str


@dataclass(frozen=True, slots=True)
class Erratum:
    """An issued figure that a revision changed."""

    paper: str
    place: str
    revision: int
    year: int
    was: str | None
    now: str | None
    listed_at: dt.datetime


def _all(connection: Connection, kind: type[Any], statement: Any) -> list[Any]:
    return [kind(**row._mapping) for row in connection.execute(statement)]


def _columns(table: Table, kind: type[Any]) -> list[Any]:
    return [table.c[name] for name in kind.__dataclass_fields__]


def _require_assessed(principal: Principal) -> None:
    if principal.role not in ("office", "leader", "operations", "department"):
        raise Forbidden("考核对象是机关各处室，本单位没有考核得分。数据报送情况请看“本单位”。")


def _own(principal: Principal, table: Table) -> list[Any]:
    """A department reads its own rows."""
    _require_assessed(principal)
    return [table.c.department == principal.unit] if principal.role == "department" else []


# ---------------------------------------------------------------- rules


def rule_sets(principal: Principal, connection: Connection) -> list[RuleSet]:
    """Every version, proposals too, the newest effective date first; the same for everybody assessed."""
    _require_assessed(principal)
    statement = select(*_columns(rule_set, RuleSet)).order_by(
        rule_set.c.effective_from.desc(), rule_set.c.recorded_at.desc()
    )
    return _all(connection, RuleSet, statement)


def rules_in_force(
    principal: Principal, connection: Connection, year: int, known_on: dt.date
) -> RuleSet | None:
    """The rule set of a year: the last to take effect by its 1 January, as approved by `known_on`."""
    return next(
        (
            r for r in rule_sets(principal, connection)
            if r.effective_from <= dt.date(year, 1, 1) and r.in_force_on(known_on)
        ),
        None,
    )  # fmt: skip


# ---------------------------------------------------------------- judged facts


def fact_versions(principal: Principal, connection: Connection, year: int) -> list[FactVersion]:
    """Every version of the year's facts, proposals too, by number; a department's own."""
    conditions = _own(principal, fact)
    statement = select(*_columns(fact, FactVersion)).where(fact.c.year == year, *conditions)
    return _all(connection, FactVersion, statement.order_by(fact.c.number, fact.c.version))


def facts_in_force(
    principal: Principal, connection: Connection, year: int, known_on: dt.date
) -> list[FactVersion]:
    """The last version of each fact that two persons had put in force by `known_on`; not those taken back."""
    newest: dict[str, FactVersion] = {}
    for version in fact_versions(principal, connection, year):
        if version.in_force_on(known_on):
            newest[version.number] = version
    return [version for version in newest.values() if not version.is_void]


# ---------------------------------------------------------------- freezes


def freeze_heads(principal: Principal, connection: Connection, year: int) -> list[FreezeHead]:
    """The chain of a year with its proposals, the oldest first."""
    _require_assessed(principal)
    statement = select(*_columns(freeze, FreezeHead)).where(freeze.c.year == year).order_by(freeze.c.number)
    return _all(connection, FreezeHead, statement)


def frozen_years(principal: Principal, connection: Connection) -> list[int]:
    """Years with a freeze in force, the newest first."""
    _require_assessed(principal)
    statement = select(freeze.c.year).where(freeze.c.state == APPROVED).distinct()
    return sorted(connection.scalars(statement), reverse=True)


def frozen(
    principal: Principal,
    connection: Connection,
    year: int,
    *,
    revision: int | None = None,
    known_on: dt.date | None = None,
) -> Frozen | None:
    """A revision of a frozen year, by default the newest in force (on `known_on`); None if there is none.

    Raises:
        Forbidden: it holds every department's facts, so who sees all may ask.
    """
    principal.require("office", "leader", "operations")
    c = freeze.c
    statement = select(*_columns(freeze, Frozen)).where(c.year == year, c.state == APPROVED)
    if revision is not None:
        statement = statement.where(c.revision == revision)
    found = _all(connection, Frozen, statement.order_by(c.revision.desc()))
    return next((f for f in found if known_on is None or f.in_force_on(known_on)), None)


def proposed_revision(principal: Principal, connection: Connection, year: int, number: int) -> Frozen | None:
    """A standing or refused proposal, with its documents."""
    principal.require("office", "leader", "operations")
    c = freeze.c
    found = _all(
        connection, Frozen, select(*_columns(freeze, Frozen)).where(c.year == year, c.number == number)
    )
    return found[0] if found else None


# ---------------------------------------------------------------- appeals


def appeals(principal: Principal, connection: Connection, year: int) -> list[Appeal]:
    """The year's appeals in order; a department's own."""
    conditions = _own(principal, appeal)
    statement = select(*_columns(appeal, Appeal)).where(appeal.c.year == year, *conditions)
    return _all(connection, Appeal, statement.order_by(appeal.c.number))


def appeal_events(principal: Principal, connection: Connection, number: str) -> list[AppealEvent]:
    """The steps of one appeal; none of another department's."""
    conditions = _own(principal, appeal)
    if connection.scalar(select(appeal.c.number).where(appeal.c.number == number, *conditions)) is None:
        return []
    c = appeal_event.c
    statement = select(*_columns(appeal_event, AppealEvent)).where(c.appeal == number).order_by(c.number)
    return _all(connection, AppealEvent, statement)


# ---------------------------------------------------------------- what was issued


def papers(principal: Principal, connection: Connection, year: int) -> list[Paper]:
    """What was issued with figures of the year's frozen score, the oldest first."""
    principal.require("office", "leader", "operations")
    statement = select(*_columns(paper, Paper)).where(paper.c.year == year)
    return _all(connection, Paper, statement.order_by(paper.c.issued_at, paper.c.number))


def issued_figures(principal: Principal, connection: Connection, number: str) -> dict[str, str | None]:
    """The figures of one paper by place."""
    principal.require("office", "leader", "operations")
    rows = connection.execute(select(figure.c.place, figure.c.value).where(figure.c.paper == number))
    return {row.place: row.value for row in rows}


def errata(
    principal: Principal, connection: Connection, year: int, revision: int | None = None
) -> list[Erratum]:
    """Issued figures that a revision (all revisions) of the year changed, by paper and place."""
    principal.require("office", "leader", "operations")
    c = erratum.c
    statement = select(*_columns(erratum, Erratum)).where(c.year == year)
    if revision is not None:
        statement = statement.where(c.revision == revision)
    return _all(connection, Erratum, statement.order_by(c.revision, c.paper, c.place))


def errata_papers(principal: Principal, connection: Connection, year: int) -> dict[str, Paper]:
    """What the errata of the year are about, by number: packs, monthly reviews, circulars."""
    principal.require("office", "leader", "operations")
    touched = select(erratum.c.paper).where(erratum.c.year == year)
    statement = select(*_columns(paper, Paper)).where(paper.c.number.in_(touched))
    return {one.number: one for one in _all(connection, Paper, statement)}


def errata_of(principal: Principal, connection: Connection, number: str) -> list[Erratum]:
    """Every erratum of one paper, the oldest revision first."""
    principal.require("office", "leader", "operations")
    c = erratum.c
    statement = select(*_columns(erratum, Erratum)).where(c.paper == number)
    return _all(connection, Erratum, statement.order_by(c.year, c.revision, c.place))
