"""The score computed twice: the product and plain loops agree on thousands of random years."""

from __future__ import annotations

from typing import Any

import pytest

from metrics import score
from tests.score import plain
from tests.score.made_up import worked_example
from tests.score.random_years import Chance

YEARS = 2000
PARTS = 4


def first(document: dict[str, Any]) -> dict[str, Any]:
    """The product's result cut to what the plain loops work out."""
    found = score.compute(score.read(document))
    return {"ranking": found["ranking"], "departments": [_cut(d) for d in found["departments"]]}


def _cut(department: dict[str, Any]) -> dict[str, Any]:
    same = ("code", "deductions", "score", "grade", "P", "points_sum", "weights_present")
    return {key: department[key] for key in same} | {
        "values": {name: part["value"] for name, part in department["parts"].items()},
        "points": {name: part["points"] for name, part in department["parts"].items()},
        "categories": [
            {key: category[key] for key in ("code", "q", "r", "covered", "mean")}
            | {"items": len(category["due_items"])}
            for category in department["categories"]
        ],
    }


def second(document: dict[str, Any]) -> dict[str, Any]:
    found = plain.result(document)
    for department in found["departments"]:
        for key in ("order", "total", "merit"):
            department.pop(key, None)
    return found


def test_the_loops_have_the_worked_example_too():
    assert second(worked_example())["ranking"] == [{"rank": 1, "code": "youth_sport", "score": "85.22"}]


@pytest.mark.parametrize("part", range(PARTS))
def test_two_computations_agree_on_random_years(part: int):
    for seed in range(part, YEARS, PARTS):
        document = Chance(seed).document()

        assert first(document) == second(document), f"seed {seed}"


def test_random_years_reach_every_kind_of_result():
    """Agreement on years that never tie, never lack a base or never fail would say little."""
    results = [score.compute(score.read(Chance(seed).document())) for seed in range(400)]
    departments = [d for result in results for d in result["departments"]]
    grades = {d["grade"] for d in departments}
    reasons = {part["reason"] for d in departments for part in d["parts"].values()}
    ranks = [[place["rank"] for place in result["ranking"]] for result in results]

    assert grades == {"优秀", "良好", "合格", "不合格", None}
    assert reasons == {
        None, "not_assessed", "no_due_item", "no_rows", "no_batch", "waiting_for_operations", "none_due",
    }  # fmt: skip
    assert any(len(set(r)) < len(r) for r in ranks)
    assert any(d["P"] is not None and d["P"] != d["points_sum"] for d in departments)
    assert any(d["deductions"]["sum"] != d["deductions"]["taken"] for d in departments)
    assert any(d["secret_leak"] and float(d["score"] or 0) >= 60 for d in departments)
