"""Records of a source written as the CSV a department would send: Chinese headers, one row a record."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog import Category, Field
from catalog.sources import TableSource
from data_access.connectors.base import Piece, SourceError
from data_access.engine import BEIJING

_ZERO_FRACTION = re.compile(r"(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2})\.0+$")
UNIT_KEY = ""
"""Under this key a row holds the sending unit, when the source has a column for it."""


def pieces_of(source: TableSource, category: Category, rows: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    """One piece for each sending unit of a page of rows (field → value)."""
    by_unit: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        unit = source.unit or str(row.get(UNIT_KEY) or "").strip()
        if not unit:
            raise SourceError(
                f"来源 {source.code} 的一条记录没有填报单位（列 {source.unit_column} 为空）。请源平台补上。"
            )
        by_unit.setdefault(unit, []).append(row)
    for unit, own in by_unit.items():
        content = as_csv(source, category, own)
        digest = hashlib.sha256(content).hexdigest()[:12]
        yield Piece(content, f"{source.code}_{digest}.csv", category.code, unit)


def as_csv(source: TableSource, category: Category, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as UTF-8 CSV in the order of the catalogue's fields, only those the source has columns for."""
    fields = [f for f in category.fields if f.name in source.columns]
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([_heading(source, f) for f in fields])
    for row in rows:
        writer.writerow([text_of(f, row.get(f.name)) for f in fields])
    text = target.getvalue().replace("\0", "")  # shows nothing, and would make the file none of text
    return text.encode("utf-8", "replace")  # JSON can write half a character (\\ud800)


def _heading(source: TableSource, field: Field) -> str:
    unit = source.units.get(field.name)
    return f"{field.name_zh}（{unit}）" if unit else field.name_zh


def text_of(field: Field, value: Any) -> str:
    """A source's value as a clerk would type it. What has no such form is left to intake to refuse."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        local = value.astimezone(BEIJING).replace(tzinfo=None) if value.tzinfo else value
        return local.isoformat(" ", "seconds" if not local.microsecond else "microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, list | tuple):
        return "、".join(text_of(field, item) for item in value)
    text = str(value)
    if field.type == "datetime":
        return _local_text(_ZERO_FRACTION.sub(r"\1", text))
    return text


def _local_text(text: str) -> str:
    """A moment with a zone (2026-10-09T00:00:00Z) in 北京时间; anything else as it is."""
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return text
        return moment.astimezone(BEIJING).replace(tzinfo=None).isoformat(" ")
    except (ValueError, OverflowError):  # no moment, or none of our calendar
        return text
