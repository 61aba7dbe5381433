"""The file stage of contract 1.0: which code a file gets, in the order of the table, first match wins."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile

import msoffcrypto.format.ooxml as ooxml
import openpyxl
import pytest
import xlsxwriter
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from tests.helpers.opened import (
    HEADER,
    ID_NUMBER,
    ROW,
    book,
    codes,
    csv_bytes,
    opened,
    repacked,
    saved,
    xls_bytes,
    xls_with_note,
)

GOOD = book([HEADER, ROW])
MARK = "机密★1年"


def test_a_good_file_has_no_code_and_no_warning():
    for content in (GOOD, csv_bytes([HEADER, ROW]), xls_bytes([HEADER, ROW])):
        file = opened(content)

        assert (file.file_codes, file.file_warnings, file.detail) == ([], [], "")
        assert [list(s.row_numbers) for s in file.sheets] == [[2]]


def test_a_code_stands_alone():
    """A file with an F_ code carries nothing else, not even the warning for its hidden sheet."""
    wb = saved([HEADER, ROW])
    wb.create_sheet("草稿").sheet_state = "hidden"
    wb.worksheets[0]["A3"] = MARK

    file = opened(wb)

    assert (file.file_codes, file.file_warnings, file.sheets) == (["F_SECRET_MARK"], [], [])
    assert file.detail and "机密" not in file.detail


def test_zero_bytes_are_empty():
    assert codes(b"") == ["F_EMPTY"]


@pytest.mark.parametrize(
    "rows",
    [[], [["合计"]], [["备注：无数据"]], [["", " ", "\u3000"]]],
    ids=["no row", "total", "note", "blank"],
)
def test_a_fitting_header_without_a_data_row_is_empty(rows):
    for content in (book([HEADER, *rows]), csv_bytes([HEADER, *rows]), xls_bytes([HEADER, *rows])):
        assert codes(content) == ["F_EMPTY"]


def test_emptiness_is_decided_after_the_scan():
    """A header without rows, but with a mark or an identity number beside it, goes to quarantine."""
    assert codes(book([[MARK], HEADER])) == ["F_SECRET_MARK"]
    assert codes(book([["经办人", ID_NUMBER], HEADER])) == ["F_PERSONAL_ID"]
    assert codes(csv_bytes([[MARK], HEADER])) == ["F_SECRET_MARK"]


def test_password_protected_workbooks_are_named_so():
    target = io.BytesIO()
    ooxml.OOXMLFile(io.BytesIO(GOOD)).encrypt("geheim", target)

    assert codes(target.getvalue()) == ["F_ENCRYPTED"]


def test_an_old_workbook_with_a_password_record_is_encrypted():
    """FILEPASS stands right behind the first record of an encrypted .xls."""
    content = bytearray(xls_bytes([HEADER, ROW]))
    at = content.index(b"\x42\0\x02\0")  # CODEPAGE, here turned into FILEPASS
    content[at] = 0x2F

    assert codes(bytes(content)) == ["F_ENCRYPTED"]


def test_an_archive_with_an_encrypted_part_is_encrypted():
    content = bytearray(GOOD)
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1

    assert codes(bytes(content)) == ["F_ENCRYPTED"]


@pytest.mark.parametrize("share", [0.05, 0.5, 0.97])
def test_a_file_cut_off_is_corrupt(share):
    for content in (GOOD, xls_bytes([HEADER, *[ROW] * 200])):
        assert codes(content[: int(len(content) * share)]) == ["F_CORRUPT"]


def test_a_csv_cut_off_inside_a_character_is_corrupt():
    content = csv_bytes([HEADER, ROW, ["市"]]).rstrip(b"\r\n,")

    assert codes(content[:-1]) == ["F_CORRUPT"]


def test_a_workbook_whose_sheet_is_missing_is_corrupt():
    assert codes(repacked(GOOD, drop="xl/worksheets/sheet1.xml")) == ["F_CORRUPT"]
    assert codes(repacked(GOOD, edit=("xl/worksheets/sheet1.xml", lambda x: x[: len(x) // 2]))) == [
        "F_CORRUPT"
    ]


@pytest.mark.parametrize("part", ["workbook.xml", "styles.xml", "comments1.xml", "sharedStrings.xml"])
def test_a_part_cut_off_in_a_sound_archive_is_corrupt(part):
    """Behind the cut could be a sheet, a date's format or a note with a mark: none may be lost in silence."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as wb:
        page = wb.add_worksheet()
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, ROW[:3])
        page.write_comment(1, 0, "请核对")
    assert codes(content.getvalue()) == []

    for behind in (1, 10, 60):
        cut = repacked(content.getvalue(), edit=(f"xl/{part}", lambda xml, n=behind: xml.rstrip()[:-n]))
        assert codes(cut) == ["F_CORRUPT"]


def test_remarks_behind_the_last_tag_of_a_part_are_no_damage():
    def edit(xml: bytes) -> bytes:
        return xml.rstrip().removesuffix(b">") + b" >\n<?keep it?>\n<!-- done -->\n"

    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        assert codes(repacked(GOOD, edit=(part, edit))) == []


def test_entities_that_multiply_are_not_expanded():
    """The billion laughs: ten entities of ten each. No spreadsheet program writes any."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'.encode()

    def add(xml: bytes) -> bytes:
        return bomb + xml.split(b"?>", 1)[-1].replace(b"<t>", b"<t>&l9;", 1)

    for part in ("xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        assert codes(repacked(GOOD, edit=(part, add))) == ["F_CORRUPT"]


def docx() -> bytes:
    return repacked(b"", add={"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})


def ods() -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return repacked(b"", add={"mimetype": kind, "content.xml": b"<office:document-content/>"})


def xlsb() -> bytes:
    types = (
        b'<Types><Override PartName="/xl/workbook.bin" '
        b'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    return repacked(b"", add={"[Content_Types].xml": types, "xl/workbook.bin": b"\0\1"})


OTHERS = {
    "docx": docx(),
    "ods": ods(),
    "xlsb": xlsb(),
    "empty archive": zipfile.ZipFile(empty := io.BytesIO(), "w").close() or empty.getvalue(),
    "html as xls": "\ufeff \r\n<html><table><tr><td>赛事活动名称</td></tr></table></html>".encode(),
    "web archive as xls": b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
    "xml 2003": b'<?xml version="1.0"?><Workbook/>',
    "nul bytes": csv_bytes([HEADER, ROW]).replace("渝".encode(), b"\0"),
    "utf-16": "\r\n".join([",".join(HEADER)]).encode("utf-16"),
    "pdf": b"%PDF-1.7\n1 0 obj",
    "bytes that are no text": b"\xff\x80\x81" * 50,
    "macros": repacked(GOOD, add={"xl/vbaProject.bin": b"\1\2"}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_formats_are_refused_by_content(name):
    assert codes(OTHERS[name]) == ["F_FORMAT"]


def test_a_compound_document_without_a_workbook_is_no_table():
    """Word's old format is the same kind of container as .xls."""
    content = xls_bytes([HEADER, ROW]).replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))

    assert codes(content) == ["F_FORMAT"]


def test_an_old_workbook_with_macros_is_refused():
    content = bytearray(xls_bytes([HEADER, ROW]))
    at = content.index("Workbook".encode("utf-16-le")) + 128  # the next entry of the container's directory
    name = "_VBA_PROJECT_CUR".encode("utf-16-le") + b"\0\0"
    content[at : at + 128] = struct.pack(
        "<64sHBBIII16sIQQIQ", name, len(name), 1, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, b"", 0, 0, 0, 0, 0
    )

    assert codes(bytes(content)) == ["F_FORMAT"]


def test_the_format_is_judged_before_the_content():
    assert codes(repacked(book([HEADER, [MARK]]), add={"xl/vbaProject.bin": b"\1"})) == ["F_FORMAT"]


# ---- marks and identity numbers, wherever they are


def everywhere(text: str) -> dict[str, bytes]:
    """The same text in every place the contract names."""
    hidden, very, comment, rich = (saved([HEADER, ROW]) for _ in range(4))
    hidden.create_sheet("a")["C9"] = text
    hidden["a"].sheet_state = "hidden"
    very.create_sheet("b")["C9"] = text
    very["b"].sheet_state = "veryHidden"
    comment.worksheets[0]["B2"].comment = Comment(text, "某人")
    half = len(text) // 2
    bold = InlineFont(b=True)
    rich.worksheets[0]["L9"] = CellRichText(TextBlock(bold, text[:half]), TextBlock(bold, text[half:]))
    threaded = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        f'<threadedComment ref="A1" id="{{1}}"><text>{text}</text></threadedComment></ThreadedComments>'
    )
    return {
        "title": book([[text], HEADER, ROW]),
        "total row": book([HEADER, ROW, ["合计", text]]),
        "unknown column": book([[*HEADER, "其他"], [*ROW, text]]),
        "unfit sheet": saved_with_sheet(text),
        "hidden sheet": as_bytes(hidden),
        "very hidden sheet": as_bytes(very),
        "comment": as_bytes(comment),
        "threaded comment": repacked(GOOD, add={"xl/threadedComments/t1.xml": threaded.encode()}),
        "rich text": as_bytes(rich),
        "formula": book([HEADER, ROW, ["x", f'=IF(1,"{text}")']]),
        "zero width": book([[f"{text[:2]}\u200b{text[2:]}"], HEADER, ROW]),
        "csv": csv_bytes([HEADER, ROW, ["备注", "", text]]),
        "csv gb18030": csv_bytes([HEADER, ROW, ["备注", "", text]], encoding="gb18030"),
        "csv beyond the header": csv_bytes([HEADER, [*ROW, "", "", text]]),
        "xls": xls_bytes([HEADER, ROW], others={"c": [[text]]}),
        "xls note": xls_with_note([HEADER, ROW], text),
    }


def saved_with_sheet(text: str) -> bytes:
    wb = saved([HEADER, ROW])
    wb.create_sheet("说明")["A1"] = text
    return as_bytes(wb)


def as_bytes(wb: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    wb.save(target)
    return target.getvalue()


@pytest.mark.parametrize("place", everywhere(MARK))
def test_a_secret_mark_anywhere_holds_the_file_back(place):
    assert codes(everywhere(MARK)[place]) == ["F_SECRET_MARK"]


@pytest.mark.parametrize("place", everywhere(ID_NUMBER))
def test_an_identity_number_anywhere_holds_the_file_back(place):
    assert codes(everywhere(ID_NUMBER)[place]) == ["F_PERSONAL_ID"]


@pytest.mark.parametrize("text", ["绝密★长期", "秘密 ★", "机密\n☆", "秘密*"])
def test_forms_of_the_mark(text):
    assert codes(book([[text], HEADER, ROW])) == ["F_SECRET_MARK"]
    assert codes(csv_bytes([[text], HEADER, ROW])) == ["F_SECRET_MARK"]


@pytest.mark.parametrize("cells", [["保密", "★"], ["秘密", "★"], ["机密文件"], ["五★级秘密花园"]])
def test_a_word_without_its_star_in_the_same_cell_is_no_mark(cells):
    """Two cells side by side, or one under the other, are not one mark."""
    assert codes(book([cells, HEADER, ROW])) == []
    for delimiter in ",\t;":
        assert codes(csv_bytes([cells, HEADER, ROW], delimiter=delimiter)) == []
    assert codes(csv_bytes([*([c] for c in cells), HEADER, ROW])) == []


def test_an_identity_number_needs_its_check_digit():
    wrong = ID_NUMBER[:-1] + ("0" if ID_NUMBER[-1] != "0" else "1")

    assert codes(book([[wrong], HEADER, ROW])) == []
    assert codes(book([[f"1{ID_NUMBER}"], HEADER, ROW])) == []  # 19 digits are something else
    assert codes(book([[f"证号{ID_NUMBER}。"], HEADER, ROW])) == ["F_PERSONAL_ID"]
    for letter in "Xx":
        assert codes(book([[f"50010119900307105{letter}"], HEADER, ROW])) == ["F_PERSONAL_ID"]


def test_an_identity_number_in_full_width_digits_is_one():
    wide = ID_NUMBER.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})

    assert codes(book([[wide], HEADER, ROW])) == ["F_PERSONAL_ID"]


def test_an_identity_number_as_a_number_is_one():
    """As the file writes it, or with the 15 digits that Excel keeps, if they still check."""

    def write(digits: str) -> bytes:
        number = f"<v>{digits}</v>".encode()
        return repacked(
            book([[4711], HEADER, ROW]),
            edit=("xl/worksheets/sheet1.xml", lambda x: x.replace(b"<v>4711</v>", number)),
        )

    assert codes(write(ID_NUMBER)) == ["F_PERSONAL_ID"]
    assert codes(write("5.0010119900319100E+17")) == ["F_PERSONAL_ID"]
    assert codes(write("500101199003191001")) == ["F_PERSONAL_ID"]  # shown as …1000
    assert codes(write("500101199003181000")) == []
    assert codes(book([[500101199003191000], HEADER, ROW])) == ["F_PERSONAL_ID"]
    assert codes(xls_bytes([[500101199003191000.0], HEADER, ROW])) == ["F_PERSONAL_ID"]


def test_headers_and_footers_are_no_cells():
    wb = saved([HEADER, ROW])
    header, footer = wb.worksheets[0].oddHeader, wb.worksheets[0].oddFooter
    assert header is not None and footer is not None
    header.center.text, footer.center.text = MARK, ID_NUMBER

    assert codes(wb) == []


def test_a_mark_goes_before_an_identity_number():
    assert codes(book([[ID_NUMBER, MARK], HEADER, ROW])) == ["F_SECRET_MARK"]


# ---- category and header


def test_the_header_of_another_category_is_named():
    file = opened(book([HEADER, ROW]), "referee")

    assert file.file_codes == ["F_WRONG_CATEGORY"]
    assert "群众体育赛事" in file.detail and "裁判员" in file.detail
    assert codes(csv_bytes([HEADER, ROW]), "referee") == ["F_WRONG_CATEGORY"]


def test_no_header_names_what_is_missing():
    file = opened(book([HEADER[:3], ROW[:3]]))

    assert file.file_codes == ["F_HEADER"]
    assert "开始日期" in file.detail


def test_a_header_only_on_a_hidden_sheet_is_none():
    wb = saved([HEADER, ROW])
    wb.worksheets[0].sheet_state = "hidden"
    wb.create_sheet("说明")["A1"] = "请看另一张"

    assert codes(wb) == ["F_HEADER"]


def test_two_columns_of_equal_rank_refuse_the_file():
    """Nobody may choose which is true: two names, or two aliases of one field."""
    assert codes(book([[*HEADER, "赛事活动名称"], [*ROW, "x"]])) == ["F_HEADER"]
    aliases = ["活动名称", *HEADER[1:], "赛事名称"]
    assert codes(book([aliases, [*ROW, "x"]])) == ["F_HEADER"]
    assert codes(csv_bytes([aliases, [*ROW, "x"]])) == ["F_HEADER"]


def test_the_name_goes_before_an_alias():
    file = opened(book([["活动名称", *HEADER], ["别名列", *ROW]]))

    assert file.sheets[0].columns["event_name"].values == [ROW[0]]


# ---- sheets that are not read


def test_hidden_and_unfit_sheets_get_a_warning_each():
    wb = saved([HEADER, ROW])
    wb.create_sheet("草稿").sheet_state = "hidden"
    wb.create_sheet("深藏").sheet_state = "veryHidden"
    wb.create_sheet("空表")
    wb.create_sheet("填表说明")["A1"] = "怎样填写"
    wb.create_chartsheet("图")

    file = opened(wb)

    assert file.file_warnings == [
        "W_HIDDEN_SHEET:草稿",
        "W_HIDDEN_SHEET:深藏",
        "W_SHEET_SKIPPED:空表",
        "W_SHEET_SKIPPED:填表说明",
        "W_SHEET_SKIPPED:图",
    ]
    assert [s.name for s in file.sheets] == ["Sheet1"]


def test_hidden_sheets_of_an_old_workbook_get_the_same_warning():
    source = xlwt.Workbook()
    for name, visibility in (("数据", 0), ("草稿", 1), ("说明", 0)):
        page = source.add_sheet(name)
        page.visibility = visibility
        for c, (head, cell) in enumerate(zip(HEADER, ROW, strict=True)) if name != "说明" else ():
            page.write(0, c, head)
            page.write(1, c, str(cell))
    target = io.BytesIO()
    source.save(target)

    file = opened(target.getvalue())

    assert file.file_warnings == ["W_HIDDEN_SHEET:草稿", "W_SHEET_SKIPPED:说明"]
    assert [(s.name, list(s.row_numbers)) for s in file.sheets] == [("数据", [2])]


def test_several_fitting_sheets_are_all_read():
    wb = saved([HEADER, ROW])
    second = wb.create_sheet("二月")
    for line in ([], HEADER, ROW, ROW):
        second.append(line)

    file = opened(wb)

    assert [(s.name, list(s.row_numbers)) for s in file.sheets] == [("Sheet1", [2]), ("二月", [3, 4])]


def test_hidden_rows_and_columns_are_read():
    wb = saved([HEADER, ROW, ROW])
    wb.worksheets[0].row_dimensions[2].hidden = True
    wb.worksheets[0].column_dimensions["A"].hidden = True

    assert list(opened(wb).sheets[0].row_numbers) == [2, 3]


def test_dates_are_handed_on_as_dates():
    assert opened(GOOD).sheets[0].columns["start_on"].values == [dt.datetime(2026, 3, 5)]
