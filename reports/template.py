"""The workbook a clerk fills in: made from the catalogue, so that it cannot differ from the checks.

Three visible sheets: the category's own with the header in row 1, the choices
(选项) and the instructions (填表说明). The last two fit no header, so intake passes
over them with W_SHEET_SKIPPED; a hidden sheet would be reported each time.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from catalog import Catalog, Category, Field, wording
from reports.style import INK, add_formats
from ui import theme

CHOICES = "选项"
GUIDE = "填表说明"
LAST_ROW = 1_048_575
TITLE_LIMIT = 32  # Excel's limits for the title and the text of a cell's prompt
PROMPT_LIMIT = 255
NUMBER_FORMATS = {
    "string": "@",
    "enum": "@",
    "bool": "@",
    "int": "0",
    "decimal": "General",
    "geo": "0.000000",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}


def file_name(category: Category) -> str:
    """Under which name a template is offered."""
    return f"{category.name_zh}_报送模板.xlsx"


def template(catalog: Catalog, category: Category) -> bytes:
    """An empty template of `category` as xlsx.

    Filled with valid rows it passes intake without a problem; its only remarks are
    that 选项 and 填表说明 were passed over.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": f"{category.name_zh}报送模板", "comments": catalog.regulation})
    formats = add_formats(book)
    data = book.add_worksheet(category.name_zh[:31])
    choices = book.add_worksheet(CHOICES)
    guide = book.add_worksheet(GUIDE)
    lists = _write_choices(choices, catalog, category, formats)
    for column, field in enumerate(category.fields):
        title = ("*" if field.required else "") + wording.header(field)
        data.write_string(0, column, title, formats["required" if field.required else "optional"])
        data.write_comment(
            0,
            column,
            _help(catalog, category, field),
            {"x_scale": 2, "y_scale": 1.2, "color": theme.ATTENTION_WASH},
        )
        data.set_column(
            column,
            column,
            _width(field, title),
            book.add_format({"num_format": NUMBER_FORMATS[field.type], "font_size": 11}),
        )
        rule = _validation(catalog, category, field, lists.get(field.name))
        if rule:
            data.data_validation(1, column, LAST_ROW, column, rule)
    data.set_row(0, 32)
    data.freeze_panes(1, 1)
    _write_guide(guide, catalog, category, formats)
    data.activate()
    book.close()
    return target.getvalue()


def _write_choices(
    sheet: Worksheet, catalog: Catalog, category: Category, formats: dict[str, Any]
) -> dict[str, str]:
    """One column a list; returns the cells of each field's list.

    The headings are no field names: a sheet of 区县, 级别 … could be taken for data.
    """
    references = {}
    for field in category.fields:
        entries = wording.options(catalog, field)
        if not entries:
            continue
        column = len(references)
        sheet.write_string(0, column, f"“{field.name_zh}”可选：", formats["heading"])
        sheet.write_column(1, column, entries, formats["text"])
        sheet.set_column(column, column, max(14, 2 * max(map(len, entries)) + 2))
        name = xl_col_to_name(column)
        references[field.name] = f"={CHOICES}!${name}$2:${name}${len(entries) + 1}"
    sheet.freeze_panes(1, 0)
    return references


def _validation(
    catalog: Catalog, category: Category, field: Field, choices: str | None
) -> dict[str, Any] | None:
    """What Excel itself checks while typing.

    Only lists are strict. Numbers and dates may be typed in the other ways that
    intake puts right (1.2万, 2022年3月), so Excel asks there instead of refusing.
    """
    rule: dict[str, Any]
    if choices:
        rule = {"validate": "list", "source": choices, "error_type": "stop"}
    elif field.type in ("int", "decimal", "geo"):
        rule = {"validate": "integer" if field.type == "int" else "decimal", "error_type": "warning"}
        if field.min is not None and field.max is not None:
            rule |= {"criteria": "between", "minimum": _number(field.min), "maximum": _number(field.max)}
        elif field.max is not None:
            rule |= {"criteria": "<=", "value": _number(field.max)}
        else:
            rule |= {"criteria": ">=", "value": _number(field.min) if field.min is not None else -(10**15)}
    elif field.type in ("date", "datetime"):
        latest = "=TODAY()+1" if field.not_after else "=DATE(2100,12,31)"
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": "=DATE(1900,1,1)",
            "maximum": latest,
            "error_type": "warning",
        }
    elif field.max_length:
        rule = {
            "validate": "length",
            "criteria": "<=",
            "value": field.max_length,
            "error_type": "warning",
        }
    else:
        return None
    return rule | {
        "input_title": field.name_zh[:TITLE_LIMIT],
        "input_message": _help(catalog, category, field)[:PROMPT_LIMIT],
        "error_title": f"{field.name_zh}请核对"[:TITLE_LIMIT],
        "error_message": _error(catalog, category, field)[:PROMPT_LIMIT],
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _help(catalog: Catalog, category: Category, field: Field) -> str:
    """A field's help: whether it is needed, what it is, what it must keep."""
    lines = ["必填。" if field.required else "选填，没有时留空。"]
    kind = wording.type_text(field)
    lines.append(f"类型：{kind}" + (f"，单位：{field.unit}。" if field.unit else "。"))
    choices = wording.options_text(catalog, field)
    if choices:
        lines.append(f"可填：{choices}。")
    lines += [f"{phrase}。" for phrase in wording.rules(catalog, category, field)]
    return "\n".join(lines)


def _error(catalog: Catalog, category: Category, field: Field) -> str:
    choices = wording.options_text(catalog, field)
    if choices:
        return f"请从下拉列表中选择：{choices}。"
    phrases = wording.rules(catalog, category, field)
    shown = wording.example(field, ())
    return f"这里应填{wording.type_text(field)}" + (f"（{'；'.join(phrases)}）" if phrases else "") + (
        f"，例如 {shown}。" if shown else "。"
    )  # fmt: skip


def _write_guide(sheet: Worksheet, catalog: Catalog, category: Category, formats: dict[str, Any]) -> None:
    department = catalog.department_by_code[category.department].name_zh
    keys = "、".join(category.field_by_name[k].name_zh for k in category.natural_key)
    platform = next(p.name_zh for p in catalog.platforms if p.code == category.source_platform)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 4, 12)
    sheet.set_column(5, 5, 44)
    sheet.set_column(6, 6, 52)
    sheet.set_column(7, 7, 22)
    sheet.write_string(0, 0, f"《{category.name_zh}》填表说明", formats["title"])
    lines = [
        f"依据《重庆体育大数据中心管理暂行办法》{category.article}“{category.article_words}”，归口统筹：{department}。",
        f"一行填写{category.grain}；“{keys}”相同的视为同一条记录。",
        f"报送频率：{wording.RHYTHM_NAMES[category.rhythm]}（{category.rhythm_reason}）；"
        f"截止：{wording.due_text(category.due)}；来源：{platform}。",
        f"请在“{category.name_zh[:31]}”表中从第 2 行起填写，带 * 的列必填，列的顺序可以调整，不要改动表头文字。",
        "没有的内容留空；不要合并单元格，不要写公式，合计行会被跳过。单位与表头不同的，请换算后填写。",
        "不得填写涉密内容、身份证号码、手机号码和家庭住址；含有此类内容的文件会被隔离。",
        "同一文件不会重复入库；修改后重新上传整个文件即可。",
    ]
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, line, formats["plain"])
    row = len(lines) + 2
    for column, heading in enumerate(
        ("序号", "填写项", "是否必填", "填写类型", "计量单位", "可填内容", "填写规则", "示例")
    ):
        sheet.write_string(row, column, heading, formats["heading"])
    for number, field in enumerate(category.fields, start=1):
        choices = wording.options(catalog, field)
        cells = [
            field.name_zh,
            "必填" if field.required else "选填",
            wording.type_text(field),
            field.unit or "—",
            wording.options_text(catalog, field) or "—",
            "；".join(wording.rules(catalog, category, field)) or "—",
            wording.example(field, choices) or "—",
        ]
        sheet.write_number(row + number, 0, number, formats["cell"])
        for column, text in enumerate(cells, start=1):
            sheet.write_string(row + number, column, text, formats["cell"])
    row += len(category.fields) + 2
    if category.cross_checks:
        sheet.write_string(row, 0, "填完后请核对", formats["subtitle"])
    for number, check in enumerate(category.cross_checks, start=1):
        text = f"{number}. {wording.check_text(category, check)}（{wording.severity_text(check)}）"
        sheet.write_string(row + number, 0, text, formats["plain"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_tab_color(INK)


def _width(field: Field, title: str) -> float:
    """Wide enough for the header and an ordinary value; Chinese letters take two places."""
    usual = {"string": min(field.max_length or 20, 30), "date": 12, "datetime": 17, "enum": 16, "geo": 12}
    return max(2 * len(title) + 2, usual.get(field.type, 10))
