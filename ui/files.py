"""Tables as files that leave the product: CSV and xlsx that Excel and WPS open as they are, without formulas."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pandas as pd

from ui import formats


def file_stem(name: str, as_of: dt.date | None = None) -> str:
    """A file name people recognise: the block's name and the day, without what file systems refuse."""
    cleaned = re.sub(r'[\\/:*?"<>|\s]+', "_", name).strip("_")
    return f"{cleaned}_{as_of:%Y%m%d}" if as_of else cleaned


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Every text escaped against formulas, every moment in Beijing time, names of columns too."""

    def cell(value: Any) -> Any:
        if isinstance(value, dt.datetime) and value.tzinfo is not None and not formats.is_missing(value):
            return formats.clock(value)
        return formats.spreadsheet_safe(value)

    made = pd.DataFrame(
        {number: [cell(v) for v in frame[column]] for number, column in enumerate(frame.columns)}
    )
    made.columns = [formats.spreadsheet_safe(str(column)) for column in frame.columns]
    return made


def to_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with the mark by which Excel and WPS know it."""
    return _safe(frame).to_csv(index=False).encode("utf-8-sig")


def to_xlsx(frame: pd.DataFrame, name: str) -> bytes:
    """One sheet: bold header, frozen, filter on, columns as wide as their words."""
    made, buffer = _safe(frame), io.BytesIO()
    with pd.ExcelWriter(
        buffer,
        engine="xlsxwriter",
        engine_kwargs={"options": {"strings_to_formulas": False, "strings_to_urls": False}},
    ) as writer:
        sheet = re.sub(r"[\[\]:*?/\\]", "_", name)[:31] or "数据"
        made.to_excel(writer, sheet_name=sheet, index=False)
        page = writer.sheets[sheet]
        page.freeze_panes(1, 0)
        if len(made.columns):
            page.autofilter(0, 0, max(len(made), 1), len(made.columns) - 1)
        for number, column in enumerate(made.columns):
            widest = max([_width(str(column)), *(_width(str(v)) for v in made[column].head(200))])
            page.set_column(number, number, min(widest + 2, 48))
    return buffer.getvalue()


def _width(words: str) -> int:
    """Columns of a spreadsheet: a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in words)
