"""Degrees as metres near a latitude: exact to about a metre in a kilometre, which is what distances here need."""

from __future__ import annotations

from typing import Any

import numpy as np


def metres_per_degree(lat: Any) -> tuple[Any, Any]:
    """Metres in one degree of longitude and of latitude at `lat` (degrees; numbers or arrays), WGS-84."""
    phi = np.radians(lat)
    east = 111412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi)
    north = 111132.92 - 559.82 * np.cos(2 * phi)
    return east, north


def distance_m(lon: Any, lat: Any, other_lon: Any, other_lat: Any) -> Any:
    """Metres between points that lie within some kilometres of each other."""
    east, north = metres_per_degree((lat + other_lat) / 2)
    return np.hypot((other_lon - lon) * east, (other_lat - lat) * north)
