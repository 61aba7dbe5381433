"""The formula's words come from its rules; a year is not frozen before its last due date."""

from __future__ import annotations

from typing import Any

import pytest

from metrics import score
from metrics.score import formula
from tests.score.made_up import category, department, due, version, worked_example, year


def rules(**changes: Any) -> score.Rules:
    return score.read(year(rules=changes)).rule_set


def test_every_limit_on_the_screen_is_the_one_that_computes():
    """Change a rule and its sentence changes; nothing is written twice."""
    changed = rules(
        weights={"quantity": "30.5", "coverage": "9.5"},
        characteristics={"accuracy": "20", "completeness": "30"},
        grades={"优秀": "91", "合格": "61"},
        limits={
            "delay_days": 33, "obligation_days": 17, "plan_due": "02-15", "late_plan_week": "1.25",
            "late_plan_max": "6", "content": "4.5", "content_max": "18", "incident": {"一般": "3.5"},
            "falsified": "12", "deductions_max": "27",
        },
    )  # fmt: skip
    lines = [*formula.parts(changed), *formula.deductions(changed)]
    said = " ".join(f"{line.points} {line.rule}" for line in lines) + formula.total(changed)

    for words in (
        "30.5", "9.5", "准确性 20", "完整性 30", "1/33", "迟 33 天", "1/17", "迟 17 天", "2 月 15 日", "1.25 分",
        "最多 6", "4.5 分", "最多 18", "一般 3.5", "扣 12 分", "最多 27", "优秀 ≥ 91、合格 ≥ 61",
    ):  # fmt: skip
        assert words in said, words


def test_the_default_formula_names_all_parts_and_deductions():
    assert [line.points for line in formula.parts(score.DEFAULT_RULES)] == [
        "28",
        "12",
        "20",
        "20",
        "10",
        "10",
    ]
    assert len(formula.deductions(score.DEFAULT_RULES)) == 5


def test_the_worked_example_may_be_frozen_on_20_january():
    assert score.too_early(score.read(worked_example())) is None


@pytest.mark.parametrize(
    ("freeze", "sentence"),
    [
        ("2023-01-15", "封存日 2023-01-15 早于 1 个应报项的截止日期"),
        ("2022-12-31", "这一年还没有结束，不能封存 2022 年度。请在 2023-01-16 之后封存。"),
    ],
)
def test_a_freeze_before_the_due_dates_is_refused_with_the_day_to_wait_for(freeze: str, sentence: str):
    found = score.too_early(score.read(worked_example() | {"freeze": freeze}))

    assert found is not None and sentence in found
    assert "2023-01-16" in found


def test_what_is_not_the_departments_own_does_not_hold_up_the_freeze():
    """An abolished department, another's category and a zero plan wait for nothing."""
    late = [due("2022-12", "2022-12-31", "2023-01-30", None)]
    document = year(
        department(category(due_items=late), valid_to="2022-06-30"),
        department(
            category(due_items=late, valid_to="2022-11-30"),
            category("youth_coach", due_items=late, plan_versions=[version(1, 0, "2022-01-20")]),
            code="mass_sport",
        ),
    )

    assert score.too_early(score.read(document)) is None
