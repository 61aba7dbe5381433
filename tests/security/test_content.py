"""Text that was delivered, stored and is shown or exported: it is only ever text."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

import catalog
from accounts.tokens import COOKIE
from data_access.engine import engine, reading
from data_access.principal import OFFICE
from data_access.queries.plans import plan_versions
from tests.helpers.signed_in import SignedIn
from tests.security.conftest import FORMULAS, Product
from tests.security.speaking import Tab, ask, tab
from web.discovery import pages

RECORDS = urlencode({"category": "群众体育赛事", "view": "记录"})
QUERIES = {"records": RECORDS, "deliveries": urlencode({"category": "群众体育赛事"})}


def drawn_as_markup(line: Tab) -> list[str]:
    """What a page draws as HTML or markdown; tables and charts are drawn as text by the browser."""
    found = []
    for element in line.elements:
        kind = element.WhichOneof("type")
        if kind == "html":
            found.append(element.html.body)
        elif kind in ("markdown", "heading", "alert"):
            found.append(getattr(element, kind).body)
    return found


@pytest.mark.parametrize("path", [entry.page.path for entry in pages()])
def test_no_page_draws_stored_text_as_markup(product: Product, office: SignedIn, clerk: SignedIn, path: str):
    """A frame with a document of its own executes script; a markdown image tells another server who looks."""
    role = next(who for who in (office, clerk) if _may(path, who))
    with tab(product.url, role.cookie) as line:
        line.open(path, query=QUERIES.get(path, ""))
        bodies = drawn_as_markup(line)

    assert bodies
    for body in bodies:
        assert "<iframe" not in body and "onerror" not in body.replace("&lt;img src=x onerror", "")
        assert "![图]" not in body and "](javascript:" not in body and "](http" not in body


def _may(path: str, who: SignedIn) -> bool:
    role = "office" if who.account.startswith("office") else "department"
    return any(e.page.path == path and role in e.page.roles for e in pages())


@pytest.mark.browser
@pytest.mark.parametrize("path", ["records", "deliveries"])
def test_a_browser_that_shows_hostile_text_executes_and_fetches_nothing(
    product: Product, office: SignedIn, browser: Any, path: str
):
    """The last word has the browser itself."""
    context = browser.new_context(viewport={"width": 1600, "height": 1400}, locale="zh-CN")
    try:
        context.add_cookies([{"name": COOKIE, "value": office.cookie, "url": product.url}])
        page = context.new_page()
        foreign: list[str] = []
        page.on(
            "request", lambda r: r.url.startswith(("http://evil", "https://evil")) and foreign.append(r.url)
        )
        page.goto(f"{product.url}/{path}?{QUERIES[path]}")
        page.locator('[data-testid="stDataFrame"]').first.wait_for(timeout=60_000)
        page.wait_for_timeout(500)
        found = page.evaluate(
            """() => ({taken: window.taken ?? null, frames: document.querySelectorAll("iframe").length,
                links: [...document.links].filter(a => !a.href.startsWith(location.origin)).map(a => a.href),
                images: [...document.images].filter(i => i.src.includes("evil")).length})"""
        )
    finally:
        context.close()

    assert found == {"taken": None, "frames": 0, "links": [], "images": 0}
    assert foreign == []


def _file(product: Product, who: SignedIn, label: str) -> bytes:
    """The records page's download with that label."""
    with tab(product.url, who.cookie) as line:
        line.open("records", query=RECORDS)
        buttons = [e.download_button for e in line.elements if e.WhichOneof("type") == "download_button"]
        message = BackMsg()
        asked = message.backend_operation_request
        asked.request_id, asked.session_id = "file", line.session_id
        asked.deferred_file.file_id = next(b.deferred_file_id for b in buttons if b.label == label)
        line.send(message)
        for answer in line.messages():
            if answer.WhichOneof("type") == "backend_operation_response":
                url = answer.backend_operation_response.deferred_file.url
                return ask(product.url, url, cookie=who.cookie).body
    raise AssertionError("no file was made")


def test_an_export_starts_no_formula(product: Product, office: SignedIn):
    """Excel and WPS execute what begins with = + - @; every text field of every row is looked at."""
    text = _file(product, office, "CSV").decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [
        c for c in cells if c[:1] in tuple("=+@-\t\r") and not c.lstrip("-").replace(".", "").isdigit()
    ] == []
    assert [sum(cell == f"'{formula}" for cell in cells) for formula in FORMULAS] == [2, 2, 2, 2]

    book = openpyxl.load_workbook(io.BytesIO(_file(product, office, "xlsx")))
    assert [c.coordinate for sheet in book for row in sheet for c in row if c.data_type == "f"] == []


def test_a_value_no_list_offers_is_not_taken(product: Product, clerk: SignedIn):
    """A browser may send any value for a list: another department's category and unit are not reached by it."""
    with tab(product.url, clerk.cookie) as line:
        line.open("deliveries")
        for element in line.elements:
            if element.WhichOneof("type") != "selectbox":
                continue
            forged = BackMsg().rerun_script.widget_states.widgets.add()
            forged.id, forged.string_value = element.selectbox.id, "财政资金投入使用"
            drawn = line.again(widgets=[forged])
            assert "财政资金投入使用" not in drawn

        for value in ("财政资金投入使用", "计财处", "<script>", "../../etc/passwd"):
            for key in ("category", "unit", "period", "receipt"):
                drawn = line.open("deliveries", query=urlencode({key: value}))
                assert "归口处室" in drawn and "计财处" not in drawn


def test_an_edit_of_a_locked_column_reaches_no_other_departments_plan(product: Product, clerk: SignedIn):
    """Streamlit enforces neither locked columns nor fixed rows on the server: the code of a line is one of them."""
    known = catalog.default()
    foreign = next(c for c in known.categories if c.department == "finance_planning")
    with tab(product.url, clerk.cookie) as line:
        line.open("plans")
        kinds = [(e.WhichOneof("type"), e) for e in line.elements]
        table = next(e.dataframe.id for kind, e in kinds if kind == "dataframe" and e.dataframe.id)
        save = next(e.button.id for kind, e in kinds if kind == "button" and e.button.label == "保存为草稿")
        state = BackMsg().rerun_script.widget_states
        forged, pressed = state.widgets.add(), state.widgets.add()
        row = {"代码": foreign.code, "处室": "计财处", "计划数量": 987654, "修订原因": "伪造"}
        forged.id = table
        forged.string_value = json.dumps({"edited_rows": {"0": row}, "added_rows": [row], "deleted_rows": []})
        pressed.id, pressed.trigger_value = save, True
        drawn = line.again(widgets=[forged, pressed])

    assert "没有保存" in drawn and "表格与系统中的类别不一致" in drawn
    with reading(engine(product.base)) as connection:
        assert [p for year in (2025, 2026, 2027) for p in plan_versions(OFFICE, connection, year)] == []
