"""Mistakes in the coordinates of facilities, as clerks and map programs make them: a few dozen in 5,600.

They pass intake, whose check of the district only warns; the map's page finds them.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from data_access.intake.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from demo.registry import Columns, Registry

OUTSIDE, TWICE, SHIFTED = 431, 397, 59
"""One facility in so many; numbers without a common factor, so that none is wrong in two ways by design."""
WRONG_DIGIT = 0.4
"""Degrees by which a mistyped longitude is off."""
UNLOCATED = 260
"""One large facility of the survey in so many has no coordinates."""


def misplace(registry: Registry, columns: Columns) -> Columns:
    """The stock with some longitudes mistyped and some facilities recorded twice, metres away."""
    n = len(registry)
    number = np.arange(n)
    lon, lat = (columns[name].to_numpy().copy() for name in ("longitude", "latitude"))
    names = columns["facility_name"].to_pylist()
    kinds = columns["facility_kind"].to_pylist()
    outside = number % OUTSIDE == 7
    lon[outside] += np.where(lon[outside] > 108, -WRONG_DIGIT, WRONG_DIGIT)
    first: dict[tuple[int, str], int] = {}
    for i in range(n):
        original = first.setdefault((int(registry.district[i]), kinds[i]), i)
        if i % TWICE == 11 and original != i and not outside[original]:
            lon[i], lat[i] = lon[original] + 0.0001, lat[original] + 0.0001
            names[i] = f"{names[original]}（{i}）"
    return {
        **columns, "facility_name": pa.array(names), "longitude": pa.array(lon.round(6)),
        "latitude": pa.array(lat.round(6)),
    }  # fmt: skip


def shift(index: np.ndarray, changed: np.ndarray, columns: Columns) -> Columns:
    """Some records sent again with the coordinates a web map showed: GCJ-02, every third BD-09.

    Args:
        index: the records' numbers.
        changed: which of them were delivered before.
    """
    lon, lat = (columns[name].to_numpy().copy() for name in ("longitude", "latitude"))
    shifted = changed & (index % SHIFTED == 5) & (index % OUTSIDE != 7)
    for convert, chosen in (
        (wgs84_to_gcj02, shifted & (index % 3 != 0)),
        (wgs84_to_bd09, shifted & (index % 3 == 0)),
    ):
        lon[chosen], lat[chosen] = convert(lon[chosen], lat[chosen])
    return {**columns, "longitude": pa.array(lon.round(6)), "latitude": pa.array(lat.round(6))}


def is_unlocated(large: np.ndarray) -> np.ndarray:
    """Which of the large facilities lack their coordinates."""
    return large & (np.cumsum(large) % UNLOCATED == 0)
