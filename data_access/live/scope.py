"""Whose venues: the rows of the live feed by the rules of venue_usage_reading (公共体育场馆数据接入)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, or_, select

import catalog
from data_access.principal import Principal
from data_access.queries.scope import fetch, require_figures, unit_of
from data_access.responsibility import read_responsibilities
from data_access.schema import FACT, base_table
from data_access.visits import CONNECTION


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue as its connection record states it (公共体育场馆设施智能化建设)."""

    venue_code: str
    name: str
    district: str
    longitude: float
    latitude: float


def connections() -> Table:
    """The base table of the venues' connection records."""
    return base_table(catalog.default().category_by_code[CONNECTION])


def venues(who: Principal, connection: Connection) -> list[Venue]:
    """Connected venues `who` may see, by code.

    Leaders, the office and operations see all; a department all of them if the
    readings are among its categories, otherwise none; a district those that lie in
    it, a zone or an affiliated unit those it reports.

    Raises:
        Forbidden: a guide.
    """
    c = connections().c
    statement = select(c.venue_code, c.venue_name, c.adcode, c.longitude, c.latitude).where(
        c.valid_to.is_(None), c.stage == "已接入"
    )
    found = fetch(connection, statement.where(*_conditions(who, connection)).order_by(c.venue_code))
    return [
        Venue(code, name, district, float(longitude), float(latitude))
        for code, name, district, longitude, latitude in found
    ]


def seen(who: Principal, connection: Connection, column: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """Conditions on a venue column of a live table: none for who sees every venue."""
    conditions = _conditions(who, connection)
    if not conditions:
        return []
    c = connections().c
    return [column.in_(select(c.venue_code).where(c.valid_to.is_(None), *conditions))]


def _conditions(who: Principal, connection: Connection) -> list[ColumnElement[bool]]:
    require_figures(who)
    c = connections().c
    unit = unit_of(who)
    if unit is not None:
        return [or_(c.adcode == unit, c.unit == unit)]
    if who.role == "department" and FACT not in read_responsibilities(who, connection).categories_of(
        who.unit
    ):
        return [c.venue_code.in_(())]
    return []
