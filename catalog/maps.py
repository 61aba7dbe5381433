"""Boundaries by date: 38 districts until November 2025, 37 after it, and the rivers.

Which files these are stands in `maps.toml`, so that an office with boundaries of
its own (地图审核) puts them in without a change of the program.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import catalog

ROOT = Path(__file__).resolve().parent.parent
FILE = Path(__file__).with_name("maps.toml")
GROUPS = ("主城都市区", "渝东北三峡库区城镇群", "渝东南武陵山区城镇群")
"""一区两群."""
CORE = "中心城区"
"""The nine districts of the city proper; eight since November 2025."""
Ring = tuple[tuple[float, float], ...]


class MapsError(Exception):
    """maps.toml or a file it names cannot be used; the message says which and what to do."""


@dataclass(frozen=True)
class Shape:
    """One district as it is drawn: outer rings in degrees (WGS-84), where its name stands, its geodesic area."""

    code: str
    name: str
    short: str
    group: str
    is_core: bool
    label: tuple[float, float]
    area_km2: float
    rings: tuple[Ring, ...] = field(repr=False)


@dataclass(frozen=True)
class Edition:
    """The boundaries that hold from `valid_from` until the next edition."""

    key: str
    name: str
    source: str
    path: Path
    valid_from: dt.date

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Districts by code, read when first asked for."""
        return {shape.code: shape for shape in map(_shape, _features(self.path))}

    def codes(self, group: str | None = None) -> tuple[str, ...]:
        """Codes of all districts, of one of 一区两群, or of `CORE`."""
        return tuple(
            code
            for code, shape in self.shapes.items()
            if group is None or shape.group == group or (group == CORE and shape.is_core)
        )


@dataclass(frozen=True)
class Maps:
    """What `maps.toml` names."""

    folder: Path
    rivers_path: Path
    editions: tuple[Edition, ...]

    @cached_property
    def rivers(self) -> tuple[tuple[str, Ring], ...]:
        """(name, line in degrees), some rivers in several parts."""
        found = []
        for feature in _features(self.rivers_path):
            lines = feature["geometry"]["coordinates"]
            parts = [lines] if feature["geometry"]["type"] == "LineString" else lines
            found += [(feature["properties"]["name"], _ring(part)) for part in parts]
        return tuple(found)

    def edition_on(self, day: dt.date) -> Edition:
        """The boundaries that hold on `day`."""
        return max((e for e in self.editions if e.valid_from <= day), key=lambda e: e.valid_from)


@cache
def default() -> Maps:
    """The maps this installation draws."""
    return load(FILE)


def load(path: Path) -> Maps:
    """Reads `maps.toml`; the boundaries themselves are read when first drawn.

    Raises:
        MapsError: a key is missing or a file it names is not there.
    """
    try:
        words = tomllib.loads(path.read_text("utf-8"))
        folder = ROOT / words["folder"]
        editions = tuple(
            Edition(
                e["key"], e["name"], e["source"], folder / e["districts"],
                dt.date.fromisoformat(e["valid_from"]) if "valid_from" in e else dt.date.min,
            )
            for e in words["edition"]
        )  # fmt: skip
        maps = Maps(folder, folder / words["rivers"], editions)
    except (KeyError, ValueError) as error:
        raise MapsError(f"catalog/{path.name} 不能使用：{error}。请对照文件开头的说明修改。") from error
    missing = [p.name for p in (maps.rivers_path, *(e.path for e in editions)) if not p.is_file()]
    if missing:
        raise MapsError(
            f"catalog/{path.name} 写明的文件不在 {words['folder']} 文件夹：{'、'.join(missing)}。请放入文件或改正文件名。"
        )
    return maps


def _features(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))["features"]


def _shape(feature: dict[str, Any]) -> Shape:
    properties, geometry = feature["properties"], feature["geometry"]
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return Shape(
        code=properties["adcode"],
        name=properties["name"],
        short=properties["short"],
        group=properties["group"],
        is_core=bool(properties["core"]),
        label=(properties["label_lon"], properties["label_lat"]),
        area_km2=properties["area_km2"],
        rings=tuple(_ring(polygon[0]) for polygon in polygons),
    )


def _ring(points: list[list[float]]) -> Ring:
    return tuple((point[0], point[1]) for point in points)


def place_of(edition: Edition, code: str) -> str | None:
    """The district of this edition in which records of `code` lie; None where the code alone does not say.

    A merged district's records lie in its successor, a functional zone's in its host. A
    successor's lie in none of the districts before it, and a zone with several hosts in
    one of them: there the coordinates of a record decide.
    """
    if code in edition.shapes:
        return code
    known = catalog.default().district_by_code
    for successor in edition.shapes:
        if successor in known and code in known[successor].merged_from:
            return successor
    if code not in known:
        return None
    hosts = {place_of(edition, host) for host in known[code].host_adcodes}
    return hosts.pop() if len(hosts) == 1 else None


def places_within(edition: Edition, code: str) -> tuple[str, ...]:
    """The districts among which records of `code` may lie: its hosts, or the districts it was made of."""
    known = catalog.default().district_by_code.get(code)
    if known is None:
        return ()
    found = (place_of(edition, c) for c in (*known.host_adcodes, *known.merged_from))
    return tuple(dict.fromkeys(place for place in found if place is not None))


def population(code: str) -> int | None:
    """Residents of the 2020 census; of a district made of others, theirs together."""
    known = catalog.default().district_by_code
    if code not in known:
        return None
    parts = [known[c].population_2020 for c in known[code].merged_from]
    return known[code].population_2020 or (sum(p or 0 for p in parts) or None)
