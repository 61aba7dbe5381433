"""Domain rule 4.3, case by case, and what 4.1 says of late plans, deductions, grades and the freeze."""

from __future__ import annotations

from typing import Any

import pytest

from metrics import score
from tests.score.made_up import (
    batches,
    category,
    deduction,
    department,
    due,
    obligation,
    plus,
    share,
    version,
    year,
)

Json = dict[str, Any]


def one(*categories: Json, document: Json | None = None, **changes: Any) -> Json:
    """The result of a year with one department."""
    return result(year(department(*categories, **changes), **(document or {})))["departments"][0]


def result(document: Json) -> Json:
    return score.compute(score.read(document))


def only(*args: Any, **changes: Any) -> Json:
    """The result of one department's only category."""
    return one(category(**args[0] if args else {}), **changes)["categories"][0]


# ---------------------------------------------------------------- plans


def test_a_december_cut_changes_little():
    """400 for 364 days and 40 on the last: nobody mends a bad year on New Year's Eve."""
    found = only({"plan_versions": [version(1, 400, "2022-01-20"), version(2, 40, "2022-12-31")]})

    assert found["q"] == "399.01"


def test_the_first_version_counts_from_january_however_late_it_was_approved():
    found = only({"plan_versions": [version(1, 400, "2022-12-30")]})

    assert (found["q"], found["versions"][0]["first"]) == ("400.00", "2022-01-01")


def test_a_version_approved_after_the_year_or_after_the_freeze_does_not_count():
    """One approved on 5 January 2023 was no promise for 2022, though it lies before the freeze."""
    late = [version(1, 100, "2022-01-20"), version(2, 900, "2023-01-05")]
    unknown = [version(1, 100, "2022-01-20"), version(2, 900, "2022-07-01")]

    assert only({"plan_versions": late})["q"] == "100.00"
    assert only({"plan_versions": late[1:]})["q"] is None
    assert only({"plan_versions": unknown}, document={"freeze": "2022-06-30"})["q"] == "100.00"


def test_of_several_versions_of_one_day_the_highest_number_counts():
    versions = [version(3, 300, "2022-01-20"), version(2, 200, "2022-01-20"), version(1, 100, "2022-01-20")]

    assert only({"plan_versions": versions})["q"] == "300.00"


def test_days_are_counted_of_366_in_a_leap_year():
    leap = {"year": 2024, "freeze": "2025-01-20"}
    versions = [version(1, 366, "2024-01-20"), version(2, 732, "2024-12-31")]

    assert only({"plan_versions": versions}, document=leap)["q"] == "367.00"


def test_a_zero_plan_gives_and_costs_nothing():
    """Out of quantity, quality, publishing and the due items; covered though nothing came."""
    zero = category(
        "youth_coach", plan_versions=[version(1, 0, "2022-01-20")], integrated_keys=9, accepted_records=0,
        due_items=[due("2022-06", "2022-06-30", "2022-07-05", None)], rows=50,
        characteristics={"accuracy": ["0", "50"]}, batches=[batches("integrated", 9)],
    )  # fmt: skip

    found = one(category(), zero)
    coach = found["categories"][1]

    assert found["score"] == one(category())["score"] == "100.00"
    assert (coach["q"], coach["r"], coach["covered"], coach["mean"]) == ("0.00", None, True, None)
    assert (coach["n"], coach["due_items"]) == (9, [])


def test_a_zero_for_part_of_the_year_lowers_the_plan_and_lets_its_due_items_fall_away():
    versions = [version(1, 365, "2022-01-01"), version(2, 0, "2022-07-01")]
    items = [
        due("2022-06", "2022-06-30", "2022-07-05", None),
        due("2022-07", "2022-07-31", "2022-08-05", None),
    ]

    found = only({"plan_versions": versions, "due_items": items})

    assert (found["q"], found["zero_plan"]) == ("181.00", False)
    assert [item["period"] for item in found["due_items"]] == ["2022-06"]
    assert [(item["period"], item["reason"]) for item in found["dropped"]] == [("2022-07", "zero_plan")]


def test_a_promise_that_rounds_to_nothing_is_a_zero_plan():
    """One record on one day of 365 is 0.00 on paper; conditions use the printed figure."""
    versions = [version(1, 0, "2022-01-20"), version(2, 1, "2022-12-31")]

    assert only({"plan_versions": versions})["zero_plan"] is True


@pytest.mark.parametrize("versions", [[], [version(1, 0, None)]])
def test_no_plan_and_a_zero_nobody_approved_are_worth_nothing(versions: list[Json]):
    """Its due items stand, it counts in quantity, and it is covered only by what came."""
    unplanned = category("youth_coach", plan_versions=versions)
    found = one(category(), unplanned)
    empty = one(category(), category("youth_coach", plan_versions=versions, accepted_records=0))

    coach = found["categories"][1]
    assert (coach["q"], coach["r"], coach["covered"], len(coach["due_items"])) == (None, "0.00", True, 1)
    assert found["parts"]["quantity"]["value"] == "50.00"
    assert empty["parts"]["coverage"]["value"] == "50.00"


def test_over_delivery_is_shown_and_helps_nothing_else():
    rich = category(integrated_keys=250)
    poor = category("youth_coach", integrated_keys=50)

    found = one(rich, poor)

    assert [c["r"] for c in found["categories"]] == ["100.00", "50.00"]
    assert found["categories"][0]["surplus"] == "150.00"
    assert found["parts"]["quantity"]["value"] == "75.00"


def test_quantity_weighs_categories_and_coverage_does_not():
    found = one(category(weight="3"), category("youth_coach", integrated_keys=0, accepted_records=0))

    assert (found["parts"]["quantity"]["value"], found["parts"]["coverage"]["value"]) == ("75.00", "50.00")


def test_no_plan_at_all_costs_the_quantity_and_the_late_plan():
    found = one(category(plan_versions=[]), plan_filed_on=None)

    assert found["parts"]["quantity"]["points"] == "0.00"
    assert found["deductions"]["late_plan"] == "5.00"


@pytest.mark.parametrize(
    ("filed_on", "points"),
    [
        ("2022-01-31", "0.00"), ("2022-02-01", "1.00"), ("2022-02-07", "1.00"), ("2022-02-08", "2.00"),
        ("2022-02-09", "2.00"), ("2022-03-08", "5.00"), ("2022-12-01", "5.00"), ("2021-12-01", "0.00"),
    ],
)  # fmt: skip
def test_a_late_plan_costs_one_point_a_started_week_and_five_at_most(filed_on: str, points: str):
    assert one(category(), plan_filed_on=filed_on)["deductions"]["late_plan"] == points


def test_a_plan_not_filed_counts_as_filed_on_the_day_of_the_freeze():
    """As of 10 February it is two started weeks late, whether it comes in March or never."""
    early = {"freeze": "2022-02-10"}

    assert one(category(), plan_filed_on=None, document=early)["deductions"]["late_plan"] == "2.00"
    assert one(category(), plan_filed_on="2022-03-20", document=early)["deductions"]["late_plan"] == "2.00"


@pytest.mark.parametrize(("begins", "points"), [("2022-01-31", "5.00"), ("2022-02-01", "0.00")])
def test_a_department_that_began_after_january_has_no_late_plan(begins: str, points: str):
    found = one(category(), plan_filed_on=None, valid_from=begins)

    assert found["deductions"]["late_plan"] == points


# ---------------------------------------------------------------- not assessed


@pytest.mark.parametrize(
    "categories",
    [[], [category(plan_versions=[version(1, 0, "2022-01-20")])], [category(valid_from="2023-01-01")]],
    ids=["nothing assigned", "zeros only", "assigned on no day"],
)
def test_who_has_nothing_to_do_is_not_assessed(categories: list[Json]):
    found = result(year(department(*categories), department(category(), code="industry")))
    idle = found["departments"][0]

    assert (idle["score"], idle["grade"], idle["P"]) == (None, None, None)
    assert {part["value"] for part in idle["parts"].values()} == {None}
    assert [place["code"] for place in found["ranking"]] == ["industry"]


# ---------------------------------------------------------------- reorganisation


def test_a_category_that_moves_splits_its_plan_by_days():
    """365 for the year: 181 for who had it until June, 184 for the successor, whole chain in both."""
    versions = [version(1, 365, "2022-01-20")]
    before = department(category(plan_versions=versions, valid_to="2022-06-30"))
    after = department(category(plan_versions=versions, valid_from="2022-07-01"), code="mass_sport")

    found = result(year(before, after))["departments"]

    assert [d["categories"][0]["q"] for d in found] == ["181.00", "184.00"]


def test_a_due_item_is_whose_who_answers_on_the_last_day_of_the_period():
    items = [
        due("2022-06", "2022-06-30", "2022-07-05", None),
        due("2022-07", "2022-07-31", "2022-08-05", None),
    ]
    before = department(category(due_items=items, valid_to="2022-06-30"))
    after = department(category(due_items=items, valid_from="2022-07-01"), code="mass_sport")

    found = result(year(before, after))["departments"]

    periods = [[item["period"] for item in d["categories"][0]["due_items"]] for d in found]
    assert periods == [["2022-06"], ["2022-07"]]


def test_an_abolished_department_is_frozen_on_its_last_day():
    """What came, was confirmed or approved later counts as nothing; what was due later is not its own."""
    items = [
        due("2022-04", "2022-04-30", "2022-05-05", "2022-07-01"),
        due("2022-05", "2022-05-31", "2022-06-06", "2022-06-06"),
        due("2022-06", "2022-06-30", "2022-07-05", "2022-07-05"),
    ]
    versions = [version(1, 365, "2022-01-20"), version(2, 3650, "2022-07-01")]

    found = one(
        category(due_items=items, plan_versions=versions), valid_to="2022-06-30",
        obligations=[obligation("2022-06-20", "2022-07-02"), obligation("2022-07-20", None)],
        deductions=[deduction("content", occurred_on="2022-06-01", confirmed_on="2022-07-01")],
    )  # fmt: skip

    assert found["freeze"] == "2022-06-30"
    assert [(i["period"], i["t"]) for i in found["categories"][0]["due_items"]] == [
        ("2022-04", "0.00"),
        ("2022-05", "1.00"),
    ]
    assert found["categories"][0]["q"] == "181.00"
    assert (found["parts"]["cooperation"]["value"], found["deductions"]["sum"]) == ("0.00", "0.00")


def test_a_category_given_away_and_taken_back_is_one_category():
    """March to June were another's: 306 days, and each stretch brings its own counts."""
    versions = [version(1, 365, "2022-01-20")]
    item = due("2022-02", "2022-02-28", "2022-03-07", None)
    first = category(plan_versions=versions, valid_to="2022-02-28", integrated_keys=53, due_items=[item])
    again = category(plan_versions=versions, valid_from="2022-07-01", integrated_keys=100, due_items=[item])

    found = one(first, again)["categories"]

    assert [(c["q"], c["n"], c["r"], len(c["due_items"])) for c in found] == [("243.00", 153, "62.96", 1)]


# ---------------------------------------------------------------- due items and obligations


@pytest.mark.parametrize(
    ("days_late", "t"), [(-9, "1.00"), (0, "1.00"), (7, "0.77"), (29, "0.03"), (30, "0.00"), (200, "0.00")]
)
def test_each_day_of_delay_costs_a_thirtieth(days_late: int, t: str):
    item = due("2022-06", "2022-06-30", "2022-07-05", plus("2022-07-05", days_late))

    assert only({"due_items": [item]})["due_items"][0]["t"] == t


def test_credits_are_added_as_exact_fractions():
    """Three times 1 − 7⁄30 is 2.30, not 2.31: a tie at …5 must stay one."""
    items = [due(f"2022-0{m}", f"2022-0{m}-28", f"2022-0{m + 1}-05", f"2022-0{m + 1}-12") for m in (1, 2, 3)]

    found = one(category(due_items=items))

    assert (found["t_sum"], found["parts"]["timeliness"]["value"]) == ("2.30", "76.67")


def test_what_is_due_after_the_freeze_is_left_out_and_what_came_after_it_never_came():
    items = [
        due("2022-05", "2022-05-31", "2022-06-06", "2022-07-01"),
        due("2022-06", "2022-06-30", "2022-07-05", "2022-07-05"),
    ]

    found = only({"due_items": items}, document={"freeze": "2022-06-30"})

    assert [(i["period"], i["received_on"], i["t"]) for i in found["due_items"]] == [
        ("2022-05", None, "0.00")
    ]
    assert found["dropped"][0]["reason"] == "after_freeze"


def test_a_realtime_month_is_worth_its_share_of_complete_days():
    found = one(
        category(due_items=[share("2022-06", "2022-06-30", 27, 30), share("2022-07", "2022-07-31", 31, 31)])
    )

    assert found["parts"]["timeliness"]["value"] == "95.00"


def test_an_obligation_loses_a_fifteenth_a_day_and_none_due_is_full_marks():
    kept = one(
        category(),
        obligations=[obligation("2022-08-10", "2022-08-13"), obligation("2022-09-10", "2022-09-30")],
    )

    assert (kept["k_sum"], kept["parts"]["cooperation"]["value"]) == ("0.80", "40.00")
    assert one(category())["parts"]["cooperation"]["value"] == "100.00"


def test_obligations_due_after_the_freeze_or_before_the_department_existed_are_left_out():
    late = [obligation("2023-01-10", None), obligation("2022-03-01", None)]

    assert one(category(), obligations=late, valid_from="2022-04-01")["obligations"] == []


# ---------------------------------------------------------------- parts without a base


def bare(**changes: Any) -> Json:
    """A category that has sent nothing and of which nothing was due."""
    empty = {"due_items": [], "rows": 0, "characteristics": {}, "batches": [], "integrated_keys": 0}
    return category(**{**empty, **changes})


def parts(*categories: Json) -> dict[str, str | None]:
    return {key: part["value"] for key, part in one(*categories)["parts"].items()}


def test_without_due_items_three_parts_drop_out_and_full_marks_stay_100():
    found = one(bare(integrated_keys=100))

    assert [k for k, part in found["parts"].items() if part["value"] is None] == [
        "timeliness", "quality", "publishing",
    ]  # fmt: skip
    assert (found["points_sum"], found["weights_present"], found["P"]) == ("50.00", "50.00", "100.00")


def test_nothing_sent_though_something_was_due_is_zero_quality_and_publishing():
    found = parts(bare(due_items=[due("2022-06", "2022-06-30", "2022-07-05", None)]))

    assert (found["timeliness"], found["quality"], found["publishing"]) == ("0.00", "0.00", "0.00")


@pytest.mark.parametrize("state", ["integrated", "validated"])
def test_what_waits_for_the_operations_team_only_takes_publishing_out(state: str):
    """A department must not lose points for the operations team's delay (4.5)."""
    waiting = category(batches=[batches(state, 3, "operations")])
    found = one(waiting)

    assert (found["parts"]["publishing"]["value"], found["P"]) == (None, "100.00")


def test_batches_in_other_states_and_those_waiting_for_operations_are_in_neither_sum():
    found = one(
        category(
            batches=[
                batches("published", 3), batches("integrated", 1, "department"), batches("withdrawn", 5),
                batches("integrated", 7, "operations"), batches("reverted", 2), batches("rejected", 2),
            ]
        )
    )  # fmt: skip

    assert found["parts"]["publishing"]["value"] == "75.00"


def test_a_characteristic_without_a_denominator_leaves_with_its_weight():
    """(20·90 + 25·80) ÷ 45; a category without any characteristic is left out of quality."""
    some = {"normativity": ["90", "100"], "completeness": ["8", "10"], "consistency": ["0", "0"]}
    found = one(category(characteristics=some), category("youth_coach", characteristics={}))

    assert [c["mean"] for c in found["categories"]] == ["84.44", None]
    assert found["parts"]["quality"]["value"] == "84.44"


# ---------------------------------------------------------------- deductions and grades


def test_content_costs_five_each_and_fifteen_at_most():
    facts = [deduction("content") for _ in range(5)]

    assert one(category(), deductions=facts[:2])["deductions"]["content"] == "10.00"
    assert one(category(), deductions=facts)["deductions"]["content"] == "15.00"


@pytest.mark.parametrize(
    ("level", "points"), [("一般", "3.00"), ("较大", "10.00"), ("重大", "20.00"), ("特别重大", "20.00")]
)
def test_an_incident_costs_by_its_level(level: str, points: str):
    found = one(category(), deductions=[deduction("incident", level=level)])

    assert found["deductions"]["incident"] == points


def test_falsified_data_cost_ten_and_the_whole_category():
    found = one(
        category(), category("youth_coach"), deductions=[deduction("falsified", category="youth_coach")]
    )

    assert [c["r"] for c in found["categories"]] == ["100.00", "0.00"]
    assert (found["deductions"]["falsified"], found["P"], found["score"]) == ("10.00", "86.00", "76.00")


def test_no_more_than_thirty_points_are_taken_off():
    found = one(
        category(), deductions=[deduction("incident", level="重大"), deduction("incident", level="重大")]
    )

    assert (found["deductions"]["sum"], found["deductions"]["taken"]) == ("40.00", "30.00")
    assert found["score"] == "70.00"


def test_a_score_is_never_below_zero():
    nothing = bare(due_items=[due("2022-06", "2022-06-30", "2022-07-05", None)], accepted_records=0)
    facts = [deduction("incident", level="重大"), deduction("incident", level="重大")]

    assert one(nothing, deductions=facts)["score"] == "0.00"


def test_a_confirmed_leak_of_a_secret_fails_whatever_the_score():
    """Score and rank stay; unconfirmed it is nothing yet."""
    leak = result(year(department(category(), deductions=[deduction("secret_leak")])))
    rumour = one(category(), deductions=[deduction("secret_leak", confirmed_on=None)])

    assert (leak["departments"][0]["score"], leak["departments"][0]["grade"]) == ("100.00", "不合格")
    assert leak["ranking"][0]["rank"] == 1
    assert rumour["grade"] == "优秀"


@pytest.mark.parametrize(
    "changes",
    [{"confirmed_on": None}, {"confirmed_on": "2023-01-21"}, {"occurred_on": "2021-12-31"}],
    ids=["not confirmed", "confirmed after the freeze", "of another year"],
)
def test_what_is_not_proven_in_time_or_not_of_the_year_takes_nothing_off(changes: Json):
    assert one(category(), deductions=[deduction("content", **changes)])["deductions"]["sum"] == "0.00"


@pytest.mark.parametrize(
    ("keys", "points", "grade"),
    [
        (250, "90.00", "优秀"),
        (249, "89.90", "良好"),
        (150, "80.00", "良好"),
        (149, "79.90", "合格"),
        (0, "65.00", "合格"),
    ],
)
def test_the_grade_follows_the_rounded_score(keys: int, points: str, grade: str):
    """Quantity alone moves: 1 of 350 is a tenth of a point of 35."""
    weights = {"quantity": "35", "coverage": "5"}
    planned = category(plan_versions=[version(1, 350, "2022-01-20")], integrated_keys=keys)

    found = one(planned, document={"rules": {"weights": weights}})

    assert (found["score"], found["grade"]) == (points, grade)


def test_below_sixty_is_failed():
    found = one(bare(due_items=[due("2022-06", "2022-06-30", "2022-07-05", None)]))

    assert (found["score"], found["grade"]) == ("22.00", "不合格")


# ---------------------------------------------------------------- ranks


def ranked(*departments: Json) -> list[tuple[int, str]]:
    return [(place["rank"], place["code"]) for place in result(year(*departments))["ranking"]]


def test_equal_departments_share_a_rank_and_stand_in_the_order_of_article_8():
    weak = category(integrated_keys=0)
    found = ranked(
        department(weak, code="d", order=1), department(category(), code="c", order=4),
        department(category(), code="b", order=2), department(category(integrated_keys=120), code="a", order=3),
    )  # fmt: skip

    assert found == [(1, "b"), (1, "a"), (1, "c"), (4, "d")]


MISSED = {
    "quantity": {"integrated_keys": 0},
    "quality": {"characteristics": {"accuracy": ["0", "9"]}},
    "timeliness": {"due_items": [due("2022-06", "2022-06-30", "2022-07-05", None)]},
    "coverage": {"accepted_records": 0},
}


@pytest.mark.parametrize(
    ("kept", "missed"),
    [
        ("quantity", "quality"),
        ("quality", "timeliness"),
        ("timeliness", "coverage"),
        ("quantity", "coverage"),
    ],
)
def test_a_tie_goes_to_quantity_then_quality_timeliness_coverage(kept: str, missed: str):
    """Each has lost one part of 20 points; who kept the earlier one stands first."""
    rules = {"weights": {"quantity": "20", "coverage": "20"}}
    other = department(category(**MISSED[kept]), code="other", order=1)
    first = department(category(**MISSED[missed]), code="first", order=2)

    places = result(year(other, first, rules=rules))["ranking"]

    assert [(p["rank"], p["code"], p["score"]) for p in places] == [
        (1, "first", "80.00"),
        (2, "other", "80.00"),
    ]


def test_a_tie_goes_last_to_the_smaller_deductions_before_their_limit():
    """30 are taken off both; one had 40 against it and the other 30."""
    thirty = [deduction("incident", level="重大"), deduction("incident", level="较大")]
    forty = [deduction("incident", level="重大"), deduction("incident", level="特别重大")]

    found = ranked(
        department(category(), code="forty", order=1, deductions=forty),
        department(category(), code="thirty", order=2, deductions=thirty),
    )  # fmt: skip

    assert found == [(1, "thirty"), (2, "forty")]


# ---------------------------------------------------------------- rule sets


def test_rules_of_the_document_replace_the_defaults_one_by_one():
    rules = {
        "weights": {"quantity": "30", "coverage": "10"},
        "grades": {"优秀": "95", "合格": "50"},
        "limits": {"content": "7.5", "deductions_max": "10"},
    }

    found = one(
        category(), deductions=[deduction("content"), deduction("content")], document={"rules": rules}
    )

    assert found["parts"]["quantity"]["points"] == "30.00"
    assert (found["deductions"]["sum"], found["deductions"]["taken"]) == ("15.00", "10.00")
    assert (found["score"], found["grade"]) == ("90.00", "合格")


def test_a_document_that_states_the_default_rules_gives_the_same_result():
    """What is frozen carries its rules, so a later default cannot change an old year."""
    plain = year(department(category(integrated_keys=73)))

    assert result(plain) == result(plain | {"rules": score.DEFAULT_RULES.as_data()})
