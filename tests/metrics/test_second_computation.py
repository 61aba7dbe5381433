"""Each indicator computed a second time by a plain loop over made-up rows: the two must agree."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from data_access.principal import OFFICE, Principal
from metrics import INDICATORS, Known, of
from tests.metrics import made_up, plain
from tests.metrics.rows import Rows

LOOPS = {
    **{key: partial(plain.one_characteristic, key=key) for key in (*plain.RIGHT, "accessibility")},
    "completion": plain.completion,
    "delivered": plain.delivered,
    "coverage": plain.coverage,
    "timeliness": plain.timeliness,
    "on_time_this_month": plain.on_time_this_month,
    "pace": plain.pace,
    "pace_gap": plain.pace_gap,
    "forecast": plain.forecast,
    "quality": plain.quality,
    "publishing_rate": plain.publishing_rate,
    "open_batches": plain.open_batches,
    "oldest_waiting": plain.oldest_waiting,
}
DAYS = [dt.date(2025, 3, 7), dt.date(2025, 6, 16), dt.date(2025, 10, 20), dt.date(2026, 1, 20)]


def test_every_indicator_has_a_second_computation():
    assert set(LOOPS) == set(INDICATORS)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_two_computations_agree_by_department_and_for_the_city(rows: Rows, seed: int):
    """On four days of a year with revisions, reorganisations, zero plans, gaps and late rows."""
    facts = made_up.make(rows, seed)

    for as_of in DAYS:
        known = Known(OFFICE, rows.connection, made_up.YEAR, as_of)
        for key, entry in INDICATORS.items():
            expected = LOOPS[key](facts, as_of)
            frame = of(known, key, ("department",))
            found = {r.department: (r.numerator, r.denominator) for r in frame.itertuples()}
            for department, (numerator, denominator) in expected.items():
                wanted = (float(numerator), float(denominator) if entry.is_ratio else 1.0)
                assert found.get(department, (0, 0)) == pytest.approx(wanted), (key, as_of, department)
            assert set(found) - set(expected) <= {d for d, pair in found.items() if not pair[0]}
            whole = of(known, key).iloc[0]
            sums = [sum(pair[n] for pair in expected.values()) for n in (0, 1)]
            if entry.combine == "max":
                sums[0] = max(pair[0] for pair in expected.values())
            assert whole.numerator == pytest.approx(float(sums[0])), (key, as_of)
            if entry.is_ratio:
                assert whole.denominator == pytest.approx(float(sums[1])), (key, as_of)


def test_every_dimension_adds_up_to_the_whole_but_quality_which_is_a_mean(rows: Rows):
    """The parts of a ratio are its summands at every level."""
    made_up.make(rows, 3)
    known = Known(OFFICE, rows.connection, made_up.YEAR, dt.date(2025, 11, 20))

    for key, entry in INDICATORS.items():
        whole = of(known, key).iloc[0]
        for dimension in entry.dimensions:
            if entry.combine == "max" or (key == "quality" and dimension in ("month", "unit")):
                continue
            parts = of(known, key, (dimension,))
            assert parts.numerator.sum() == pytest.approx(whole.numerator), (key, dimension)
            if entry.is_ratio:
                assert parts.denominator.sum() == pytest.approx(whole.denominator), (key, dimension)


def test_a_department_finds_the_same_figures_as_the_office_sees_for_it(rows: Rows):
    """Scope narrows what is counted, never how."""
    made_up.make(rows, 4)
    day = dt.date(2025, 11, 20)
    office = Known(OFFICE, rows.connection, made_up.YEAR, day)

    for department in ("mass_sport", "youth_sport", "competitive_sport"):
        mine = Known(Principal("department", department, "经办"), rows.connection, made_up.YEAR, day)
        for key in INDICATORS:
            theirs = of(office, key, ("department",)).set_index("department")
            frame = of(mine, key, ("department",)).set_index("department")
            assert list(frame.index) in ([department], [])
            if department in theirs.index:
                assert frame.at[department, "numerator"] == pytest.approx(
                    theirs.at[department, "numerator"]
                ), key
