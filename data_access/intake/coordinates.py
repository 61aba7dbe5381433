"""Coordinate systems of Chinese maps, both ways, and degrees written as degrees, minutes, seconds.

WGS-84 stands for CGCS2000 too: for our purpose they are the same. GCJ-02 is
what Chinese web maps use, BD-09 what one of them adds on top; in Chongqing
they lie about 500 m and 1,100 m off. All functions take degrees, as floats or
numpy arrays, longitude first.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np

_A = 6378245.0  # Krasovsky's semi-major axis, m, as the published formula has it
_EE = 0.00669342162296594323
_BD_PI = np.pi * 3000.0 / 180.0
_DEGREE_MARKS, _MINUTE_MARKS, _SECOND_MARKS = "°度º˚", "′'’‘分＇", '″"”“秒＂'
_DMS = re.compile(
    rf"(?:[NE]|东经|北纬)?(?P<d>[0-9]{{1,3}})(?P<df>\.[0-9]+)?[{_DEGREE_MARKS}]"
    rf"(?:(?P<m>[0-9]{{1,2}})(?P<mf>\.[0-9]+)?[{_MINUTE_MARKS}]"
    rf"(?:(?P<s>[0-9]{{1,2}})(?P<sf>\.[0-9]+)?(?:[{_SECOND_MARKS}]|[{_MINUTE_MARKS}]{{2}}))?)?(?:[NE]|东经|北纬)?",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")


def parse_dms(text: str) -> Decimal | None:
    """``106°30′34.5″`` or ``东经106度30分34秒`` in degrees with 6 decimals; None if it is not of that form.

    A fraction belongs to the last part only; minutes and seconds stay below 60.
    """
    match = _DMS.fullmatch(_SPACES.sub("", text))
    if match is None:
        return None
    if (match["df"] and match["m"]) or (match["mf"] and match["s"]):
        return None
    parts = [Decimal((match[k] or "0") + (match[k + "f"] or "")) for k in "dms"]
    if parts[1] >= 60 or parts[2] >= 60:
        return None
    return round(parts[0] + parts[1] / 60 + parts[2] / 3600, 6)


def wgs84_to_gcj02(lon: Any, lat: Any) -> tuple[Any, Any]:
    d_lon, d_lat = _gcj_offset(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: Any, lat: Any) -> tuple[Any, Any]:
    """The inverse by iteration; five rounds leave less than a millimetre."""
    out_lon, out_lat = lon, lat
    for _ in range(5):
        d_lon, d_lat = _gcj_offset(out_lon, out_lat)
        out_lon, out_lat = lon - d_lon, lat - d_lat
    return out_lon, out_lat


def gcj02_to_bd09(lon: Any, lat: Any) -> tuple[Any, Any]:
    z = np.sqrt(lon * lon + lat * lat) + 0.00002 * np.sin(lat * _BD_PI)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_PI)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def bd09_to_gcj02(lon: Any, lat: Any) -> tuple[Any, Any]:
    """The inverse by iteration: Baidu's own formula back is up to 0.3 m off."""
    out_lon, out_lat = lon - 0.0065, lat - 0.006
    for _ in range(5):
        there_lon, there_lat = gcj02_to_bd09(out_lon, out_lat)
        out_lon, out_lat = out_lon + (lon - there_lon), out_lat + (lat - there_lat)
    return out_lon, out_lat


def wgs84_to_bd09(lon: Any, lat: Any) -> tuple[Any, Any]:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: Any, lat: Any) -> tuple[Any, Any]:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _gcj_offset(lon: Any, lat: Any) -> tuple[Any, Any]:
    """The published shift from WGS-84 to GCJ-02, degrees."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + wave
    d_lat += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + wave
    d_lon += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = lat / 180.0 * np.pi
    magic = 1.0 - _EE * np.sin(radians) ** 2
    root = np.sqrt(magic)
    d_lat = d_lat * 180.0 / ((_A * (1.0 - _EE)) / (magic * root) * np.pi)
    d_lon = d_lon * 180.0 / (_A / root * np.cos(radians) * np.pi)
    return d_lon, d_lat


# How a header declares its system -> the way to WGS-84.
TO_WGS84 = {"GCJ-02": gcj02_to_wgs84, "BD-09": bd09_to_wgs84}
