"""Tables that leave the product: read again with the programs' own eyes."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from ui import files

FRAME = pd.DataFrame(
    {
        "处室": ["群体处", "=HYPERLINK(1)"],
        "条数": [12, -3],
        "收到": pd.to_datetime(["2026-11-22T06:32:00Z", None], utc=True),
    }
)


def test_a_csv_opens_in_a_spreadsheet_with_its_characters_and_without_running_anything():
    text = files.to_csv(FRAME).decode("utf-8-sig")

    assert files.to_csv(FRAME).startswith(b"\xef\xbb\xbf")
    assert text.splitlines() == ["处室,条数,收到", "群体处,12,2026-11-22 14:32", "'=HYPERLINK(1),-3,"]


def test_an_xlsx_keeps_numbers_as_numbers_and_formulas_as_text():
    sheet = openpyxl.load_workbook(io.BytesIO(files.to_xlsx(FRAME, "各处室/完成率"))).active

    assert sheet is not None and sheet.title == "各处室_完成率"
    assert [cell.value for cell in sheet[3]][:2] == ["'=HYPERLINK(1)", -3]
    assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == "A1:C3"


def test_an_empty_table_can_be_downloaded_too():
    sheet = openpyxl.load_workbook(io.BytesIO(files.to_xlsx(FRAME.head(0), "空"))).active

    assert sheet is not None and [cell.value for cell in sheet[1]] == ["处室", "条数", "收到"]


@pytest.mark.parametrize(
    ("name", "day", "stem"),
    [
        ("各处室完成率", None, "各处室完成率"),
        ('a/b:c*d?"e', dt.date(2026, 11, 22), "a_b_c_d_e_20261122"),
    ],
)
def test_a_file_is_called_what_people_call_it(name, day, stem):
    assert files.file_stem(name, day) == stem
