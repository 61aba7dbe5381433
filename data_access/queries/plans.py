"""Annual plans (年度数据汇聚计划, Article 8) as they are, as they were, and what nobody planned."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

import catalog
from data_access.circular_tables import plan_event
from data_access.plan_chain import PlanChain, PlanVersion
from data_access.principal import Forbidden, Principal
from data_access.queries.scope import UNIT_ROLES, require_figures
from data_access.responsibility import read_responsibilities
from data_access.schema import plan_version

STATE_NAMES = {
    "draft": "草稿",
    "submitted": "已提交",
    "approved": "已批准（生效）",
    "returned": "已退回",
    "superseded": "已被修订替代",
    "closed": "已封存",
}
COUNTING_STATES = ("approved", "superseded", "closed")


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of a category's plan with its whole history line."""

    category: str
    year: int
    version: int
    department: str
    quantity: int
    months: tuple[int, ...]
    state: str
    reason: str | None
    submitted_on: dt.date | None
    approved_on: dt.date | None
    approved_by: str | None
    returned_reason: str | None

    @property
    def state_name(self) -> str:
        return STATE_NAMES[self.state]


def plan_versions(
    principal: Principal, connection: Connection, year: int, *, category: str | None = None
) -> list[Plan]:
    """Every version of the year, drafts too, in catalogue order and by number.

    A department sees its own, leaders and the operations team those that ever were
    in force; drafts and returned versions are the department's and the office's business.

    Raises:
        Forbidden: districts and affiliated units, which promise nothing, and guides.
    """
    require_figures(principal)
    if principal.role in UNIT_ROLES:
        raise Forbidden("年度计划由处室填报，区县和直属单位不单独报计划。需要了解的，请联系归口处室。")
    c = plan_version.c
    statement = select(*c).where(c.year == year)
    if principal.role == "department":
        statement = statement.where(c.department == principal.unit)
    elif principal.role != "office":
        statement = statement.where(c.state.in_(COUNTING_STATES))
    if category is not None:
        statement = statement.where(c.category == category)
    place = {entry.code: n for n, entry in enumerate(catalog.default().categories)}
    plans = [Plan(**{**row._mapping, "months": tuple(row.months)}) for row in connection.execute(statement)]
    return sorted(plans, key=lambda p: (place.get(p.category, len(place)), p.version))


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of a version's life: who, when (UTC), from, to, why."""

    category: str
    version: int
    at: dt.datetime
    actor: str
    from_state: str | None
    to_state: str
    note: str


def plan_steps(principal: Principal, connection: Connection, year: int) -> list[PlanStep]:
    """The steps of the versions `plan_versions` shows, the newest first."""
    seen = {(p.category, p.version) for p in plan_versions(principal, connection, year)}
    c = plan_event.c
    statement = (
        select(c.category, c.version, c.at, c.actor, c.from_state, c.to_state, c.note)
        .where(c.year == year)
        .order_by(c.at.desc(), c.category, c.version.desc(), c.number.desc())
    )
    return [PlanStep(*row) for row in connection.execute(statement) if (row.category, row.version) in seen]


def plan_chains(
    principal: Principal, connection: Connection, years: range, known_on: dt.date
) -> dict[tuple[str, int], PlanChain]:
    """The approved versions known on a day, by category and year, for each year of `years`.

    Categories without an approved version have an empty chain, so that a look-up
    never fails: nothing promised is a chain that promises nothing. So is, for a
    department, the plan of another one.
    """
    require_figures(principal)
    c = plan_version.c
    found: dict[tuple[str, int], list[PlanVersion]] = defaultdict(list)
    statement = select(c.category, c.year, c.version, c.quantity, c.months, c.approved_on).where(
        c.year >= years.start,
        c.year < years.stop,
        c.state.in_(COUNTING_STATES),
        c.approved_on <= known_on,
    )
    if principal.role == "department":
        own = read_responsibilities(principal, connection).categories_of(principal.unit)
        statement = statement.where(c.category.in_(sorted(own)))
    rows = connection.execute(statement)
    for row in rows:
        found[row.category, row.year].append(
            PlanVersion(row.version, row.quantity, row.approved_on, tuple(row.months))
        )
    codes = {entry.code for entry in catalog.default().categories}
    return {
        (code, year): PlanChain(year, found.get((code, year), ()), known_on)
        for code in codes
        for year in years
    }


def unplanned(principal: Principal, connection: Connection, year: int, known_on: dt.date) -> list[str]:
    """Categories of the year (a department's own) nobody has an approved plan for, in catalogue order."""
    chains = plan_chains(principal, connection, range(year, year + 1), known_on)
    assigned = {
        a.category
        for a in read_responsibilities(principal, connection).year(year)
        if principal.role != "department" or a.department == principal.unit
    }
    return [
        c.code
        for c in catalog.default().categories
        if c.code in assigned and not chains[c.code, year].is_planned
    ]


@dataclass(frozen=True, slots=True)
class PlanBasis:
    """Which plan the figures of a year rest on: its newest approval and number of revisions."""

    newest_version: int
    approved_on: dt.date | None


def plan_basis(principal: Principal, connection: Connection, year: int, known_on: dt.date) -> PlanBasis:
    """For the line 「计划口径：2026 年第 2 版（7 月 4 日修订）」; version 0 before there is a plan."""
    require_figures(principal)
    c = plan_version.c
    row = connection.execute(
        select(func.max(c.version), func.max(c.approved_on)).where(
            c.year == year, c.state.in_(COUNTING_STATES), c.approved_on <= known_on
        )
    ).one()
    return PlanBasis(row[0] or 0, row[1])


def filed_on(principal: Principal, connection: Connection, year: int) -> dict[str, dt.date]:
    """First submission of each department's plan for the year (score input `plan_filed_on`); a department's own."""
    require_figures(principal)
    c = plan_version.c
    statement = select(c.department, func.min(c.submitted_on)).where(
        c.year == year, c.submitted_on.is_not(None)
    )
    if not principal.sees_all_units:
        statement = statement.where(c.department == principal.unit)
    rows = connection.execute(statement.group_by(c.department))
    return {department: day for department, day in rows}
