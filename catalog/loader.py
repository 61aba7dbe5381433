"""Reads the catalogue's files, checks them as a whole, and lists every problem at once."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from catalog.models import (
    AffiliatedUnit,
    Category,
    Department,
    District,
    FacilityType,
    Platform,
    Reference,
)

E = TypeVar("E", bound=BaseModel)
HERE = Path(__file__).parent


class CatalogError(Exception):
    """The catalogue cannot be used; `problems` names file, entry and remedy of each mistake."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"数据目录有 {len(problems)} 处需要修改：\n" + "\n".join(f"  {p}" for p in problems))


@dataclass(frozen=True)
class Unit:
    """Whoever can send or answer: a department, a district-level unit or an affiliated unit.

    `label` is the name on screen; `list_name` the entry of code list "unit";
    `names` everything an operator may write for it.
    """

    code: str
    label: str
    list_name: str
    kind: str  # department | district | zone | affiliated
    names: tuple[str, ...]
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclass(frozen=True)
class Catalog:
    """The whole vocabulary; immutable, loaded once per process."""

    version: str
    regulation: str
    valid_from: dt.date
    patterns: dict[str, str]
    references: tuple[Reference, ...]
    platforms: tuple[Platform, ...]
    departments: tuple[Department, ...]
    districts: tuple[District, ...]
    affiliated_units: tuple[AffiliatedUnit, ...]
    facility_types: tuple[FacilityType, ...]
    categories: tuple[Category, ...]
    _lists: dict[str, tuple[str, ...]]

    @cached_property
    def category_by_code(self) -> dict[str, Category]:
        return {c.code: c for c in self.categories}

    @cached_property
    def department_by_code(self) -> dict[str, Department]:
        return {d.code: d for d in self.departments}

    @cached_property
    def district_by_code(self) -> dict[str, District]:
        return {d.code: d for d in self.districts}

    @cached_property
    def facility_type_by_name(self) -> dict[str, FacilityType]:
        return {f.name: f for f in self.facility_types}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Every unit by code: departments, then district-level units, then affiliated units."""
        units = [
            Unit(d.code, d.short, d.short, "department", tuple(dict.fromkeys((d.name_zh, d.short))))
            for d in self.departments
        ]
        units += [
            Unit(
                d.code,
                d.name,
                d.unit,
                d.kind,
                tuple(dict.fromkeys((d.name, d.unit, d.short, *d.aliases))),
                d.valid_from,
                d.valid_to,
            )
            for d in self.districts
        ]
        units += [Unit(a.code, a.name, a.name, "affiliated", (a.name,)) for a in self.affiliated_units]
        return {u.code: u for u in units}

    def find_unit(self, text: str, on: dt.date) -> Unit | None:
        """The unit with this code or name on that day; None if nobody has it."""
        text = text.strip()
        if text in self.units:
            return self.units[text]
        named = [u for u in self.units.values() if text in u.names]
        valid = [
            u
            for u in named
            if (u.valid_from is None or u.valid_from <= on) and (u.valid_to is None or on <= u.valid_to)
        ]
        return (valid or named or [None])[0]

    def code_list(self, name: str) -> tuple[str, ...]:
        """The stored values of a code list: ``district`` by code, all others by name."""
        return self._lists[name]

    def categories_of(self, department: str) -> tuple[Category, ...]:
        return tuple(c for c in self.categories if c.department == department)

    def find_category(self, text: str) -> Category | None:
        """By code or Chinese name."""
        text = text.strip()
        return self.category_by_code.get(text) or next(
            (c for c in self.categories if c.name_zh == text), None
        )


def load(root: Path | str = HERE) -> Catalog:
    """Read and check all files below `root`.

    Raises:
        CatalogError: with every problem found, not only the first.
    """
    root = Path(root)
    problems: list[str] = []
    main = _read(root / "catalog.toml", problems)
    references = _entries(root / "references.toml", "reference", Reference, problems)
    platforms = _entries(root / "units.toml", "platform", Platform, problems)
    departments = _entries(root / "units.toml", "department", Department, problems)
    districts = _entries(root / "units.toml", "district", District, problems)
    affiliated = _entries(root / "units.toml", "affiliated_unit", AffiliatedUnit, problems)
    facility_types = _entries(root / "code_lists.toml", "facility_type", FacilityType, problems)
    plain_lists = _read(root / "code_lists.toml", problems).get("code_list", {})
    by_file = {
        path: _entries(path, "category", Category, problems)
        for path in sorted((root / "categories").glob("*.toml"))
    }
    lists = {
        **{name: tuple(values) for name, values in plain_lists.items()},
        "facility_type": tuple(f.name for f in facility_types),
        "district": tuple(d.code for d in districts),
        "department": tuple(d.short for d in departments),
    }
    lists["unit"] = (*lists["department"], *(d.unit for d in districts), *(a.name for a in affiliated))
    known = _Known(
        departments={d.code for d in departments},
        platforms={p.code for p in platforms},
        references={r.id for r in references},
        lists=set(lists),
    )
    for path, categories in by_file.items():
        for category in categories:
            problems += _check_category(f"{path.name} [{category.code}]", category, known)
    categories = [c for group in by_file.values() for c in group]
    problems += _twice("类别代码", [c.code for c in categories], "categories/*.toml")
    problems += _twice("类别名称", [c.name_zh for c in categories], "categories/*.toml")
    problems += _twice(
        "单位代码",
        [*known.departments, *(d.code for d in districts), *(a.code for a in affiliated)],
        "units.toml",
    )
    for key in ("catalog_version", "regulation", "valid_from", "patterns"):
        if key not in main and (root / "catalog.toml").exists():
            problems.append(f"catalog.toml：缺少 {key}。请补上这一项。")
    if problems:
        raise CatalogError(problems)
    order = {d.code: d.order for d in departments}
    return Catalog(
        version=main["catalog_version"],
        regulation=main["regulation"],
        valid_from=dt.date.fromisoformat(str(main["valid_from"])),
        patterns=main["patterns"],
        references=tuple(references),
        platforms=tuple(platforms),
        departments=tuple(sorted(departments, key=lambda d: d.order)),
        districts=tuple(districts),
        affiliated_units=tuple(affiliated),
        facility_types=tuple(facility_types),
        categories=tuple(sorted(categories, key=lambda c: (order[c.department], c.listed_item))),
        _lists=lists,
    )


@dataclass(frozen=True)
class _Known:
    departments: set[str]
    platforms: set[str]
    references: set[str]
    lists: set[str]


def _check_category(where: str, category: Category, known: _Known) -> list[str]:
    """What one entry says about others must exist."""
    problems = []
    names = [f.name for f in category.fields]
    headers = [h for f in category.fields for h in (f.name_zh, *f.aliases)]
    if category.department not in known.departments:
        problems.append(
            f"{where}：处室 {category.department} 不存在。请改为：{'、'.join(sorted(known.departments))}。"
        )
    if category.source_platform not in known.platforms:
        problems.append(
            f"{where}：来源平台 {category.source_platform} 不存在。请改为：{'、'.join(sorted(known.platforms))}。"
        )
    problems += _twice("字段", names, where) + _twice("表头或别名", headers, where)
    for label, mentioned in (
        ("natural_key", category.natural_key),
        ("business_date", category.business_date),
    ):
        for name in mentioned:
            if name not in names:
                problems.append(
                    f"{where}：{label} 中的字段 {name} 不存在。请改为本类别的字段名，或补上该字段。"
                )
    for name in category.natural_key:
        if name in names and not category.field_by_name[name].required:
            problems.append(f"{where}：自然键字段 {name} 必须 required = true。")
    if not category.natural_key:
        problems.append(f"{where}：没有自然键。请在 natural_key 中写明哪些字段使一条记录唯一。")
    for field in category.fields:
        at = f"{where} 字段 {field.name}"
        if field.type == "enum" and not (field.allowed or field.codelist):
            problems.append(f"{at}：枚举没有取值。请写 allowed 或 codelist。")
        if field.codelist and field.codelist not in known.lists:
            problems.append(
                f"{at}：代码表 {field.codelist} 不存在。请改为：{'、'.join(sorted(known.lists))}。"
            )
        if field.reference and field.reference not in known.references:
            problems.append(f"{at}：依据 {field.reference} 不在 references.toml 中。请补上或改正。")
        if field.not_before_field and field.not_before_field not in names:
            problems.append(f"{at}：not_before_field 指向的字段 {field.not_before_field} 不存在。请改正。")
        if field.min is not None and field.max is not None and field.min > field.max:
            problems.append(f"{at}：min 大于 max。请对调或改正。")
    problems += _twice("校验", [c.id for c in category.cross_checks], where)
    for check in category.cross_checks:
        for name in check.fields:
            if name not in names:
                problems.append(f"{where} 校验 {check.id}：字段 {name} 不存在。请改为本类别的字段名。")
    return problems


def _twice(what: str, values: list[str], where: str) -> list[str]:
    return [
        f"{where}：{what} {v} 出现了多次。请只保留一处。"
        for v in dict.fromkeys(values)
        if values.count(v) > 1
    ]


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        message = f"{path.name}：文件不存在。请恢复该文件。"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name}：不是有效的 TOML（{error}）。请按提示的行列改正。"
    if message not in problems:
        problems.append(message)
    return {}


def _entries(path: Path, key: str, model: type[E], problems: list[str]) -> list[E]:
    entries = []
    for number, raw in enumerate(_read(path, problems).get(key, []), start=1):
        name = raw.get("code") or raw.get("id") or raw.get("name") or f"第 {number} 个"
        try:
            entries.append(model.model_validate(raw))
        except ValidationError as error:
            for e in error.errors():
                at = ".".join(str(part) for part in e["loc"]) or key
                problems.append(
                    f"{path.name} [{name}] {at}：{e['msg']}。请对照 catalog/models.py 改正这一项。"
                )
    return entries
