"""Contract 1.0 a second time, part 1: one cell, judged slowly and straight from the text.

Nothing here is shared with `data_access.intake`; where the two differ, one of them
misread the contract.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, localcontext
from typing import Any

from catalog import Catalog, Field
from tests.intake.oracle_cells import Error, Judged, Place, Raw, clean, half, shown, squeeze, void
from tests.intake.oracle_dates import judge_date, judge_moment

MISSING = ("", "—", "——", "-", "/", "无", "暂无", "N/A")
MONEY = {"元": 1, "千元": 1000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
FAMILIES: tuple[dict[str, Decimal], ...] = tuple(
    {name: Decimal(size) for name, size in family.items()}
    for family in (
        MONEY,
        {"平方米": 1, "㎡": 1, "m²": 1, "m2": 1, "万平方米": 10_000, "公顷": 10_000},
        {"米": 1, "公里": 1000, "千米": 1000, "km": 1000, "厘米": "0.01", "cm": "0.01"},
        {"千克": 1, "公斤": 1, "kg": 1},
        {"人": 1, "万人": 10_000},
        {"人次": 1, "万人次": 10_000},
        {"%": 1, "％": 1},
    )
)


def known_units(catalog: Catalog) -> set[str]:
    stored = {f.unit for c in catalog.categories for f in c.fields if f.unit}
    return stored | {name for family in FAMILIES for name in family}


def factor(written: str, stored: str | None) -> Decimal | None:
    """What a number in unit `written` is multiplied with; None: it cannot become `stored`."""
    if written == stored:
        return Decimal(1)
    for family in FAMILIES:
        if written in family and stored in family:
            with localcontext(prec=50):
                return family[written] / family[stored or ""]
    return None


def judge(raw: Raw, place: Place) -> Judged:
    """One cell by the rules of its field alone (no other field, no other row)."""
    f, found, value = place.field, Judged(), raw.value
    is_textual = f.type in ("string", "enum", "bool")
    found.filled = True
    if raw.formula and (is_textual or not _is_cached_result(value)):
        return found.fail("R_FORMULA")
    if isinstance(value, str):
        value = squeeze(value) if f.type == "enum" else clean(value)
    if value is None or (isinstance(value, str) and _is_missing(value, f)):
        found.filled = False
        return found.fail("R_REQUIRED") if f.required else found
    if isinstance(value, str) and is_textual and value[0] in "=+-@":
        return found.fail("R_FORMULA")
    if isinstance(value, Error):
        return found.fail("R_TYPE")
    found.value = value
    {
        "string": _text, "enum": _choice, "bool": _yes_no, "date": judge_date, "datetime": judge_moment,
        "int": _number, "decimal": _number, "geo": _number,
    }[f.type](found, raw, place)  # fmt: skip
    return found


def _is_cached_result(value: Any) -> bool:
    return isinstance(value, (int, float, dt.date)) and not isinstance(value, bool)


def _is_missing(value: str, f: Field) -> bool:
    if f.type == "enum" and value in f.allowed:
        return False
    return value in MISSING


# ---------------------------------------------------------------- numbers


def _number(found: Judged, raw: Raw, place: Place) -> None:
    f, value, unit = place.field, found.value, place.unit
    if isinstance(value, (bool, dt.date, dt.time)):
        return void(found, "R_TYPE")
    if isinstance(value, str):
        if f.type == "geo" and (degrees := sexagesimal(value)) is not None:
            found.warnings.append("W_GEO_DMS")
            number: Decimal | None = degrees
            unit = "度"  # written in the cell
        else:
            number, suffix = _written_number(found, value, known_units(place.catalog))
            unit = suffix or unit
            if suffix:
                found.warnings.append("W_UNIT_SUFFIX")
    else:
        number = shown(value)
        if raw.percent and f.unit == "%":
            with localcontext(prec=50):
                number, unit = number * 100, "%"
            found.warnings.append("W_UNIT_SUFFIX")
    if number is None:
        return void(found, "R_TYPE")
    if unit is not None:
        times = factor(unit, f.unit)
        if times is None:
            return void(found, "R_TYPE")
        with localcontext(prec=50):
            number *= times
        if times != 1 and "W_UNIT_SUFFIX" not in found.warnings:
            found.warnings.append("W_UNIT")
    if f.type == "int":
        if number != number.to_integral_value():
            return void(found, "R_TYPE")
        found.value = int(number)
    else:
        found.value = number
    return None


def in_range(found: Judged, f: Field) -> None:
    """After units and exchanged coordinates: inside min..max, both inclusive."""
    value = found.value
    if value is None or f.type not in ("int", "decimal", "geo"):
        return
    if (f.min is not None and value < f.min) or (f.max is not None and value > f.max):
        found.fail("R_RANGE")


def _written_number(found: Judged, text: str, units: set[str]) -> tuple[Decimal | None, str | None]:
    """A number in text with its own unit, if one stands behind it."""
    narrow, unit = half(text), None
    if narrow != text:
        found.warnings.append("W_FULLWIDTH")
    for name in sorted(units, key=len, reverse=True):
        if narrow.endswith(name) and narrow != name:
            narrow, unit = narrow[: -len(name)].rstrip(), name
            break
    if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", narrow):
        return Decimal(narrow), unit
    if re.fullmatch(r"[+-]?[0-9]{1,3}([,， ][0-9]{3})+(\.[0-9]+)?", narrow):
        found.warnings.append("W_NUMBER_FORMAT")
        return Decimal(re.sub("[,， ]", "", narrow)), unit
    return None, None


def sexagesimal(text: str) -> Decimal | None:
    """106°33′12″ in degrees, 6 decimals."""
    parts = re.fullmatch(r"(\d{1,3})[°度](\d{1,2})[′'分](\d{1,2}(?:\.\d+)?)[″\"秒]", text)
    if parts is None:
        return None
    degrees, minutes, seconds = (Decimal(p) for p in parts.groups())
    if minutes >= 60 or seconds >= 60:
        return None
    return round(degrees + minutes / 60 + seconds / 3600, 6)


# ---------------------------------------------------------------- text and lists


def _text(found: Judged, raw: Raw, place: Place) -> None:
    f, value = place.field, found.value
    if isinstance(value, (bool, dt.date, dt.time)):
        return void(found, "R_TYPE")
    if isinstance(value, (int, float)):
        number = shown(value)
        if number != number.to_integral_value() or len(str(abs(int(value)))) > 15:
            return void(found, "R_TYPE")
        found.warnings.append("W_NUMBER_AS_TEXT")
        value = str(int(number))
    if f.pattern is not None:
        narrow = half(value)
        if narrow != value:
            found.warnings.append("W_FULLWIDTH")
        value = narrow
        if re.search(f.pattern, value) is None:
            return void(found, "R_PATTERN")
    if f.max_length is not None and len(value) > f.max_length:
        return void(found, "R_LENGTH")
    if f.pattern == place.catalog.patterns["uscc"] and not _check_digit_fits(value):
        found.warnings.append("W_CHECKSUM")
    found.value = value
    return None


def _check_digit_fits(code: str) -> bool:
    """GB 32100-2015: weights 3^i mod 31."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = 0
    for i in range(17):
        total += letters.index(code[i]) * (3**i % 31)
    return letters.index(code[17]) == (31 - total % 31) % 31


def same_brackets(text: str) -> str:
    return text.replace("(", "（").replace(")", "）")


def _choice(found: Judged, raw: Raw, place: Place) -> None:
    f, text = place.field, same_brackets(str(found.value))
    if f.codelist == "district":
        return _district(found, text, place)
    choices = list(f.allowed) if f.allowed else list(place.catalog.code_list(f.codelist or ""))
    for entry in choices:
        if same_brackets(entry) == text:
            found.value = entry
            return None
    if f.codelist == "unit":
        for d in place.catalog.districts:
            if d.name == text and d.valid_on(place.received_on):
                found.value = d.unit
                return None
    return void(found, "R_ENUM")


def _district(found: Judged, text: str, place: Place) -> None:
    bare = text.removeprefix("重庆市")
    for d in place.catalog.districts:
        if d.name == "两江新区" and not d.valid_on(place.received_on):
            continue  # the zone before 2025-11-06, the district from then on
        if text == d.name:
            found.value = d.code
            return None
        if text in map(same_brackets, d.old_names) or bare in map(same_brackets, d.old_names):
            found.value = d.code
            found.warnings.append("W_DISTRICT_OLD_NAME")
            return None
        if bare == d.name or text in map(same_brackets, d.aliases) or bare in map(same_brackets, d.aliases):
            found.value = d.code
            found.warnings.append("W_DISTRICT_ALIAS")
            return None
    return void(found, "R_DISTRICT")


def _yes_no(found: Judged, raw: Raw, place: Place) -> None:
    value = found.value
    if value in ("是", "否") and isinstance(value, str):
        return None
    yes = value is True or (isinstance(value, str) and value in ("√", "Y", "y", "1", "有"))
    no = value is False or (isinstance(value, str) and value in ("×", "N", "n", "0"))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yes, no = value == 1, value == 0
    if not (yes or no):
        return void(found, "R_ENUM")
    found.value = "是" if yes else "否"
    found.warnings.append("W_BOOL")
    return None
