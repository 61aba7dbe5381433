"""The sentence a clerk reads for each problem: where it is, what is wrong, what to write instead.

Built from the field's definition. Values of personal fields are never repeated,
since messages travel further than the file does.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from catalog import Catalog, CrossCheck, Field
from data_access.intake.cells import CellError
from data_access.intake.code_titles import explain
from data_access.intake.table import Table
from data_access.intake.units import conversion_factor
from data_access.intake.values.verdicts import is_number

__all__ = ["MessageWriter", "describe_pattern", "explain", "where"]

_LONGEST_ECHO = 30
_LISTED_AT_MOST = 12
_ROWS_NAMED = 5
_CLASSES = {
    "0-9": "数字", "0-9A-Z": "数字和大写字母", "A-Z0-9": "数字和大写字母",
    "0-9A-Z-": "数字、大写字母和连字符", "A-Z0-9-": "数字、大写字母和连字符",
}  # fmt: skip
_SIMPLE_PATTERN = re.compile(r"\^([A-Z]*)\[([^\]]+)\]\{(\d+),(\d+)\}\$")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


@lru_cache(maxsize=256)
def describe_pattern(pattern: str, uscc: str | None = None) -> str:
    """What a code must look like, in words: 8 至 20 位数字和大写字母."""
    if pattern == uscc:
        return "18 位统一社会信用代码（数字和大写字母，不含 I、O、S、V、Z）"
    match = _SIMPLE_PATTERN.fullmatch(pattern)
    if match and match[2] in _CLASSES:
        lead = f"{match[1]} 开头，后面是 " if match[1] else ""
        return f"{lead}{match[3]} 至 {match[4]} 位{_CLASSES[match[2]]}"
    if pattern == "^https?://":
        return "以 http:// 或 https:// 开头的完整网址"
    if "春|秋" in pattern:
        return "年份加“春”或“秋”，例如 2022春"
    return "填表说明中规定的格式"


class MessageWriter:
    """Writes the problems of one file; sentences about equal cells are made once."""

    def __init__(self, table: Table, catalog: Catalog, received_on: dt.date) -> None:
        self.table, self.catalog, self.received_on = table, catalog, received_on
        self.fields = table.category.field_by_name
        self.checks = {c.id: c for c in table.category.cross_checks}
        self._made: dict[Any, str] = {}

    def value_problem(self, field: Field, row: int, code: str) -> str:
        sheet, index = self.table.locate(row)
        column = sheet.columns.get(field.name)
        raw = None if column is None else column.values[index]
        unit = column.unit if column is not None and code == "R_TYPE" else None
        key = (field.name, code, type(raw), raw, column is None, unit)
        sentence = self._made.get(key)
        if sentence is None:
            foreign = unit if unit is not None and _is_foreign(unit, field) else None
            sentence = self._value_sentence(field, code, raw, column is not None, foreign)
            self._made[key] = sentence = f"「{field.name_zh}」：{sentence}"
        return where(sheet.name, sheet.row_numbers[index]) + sentence

    def row_problem(self, row: int, code: str, check: str | None) -> str:
        here = where(*self.table.place(row))
        if check is not None:
            return f"{here}：{self.check_sentence(self.checks[check], row)}"
        names = "、".join(f"「{self.fields[n].name_zh}」" for n in self.table.category.natural_key)
        rivals = self.table.rivals[row]
        first = list(islice((r for r in rivals if r != row), _ROWS_NAMED))
        others = "、".join(where(*self.table.place(r)) for r in first)
        if len(rivals) - 1 > len(first):
            others += f"等 {len(rivals) - 1} 行"
        return (
            f"{here}：与{others}的{names}相同，其他内容却不同，无法判断哪一行正确。请核对后只保留正确的一行。"
        )

    def check_sentence(self, check: CrossCheck, row: int) -> str:
        """The rule in the words of the header, and what the row says."""
        rule = _IDENTIFIER.sub(self._name_in_rule, check.rule.replace("..", " 至 "))
        shown = [
            f"「{self.fields[n].name_zh}」为{self._shown(self.table.values[n][row])}"
            for n in check.fields
            if not self.fields[n].is_personal
        ]
        says = f"本行{'，'.join(shown)}。" if shown else ""
        return f"不符合校验规则“{rule}”。{says}请核对这些栏目，改正有误的一项。"

    def _name_in_rule(self, match: re.Match[str]) -> str:
        field = self.fields.get(match[0])
        if field is not None:
            return f"「{field.name_zh}」"
        return {"year": "年份"}.get(match[0], match[0])

    def _value_sentence(self, field: Field, code: str, raw: Any, mapped: bool, unit: str | None) -> str:
        echo = self._echo(field, raw)
        match code:
            case "R_REQUIRED" if not mapped:
                return f"表中没有这一列。请按模板补上“{field.name_zh}”列并逐行填写。"
            case "R_REQUIRED":
                return f"没有填写。请填写{self._wanted(field)}。"
            case "R_TYPE" if unit is not None:
                return (
                    f"表头的单位“{unit}”不能换算为“{field.unit}”。请按“{field.unit}”填写，并改正表头的单位。"
                )
            case "R_TYPE":
                return f"{self._wrong_type(field, raw, echo)}。请改为{self._wanted(field)}。"
            case "R_DATE_AMBIGUOUS":
                year = "2022" if field.is_personal else str(raw).strip()[:4]
                return f"{echo}看不出是 1 月还是 10 月。请写完整日期，例如 {year}-01-01 或 {year}-10-01。"
            case "R_ENUM":
                return f"{echo}不在可选值中。请改为{self._wanted(field)}。"
            case "R_DISTRICT":
                return (
                    f"{echo}不是重庆市的区县或功能区。请改为规范名称，例如渝中区、石柱土家族自治县、高新区。"
                )
            case "R_RANGE":
                return f"{echo}超出允许范围（{_range(field)}）。请核对数值，并核对单位是否与表头一致。"
            case "R_PATTERN":
                return f"{echo}格式不符。请改为{self._wanted(field)}。"
            case "R_LENGTH":
                return f"超过 {field.max_length} 个字。请缩短到 {field.max_length} 个字以内。"
            case "R_FUTURE_DATE":
                return f"{echo}晚于收到日期 {self.received_on.isoformat()}。请改为实际日期。"
            case "R_ORDER":
                earlier = self.fields[field.not_before_field or field.name]
                less = "早于" if field.type in ("date", "datetime") else "小于"
                return f"{echo}{less}「{earlier.name_zh}」。请核对两处，改正有误的一处。"
            case "R_FORMULA":
                return (
                    "是公式，或以 = + - @ 开头，不能作为数据接收。请改为公式的结果：复制后“选择性粘贴—数值”，"
                    f"或直接填写{self._wanted(field)}。"
                )
        return f"{explain(code)}。请填写{self._wanted(field)}。"

    def _wrong_type(self, field: Field, raw: Any, echo: str) -> str:
        if isinstance(raw, CellError):
            return "单元格是错误值（如 #N/A）"
        if field.type in ("int", "decimal", "geo"):
            if isinstance(raw, (dt.date, dt.time, dt.timedelta)):
                return "单元格是日期或时间，不是数字"
            if field.type == "int" and is_number(raw):
                return f"{echo}不是整数"
            return f"{echo}不是可以识别的数字"
        if field.type == "date":
            return f"{echo}不是有效日期"
        if field.type == "datetime":
            return f"{echo}不是带时刻的有效时间"
        if is_number(raw):
            return f"{echo}是数字，且带小数或超过 15 位（Excel 已丢失后面的数字）"
        return "单元格不是文字"

    def _wanted(self, field: Field) -> str:
        """What a right value looks like."""
        unit = f"（单位：{field.unit}）" if field.unit else ""
        match field.type:
            case "int":
                return f"整数{unit}，只写数字，不写“约”“多”等字"
            case "decimal":
                return f"数字{unit}，只写数字，不写“约”“多”等字"
            case "geo":
                return "以度为单位的小数，例如 " + ("106.550000" if (field.min or 0) > 90 else "29.560000")
            case "date":
                return "实际日期，例如 2022-03-05"
            case "datetime":
                return "日期和时刻，例如 2022-03-05 08:00"
            case "bool":
                return "“是”或“否”"
            case "enum":
                return self._choices(field)
        if field.pattern:
            return describe_pattern(field.pattern, self.catalog.patterns.get("uscc"))
        return (
            f"{field.name_zh}（文字，不超过 {field.max_length} 个字）" if field.max_length else field.name_zh
        )

    def _choices(self, field: Field) -> str:
        if field.codelist == "district":
            return "区县或功能区名称，例如渝中区"
        names = self.catalog.code_list(field.codelist) if field.codelist else field.allowed
        if len(names) <= _LISTED_AT_MOST:
            return "、".join(names) + "之一"
        return f"模板下拉列表中的一项（共 {len(names)} 项），例如{'、'.join(names[:3])}"

    def _echo(self, field: Field, raw: Any) -> str:
        if field.is_personal:
            return "填写的内容"
        return self._shown(raw)

    @staticmethod
    def _shown(value: Any) -> str:
        if value is None:
            return "空"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, dt.datetime):
            text = value.isoformat(" ", "minutes")
        elif isinstance(value, float):
            text = format(value, ".15g")
        else:
            text = format(value, "f") if isinstance(value, Decimal) else str(value)
        text = " ".join(text.split())
        return f"“{text[:_LONGEST_ECHO]}…”" if len(text) > _LONGEST_ECHO else f"“{text}”"


def where(sheet: str, number: int) -> str:
    """The place every sentence begins with."""
    return f"工作表“{sheet}”第 {number} 行" if sheet else f"第 {number} 行"


def _is_foreign(unit: str, field: Field) -> bool:
    """Whether the unit of a header makes every value of its column unreadable."""
    return (
        field.type in ("int", "decimal", "geo")
        and field.unit is not None
        and conversion_factor(unit, field.unit) is None
    )


def _range(field: Field) -> str:
    unit = field.unit if field.unit and field.unit != "年" else ""
    low, high = (None if v is None else f"{v:f}" for v in (field.min, field.max))
    if low is not None and high is not None:
        return f"{low} 至 {high}{unit}"
    return f"不小于 {low}{unit}" if low is not None else f"不大于 {high}{unit}"
