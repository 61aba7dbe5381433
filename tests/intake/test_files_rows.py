"""Which rows are data, and what vertical merges carry down: contract 1.0, Reading sheets."""

from __future__ import annotations

import pytest

from tests.helpers.opened import (
    HEADER,
    ROW,
    book,
    csv_bytes,
    only_sheet,
    opened as opened_file,
    repacked,
    saved,
    xls_book,
    xls_bytes,
)

WIDE = ["序号", *HEADER]


def numbers(lines) -> list[int]:
    """Row numbers of the data rows, the same from every kind of file."""
    found = [list(only_sheet(make(lines)).row_numbers) for make in (book, xls_bytes, csv_bytes)]
    assert found[0] == found[1] == found[2]
    return found[0]


def test_blank_rows_are_not_counted_but_keep_their_number():
    blank = ["", " ", "\u3000", "\u200b"]

    assert numbers([HEADER, ROW, [], ROW, blank, ROW]) == [2, 4, 6]


def test_a_prefilled_serial_number_alone_is_blank():
    assert numbers([WIDE, [1, *ROW], [2], [3, *ROW], [4, None, ""]]) == [2, 4]


def test_a_cell_of_an_unknown_column_does_not_fill_a_row():
    assert numbers([[*HEADER, "批示"], [*ROW, ""], [*[None] * 8, "同意"]]) == [2]


@pytest.mark.parametrize("total", ["合计", "总 计", "小　计", "全市合计", "全区合计", "全县合计", " 合计 "])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_totals_in_the_first_three_columns_are_skipped(total, place):
    line = [*[None] * place, total, *ROW[place + 1 :]]

    assert numbers([HEADER, ROW, line, ROW]) == [2, 4]


def test_a_total_further_right_or_inside_a_text_is_data():
    fourth = [*ROW[:3], "合计", *ROW[4:]]
    inside = ["合计杯长跑", *ROW[1:]]

    assert numbers([HEADER, fourth, inside]) == [2, 3]


def test_totals_are_found_in_a_table_that_begins_further_right():
    shifted = [[None, None, *line] for line in (HEADER, ROW, ["x", "x", "合计", *ROW[3:]])]

    assert numbers(shifted) == [2]


@pytest.mark.parametrize(
    "note",
    ["备注", "备注：数据截至3月", "注:含区县", "注 1", "注1", "说明：见附件", "填表人：张三", "填报人 李四", "审核人:王五",
     "制表人", "备注\u200b", "\u200b注：x", "填报单位：渝中区", "联系电话：63000000", "  备注：前面有空格"],
)  # fmt: skip
def test_notes_are_skipped(note):
    assert numbers([HEADER, ROW, [note, "某某", *ROW[2:]], [None, None, note, *ROW[3:]]]) == [2]


@pytest.mark.parametrize("name", ["注册会计师杯羽毛球赛", "说明会", "备注册长跑", "审核人员培训赛"])
def test_a_name_that_begins_like_a_note_is_data(name):
    assert numbers([HEADER, [name, *ROW[1:]]]) == [2]


def test_a_note_behind_a_filled_cell_is_data():
    assert numbers([HEADER, [ROW[0], "备注：x", *ROW[2:]]]) == [2]


# ---- vertical merges


def merged(area: str, *, kind: str = "xlsx", lines=None):
    lines = lines or [HEADER, ROW, [None, *ROW[1:]], [None, *ROW[1:]], [None, *ROW[1:]]]
    if kind == "xlsx":
        wb = saved(lines)
        wb.worksheets[0].merge_cells(area)
        return only_sheet(wb)
    import io

    wb = xls_book(lines)
    top, bottom = int(area[1]) - 1, int(area[4]) - 1
    page = wb.get_sheet(0)
    page.merge(top, bottom, ord(area[0]) - 65, ord(area[3]) - 65)
    target = io.BytesIO()
    wb.save(target)
    return only_sheet(target.getvalue())


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_vertical_merge_carries_its_value_down_and_says_so(kind):
    column = merged("A2:A4", kind=kind).columns["event_name"]

    assert column.values == [ROW[0], ROW[0], ROW[0], None]
    assert column.filled_down == {1, 2}


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_merge_over_rows_and_columns_carries_down_in_its_first_column_only(kind):
    lines = [HEADER, [ROW[0], None, *ROW[2:]], [None, None, *ROW[2:]]]
    sheet = merged("A2:B3", kind=kind, lines=lines)

    assert sheet.columns["event_name"].values == [ROW[0], ROW[0]]
    assert sheet.columns["event_level"].values == [None, None]
    assert sheet.columns["event_level"].filled_down == frozenset()


def test_an_empty_cell_outside_a_merge_stays_empty():
    assert only_sheet(book([HEADER, ROW, [None, *ROW[1:]]])).columns["event_name"].values == [ROW[0], None]


def test_what_a_merge_carries_does_not_fill_a_row():
    """Three merged rows of which one has nothing of its own: two data rows."""
    lines = [WIDE, [1, *ROW], [2], [3, None, *ROW[1:]]]
    wb = saved(lines)
    wb.worksheets[0].merge_cells("B2:B4")

    sheet = only_sheet(wb)

    assert list(sheet.row_numbers) == [2, 4]
    assert (sheet.columns["event_name"].values, sheet.columns["event_name"].filled_down) == (
        [ROW[0]] * 2,
        {1},
    )


def test_a_merged_header_is_not_carried_into_the_data():
    wb = saved([HEADER, [None, *ROW[1:]], ROW])
    wb.worksheets[0].merge_cells("A1:A2")

    assert only_sheet(wb).columns["event_name"].values == [None, ROW[0]]


def test_a_merged_total_covers_all_its_rows():
    wb = saved([HEADER, ROW, ["合计", *ROW[1:]], [None, *ROW[1:]]])
    wb.worksheets[0].merge_cells("A3:A4")

    assert list(only_sheet(wb).row_numbers) == [2]


def test_a_note_over_several_rows_is_skipped():
    wb = saved([HEADER, ROW, ["备注：一", None], [], []])
    wb.worksheets[0].merge_cells("A3:H5")

    assert list(only_sheet(wb).row_numbers) == [2]


def test_merges_one_over_the_other_are_no_trap():
    """Excel does not write them; a file may."""
    wb = saved([HEADER, ROW, [None, *ROW[1:]], [None, *ROW[1:]]])
    page = wb.worksheets[0]
    page.merge_cells("A2:A3")
    page.merged_cells.add("A3:A4")

    assert only_sheet(wb).columns["event_name"].values == [ROW[0], ROW[0], None]


def test_a_sheet_with_rows_in_any_order_is_read_by_number():
    def swap(xml: bytes) -> bytes:
        head, rest = xml.split(b"<sheetData>")
        body, tail = rest.split(b"</sheetData>")
        rows = [b"<row" + r for r in body.split(b"<row")[1:]]
        return head + b"<sheetData>" + b"".join(reversed(rows)) + b"</sheetData>" + tail

    lines = [HEADER, ["一", *ROW[1:]], ["二", *ROW[1:]]]
    sheet = only_sheet(repacked(book(lines), edit=("xl/worksheets/sheet1.xml", swap)))

    assert (list(sheet.row_numbers), sheet.columns["event_name"].values) == ([2, 3], ["一", "二"])


def test_far_away_cells_cost_nothing():
    """A stray cell in the last corner of the sheet (17,000,000,000 cells away) is just one cell more."""
    wb = saved([HEADER, ROW])
    wb.worksheets[0]["XFD1048576"] = "x"

    assert list(opened_file(wb).sheets[0].row_numbers) == [2]


def test_of_a_cell_given_twice_the_later_counts():
    def twice(xml: bytes) -> bytes:
        return xml.replace(b"</row></sheetData>", b'<c r="G2"><v>1</v></c></row></sheetData>')

    sheet = only_sheet(repacked(book([HEADER, ROW]), edit=("xl/worksheets/sheet1.xml", twice)))

    assert sheet.columns["participant_count"].values == [1]
