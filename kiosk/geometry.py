"""Boundaries and rivers as the wall's browser needs them: small files that change only with a map edition.

A scene's payload names districts by their adcode and an edition; the shapes come from
here once and stay in the browser's cache.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "geo"
EDITIONS = {"2024": "districts.geojson", "2025": "districts_2025.geojson"}
"""Map editions, the oldest first: 38 districts before November 2025, 37 since (江北 and 渝北 are 两江新区)."""
_DIGITS = 4
"""Decimals of a degree that are kept: 11 m, a fifth of a pixel on the widest wall."""


def _features(name: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / name).read_text("utf-8"))["features"]


def _rounded(coordinates: Any) -> Any:
    if coordinates and isinstance(coordinates[0], int | float):
        return [round(value, _DIGITS) for value in coordinates[:2]]
    return [_rounded(inner) for inner in coordinates]


@cache
def adcodes(edition: str) -> frozenset[str]:
    """The districts of an edition."""
    return frozenset(f["properties"]["adcode"] for f in _features(EDITIONS[edition]))


def edition_of(codes: frozenset[str]) -> str:
    """The newest edition that has all of these districts; the newest one if none has."""
    for edition in reversed(EDITIONS):
        if codes <= adcodes(edition):
            return edition
    return next(reversed(EDITIONS))


def districts(edition: str) -> bytes:
    """GeoJSON of an edition: adcode, short name, place of the label; coordinates to 11 m."""
    kept = [
        {
            "type": "Feature",
            "properties": {
                "adcode": feature["properties"]["adcode"],
                "short": feature["properties"]["short"],
                "label": [feature["properties"]["label_lon"], feature["properties"]["label_lat"]],
                "area": feature["properties"]["area_km2"],
            },
            "geometry": {
                "type": feature["geometry"]["type"],
                "coordinates": _rounded(feature["geometry"]["coordinates"]),
            },
        }
        for feature in _features(EDITIONS[edition])
    ]
    return _written(kept)


def rivers() -> bytes:
    """GeoJSON of 长江, 嘉陵江 and 乌江; decoration, not measurement.

    Of a river that touches the border again and again, only the long course is kept: short
    pieces of it along the edge of the map look like a fault of the picture.
    """
    lines: list[list[list[float]]] = []
    for feature in _features("rivers.geojson"):
        geometry = feature["geometry"]
        pieces = [geometry["coordinates"]] if geometry["type"] == "LineString" else geometry["coordinates"]
        lines.append(max(pieces, key=len))
    return _written(
        [
            {
                "type": "Feature",
                "properties": {},
                "geometry": {"type": "LineString", "coordinates": _rounded(line)},
            }
            for line in lines
        ]
    )


def _written(features: list[dict[str, Any]]) -> bytes:
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
