"""What one batch says of facilities, by the cells of `roll_facility` they lie in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from catalog import Category
from data_access.accepted import Integration, Rows
from data_access.facility_columns import Facility, facilities
from data_access.facility_sets import NO_YEAR, Cell, FacilitySet


def cells_of(of: FacilitySet, rows: Rows, places: Iterable[int]) -> dict[Cell, list[int]]:
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


def said(
    of: FacilitySet, category: Category, rows: Rows, outcome: Integration, places: Sequence[int], unit: str
) -> list[Facility]:
    """The facilities as the batch leaves them; what it has no column for stays as it was."""
    before = _known(category, outcome, places)

    def column(name: str) -> list[Any]:
        values = rows.columns.get(name)
        return before(name) if values is None else [values[i] for i in places]

    return _facilities(of, column, [unit] * len(places))


def replaced(
    of: FacilitySet, category: Category, outcome: Integration, places: Sequence[int]
) -> list[Facility]:
    """The facilities as they were before the batch, of those it updates."""
    updated = [i for i in places if i in outcome.known]
    return _facilities(of, _known(category, outcome, updated), [outcome.known[i].unit for i in updated])


def _known(category: Category, outcome: Integration, places: Sequence[int]) -> Callable[[str], list[Any]]:
    """A field of the records known before, None where there was none."""
    position = {f.name: n for n, f in enumerate(category.fields)}
    records = [outcome.known.get(i) for i in places]
    return lambda name: [record and record.values[position[name]] for record in records]


def _facilities(of: FacilitySet, column: Callable[[str], list[Any]], units: list[str]) -> list[Facility]:
    words = [column(name) if name else None for name in (of.name, of.kind, of.owner, of.opening, of.fee)]
    return facilities([*words, units], *map(column, ("area", "longitude", "latitude")))
