"""Domain rule 4.6, figure by figure: 青少处 2022 has 85.22 and is 良好."""

from __future__ import annotations

import pytest

from metrics import score
from tests.score.made_up import worked_example

RESULT = score.compute(score.read(worked_example()))
YOUTH = RESULT["departments"][0]
CATEGORIES = {category["code"]: category for category in YOUTH["categories"]}


def test_the_worked_example_has_85_22_and_is_good():
    assert (YOUTH["score"], YOUTH["grade"]) == ("85.22", "良好")
    assert RESULT["ranking"] == [{"rank": 1, "code": "youth_sport", "score": "85.22"}]


@pytest.mark.parametrize(
    ("code", "q", "n", "r", "mean"),
    [
        ("youth_event", "349.59", 332, "94.97", "97.00"),
        ("youth_organization", "280.00", 300, "100.00", "92.71"),
        ("youth_athlete", "27000.00", 21600, "80.00", "97.17"),
        ("youth_coach", "0.00", 0, None, None),
    ],
)
def test_each_category_has_the_figures_of_the_tables(code: str, q: str, n: int, r: str, mean: str):
    found = CATEGORIES[code]

    assert (found["q"], found["n"], found["r"], found["mean"]) == (q, n, r, mean)
    assert found["covered"] is True


@pytest.mark.parametrize(
    ("key", "value", "points"),
    [
        ("quantity", "91.66", "25.66"),
        ("coverage", "100.00", "12.00"),
        ("timeliness", "90.71", "18.14"),
        ("quality", "95.63", "19.13"),
        ("publishing", "92.86", "9.29"),
        ("cooperation", "80.00", "8.00"),
    ],
)
def test_each_part_has_its_value_and_points(key: str, value: str, points: str):
    assert (YOUTH["parts"][key]["value"], YOUTH["parts"][key]["points"]) == (value, points)


def test_the_sums_of_the_steps_are_those_of_the_text():
    """25.40 of 28 items, 4.80 of 6 obligations, 26 of 28 batches, 92.22 before 7.00 are taken off."""
    assert [c["t_sum"] for c in YOUTH["categories"]] == ["11.40", "3.00", "11.00", "0.00"]
    assert [len(c["due_items"]) for c in YOUTH["categories"]] == [12, 4, 12, 0]
    assert (YOUTH["t_sum"], YOUTH["k_sum"]) == ("25.40", "4.80")
    publishing = YOUTH["parts"]["publishing"]
    assert (publishing["numerator"], publishing["denominator"]) == ("26.00", "28.00")
    assert (YOUTH["points_sum"], YOUTH["weights_present"], YOUTH["P"]) == ("92.22", "100.00", "92.22")
    assert YOUTH["deductions"] == {
        "late_plan": "2.00", "content": "5.00", "incident": "0.00", "falsified": "0.00",
        "sum": "7.00", "taken": "7.00",
    }  # fmt: skip


def test_the_revised_plan_counts_181_and_184_days():
    versions = [(v["quantity"], v["days"]) for v in CATEGORIES["youth_event"]["versions"]]

    assert versions == [("400.00", 181), ("300.00", 184)]


def test_without_the_deductions_it_would_be_excellent():
    document = worked_example()
    document["departments"][0] |= {"deductions": [], "plan_filed_on": "2022-01-31"}

    found = score.compute(score.read(document))["departments"][0]

    assert (found["score"], found["grade"]) == ("92.22", "优秀")
