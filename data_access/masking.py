"""Personal data on screens and in exports: enough to recognise a record, not enough to know a person.

What a field needs follows from its class in the catalogue (`personal_data`) and
its type, so a new field is masked without a line here. Pure functions; who may
see more is asked of the principal at the end.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import catalog
from catalog import Category, Field
from data_access.principal import Principal

HIDDEN = "***"
_NAME = re.compile(r"(?:^|_)name$|^legal_representative$")
_NUMBER = re.compile(r"_(?:no|code|uscc)$|^uscc$")


def mask_name(text: str) -> str:
    """张三 → 张*, 阿卜杜拉·买买提 → 阿*: the length of a name says something too."""
    text = text.strip()
    return text[:1] + "*" if text else ""


def mask_phone(text: str) -> str:
    """13812345678 → 138****5678."""
    return text[:3] + "****" + text[-4:]


def mask_number(text: str) -> str:
    """A registration or certificate number by its two ends: CQ20190017 → CQ****17; a short one not at all."""
    return text[:2] + "****" + text[-2:] if len(text) >= 8 else "****"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    patterns = catalog.default().patterns
    return re.compile(patterns["mobile"]), re.compile(patterns["mainland_id"])


def mask_text(text: str) -> str:
    """Free text with telephone and identity numbers in it made unreadable.

    No template asks for them, but they stand in remarks all the same.
    """
    mobile, identity = _patterns()
    text = identity.sub(lambda m: m.group()[:4] + "*" * 10 + m.group()[-4:], text)
    return mobile.sub(lambda m: mask_phone(m.group()), text)


def mask(field: Field, value: Any) -> Any:
    """The value as somebody may see it who need not know the person.

    Names 张*, numbers by their two ends, dates by their year; whatever else is
    personal, and all but the name of a minor or of a sensitive field, is ``***``.
    A missing value stays missing: a mask would claim that there is one.
    """
    if value is None:
        return None
    if not field.is_personal:
        return mask_text(value) if isinstance(value, str) and field.type == "string" else value
    if field.type == "string" and isinstance(value, str):
        if _NAME.search(field.name):
            return mask_name(value)
        if _NUMBER.search(field.name):
            return mask_number(value)
        return HIDDEN
    if isinstance(value, dt.date) and field.personal_data == "personal":
        return f"{value.year}年"
    return HIDDEN


def mask_record(category: Category, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record by field name with its personal fields masked; lineage and other keys pass as they are."""
    fields = category.field_by_name
    return {name: mask(fields[name], value) if name in fields else value for name, value in record.items()}


def may_unmask(principal: Principal) -> bool:
    """Whether unmasked values may be asked for at all: 局办公室 only, with a reason that is audited."""
    return principal.role == "office"
