"""Whose venues: the rows of the live feed by the rules of venue_usage_reading (公共体育场馆数据接入)."""

from __future__ import annotations

from collections.abc import Collection
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


def connected() -> list[ColumnElement[bool]]:
    """Conditions on `connections`: the current record of a venue that sends."""
    c = connections().c
    return [c.valid_to.is_(None), c.stage == "已接入"]


def sees_every_venue(who: Principal, connection: Connection) -> bool:
    """Whether no venue is left out of what `who` sees.

    Raises:
        Forbidden: a guide.
    """
    return not conditions(who, connection)


def venues(
    who: Principal,
    connection: Connection,
    *,
    district: str | None = None,
    venue_code: str | None = None,
    most: int | None = None,
) -> list[Venue]:
    """Connected venues `who` may see, by code.

    Args:
        district, venue_code: only the venues of a district, only this one.
        most: only the first so many.

    Leaders, the office and operations see all; a department all of them if the
    readings are among its categories, otherwise none; a district those that lie in
    it, a zone or an affiliated unit those it reports.

    Raises:
        Forbidden: a guide.
    """
    c = connections().c
    statement = select(c.venue_code, c.venue_name, c.adcode, c.longitude, c.latitude).where(*connected())
    named = [
        x == value for x, value in ((c.adcode, district), (c.venue_code, venue_code)) if value is not None
    ]
    narrowed = statement.where(*named, *conditions(who, connection))
    found = fetch(connection, narrowed.order_by(c.venue_code).limit(most))
    return [
        Venue(code, name, district, float(longitude), float(latitude))
        for code, name, district, longitude, latitude in found
    ]


def names_of(who: Principal, connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """Names of these venues; one without a connection record, or not theirs to see, is missing."""
    c = connections().c
    rows = fetch(
        connection,
        select(c.venue_code, c.venue_name).where(
            c.valid_to.is_(None), c.venue_code.in_(codes), *conditions(who, connection)
        ),
    )
    return {code: name for code, name in rows}


def seen(who: Principal, connection: Connection, column: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """Conditions on a venue column of a live table: none for who sees every venue."""
    narrowed = conditions(who, connection)
    if not narrowed:
        return []
    c = connections().c
    return [column.in_(select(c.venue_code).where(c.valid_to.is_(None), *narrowed))]


def conditions(who: Principal, connection: Connection) -> list[ColumnElement[bool]]:
    """Conditions on `connections`: which venues `who` may see; none for who sees every one."""
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
