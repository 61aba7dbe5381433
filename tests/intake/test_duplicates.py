"""Rows of one file with the same natural key (contract 1.0: Duplicates, R_KEY_CONFLICT)."""

from tests.intake.judging import Raw, codes, judge, judge_rows, row, sheet, warned

CODE = "youth_organization"  # key: organization_name, organization_kind


def test_the_first_of_equal_rows_counts_and_the_others_are_duplicates():
    one = row(CODE)
    checked = judge_rows(CODE, one, one, row(CODE, 1), one)
    assert (checked.total, checked.accepted, checked.rejected, checked.duplicate) == (4, 2, 0, 2)
    assert checked.rows == [2, 4] and checked.problems == []


def test_rows_with_the_same_key_and_other_values_are_all_refused():
    """Nobody may choose which is true."""
    one = row(CODE, trainee_count=30)
    checked = judge_rows(CODE, one, row(CODE, 1), {**one, "trainee_count": 31}, one)
    assert codes(checked) == [(n, "*", "R_KEY_CONFLICT", None) for n in (2, 4, 5)]
    assert (checked.accepted, checked.rejected, checked.duplicate) == (1, 3, 0)


def test_the_message_names_the_other_rows():
    one = row(CODE, trainee_count=30)
    first = judge_rows(CODE, one, {**one, "trainee_count": 31}).problems[0].message
    assert first.startswith("工作表“表1”第 2 行：与工作表“表1”第 3 行的「组织名称」、「组织类别」相同")


def test_a_thousand_rivals_are_counted_and_five_are_named():
    """Naming all of them in each of their messages would make a million names."""
    one = row(CODE)
    checked = judge_rows(CODE, *({**one, "trainee_count": n} for n in range(1000)), is_text=True)
    assert checked.rejected == 1000
    assert "与第 2 行、第 3 行、第 4 行、第 5 行、第 6 行等 999 行的" in checked.problems[-1].message


def test_values_are_compared_after_normalisation():
    """Keys that differ only in white space, and numbers written in two ways, are equal."""
    one = row(CODE, organization_name="渝中少体校", trainee_count=1200)
    same = {
        **one,
        "organization_name": Raw(" 渝中少\u200b体校 "),
        "trainee_count": Raw("1,200"),
        "adcode": one["adcode"],
    }
    checked = judge_rows(CODE, one, same)
    assert (checked.accepted, checked.duplicate) == (1, 1)


def test_duplicates_carry_no_warnings():
    one = row(CODE, adcode=Raw("渝中"))
    checked = judge_rows(CODE, one, one)
    assert warned(checked) == [(2, "adcode", "W_DISTRICT_ALIAS", None)]


def test_conflicting_rows_keep_the_warnings_of_their_values():
    one = row(CODE, adcode=Raw("渝中"), trainee_count=30)
    checked = judge_rows(CODE, one, {**one, "trainee_count": 31})
    assert [w.row for w in checked.warnings] == [2, 3]


def test_only_rows_without_a_problem_are_compared():
    one = row(CODE, trainee_count=30)
    checked = judge_rows(CODE, one, {**one, "trainee_count": Raw("约30")})
    assert codes(checked) == [(3, "trainee_count", "R_TYPE", None)]
    assert checked.accepted == 1


def test_rows_of_different_sheets_are_one_file():
    one = row(CODE, trainee_count=30)
    same = judge(CODE, [sheet(CODE, [one], name="上半年"), sheet(CODE, [one], name="下半年")])
    assert (same.accepted, same.duplicate, same.sheets) == (1, 1, ["上半年"])
    other = judge(
        CODE, [sheet(CODE, [one], name="上半年"), sheet(CODE, [{**one, "trainee_count": 31}], name="下半年")]
    )
    assert [(p.sheet, p.row, p.code) for p in other.problems] == [
        ("上半年", 2, "R_KEY_CONFLICT"),
        ("下半年", 2, "R_KEY_CONFLICT"),
    ]


def test_keys_of_one_field():
    one = row("youth_coach", trainee_count=3)
    assert judge_rows("youth_coach", one, one).duplicate == 1
    assert judge_rows("youth_coach", one, {**one, "trainee_count": 4}).rejected == 2


def test_the_counts_add_up():
    one = row(CODE, trainee_count=30)
    rows = [
        one,
        one,
        row(CODE, 1),
        {**row(CODE, 1), "coach_count": 499},
        row(CODE, 2, trainee_count=Raw("无")),
    ]
    checked = judge_rows(CODE, *rows)
    assert checked.total == checked.accepted + checked.rejected + checked.duplicate == 5
    assert (checked.accepted, checked.rejected, checked.duplicate) == (1, 3, 1)
