"""Records as CSV or xlsx for people outside the product: masked, escaped, with their lineage.

Headers are those of the templates, so what was exported can be read by whoever knows
the forms; personal values are masked, so it is no way round the screens.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import xlsxwriter
from sqlalchemy import Connection
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

import catalog as vocabulary
from catalog import Category, Field, wording
from data_access.engine import BEIJING
from data_access.masking import mask
from data_access.principal import Principal
from data_access.queries.records import records
from reports.escaping import escaped, printable
from reports.style import add_formats

LINEAGE = {
    "receipt": "回执号",
    "unit": "报送单位",
    "source_platform": "来源平台",
    "sheet": "来源工作表",
    "row": "来源行号",
    "valid_from": "入库日期",
}
MOST_ROWS = 1_000_000
"""What one sheet of a workbook holds; a CSV stops there too, and says so."""
EXACT_DIGITS = 15

Record = Mapping[str, Any]
Value = str | int | Decimal | dt.date | dt.datetime | None


def export(
    principal: Principal,
    connection: Connection,
    category: Category,
    kind: Literal["csv", "xlsx"],
    *,
    where: Mapping[str, str] | None = None,
    search: str | None = None,
    receipt: str | None = None,
    as_of: dt.date | None = None,
    masked: bool = True,
) -> bytes:
    """The records a page shows, all pages of them.

    Raises:
        Forbidden: the category is outside the principal's scope, or unmasked values are asked
            for by somebody else than the office.
        BadFilter: a filter names no field.
    """
    found = records(
        principal, connection, category, where=where, search=search, receipt=receipt, as_of=as_of,
        limit=MOST_ROWS, count=False, masked=masked,
    )  # fmt: skip
    write = as_csv if kind == "csv" else as_xlsx
    return write(category, found.records, masked=masked)


def as_csv(category: Category, found: Iterable[Record], *, masked: bool = True) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs to read Chinese."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(headings(category))
    for record in found:
        writer.writerow([_text(v) for v in values(category, record, masked=masked)])
    return target.getvalue().encode("utf-8-sig")


def as_xlsx(category: Category, found: Iterable[Record], *, masked: bool = True) -> bytes:
    """One sheet with real numbers and dates; a number beyond Excel's 15 digits is written as text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = add_formats(book)
    sheet = book.add_worksheet(category.name_zh[:31])
    titles = headings(category)
    for column, title in enumerate(titles):
        sheet.set_column(column, column, max(12, min(40, 2 * len(title) + 2)))
    sheet.freeze_panes(1, 1)
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, formats["heading"])
    for row, record in enumerate(found, start=1):
        for column, value in enumerate(values(category, record, masked=masked)):
            _write(sheet, row, column, value, formats)
    book.close()
    return target.getvalue()


def headings(category: Category) -> list[str]:
    return [wording.header(f) for f in category.fields] + list(LINEAGE.values())


def values(category: Category, record: Record, *, masked: bool) -> list[Value]:
    """One record's cells in the order of `headings`; districts, units and platforms by their names.

    Args:
        record: as `records` gives it, its personal fields masked already unless unmasked ones were asked for.
        masked: telephone and identity numbers in free text become unreadable too.
    """
    known = vocabulary.default()
    platforms = {p.code: p.name_zh for p in known.platforms}
    cells: list[Value] = []
    for field in category.fields:
        value = _typed(field, record.get(field.name))
        if masked and not field.is_personal:
            value = mask(field, value)
        if field.codelist == "district" and value in known.district_by_code:
            value = known.district_by_code[str(value)].name
        cells.append(value)
    unit = known.units.get(str(record.get("unit")))
    lineage = {
        **record,
        "unit": unit.label if unit else record.get("unit"),
        "source_platform": platforms.get(str(record.get("source_platform")), record.get("source_platform")),
        "valid_from": _day(record.get("valid_from")),
    }
    return [*cells, *(lineage.get(name) for name in LINEAGE)]


def _typed(field: Field, value: Any) -> Value:
    """A stored value in JSON's types turned back into the field's own."""
    if not isinstance(value, str):
        return value
    try:
        if field.type in ("decimal", "geo"):
            return Decimal(value)
        if field.type == "date":
            return _day(value)
        if field.type == "datetime":
            moment = dt.datetime.fromisoformat(value)
            return moment.astimezone(BEIJING).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, InvalidOperation):
        return value  # a mask
    return value


def _day(value: Any) -> Any:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(escaped(printable(value) if isinstance(value, str) else value))


def _write(sheet: Worksheet, row: int, column: int, value: Value, formats: Mapping[str, Format]) -> None:
    if value is None:
        return
    if isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, formats["datetime"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), formats["date"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value, formats["integer"])
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) <= EXACT_DIGITS:
        sheet.write_number(row, column, float(value), formats["number"])
    else:
        sheet.write_string(row, column, _text(value), formats["cell"])
