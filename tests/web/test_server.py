"""The product as a browser meets it: `streamlit run app.py` and the distribution's Chromium."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.tokens import COOKIE
from tests.helpers.signed_in import SignedIn, signed_in
from tests.web.conftest import Server, command, environment, free_port

pytestmark = pytest.mark.browser


class Visit:
    """One page in a fresh browser: what it asked for and what the console said."""

    def __init__(self, browser: Any, server: Server, path: str, who: SignedIn) -> None:
        self.context = browser.new_context(viewport={"width": 1600, "height": 1000}, locale="zh-CN")
        self.context.add_cookies([{"name": COOKIE, "value": who.cookie, "url": server.url}])
        self.page = self.context.new_page()
        self.foreign: list[str] = []
        self.console: list[str] = []
        home = urlsplit(server.url).netloc
        self.page.on(
            "request",
            lambda r: (
                urlsplit(r.url).netloc not in ("", home)
                and not r.url.startswith(("data:", "blob:"))
                and self.foreign.append(r.url)
            ),
        )
        self.page.on("console", lambda m: m.type == "error" and self.console.append(m.text))
        self.page.goto(server.url + path)

    def text(self, words: str) -> Any:
        """The element with these words, once it is there."""
        found = self.page.get_by_text(words).first
        found.wait_for(timeout=30_000)
        return found

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visit(browser, server, leader):
    opened: list[Visit] = []

    def go(path: str, who: SignedIn = leader) -> Visit:
        opened.append(Visit(browser, server, path, who))
        return opened[-1]

    yield go
    for one in opened:
        one.close()


def test_a_page_is_drawn_with_its_side_bar_and_nothing_leaves_the_host(visit):
    """The hall and the bureau are closed networks; the policy forbids what slips through."""
    seen = visit("/")

    seen.text("全年计划完成 82.4%。")
    seen.page.locator(".js-plotly-plot .barlayer path").first.wait_for(timeout=30_000)
    links = seen.page.locator('[data-testid="stSidebarNavLink"]').all_inner_texts()
    fonts = seen.page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")

    assert [link.split("\n")[-1] for link in links] == ["样例总览", "样例进度", "样例出错"]
    assert seen.page.locator('[data-testid="stNavSectionHeader"]').all_inner_texts()[0].endswith("总览")
    assert any("Noto Sans SC" in family for family in fonts)
    assert seen.foreign == []
    assert not [line for line in seen.console if "Content Security Policy" in line or "Refused" in line]


@pytest.fixture(scope="module")
def clerk(server) -> SignedIn:
    return signed_in(server.base, "department")


def test_the_first_page_has_an_address_of_its_own(visit, clerk):
    """`/` shows another page to another role; a link must not."""
    seen = visit("/", clerk)

    seen.text("选中 2026")
    assert urlsplit(seen.page.url).path == "/filtered"


def test_a_forbidden_page_refuses_in_chinese_and_keeps_its_address(visit, clerk):
    """Streamlit would say “Page not found” and show another page."""
    seen = visit("/first", clerk)

    seen.text("“样例总览”不对您开放")
    assert urlsplit(seen.page.url).path == "/first"
    assert "82.4%" not in seen.page.content()
    assert "样例总览" not in "".join(seen.page.locator('[data-testid="stSidebarNavLink"]').all_inner_texts())


def test_an_error_shows_a_number_and_only_the_log_knows_more(visit, server):
    """The message may quote a record or a database address: it is in neither place."""
    seen = visit("/failing")
    words = seen.text("错误编号").inner_text()
    number = re.search(r"[2-9A-Z]{8}", words)

    assert number
    line = json.loads(next(line for line in server.log.splitlines() if number.group() in line))
    assert (line["event"], line["type"]) == ("page_failed", "RuntimeError")
    assert line["frames"][-1].endswith("render") and "failing.py" in line["frames"][-1]
    assert "geheim" not in server.log and "geheim" not in seen.page.content()


def test_a_link_carries_its_filter(visit):
    seen = visit("/filtered?year=2025")

    seen.text("2025 年还没有汇聚数据")
    assert "year=2025" in seen.page.url


def test_the_page_is_chinese_where_streamlit_is_english(visit):
    """`lang` decides how a browser reads aloud and whether it offers to translate."""
    seen = visit("/filtered")
    seen.text("单个文件不超过 20 MB")

    assert seen.page.evaluate("document.documentElement.lang") == "zh-CN"
    visible = seen.page.locator('[data-testid="stAppViewContainer"]').inner_text()
    assert not re.findall(r"Upload|Browse|Drag|Limit|per file", visible)


def test_a_refused_upload_says_why_in_chinese(visit):
    """Streamlit shows a red mark and keeps its English reason for screen readers."""
    seen = visit("/filtered")
    seen.text("单个文件不超过 20 MB")
    seen.page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(
        [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}]
    )

    assert seen.text("不接受").is_visible()
    assert "没有收下" in seen.page.locator('[data-testid="stFileUploader"]').inner_text()


def test_the_page_fits_a_telephone(visit):
    seen = visit("/first")
    seen.page.set_viewport_size({"width": 390, "height": 844})
    seen.text("三月最多。")

    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_download_holds_the_table(visit):
    seen = visit("/first")
    seen.text("CSV")
    with seen.page.expect_download(timeout=30_000) as waiting:
        seen.page.get_by_role("button", name="CSV").click()

    assert re.fullmatch(r"完成率.*\.csv", waiting.value.suggested_filename)
    assert waiting.value.path().read_text(encoding="utf-8-sig").splitlines()[0] == "月份,实际"


def test_health_answers_without_names(server):
    with urllib.request.urlopen(server.url + "/health", timeout=10) as answer:
        assert (answer.status, json.load(answer)) == (200, {"status": "ok"})
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("option", "variable", "said"),
    [
        (("--server.address", "0.0.0.0"), {}, "没有启动：监听地址是"),
        ((), {"STREAMLIT_SERVER_ADDRESS": "::"}, "没有启动：监听地址是"),
        ((), {"SPORTS_ACCOUNTS_KEY": "short"}, "没有启动：环境变量 SPORTS_ACCOUNTS_KEY 只有 5 个字节"),
    ],
)
def test_it_refuses_to_start_open_or_without_a_secret(tree, option, variable, said):
    """Passwords would cross the network readable, or anybody could write a cookie."""
    done = subprocess.run(
        command(tree, free_port(), *option),
        env={**environment("sqlite:///:memory:"), **variable},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
