"""Units of the contract: names, exact factors, units inside a cell."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

import catalog
from data_access.intake.units import canonical_unit, conversion_factor, split_suffix

LISTED = "元 千元 万元 百万元 亿元 平方米 ㎡ m² m2 万平方米 公顷 米 公里 千米 km 厘米 cm 千克 公斤 kg 人 万人 人次 万人次 % ％"


def test_every_unit_the_contract_lists_is_known():
    assert [u for u in LISTED.split() if canonical_unit(u) is None] == []


def test_every_stored_unit_of_the_catalogue_is_known_by_its_own_name():
    stored = {f.unit for c in catalog.default().categories for f in c.fields if f.unit}
    assert {u: canonical_unit(u) for u in stored} == {u: u for u in stored}


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("㎡", "平方米"),
        ("m²", "平方米"),
        ("m2", "平方米"),
        ("千米", "公里"),
        ("KM", "公里"),
        ("公斤", "千克"),
        ("％", "%"),
    ],
)
def test_other_names_of_one_unit_become_one_name(name, canonical):
    assert canonical_unit(name) == canonical


@pytest.mark.parametrize("word", ["含税", "选填", "", "GCJ-02", "截至年底"])
def test_other_words_are_no_units(word):
    """They are remarks in a header and must not make a column unreadable."""
    assert canonical_unit(word) is None


@pytest.mark.parametrize(
    ("written", "stored", "factor"),
    [
        ("万元", "元", "10000"),
        ("亿元", "万元", "10000"),
        ("元", "万元", "0.0001"),
        ("公顷", "平方米", "10000"),
        ("米", "公里", "0.001"),
        ("厘米", "米", "0.01"),
        ("万人次", "人次", "10000"),
        ("㎡", "平方米", "1"),
    ],
)
def test_factors_are_exact(written, stored, factor):
    assert conversion_factor(written, stored) == Decimal(factor)


@pytest.mark.parametrize(("written", "stored"), [("公里", "元"), ("人", "人次"), ("%", "元"), ("万元", None)])
def test_units_of_different_kinds_do_not_convert(written, stored):
    assert conversion_factor(written, stored) is None


@given(st.sampled_from(LISTED.split()), st.sampled_from(LISTED.split()))
def test_there_and_back_is_the_same_figure(one, other):
    there, back = conversion_factor(one, other), conversion_factor(other, one)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there * back == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1.2万人", ("1.2", "万人")),
        ("5万人次", ("5", "万人次")),
        ("1200平方米", ("1200", "平方米")),
        ("1200 ㎡", ("1200", "平方米")),
        ("5.2％", ("5.2", "%")),
        ("3KM", ("3", "公里")),
        ("约300", None),
    ],
)
def test_the_longest_unit_at_the_end_of_a_cell_counts(text, parts):
    assert split_suffix(text) == parts
