"""The catalogue as a whole: its size, its cross-checks, and how it reports mistakes."""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import catalog
from catalog import Category, CrossCheck, Field
from catalog.expressions import Expression
from tests.helpers import rows as made_rows
from tests.helpers.rows import RECEIVED_ON, valid_row, valid_rows

CATEGORIES = catalog.default().categories
ROW_CHECKS = [(c, k) for c in CATEGORIES for k in c.cross_checks if k.kind is None]


def test_the_catalogue_is_complete():
    """Article 8: 10 departments, 37 categories after splitting, 372 fields, none lost."""
    loaded = catalog.default()

    assert len(loaded.departments) == 10
    assert len(loaded.categories) == 37
    assert sum(len(c.fields) for c in loaded.categories) == 372
    assert {c.department for c in loaded.categories} == {d.code for d in loaded.departments}


def test_units_have_their_days():
    """
    The regulation addresses 38 districts and three zones. On 6 November 2025
    江北区 and 渝北区 became 两江新区 (500157); history keeps the old names.
    """
    loaded = catalog.default()
    districts = [d for d in loaded.districts if d.kind == "district" and d.code != "500157"]
    zones = [d for d in loaded.districts if d.kind == "zone"]
    before, after = dt.date(2025, 11, 5), dt.date(2025, 11, 6)

    assert (len(districts), len(zones), len(loaded.districts)) == (38, 3, 42)
    assert all(z.host_adcodes for z in zones)
    assert {d.code for d in loaded.districts if d.valid_on(before) != d.valid_on(after)} == {
        "500105", "500112", "500157", "CQLJ",
    }  # fmt: skip
    assert [loaded.find_unit("两江新区", day).code for day in (before, after)] == ["CQLJ", "500157"]  # type: ignore[union-attr]


def test_every_check_has_prose_and_something_to_run():
    checks = [k for c in CATEGORIES for k in c.cross_checks]

    assert len(checks) == 39
    assert all(k.rule and (k.needs or k.expect or k.kind) for k in checks)
    assert len(ROW_CHECKS) == 39 - 7


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda c: c.code)
def test_valid_rows_are_distinct_and_pass(category: Category):
    """What all other tests build on: rows with their own natural key that no check minds."""
    rows = valid_rows(category, 30)

    assert len({tuple(row[k] for k in category.natural_key) for row in rows}) == 30
    assert all(made_rows.passes(category, row) for row in rows)
    assert all(row[f.name] is not None for row in rows for f in category.fields)


@pytest.mark.parametrize(("category", "check"), ROW_CHECKS, ids=lambda x: getattr(x, "id", None) or x.code)
def test_every_check_can_hold_and_can_fail(category: Category, check: CrossCheck):
    """A check that no row can fail says nothing; one that every row fails refuses everybody."""
    valid = valid_row(category)
    assert _holds(check, valid)

    chance = random.Random(check.id)
    for _ in range(5_000):
        row = {**valid, **{name: _wild(category.field_by_name[name], chance) for name in check.fields}}
        if not _holds(check, row):
            return
    raise AssertionError(f"{category.code}: no row was found that fails {check.id}: {check.rule}")


def _wild(field: Field, chance: random.Random) -> object:
    """A value of the field's type that no careful clerk would write, or none."""
    if not field.required and chance.random() < 0.2:
        return None
    if field.type in ("enum", "bool"):
        return chance.choice(field.allowed or catalog.default().code_list(field.codelist or ""))
    if field.type == "date":
        return RECEIVED_ON + dt.timedelta(days=chance.randint(-30_000, 300))
    if field.type == "datetime":
        return dt.datetime(2026, 10, 8) + dt.timedelta(seconds=chance.randint(0, 86_399))
    low, high = int(field.min or 0), int(field.max or 1000)
    number = chance.choice((low, high, chance.randint(low, high)))
    return number if field.type == "int" else Decimal(number)


def _holds(check: CrossCheck, row: made_rows.Row) -> bool:
    values = {**row, "received_on": RECEIVED_ON}

    def run(text: str, absent: bool) -> bool:
        expression = Expression(text)
        return expression.compile(absent=absent)(*(values[n] for n in expression.names))

    if check.when and not run(check.when, False):
        return True
    if any(values[n] is None for n in check.needs):
        return False
    return check.expect is None or run(check.expect, True)


# ---------------------------------------------------------------- mistakes


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A catalogue to spoil."""
    root = tmp_path / "catalog"
    shutil.copytree(Path(catalog.__file__).parent, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return root


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{path.name} has no {old!r} to spoil"
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_all_mistakes_are_reported_together_with_file_entry_and_remedy(copy: Path):
    """An operator mends the catalogue in one sitting, not one mistake per restart."""
    spoil(copy / "categories" / "office.toml", 'department = "office"', 'department = "ofice"')
    spoil(copy / "categories" / "mass_sport.toml", 'codelist = "district"', 'codelist = "districts"')
    spoil(copy / "categories" / "youth_sport.toml", 'type = "string"', 'type = "text"')
    spoil(copy / "categories" / "industry.toml", "value_added <= total_output", "value_added <= output")
    (copy / "categories" / "publicity.toml").write_text("[[category]\n", "utf-8")

    with pytest.raises(catalog.CatalogError) as caught:
        catalog.load(copy)

    problems = caught.value.problems
    for file, entry, remedy in (
        ("office.toml", "[government_affairs_information]", "请改为"),
        ("mass_sport.toml", "[mass_sport_event]", "请改为"),
        ("youth_sport.toml", "[youth_event]", "请对照"),
        ("industry.toml", "[sports_industry_statistics]", "请改为"),
        ("publicity.toml", "TOML", "请按提示"),
    ):
        fitting = [p for p in problems if file in p and entry in p and remedy in p]
        assert fitting, f"{file}: not reported with {entry} and {remedy} in:\n" + "\n".join(problems)
    assert re.search(r"\d+ 处", str(caught.value))


def test_a_missing_file_is_named(copy: Path):
    (copy / "units.toml").unlink()

    with pytest.raises(catalog.CatalogError, match=r"units\.toml：文件不存在"):
        catalog.load(copy)


def test_an_unspoiled_copy_loads(copy: Path):
    assert catalog.load(copy).category_by_code.keys() == catalog.default().category_by_code.keys()
