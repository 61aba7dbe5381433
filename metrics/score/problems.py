"""What can be wrong with an input document, as sentences: where, what, and what to write instead."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from metrics.score.document import Category, Department, Document
from metrics.score.rules import CHARACTERISTICS
from metrics.score.values import shown

_NAMES = {
    "departments": "处室", "categories": "类别", "plan_versions": "计划版本", "due_items": "应报项",
    "batches": "批次", "obligations": "应办事项", "deductions": "扣分", "characteristics": "质量特性",
    "rules": "规则", "weights": "权重", "grades": "等次", "limits": "限值",
}  # fmt: skip
_IDENTITIES = ("code", "period", "version", "kind")
_SAYINGS = {
    "dict_type": "应为对象 {…}", "model_type": "应为对象 {…}", "model_attributes_type": "应为对象 {…}",
    "list_type": "应为列表 […]", "tuple_type": "应为列表 […]",
    "string_type": "应为文字", "int_type": "应为整数", "int_from_float": "应为整数",
    "extra_forbidden": "不是规定的名称，请核对写法",
    "too_long": "应为 [分子, 分母] 两个数", "missing": "没有填写",
}  # fmt: skip


# ---------------------------------------------------------------- the shape


def sentences(error: ValidationError, data: Any) -> list[str]:
    """Every error of the models as a sentence with its place in the document."""
    return [f"{place(detail['loc'], data)}：{_saying(detail)}。" for detail in error.errors()]


def _saying(detail: Any) -> str:
    kind, value = detail["type"], detail.get("input")
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if kind == "missing" and isinstance(value, list | tuple):
        return "应为 [分子, 分母] 两个数"
    if kind == "literal_error":
        allowed = str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        return f"「{shown(value)}」不在规定的写法之内，应为 {allowed}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"「{shown(value)}」不在 2000—2100 之间"
    return _SAYINGS.get(kind, f"「{shown(value)}」写法不对（{detail['msg']}）")


def place(location: tuple[Any, ...], data: Any) -> str:
    """Where in the document: 处室 youth_sport · 类别 youth_event · 计划版本 2 · quantity."""
    words: list[str] = []
    group = ""
    for step in location:
        inner = _child(data, step)
        if isinstance(step, int):
            words.append(f"{_NAMES.get(group, group)} {_identity(inner, step)}".strip())
        elif isinstance(inner, list) and step in _NAMES:
            group = step  # named with the entry that follows
            if step is location[-1]:
                words.append(_NAMES[step])
        else:
            words.append(_NAMES.get(step, str(step)))
            group = ""
        data = inner
    return " · ".join(words) or "文件"


def _child(data: Any, step: Any) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _identity(entry: Any, number: int) -> str:
    if isinstance(entry, dict):
        for key in _IDENTITIES:
            if isinstance(entry.get(key), str | int):
                return shown(entry[key])
    return f"第 {number + 1} 项"


def misspelled(
    model: type[BaseModel], data: Any, location: tuple[Any, ...] = (), top: Any = None
) -> list[str]:
    """Keys that look like a name which is missing beside them: read past, they would count as nothing."""
    top = data if top is None else top
    if not isinstance(data, dict):
        return []
    found = []
    absent = [name for name in model.model_fields if name not in data]
    for key in data:
        if key not in model.model_fields and (near := difflib.get_close_matches(str(key), absent, 1, 0.75)):
            found.append(f"{place((*location, key), top)}：不是规定的名称，是否应为「{near[0]}」？")
    for name, field in model.model_fields.items():
        for inner in _models(field.annotation):
            value = data.get(name)
            entries = enumerate(value) if isinstance(value, list) else [(None, value)]
            for number, entry in entries:
                at = (*location, name) if number is None else (*location, name, number)
                found += misspelled(inner, entry, at, top)
    return found


@cache
def _models(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The models a field may hold; asked of each field of each entry, so remembered."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        # those that forbid unknown keys refuse them themselves
        return () if annotation.model_config.get("extra") == "forbid" else (annotation,)
    return tuple(model for argument in typing.get_args(annotation) for model in _models(argument))


# ---------------------------------------------------------------- what contradicts itself


def contradictions(document: Document) -> list[str]:
    """What each value allows and the whole does not."""
    found = []
    if document.freeze < document.first:
        found.append(
            f"freeze：封存日 {document.freeze} 早于 {document.year} 年 1 月 1 日，这一年还没有可以考核的内容。"
            f"请写 {document.year} 年以后的日期，通常是次年 1 月 20 日。"
        )
    found += _twice((d.code for d in document.departments), "处室", "")
    for department in document.departments:
        found += _department(document, department)
    return found


def _department(document: Document, department: Department) -> Iterator[str]:
    where = f"处室 {department.code}"
    yield from _ends(department, where)
    for category in department.categories:
        yield from _category(category, f"{where} · 类别 {category.code}")
    yield from _overlaps(department, where)
    codes = {category.code for category in department.categories}
    levels = document.rule_set.limits.incident
    for number, deduction in enumerate(department.deductions, start=1):
        at = f"{where} · 扣分第 {number} 项"
        if deduction.kind == "falsified" and deduction.category not in codes:
            yield f"{at}：数据造假须写明本处室的数据类别，「{shown(deduction.category)}」不是。"
        if deduction.kind == "incident" and deduction.level not in levels:
            yield f"{at}：安全事件等级「{shown(deduction.level)}」不在规定之内，应为 {'、'.join(levels)}。"


def _category(category: Category, where: str) -> Iterator[str]:
    yield from _ends(category, where)
    if category.weight == 0:
        yield f"{where} · weight：类别权重是 0，应大于 0；不考核的类别请从归口中去掉。"
    yield from _twice((v.version for v in category.plan_versions), "计划版本", where)
    for name, (numerator, denominator) in category.characteristics.items():
        if name not in CHARACTERISTICS:
            yield f"{where} · 质量特性「{shown(name)}」：没有这一特性，只有 {'、'.join(CHARACTERISTICS)}。"
        elif numerator > denominator:
            yield f"{where} · 质量特性 {name}：分子大于分母；分子是没有问题的数量，不会超过总数。"
    for item in category.due_items:
        at = f"{where} · 应报项 {item.period}"
        if (item.days is None) != (item.complete_days is None):
            yield f"{at}：days 与 complete_days 应同时填写。"
        elif item.days is not None and (item.complete_days or 0) > item.days:
            yield f"{at}：完整天数 {item.complete_days} 大于应有天数 {item.days}。"


def _ends(entry: Category | Department, where: str) -> Iterator[str]:
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        yield f"{where}：valid_to {entry.valid_to} 早于 valid_from {entry.valid_from}，请核对起止日期。"


def _overlaps(department: Department, where: str) -> Iterator[str]:
    """A category given away and taken back stands twice; its days must not."""
    for n, one in enumerate(department.categories):
        for other in department.categories[:n]:
            if one.code == other.code and not (
                (one.valid_to and other.valid_from and one.valid_to < other.valid_from)
                or (other.valid_to and one.valid_from and other.valid_to < one.valid_from)
            ):
                yield f"{where} · 类别 {one.code}：写了两次而且日期重叠，同一天会计两次。请合并或改起止日期。"


def _twice(values: Any, what: str, where: str) -> Iterator[str]:
    seen = set()
    for value in values:
        if value in seen:
            yield f"{where + ' · ' if where else ''}{what} {value}：写了两次，不知道以哪个为准。请删去一个。"
        seen.add(value)
