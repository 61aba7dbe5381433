"""Files as they come: plain CSV from platforms, and workbooks with everything people do to a table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import xlsxwriter

from catalog import Category, Field
from demo.registry import Columns

IN_TEN_THOUSANDS = {"fiscal_fund", "sports_lottery_sales"}
"""Categories whose workbooks say 单位：万元 above the header."""
_PLAIN = pa_csv.WriteOptions(include_header=False, quoting_style="none")
_QUOTED = pa_csv.WriteOptions(include_header=False, quoting_style="needed")


def as_csv(
    category: Category,
    columns: Columns,
    *,
    encoding: str = "utf-8-sig",
    rename: dict[str, str] | None = None,
) -> bytes:
    """Comma-separated, Chinese header, dates in ISO form. `rename`: headers to spoil, by field."""
    fields = [f for f in category.fields if f.name in columns]
    table = pa.table([columns[f.name] for f in fields], [f.name for f in fields])
    try:
        body = _written(table, _PLAIN)
    except pa.ArrowInvalid:  # a text with a comma
        body = _written(table, _QUOTED)
    header = ",".join((rename or {}).get(f.name) or f.name_zh for f in fields) + "\n"
    if encoding == "utf-8-sig":
        return b"\xef\xbb\xbf" + header.encode("utf-8") + body
    return (header + body.decode("utf-8")).encode(encoding)


def _written(table: pa.Table, options: pa_csv.WriteOptions) -> bytes:
    sink = pa.BufferOutputStream()
    pa_csv.write_csv(table, sink, options)
    return sink.getvalue().to_pybytes()


def as_workbook(
    category: Category,
    columns: Columns,
    rng: np.random.Generator,
    *,
    title: str,
    unit_name: str,
    received_on: dt.date,
    rename: dict[str, str] | None = None,
    remark: str | None = None,
) -> bytes:
    """An xlsx as a department makes it: title, unit line, aliases, merges, totals, notes.

    Args:
        rename: headers to spoil, by field.
        remark: text of a column nobody asked for.
    """
    fields = [f for f in category.fields if f.name in columns]
    values = {f.name: columns[f.name].to_pylist() for f in fields}
    merged = _sort_for_merge(category, values, rng)
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": title, "created": dt.datetime.combine(received_on, dt.time(9))})
    sheet = book.add_worksheet("Sheet1" if rng.random() < 0.5 else "汇总表")
    width = len(fields) + 1 + (remark is not None)
    bold = book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, width - 1, title, bold)
    in_ten_thousands = category.code in IN_TEN_THOUSANDS
    sheet.write_string(1, 0, f"填报单位：{unit_name}")
    if in_ten_thousands:
        sheet.write_string(1, width - 1, "单位：万元")
    head = 2
    sheet.write_string(head, 0, "序号", bold)
    for place, field in enumerate(fields, start=1):
        sheet.write_string(head, place, (rename or {}).get(field.name) or _header(field, rng), bold)
    if remark is not None:
        sheet.write_string(head, width - 1, "经办说明", bold)
    count = len(next(iter(values.values())))
    style = _Style(rng, book)
    for place, field in enumerate(fields, start=1):
        scaled = in_ten_thousands and field.unit == "元"
        _write_column(sheet, head + 1, place, field, values[field.name], style, scaled, field.name == merged)
    for row in range(count):
        sheet.write_number(head + 1 + row, 0, row + 1)
    if remark is not None:
        sheet.write_string(head + 1, width - 1, remark)
    _write_foot(sheet, head + 1 + count, fields, values, in_ten_thousands, received_on)
    book.close()
    return buffer.getvalue()


class _Style:
    """How this clerk writes dates and yes/no, the same way through the whole sheet."""

    def __init__(self, rng: np.random.Generator, book: xlsxwriter.Workbook) -> None:
        self.date = ("real", "real", "dots", "chinese")[int(rng.integers(4))]
        self.ticks = bool(rng.random() < 0.4)
        self.spaces = bool(rng.random() < 0.3)
        self.date_format = book.add_format({"num_format": "yyyy-mm-dd"})


def _header(field: Field, rng: np.random.Generator) -> str:
    name = field.name_zh
    if field.aliases and rng.random() < 0.25:
        name = field.aliases[int(rng.integers(len(field.aliases)))]
    return f"*{name}" if field.required and rng.random() < 0.3 else name


def _sort_for_merge(category: Category, values: dict[str, list[Any]], rng: np.random.Generator) -> str | None:
    """Sort the rows by district where the clerk merges its cells; the field that is merged."""
    field = category.district_field
    if field is None or field.name not in values or rng.random() < 0.5:
        return None
    order = sorted(range(len(values[field.name])), key=lambda i: values[field.name][i] or "")
    for name, column in values.items():
        values[name] = [column[i] for i in order]
    return field.name


def _write_column(
    sheet: Any,
    top: int,
    place: int,
    field: Field,
    column: list[Any],
    style: _Style,
    scaled: bool,
    merge: bool,
) -> None:
    if merge:
        _write_merged(sheet, top, place, column)
        return
    for row, value in enumerate(column, start=top):
        if value is None:
            continue
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            if style.date == "real":
                sheet.write_datetime(row, place, value, style.date_format)
            else:
                sheet.write_string(row, place, _date_text(value, style.date))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            number = float(Decimal(str(value)) / 10000) if scaled else value
            sheet.write_number(row, place, number)
        elif field.type == "bool" and style.ticks and value in ("是", "否"):
            sheet.write_string(row, place, "√" if value == "是" else "×")
        else:
            sheet.write_string(
                row, place, f" {value}" if style.spaces and field.type == "enum" else str(value)
            )


def _write_merged(sheet: Any, top: int, place: int, column: list[Any]) -> None:
    start = 0
    for row in range(1, len(column) + 1):
        if row == len(column) or column[row] != column[start]:
            if row - start > 1:
                sheet.merge_range(top + start, place, top + row - 1, place, column[start])
            elif column[start] is not None:
                sheet.write_string(top + start, place, column[start])
            start = row


def _date_text(value: dt.date, style: str) -> str:
    if style == "dots":
        return f"{value.year}.{value.month}.{value.day}"
    return f"{value.year}年{value.month}月{value.day}日"


def _write_foot(
    sheet: Any,
    row: int,
    fields: list[Field],
    values: dict[str, list[Any]],
    scaled: bool,
    received_on: dt.date,
) -> None:
    """A totals row and the signatures, which are not records."""
    counted = [
        (place, field)
        for place, field in enumerate(fields, start=1)
        if field.unit in ("元", "人", "人次") and field.type in ("int", "decimal")
    ]
    if counted:
        sheet.write_string(row, 0, "合计")
        for place, field in counted:
            total = sum(Decimal(str(v)) for v in values[field.name] if isinstance(v, (int, float)))
            sheet.write_number(row, place, float(total / 10000 if scaled and field.unit == "元" else total))
        row += 1
    sheet.write_string(row + 1, 0, "备注：本表为演示数据，按实有情况填报。")
    sheet.write_string(row + 2, 0, f"填报人：经办    填报日期：{received_on.isoformat()}")
