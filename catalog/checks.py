"""What an entry of the catalogue must keep beyond its shape: that it fits the others, and that it can be carried out.

Each check gives sentences with file, entry and remedy; none stops at the first. What is
not found here is found by a page or a delivery, months later, as an error.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.expressions import Expression
from catalog.models import NUMERIC_TYPES, Category, CrossCheck, District, Field

DAY_TYPES = ("date", "datetime")
RHYTHM_DUES: dict[str, tuple[str, ...]] = {
    "realtime": ("monthly_share", "next_month"),
    "daily": ("next_month",),
    "monthly": ("next_month",),
    "quarterly": ("next_quarter",),
    "yearly": ("MM-DD",),
    "event": ("next_month", "event"),
}
"""Which kinds of `due` know the periods a rhythm gives its deliveries; with another one every delivery is missing."""
KIND_NEEDS: dict[str, tuple[str, ...]] = {
    "geo_in_district": ("longitude", "latitude", "district"),
    "area_by_type": ("area", "facility_type"),
    "cumulative": ("group", "order", "value"),
    "balance": ("group", "order", "value", "entry", "exit"),
    "each_once": ("group", "value"),
    "grade_matches_score": ("grade", "score"),
}
_SAMPLES: dict[str, Any] = {
    "string": "甲", "enum": "甲", "bool": "是", "int": 1, "decimal": Decimal(1), "geo": Decimal(1),
    "date": dt.date(2026, 1, 2), "datetime": dt.datetime(2026, 1, 2, 3),
}  # fmt: skip
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass
class Known:
    """The vocabulary that entries may speak of."""

    departments: set[str]
    platforms: set[str]
    references: set[str]
    lists: set[str]


def twice(what: str, values: Sequence[Any], where: str) -> list[str]:
    return [
        f"{where}：{what} {v} 出现了多次。请只保留一处。"
        for v in dict.fromkeys(values)
        if values.count(v) > 1
    ]


def _choose(values: Iterable[str]) -> str:
    return "、".join(sorted(values))


def check_category(where: str, category: Category, known: Known) -> list[str]:
    """Everything about one category."""
    problems = []
    names = [f.name for f in category.fields]
    if category.department not in known.departments:
        problems.append(f"{where}：处室 {category.department} 不存在。请改为：{_choose(known.departments)}。")
    if category.source_platform not in known.platforms:
        problems.append(
            f"{where}：来源平台 {category.source_platform} 不存在。请改为：{_choose(known.platforms)}。"
        )
    if _NO_SHEET_NAME.search(category.name_zh) or not category.name_zh.strip():
        problems.append(
            f"{where}：名称「{category.name_zh}」不能作模板的工作表名。请去掉 [ ] : * ? / \\ ' 等符号。"
        )
    if category.valid_from and category.valid_to and category.valid_from > category.valid_to:
        problems.append(f"{where}：valid_from 晚于 valid_to。请对调或改正。")
    problems += twice("字段", names, where) + twice("表头或别名", _headers(category), where)
    problems += _key_and_dates(where, category) + _due(where, category)
    for field in category.fields:
        problems += _field(f"{where} 字段 {field.name}", field, category, known)
    problems += twice("校验", [c.id for c in category.cross_checks], where)
    for check in category.cross_checks:
        problems += _cross_check(f"{where} 校验 {check.id}", check, category)
    return problems


def _headers(category: Category) -> list[str]:
    """Headings as a file's are compared: spaces and * do not count, brackets are full-width."""
    found = []
    for field in category.fields:
        own = [
            re.sub(r"[\s*]", "", h).translate({40: "（", 41: "）"}) for h in (field.name_zh, *field.aliases)
        ]
        found += dict.fromkeys(own)
    return found


def _key_and_dates(where: str, category: Category) -> list[str]:
    problems = []
    fields = {f.name: f for f in category.fields}
    for label, mentioned in (
        ("natural_key", category.natural_key),
        ("business_date", category.business_date),
    ):
        problems += twice(f"{label} 中的", mentioned, where)
        for name in mentioned:
            if name not in fields:
                problems.append(
                    f"{where}：{label} 中的字段 {name} 不存在。请改为本类别的字段名，或补上该字段。"
                )
    for name in category.natural_key:
        if name in fields and not fields[name].required:
            problems.append(f"{where}：自然键字段 {name} 必须 required = true。")
    if not category.natural_key:
        problems.append(f"{where}：没有自然键。请在 natural_key 中写明哪些字段使一条记录唯一。")
    for name in category.business_date:
        if name in fields and fields[name].type not in DAY_TYPES:
            problems.append(
                f"{where}：business_date 中的字段 {name} 不是日期。请改为 date 或 datetime 字段。"
            )
    return problems


def _due(where: str, category: Category) -> list[str]:
    """A due date that exists, of a kind that knows the rhythm's periods."""
    kind, _, number = category.due.partition(":")
    if kind.startswith("event+"):
        kind, number = "event", kind[6:-1]
    elif "-" in kind:
        kind, number = "MM-DD", ""
        try:
            dt.date.fromisoformat(f"2024-{category.due}")
        except ValueError:
            return [f"{where}：due = {category.due} 不是一年中的一天。请写成月-日，例如 04-30。"]
    if kind in ("next_month", "next_quarter") and not 1 <= int(number) <= 31:
        return [f"{where}：due = {category.due} 不是一月中的一天。请写 1 至 31，例如 {kind}:5。"]
    if kind not in RHYTHM_DUES[category.rhythm]:
        return [
            f"{where}：rhythm = {category.rhythm} 与 due = {category.due} 不相配。"
            f"该频率的 due 请写 {' 或 '.join(RHYTHM_DUES[category.rhythm])}。"
        ]
    if kind == "event" and not category.business_date:
        return [f"{where}：due = {category.due} 从结束日起算，但没有 business_date。请写明结束日期的字段。"]
    return []


def _field(at: str, field: Field, category: Category, known: Known) -> list[str]:
    problems = []
    if field.type == "enum" and not (field.allowed or field.codelist):
        problems.append(f"{at}：枚举没有取值。请写 allowed 或 codelist。")
    if field.codelist and field.codelist not in known.lists:
        problems.append(f"{at}：代码表 {field.codelist} 不存在。请改为：{_choose(known.lists)}。")
    if field.codelist and (field.allowed or field.type != "enum"):
        problems.append(f"{at}：codelist 只用于枚举，且不与 allowed 并用。请只保留一种。")
    if field.allowed and field.type not in ("enum", "bool"):
        problems.append(f"{at}：allowed 只用于枚举和是/否。请删去，或把类型改为 enum。")
    if any(not value.strip() for value in field.allowed):
        problems.append(f"{at}：allowed 中有空的取值。请删去。")
    problems += twice("取值", field.allowed, at)
    if field.reference and field.reference not in known.references:
        problems.append(f"{at}：依据 {field.reference} 不在 references.toml 中。请补上或改正。")
    if field.min is not None and field.max is not None and field.min > field.max:
        problems.append(f"{at}：min 大于 max。请对调或改正。")
    if (field.min is not None or field.max is not None) and field.type not in NUMERIC_TYPES:
        problems.append(f"{at}：min、max 只用于数值。请删去，或改用 max_length、pattern。")
    if (field.pattern or field.max_length is not None) and field.type != "string":
        problems.append(f"{at}：pattern、max_length 只用于文本。请删去。")
    if field.max_length is not None and field.max_length < 1:
        problems.append(f"{at}：max_length 应为 1 或更大的整数。请改正。")
    if field.not_after and field.type not in DAY_TYPES:
        problems.append(f"{at}：not_after 只用于日期。请删去。")
    if field.is_personal and field.wall == "yes":
        problems.append(f"{at}：个人信息不能逐条上大屏。请把 wall 改为 aggregate 或 no。")
    before = next((f for f in category.fields if f.name == field.not_before_field), None)
    if field.not_before_field and before is None:
        problems.append(f"{at}：not_before_field 指向的字段 {field.not_before_field} 不存在。请改正。")
    if before is not None and not (
        field.type == before.type in DAY_TYPES or {field.type, before.type} <= set(NUMERIC_TYPES)
    ):
        problems.append(f"{at}：与 not_before_field 指向的字段 {before.name} 不能比较先后。请改为同类字段。")
    return problems


def _cross_check(at: str, check: CrossCheck, category: Category) -> list[str]:
    fields = {f.name: f for f in category.fields}
    missing = [name for name in check.fields if name not in fields]
    problems = [f"{at}：字段 {name} 不存在。请改为本类别的字段名。" for name in missing]
    lacking = [name for name in KIND_NEEDS.get(check.kind or "", ()) if not getattr(check, name)]
    if lacking:
        problems.append(f"{at}：kind = {check.kind} 缺少 {'、'.join(lacking)}。请写明是哪些字段。")
    if problems:
        return problems
    samples = {name: _SAMPLES[field.type] for name, field in fields.items()}
    samples["received_on"] = dt.date(2026, 1, 2)
    for text in (check.when, check.expect):
        if text is None:
            continue
        expression = Expression(text)
        try:
            expression.compile(absent=True)(*(samples[name] for name in expression.names))
        except (ArithmeticError, ValueError):
            continue  # of these values only
        except (TypeError, AttributeError):
            problems.append(f"{at}：「{text}」与字段的类型不符，算不出来。请核对字段类型和函数的参数。")
    return problems


def check_district(where: str, district: District, codes: set[str]) -> list[str]:
    problems = []
    if district.valid_from and district.valid_to and district.valid_from > district.valid_to:
        problems.append(f"{where}：valid_from 晚于 valid_to。请对调或改正。")
    for label, mentioned in (
        ("host_adcodes", district.host_adcodes),
        ("merged_from", district.merged_from),
    ):
        for code in mentioned:
            if code not in codes:
                problems.append(f"{where}：{label} 中的 {code} 不是区县级单位的代码。请改正。")
    return problems
