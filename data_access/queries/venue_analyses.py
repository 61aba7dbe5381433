"""What the analyses of venues have found: the city's figures for all, single records by scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

import catalog
from data_access.analysis_tables import venue_analysis, venue_finding
from data_access.principal import Principal
from data_access.queries.scope import UNIT_ROLES, fetch, require_figures

FAULT_NAMES = {
    "outside": "在区县外", "shifted": "坐标系偏移", "swapped": "经纬度颠倒", "duplicate": "重复登记", "missing": "点位缺失",
}  # fmt: skip
"""Kinds of location faults; a change request that repairs one has it as its origin."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Result of one analysis for the whole city, and when it was computed."""

    name: str
    basis: str
    computed_at: dt.datetime
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One record an analysis has found something about."""

    number: int
    kind: str
    category: str
    unit: str
    district: str
    record: str
    name: str
    place_kind: str
    detail: Mapping[str, Any]


def analysis(principal: Principal, connection: Connection, name: str) -> Analysis | None:
    """One analysis's result; None before it was ever computed."""
    require_figures(principal)
    c = venue_analysis.c
    row = connection.execute(select(c.name, c.basis, c.computed_at, c.result).where(c.name == name)).first()
    return Analysis(**row._mapping) if row else None


def _visible(principal: Principal) -> list[ColumnElement[bool]]:
    """A unit sees findings about its own rows, a department those of its categories, the others all."""
    require_figures(principal)
    if principal.role in UNIT_ROLES:
        return [venue_finding.c.unit == principal.unit]
    if principal.role == "department":
        own = [c.code for c in catalog.default().categories if principal.may_read_category(c)]
        return [venue_finding.c.category.in_(own)]
    return []


def _chosen(
    principal: Principal, name: str, kinds: Iterable[str] | None, districts: Iterable[str] | None
) -> list[ColumnElement[bool]]:
    c = venue_finding.c
    conditions = [c.analysis == name, *_visible(principal)]
    if kinds is not None:
        conditions.append(c.kind.in_(sorted(kinds)))
    if districts is not None:
        conditions.append(c.district.in_(sorted(districts)))
    return conditions


def findings(
    principal: Principal, connection: Connection, name: str, *, kinds: Iterable[str] | None = None,
    districts: Iterable[str] | None = None, limit: int | None = 200, offset: int = 0,
) -> list[Finding]:  # fmt: skip
    """Findings of one analysis in its own order; of some kinds, in some districts."""
    c = venue_finding.c
    columns = [c[n] for n in Finding.__slots__]
    statement = select(*columns).where(*_chosen(principal, name, kinds, districts)).order_by(c.number)
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return [Finding(**row._mapping) for row in fetch(connection, statement)]


def count_findings(
    principal: Principal, connection: Connection, name: str, *, districts: Iterable[str] | None = None
) -> dict[str, int]:
    """How many by kind, of those the principal may see."""
    c = venue_finding.c
    statement = (
        select(c.kind, func.count()).where(*_chosen(principal, name, None, districts)).group_by(c.kind)
    )
    return {kind: count for kind, count in fetch(connection, statement)}
