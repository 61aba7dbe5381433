"""数据字典 as a workbook: what every category, field, choice and check means (Article 8's catalogue)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from catalog import Catalog, Category, wording
from reports.style import ACCENT, add_formats

FIELD_WIDTHS = (8, 20, 22, 22, 24, 9, 8, 8, 36, 50, 14, 14, 30)


def dictionary(catalog: Catalog, categories: Sequence[Category] | None = None) -> bytes:
    """The data dictionary as xlsx.

    Args:
        categories: only these; None: all of the catalogue.

    Returns:
        Sheets 数据类别, 字段, 校验规则, 代码表, 单位.
    """
    chosen = catalog.categories if categories is None else categories
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {"title": "数据字典", "comments": f"{catalog.regulation}，目录版本 {catalog.version}"}
    )
    formats = add_formats(book)

    def add(name: str, widths: Iterable[int], headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        sheet = book.add_worksheet(name)
        sheet.set_tab_color(ACCENT)
        _write_table(sheet, formats, widths, headings, rows)

    add(
        "数据类别",
        (8, 20, 28, 28, 14, 30, 40, 30, 26, 20, 10, 10),
        (
            "序号", "归口处室", "数据类别", "代码", "报送频率", "频率依据", "一条记录", "识别字段", "来源平台",
            "截止", "字段数", "个人信息",
        ),
        _category_rows(catalog, chosen),
    )  # fmt: skip
    add(
        "字段",
        FIELD_WIDTHS,
        (
            "序号", "数据类别", "字段名称", "字段代码", "其他表头写法", "类型", "单位", "必填", "可填内容", "规则",
            "个人信息", "大屏展示", "依据",
        ),
        _field_rows(catalog, chosen),
    )  # fmt: skip
    add(
        "校验规则",
        (8, 24, 28, 70, 22),
        ("序号", "数据类别", "规则代码", "内容", "不符合时"),
        _check_rows(chosen),
    )
    add("代码表", (20, 40, 16), ("代码表", "名称", "代码"), _code_rows(catalog))
    add(
        "单位",
        (16, 36, 36, 12, 14, 14),
        ("代码", "名称", "报送单位名称", "种类", "启用", "停用"),
        _unit_rows(catalog),
    )
    book.close()
    return target.getvalue()


def _write_table(
    sheet: Worksheet,
    formats: dict[str, Any],
    widths: Iterable[int],
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, headings, formats["heading"])
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(last, column, value, formats["cell"])
            else:
                sheet.write_string(last, column, value or "—", formats["cell"])
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, last), len(headings) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _category_rows(catalog: Catalog, chosen: Sequence[Category]) -> Iterable[Sequence[Any]]:
    platforms = {p.code: p.name_zh for p in catalog.platforms}
    for number, category in enumerate(chosen, start=1):
        yield (
            number,
            catalog.department_by_code[category.department].name_zh,
            category.name_zh,
            category.code,
            wording.RHYTHM_NAMES[category.rhythm],
            category.rhythm_reason,
            category.grain,
            "、".join(category.field_by_name[k].name_zh for k in category.natural_key),
            platforms[category.source_platform],
            wording.due_text(category.due),
            len(category.fields),
            sum(f.is_personal for f in category.fields),
        )


def _field_rows(catalog: Catalog, chosen: Sequence[Category]) -> Iterable[Sequence[Any]]:
    references = {r.id: r.title for r in catalog.references}
    fields = [(category, field) for category in chosen for field in category.fields]
    for number, (category, field) in enumerate(fields, start=1):
        yield (
            number,
            category.name_zh,
            field.name_zh,
            field.name,
            "、".join(field.aliases),
            wording.type_text(field),
            field.unit,
            "必填" if field.required else "选填",
            wording.options_text(catalog, field).replace("“选项”表", "“代码表”"),
            "；".join(wording.rules(catalog, category, field)),
            wording.PERSONAL_NAMES[field.personal_data],
            wording.WALL_NAMES[field.wall],
            references.get(field.reference or "", ""),
        )


def _check_rows(chosen: Sequence[Category]) -> Iterable[Sequence[Any]]:
    checks = [(category, check) for category in chosen for check in category.cross_checks]
    for number, (category, check) in enumerate(checks, start=1):
        text = wording.check_text(category, check)
        yield number, category.name_zh, check.id, text, wording.severity_text(check)


def _code_rows(catalog: Catalog) -> Iterable[Sequence[Any]]:
    for sport in catalog.code_list("sport"):
        yield "运动项目", sport, ""
    for facility in catalog.facility_types:
        yield "体育场地类型", facility.name, ""
    for district in catalog.districts:
        yield "区县", district.name, district.code


def _unit_rows(catalog: Catalog) -> Iterable[Sequence[Any]]:
    kinds = {"department": "处室", "district": "区县", "zone": "功能区", "affiliated": "直属单位"}
    for unit in catalog.units.values():
        days = [day.isoformat() if day else "" for day in (unit.valid_from, unit.valid_to)]
        yield unit.code, unit.label, unit.list_name, kinds[unit.kind], *days
