"""Keeps `roll_facility` in the integration's transaction, and computes it again from zero.

District and survey year are part of a facility's natural key, so a delivery changes
whole (year, district) cells and no others: each is packed anew from the base, as
visits are folded by whole days (docs/decisions/0013). What was known before stays as
the row before, closed on the day of the change, so a map can be shown as of any day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, literal_column, or_, select, type_coerce, update

import catalog
from catalog import Category
from data_access.engine import Digits
from data_access.facility_columns import Facility, Packed, facilities, pack
from data_access.facility_tables import roll_facility
from data_access.schema import base_table, column_name

NO_YEAR = 0
AT_ONCE = 16
"""Districts read together: a table without an index by district is gone through three times, not forty."""


@dataclass(frozen=True)
class FacilitySet:
    """Which field of a category says what; None: it has no such field."""

    category: str
    year: str | None
    name: str
    kind: str
    owner: str | None
    opening: str | None
    fee: str | None


SURVEY = FacilitySet(
    "sports_facility_statistics",
    "survey_year",
    "facility_name",
    "facility_type",
    "operator_type",
    "opening",
    None,
)
"""体育场地统计: every facility, once a year."""
MASS = FacilitySet("mass_sport_facility", None, "facility_name", "facility_kind", None, None, "free_open")
"""群众体育场地: public ones, each month, with what they charge."""
SETS = {SURVEY.category: SURVEY, MASS.category: MASS}
Cell = tuple[int, str]
"""(survey year, district as recorded)."""


def packed_ahead(connection: Connection, category: Category, rows: Any, unit: str) -> dict[Cell, Packed]:
    """Cells of which nothing is known yet, packed from a batch that is still to be taken.

    The survey's first deliveries are packed so outside the writer's lock; `fold` looks
    again in its transaction and takes only what still holds.
    """
    of = SETS[category.code]
    cells = _cells_of(of, rows, range(len(rows)))
    new = cells.keys() - _known(connection, of, cells)
    return {cell: pack(_said(of, rows, cells[cell], unit)) for cell in new}


def fold(
    connection: Connection,
    category: Category,
    rows: Any,
    taken: Iterable[int],
    *,
    unit: str,
    on: dt.date,
    ahead: Mapping[Cell, Packed] | None = None,
) -> None:
    """Pack the cells anew that accepted rows of a batch touched.

    A cell of which nothing was ever known holds what this batch says and nothing else;
    it is packed from the batch, without reading back what was just written.

    Args:
        rows: `accepted.Rows` of the batch, already integrated.
        taken: places of new and updated rows.
        unit: who delivered the batch.
        on: day of receipt; what is known from then on changes, nothing before.
        ahead: what `packed_ahead` made of the same rows.
    """
    of = SETS[category.code]
    cells = _cells_of(of, rows, taken)
    known = _known(connection, of, cells)
    packs: dict[Cell, list[tuple[dt.date, Packed]]] = {}
    for cell in sorted(cells.keys() - known):
        ready = ahead.get(cell) if ahead else None
        if ready is None or ready.facilities != len(cells[cell]):  # not all of its rows were taken
            ready = pack(_said(of, rows, cells[cell], unit))
        packs[cell] = [(on, ready)]
    _insert(connection, of, packs)
    refresh(connection, of, cells.keys() & known, on)


def _cells_of(of: FacilitySet, rows: Any, places: Iterable[int]) -> dict[Cell, list[int]]:
    """Places of rows by cell."""
    years = rows.columns[of.year] if of.year else None
    districts = rows.columns["adcode"]
    places = list(places)
    if places and len(set(districts)) == 1 and (years is None or len(set(years)) == 1):
        return {(int(years[0]) if years else NO_YEAR, str(districts[0])): places}  # a district's own file
    cells: dict[Cell, list[int]] = {}
    for i in places:
        cells.setdefault((int(years[i]) if years else NO_YEAR, str(districts[i])), []).append(i)
    return cells


def _known(connection: Connection, of: FacilitySet, cells: Iterable[Cell]) -> set[Cell]:
    """Cells of which something is or was known."""
    r = roll_facility.c
    years = {year for year, _ in cells}
    found = connection.execute(
        select(r.year, r.district).where(r.category == of.category, r.year.in_(years)).distinct()
    )
    return {(year, district) for year, district in found}


def _said(of: FacilitySet, rows: Any, places: Sequence[int], unit: str) -> list[Facility]:
    """What a batch says of its facilities."""

    def column(name: str | None) -> list[Any] | None:
        values = rows.columns.get(name) if name else None
        return None if values is None else [values[i] for i in places]

    nothing = [None] * len(places)
    words = [column(n) for n in (of.name, of.kind, of.owner, of.opening, of.fee)]
    numbers = [column(n) or nothing for n in ("area", "longitude", "latitude")]
    return facilities([*words, [unit] * len(places)], *numbers)


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
    """Pack these cells for every day from `first_day` on that changed them."""
    by_year: dict[int, list[str]] = {}
    for year, district in sorted(cells):
        by_year.setdefault(year, []).append(district)
    for year, districts in by_year.items():
        for at in range(0, len(districts), AT_ONCE):
            _refresh(connection, of, year, districts[at : at + AT_ONCE], first_day)


def _refresh(
    connection: Connection, of: FacilitySet, year: int, districts: Sequence[str], first_day: dt.date
) -> None:
    r = roll_facility.c
    here = (r.category == of.category, r.year == year, r.district.in_(districts))
    connection.execute(delete(roll_facility).where(*here, r.valid_from >= first_day))
    connection.execute(update(roll_facility).where(*here, r.valid_to >= first_day).values(valid_to=None))
    if _is_last_day(connection, of, year, districts, first_day):
        found = _since_last_day(connection, of, year, districts, first_day)
    else:
        versions = _versions(connection, of, year, districts, first_day)
        found = {district: list(_packed(known, first_day)) for district, known in versions.items()}
    packed = {(year, district): since for district, since in found.items() if since}
    changed_on: dict[dt.date, list[str]] = {}
    for (_, district), since in packed.items():
        changed_on.setdefault(since[0][0], []).append(district)
    for day, changed in changed_on.items():
        of_them = (r.category == of.category, r.year == year, r.district.in_(changed))
        connection.execute(update(roll_facility).where(*of_them, r.valid_to.is_(None)).values(valid_to=day))
    _insert(connection, of, packed)


def _insert(
    connection: Connection, of: FacilitySet, packed: Mapping[Cell, Sequence[tuple[dt.date, Packed]]]
) -> None:
    """What is known of each cell from these days on."""
    rows = [
        {
            "category": of.category, "year": year, "district": district, "valid_from": day, "valid_to": end,
            "facilities": p.facilities, "located": p.located, "area_cm2": p.area_cm2, "content": p.content,
            "names": p.names, "initials": p.initials,
        }
        for (year, district), known in packed.items()
        for (day, p), end in zip(known, [*(day for day, _ in known[1:]), None], strict=True)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(roll_facility), rows)


def rebuild(connection: Connection) -> None:
    """Everything from the base alone."""
    connection.execute(delete(roll_facility))
    for of in SETS.values():
        table = base_table(catalog.default().category_by_code[of.category])
        cells = [_cell(of, row) for row in connection.execute(select(*_cell_columns(of, table)).distinct())]
        refresh(connection, of, cells, dt.date.min)


def _is_last_day(
    connection: Connection, of: FacilitySet, year: int, districts: Sequence[str], day: dt.date
) -> bool:
    """Whether no record of these cells begins or ends after `day`."""
    table, _, in_cells = _said_in(of, year, districts)
    later = select(table.c.version).where(*in_cells, or_(table.c.valid_from > day, table.c.valid_to > day))
    return connection.execute(later.limit(1)).first() is None


def _since_last_day(
    connection: Connection, of: FacilitySet, year: int, districts: Sequence[str], day: dt.date
) -> dict[str, list[tuple[dt.date, Packed]]]:
    """By district: what is known from `day` on if that day changed it, and no later day did.

    Then what is known are the current rows, one a record: neither keys nor versions
    are needed to tell them. Nearly every delivery is of this kind.
    """
    table, words, in_cells = _said_in(of, year, districts)
    numbers = (type_coerce(table.c[n], Digits()) for n in ("area", "longitude", "latitude"))
    statement = select(
        table.c.adcode, table.c.valid_from, table.c.valid_to, *numbers, *words, table.c.unit
    ).where(*in_cells, or_(table.c.valid_to.is_(None), table.c.valid_to == day))  # fmt: skip
    rows = list(map(tuple, connection.execute(statement)))
    if not rows:
        return {}
    district, known_from, known_to, area, longitude, latitude, *said = zip(*rows, strict=True)
    changed = {w for w, start, end in zip(district, known_from, known_to, strict=True) if day in (start, end)}
    current: dict[str, list[Facility]] = {where: [] for where in changed}
    found = facilities(said, area, longitude, latitude)
    for where, end, facility in zip(district, known_to, found, strict=True):
        if end is None and where in changed:
            current[where].append(facility)
    return {where: [(day, pack(known))] for where, known in current.items()}


def _said_in(of: FacilitySet, year: int, districts: Sequence[str]) -> tuple[Any, list[Any], list[Any]]:
    """The base table, its columns of words, and the condition for these cells."""
    table = base_table(catalog.default().category_by_code[of.category])
    words = [
        table.c[column_name(n)] if n else literal_column("''")
        for n in (of.name, of.kind, of.owner, of.opening, of.fee)
    ]
    return table, words, [*([table.c[of.year] == year] if of.year else []), table.c.adcode.in_(districts)]


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
    table, words, in_cells = _said_in(of, year, districts)
    category = catalog.default().category_by_code[of.category]
    natural_key = [table.c[column_name(k)] for k in category.natural_key]
    statement = select(
        table.c.adcode, table.c.version, table.c.valid_from, table.c.valid_to,
        table.c.area, table.c.longitude, table.c.latitude, *words, table.c.unit, *natural_key,
    ).where(*in_cells, or_(table.c.valid_to.is_(None), table.c.valid_to >= first_day))  # fmt: skip
    rows = list(map(tuple, connection.execute(statement).all()))
    if not rows:
        return {}
    district, number, known_from, known_to, area, longitude, latitude, *rest = zip(*rows, strict=True)
    said = facilities(rest[:6], area, longitude, latitude)
    keys = zip(*rest[6:], strict=True)
    found: dict[str, list[_Version]] = {}
    versions = map(_Version._make, zip(number, known_from, known_to, keys, said, strict=True))
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
    "packed_ahead",
    "rebuild",
    "refresh",
]
