"""The monthly review as a workbook: figures as numbers, sentences with what the rule had written."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from metrics.light import LIGHT_NAMES
from metrics.review_sentences import change_of
from reports.escaping import escaped
from reports.review_words import DEFINITIONS, FIGURE_NAMES, Shown, day_zh, late_rows, lines
from reports.style import add_formats
from ui import formats

PER_CENT = ("ratio", "completion", "quality")
CHANGES = (("ratio", "完成比较上月"), ("quality", "质量较上月"))
UNITS = {"ratio": "（%）", "completion": "（%）", "quality": "（分）"}


def review_workbook(of: Shown) -> bytes:
    """Sheets: 总表, 逾期应报, 缺口, 语句, 说明."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": of.title, "subject": f"快照 {of.row.number}", "comments": of.row.sha256})
    styles = add_formats(book)
    styles["tenth"] = book.add_format({"num_format": "0.0", "border": 1, "valign": "top"})
    styles["change"] = book.add_format({"num_format": "+0.0;-0.0;0.0", "border": 1, "valign": "top"})
    styles["count"] = book.add_format({"num_format": "#,##0", "border": 1, "valign": "top"})
    _figures(book.add_worksheet("总表"), of, styles)
    late = [
        ("处室", 12),
        ("数据类别", 28),
        ("最早所属期", 14),
        ("截止日期", 12),
        ("项数", 8),
        ("逾期天数", 10),
    ]
    _sheet(book.add_worksheet("逾期应报"), late, late_rows(of), styles)
    gaps = [
        (d["name"], g["name"], g["missing"], Decimal(g["share"]), "、".join(g["silent_units"]))
        for d in of.departments
        for g in d["gaps"]
    ]
    columns = [
        ("处室", 12),
        ("数据类别", 28),
        ("差（条）", 10),
        ("占缺口（%）", 12),
        ("上期报送、本期未报送的单位", 60),
    ]
    _sheet(book.add_worksheet("缺口"), columns, gaps, styles)
    _sheet(
        book.add_worksheet("语句"),
        [("处室", 12), ("语句", 80), ("是否修改", 10), ("系统起草", 80)],
        _sentences(of),
        styles,
    )
    _sheet(book.add_worksheet("说明"), [("项目", 20), ("内容", 100)], _about(of), styles)
    book.close()
    return target.getvalue()


def _figures(sheet: Worksheet, of: Shown, styles: dict[str, Format]) -> None:
    columns = [("处室", 12), *((FIGURE_NAMES[k] + UNITS.get(k, ""), 13) for k in FIGURE_NAMES)]
    columns += [(f"{name}（{'百分点' if key == 'ratio' else '分'}）", 16) for key, name in CHANGES]
    rows = []
    for name, figures, before in lines(of):
        row: list[Any] = [name]
        row += [
            LIGHT_NAMES[value] if key == "light" else Decimal(value) if key in PER_CENT and value else value
            for key, value in ((key, figures[key]) for key in FIGURE_NAMES)
        ]
        rows.append([*row, *(_Change.of(change_of(figures, before, key)) for key, _ in CHANGES)])
    _sheet(sheet, columns, rows, styles)


class _Change(Decimal):
    """A difference: written with its sign."""

    @classmethod
    def of(cls, value: Decimal | None) -> _Change | None:
        return None if value is None else cls(value)


def _sentences(of: Shown) -> list[tuple[str, str, str, str]]:
    names = {"city": "全市", **{d["code"]: d["name"] for d in of.departments}}
    return [
        (
            names[s["place"].partition("/")[0]],
            of.texts.get(s["place"], ""),
            "是" if s["place"] in of.edited else "否",
            s["text"],
        )
        for s in of.review["sentences"]
    ]


def _about(of: Shown) -> list[tuple[str, str]]:
    row = of.row
    found = [
        ("报表", f"{of.serial} {of.title}"),
        ("状态", row.state_name),
        ("数据截至", f"{day_zh(of.review['as_of'])}24时"),
        ("生成", f"{formats.datetime_zh(row.generated_at)} {row.generated_by}"),
        ("快照编号", row.number),
        ("快照 SHA-256", row.sha256),
        ("数据版本", formats.number(row.data_version)),
        ("签发", f"{formats.datetime_zh(row.signed_at)} {row.signed_by or ''}".strip()),
        ("签发文本 SHA-256", row.signed_sha256 or formats.MISSING),
        ("打开同一快照", of.address),
        ("口径", DEFINITIONS),
    ]
    return [("演示数据", "全部数字为模拟生成，不是真实统计。"), *found] if of.review["is_demo"] else found


def _sheet(
    sheet: Worksheet,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[Any]],
    styles: dict[str, Format],
) -> None:
    for place, (name, width) in enumerate(columns):
        sheet.write_string(0, place, name, styles["heading"])
        sheet.set_column(place, place, width)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _cell(sheet, line, place, value, styles)
    sheet.freeze_panes(1, 1)


def _cell(sheet: Worksheet, line: int, place: int, value: Any, styles: dict[str, Format]) -> None:
    """Numbers as numbers, days as days, what is missing as an empty cell, text never as a formula."""
    if value is None:
        sheet.write_blank(line, place, None, styles["cell"])
    elif isinstance(value, _Change):
        sheet.write_number(line, place, float(value), styles["change"])
    elif isinstance(value, Decimal):
        sheet.write_number(line, place, float(value), styles["tenth"])
    elif isinstance(value, int):
        sheet.write_number(line, place, value, styles["count"])
    elif isinstance(value, str):
        sheet.write_string(line, place, escaped(value), styles["cell"])
    else:
        sheet.write_datetime(line, place, value, styles["date"])
