"""Declared sources: checked as a whole against the catalogue before anything runs."""

import pytest

import catalog
from catalog import CatalogError, sources
from data_access.connectors import SourceError
from data_access.connectors.base import address, folder_of
from data_access.engine import ROOT

CATALOG = catalog.default()

BAD = """
[[source]]
code = "readings"
name_zh = "读数"
kind = "http_json"
platform = "venue"
every_minutes = 5
address = "ftp://x"
category = "venue_usage_reading"
unit = "industry"
items = "items"
next = "next"
next_parameter = "next"
columns = { venue_code = "code" }

[[source]]
code = "view"
name_zh = "视图"
kind = "database_view"
platform = "nowhere"
every_minutes = 5
address_env = "X"
category = "referee"
unit = "mars"
view = "v"
cursor = ["id"]
columns = { shoe_size = "size" }

[[source]]
code = "inbox"
name_zh = "目录"
kind = "folder"
platform = "department_file"
every_minutes = 5
pattern = "{category}"
"""


def test_every_mistake_is_listed_with_source_and_remedy(tmp_path):
    """An operator mends the file once, not once a mistake."""
    path = tmp_path / "sources.toml"
    path.write_text(BAD, "utf-8")

    with pytest.raises(CatalogError) as error:
        sources.load(CATALOG, path)
    said = "\n".join(error.value.problems)

    for words in (
        "sources.toml [readings] address：address 应以 http",
        "[view]：来源平台 nowhere 不存在",
        "[view]：单位 mars 不存在",
        "字段 shoe_size 不是《裁判员》的字段",
        "必填字段 certificate_no、",
        "[inbox] source：请写 address",
    ):
        assert words in said


def test_the_declared_sources_cover_the_three_platforms_and_the_inbox():
    """Article 2 names three platforms; files come by a folder too. None of them holds a password."""
    declared = sources.default()

    assert {s.platform for s in declared.values()} == {p.code for p in CATALOG.platforms}
    assert {s.kind for s in declared.values()} == {"folder", "database_view", "http_json", "live_json"}
    assert "://" not in sources.FILE.read_text("utf-8")


def test_an_address_comes_from_the_environment_before_the_declaration():
    inbox = sources.default()["inbox"]

    assert address(inbox, {}) == "var/inbox"
    assert address(inbox, {"SPORTS_INBOX_FOLDER": "/data/inbox"}) == "/data/inbox"
    assert folder_of(inbox, {}) == ROOT / "var" / "inbox"
    with pytest.raises(SourceError, match="SPORTS_SMART_VENUE_URL"):
        address(sources.default()["smart_venue_reading"], {})
