"""Valid rows for any category, made from nothing but its catalogue entry.

A row holds the values a careful clerk would type: Chinese names of districts, 是/否,
exact decimals, real dates. Every field is filled and every cross-check of one row passes.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shapely.geometry import shape

import catalog
from catalog import Category, Field
from catalog.expressions import Expression

RECEIVED_ON = dt.date(2026, 10, 9)
"""The day of receipt that rows are made for unless the test says otherwise (a Friday)."""

GEO = Path(__file__).resolve().parents[2] / "geo"
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
Row = dict[str, Any]


def valid_row(category: Category | str, n: int = 0, *, received_on: dt.date = RECEIVED_ON) -> Row:
    """The n-th valid row: field → str, int, Decimal, date or datetime; other n, other natural key.

    Where a natural key has no free text (lottery: month, district, game) n counts
    through its combinations, the last enumeration fastest, so the first 11 rows of
    the industry statistics are a complete set of classes.
    """
    category = _category(category)
    for attempt in range(5000):
        row = _candidate(category, n, received_on, random.Random(f"{category.code} {n} {attempt}"))
        if passes(category, row, received_on):
            return row
    raise AssertionError(f"{category.code}: no valid row found; give tests/helpers/rows.py a better guess")


def valid_rows(category: Category | str, count: int, *, start: int = 0, **kwargs: Any) -> list[Row]:
    """`count` valid rows with distinct natural keys, beginning with the `start`-th."""
    return [valid_row(category, n, **kwargs) for n in range(start, start + count)]


def changed(row: Row, **values: Any) -> Row:
    """The row with other values; a value of None empties the cell."""
    unknown = set(values) - set(row)
    assert not unknown, f"no such field: {unknown}"
    return {**row, **values}


def as_stored(category: Category | str, row: Row) -> Row:
    """What the base keeps for a row that was typed without anything to normalise."""
    category = _category(category)
    names = {d.name: d.code for d in _steady_districts()}
    stored = {}
    for field in category.fields:
        value = row[field.name]
        stored[field.name] = names.get(value, value) if field.codelist == "district" else value
    return stored


def passes(category: Category, row: Row, received_on: dt.date = RECEIVED_ON) -> bool:
    """Whether the cross-checks that look at one row hold; those over several rows are not asked."""
    values = {**row, "received_on": received_on}
    for check in category.cross_checks:
        if check.when is not None and not _holds(check.when, values, absent=False):
            continue
        if any(values[name] is None for name in check.needs):
            return False
        if check.expect is not None and not _holds(check.expect, values, absent=True):
            return False
    return True


def _holds(text: str, values: Row, *, absent: bool) -> bool:
    names, compiled = _compiled(text, absent)
    return compiled(*(values[name] for name in names))


@cache
def _compiled(text: str, absent: bool) -> tuple[tuple[str, ...], Callable[..., bool]]:
    expression = Expression(text)
    return expression.names, expression.compile(absent=absent)


def _category(category: Category | str) -> Category:
    return catalog.default().category_by_code[category] if isinstance(category, str) else category


def _candidate(category: Category, n: int, received_on: dt.date, chance: random.Random) -> Row:
    """A row that obeys every field's own rules and, with luck, the cross-checks too."""
    row: Row = {}
    keys = _key_choices(category, n, received_on)
    for field in category.fields:
        row[field.name] = keys.get(field.name, None)
        if row[field.name] is None:
            recent = field.name in (*category.business_date, *category.natural_key)
            row[field.name] = _value(field, n, received_on, chance, recent)
    for field in category.fields:
        if field.not_before_field:
            earlier = row[field.not_before_field]
            if isinstance(earlier, dt.date):
                days = (received_on - earlier).days if field.not_after else 400
                row[field.name] = earlier + dt.timedelta(days=min(2, max(0, days)))
            else:
                row[field.name] = max(row[field.name], earlier)
    return _placed(category, row)


def _key_choices(category: Category, n: int, received_on: dt.date) -> Row:
    """Values of key fields where the key has no free text that could carry n."""
    fields = [category.field_by_name[k] for k in category.natural_key]
    if any(f.type == "string" and _carries_number(f) for f in fields):
        return {}
    chosen: Row = {}
    for field in reversed(fields):
        if field.type == "enum":
            choices: Iterable[Any] = _choices(field)
        elif field.type == "date":
            choices = [_months_before(received_on, k) for k in range(1, 61)]
        elif field.type == "int":
            lowest = max(int(field.min or 0), received_on.year - 10)
            choices = range(received_on.year - 1, lowest - 1, -1)
        else:
            continue
        choices = list(choices)
        n, index = divmod(n, len(choices))
        chosen[field.name] = choices[index]
    assert n == 0, f"{category.code} has fewer distinct natural keys than that"
    return chosen


def _months_before(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)


def _carries_number(field: Field) -> bool:
    return _text(field, 1) != _text(field, 2)


def _value(field: Field, n: int, received_on: dt.date, chance: random.Random, recent: bool) -> Any:
    if field.type == "string":
        return _text(field, n)
    if field.type == "enum":
        return chance.choice(_choices(field))
    if field.type == "bool":
        return chance.choice(("是", "否"))
    if field.type == "int":
        return _whole(field, received_on, chance)
    if field.type == "date":
        return _day(field, received_on, chance, recent)
    if field.type == "datetime":
        at = dt.datetime.combine(received_on - dt.timedelta(days=1), dt.time(hour=n % 24))
        return at - dt.timedelta(days=n // 24 % 28)
    low, high = _range(field)
    return Decimal(chance.randint(int(low * 100), int(high * 100))) / 100


def _choices(field: Field) -> tuple[str, ...]:
    if field.codelist == "district":
        return tuple(d.name for d in _steady_districts())
    return field.allowed or catalog.default().code_list(field.codelist or "")


@cache
def _steady_districts() -> tuple[catalog.District, ...]:
    """Districts that exist on every day, so that a row is valid whenever it arrives."""
    return tuple(
        d
        for d in catalog.default().districts
        if d.kind == "district" and d.valid_from is None and d.valid_to is None
    )


def _range(field: Field) -> tuple[Decimal, Decimal]:
    """The field's own range, narrowed to what is common so that sums stay readable."""
    low = field.min if field.min is not None else Decimal(0)
    high = field.max if field.max is not None else Decimal(1000)
    return low, min(high, max(low, Decimal(0)) + 2000)


def _whole(field: Field, received_on: dt.date, chance: random.Random) -> int:
    low, high = (int(edge) for edge in _range(field))
    if field.unit == "年" and low >= 1900:
        if field.name.endswith("_end"):
            return min(received_on.year + 4, high)
        return max(low, min(received_on.year - (1 if "birth" not in field.name else 30), high))
    return chance.randint(low, high)


def _day(field: Field, received_on: dt.date, chance: random.Random, recent: bool) -> dt.date:
    """Business dates lie inside every rhythm's limit; others up to two years back."""
    if "birth" in field.name:
        return received_on - dt.timedelta(days=chance.randint(13 * 365, 16 * 365))
    if field.name == "month_end":
        return received_on.replace(day=1) - dt.timedelta(days=1)
    return received_on - dt.timedelta(days=chance.randint(3, 24 if recent else 730))


def _text(field: Field, n: int) -> str:
    if field.pattern is None:
        text = f"{field.name_zh}{n}号"
        return text[-(field.max_length or len(text)) :]
    for guess in (
        f"CQ{n:06d}",
        f"CS-{n:06d}",
        f"CS{n:08d}",
        uscc(n),
        f"{2090 - n // 2 % 80}{'春秋'[n % 2]}",
        f"https://example.invalid/{n}",
        f"{n % 10**6:06d}",
    ):
        if re.search(field.pattern, guess) and len(guess) <= (field.max_length or len(guess)):
            return guess
    raise AssertionError(f"tests/helpers/rows.py knows no text for the pattern {field.pattern}")


def uscc(n: int) -> str:
    """A unified social credit code (统一社会信用代码) with the right check digit (GB 32100)."""
    body = f"91500000MA{n % 10**7:07d}"
    total = sum(USCC_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + USCC_LETTERS[-total % 31]


def _placed(category: Category, row: Row) -> Row:
    """Coordinates inside the row's district, an area common for its facility type."""
    for check in category.cross_checks:
        if check.kind == "geo_in_district":
            point = _points()[row[check.district or ""]]
            row[check.longitude or ""], row[check.latitude or ""] = point
        if check.kind == "area_by_type":
            type_ = catalog.default().facility_type_by_name[row[check.facility_type or ""]]
            row[check.area or ""] = (type_.area_min + type_.area_max) / 2
    geo = [f for f in category.fields if f.type == "geo"]
    if len(geo) == 2 and category.district_field and row[category.district_field.name] in _points():
        for field, degrees in zip(geo, _points()[row[category.district_field.name]], strict=True):
            row[field.name] = degrees
    return row


@cache
def _points() -> dict[str, tuple[Decimal, Decimal]]:
    """A point well inside each district, by name."""
    found = {}
    for feature in json.loads((GEO / "districts.geojson").read_text("utf-8"))["features"]:
        point = shape(feature["geometry"]).representative_point()
        found[feature["properties"]["name"]] = (Decimal(f"{point.x:.6f}"), Decimal(f"{point.y:.6f}"))
    return found


def every_key(category: Category | str, rows: Iterable[Row]) -> set[tuple[Any, ...]]:
    """The natural keys of rows."""
    category = _category(category)
    return {tuple(row[k] for k in category.natural_key) for row in rows}


def numbered(rows: Iterable[Row]) -> list[tuple[int, Row]]:
    """Rows with the number a clerk sees under a one-row header: the first is 2."""
    return list(enumerate(rows, start=2))
