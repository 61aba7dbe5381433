"""Mapped sheets made in a test, and the shortest way to the verdict on one cell or one row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import catalog
from data_access.intake.cells import BaseRows, CheckedFile, MappedColumn, MappedSheet
from data_access.intake.rows import CheckSettings, check
from tests.helpers.rows import valid_row

RECEIVED = dt.date(2024, 6, 1)
DELETE = object()  # instead of a value: the sheet has no column for the field


class Outcome(NamedTuple):
    """What became of one cell: the stored value, its warnings, its problems."""

    value: Any
    warnings: list[str]
    problems: list[str]


def as_cell(value: Any, is_text: bool) -> Any:
    """A stored value as a workbook or a CSV holds it."""
    if isinstance(value, Decimal):
        return f"{value:f}" if is_text else float(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ") if is_text else value
    if isinstance(value, dt.date):
        return value.isoformat() if is_text else dt.datetime.combine(value, dt.time())
    if is_text:
        return "" if value is None else str(value)
    return float(value) if isinstance(value, int) else value


def row(code: str, n: int = 0, /, **changes: Any) -> dict[str, Any]:
    """The n-th valid row as stored values, with changes; raw cells may stand among them."""
    return {**valid_row(code, n, received_on=RECEIVED), **changes}


def sheet(
    code: str,
    rows: Sequence[dict[str, Any]],
    *,
    name: str = "表1",
    is_text: bool = False,
    date_1904: bool = False,
    columns: dict[str, dict[str, Any]] | None = None,
) -> MappedSheet:
    """Rows as a mapped sheet whose data begin in row 2; `columns` gives a column's unit, crs, formulas …"""
    mapped = {}
    for field in catalog.default().category_by_code[code].fields:
        cells = [r[field.name] for r in rows]
        if DELETE not in cells:
            extra = (columns or {}).get(field.name, {})
            mapped[field.name] = MappedColumn(field.name, [_cell(c, is_text) for c in cells], **extra)
    return MappedSheet("" if is_text else name, range(2, len(rows) + 2), mapped, is_text, date_1904)


def _cell(value: Any, is_text: bool) -> Any:
    return value.cell if isinstance(value, Raw) else as_cell(value, is_text)


class Raw:
    """A cell that goes in exactly as it is."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell


def judge(
    code: str,
    sheets: MappedSheet | Sequence[MappedSheet],
    *,
    received_on: dt.date = RECEIVED,
    period_end: dt.date | None = None,
    base: BaseRows | None = None,
    settings: CheckSettings | None = None,
    received_at: dt.datetime | None = None,
) -> CheckedFile:
    return check(
        [sheets] if isinstance(sheets, MappedSheet) else sheets,
        catalog.default().category_by_code[code],
        catalog.default(),
        received_on=received_on,
        period_end=period_end,
        base_rows=base,
        settings=settings or CheckSettings(),
        received_at=received_at,
    )


def judge_rows(code: str, *rows: dict[str, Any], **kwargs: Any) -> CheckedFile:
    """Checks rows on one sheet of a workbook; keywords as for `sheet` and `judge`."""
    for_sheet = {k: kwargs.pop(k) for k in ("is_text", "date_1904", "columns", "name") if k in kwargs}
    return judge(code, sheet(code, rows, **for_sheet), **kwargs)


def outcome(
    code: str,
    field: str,
    cell: Any,
    *,
    is_text: bool = False,
    date_1904: bool = False,
    received_on: dt.date = RECEIVED,
    others: dict[str, Any] | None = None,
    **column: Any,
) -> Outcome:
    """What becomes of `cell` in an otherwise valid row; `column` gives unit, crs, formulas …"""
    changed = row(code, **{**(others or {}), field: Raw(cell)})
    checked = judge(
        code,
        sheet(code, [changed], is_text=is_text, date_1904=date_1904, columns={field: column}),
        received_on=received_on,
    )
    return Outcome(
        checked.columns[field][0] if checked.accepted else None,
        [w.code for w in checked.warnings if w.field == field],
        [p.code for p in checked.problems if p.field == field],
    )


def codes(checked: CheckedFile) -> list[tuple[int, str, str, str | None]]:
    """Problems as (row, field, code, check)."""
    return [(p.row, p.field, p.code, p.check) for p in checked.problems]


def warned(checked: CheckedFile) -> list[tuple[int, str, str, str | None]]:
    """Warnings as (row, field, code, check)."""
    return [(w.row, w.field, w.code, w.check) for w in checked.warnings]


class Base:
    """Current records of the base, as the checks over several rows ask for them; remembers the questions."""

    def __init__(self, *records: dict[str, Any]) -> None:
        self.records = records
        self.questions: list[dict[str, set[Any]]] = []

    def __call__(self, category: str, where: Any, fields: Sequence[str]) -> Iterable[tuple[Any, ...]]:
        wanted = {name: set(values) for name, values in where.items()}
        self.questions.append(wanted)
        return [
            tuple(r[f] for f in fields)
            for r in self.records
            if all(r[name] in values for name, values in wanted.items())
        ]
