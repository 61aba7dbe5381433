"""HTML is built in one module, and what comes from a file stays text."""

from __future__ import annotations

import ast
import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from ui import html

ROOT = Path(__file__).resolve().parents[2]
MAY_WRITE_HTML = ("ui/html.py", "ui/pieces/browser.py", "web/document.py")
ATTACKS = (
    "<iframe srcdoc='<script>1</script>'>",
    "<img src=x onerror=alert(1)>",
    '"><b onclick="1',
    "' onmouseover='1",
    "&lt;b&gt;",
    "</div><object data=x>",
)
TEXT = st.sampled_from(ATTACKS) | st.text(alphabet="<>&\"'/=; ab中")


class Reader(HTMLParser):
    """The tags and the text a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.seen = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.seen += data


@given(TEXT)
def test_whatever_a_cell_contains_arrives_as_text(words):
    """`<iframe srcdoc>` in a unit's name must be read, not run."""
    read = Reader(html.notice("alarm", "error", words, words))

    assert read.tags == ["div", "span", "span", "b"][: 3 if not words else 4]
    assert read.seen == "error" + (words + " " if words else "") + words


@given(TEXT)
def test_an_attribute_cannot_be_left(words):
    read = Reader(html.element("p", "x", title=words))

    assert read.tags == ["p"] and read.seen == "x"


def test_each_of_the_four_pictures_is_announced_and_says_what_to_do():
    """Screen readers hear it; nobody is left with an empty page."""
    drawn = html.picture("calm", "inbox", "还没有数据", "送来后显示", "请先报送")

    assert 'role="status"' in drawn
    assert Reader(drawn).seen == "inbox还没有数据送来后显示请先报送"


def test_the_field_of_the_day_offers_the_days_of_the_page_and_no_others():
    drawn = html.asked_day(dt.date(2025, 6, 30), dt.date(2024, 1, 1), dt.date(2026, 11, 25))

    assert 'value="2025-06-30" min="2024-01-01" max="2026-11-25"' in drawn and ">2025-06-30<" in drawn


@pytest.mark.parametrize("package", ["pages", "web", "ui", "metrics", "data_access"])
def test_no_other_module_builds_html(package):
    """Streamlit's `unsafe_allow_html` runs script; `st.html` is called in `ui/pieces/browser.py` alone."""
    found = []
    for path in (ROOT / package).rglob("*.py"):
        if path.relative_to(ROOT).as_posix() in MAY_WRITE_HTML:
            continue
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
                found.append(f"{path}:{node.value.lineno} unsafe_allow_html")
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("html", "iframe")
                and ast.unparse(node.value) == "st"
            ):
                found.append(f"{path}:{node.lineno} st.{node.attr}")
        found += [f"{path}: {m.group()}" for m in re.finditer(r"<(?:div|p|table|script)[ >]", source)]

    assert found == []
