"""Keeps `roll_facility` in the integration's transaction, and computes it again from zero.

District and survey year are part of a facility's natural key, so a delivery changes
(year, district) cells and no others. A cell that no later day changed is what its row
holds, without the replaced facilities and with the new ones; any other is packed anew
from the base. What was known before stays as the row before, closed on the day of the
change, so a map can be shown as of any day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, literal_column, or_, select, update

import catalog
from catalog import Category
from data_access.accepted import Integration, Rows
from data_access.facility_batches import cells_of, replaced, said
from data_access.facility_columns import Facility, Packed, facilities, pack, unpack_facilities
from data_access.facility_sets import MASS, NO_YEAR, SETS, SURVEY, Cell, FacilitySet
from data_access.facility_tables import roll_facility
from data_access.schema import base_table, column_name

AT_ONCE = 16
"""Districts read together: a table without an index by district is gone through three times, not forty."""


def packed(
    connection: Connection, category: Category, rows: Rows, outcome: Integration, *, unit: str, on: dt.date
) -> dict[Cell, Packed]:
    """The cells a batch touches, as it leaves them; what only the base can tell is left out. Writes nothing.

    Args:
        rows: its accepted rows, and `outcome`: what is to become of them.
        unit: who delivers the batch.
        on: day of receipt.
    """
    of = SETS[category.code]
    cells = cells_of(of, rows, [*outcome.inserted, *outcome.updated])
    standing = _standing(connection, of, cells)
    found: dict[Cell, Packed] = {}
    for cell, places in sorted(cells.items()):
        kept = _kept(standing.get(cell), on, replaced(of, category, outcome, places))
        if kept is not None:
            found[cell] = pack([*kept, *said(of, category, rows, outcome, places, unit)])
    return found


def fold(
    connection: Connection,
    category: Category,
    rows: Rows,
    outcome: Integration,
    cells: Mapping[Cell, Packed],
    on: dt.date,
) -> None:
    """Bring the cells up to date that a batch touched.

    Args:
        rows: its accepted rows, already integrated, and `outcome`: what became of them.
        cells: what `packed` made of them, of the base as it was until this batch.
        on: day of receipt; what is known from then on changes, nothing before.
    """
    of = SETS[category.code]
    touched = cells_of(of, rows, [*outcome.inserted, *outcome.updated])
    _end(connection, of, cells, on)
    _insert(connection, of, {cell: [(on, pack)] for cell, pack in cells.items()})
    refresh(connection, of, touched.keys() - cells.keys(), on)


def _standing(connection: Connection, of: FacilitySet, cells: Iterable[Cell]) -> dict[Cell, Any]:
    """The newest row of each cell of which something is or was known."""
    r = roll_facility.c
    found = connection.execute(
        select(r.year, r.district, r.valid_from, r.content, r.names).where(
            r.category == of.category,
            r.year.in_({year for year, _ in cells}),
            r.district.in_({district for _, district in cells}),
            r.valid_to.is_(None),
        )
    )
    return {(row.year, row.district): row for row in found}


def _kept(row: Any | None, on: dt.date, gone: Iterable[Facility]) -> list[Facility] | None:
    """What a cell's newest row holds without the facilities in `gone`; None: only the base can tell it.

    That is so where a later day than `on` changed the cell, or the row holds other
    facilities than the base did: packing the cell anew puts that right.
    """
    if row is None:
        return []
    if row.valid_from > on:
        return None
    kept = unpack_facilities(row.content, row.names)
    for facility in gone:
        at = bisect_left(kept, facility)
        if at == len(kept) or kept[at] != facility:
            return None
        del kept[at]
    return kept


def _end(connection: Connection, of: FacilitySet, cells: Collection[Cell], on: dt.date) -> None:
    """The newest rows of these cells were known until the day `on`; one of that very day makes way."""
    r = roll_facility.c
    for year, districts in _by_year(cells).items():
        newest = (
            r.category == of.category, r.year == year, r.district.in_(districts), r.valid_to.is_(None)
        )  # fmt: skip
        connection.execute(delete(roll_facility).where(*newest, r.valid_from == on))
        connection.execute(update(roll_facility).where(*newest).values(valid_to=on))


def fold_receipt(connection: Connection, category: Category, receipt: str, on: dt.date) -> None:
    """The same for a batch that was taken back: its rows are still in the base, closed."""
    of = SETS[category.code]
    table = base_table(category)
    found = connection.execute(
        select(*_cell_columns(of, table)).where(table.c.receipt == receipt).distinct()
    ).all()
    refresh(connection, of, {_cell(of, row) for row in found}, on)


def fold_record(connection: Connection, category: Category, record: Mapping[Any, Any], on: dt.date) -> None:
    """The same for one record, a row of the base."""
    of = SETS[category.code]
    year = int(record[of.year]) if of.year else NO_YEAR
    refresh(connection, of, {(year, str(record["adcode"]))}, on)


def refresh(connection: Connection, of: FacilitySet, cells: Iterable[Cell], first_day: dt.date) -> None:
    """Pack these cells from the base for every day from `first_day` on that changed them."""
    for year, districts in _by_year(cells).items():
        for at in range(0, len(districts), AT_ONCE):
            _refresh(connection, of, year, districts[at : at + AT_ONCE], first_day)


def _refresh(
    connection: Connection, of: FacilitySet, year: int, districts: Sequence[str], first_day: dt.date
) -> None:
    r = roll_facility.c
    here = (r.category == of.category, r.year == year, r.district.in_(districts))
    connection.execute(delete(roll_facility).where(*here, r.valid_from >= first_day))
    connection.execute(update(roll_facility).where(*here, r.valid_to >= first_day).values(valid_to=None))
    versions = _versions(connection, of, year, districts, first_day)
    found = {district: list(_packed(known, first_day)) for district, known in versions.items()}
    cells = {(year, district): since for district, since in found.items() if since}
    changed_on: dict[dt.date, list[str]] = {}
    for (_, district), since in cells.items():
        changed_on.setdefault(since[0][0], []).append(district)
    for day, changed in changed_on.items():
        of_them = (r.category == of.category, r.year == year, r.district.in_(changed))
        connection.execute(update(roll_facility).where(*of_them, r.valid_to.is_(None)).values(valid_to=day))
    _insert(connection, of, cells)


def _insert(
    connection: Connection, of: FacilitySet, cells: Mapping[Cell, Sequence[tuple[dt.date, Packed]]]
) -> None:
    """What is known of each cell from these days on."""
    rows = [
        {
            "category": of.category, "year": year, "district": district, "valid_from": day, "valid_to": end,
            "facilities": p.facilities, "located": p.located, "area_cm2": p.area_cm2, "content": p.content,
            "names": p.names, "initials": p.initials,
        }
        for (year, district), known in cells.items()
        for (day, p), end in zip(known, [*(day for day, _ in known[1:]), None], strict=True)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(roll_facility), rows)


def _by_year(cells: Iterable[Cell]) -> dict[int, list[str]]:
    by_year: dict[int, list[str]] = {}
    for year, district in sorted(cells):
        by_year.setdefault(year, []).append(district)
    return by_year


def rebuild(connection: Connection) -> None:
    """Everything from the base alone."""
    connection.execute(delete(roll_facility))
    for of in SETS.values():
        table = base_table(catalog.default().category_by_code[of.category])
        cells = [_cell(of, row) for row in connection.execute(select(*_cell_columns(of, table)).distinct())]
        refresh(connection, of, cells, dt.date.min)


class _Version(NamedTuple):
    """One version of one record: the days it was known, and what it says."""

    number: int
    known_from: dt.date
    known_to: dt.date | None
    key: tuple[Any, ...]
    facility: Facility


def _versions(
    connection: Connection, of: FacilitySet, year: int, districts: Sequence[str], first_day: dt.date
) -> dict[str, list[_Version]]:
    """By district: versions of its records known on `first_day` or later or ended that day, by number."""
    category = catalog.default().category_by_code[of.category]
    table = base_table(category)
    words = [
        table.c[column_name(n)] if n else literal_column("''")
        for n in (of.name, of.kind, of.owner, of.opening, of.fee)
    ]
    in_cells = [*([table.c[of.year] == year] if of.year else []), table.c.adcode.in_(districts)]
    natural_key = [table.c[column_name(k)] for k in category.natural_key]
    statement = select(
        table.c.adcode, table.c.version, table.c.valid_from, table.c.valid_to,
        table.c.area, table.c.longitude, table.c.latitude, *words, table.c.unit, *natural_key,
    ).where(*in_cells, or_(table.c.valid_to.is_(None), table.c.valid_to >= first_day))  # fmt: skip
    rows = list(map(tuple, connection.execute(statement).all()))
    if not rows:
        return {}
    district, number, known_from, known_to, area, longitude, latitude, *rest = zip(*rows, strict=True)
    told = facilities(rest[:6], area, longitude, latitude)
    keys = zip(*rest[6:], strict=True)
    found: dict[str, list[_Version]] = {}
    versions = map(_Version._make, zip(number, known_from, known_to, keys, told, strict=True))
    for where, version in zip(district, versions, strict=True):
        found.setdefault(where, []).append(version)
    for of_district in found.values():
        of_district.sort(key=itemgetter(0))
    return found


def _packed(versions: list[_Version], first_day: dt.date) -> Iterator[tuple[dt.date, Packed]]:
    """(day, columns known from that day on), for each day that changed something."""
    days = {v.known_from for v in versions} | {v.known_to for v in versions if v.known_to is not None}
    for day in sorted(d for d in days if d >= first_day):
        known = {
            v.key: v.facility
            for v in versions
            if v.known_from <= day and (v.known_to is None or v.known_to > day)
        }  # of a record with several, the highest number, which comes last
        yield day, pack(known.values())


def _cell_columns(of: FacilitySet, table: Any) -> list[Any]:
    return [*([table.c[of.year]] if of.year else []), table.c.adcode]


def _cell(of: FacilitySet, row: Any) -> Cell:
    return (int(row[0]), row[1]) if of.year else (NO_YEAR, row[0])


__all__ = [
    "MASS",
    "NO_YEAR",
    "SETS",
    "SURVEY",
    "FacilitySet",
    "fold",
    "fold_receipt",
    "fold_record",
    "packed",
    "rebuild",
    "refresh",
]
