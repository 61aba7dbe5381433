"""CSV as departments send it: encodings, delimiters, record numbers (contract 1.0, Reading sheets)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from data_access.intake import csv_text
from tests.helpers.opened import FIELDS, HEADER, ROW, codes, csv_bytes, only_sheet, opened


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encodings_delimiters_and_line_ends(encoding, delimiter, end):
    sheet = only_sheet(csv_bytes([HEADER, ROW, ROW], encoding=encoding, delimiter=delimiter, end=end))

    assert (sheet.name, sheet.is_text, list(sheet.row_numbers)) == ("", True, [2, 3])
    assert {name: c.values[0] for name, c in sheet.columns.items()} == {
        **dict(zip(FIELDS, [str(v) for v in ROW], strict=True)), "start_on": "2026-03-05", "end_on": "2026-03-06",
    }  # fmt: skip


def test_four_byte_characters_of_gb18030_are_read():
    content = csv_bytes([HEADER, ["\u3447𠮷长跑", *ROW[1:]]], encoding="gb18030")

    assert only_sheet(content).columns["event_name"].values == ["\u3447𠮷长跑"]


def test_the_delimiter_with_the_fullest_header_is_taken():
    """A comma in a header's remark does not make it a comma file."""
    lines = [[*HEADER[:-1], "经费投入（人民币,万元）"], ROW]

    sheet = only_sheet(csv_bytes(lines, delimiter=";"))

    assert (sheet.columns["budget_amount"].unit, len(sheet.columns)) == ("万元", len(HEADER))


def test_records_are_counted_from_the_first_blank_ones_too():
    text = csv_bytes([["标题"]]) + b"\r\n\r\n" + csv_bytes([HEADER, ROW]) + b"\r\n" + csv_bytes([ROW])

    assert list(only_sheet(text).row_numbers) == [5, 7]


def test_a_record_with_a_line_break_in_quotes_is_one():
    lines = [["两行的\n标题"], HEADER, ["第一行\r\n第二行", *ROW[1:]], ROW]
    sheet = only_sheet(csv_bytes(lines))

    assert list(sheet.row_numbers) == [3, 4]
    assert sheet.columns["event_name"].values[0] == "第一行\r\n第二行"


def test_doubled_quotes_and_delimiters_in_quotes_are_text():
    sheet = only_sheet(csv_bytes([HEADER, ['"迎春"杯,长跑;甲', *ROW[1:]]]))

    assert sheet.columns["event_name"].values == ['"迎春"杯,长跑;甲']


def test_short_and_long_records_are_read_as_far_as_the_header_goes():
    sheet = only_sheet(csv_bytes([HEADER, ROW[:6], [*ROW, "多", "出"], ["x"]]))

    assert sheet.columns["budget_amount"].values == [None, "12000.5", None]
    assert list(sheet.row_numbers) == [2, 3, 4]


def test_blank_cells_are_empty():
    sheet = only_sheet(csv_bytes([HEADER, [ROW[0], " ", "\u200b", *ROW[3:]]]))

    assert sheet.columns["event_level"].values == sheet.columns["sport"].values == [None]


def test_a_quotation_mark_never_closed_is_damage():
    content = csv_bytes([HEADER]) + b'"' + csv_bytes([ROW] * 3000)

    assert codes(content) == ["F_CORRUPT"]


def test_many_rows_keep_their_place():
    """More records than are held at a time."""
    lines = [[f"第{n}届", *ROW[1:]] if n % 7 else [] for n in range(60_000)]
    sheet = only_sheet(csv_bytes([HEADER, *lines]))

    expected = [n for n in range(60_000) if n % 7]
    assert list(sheet.row_numbers) == [n + 2 for n in expected]
    assert sheet.columns["event_name"].values == [f"第{n}届" for n in expected]


def test_a_plain_text_is_a_csv_without_header():
    assert codes("今天天气很好。\r\n".encode()) == ["F_HEADER"]
    assert opened("今天天气很好。".encode()).detail


plain = st.text(st.characters(exclude_characters='"\0\r\n,;\t', exclude_categories=["Cs"]), max_size=6)
tables = st.lists(st.lists(st.one_of(st.just(""), plain), min_size=1, max_size=5), min_size=1, max_size=30)


@settings(max_examples=200)
@given(tables, st.sampled_from(csv_text.DELIMITERS), st.sampled_from(["\r\n", "\n", "\r"]))
def test_a_file_without_quotation_marks_reads_as_the_same_file_with_them(lines, delimiter, end):
    """Lines that need no quotes are split without the csv module; both ways must say the same."""
    bare = end.join(delimiter.join(line) for line in lines) + end
    quoted = end.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines) + end

    a, b = (csv_text.read(text, delimiter, 4) for text in (bare, quoted))

    assert a.rows.tolist() == b.rows.tolist()
    assert [c.tolist() for c in a.columns] == [c.tolist() for c in b.columns]
    assert csv_text.first_records(bare, delimiter, 15) == csv_text.first_records(quoted, delimiter, 15)


def test_a_file_longer_than_a_batch_keeps_every_record():
    lines = [[f"名称{n}", str(n), "" if n % 7 else "注"] for n in range(60_000)]
    text = "\n".join(",".join(line) for line in lines)

    sheet = csv_text.read(text, ",", 3)

    assert sheet.rows.tolist() == list(range(1, 60_001))
    assert [c.tolist() for c in sheet.columns] == [
        [cell or None for cell in c] for c in zip(*lines, strict=True)
    ]


def test_a_cell_longer_than_csv_reads_is_refused_without_quotation_marks_too():
    assert codes(csv_bytes([HEADER, ["跑" * 140_000, *ROW[1:]]])) == ["F_CORRUPT"]
