"""Damaged bytes: whatever is flipped, the answer is an `OpenedFile`, never an exception, and soon."""

from __future__ import annotations

import io
import random
import time
import zipfile

import pytest
import xlsxwriter

import catalog
from data_access.intake.cells import OpenedFile
from data_access.intake.files import open_file
from tests.helpers.opened import (
    CATEGORY,
    HEADER,
    ROW,
    book,
    csv_bytes,
    repacked,
    saved,
    xls_bytes,
    xls_with_note,
)  # fmt: skip

CATALOG = catalog.default()
SHEET = "xl/worksheets/sheet1.xml"
KNOWN = {
    "F_EMPTY", "F_ENCRYPTED", "F_CORRUPT", "F_EXPANSION", "F_FORMAT", "F_SECRET_MARK", "F_PERSONAL_ID",
    "F_WRONG_CATEGORY", "F_HEADER",
}  # fmt: skip


def judge(content: bytes) -> OpenedFile:
    file = open_file(content, CATALOG.category_by_code[CATEGORY], CATALOG)
    assert isinstance(file, OpenedFile)
    if file.file_codes:
        assert len(file.file_codes) == 1 and file.file_codes[0] in KNOWN
        assert file.sheets == [] and file.file_warnings == [] and file.detail
    else:
        assert any(s.row_numbers for s in file.sheets)
        for sheet in file.sheets:
            assert all(len(c.values) == len(sheet.row_numbers) for c in sheet.columns.values())
    return file


def damaged(content: bytes, times: int, seed: int, at_most: int = 3):
    """Copies with bytes changed, cut out, doubled or cut off."""
    chance = random.Random(seed)
    for _ in range(times):
        copy = bytearray(content)
        for _ in range(chance.randint(1, at_most)):
            at = chance.randrange(len(copy))
            what = chance.randrange(10)
            if what < 7:
                copy[at] = chance.randrange(256)
            elif what == 7:
                del copy[at : at + chance.randint(1, 40)]
            elif what == 8:
                copy[at:at] = copy[at : at + chance.randint(1, 40)]
            else:
                del copy[at + 1 :]
        yield bytes(copy)


def test_damaged_archives():
    for content in damaged(book([HEADER, ROW, ROW]), 1500, seed=1):
        judge(content)


def test_damaged_old_workbooks():
    for content in damaged(xls_bytes([HEADER, ROW, ROW]), 700, seed=2):
        judge(content)
    for content in damaged(xls_with_note([HEADER, ROW], "批注"), 300, seed=3):
        judge(content)


def test_damaged_streams_of_old_workbooks():
    """The records themselves, where the damage is worst; the container around them stays whole."""
    whole = xls_bytes([HEADER, ROW, ROW])
    stream = len(whole) - 4096  # the directory and tables lie behind the records
    for content in damaged(whole[512:stream], 700, seed=4, at_most=1):
        judge((whole[:512] + content).ljust(stream, b"\0")[:stream] + whole[stream:])


def test_damaged_csv():
    for encoding in ("utf-8", "gb18030"):
        for content in damaged(csv_bytes([HEADER, ROW, ROW], encoding=encoding), 600, seed=5):
            judge(content)


def test_damaged_parts_in_a_sound_archive():
    """An archive whose check sums are right, with nonsense in its parts."""
    wb = saved([HEADER, ROW, [None, *ROW[1:]], ["=1+1", *ROW[1:]]])
    wb.worksheets[0].merge_cells("A2:A3")
    wb.create_sheet("说明")
    target = io.BytesIO()
    wb.save(target)
    source = zipfile.ZipFile(target)
    parts = {name: source.read(name) for name in source.namelist()}
    for seed, name in enumerate(n for n in parts if not n.startswith("docProps") and "theme" not in n):
        for content in damaged(parts[name], 80, seed=seed):
            again = io.BytesIO()
            with zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as archive:
                for other, data in parts.items():
                    archive.writestr(other, content if other == name else data)
            judge(again.getvalue())


def test_a_byte_0_within_xml_is_damage_and_shifts_no_cell():
    """Cells are read joined by it: two texts in one cell would move every text behind them."""
    content = repacked(
        book([HEADER, ROW]),
        edit=("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</t>", b"\0x</t>", 1)),
    )
    assert judge(content).file_codes == ["F_CORRUPT"]


@pytest.mark.parametrize(
    ("part", "before", "beginning"),
    [
        (SHEET, b"</sheetData>", b"<f "),
        (SHEET, b"</sheetData>", b"<is>"),
        (SHEET, b"</sheetData>", b"<is><rPh >"),
        (SHEET, b"</sheetData>", b"<c r='A9' a="),
        ("xl/styles.xml", b"<fonts", b"<numFmts>"),
        ("xl/styles.xml", b"<cellXfs", b"<cellXfs "),
        ("xl/sharedStrings.xml", b"</sst>", b"<si >"),
        ("xl/comments1.xml", b"</commentList>", b"<comment>"),
        ("xl/comments1.xml", b"</text>", b"<text>"),
    ],
)
def test_beginnings_without_an_end_take_no_time(part, before, beginning):
    """A hundred kilobytes that each reader would search to the end of the file for, again and again, are hours."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as wb:
        page = wb.add_worksheet()
        page.write_row(0, 0, HEADER)
        page.write_comment(1, 0, "请核对")
    head = b'<row r="2"><c r="A2" t="inlineStr">' if part == SHEET else b""
    tail = b"</c></row>" if part == SHEET else b""
    many = head + beginning * 200_000 + tail
    edited = repacked(content.getvalue(), edit=(part, lambda xml: xml.replace(before, many + before, 1)))

    began = time.process_time()
    judge(edited)

    assert time.process_time() - began < 10


def test_beginnings_of_files_with_nothing_behind():
    for start in (
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x09\x08\x10\0",
        b"\x09\0\x04\0",
    ):
        for size in range(0, 700, 23):
            judge(start + bytes(random.Random(size).randrange(256) for _ in range(size)))
    for size in range(1, 40):
        judge(bytes(random.Random(size).randrange(256) for _ in range(size)))
