"""Finding the header and what its cells say: contract 1.0, Reading sheets."""

from __future__ import annotations

import openpyxl
import pytest

import catalog
from data_access.intake.headers import header_text
from tests.helpers.opened import FIELDS, HEADER, ROW, book, codes, csv_bytes, only_sheet, saved, xls_bytes

FACILITY = "sports_facility_statistics"
FACILITY_HEADER = [
    "调查年度", "区县", "场地名称", "场地类型", "详细地址", "场地面积", "产权单位", "经度", "纬度", "投资金额", "建成年月",
]  # fmt: skip


def header_of(category: str, **renamed: str) -> list[str]:
    """All names of a category; some written otherwise."""
    fields = catalog.default().category_by_code[category].fields
    return [renamed.get(f.name, f.name_zh) for f in fields]


def columns(lines, category: str = "mass_sport_event"):
    return only_sheet(book(lines), category).columns


@pytest.mark.parametrize("category", [c.code for c in catalog.default().categories])
def test_every_template_header_is_recognised(category):
    names = header_of(category)
    sheet = only_sheet(csv_bytes([names, ["x"] * len(names)]), category)

    assert list(sheet.columns) == [f.name for f in catalog.default().category_by_code[category].fields]


@pytest.mark.parametrize("category", [c.code for c in catalog.default().categories])
def test_every_alias_is_recognised(category):
    for field in catalog.default().category_by_code[category].fields:
        for alias in field.aliases:
            names = header_of(category, **{field.name: alias})
            sheet = only_sheet(csv_bytes([names, ["x"] * len(names)]), category)
            assert field.name in sheet.columns, alias


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" 赛事 活动\u3000名称 ", "赛事活动名称"),
        ("赛事活动\n名称*", "赛事活动名称"),
        ("*赛事活动名称", "赛事活动名称"),
        ("面积(㎡)", "面积（㎡）"),
        ("赛事\u200b活动名称", "赛事活动名称"),
        (None, ""),
        (2026, "2026"),
    ],
)
def test_header_text_is_compared_without_spaces_and_stars(written, read):
    assert header_text(written) == read


def test_the_order_of_columns_does_not_matter_and_unknown_ones_are_ignored():
    shuffled = ["序号", *HEADER[::-1], "领导批示"]

    found = columns([shuffled, [1, *ROW[::-1], "同意"]])

    assert sorted(found) == sorted(FIELDS)
    assert found["event_name"].values == [ROW[0]]


@pytest.mark.parametrize("at", [1, 2, 15])
def test_the_header_is_searched_in_the_first_15_rows(at):
    lines = [["某区体育局报表"]] * (at - 1) + [HEADER, ROW]

    for content in (book(lines), xls_bytes(lines), csv_bytes(lines)):
        assert list(only_sheet(content).row_numbers) == [at + 1]


def test_a_header_in_row_16_is_not_found():
    lines = [["某区体育局报表"]] * 15 + [HEADER, ROW]

    for content in (book(lines), csv_bytes(lines)):
        assert codes(content) == ["F_HEADER"]


def test_a_two_row_header_may_not_reach_below_row_15():
    upper, lower = [*HEADER[:4], None, *HEADER[5:]], [None, None, None, None, HEADER[4]]
    tall = [["报表"]] * 13

    assert "end_on" in only_sheet(book([*tall, upper, lower, ROW])).columns
    # Rows 15 and 16 cannot be one header; row 15 alone still fits.
    assert "end_on" not in only_sheet(book([*tall, ["报表"], upper, lower, ROW])).columns


def test_a_header_needs_a_key_field_and_60_percent_of_the_required_ones():
    """Of 7 required fields 5 are enough (71 %), 4 are not (57 %); none of the key will not do."""
    required = [f.name_zh for f in catalog.default().category_by_code["mass_sport_event"].required_fields]
    keys = ["赛事活动名称", "开始日期", "举办区县"]
    others = [name for name in required if name not in keys]
    assert len(required) == 7 and len(others) == 4

    assert codes(csv_bytes([[*others, keys[0]], ["x"] * 5])) == []
    assert codes(csv_bytes([[*others[:3], keys[0]], ["x"] * 4])) == ["F_HEADER"]
    assert codes(csv_bytes([[*others, "经费投入"], ["x"] * 5])) == ["F_HEADER"]


def test_the_candidate_that_maps_most_fields_is_the_header():
    """A first row that just fits is passed over for a fuller one below."""
    few = [HEADER[0], *HEADER[1:6]]

    sheet = only_sheet(book([few, HEADER, ROW]))

    assert (list(sheet.row_numbers), len(sheet.columns)) == ([3], len(HEADER))


def test_of_equal_headers_the_upper_counts():
    """The repeated one is then a data row, and the clerk is told about it."""
    assert list(only_sheet(book([HEADER, HEADER, ROW])).row_numbers) == [2, 3]


# ---- two rows


def two_rows() -> openpyxl.Workbook:
    """Name and level over both rows; 时间 and 规模 are groups of two columns each."""
    wb = saved(
        [
            ["赛事活动名称", "级别", "运动项目", "时间", None, "举办区县", "规模（万元）", None],
            [None, None, None, "开始日期", "结束日期", None, "参与人数（人）", "经费投入"],
            ROW,
        ]
    )
    page = wb.worksheets[0]
    for area in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2", "G1:H1"):
        page.merge_cells(area)
    return wb


def test_in_a_two_row_header_the_lower_cell_counts_or_the_upper_where_it_is_empty():
    sheet = only_sheet(two_rows())

    assert (sorted(sheet.columns), list(sheet.row_numbers)) == (sorted(FIELDS), [3])


def test_the_unit_of_a_group_counts_where_the_header_names_none():
    found = only_sheet(two_rows()).columns

    assert found["budget_amount"].unit == "万元"
    assert found["participant_count"].unit == "人"  # its own header names one
    assert found["adcode"].unit is None


def test_an_upper_cell_that_is_not_merged_is_no_group():
    wb = two_rows()
    wb.worksheets[0].unmerge_cells("G1:H1")

    assert only_sheet(wb).columns["budget_amount"].unit is None


def test_a_group_above_a_full_header_row_still_names_the_unit():
    """Where the lower row is complete the header is one row, but the clerk still sees 万元 above it."""
    wb = saved([[None] * 6 + ["规模（万元）", None], HEADER, ROW])
    wb.worksheets[0].merge_cells("G1:H1")
    sheet = only_sheet(wb)

    assert (sheet.columns["budget_amount"].unit, list(sheet.row_numbers)) == ("万元", [3])


def test_a_title_over_the_whole_table_is_no_group():
    wb = saved([["2026年赛事表（万元）"], HEADER, ROW])
    wb.worksheets[0].merge_cells("A1:H1")

    assert only_sheet(wb).columns["budget_amount"].unit is None


# ---- what brackets say


@pytest.mark.parametrize(
    ("bracket", "unit"),
    [
        ("（万元）", "万元"), ("(元)", "元"), ("（单位：千元）", "千元"), ("（人民币，亿元）", "亿元"),
        ("（公里）", "公里"), ("（必填）", None), ("", None), ("（万元）（必填）", "万元"), (" ( 百万元 ) *", "百万元"),
    ],
)  # fmt: skip
def test_a_trailing_bracket_names_the_unit_or_is_a_remark(bracket, unit):
    header = [*HEADER[:-1], f"经费投入{bracket}"]

    assert columns([header, ROW])["budget_amount"].unit == unit


@pytest.mark.parametrize("sign", ["㎡", "m²", "m2", "平方米"])
def test_names_of_one_unit_are_one(sign):
    names = header_of(FACILITY, area=f"场地面积（{sign}）")

    assert columns([names, ["x"] * len(names)], FACILITY)["area"].unit == "平方米"


def test_text_columns_have_no_unit():
    assert columns([[f"{HEADER[0]}（人）", *HEADER[1:]], ROW])["event_name"].unit is None


@pytest.mark.parametrize("words", ["GCJ-02", "gcj02", "国测局坐标", "火星坐标系", "GCJ-02坐标，度"])
def test_a_bracket_declares_the_coordinate_system(words):
    names = header_of(FACILITY, longitude=f"经度（{words}）", latitude="纬度（度）")
    found = columns([names, ["x"] * len(names)], FACILITY)

    assert (found["longitude"].crs, found["latitude"].crs) == ("GCJ-02", None)


def test_a_group_may_declare_the_coordinate_system():
    names = header_of(FACILITY)
    first = names.index("经度")
    assert names[first + 1] == "纬度"
    upper = [None if i in (first, first + 1) else n for i, n in enumerate(names)]
    lower = [n if i in (first, first + 1) else None for i, n in enumerate(names)]
    upper[first] = "位置（国测局坐标）"
    wb = saved([upper, lower, ["x"] * len(names)])
    wb.worksheets[0].merge_cells(start_row=1, end_row=1, start_column=first + 1, end_column=first + 2)
    found = only_sheet(wb, FACILITY).columns

    assert (found["longitude"].crs, found["latitude"].crs) == ("GCJ-02", "GCJ-02")


# ---- unit of the sheet


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("单位：万元", "万元"), ("单位:万元", "万元"), ("2026年 单位：千元", "千元"), ("单 位 ： 万元", "万元"),
        ("单位：万元、人", "万元"), ("单位：人、万元", "万元"), ("（单位：万元）", "万元"),
        ("填报单位：万元", None), ("主办单位：万元", None), ("单位：平方米", None), ("单位：体育局", None),
    ],
)  # fmt: skip
def test_a_cell_above_the_header_names_the_unit_of_money(cell, unit):
    for lines in ([[None, None, cell], HEADER, ROW], [["报表"], [cell], [], HEADER, ROW]):
        for content in (book(lines), csv_bytes(lines), xls_bytes(lines)):
            found = only_sheet(content).columns
            assert (found["budget_amount"].unit, found["participant_count"].unit) == (unit, None)


def test_a_unit_below_the_header_says_nothing():
    assert columns([HEADER, ROW, ["单位：万元"]])["budget_amount"].unit is None


def test_the_header_goes_before_the_sheet():
    header = [*HEADER[:-1], "经费投入（元）"]

    assert columns([["单位：万元"], header, ROW])["budget_amount"].unit == "元"


def test_the_group_goes_before_the_sheet():
    wb = two_rows()
    page = wb.worksheets[0]
    page.insert_rows(1)
    page["A1"] = "单位：千元"
    page.merged_cells.ranges.clear()
    page.merge_cells("G2:H2")

    assert only_sheet(wb).columns["budget_amount"].unit == "万元"
