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
from catalog.checks import Known, check_category
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


def test_a_heading_nobody_reads_and_a_value_of_the_wrong_kind_are_named(copy: Path):
    """A misspelt [[category]] would take the category away without a word."""
    spoil(copy / "categories" / "office.toml", "[[category]]", "[[categorie]]")
    spoil(copy / "code_lists.toml", "sport = [", 'seasons = "春夏"\nsport = [')
    spoil(copy / "catalog.toml", 'valid_from = "2022-03-23"', 'valid_from = "春天"')
    spoil(copy / "catalog.toml", 'formula_lead = "^[', 'formula_lead = "(^[')
    spoil(copy / "catalog.toml", "secret_mark", "secret_marks")
    spoil(copy / "units.toml", "order = 2", "order = 1")
    spoil(copy / "units.toml", 'host_adcodes = ["', 'host_adcodes = ["9')
    spoil(copy / "references.toml", "[[reference]]", "[[references]]")

    with pytest.raises(catalog.CatalogError) as caught:
        catalog.load(copy)

    said = "\n".join(caught.value.problems)
    for words in (
        "office.toml：不认识 [[categorie]]。请改为：[[category]]", "code_lists.toml [seasons]：应是文字的列表",
        "valid_from = 春天 不是日期", "[patterns]：缺少 secret_mark",
        "[patterns] formula_lead：不是有效的正则表达式", "units.toml：处室次序 1 出现了多次",
        "host_adcodes 中的 9", "references.toml：不认识 [[references]]",
    ):  # fmt: skip
        assert words in said, said
    with pytest.raises(catalog.CatalogError, match=r"units\.toml：文件不存在"):
        catalog.load(copy / "units.toml")


WALKS: dict = {
    "code": "walk", "name_zh": "健步走", "department": "mass_sport", "article": "第八条", "article_words": "赛事",
    "listed_item": 1, "listed_item_text": "赛事", "split": False, "source_platform": "file", "rhythm": "monthly",
    "rhythm_reason": "按月", "due": "next_month:5", "grain": "一次健步走", "natural_key": ["name", "held_on"],
    "fields": [
        {"name": "name", "name_zh": "名称", "type": "string", "required": True},
        {"name": "held_on", "name_zh": "日期", "type": "date", "required": True},
        {"name": "people", "name_zh": "人数", "type": "int", "required": False, "min": 0, "max": 9},
    ],
    "cross_checks": [{"id": "few", "severity": "warning", "rule": "至少一人", "expect": "people > 0"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("at", "changes", "said"),
    [
        (None, {}, None),
        (None, {"due": "next_month:0"}, "不是一月中的一天"),
        (None, {"due": "13-45"}, "不是一年中的一天"),
        (None, {"due": "next_quarter:5"}, "不相配"),
        (None, {"rhythm": "event", "due": "event+10d"}, "没有 business_date"),
        (None, {"business_date": ["name"]}, "不是日期"),
        (None, {"natural_key": ["name", "name"]}, "出现了多次"),
        (None, {"name_zh": "健步走/跑"}, "工作表名"),
        (None, {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "晚于 valid_to"),
        (2, {"name_zh": "名 称*"}, "表头或别名 名称 出现了多次"),
        (2, {"not_before_field": "name"}, "不能比较先后"),
        (1, {"max_length": 9}, "只用于文本"),
        (0, {"min": 1}, "只用于数值"),
        (0, {"max_length": 0}, "1 或更大"),
        (2, {"allowed": ["1"]}, "只用于枚举"),
        (0, {"type": "enum", "allowed": ["甲", "甲"]}, "取值 甲 出现了多次"),
        (0, {"type": "enum", "allowed": [" "]}, "有空的取值"),
        (0, {"type": "enum", "allowed": ["甲"], "codelist": "sport"}, "只保留一种"),
        (0, {"not_after": "received_on"}, "只用于日期"),
        (0, {"personal_data": "personal", "wall": "yes"}, "不能逐条上大屏"),
        ("check", {"expect": "name > 0"}, "与字段的类型不符"),
        ("check", {"expect": "last_day() > 0"}, "与字段的类型不符"),
        ("check", {"kind": "balance", "expect": None}, "缺少 group、order、value、entry、exit"),
        (2, {"name": "class"}, "字段名"),
        (2, {"name": "version_"}, "字段名"),
        (2, {"name": "People"}, "字段名"),
        (0, {"pattern": "["}, "正则表达式"),
        (None, {"code": "a" * 48}, "code"),
    ],
)
def test_what_no_page_or_delivery_could_carry_out_is_refused_at_the_start(
    at: int | str | None, changes: dict, said: str | None
):
    """Each of these once loaded without a word and failed months later, under somebody's hands."""
    fields = [
        {"personal_data": "none", "wall": "yes", **f, **(changes if at == n else {})}
        for n, f in enumerate(WALKS["fields"])
    ]
    checks = [{**WALKS["cross_checks"][0], **(changes if at == "check" else {})}]
    entry = {**WALKS, "fields": fields, "cross_checks": checks, **(changes if at is None else {})}
    known = Known({"mass_sport"}, {"file"}, set(), {"sport"})
    try:
        problems = check_category("健步走", Category.model_validate(entry), known)
    except ValueError as error:
        problems = [str(error)]

    assert len(problems) == (said is not None), problems
    assert said is None or said in problems[0]
