"""The marked workbook: the sender's own file, with what must be mended to be seen at once."""

import csv
import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

import catalog
from data_access.commands.delivery import Delivery, deliver
from data_access.engine import engine
from data_access.principal import OPERATOR
from reports.marked import CannotMark, marked_name, marked_workbook
from reports.marking.styles import MARK
from tests.helpers.files import csv_text, grid, make_xlsx
from tests.helpers.rows import RECEIVED_ON, valid_rows

CATALOG = catalog.default()
EVENT = CATALOG.category_by_code["mass_sport_event"]
COLUMN = {f.name: n for n, f in enumerate(EVENT.fields, 1)}


def check(url: str, content: bytes, category: str = "mass_sport_event") -> Delivery:
    return deliver(
        engine(url),
        OPERATOR,
        content=content,
        file_name="六月.xlsx",
        category=category,
        unit="mass_sport",
        received_on=RECEIVED_ON,
        dry_run=True,
    )


def mark(content: bytes, delivery: Delivery) -> openpyxl.Workbook:
    made = marked_workbook(
        EVENT, content, file_name="六月.xlsx", problems=delivery.problems, warnings=delivery.warnings
    )
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist()))
    return openpyxl.load_workbook(io.BytesIO(made))


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def is_marked(cell) -> bool:
    return cell.fill.fgColor.rgb == MARK


def marked_cells(sheet) -> set[str]:
    return {c.coordinate for row in sheet.iter_rows() for c in row if is_marked(c)}


def faulty_rows():
    rows = valid_rows("mass_sport_event", 4)
    rows[1]["event_level"] = "省级"
    rows[2]["host_unit"] = None
    rows[2]["participant_count"] = "约300"
    return rows


def test_bad_cells_are_coloured_and_say_what_to_write(embedded, tmp_path):
    """A clerk opens the file and sees; the empty cell too, and nothing else is coloured."""
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows()).read_bytes()
    delivery = check(embedded, content)
    book = mark(content, delivery)
    sheet = book["Sheet1"]

    assert marked_cells(sheet) == {"B3", "H4", "J4"}
    assert "省级" in sheet["B3"].comment.text
    assert sheet["J4"].comment.text == next(p.message for p in delivery.problems if p.field == "host_unit")
    assert sheet["A3"].comment is None


def test_all_problems_stand_on_one_sheet_with_links_to_their_cells(embedded, tmp_path):
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows()).read_bytes()
    delivery = check(embedded, content)
    listing = mark(content, delivery)["问题清单"]
    lines = [[c.value for c in row] for row in listing.iter_rows(min_row=4)]

    assert "3 处需要修改" in listing["A1"].value
    assert [line[1:5] for line in lines] == [
        [p.sheet, p.row, EVENT.field_by_name[p.field].name_zh, p.message] for p in delivery.problems
    ]
    assert listing["G4"].hyperlink.location == "'Sheet1'!B3"


def test_the_senders_own_work_stays_as_it_was(embedded, tmp_path):
    """Looks, comments, pictures' parts, results of formulas: all of it is still there."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("六月")
    bold = book.add_format({"bold": True, "bg_color": "#00FF00", "num_format": "yyyy/mm/dd"})
    rows = faulty_rows()
    sheet.write_row(0, 0, [f.name_zh for f in EVENT.fields])
    for number, row in enumerate(rows, 1):
        for column, field in enumerate(EVENT.fields):
            value = row[field.name]
            if isinstance(value, dt.date):
                sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), bold)
            elif field.name == "budget_amount":
                sheet.write_formula(number, column, "=1000*2", None, 2000)
            elif value is not None:
                sheet.write(number, column, value if isinstance(value, int) else str(value))
    sheet.write_comment(1, 0, "我的批注")
    sheet.write_comment(2, 1, "级别待定")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=六月!$H$2:$H$5"})
    sheet.insert_chart("N2", chart)
    sheet.set_column(0, 0, 44)
    sheet.autofilter(0, 0, 4, 11)
    book.close()
    content = target.getvalue()
    delivery = check(embedded, content)
    made = marked_workbook(EVENT, content, file_name="六月.xlsx", problems=delivery.problems)
    marked = openpyxl.load_workbook(io.BytesIO(made), data_only=True)["六月"]

    assert [p.field for p in delivery.problems] == ["event_level", "participant_count", "host_unit"]
    assert marked["I2"].value == 2000
    assert marked["D2"].font.b
    assert marked["D2"].number_format == "yyyy/mm/dd"
    assert marked["A2"].comment.text == "我的批注"
    assert marked["B3"].comment.text.startswith("级别待定")
    assert "省级" in marked["B3"].comment.text
    assert marked.column_dimensions["A"].width == pytest.approx(44, abs=1)
    assert marked.auto_filter.ref == "A1:L5"
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert "xl/charts/chart1.xml" in names
    assert check(embedded, made).problems == delivery.problems


def test_a_mended_copy_is_accepted_and_shows_no_old_marks(embedded, tmp_path):
    """Mended and sent back as it is; a second round marks only what is still wrong."""
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows()).read_bytes()
    book = mark(content, check(embedded, content))
    book["Sheet1"]["B3"] = "市级"
    once = saved(book)
    delivery = check(embedded, once)
    again = mark(once, delivery)

    assert delivery.file_warnings == ["W_SHEET_SKIPPED:问题清单"]
    assert {p.row for p in delivery.problems} == {4}
    assert marked_cells(again["Sheet1"]) == {"H4", "J4"}
    assert again["Sheet1"]["B3"].comment is None
    assert again.sheetnames == ["Sheet1", "问题清单"]
    again["Sheet1"]["H4"], again["Sheet1"]["J4"] = 300, "市体育局"
    assert check(embedded, saved(again)).outcome == "accepted"


def test_a_csv_comes_back_as_a_workbook_with_the_same_row_numbers(embedded):
    """Rows are counted as records; codes keep their zeros, date numbers stay dates."""
    cells = grid(EVENT, faulty_rows())
    cells[1][COLUMN["start_on"] - 1] = "46000"
    cells[1][COLUMN["end_on"] - 1] = "46001"
    cells[1][COLUMN["venue_name"] - 1] = "0012"
    cells.insert(1, [None])
    content = csv_text(cells).encode("gb18030")
    delivery = check(embedded, content)
    book = mark(content, delivery)
    sheet = book["数据"]

    assert {p.row for p in delivery.problems} == {4, 5}
    assert marked_cells(sheet) == {"B4", "H5", "J5"}
    assert sheet["G3"].value == "0012"
    assert sheet["D3"].value == 46000
    assert {(p.row, p.code) for p in check(embedded, saved(book)).problems} == {
        (p.row, p.code) for p in delivery.problems
    }


def test_an_xls_comes_back_as_a_workbook(embedded, tmp_path):
    """The old format cannot be marked in place; values, dates and merges are carried over."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("六月")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, line in enumerate(grid(EVENT, faulty_rows())):
        for column, value in enumerate(line):
            if isinstance(value, dt.date):
                sheet.write(row, column, value, date)
            elif value is not None:
                sheet.write(row, column, value if isinstance(value, int | str) else float(value))
    book.add_sheet("附表").write(0, 0, "说明")
    book.save(str(tmp_path / "a.xls"))
    content = (tmp_path / "a.xls").read_bytes()
    delivery = check(embedded, content)
    marked = mark(content, delivery)

    assert marked.sheetnames == ["六月", "附表", "问题清单"]
    assert marked_cells(marked["六月"]) == {"B3", "H4", "J4"}
    assert check(embedded, saved(marked)).problems == delivery.problems


def test_text_that_looks_like_a_formula_leaves_as_text(embedded, tmp_path):
    """
    A CSV's =cmd|… would run when somebody opens the workbook; a dash still means
    "nothing" and -3.5 still is a number when the file comes back.
    """
    rows = valid_rows("mass_sport_event", 3)
    cells = grid(EVENT, rows)
    cells[1][0] = "=cmd|'/c calc'!A0"
    cells[2][COLUMN["venue_name"] - 1] = "-"
    content = csv_text(cells).encode()
    delivery = check(embedded, content)
    sheet = mark(content, delivery)["数据"]

    assert [p.code for p in delivery.problems] == ["R_FORMULA"]
    assert sheet["A2"].value == "'=cmd|'/c calc'!A0"
    assert sheet["A2"].data_type == "s"
    assert (sheet["G3"].value, sheet["G3"].quotePrefix) == ("-", True)

    book = openpyxl.load_workbook(make_xlsx(tmp_path / "a.xlsx", EVENT, rows))
    book["Sheet1"]["A2"] = "=1+1"
    book["Sheet1"]["A2"].data_type = "s"
    content = saved(book)
    sheet = mark(content, check(embedded, content))["Sheet1"]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("=1+1", "s", True)


def test_a_whole_row_problem_marks_the_fields_it_speaks_of(embedded, tmp_path):
    """A key conflict marks the key; a cross-check its fields; a missing column the row's first cell."""
    rows = valid_rows("mass_sport_event", 3)
    rows[1] = {**rows[0], "participant_count": rows[0]["participant_count"] + 1}
    rows[2]["start_on"] = RECEIVED_ON + dt.timedelta(days=3)
    rows[2]["end_on"] = None
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, rows).read_bytes()
    delivery = check(embedded, content)
    assert [(p.row, p.code) for p in delivery.problems] == [
        (2, "R_KEY_CONFLICT"),
        (3, "R_KEY_CONFLICT"),
        (4, "R_CROSS"),
    ]
    assert marked_cells(mark(content, delivery)["Sheet1"]) == {
        "A2", "D2", "F2", "A3", "D3", "F3", "D4", "H4",
    }  # fmt: skip

    without = [
        {k: v for k, v in row.items() if k != "host_unit"} for row in valid_rows("mass_sport_event", 1)
    ]
    content = make_xlsx(tmp_path / "b.xlsx", EVENT, without).read_bytes()
    delivery = check(embedded, content)
    assert [p.code for p in delivery.problems] == ["R_REQUIRED"]
    assert marked_cells(mark(content, delivery)["Sheet1"]) == {"A2"}


def test_cross_checks_that_only_warn_are_listed_and_not_coloured(embedded, tmp_path):
    rows = valid_rows("mass_sport_event", 1)
    rows[0] |= {"highrisk": "是", "safety_plan": "否"}
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, rows).read_bytes()
    delivery = check(embedded, content)
    book = mark(content, delivery)
    row = [c.value for c in book["问题清单"][4]]

    assert delivery.outcome == "accepted"
    assert not marked_cells(book["Sheet1"])
    assert row[5] == "请核对"
    assert "「是否备案安全方案」应为“是”" in row[4]


def test_a_workbook_of_an_unknown_build_is_written_anew(embedded, tmp_path):
    """Without a styles part there is nothing to add a colour to; the marks come all the same."""
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows()).read_bytes()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/styles.xml":
                continue
            if entry.filename == "xl/_rels/workbook.xml.rels":
                start = data.rindex(b"<Relationship", 0, data.index(b"relationships/styles"))
                data = data[:start] + data[data.index(b"/>", start) + 2 :]
            if entry.filename == "[Content_Types].xml":
                start = data.rindex(b"<Override", 0, data.index(b"/xl/styles.xml") + 1)
                data = data[:start] + data[data.index(b"/>", start) + 2 :]
            copy.writestr(entry.filename, data)
    content = target.getvalue()
    delivery = check(embedded, content)

    assert {"B3", "H4", "J4"} <= marked_cells(mark(content, delivery)["Sheet1"])


def test_prefixed_element_names_are_marked_in_place(embedded, tmp_path):
    """Some programs write <x:row>; the part is edited, not misread."""
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows()).read_bytes()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                data = data.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
                data = data.replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=", 1)
            copy.writestr(entry.filename, data)
    content = target.getvalue()
    delivery = check(embedded, content)

    assert marked_cells(mark(content, delivery)["Sheet1"]) == {"B3", "H4", "J4"}


def test_a_sheet_of_data_called_like_the_listing_is_not_written_over(embedded, tmp_path):
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows(), sheet="问题清单").read_bytes()
    book = mark(content, check(embedded, content))

    assert book.sheetnames == ["问题清单", "问题清单（续）"]
    assert marked_cells(book["问题清单"]) == {"B3", "H4", "J4"}


def test_what_does_not_open_as_a_table_is_not_marked():
    with pytest.raises(CannotMark, match="表头"):
        marked_workbook(EVENT, "甲,乙\n1,2\n".encode(), file_name="a.csv", problems=[])
    with pytest.raises(CannotMark):
        marked_workbook(EVENT, b"PK\x03\x04broken", file_name="a.xlsx", problems=[])


def test_styles_and_comments_of_the_sender_survive_openpyxl_files_too(embedded, tmp_path):
    """Files saved by other programs name their parts otherwise (/xl/comments/comment1.xml)."""
    book = openpyxl.load_workbook(make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows()))
    sheet = book["Sheet1"]
    sheet["A2"].comment = Comment("核对过", "小王")
    sheet["A2"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["B3"].font = Font(bold=True)
    content = saved(book)
    marked = mark(content, check(embedded, content))["Sheet1"]

    assert marked["A2"].comment.text == "核对过"
    assert marked["A2"].fill.fgColor.rgb == "FF00FF00"
    assert marked["B3"].font.b
    assert is_marked(marked["B3"])


def test_the_name_tells_that_something_must_be_done():
    assert marked_name("六月.csv") == "六月（需修改）.xlsx"
    assert marked_name("六月（需修改）.xlsx") == "六月（需修改）.xlsx"


def test_a_file_of_many_problems_is_marked_in_seconds(embedded):
    """6,000 bad rows: all coloured and listed, the first 5,000 commented."""
    rows = valid_rows("mass_sport_event", 40)
    cells = grid(EVENT, rows)
    cells += [[*line[:1], "省级", *line[2:]] for line in cells[1:] for _ in range(150)]
    target = io.StringIO()
    csv.writer(target).writerows(cells)
    content = target.getvalue().encode()
    delivery = check(embedded, content)
    made = marked_workbook(EVENT, content, file_name="六月.csv", problems=delivery.problems)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    assert len(delivery.problems) == 6_000
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert len(re.findall(rb'<c r="B\d+" [^>]*s="\d+"', sheet)) == 6_000
    assert parts["xl/comments1.xml"].count(b"<comment ") == 5_000
    assert parts["xl/worksheets/problems1.xml"].count(b"<row ") == 6_003


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_a_damaged_part_that_intake_reads_past_does_not_come_back_damaged(embedded, tmp_path, part):
    """Intake needs little of the styles; Excel refuses a file whose XML is broken. It is written anew."""
    content = make_xlsx(tmp_path / "a.xlsx", EVENT, faulty_rows()).read_bytes()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            data = source.read(entry)
            copy.writestr(entry.filename, data + b"<" if entry.filename == part else data)
    content = target.getvalue()
    delivery = check(embedded, content)

    assert {p.field for p in delivery.problems} == {"event_level", "host_unit", "participant_count"}
    assert marked_cells(mark(content, delivery)["Sheet1"]) == {"B3", "H4", "J4"}
