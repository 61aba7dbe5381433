"""A document that cannot be scored is refused in Chinese, with every problem and its place."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from metrics import score
from tests.score.made_up import category, deduction, department, due, version, worked_example, year

Json = dict[str, Any]


def problems(document: Any) -> list[str]:
    with pytest.raises(score.InputRefused) as refused:
        score.read(document)
    return refused.value.problems


def said(document: Any) -> str:
    (sentence,) = problems(document)
    return sentence


def test_weights_that_do_not_add_to_100_are_refused():
    document = year(department(category()), rules={"weights": {"quantity": "30"}})

    assert said(document) == "规则 · 权重：各项权重之和是 102，应为 100。"


def test_a_plan_without_quantity_is_refused_with_its_place():
    document = year(department(category(plan_versions=[{"version": 2, "approved_on": "2022-01-20"}])))

    assert said(document) == "处室 youth_sport · 类别 youth_event · 计划版本 2 · quantity：没有填写。"


def test_a_freeze_before_the_year_is_refused():
    assert "封存日 2021-12-31 早于 2022 年 1 月 1 日" in said(
        year(department(category()), freeze="2021-12-31")
    )


def test_all_problems_come_together():
    document = year(
        department(
            category(integrated_keys=-1, due_items=[due("2022-06", "2022-06-31", "2022-07-05", None)]),
            category("youth_coach", rows="viele"),
        ),
        freeze="20 January",
    )

    found = problems(document)

    assert [line.split("：")[0] for line in found] == [
        "freeze",
        "处室 youth_sport · 类别 youth_event · integrated_keys",
        "处室 youth_sport · 类别 youth_event · 应报项 2022-06 · ends_on",
        "处室 youth_sport · 类别 youth_coach · rows",
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weight": "0"}, "类别权重是 0，应大于 0"),
        ({"valid_from": "2022-07-01", "valid_to": "2022-06-30"}, "valid_to 2022-06-30 早于 valid_from 2022-07-01"),
        ({"plan_versions": [version(1, 5, "2022-01-20"), version(1, 6, "2022-02-20")]}, "计划版本 1：写了两次"),
        ({"plan_versions": [version(1, 5, "20.1.2022")]}, "「20.1.2022」不是日期"),
        ({"characteristics": {"beauty": ["1", "2"]}}, "「beauty」：没有这一特性"),
        ({"characteristics": {"accuracy": ["3", "2"]}}, "分子大于分母"),
        ({"characteristics": {"accuracy": ["3"]}}, "应为 [分子, 分母] 两个数"),
        ({"characteristics": {"accuracy": ["1,000", "2"]}}, "「1,000」不是数字"),
        ({"batches": [{"state": "lost", "waiting_for": None, "count": 1}]}, "「lost」不在规定的写法之内"),
        ({"rows": 1.5}, "「1.5」不是数字"),
        ({"rows": True}, "「True」不是数字"),
        ({"rows": None}, "「null」不是数字"),
        ({"due_items": {}}, "应为列表"),
        ({"due_items": [{"period": "2022-06", "ends_on": "2022-06-30", "due_on": "2022-06-30", "days": 30}]},
         "days 与 complete_days 应同时填写"),
        ({"due_items": [{"period": "2022-06", "ends_on": "2022-06-30", "due_on": "2022-06-30", "days": 30,
                         "complete_days": 31}]}, "完整天数 31 大于应有天数 30"),
    ],
)  # fmt: skip
def test_a_category_that_makes_no_sense_is_refused(changes: Json, sentence: str):
    found = said(year(department(category(**changes))))

    assert found.startswith("处室 youth_sport · 类别 youth_event") and sentence in found


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        (deduction("incident"), "安全事件等级「null」不在规定之内"),
        (deduction("incident", level="huge"), "应为 一般、较大、重大、特别重大"),
        (deduction("falsified"), "数据造假须写明本处室的数据类别"),
        (deduction("falsified", category="referee"), "「referee」不是"),
        (deduction("rumour"), "「rumour」不在规定的写法之内"),
    ],
)
def test_a_deduction_whose_effect_is_unknown_is_refused(fact: Json, sentence: str):
    assert sentence in said(year(department(category(), deductions=[fact])))


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"weights": {"beauty": "1"}}, "没有「beauty」"),
        ({"characteristics": {"accuracy": "30"}}, "各项权重之和是 105，应为 100"),
        ({"weights": {"quantity": "28.005", "coverage": "11.995"}}, "超过两位小数"),
        ({"grades": {}}, "应写出每个等次的最低分"),
        ({"grades": {"优秀": "90", "良好": "90"}}, "两个等次的最低分相同"),
        ({"limits": {"delay_days": 0}}, "不能为 0"),
        ({"limits": {"plan_due": "02-30"}}, "「02-30」不是月和日"),
        ({"limits": {"incident": {"小": "1"}}}, "没有「小」"),
        ({"limits": {"delay": 3}}, "不是规定的名称"),
        (
            {"weights": {"quantity": "0", "coverage": "0", "cooperation": "0", "timeliness": "70"}},
            "权重不能都是 0",
        ),
    ],
)
def test_a_rule_set_that_cannot_be_applied_is_refused(rules: Json, sentence: str):
    assert any(sentence in line for line in problems(year(department(category()), rules=rules)))


def test_a_misspelled_name_is_not_read_as_nothing():
    """`plan_file_on` would read as a plan that was never filed, `rule` as the default rules."""
    document = year(department(category(), plan_file_on="2022-01-20"), rule={})
    del document["departments"][0]["plan_filed_on"]

    assert problems(document) == [
        "rule：不是规定的名称，是否应为「rules」？",
        "处室 youth_sport · plan_file_on：不是规定的名称，是否应为「plan_filed_on」？",
    ]


def test_other_names_are_kept_and_not_read():
    document = year(department(category(), name="青少处"), catalog_version="1.2")

    assert score.compute(score.read(document))["ranking"][0]["score"] == "100.00"


def test_departments_and_overlapping_categories_stand_once():
    twice = year(department(category(), category()), department(category()))

    found = problems(twice)

    assert "处室 youth_sport：写了两次" in found[0] and "日期重叠" in found[1]


@pytest.mark.parametrize("document", [None, [], "x", 5, {}])
def test_what_is_no_document_at_all_is_refused(document: Any):
    assert problems(document)


def test_any_value_replaced_by_any_other_gives_a_result_or_sentences():
    """Every place of the worked example takes thirteen values it was not made for."""
    strange = [None, True, -1, 10**30, 1.5, "", "x", "2022-06-31", "9" * 40, [], {}, [None], {"a": 1}]
    original = worked_example()
    for path in places(original):
        for value in strange:
            document = copy.deepcopy(original)
            target: Any = document
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = value
            try:
                score.compute(score.read(document))
            except score.InputRefused as refused:
                assert all(line.endswith(("。", "？")) for line in refused.problems), refused.problems


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """One path to each kind of place: of a list's entries only the first."""
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*at, key))
    elif isinstance(value, list) and value:
        found += places(value[0], (*at, 0))
    return found


# ---------------------------------------------------------------- JSON and its hash


def test_the_hash_does_not_depend_on_spaces_order_or_escapes():
    document = year(department(category(), name="青少处"))
    turned = {key: document[key] for key in reversed(document)}

    texts = [json.dumps(document), json.dumps(turned, ensure_ascii=False, indent=4)]

    assert len({score.sha256(score.parse(text)) for text in texts}) == 1


def test_the_hash_is_that_of_the_bytes_anyone_can_write():
    """Recomputed with nothing but a shell: sorted keys, no spaces, UTF-8."""
    assert score.canonical({"b": "考核", "a": [1, None]}) == '{"a":[1,null],"b":"考核"}'
    assert score.sha256({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_decimals_keep_their_digits():
    assert score.canonical(score.parse('{"weight": 0.10}')) == '{"weight":"0.10"}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"year": 2022', "第 1 行第 14 列"),
        ('{"a": 1, "a": 2}', "「a」在同一处写了两次"),
        ('{"a": NaN}', "「NaN」不是数字"),
        (b"\xff\xfe", "不是 UTF-8"),
        ("9" * 5000, "位数过多"),
        ("[" * 100_000, "嵌套层数过多"),
    ],
)
def test_what_is_no_json_says_where_it_stops(text: str | bytes, sentence: str):
    with pytest.raises(score.NotJson, match=sentence):
        score.parse(text)
