"""Rows as a whole: precedence of problems, formulas, merges, order, counts (contract 1.0, sections 2 and 3)."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest

import catalog
from data_access.intake import rows
from data_access.intake.cells import ERROR, QualityCounts
from data_access.intake.code_titles import all_codes, explain
from tests.intake.judging import (
    DELETE,
    RECEIVED,
    Outcome,
    Raw,
    codes,
    judge,
    judge_rows,
    outcome,
    row,
    sheet,
    warned,
)

FACILITY, EVENT, FUND, TEST = (
    "sports_facility_statistics",
    "mass_sport_event",
    "fiscal_fund",
    "physical_fitness_test",
)
ROW_0 = frozenset({0})


def test_a_required_field_without_a_column_is_missing_in_every_row():
    checked = judge_rows(FACILITY, row(FACILITY, area=DELETE), row(FACILITY, 1, area=DELETE))
    assert codes(checked) == [(2, "area", "R_REQUIRED", None), (3, "area", "R_REQUIRED", None)]


def test_an_optional_field_without_a_column_is_absent():
    checked = judge_rows(FACILITY, row(FACILITY, investment=DELETE))
    assert checked.accepted == 1 and checked.columns["investment"] == [None]


def test_all_problems_of_a_row_are_listed_one_for_each_value():
    checked = judge_rows(FACILITY, row(FACILITY, area=Raw("约300"), built_on=Raw("2022"), facility_name=None))
    assert codes(checked) == [
        (2, "facility_name", "R_REQUIRED", None),
        (2, "area", "R_TYPE", None),
        (2, "built_on", "R_TYPE", None),
    ]


def test_problems_and_warnings_stand_in_the_order_of_sheets_rows_and_fields_with_the_row_last():
    bad = row(
        EVENT, sport=Raw("跑酷"), adcode=Raw("成都"), start_on=dt.date(2025, 1, 1), end_on=dt.date(2025, 1, 2)
    )
    good = row(EVENT, 1, adcode=Raw("渝中"), participant_count=Raw("1,200"), highrisk="是", safety_plan="否")
    checked = judge(EVENT, [sheet(EVENT, [good, bad], name="乙"), sheet(EVENT, [bad], name="甲")])
    assert [(p.sheet, p.row, p.field) for p in checked.problems] == [
        (name, n, f) for name, n in (("乙", 3), ("甲", 2)) for f in ("sport", "adcode", "*")
    ]
    assert [w[1:3] for w in warned(checked)][:3] == [
        ("adcode", "W_DISTRICT_ALIAS"),
        ("participant_count", "W_NUMBER_FORMAT"),
        ("*", "W_CROSS"),
    ]


def test_warnings_are_listed_row_by_row():
    odd = {"adcode": Raw("渝中"), "participant_count": Raw("1,200")}
    checked = judge_rows(EVENT, row(EVENT, **odd), row(EVENT, 1, **odd))
    assert [(w.row, w.field) for w in checked.warnings] == [
        (n, f) for n in (2, 3) for f in ("adcode", "participant_count")
    ]


def test_what_is_missing_in_a_later_sheet_is_told_there():
    gap = row(FACILITY, 1, area=None)
    checked = judge(
        FACILITY, [sheet(FACILITY, [row(FACILITY)], name="甲"), sheet(FACILITY, [gap], name="乙")]
    )
    assert [(p.sheet, p.row, p.code) for p in checked.problems] == [("乙", 2, "R_REQUIRED")]
    assert checked.accepted == 1


def test_a_value_that_fails_carries_only_its_problem_and_its_neighbours_keep_their_warnings():
    checked = judge_rows(
        EVENT, row(EVENT, participant_count=Raw("１，２００，０００，０００"), adcode=Raw("渝中"))
    )
    assert codes(checked) == [(2, "participant_count", "R_RANGE", None)]
    assert warned(checked) == [(2, "adcode", "W_DISTRICT_ALIAS", None)]


@pytest.mark.parametrize(
    ("field", "cell", "column", "code"),
    [
        ("facility_name", "=A1", {}, "R_FORMULA"),
        ("facility_name", "场" * 101, {"formulas": ROW_0}, "R_FORMULA"),
        ("facility_name", None, {"formulas": ROW_0}, "R_FORMULA"),  # before R_REQUIRED
        ("adcode", "渝中区", {"formulas": ROW_0}, "R_FORMULA"),
        ("opening", "全天开放", {"formulas": ROW_0}, "R_FORMULA"),
        ("area", 1200.0, {"formulas": ROW_0, "uncached": ROW_0}, "R_FORMULA"),
        ("area", None, {"formulas": ROW_0, "uncached": ROW_0}, "R_FORMULA"),
        ("area", "1200", {"formulas": ROW_0}, "R_FORMULA"),  # the cached text is no number
        ("area", ERROR, {"formulas": ROW_0}, "R_FORMULA"),
        ("area", True, {"formulas": ROW_0}, "R_FORMULA"),
        ("built_on", "2022-03-05", {"formulas": ROW_0}, "R_FORMULA"),
        ("operator_uscc", "abc", {}, "R_PATTERN"),
        ("area", 0, {}, "R_RANGE"),
        ("area", 0, {"formulas": ROW_0}, "R_RANGE"),
    ],
)
def test_formulas_go_before_all_other_problems(field, cell, column, code):
    assert outcome(FACILITY, field, cell, **column).problems == [code]


def test_formulas_with_a_number_or_a_date_to_show_are_fine_where_numbers_and_dates_belong():
    assert outcome(FACILITY, "area", 1200.0, formulas=ROW_0) == Outcome(Decimal(1200), [], [])
    day = dt.datetime(2012, 3, 5)
    assert outcome(FACILITY, "built_on", day, formulas=ROW_0) == Outcome(day.date(), [], [])
    assert outcome(FACILITY, "built_on", 40973, formulas=ROW_0).warnings == ["W_EXCEL_SERIAL"]


def test_any_formula_in_a_yes_no_column_is_refused():
    assert outcome("mass_sport_personnel", "on_post", True, formulas=ROW_0).problems == ["R_FORMULA"]


def test_what_was_sent_is_not_changed():
    """The marked workbook and the messages show the cell as it was."""
    sent = sheet(FACILITY, [row(FACILITY)], columns={"facility_name": {"formulas": ROW_0}})
    before = list(sent.columns["facility_name"].values)
    assert judge(FACILITY, sent).rejected == 1
    assert sent.columns["facility_name"].values == before


def test_only_the_rows_with_a_formula_are_refused():
    rows = [row(FACILITY, n) for n in range(3)]
    checked = judge_rows(FACILITY, *rows, columns={"facility_name": {"formulas": frozenset({1})}})
    assert codes(checked) == [(3, "facility_name", "R_FORMULA", None)]


def test_a_value_from_a_vertical_merge_is_told():
    rows = [row(FACILITY, n, adcode=Raw("高新区")) for n in range(2)]
    checked = judge_rows(FACILITY, *rows, columns={"adcode": {"filled_down": frozenset({1})}})
    assert warned(checked) == [(3, "adcode", "W_FILLED_DOWN", None)]


def test_a_merge_without_a_value_and_a_merged_value_that_fails_are_not():
    assert outcome(FACILITY, "investment", None, filled_down=ROW_0) == Outcome(None, [], [])
    assert outcome(FACILITY, "adcode", "成都", filled_down=ROW_0) == Outcome(None, [], ["R_DISTRICT"])
    assert outcome(FACILITY, "adcode", "渝中", filled_down=ROW_0).warnings == [
        "W_DISTRICT_ALIAS",
        "W_FILLED_DOWN",
    ]


def test_what_ends_may_not_end_before_it_begins():
    days = {"start_on": dt.date(2024, 5, 2), "end_on": dt.date(2024, 5, 1)}
    assert codes(judge_rows("youth_event", row("youth_event", **days))) == [(2, "end_on", "R_ORDER", None)]
    same = {"start_on": dt.date(2024, 5, 1), "end_on": dt.date(2024, 5, 1)}
    assert judge_rows("youth_event", row("youth_event", **same)).accepted == 1


def test_numbers_have_an_order_too():
    counts = {"gold_count": 5, "medal_count": 4}
    assert codes(judge_rows("elite_competition", row("elite_competition", **counts))) == [
        (2, "medal_count", "R_ORDER", None)
    ]


def test_months_are_compared_where_a_date_is_only_a_month():
    """2024.5 begins on the 1st, but an event of 20 May does not end before it."""
    days = {"start_on": dt.date(2024, 5, 20), "end_on": Raw("2024.5")}
    assert judge_rows("youth_event", row("youth_event", **days)).accepted == 1
    days["end_on"] = Raw("2024.4")
    assert codes(judge_rows("youth_event", row("youth_event", **days))) == [(2, "end_on", "R_ORDER", None)]
    days = {"start_on": Raw("2024.5"), "end_on": Raw("2024年5月")}
    assert judge_rows("youth_event", row("youth_event", **days)).accepted == 1


def test_the_order_is_judged_only_if_both_values_passed():
    days = {"start_on": Raw("去年"), "end_on": dt.date(2024, 5, 1)}
    assert codes(judge_rows("youth_event", row("youth_event", **days))) == [(2, "start_on", "R_TYPE", None)]
    late = {
        "submitted_on": dt.date(2024, 5, 20),
        "adopted_on": dt.date(2024, 6, 2),
        "adopted_level": "市体育局",
    }
    checked = judge_rows("government_affairs_information", row("government_affairs_information", **late))
    assert codes(checked) == [(2, "adopted_on", "R_FUTURE_DATE", None)]


def test_accepted_rows_come_as_columns_with_their_places():
    rows = [row(FACILITY, 0), row(FACILITY, 1, area=None), row(FACILITY, 2)]
    checked = judge_rows(FACILITY, *rows)
    assert (checked.total, checked.accepted, checked.rejected) == (3, 2, 1)
    assert (checked.sheets, checked.rows) == (["表1", "表1"], [2, 4])
    assert set(checked.columns) == {f.name for f in catalog.default().category_by_code[FACILITY].fields}
    assert checked.columns["facility_name"] == [rows[0]["facility_name"], rows[2]["facility_name"]]


def test_months_are_kept_for_accepted_rows_only():
    rows = [row(FACILITY, 0, area=None, built_on=Raw("2012.3")), row(FACILITY, 1, built_on=Raw("2012.3"))]
    assert judge_rows(FACILITY, *rows).months == {0: ("built_on",)}


def test_a_file_without_rows_is_nothing():
    checked = judge(FACILITY, [sheet(FACILITY, [])])
    assert (checked.total, checked.accepted, checked.problems, checked.quality.rows) == (0, 0, [], 0)
    assert judge(FACILITY, []).total == 0


def test_a_csv_has_no_sheet_name():
    checked = judge_rows(FACILITY, row(FACILITY, area=Raw("约300")), is_text=True)
    assert (checked.problems[0].sheet, checked.problems[0].row) == ("", 2)
    assert checked.problems[0].message.startswith("第 2 行「场地面积」：")


def test_the_same_rows_as_workbook_and_as_csv_are_stored_alike():
    for category in catalog.default().categories:
        rows = [row(category.code, n) for n in range(3)]
        book, text = judge_rows(category.code, *rows), judge_rows(category.code, *rows, is_text=True)
        assert book.columns == text.columns, category.code
        as_written = [{k: str(v) for k, v in c.columns.items()} for c in (book, text)]
        assert as_written[0] == as_written[1], category.code


# Quality counts, section 3


def test_cells_and_required_cells_are_counted():
    """Nine required fields of fourteen; five optional ones, two of them left empty."""
    checked = judge_rows(FACILITY, row(FACILITY, investment=None, operator_uscc=Raw("无")))
    q = checked.quality
    assert (q.rows, q.cells_filled, q.cells_bad, q.required_cells, q.required_filled) == (1, 12, 0, 9, 9)
    assert q.rows_inaccurate == 0


def test_a_refused_row_is_counted_by_itself_with_its_key():
    """When its mended successor comes inside the limit, it counts once, with its last result."""
    bad = row(FACILITY, investment=Raw("约5万"), area=0, opening=None, longitude=None, latitude=None)
    checked = judge_rows(FACILITY, bad, row(FACILITY, 1))
    assert checked.quality.rows == 1
    (refused,) = checked.rejected_rows
    assert (refused.sheet, refused.row) == ("表1", 2)
    assert refused.key == tuple(
        {**bad, "adcode": catalog_code(bad["adcode"])}[k]
        for k in catalog.default().category_by_code[FACILITY].natural_key
    )
    c = refused.counts
    assert (c.rows, c.cells_filled, c.cells_bad, c.required_cells, c.required_filled) == (1, 11, 1, 9, 8)
    assert c.rows_inaccurate == 1  # the area is out of range


def catalog_code(name):
    return next(d.code for d in catalog.default().districts if d.name == name)


def test_a_refused_row_without_a_readable_key_has_none():
    (refused,) = judge_rows(FACILITY, row(FACILITY, adcode=Raw("成都市"))).rejected_rows
    assert refused.key is None


@pytest.mark.parametrize(
    ("changes", "bad", "inaccurate"),
    [
        ({"area": Raw("约")}, 1, 0),
        ({"opening": Raw("看情况")}, 1, 0),
        ({"adcode": Raw("成都")}, 1, 0),
        ({"operator_uscc": Raw("abc")}, 1, 0),
        ({"facility_name": Raw("场" * 101)}, 1, 0),
        ({"built_on": Raw(2012.1)}, 1, 0),
        ({"facility_name": Raw("=A1")}, 1, 0),
        ({"built_on": dt.date(2024, 6, 2), "survey_year": 2030}, 0, 1),
        ({"area": 0}, 0, 1),
        ({"facility_name": None}, 0, 0),
        ({"built_on": dt.date(2024, 1, 1), "survey_year": 2020}, 0, 0),
    ],
)
def test_problems_of_form_and_of_fact_count_in_their_characteristic(changes, bad, inaccurate):
    counts = judge_rows(FACILITY, row(FACILITY, **changes)).rejected_rows[0].counts
    assert (counts.cells_bad, counts.rows_inaccurate) == (bad, inaccurate)


def test_duplicates_and_conflicts_are_inaccurate():
    one = row(FACILITY, area=500)
    assert judge_rows(FACILITY, one, one).quality.rows_inaccurate == 1
    assert [
        r.counts.rows_inaccurate for r in judge_rows(FACILITY, one, {**one, "area": 501}).rejected_rows
    ] == [1, 1]


def test_checks_are_counted_where_they_run_and_warnings_half():
    """Three checks; the point lies elsewhere (a warning) and the area is unusual (another)."""
    changes = {
        "facility_type": "室外篮球场",
        "area": 1,
        "adcode": "渝中区",
        "longitude": 108.4,
        "latitude": 30.7,
    }
    q = judge_rows(FACILITY, row(FACILITY, **changes)).quality
    assert (q.checks_run, q.checks_failed_halves) == (3, 2)
    q = judge_rows(FACILITY, row(FACILITY, **{**changes, "adcode": "高新区", "area": 500})).quality
    assert (q.checks_run, q.checks_failed_halves) == (2, 0)


def test_a_failed_check_and_a_wrong_order_count_whole():
    changes = {"built_on": dt.date(2024, 1, 1), "survey_year": 2020}
    counts = judge_rows(FACILITY, row(FACILITY, **changes)).rejected_rows[0].counts
    assert (counts.checks_run, counts.checks_failed_halves) == (3, 2)
    days = {"start_on": dt.date(2024, 5, 2), "end_on": dt.date(2024, 5, 1)}
    counts = judge_rows("youth_event", row("youth_event", **days)).rejected_rows[0].counts
    assert (counts.checks_run, counts.checks_failed_halves) == (1, 2)
    assert judge_rows("youth_event", row("youth_event")).quality.checks_run == 1


def test_the_checks_of_a_duplicate_count_as_they_do_for_a_duplicate_of_the_base():
    """All rows submitted count (section 3); a file's own duplicates were left out."""
    once = judge_rows("youth_event", row("youth_event")).quality
    twice = judge_rows("youth_event", row("youth_event"), row("youth_event")).quality
    assert (once.checks_run, twice.checks_run) == (1, 2)


def test_a_check_that_could_not_run_is_in_no_denominator():
    counts = judge_rows(TEST, row(TEST, age=Raw("四十"))).rejected_rows[0].counts
    assert counts.checks_run == 1  # the body mass; the age group needs the age


@pytest.mark.parametrize(("days", "current"), [(0, 1), (35, 1), (36, 0)])
def test_a_monthly_record_is_current_for_35_days(days, current):
    q = judge_rows(TEST, row(TEST, test_date=RECEIVED - dt.timedelta(days=days))).quality
    assert (q.rows_dated, q.rows_current) == (1, current)


def test_a_record_is_dated_by_the_first_business_date_that_is_filled():
    """mass_sport_event: end_on, then start_on; event rhythm 40 days."""
    old, new = RECEIVED - dt.timedelta(days=45), RECEIVED - dt.timedelta(days=40)
    assert judge_rows(EVENT, row(EVENT, start_on=old, end_on=new)).quality.rows_current == 1
    assert judge_rows(EVENT, row(EVENT, start_on=old, end_on=None)).quality.rows_current == 0


def test_without_a_business_date_the_period_dates_the_record():
    one = row("youth_coach")  # quarterly, 100 days
    q = judge_rows("youth_coach", one, period_end=RECEIVED - dt.timedelta(days=100)).quality
    assert (q.rows_dated, q.rows_current) == (1, 1)
    q = judge_rows("youth_coach", one, period_end=RECEIVED - dt.timedelta(days=101)).quality
    assert (q.rows_dated, q.rows_current) == (1, 0)
    assert judge_rows("youth_coach", one).quality.rows_dated == 0


def test_realtime_records_are_held_to_15_minutes_when_the_moment_is_known_and_else_to_the_day():
    code = "venue_usage_reading"
    one = row(code, reading_at=dt.datetime(2024, 6, 1, 8))
    for minutes, current in ((15, 1), (16, 0)):
        at = dt.datetime(2024, 6, 1, 8, minutes)
        assert judge_rows(code, one, received_at=at).quality.rows_current == current
        in_utc = dt.datetime(2024, 6, 1, 0, minutes, tzinfo=dt.UTC)
        assert judge_rows(code, one, received_at=in_utc).quality.rows_current == current
    assert judge_rows(code, one).quality.rows_current == 1
    assert judge_rows(code, one, received_on=dt.date(2024, 6, 2)).quality.rows_current == 0


def test_counts_can_be_summed():
    total = QualityCounts()
    for checked in (judge_rows(TEST, row(TEST)), judge_rows(TEST, row(TEST, 1, age=Raw("四十")))):
        total.add(checked.quality)
        for refused in checked.rejected_rows:
            total.add(refused.counts)
    assert (total.rows, total.cells_bad, total.required_cells) == (2, 1, 18)


def test_counts_of_mixed_files_are_those_of_their_rows():
    """Each row checked alone adds up to the file; rows here have no neighbours that matter."""
    rows = [row(FACILITY, n) for n in range(6)]
    rows[1]["area"], rows[3]["opening"], rows[4]["built_on"] = Raw("约"), None, Raw("2012年3月")
    whole, parts = QualityCounts(), QualityCounts()
    checked = judge_rows(FACILITY, *rows, period_end=dt.date(2023, 12, 31))
    for counts in (checked.quality, *(r.counts for r in checked.rejected_rows)):
        whole.add(counts)
    for one in rows:
        alone = judge_rows(FACILITY, one, period_end=dt.date(2023, 12, 31))
        for counts in (alone.quality, *(r.counts for r in alone.rejected_rows)):
            parts.add(counts)
    assert whole == parts


# Messages


def test_a_message_says_where_what_and_what_to_write_instead():
    checked = judge_rows(EVENT, row(EVENT, start_on=Raw("2024-02-31"), end_on=None), is_text=True)
    assert checked.problems[0].message == (
        "第 2 行「" + catalog.default().category_by_code[EVENT].field_by_name["start_on"].name_zh
        + "」：“2024-02-31”不是有效日期。请改为实际日期，例如 2022-03-05。"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "field", "cell", "part"),
    [
        (FACILITY, "area", None, "没有填写。请填写数字（单位：平方米）"),
        (FACILITY, "area", DELETE, "表中没有这一列。请按模板补上“场地面积”列"),
        (FACILITY, "built_on", 2022.1, "请写完整日期，例如 2022-01-01 或 2022-10-01"),
        (FACILITY, "opening", "看情况", "请改为不开放、部分时段开放、全天开放之一"),
        (FACILITY, "adcode", "成都市", "“成都市”不是重庆市的区县或功能区"),
        (FACILITY, "area", 0, "“0”超出允许范围（1 至 2000000平方米）"),
        (FACILITY, "operator_uscc", "abc", "18 位统一社会信用代码"),
        (FUND, "project_code", "a-1", "6 至 24 位数字和大写字母"),
        (FACILITY, "facility_name", "场" * 101, "请缩短到 100 个字以内"),
        (FACILITY, "built_on", dt.date(2024, 6, 2), "晚于收到日期 2024-06-01"),
        (FACILITY, "facility_name", "=A1", "选择性粘贴—数值"),
        (FACILITY, "area", ERROR, "错误值"),
        (FACILITY, "area", dt.datetime(2022, 3, 5), "日期或时间，不是数字"),
        (EVENT, "participant_count", 88.5, "“88.5”不是整数"),
    ],
)  # fmt: skip
def test_every_problem_has_its_own_advice(code, field, cell, part):
    value = cell if cell is DELETE else Raw(cell)
    messages = [p.message for p in judge_rows(code, row(code, **{field: value})).problems if p.field == field]
    assert len(messages) == 1 and part in messages[0], messages


def test_a_header_with_a_foreign_unit_is_named():
    checked = judge_rows(FACILITY, row(FACILITY), columns={"investment": {"unit": "公里"}})
    assert "表头的单位“公里”不能换算为“元”" in checked.problems[0].message


def test_a_cross_check_speaks_in_the_words_of_the_header():
    changes = {"student_count": 30, "exam_pass_count": 31}
    message = (
        judge_rows("team_academic_education", row("team_academic_education", **changes)).problems[0].message
    )
    assert "exam_pass_count" not in message and "“31”" in message and "“30”" in message


def test_personal_values_are_never_repeated():
    """Messages travel further than the file: into mails, logs, the list of problems."""
    for category in catalog.default().categories:
        for field in category.fields:
            if field.is_personal:
                for cell in (
                    "=机密内容",
                    "机密内容" * 200,
                    987654.321,
                    "机密",
                    2099.1,
                    dt.datetime(2099, 7, 8),
                ):
                    for p in judge_rows(
                        category.code, row(category.code, **{field.name: Raw(cell)})
                    ).problems:
                        for secret in ("机密", "987654", "2099"):
                            assert secret not in p.message, p.message


def test_cross_checks_do_not_repeat_personal_values():
    changes = {"birth_date": dt.date(1950, 7, 8), "registered_on": dt.date(2024, 5, 1)}
    (problem,) = judge_rows("elite_athlete", row("elite_athlete", **changes)).problems
    assert problem.check == "age_range" and "1950" not in problem.message


def test_every_code_has_a_title():
    said = "R_KEY_CONFLICT W_CROSS F_EMPTY W_SHEET_SKIPPED:说明"
    written = {
        code
        for path in Path(rows.__file__).parent.rglob("*.py")
        if path.name != "code_titles.py"
        for code in re.findall(r'"([RWF]_[A-Z_]+)[":]', path.read_text("utf-8"))
    }
    assert written - {"R_"} <= set(all_codes())
    assert [explain(c) for c in said.split()] == [
        "同一记录有不同内容",
        "栏目之间可能不一致，请核对",
        "文件是空的",
        "没有合适表头的工作表已跳过",
    ]
