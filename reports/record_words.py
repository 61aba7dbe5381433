"""Records, fields and categories of the base database as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import catalog
from catalog import Category
from catalog.wording import (
    PERSONAL_NAMES,
    RHYTHM_NAMES,
    TYPE_NAMES,
    WALL_NAMES,
    check_text,
    due_text,
    header,
    options_text,
    rules,
    severity_text,
)
from data_access.principal import Principal
from reports.words import department_name, unit_name


def readable_categories(who: Principal) -> list[Category]:
    """Categories whose rows the principal may read, in catalogue order."""
    return [c for c in catalog.default().categories if who.may_read_category(c)]


def record_rows(category: Category, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Records with Chinese headers; districts by name; lineage at the end."""
    districts = catalog.default().district_by_code
    rows = []
    for record in records:
        row: dict[str, Any] = {}
        for field in category.fields:
            value = record[field.name]
            if field.codelist == "district" and value in districts:
                value = districts[value].name
            elif record["precision"].get(field.name) == "month" and value:
                value = value[:7]
            row[header(field)] = value
        row |= {
            "报送单位（来源）": unit_name(record["unit"]),
            "回执号": record["receipt"],
            "工作表": record["sheet"] or "—",
            "行": record["row"],
            "版本": record["version"],
            "自": record["valid_from"],
            "至": record["valid_to"] or "今",
        }
        rows.append(row)
    return rows


def personal_facts(category: Category, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values of the personal fields of one unmasked record."""
    return [
        (f.name_zh, "—" if record[f.name] is None else str(record[f.name]))
        for f in category.fields
        if f.is_personal
    ]


def dictionary_rows(category: Category) -> list[dict[str, Any]]:
    """The fields of a category: the data dictionary (数据字典)."""
    known = catalog.default()
    return [
        {
            "字段": field.name,
            "名称": field.name_zh,
            "别名": "、".join(field.aliases) or "—",
            "类型": TYPE_NAMES[field.type],
            "单位": field.unit or "—",
            "必填": "是" if field.required else "否",
            "自然键": "是" if field.name in category.natural_key else "",
            "取值": options_text(known, field) or "—",
            "规则": "；".join(rules(known, category, field)) or "—",
            "个人信息": PERSONAL_NAMES[field.personal_data],
            "大屏": WALL_NAMES[field.wall],
        }
        for field in category.fields
    ]


def check_rows(category: Category) -> list[dict[str, Any]]:
    return [
        {"校验": check.id, "内容": check_text(category, check), "不通过时": severity_text(check)}
        for check in category.cross_checks
    ]


CATALOG_COUNTS = ("记录数", "字段数")


def catalog_rows(counts: Mapping[str, int], categories: Sequence[Category]) -> list[dict[str, Any]]:
    """The catalogue (数据目录): one line a category with what it holds today."""
    platforms = {p.code: p.name_zh for p in catalog.default().platforms}
    return [
        {
            "处室": department_name(c.department),
            "类别": c.name_zh,
            "一条记录是": c.grain,
            "记录数": counts.get(c.code, 0),
            "字段数": len(c.fields),
            "来源": platforms[c.source_platform],
            "频率": RHYTHM_NAMES[c.rhythm],
            "截止": due_text(c.due),
            "依据": f"{c.article}“{c.article_words}”",
            "个人信息": "含" if c.contains_personal_data else "—",
        }
        for c in categories
    ]


def version_rows(category: Category, versions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What each version of a record changed, the newest first."""
    rows = []
    for number, record in enumerate(versions):
        before = versions[number - 1] if number else None
        changed = [
            f"{f.name_zh}：{before[f.name] or '空'} → {record[f.name] or '空'}"
            for f in category.fields
            if before is not None and before[f.name] != record[f.name]
        ]
        rows.append(
            {
                "版本": record["version"],
                "自": record["valid_from"],
                "至": record["valid_to"] or "今",
                "单位": unit_name(record["unit"]),
                "回执号": record["receipt"],
                "行": record["row"],
                "变化": "；".join(changed) if changed else "首次入库",
            }
        )
    return rows[::-1]


def total(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def pages_of(rows: int, size: int) -> int:
    return max(1, -(-rows // size))


def offset_of(page: int, size: int) -> int:
    return (page - 1) * size
