"""Longitude and latitude (contract 1.0: W_GEO_SWAPPED, W_GEO_DMS, W_GEO_CONVERTED)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.intake.judging import DELETE, Raw, codes, judge_rows, row, warned

CODE = "sports_facility_statistics"
LON, LAT = Decimal("106.550000"), Decimal("29.560000")  # in 渝中区
GCJ = {"longitude": {"crs": "GCJ-02"}, "latitude": {"crs": "GCJ-02"}}


def placed(lon, lat, **kwargs) -> Any:
    """A row with these cells; a warning about the district is no concern of these tests."""
    checked = judge_rows(CODE, row(CODE, adcode="渝中区", longitude=Raw(lon), latitude=Raw(lat)), **kwargs)
    warnings = [(f, c) for _, f, c, _ in warned(checked) if f != "*"]
    if checked.problems:
        return [(f, c) for _, f, c, _ in codes(checked)], warnings
    return (checked.columns["longitude"][0], checked.columns["latitude"][0]), warnings


def test_decimal_degrees_are_taken_as_they_are():
    assert placed(106.55, 29.56) == ((LON, LAT), [])
    assert placed("106.55", "29.56") == ((LON, LAT), [])


def test_exchanged_coordinates_are_put_back_with_one_warning_at_longitude():
    assert placed(29.56, 106.55) == ((LON, LAT), [("longitude", "W_GEO_SWAPPED")])


def test_only_a_pair_can_be_exchanged():
    assert placed(29.56, None) == ([("longitude", "R_RANGE")], [])
    assert placed(29.56, 29.56) == ([("longitude", "R_RANGE")], [])
    assert placed(29.56, "约") == ([("longitude", "R_RANGE"), ("latitude", "R_TYPE")], [])


@pytest.mark.parametrize("lon", [105.27, 110.21, 0, -106.55])
def test_places_outside_the_city_are_refused(lon):
    assert placed(lon, 29.56) == ([("longitude", "R_RANGE")], [])


def test_degrees_minutes_seconds_become_decimals_with_a_warning_each():
    assert placed("106°33′00″", "29度33分36秒") == (
        (LON, LAT),
        [("longitude", "W_GEO_DMS"), ("latitude", "W_GEO_DMS")],
    )


def test_exchanged_degrees_minutes_seconds():
    values, warnings = placed("29°33′36″", "106°33′00″")
    assert values == (LON, LAT)
    assert set(warnings) == {
        ("longitude", "W_GEO_DMS"),
        ("longitude", "W_GEO_SWAPPED"),
        ("latitude", "W_GEO_DMS"),
    }


def test_degrees_with_minutes_beyond_59_are_refused():
    assert placed("106°60′00″", 29.56)[0] == [("longitude", "R_TYPE")]


def test_a_degree_word_is_the_stored_unit_in_the_cell():
    assert placed("106.55度", 29.56) == ((LON, LAT), [("longitude", "W_UNIT_SUFFIX")])


def test_declared_gcj_02_is_converted_with_a_warning_at_both():
    """The published vector of 渝中区: 106.51336007, 29.541542906 is 106.50954, 29.54429."""
    values, warnings = placed(106.513360070, 29.541542906, columns=GCJ)
    assert warnings == [("longitude", "W_GEO_CONVERTED"), ("latitude", "W_GEO_CONVERTED")]
    assert abs(values[0] - Decimal("106.50954")) < Decimal("0.0001")
    assert abs(values[1] - Decimal("29.54429")) < Decimal("0.0001")


def test_one_header_that_declares_the_system_speaks_for_the_pair():
    _, warnings = placed(106.513360070, 29.541542906, columns={"longitude": {"crs": "GCJ-02"}})
    assert warnings == [("longitude", "W_GEO_CONVERTED"), ("latitude", "W_GEO_CONVERTED")]


def test_exchanged_gcj_02_is_put_back_and_then_converted():
    values, warnings = placed(29.541542906, 106.513360070, columns=GCJ)
    assert abs(values[0] - Decimal("106.50954")) < Decimal("0.0001")
    assert ("longitude", "W_GEO_SWAPPED") in warnings and len(warnings) == 3


def test_undeclared_gcj_02_cannot_be_seen():
    assert placed(106.513360070, 29.541542906)[1] == []


def test_what_was_sent_is_not_changed():
    """The marked workbook and the pool need the file as it was."""
    sent = row(CODE, longitude=Raw(29.56), latitude=Raw(106.55))
    judge_rows(CODE, sent)
    assert (sent["longitude"].cell, sent["latitude"].cell) == (29.56, 106.55)


def test_a_sheet_may_lack_one_of_the_columns():
    checked = judge_rows(CODE, row(CODE, longitude=DELETE, latitude=Raw(29.56)), columns=GCJ)
    assert checked.accepted == 1 and checked.columns["longitude"] == [None]
    assert judge_rows(CODE, row(CODE, longitude=DELETE, latitude=Raw(106.55))).problems[0].code == "R_RANGE"
