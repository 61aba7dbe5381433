"""Longitude and latitude together: exchanged back, converted to CGCS2000/WGS-84, and only then held to their range."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from catalog import Category, Field
from data_access.intake.cells import MappedColumn
from data_access.intake.coordinates import TO_WGS84
from data_access.intake.values.columns import ColumnReading


def coordinate_pair(category: Category) -> tuple[Field, Field] | None:
    """The fields that hold longitude and latitude, told apart by their ranges; None without both."""
    fields = sorted((f for f in category.fields if f.type == "geo"), key=lambda f: -(f.min or 0))
    return (fields[0], fields[1]) if len(fields) == 2 else None


def settle_coordinates(
    pair: tuple[Field, Field], readings: dict[str, ColumnReading], columns: dict[str, MappedColumn]
) -> None:
    """Mends and judges the two columns of a sheet in place; either may be missing.

    A single coordinate under a header that declares GCJ-02 stays as it is:
    the shift depends on both.
    """
    lon, lat = (readings.get(f.name) for f in pair)
    if lon is not None and lat is not None:
        _exchange_back(pair, lon, lat)
        systems = [columns[f.name].crs for f in pair]
        system = systems[0] or systems[1]
        if system in TO_WGS84:
            _convert(system, lon, lat)
    for field, reading in zip(pair, (lon, lat), strict=True):
        if reading is not None:
            for row in _outside(field, reading.values):
                _fail(reading, row)


def _exchange_back(pair: tuple[Field, Field], lon: ColumnReading, lat: ColumnReading) -> None:
    for row in _outside(pair[0], lon.values):
        x, y = lon.values[row], lat.values[row]
        if y is not None and _inside(pair[1], x) and _inside(pair[0], y):
            lon.values[row], lat.values[row] = y, x
            lon.notes[row] = (*lon.notes.get(row, ()), "W_GEO_SWAPPED")


def _convert(system: str, lon: ColumnReading, lat: ColumnReading) -> None:
    pairs = zip(lon.values, lat.values, strict=True)
    rows = [i for i, (x, y) in enumerate(pairs) if x is not None and y is not None]
    if not rows:
        return
    xs = np.array([float(lon.values[i]) for i in rows])
    ys = np.array([float(lat.values[i]) for i in rows])
    for reading, figures in zip((lon, lat), TO_WGS84[system](xs, ys), strict=True):
        for row, figure in zip(rows, figures.tolist(), strict=True):
            reading.values[row] = Decimal(f"{figure:.6f}")
            reading.notes[row] = (*reading.notes.get(row, ()), "W_GEO_CONVERTED")


def _inside(field: Field, value: Decimal) -> bool:
    return (field.min is None or field.min <= value) and (field.max is None or value <= field.max)


def _outside(field: Field, values: list[Decimal | None]) -> Iterable[int]:
    filled = [v for v in values if v is not None]
    if not filled or (_inside(field, min(filled)) and _inside(field, max(filled))):
        return ()
    return [i for i, v in enumerate(values) if v is not None and not _inside(field, v)]


def _fail(reading: ColumnReading, row: int) -> None:
    reading.values[row] = None
    reading.problems[row] = "R_RANGE"
    reading.notes.pop(row, None)
