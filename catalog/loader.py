"""Reads the catalogue's files, checks them as a whole, and lists every problem at once."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from catalog.checks import Known, check_category, check_district, twice
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
PATTERNS = ("uscc", "mainland_id", "mobile", "secret_mark", "formula_lead")
"""Patterns the program asks for by name."""
TOP_KEYS = {
    "units.toml": ("platform", "department", "district", "affiliated_unit"),
    "code_lists.toml": ("facility_type", "code_list"),
    "references.toml": ("reference",),
}


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
    plain_lists = _code_lists(root / "code_lists.toml", problems)
    for name, keys in TOP_KEYS.items():
        _check_keys(root / name, keys, problems)
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
    known = Known(
        departments={d.code for d in departments},
        platforms={p.code for p in platforms},
        references={r.id for r in references},
        lists=set(lists),
    )
    for path, categories in by_file.items():
        _check_keys(path, ("category",), problems)
        for category in categories:
            problems += check_category(f"{path.name} [{category.code}]", category, known)
    categories = [c for group in by_file.values() for c in group]
    problems += twice("类别代码", [c.code for c in categories], "categories/*.toml")
    problems += twice("类别名称", [c.name_zh for c in categories], "categories/*.toml")
    problems += twice(
        "单位代码",
        [*known.departments, *(d.code for d in districts), *(a.code for a in affiliated)],
        "units.toml",
    )
    problems += twice("处室次序", [d.order for d in departments], "units.toml")
    for district in districts:
        problems += check_district(f"units.toml [{district.code}]", district, set(lists["district"]))
    if (root / "catalog.toml").exists():
        problems += _check_main(main)
    if problems:
        raise CatalogError(problems)
    order = {d.code: d.order for d in departments}
    return Catalog(
        version=main["catalog_version"],
        regulation=main["regulation"],
        valid_from=_day(main["valid_from"]),
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


def _check_main(main: dict[str, Any]) -> list[str]:
    problems = [
        f"catalog.toml：缺少 {key}。请补上这一项。"
        for key in ("catalog_version", "regulation", "valid_from", "patterns")
        if key not in main
    ]
    if "valid_from" in main:
        try:
            _day(main["valid_from"])
        except ValueError:
            problems.append(
                f'catalog.toml：valid_from = {main["valid_from"]} 不是日期。请写成 "2022-03-23" 的样子。'
            )
    patterns = main.get("patterns", {})
    for name in PATTERNS:
        if "patterns" in main and name not in patterns:
            problems.append(f"catalog.toml [patterns]：缺少 {name}。请补上这一项。")
    for name, pattern in patterns.items():
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            problems.append(f"catalog.toml [patterns] {name}：不是有效的正则表达式（{error}）。请改正。")
    return problems


def _day(value: object) -> dt.date:
    return dt.date.fromisoformat(str(value))


def _check_keys(path: Path, keys: tuple[str, ...], problems: list[str]) -> None:
    """A heading nobody reads is a mistake: what stands below it would be missing without a word."""
    for key in _read(path, problems):
        if key not in keys:
            problems.append(f"{path.name}：不认识 [[{key}]]。请改为：{'、'.join(f'[[{k}]]' for k in keys)}。")


def _code_lists(path: Path, problems: list[str]) -> dict[str, list[str]]:
    """The plain lists: name → texts."""
    lists = _read(path, problems).get("code_list", {})
    found = lists.items() if isinstance(lists, dict) else [("code_list", lists)]
    wrong = [
        name
        for name, values in found
        if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values)
    ]
    problems += [f'{path.name} [{name}]：应是文字的列表。请写成 ["甲", "乙"] 的样子。' for name in wrong]
    good = {name: values for name, values in found if name not in wrong}
    for name, values in good.items():
        problems += twice("取值", values, f"{path.name} [{name}]")
    return good


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        message = f"{path.name}：文件不存在。请恢复该文件。"
    except OSError as error:
        message = f"{path.name}：读不到（{error.strerror}）。请核对文件的权限。"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name}：不是有效的 TOML（{error}）。请按提示的行列改正。"
    if message not in problems:
        problems.append(message)
    return {}


def _entries(path: Path, key: str, model: type[E], problems: list[str]) -> list[E]:
    entries = []
    found = _read(path, problems).get(key, [])
    if not isinstance(found, list) or not all(isinstance(raw, dict) for raw in found):
        problems.append(f"{path.name}：{key} 应写成双层方括号 [[{key}]]，一项一节。请改正。")
        return []
    for number, raw in enumerate(found, start=1):
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
