"""What the catalogue says, in Chinese sentences: for templates, the data dictionary, help and messages.

Rules are declared once, for the program; whoever has to keep them reads them
here. A new field or category needs no sentence of its own.
"""

from __future__ import annotations

import re
from decimal import Decimal

from catalog.loader import Catalog
from catalog.models import Category, CrossCheck, Field

RHYTHM_NAMES = {
    "realtime": "实时",
    "daily": "每日",
    "monthly": "每月",
    "quarterly": "每季度",
    "yearly": "每年",
    "event": "按事项",
}
TYPE_NAMES = {
    "string": "文本",
    "int": "整数",
    "decimal": "数值",
    "date": "日期",
    "datetime": "日期和时间",
    "enum": "选项",
    "bool": "是/否",
    "geo": "坐标",
}
PERSONAL_NAMES = {"none": "否", "personal": "个人信息", "sensitive": "敏感个人信息", "minor": "未成年人信息"}
WALL_NAMES = {"yes": "可以展示", "aggregate": "只展示汇总数", "no": "不展示"}
LONG_LIST = 12
"""Lists with more entries are referred to by name instead of being written out."""

_CHARACTERS = {"0-9": "数字", "A-Z": "大写字母", "a-z": "小写字母", "-": "连字符"}
_SIMPLE_PATTERN = re.compile(r"\^([A-Z]*)\[((?:0-9|A-Z|a-z|-)+)\]\{(\d+)(?:,(\d+))?\}\$")
_KNOWN_PATTERNS = {
    "^https?://": "以 http:// 或 https:// 开头的网址",
    "^20[0-9]{2}(春|秋)$": "年份加“春”或“秋”，例如 2022秋",
}
_WORDS = {
    "codelist.facility_type 的 area_min..area_max": "按场地类型规定的面积下限至上限",
    "已过而 condition=完好": "已过的，condition 不应再为“完好”",
}


def due_text(due: str) -> str:
    """When a delivery is due: ``next_month:5`` → 次月5日前."""
    if due == "monthly_share":
        return "每日连续接入，按月统计"
    if due.startswith("event+"):
        return f"结束后{due[6:-1]}日内"
    kind, _, day = due.partition(":")
    if kind == "next_month":
        return f"次月{int(day)}日前"
    if kind == "next_quarter":
        return f"季度结束后次月{int(day)}日前"
    month, day = due.split("-")
    return f"每年{int(month)}月{int(day)}日前（上一年度数据）"


def header(field: Field) -> str:
    """The column's heading in a template: name, and the stored unit where a file could mean another.

    Years and degrees have no other unit, and 进馆人次 says its own.
    """
    if field.unit is None or field.unit in ("年", "度") or field.name_zh.endswith(field.unit):
        return field.name_zh
    return f"{field.name_zh}（{field.unit}）"


def type_text(field: Field) -> str:
    """文本, 整数, … as one word."""
    return TYPE_NAMES[field.type]


def options(catalog: Catalog, field: Field) -> tuple[str, ...]:
    """What may be chosen for a field, as people write it: districts by name, not by code."""
    if field.type == "bool":
        return ("是", "否")
    if field.codelist == "district":
        return tuple(dict.fromkeys(d.name for d in catalog.districts))
    if field.codelist:
        return catalog.code_list(field.codelist)
    return field.allowed


def options_text(catalog: Catalog, field: Field) -> str:
    """The choices in one line; a long list by its first entries and its length."""
    entries = options(catalog, field)
    if len(entries) > LONG_LIST:
        return f"{'、'.join(entries[:3])} 等 {len(entries)} 项，见“选项”表"
    return "、".join(entries)


def pattern_text(pattern: str, patterns: dict[str, str]) -> str:
    """A pattern in words; one that has no words yet is shown as it is."""
    if pattern == patterns.get("uscc"):
        return "18位统一社会信用代码"
    if pattern in _KNOWN_PATTERNS:
        return _KNOWN_PATTERNS[pattern]
    simple = _SIMPLE_PATTERN.fullmatch(pattern)
    if simple is None:
        return f"格式 {pattern}"
    lead, characters, shortest, longest = simple.groups()
    kinds = [_CHARACTERS[c] for c in re.findall(r"0-9|A-Z|a-z|-", characters)]
    joined = kinds[0] if len(kinds) == 1 else "、".join(kinds[:-1]) + "或" + kinds[-1]
    length = shortest if longest in (None, shortest) else f"{shortest}至{longest}"
    return (f"以 {lead} 开头，后接" if lead else "") + f"{length}位{joined}"


def number_text(value: Decimal) -> str:
    """1000000 → 1,000,000; 0.050 → 0.05."""
    text = format(value, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def range_text(field: Field) -> str:
    """The permitted range of a number with its unit, or nothing."""
    unit = field.unit or ""
    if field.min is not None and field.max is not None:
        if field.unit == "年":
            return f"{field.min:f} 至 {field.max:f} 年"
        return f"{number_text(field.min)} 至 {number_text(field.max)} {unit}".rstrip()
    if field.min is not None:
        return f"不小于 {number_text(field.min)} {unit}".rstrip()
    if field.max is not None:
        return f"不大于 {number_text(field.max)} {unit}".rstrip()
    return ""


def rules(catalog: Catalog, category: Category, field: Field) -> list[str]:
    """Everything a value must keep, apart from its choices, one phrase a rule."""
    phrases = []
    if field.name in category.natural_key:
        others = [category.field_by_name[k].name_zh for k in category.natural_key if k != field.name]
        with_others = f"与「{'」「'.join(others)}」一起" if others else ""
        phrases.append(f"识别字段，{with_others}确定一条记录，不得重复")
    if field.pattern:
        phrases.append(pattern_text(field.pattern, catalog.patterns))
    if field.max_length:
        phrases.append(f"不超过 {field.max_length} 字")
    if range_text(field):
        phrases.append(range_text(field))
    if field.not_after:
        phrases.append("不晚于报送日期")
    if field.not_before_field:
        phrases.append(f"不早于「{category.field_by_name[field.not_before_field].name_zh}」")
    if field.type == "geo":
        phrases.append("十进制度，CGCS2000 或 WGS-84 坐标；用 GCJ-02 的，在表头写明，如“经度（GCJ-02）”")
    return phrases


def example(field: Field, choices: tuple[str, ...]) -> str:
    """A value that shows how to write the field, where a rule alone leaves doubt."""
    if choices:
        return choices[0]
    if field.type == "date":
        return "2022-11-22"
    if field.type == "datetime":
        return "2022-11-22 08:00"
    if field.type in ("int", "decimal", "geo") and field.min is not None:
        middle = field.min if field.max is None else (field.min + field.max) / 2
        if field.type == "int":
            return str(int(max(field.min, min(middle, Decimal(100))) if field.unit != "年" else middle))
        return format(round(max(field.min, min(middle, Decimal(100))) if field.type != "geo" else middle, 2))
    return ""


def check_text(category: Category, check: CrossCheck) -> str:
    """A cross-check's prose with the fields by their Chinese names.

    ``sales_amount > 0 时 outlet_count ≥ 1`` → 「销售额」 > 0 时 「在售网点数」 ≥ 1.
    """
    text = check.rule
    for words, plain in _WORDS.items():
        text = text.replace(words, plain)
    text = re.sub(r"year\((\w+)\)", r"\1 的年份", text)
    text = re.sub(r"(\d)\.\.(\d)", r"\1 至 \2", text)

    def name(match: re.Match[str]) -> str:
        field = category.field_by_name.get(match.group())
        return f"「{field.name_zh}」" if field else match.group()

    text = re.sub(r"[a-z][a-z0-9_]*", name, text)
    return re.sub(r"(?<=[\u4e00-\u9fff」]) (?=「)|(?<=」) (?=[\u4e00-\u9fff])", "", text)


def severity_text(check: CrossCheck) -> str:
    """What happens when the check fails."""
    return "不符合则该行退回" if check.severity == "error" else "不符合则提醒核对"
