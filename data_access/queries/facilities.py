"""Facilities for the map: sums and columns of the city, and single facilities in the reader's scope.

How many facilities a district has, of which kind and size, is published by the bureau
each year: everybody who works with the data may count them. Which facility stands where
is a record, seen as all records are (docs/decisions/0050).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sqlalchemy import ColumnElement, Connection, select

import catalog
from data_access.facility_columns import (
    MICRO,
    NO_AREA,
    NO_PLACE,
    Columns,
    chosen,
    lines_with,
    unpack,
    unpack_names,
)
from data_access.facility_tables import roll_facility
from data_access.principal import Principal
from data_access.queries.scope import fetch, one_of, require_figures, unit_of

KEPT_CELLS = 160
"""Unpacked districts a process keeps, a tenth of a megabyte each: two survey years of the city, twice."""


@dataclass(frozen=True, slots=True)
class CellTotal:
    """All facilities one district-level unit's name stands on in a survey year."""

    year: int
    district: str  # as recorded
    facilities: int
    located: int
    area_cm2: int


@dataclass(frozen=True, slots=True)
class Named:
    """Facilities of a district with their names, the largest first."""

    columns: Columns
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One facility a search has found; degrees None where the record has none, m² None where none is recorded."""

    name: str
    kind: str
    district: str
    area_m2: float | None
    longitude: float | None
    latitude: float | None


def totals(principal: Principal, connection: Connection, category: str, day: dt.date) -> list[CellTotal]:
    """Sums by survey year and district as known on `day`."""
    require_figures(principal)
    c = roll_facility.c
    statement = select(c.year, c.district, c.facilities, c.located, c.area_cm2).where(
        c.category == category, *_known_on(day)
    )
    return [CellTotal(*row) for row in fetch(connection, statement)]


def columns(
    principal: Principal,
    connection: Connection,
    category: str,
    year: int,
    day: dt.date,
    districts: Collection[str] | None = None,
) -> dict[str, Columns]:
    """Facilities without their names by district as recorded: for counting, not for telling one from another.

    Args:
        year: of the survey; 0 for a category without.
        districts: only these; None, the whole city.
    """
    require_figures(principal)
    c = roll_facility.c
    statement = select(c.district, c.content).where(
        c.category == category, c.year == year, *_known_on(day), *one_of(c.district, districts)
    )
    return {district: _unpacked(content) for district, content in fetch(connection, statement)}


@lru_cache(maxsize=KEPT_CELLS)
def _unpacked(content: bytes) -> Columns:
    """The columns of a cell, kept under its very bytes: the next filter asks the same districts again."""
    return unpack(content)


def _may_see_single(principal: Principal, category: str) -> bool:
    """Whether single facilities of this category are shown at all; which ones, the unit of their record says."""
    return principal.may_read_category(catalog.default().category_by_code[category])


def named(
    principal: Principal,
    connection: Connection,
    category: str,
    year: int,
    day: dt.date,
    districts: Collection[str],
) -> dict[str, Named]:
    """Single facilities of these districts with their names, in the reader's scope."""
    if not _may_see_single(principal, category):
        return {}
    c = roll_facility.c
    statement = select(c.district, c.content, c.names).where(
        c.category == category, c.year == year, *_known_on(day), c.district.in_(sorted(districts))
    )
    found = {}
    for district, content, packed in fetch(connection, statement):
        whole, names = unpack(content), unpack_names(packed).split("\n")
        mask = _in_scope(principal, whole)
        if mask.any():
            found[district] = Named(chosen(whole, mask), tuple(names[i] for i in np.flatnonzero(mask)))
    return found


def find(
    principal: Principal,
    connection: Connection,
    category: str,
    year: int,
    day: dt.date,
    words: str,
    most: int,
) -> list[Found]:
    """The first `most` facilities whose name holds `words`, or whose initials do where `words` are letters.

    The largest of the city come first. Who sees some records of a district only (a zone) is
    shown the first of those, however many of others' stand before them.
    """
    words = "".join(words.split()).lower()
    if not words or not _may_see_single(principal, category):
        return []
    c = roll_facility.c
    is_narrowed = unit_of(principal) is not None
    is_letters = words.isascii() and words.isalnum()
    statement = select(c.district, c.initials if is_letters else c.names, c.names, c.content).where(
        c.category == category, c.year == year, *_known_on(day)
    )
    found: list[Found] = []
    for district, searched, packed, content in fetch(connection, statement):
        text = unpack_names(searched)
        looked_at = text.count("\n") + 1 if is_narrowed else most
        lines = lines_with(text if is_letters else text.lower(), words, looked_at)
        if lines:
            found += _told(principal, district, unpack(content), unpack_names(packed).split("\n"), lines)[
                :most
            ]
    return sorted(found, key=lambda f: (-(f.area_m2 or 0.0), f.district, f.name))[:most]


def _told(
    principal: Principal, district: str, whole: Columns, names: list[str], lines: list[int]
) -> list[Found]:
    """What is known of these lines of a district's names, as far as the reader may see them."""
    mask = _in_scope(principal, whole)
    found = []
    for i in lines:
        if not mask[i]:
            continue
        lon, lat, area = (int(whole.longitude[i]), int(whole.latitude[i]), int(whole.area_cm2[i]))
        located = lon != NO_PLACE
        found.append(
            Found(
                names[i],
                whole.words["kind"][whole.places["kind"][i]],
                district,
                None if area == NO_AREA else area / 10_000,
                lon / float(MICRO) if located else None,
                lat / float(MICRO) if located else None,
            )
        )
    return found


def _in_scope(principal: Principal, whole: Columns) -> np.ndarray:
    unit = unit_of(principal)
    return np.ones(len(whole), dtype=bool) if unit is None else whole.among("unit", [unit])


def _known_on(day: dt.date) -> list[ColumnElement[bool]]:
    c = roll_facility.c
    return [c.valid_from <= day, c.valid_to.is_(None) | (c.valid_to > day)]
