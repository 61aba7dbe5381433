"""A 38th category is one entry and one command, from the file to the page (Article 8)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import catalog
from tests.conftest import Databases
from tests.helpers.signed_in import signed_in

ROOT = Path(__file__).resolve().parents[1]
ENTRY = """
[[category]]
code = "outdoor_camp"
name_zh = "户外运动营地"
department = "mass_sport"
article = "第八条"
article_words = "群众体育场地"
listed_item = 14
listed_item_text = "群众体育场地及设施设备"
split = true
source_platform = "department_file"
rhythm = "monthly"
rhythm_reason = "按月更新"
due = "next_month:5"
grain = "一处户外运动营地"
natural_key = ["camp_name", "adcode"]
fields = [
  { name = "camp_name", name_zh = "营地名称", type = "string", required = true, max_length = 60, personal_data = "none", wall = "yes" },
  { name = "adcode", name_zh = "区县", type = "enum", required = true, codelist = "district", personal_data = "none", wall = "yes" },
  { name = "area", name_zh = "占地面积", type = "decimal", unit = "平方米", required = false, min = 1, max = 9000000, personal_data = "none", wall = "yes" },
  { name = "tent_sites", name_zh = "营位数", type = "int", unit = "个", required = true, min = 0, max = 5000, personal_data = "none", wall = "yes" },
]
cross_checks = [
  { id = "sites_need_area", severity = "warning", rule = "tent_sites > 0 时 area 必填", when = "tent_sites > 0", needs = ["area"] },
]
"""
PAGE = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_string("import pages.aggregation.records as page\\npage.render()", default_timeout=60)
page.user = {"sid": sys.argv[1]}
page.query_params["view"] = "记录"
page.query_params["category"] = "户外运动营地"
page.run()
assert not page.exception, page.exception
print(page.dataframe[0].value.to_csv(index=False))
"""


def run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_field_may_become_optional_but_not_of_another_type(databases: Databases, tmp_path: Path) -> None:
    """Sync adds and loosens; what would need the stored rows to be written anew is named and left."""
    url = databases()
    folder = tmp_path / "catalog"
    shutil.copytree(ROOT / "catalog", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    entries = folder / "categories" / "mass_sport.toml"
    text = entries.read_text("utf-8") + ENTRY
    environment = {**os.environ, "SPORTS_CATALOG": str(folder), "SPORTS_DATABASE_URL": url}
    file = tmp_path / "营地.csv"
    words = ["intake", str(file), "--category", "outdoor_camp", "--unit", "mass_sport", "--json"]
    sync = ["manage.py", "catalog", "sync", "--json"]

    entries.write_text(text, "utf-8")
    run(sync, environment)
    file.write_text("营地名称,区县,营位数\n缙云山营地,北碚区,40\n", "utf-8")
    run(["manage.py", *words], environment)
    sites = 'unit = "个", required = true'
    entries.write_text(text.replace(sites, 'unit = "个", required = false'), "utf-8")
    synced = json.loads(run(sync, environment))
    file.write_text("营地名称,区县,营位数\n金佛山营地,南川区,\n", "utf-8")
    taken = json.loads(run(["manage.py", *words], environment))
    stored = json.loads(run(["manage.py", "records", "outdoor_camp", "--json"], environment))
    changed = text.replace(
        '"tent_sites", name_zh = "营位数", type = "int"', '"tent_sites", name_zh = "营位数", type = "decimal"'
    )
    entries.write_text(changed.replace('["camp_name", "adcode"]', '["camp_name"]'), "utf-8")
    refused = subprocess.run(
        [sys.executable, *sync], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert synced["changes"] == ["make optional base_outdoor_camp.tent_sites"]
    assert taken["outcome"] == "accepted"
    assert [(r["camp_name"], r["tent_sites"]) for r in stored] == [("缙云山营地", 40), ("金佛山营地", None)]
    said = json.loads(refused.stdout)["error"]
    assert refused.returncode == 1
    assert "outdoor_camp 字段 tent_sites：类型" in said and "outdoor_camp：自然键" in said


def test_one_entry_and_one_command_take_a_new_category_to_its_page(embedded: str, tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(ROOT / "catalog", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with (folder / "categories" / "mass_sport.toml").open("a", encoding="utf-8") as entries:
        entries.write(ENTRY)
    file = tmp_path / "营地.csv"
    file.write_text(
        "营地名称,区县,占地面积（公顷）,营位数\n缙云山营地,北碚,1.5,40\n金佛山营地,南川区,,20\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "SPORTS_CATALOG": str(folder), "SPORTS_DATABASE_URL": embedded}

    synced = json.loads(run(["manage.py", "catalog", "sync", "--json"], environment))
    arguments = [
        "manage.py",
        "intake",
        str(file),
        "--category",
        "outdoor_camp",
        "--unit",
        "mass_sport",
        "--json",
    ]
    delivery = json.loads(run(arguments, environment))
    shown = run(["-c", PAGE, signed_in(embedded, "office").sid], environment)

    assert synced["categories"] == len(catalog.default().categories) + 1
    assert synced["changes"] == ["create table base_outdoor_camp"]
    assert delivery["outcome"] == "accepted"
    assert sorted((w["row"], w["code"]) for w in delivery["warnings"]) == [
        (2, "W_DISTRICT_ALIAS"), (2, "W_UNIT"), (3, "W_CROSS"),
    ]  # fmt: skip
    assert "缙云山营地,北碚区,15000,40" in shown
