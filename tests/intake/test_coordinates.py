"""Coordinate systems against the published vectors, both ways, and degrees-minutes-seconds."""

import csv
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from data_access.intake import coordinates as crs

VECTORS = Path(__file__).resolve().parents[2] / "geo" / "crs_vectors.csv"
TENTH_OF_A_METRE = 0.1 / 111_320  # degrees of latitude; of longitude it is less than 0.1 m


@pytest.fixture(scope="module")
def vectors():
    with VECTORS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {k: np.array([float(r[k]) for r in rows]) for k in rows[0] if k != "name"}
    assert len(rows) == 30
    return {s: (columns[f"{s}_lon"], columns[f"{s}_lat"]) for s in ("wgs", "gcj", "bd")}


@pytest.mark.parametrize(
    ("convert", "source", "target"),
    [
        (crs.wgs84_to_gcj02, "wgs", "gcj"),
        (crs.gcj02_to_wgs84, "gcj", "wgs"),
        (crs.gcj02_to_bd09, "gcj", "bd"),
        (crs.bd09_to_gcj02, "bd", "gcj"),
        (crs.wgs84_to_bd09, "wgs", "bd"),
        (crs.bd09_to_wgs84, "bd", "wgs"),
    ],
)
def test_conversions_meet_the_vectors_to_a_tenth_of_a_metre(vectors, convert, source, target):
    lon, lat = convert(*vectors[source])
    assert np.abs(lon - vectors[target][0]).max() < TENTH_OF_A_METRE
    assert np.abs(lat - vectors[target][1]).max() < TENTH_OF_A_METRE


@given(st.floats(105.28, 110.2), st.floats(28.16, 32.21))
def test_there_and_back_is_the_same_place(lon, lat):
    for there, back in ((crs.wgs84_to_gcj02, crs.gcj02_to_wgs84), (crs.wgs84_to_bd09, crs.bd09_to_wgs84)):
        x, y = back(*there(lon, lat))
        assert abs(x - lon) < 1e-8 and abs(y - lat) < 1e-8


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("106°30′34″", "106.509444"),
        ("106°30'34.5\"", "106.509583"),
        ("106°30'34''", "106.509444"),
        ("106度30分34秒", "106.509444"),
        ("东经106度30分34秒", "106.509444"),
        ("29°32′39″N", "29.544167"),
        ("E106° 30′ 34″", "106.509444"),
        ("106°30.5′", "106.508333"),
        ("106.5094°", "106.509400"),
    ],
)
def test_degrees_minutes_seconds_have_six_decimals(text, degrees):
    assert str(crs.parse_dms(text)) == degrees


@pytest.mark.parametrize(
    "text", ["106.5", "106°60′00″", "106°30′60″", "106.5°30′", "106°30.5′10″", "106-30-34", "W106°", "°"]
)
def test_other_texts_are_no_degrees(text):
    assert crs.parse_dms(text) is None


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59))
def test_whole_seconds_survive_the_way_there_and_back(d, m, s):
    """Six decimals are a thousandth of a second's 278 millionths: no second is lost."""
    degrees = crs.parse_dms(f"{d}°{m}′{s}″")
    assert degrees is not None
    assert round(degrees * 3600) == d * 3600 + m * 60 + s
    assert degrees == round(Decimal(d * 3600 + m * 60 + s) / 3600, 6)
