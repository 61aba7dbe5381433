"""Whose visitors a principal may look at venue by venue; the city's sums are for everybody who works with data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, select

import catalog
from data_access.principal import Principal
from data_access.queries.scope import one_of, require_figures, unit_of
from data_access.responsibility import read_responsibilities
from data_access.schema import FACT, base_table

CONNECTION = "smart_venue_connection"


@dataclass(frozen=True, slots=True)
class Venue:
    """A connected venue as its connection record states it (current version)."""

    code: str
    name: str
    district: str
    lon: Decimal
    lat: Decimal


def venue_districts(principal: Principal, connection: Connection) -> frozenset[str] | None:
    """Districts whose venues the principal sees one by one; None: all.

    A district sees its own, the department that answers for the readings all of
    them, other departments and affiliated units the city's sums only.
    """
    require_figures(principal)
    if principal.role == "department":
        own = read_responsibilities(principal, connection).categories_of(principal.unit)
        return None if FACT in own else frozenset()
    unit = unit_of(principal)
    return None if unit is None else frozenset({unit})


def venues(
    principal: Principal,
    connection: Connection,
    codes: Iterable[str],
    *,
    districts: Iterable[str] | None = None,
) -> dict[str, Venue]:
    """Those of `codes` that the principal may see, by code; one without a connection record is missing."""
    seen = venue_districts(principal, connection)
    table = base_table(catalog.default().category_by_code[CONNECTION])
    c = table.c
    statement = select(c.venue_code, c.venue_name, c.adcode, c.longitude, c.latitude).where(
        c.valid_to.is_(None),
        c.venue_code.in_(sorted(set(codes))),
        *one_of(c.adcode, seen),
        *one_of(c.adcode, districts),
    )
    return {row[0]: Venue(*row) for row in connection.execute(statement)}
