"""What a cell is handed on as: numbers, dates, formulas, errors, truth values, in all spellings of the format."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings, strategies as st

from data_access.intake.cells import ERROR, MappedColumn
from data_access.intake.grid import SparseSheet, objects
from data_access.intake.number_formats import (
    DATE,
    DAY,
    DURATION,
    PERCENT,
    PLAIN,
    TIME,
    from_serial,
    kind_of_format,
)
from data_access.intake.sheet_cells import PAD, read_cells
from data_access.intake.sheet_cells_plain import Context, cells_in_order
from tests.helpers.opened import HEADER, ROW, book, only_sheet, repacked, saved, xls_bytes

SHEET = "xl/worksheets/sheet1.xml"


def people(*cells: object, number_format: str | None = None) -> MappedColumn:
    """The column 参与人数 with these cells, one a row."""
    wb = saved([HEADER, *([*ROW[:6], cell, ROW[7]] for cell in cells)])
    if number_format is not None:
        for row in range(2, 2 + len(cells)):
            wb.worksheets[0].cell(row, 7).number_format = number_format
    return only_sheet(wb).columns["participant_count"]


def written(*write) -> MappedColumn:
    """The same, written by another program: each call writes cell (row, column)."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as wb:
        page = wb.add_worksheet()
        page.write_row(0, 0, HEADER)
        for row, put in enumerate(write, 1):
            page.write_string(row, 0, ROW[0])
            put(wb, page, row, 6)
    return only_sheet(target.getvalue()).columns["participant_count"]


def test_numbers_text_and_truth_values_keep_their_kind():
    assert people(800, 1.25, -3.5, "800", True, False, 0, 10**15).values == [
        800, 1.25, -3.5, "800", True, False, 0, 10**15,
    ]  # fmt: skip
    assert [type(v) for v in people(800, 1.5, "8", True).values] == [int, float, str, bool]


def test_the_same_from_an_old_workbook():
    lines = [HEADER, *([*ROW[:6], cell, ROW[7]] for cell in (800, 1.5, "800", True))]
    column = only_sheet(xls_bytes(lines)).columns["participant_count"]

    assert column.values == [800, 1.5, "800", True]
    assert [type(v) for v in column.values] == [int, float, str, bool]
    assert only_sheet(xls_bytes(lines)).columns["start_on"].values == [ROW[3].date()] * 4


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#NAME?"])
def test_error_cells_are_errors(error):
    assert people(error).values == [ERROR]


def test_error_cells_of_an_old_workbook_are_errors():
    class Error(xlwt.Worksheet):
        pass

    wb = xlwt.Workbook()
    page = wb.add_sheet("a")
    for c, head in enumerate(HEADER):
        page.write(0, c, head)
    page.write(1, 0, ROW[0])
    page.row(1).set_cell_error(6, "#DIV/0!")
    target = io.BytesIO()
    wb.save(target)

    assert only_sheet(target.getvalue()).columns["participant_count"].values == [ERROR]


# ---- formulas


def test_a_formula_with_its_result_and_one_without():
    column = written(
        lambda wb, p, r, c: p.write_formula(r, c, "=1+1", None, 2),
        lambda wb, p, r, c: p.write_number(r, c, 3),
        lambda wb, p, r, c: p.write_formula(r, c, '="a"', None, "a"),
        lambda wb, p, r, c: p.write_formula(r, c, "=1/0", None, "#DIV/0!"),
        lambda wb, p, r, c: p.write_formula(r, c, "=TRUE", None, True),
    )

    assert column.values == [2, 3, "a", ERROR, True]
    assert (column.formulas, column.uncached) == ({0, 2, 3, 4}, frozenset())


def test_a_formula_never_calculated_is_uncached_and_fills_its_row():
    column = people("=1+1", 5)
    alone = only_sheet(book([HEADER, ROW, [None] * 6 + ["=A1"]]))

    assert (column.values, column.formulas, column.uncached) == ([None, 5], {0}, {0})
    assert list(alone.row_numbers) == [2, 3]


def test_a_formula_that_shows_nothing_leaves_its_row_blank():
    """Formulas copied down to row 1000 in reserve are no thousand records."""
    in_reserve = b"".join(
        f'<row r="{row}"><c r="G{row}" t="str"><f>IF(A{row}="","",1)</f><v></v></c></row>'.encode()
        for row in range(3, 20)
    )
    sheet = only_sheet(edited(b"</sheetData>", in_reserve + b"</sheetData>"))

    assert list(sheet.row_numbers) == [2]


def test_text_in_a_number_cell_is_text():
    """Programs that write None or nan where a number belongs do not make the file unreadable."""
    for text in ("None", "nan", "1e999", "1_000"):
        content = edited(b"<v>800</v>", f"<v>{text}</v>".encode())
        assert only_sheet(content).columns["participant_count"].values == [text]


def test_formulas_of_an_old_workbook():
    wb = xlwt.Workbook()
    page = wb.add_sheet("a")
    for c, head in enumerate(HEADER):
        page.write(0, c, head)
    for r in (1, 2):
        page.write(r, 0, ROW[0])
    page.write(1, 6, xlwt.Formula("1+1"))
    page.write(2, 6, 7)
    target = io.BytesIO()
    wb.save(target)
    column = only_sheet(target.getvalue()).columns["participant_count"]

    assert (column.values, column.formulas, column.uncached) == ([None, 7], {0}, {0})


def test_a_calculated_formula_of_an_old_workbook_has_its_number():
    wb = xlwt.Workbook()
    page = wb.add_sheet("a")
    for c, head in enumerate(HEADER):
        page.write(0, c, head)
    page.write(1, 0, ROW[0])
    page.write(1, 6, xlwt.Formula("1+1"))
    target = io.BytesIO()
    wb.save(target)
    never = b"\x03\0\0\0\0\0\xff\xff"
    assert target.getvalue().count(never) == 1
    column = only_sheet(target.getvalue().replace(never, np.float64(2.0).tobytes())).columns[
        "participant_count"
    ]

    assert (column.values, column.formulas, column.uncached) == ([2], {0}, frozenset())


# ---- formats


@pytest.mark.parametrize("code", ["0%", "0.00%", "#,##0.0%;[Red]-0%", '0.0 %"左右"'])
def test_percent_formats_are_marked(code):
    column = people(0.052, 5, number_format=code)

    assert (column.values, column.percents) == ([0.052, 5], {0, 1})
    assert people("5.2%", number_format=code).percents == frozenset()


def test_percent_formats_of_an_old_workbook_are_marked():
    wb = xlwt.Workbook()
    page = wb.add_sheet("a")
    for c, head in enumerate(HEADER):
        page.write(0, c, head)
    page.write(1, 0, ROW[0])
    page.write(1, 6, 0.052, xlwt.easyxf(num_format_str="0.0%"))
    target = io.BytesIO()
    wb.save(target)

    assert only_sheet(target.getvalue()).columns["participant_count"].percents == {0}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", DAY), ('yyyy"年"m"月"d"日"', DAY), ("[$-804]yyyy年m月", DAY), ("m/d", DAY), ("mmm", DAY),
        ("yyyy/m/d h:mm", DATE), ("h:mm:ss", TIME), ("mm:ss.0", TIME), ("[h]:mm", DURATION), ("0.00", PLAIN),
        ("General", PLAIN), ("G/通用格式", PLAIN), ("#,##0.00", PLAIN), ('0"days"', PLAIN), ("0.00E+00", PLAIN),
        ("[Red]0", PLAIN), (r"0\d", PLAIN), ("@", PLAIN), ("0.0%", PERCENT), ('0"%"', PLAIN), ("0_d", PLAIN),
    ],
)  # fmt: skip
def test_kinds_of_number_formats(code, kind):
    assert kind_of_format(code) == kind


@pytest.mark.parametrize(
    ("serial", "kind", "is_1904", "value"),
    [
        (1, DATE, False, dt.datetime(1900, 1, 1)),
        (59, DATE, False, dt.datetime(1900, 2, 28)),
        (61, DATE, False, dt.datetime(1900, 3, 1)),
        (44625, DATE, False, dt.datetime(2022, 3, 5)),
        (44625.5, DATE, False, dt.datetime(2022, 3, 5, 12)),
        (44625 + 8 / 24, DATE, False, dt.datetime(2022, 3, 5, 8)),
        (44625, DAY, False, dt.date(2022, 3, 5)),
        (44625.5, DAY, False, dt.datetime(2022, 3, 5, 12)),
        (43163, DATE, True, dt.datetime(2022, 3, 5)),
        (0, DATE, True, dt.datetime(1904, 1, 1)),
        (0.5, TIME, False, dt.time(12)),
        (0.9999999, TIME, False, dt.time(0)),
        (1.5, DURATION, False, dt.timedelta(days=1, hours=12)),
        (-1, DATE, False, -1),
        (3_000_000, DATE, False, 3_000_000),
    ],
)
def test_what_a_serial_number_stands_for(serial, kind, is_1904, value):
    assert from_serial(serial, kind, is_1904) == value


def test_the_1904_date_system_is_respected_and_handed_on():
    wb = saved([HEADER, ROW])
    wb.epoch = dt.datetime(1904, 1, 1)
    sheet = only_sheet(wb)

    assert (sheet.date_1904, sheet.columns["start_on"].values) == (True, [ROW[3]])
    assert only_sheet(book([HEADER, ROW])).date_1904 is False


def test_the_1904_date_system_of_an_old_workbook():
    wb = xlwt.Workbook()
    wb.dates_1904 = 1
    page = wb.add_sheet("a")
    for c, head in enumerate(HEADER):
        page.write(0, c, head)
    page.write(1, 0, ROW[0])
    page.write(1, 3, 43163, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    target = io.BytesIO()
    wb.save(target)
    sheet = only_sheet(target.getvalue())

    assert (sheet.date_1904, sheet.columns["start_on"].values) == (True, [dt.date(2022, 3, 5)])


def test_formats_of_tables_and_conditions_are_not_those_of_cells():
    """A dxf has its format under any number: 164 is the cells' dates here, 14 every cell's short date."""

    def edit(xml: bytes) -> bytes:
        assert xml.count(b'numFmtId="164"') >= 2
        own = b"".join(
            b'<dxf><numFmt numFmtId="%d" formatCode="0.00"/></dxf>' % number for number in (164, 14)
        )
        return xml.replace(b"</styleSheet>", b"<dxfs>" + own + b"</dxfs></styleSheet>")

    wb = saved([HEADER, ROW, ROW])
    wb.worksheets[0]["D3"].number_format = "mm-dd-yy"  # number 14
    content = io.BytesIO()
    wb.save(content)

    sheet = only_sheet(repacked(content.getvalue(), edit=("xl/styles.xml", edit)))

    assert sheet.columns["start_on"].values == [ROW[3], ROW[3].date()]


# ---- spellings of the format


def edited(old: bytes, new: bytes, lines=None) -> bytes:
    def edit(xml: bytes) -> bytes:
        xml = xml.replace(b" />", b"/>")  # openpyxl's own writer leaves a space, lxml's none
        assert old in xml
        return xml.replace(old, new)

    return repacked(book(lines or [HEADER, ROW]), edit=(SHEET, edit))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<dimension ref="A1:H2"/>', b""),
        (b'<dimension ref="A1:H2"/>', b'<dimension ref="A1:XFD1048576"/>'),
        (b"<sheetData>", b"<!-- <c r='A9'><v>1</v></c> --><sheetData>"),
        (b'<c r="G2" t="n"><v>800</v></c>', b'<c t="n" r="G2"><v>800</v></c>'),
        (b'<c r="G2" t="n"><v>800</v></c>', b"<c r='G2'><v> 800 </v></c>"),
        (b'<c r="G2" t="n"><v>800</v></c>', b'<c r="G2" t="n" cm="1"><v>800</v></c>'),
        (b'<c r="G2" t="n"><v>800</v></c>', b'<c r="G2"><v><![CDATA[800]]></v></c>'),
        (b'<c r="G2" t="n"><v>800</v></c>', b'\n  <c r="G2" >\n<v>8E2</v>\n</c>\n'),
        (b'<c r="G2" t="n"><v>800</v></c>', b'<c r="G2" t="str"><f>A1</f><v>800</v></c>'),
        (b'<c r="G2" t="n">', b'<c t="n">'),
        (b'<row r="2">', b"<row>"),
    ],
)
def test_spellings_that_mean_the_same(old, new):
    sheet = only_sheet(edited(old, new))

    assert (list(sheet.row_numbers), len(sheet.columns)) == ([2], len(HEADER))
    assert [
        float(v) for v in sheet.columns["participant_count"].values if isinstance(v, int | float | str)
    ] == [800]
    assert sheet.columns["budget_amount"].values == [12000.5]


def test_white_space_around_a_value_says_nothing():
    """As an editor of XML lays it out: a truth value keeps its meaning, a shared string its number."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as wb:
        page = wb.add_worksheet()
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, [*ROW[:3], None, None, ROW[5], True])

    def edit(xml: bytes) -> bytes:
        return xml.replace(b"<v>", b"<v>\n  ").replace(b"</v>", b"\n</v>")

    columns = only_sheet(repacked(target.getvalue(), edit=(SHEET, edit))).columns

    assert [columns[name].values for name in ("event_name", "adcode", "participant_count")] == [
        [ROW[0]], [ROW[5]], [True],
    ]  # fmt: skip


def test_cells_and_rows_without_an_address_follow_the_one_before():
    def strip(xml: bytes) -> bytes:
        import re

        return re.sub(rb'<(row|c) r="[A-Z0-9]+"', rb"<\1", xml)

    sheet = only_sheet(repacked(book([HEADER, ROW, ROW]), edit=(SHEET, strip)))

    assert list(sheet.row_numbers) == [2, 3]
    assert sheet.columns["budget_amount"].values == [12000.5, 12000.5]


def test_prefixed_and_strict_namespaces_are_read():
    def prefix(xml: bytes) -> bytes:
        import re

        xml = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", xml)
        return xml.replace(
            b'xmlns="http://schemas.openxmlformats.org', b'xmlns:x="http://purl.oclc.org/ooxml'
        )

    content = book([HEADER, ROW])
    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        content = repacked(content, edit=(part, prefix))

    assert only_sheet(content).columns["start_on"].values == [ROW[3]]


def test_iso_date_cells_of_a_strict_workbook_are_dates():
    content = edited(b'<c r="G2" t="n"><v>800</v></c>', b'<c r="G2" t="d"><v>2026-03-05T08:00:00</v></c>')

    assert only_sheet(content).columns["participant_count"].values == [dt.datetime(2026, 3, 5, 8)]


@pytest.mark.parametrize(
    "target", ["/xl/worksheets/sheet1.xml", "worksheets/sheet1.xml", "./worksheets/../worksheets/sheet1.xml"]
)
def test_targets_of_relationships_absolute_or_relative(target):
    import re

    def edit(xml: bytes) -> bytes:
        return re.sub(rb'Target="[^"]*sheet1.xml"', f'Target="{target}"'.encode(), xml)

    assert list(
        only_sheet(repacked(book([HEADER, ROW]), edit=("xl/_rels/workbook.xml.rels", edit))).row_numbers
    ) == [2]


def test_escapes_in_texts_are_read():
    target = io.BytesIO()
    text = "第1届 <A&B> \"x\" 'y' _x0041_\t长跑"
    with xlsxwriter.Workbook(target) as wb:
        page = wb.add_worksheet()
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, [text, *ROW[1:3]])

    assert only_sheet(target.getvalue()).columns["event_name"].values == [text]


def test_how_a_text_is_pronounced_is_no_part_of_it():
    rich = b'<is><r><t>\xe9\x95\xbf</t></r><r><rPr><b/></rPr><t>\xe8\xb7\x91</t></r><rPh sb="0" eb="1"><t>cp</t></rPh></is>'
    content = edited(b'<c r="G2" t="n"><v>800</v></c>', b'<c r="G2" t="inlineStr">' + rich + b"</c>")

    assert only_sheet(content).columns["participant_count"].values == ["长跑"]


# ---- the fast way and the plain way are one


cell = st.one_of(
    st.integers(-(10**6), 10**17).map(lambda n: f"<v>{n}</v>"),
    st.floats(0, 1e6).map(lambda x: f"<v>{x!r}</v>"),
    st.sampled_from(
        ["", "<v></v>", "<v/>", "<v>3</v>", "<f>A1</f><v>7</v>", "<f>A1</f>", "<f>A1</f><v></v>"]
    ),
)
strings = st.sampled_from(["<v>0</v>", "<v>1</v>", "<v>2</v>", "<v></v>", "<v> 2 </v>", "<v> </v>"])
inline = st.text("甲乙 &;ab", max_size=5).map(lambda t: f"<is><t>{t.replace('&', '&amp;')}</t></is>")
tagged = st.one_of(
    st.tuples(st.sampled_from(["", ' t="n"', ' s="1"', ' s="2" t="n"', ' t="n" s="3"', ' s="4"']), cell),
    st.tuples(st.sampled_from([' t="s"', ' s="1" t="s"']), strings),
    st.tuples(st.just(' t="inlineStr"'), inline),
    st.tuples(st.just(' t="b"'), st.sampled_from(["<v>1</v>", "<v>0</v>", "<v>\n1 </v>", "<v></v>"])),
    st.tuples(st.just(' t="e"'), st.sampled_from(["<v>#N/A</v>", "<v></v>"])),
    st.tuples(
        st.just(' t="str"'), st.sampled_from(["<v>x</v>", "<v></v>", "<f>A1</f><v>y</v>", "<f>A1</f><v></v>"])
    ),
)


@settings(max_examples=150)
@given(st.lists(st.lists(st.one_of(st.none(), tagged), max_size=6), max_size=6))
def test_arrays_and_single_cells_read_the_same(rows):
    """Two readers, one meaning: whatever the arrays take on, the plain reader says the same of it."""
    body = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{"ABCDEF"[c]}{r}"{t[0]}>{t[1]}</c>' for c, t in enumerate(row) if t is not None)
        + "</row>"
        for r, row in enumerate(rows, 1)
    )
    raw = f"<worksheet><sheetData>{body}</sheetData></worksheet>".encode()

    def context() -> Context:
        return Context(objects(["甲", None, "乙"]), np.array([PLAIN, DATE, PERCENT, TIME, DURATION]), False)

    fast, plain = context(), context()
    start, end = raw.index(b"<sheetData"), raw.index(b"</sheetData>")
    one = SparseSheet("", True, [], read_cells(raw + PAD, fast)).cells
    two = SparseSheet("", True, [], cells_in_order(raw, start, end, plain)).cells

    for name in ("rows", "cols", "values", "flags"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist(), name
    assert [type(v) for v in one.values] == [type(v) for v in two.values]
    assert (set(fast.texts), fast.used.tolist()) == (set(plain.texts), plain.used.tolist())
    assert sorted(fast.long_numbers) == sorted(plain.long_numbers)
