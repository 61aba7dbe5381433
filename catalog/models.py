"""The shapes of the catalogue: what a department, a category, a field and a unit are."""

from __future__ import annotations

import datetime as dt
import keyword
import re
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field as PydanticField, field_validator, model_validator

from catalog.expressions import Expression, ExpressionError

Rhythm = Literal["realtime", "daily", "monthly", "quarterly", "yearly", "event"]
FieldType = Literal["string", "int", "decimal", "date", "datetime", "enum", "bool", "geo"]
PersonalData = Literal["none", "personal", "sensitive", "minor"]
NUMERIC_TYPES = ("int", "decimal", "geo")
DUE = re.compile(r"next_(month|quarter):\d{1,2}|\d{2}-\d{2}|event\+\d{1,3}d|monthly_share")

FIELD_NAME = re.compile(r"[a-z]([a-z0-9_]{0,46}[a-z0-9])?")


class Entry(BaseModel):
    """Base of every entry: immutable, unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Reference(Entry):
    id: str
    title: str
    basis: Literal["verified", "secondary", "memory"]
    note: str | None = None
    url: str | None = None


class Platform(Entry):
    code: str
    name_zh: str
    named_in_regulation: bool


class Department(Entry):
    """One of the ten bodies of Article 8 (处室)."""

    code: str
    name_zh: str
    order: int
    article_8_text: str
    listed_items: tuple[str, ...]

    @property
    def short(self) -> str:
        """The name without its bracket: 机关党委（…）→ 机关党委."""
        return self.name_zh.split("（")[0]


class District(Entry):
    """A district-level unit: one of 38 districts (区县) or a functional zone (功能区)."""

    code: str
    name: str
    short: str
    kind: Literal["district", "zone"]
    unit: str
    aliases: tuple[str, ...] = ()
    old_names: tuple[str, ...] = ()
    population_2020: int | None = None
    population_basis: str | None = None
    host_adcodes: tuple[str, ...] = ()
    merged_from: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def valid_on(self, day: dt.date) -> bool:
        """Whether the unit exists on `day` (both ends inclusive)."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class AffiliatedUnit(Entry):
    code: str
    name: str


class FacilityType(Entry):
    """A kind of sports facility; areas in m², `count_2023` 0 = not published."""

    name: str
    group: str
    count_2023: int
    area_min: Decimal
    area_max: Decimal


class Field(Entry):
    """One column of a category."""

    name: str
    name_zh: str
    type: FieldType
    required: bool
    personal_data: PersonalData
    wall: Literal["yes", "aggregate", "no"]
    unit: str | None = None
    reference: str | None = None
    aliases: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    codelist: str | None = None
    pattern: str | None = None
    max_length: int | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    not_after: Literal["received_on"] | None = None
    not_before_field: str | None = None

    @field_validator("pattern")
    @classmethod
    def _pattern_compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"pattern 不是有效的正则表达式：{error}") from None
        return value

    @field_validator("name")
    @classmethod
    def _name_is_a_column(cls, value: str) -> str:
        """It names a column, and a variable of the cross-checks; one that ends in _ may be a lineage column's."""
        if not FIELD_NAME.fullmatch(value) or keyword.iskeyword(value):
            raise ValueError(f"字段名 {value!r}：应为小写字母、数字和下划线，以字母开头，不超过 48 个字符")
        return value

    @property
    def is_personal(self) -> bool:
        return self.personal_data != "none"

    @property
    def is_money(self) -> bool:
        return self.unit in ("元", "万元")


class CrossCheck(Entry):
    """A rule over several fields or rows: its prose and, beside it, what the program runs.

    Without `kind`: where `when` holds, every field of `needs` must be filled and
    `expect` must hold. A comparison with an absent value does not hold in `when`
    and is not made in `expect`.
    """

    id: str
    rule: str
    severity: Literal["error", "warning"]
    when: str | None = None
    needs: tuple[str, ...] = ()
    expect: str | None = None
    kind: (
        Literal[
            "geo_in_district",
            "area_by_type",
            "cumulative",
            "balance",
            "each_once",
            "grade_matches_score",
        ]
        | None
    ) = None
    longitude: str | None = None
    latitude: str | None = None
    district: str | None = None
    buffer_m: int | None = None
    area: str | None = None
    facility_type: str | None = None
    group: tuple[str, ...] = ()
    order: str | None = None
    value: str | None = None
    entry: str | None = None
    exit: str | None = None
    grade: str | None = None
    score: str | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> CrossCheck:
        if self.kind is None and not (self.needs or self.expect):
            raise ValueError(f"校验 {self.id} 没有可执行的内容：请写 needs、expect 或 kind")
        for text in (self.when, self.expect):
            if text is not None:
                try:
                    Expression(text)
                except ExpressionError as error:
                    raise ValueError(f"校验 {self.id}：{error}") from None
        return self

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Every field the check names, in the order of first mention."""
        names: list[str] = []
        for text in (self.when, self.expect):
            if text is not None:
                names += Expression(text).names
        names += self.needs
        names += [
            n
            for n in (
                self.longitude, self.latitude, self.district, self.area, self.facility_type,
                *self.group, self.order, self.value, self.entry, self.exit, self.grade, self.score,
            )
            if n
        ]  # fmt: skip
        return tuple(dict.fromkeys(n for n in names if n != "received_on"))


class Category(Entry):
    """One of the kinds of record the regulation names (数据类别)."""

    code: str = PydanticField(pattern=r"^[a-z][a-z0-9_]{2,46}$")  # its index's name has 63 characters then
    name_zh: str
    department: str
    article: str
    article_words: str
    listed_item: int
    listed_item_text: str
    split: bool
    source_platform: str
    rhythm: Rhythm
    rhythm_reason: str
    due: str
    grain: str
    natural_key: tuple[str, ...]
    business_date: tuple[str, ...] = ()
    reference: str | None = None
    fields: tuple[Field, ...]
    cross_checks: tuple[CrossCheck, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def __hash__(self) -> int:
        """By code: what is cached by category need not hash its fields at every look-up."""
        return hash(self.code)

    @field_validator("due")
    @classmethod
    def _due_is_known(cls, value: str) -> str:
        if not DUE.fullmatch(value):
            raise ValueError(
                f"due = {value!r}：应为 next_month:5、next_quarter:10、04-30、event+10d 或 monthly_share"
            )
        return value

    @cached_property
    def field_by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def required_fields(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.required)

    @cached_property
    def contains_personal_data(self) -> bool:
        return any(f.is_personal for f in self.fields)

    @cached_property
    def contains_minors(self) -> bool:
        return any(f.personal_data == "minor" for f in self.fields)

    @cached_property
    def district_field(self) -> Field | None:
        """The field that says in which district a record lies, if the category has one."""
        return next((f for f in self.fields if f.codelist == "district"), None)

    @property
    def table_name(self) -> str:
        return f"base_{self.code}"
