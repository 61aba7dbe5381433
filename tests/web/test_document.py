"""The HTML a browser gets, and Streamlit's words in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from data_access.engine import engine, writing
from data_access.schema import setting
from data_access.settings import settings
from web.document import Document, document, routes, scripts, style_sheet

BUNDLE = Path(streamlit.__file__).parent / "static" / "static" / "js"


async def _index(request: Request) -> HTMLResponse:
    return HTMLResponse("<title>Streamlit</title>", headers={"ETag": "x", "Content-Encoding": "identity"})


async def _json(request: Request) -> JSONResponse:
    return JSONResponse({"a": 1})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Served on a base without a table."""
    nothing = tmp_path_factory.mktemp("none") / "nothing.db"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPORTS_DATABASE_URL", f"sqlite:///{nothing}")
        settings.cache_clear()
        app = Starlette(routes=[*routes, Route("/data", _json), Route("/{path:path}", _index)])
        yield TestClient(Document(app))
    settings.cache_clear()


def test_streamlits_page_goes_out_in_chinese_with_our_files(client):
    """`lang` decides how a browser reads aloud; a font that is not used is not fetched."""
    answer = client.get("/")

    assert answer.status_code == 200 and answer.content == document()
    assert '<html lang="zh-CN">' in answer.text and "<title>重庆体育大数据中心</title>" in answer.text
    assert "SourceSans" not in answer.text and "noto-sans-sc.woff2" in answer.text
    assert "enable JavaScript" not in answer.text
    assert "etag" not in answer.headers, "the browser would keep Streamlit's own page"


def test_a_page_with_maps_names_their_program_and_no_other_page_reads_it(client):
    """After an upgrade Streamlit may name it otherwise: then nothing is read early, and this test says so."""
    named = re.findall(r'<script type="module" crossorigin src="/static/js/([^"]+)"', client.get("/map").text)

    assert len(named) == 1 and (BUNDLE / named[0]).is_file()
    assert "DeckGl" not in client.get("/").text and "DeckGl" not in client.get("/progress").text


def test_an_address_without_a_page_is_not_found_in_chinese(client):
    answer = client.get("/no-such-page")

    assert answer.status_code == 404 and "没有这一页" in answer.text and '<a href="/">' in answer.text


def test_what_is_no_page_passes_unchanged(client):
    assert client.get("/data").json() == {"a": 1}
    assert client.head("/").headers["content-length"] == str(len(document()))


def test_files_named_by_their_content_may_be_kept_for_ever(client):
    """A new version has a new name; an old name is gone."""
    style = client.get(f"/assets/{style_sheet()[1]}.css")
    script = client.get(f"/assets/{scripts()[1]}.js")

    assert style.headers["cache-control"].endswith("immutable") and "--ink:" in style.text
    assert script.headers["content-type"].startswith("text/javascript")
    assert client.get("/assets/000000000000.css").status_code == 404


def test_every_word_put_into_chinese_is_still_one_of_streamlits():
    """After an upgrade this list is what to look at."""
    script = scripts()[0]
    table = script[script.index("const WORDS") : script.index("const PATTERNS")]
    keys = re.findall(r'^ {4}"((?:[^"\\]|\\.)+)":', table, flags=re.M)
    bundle = "\n".join(path.read_text(encoding="utf-8") for path in BUNDLE.glob("*.js"))

    assert len(keys) > 50
    assert [key for key in keys if key not in bundle and f"{key} " not in bundle] == []


@pytest.mark.parametrize("kind", ["demo", "real", None])
def test_a_demonstration_is_marked_on_every_page_and_nothing_else_is(kind, embedded, monkeypatch):
    """The mark stands outside what a page draws: no page can forget it, and none pays for it."""
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    settings.cache_clear()
    if kind:
        with writing(engine(embedded)) as connection:
            connection.execute(setting.insert().values(key="kind", value=kind))
    served = TestClient(Document(Starlette(routes=[Route("/{path:path}", _index)])))

    marks = [served.get(path).text.count("演示数据") for path in ("/", "/progress")]
    settings.cache_clear()

    assert marks == ([1, 1] if kind == "demo" else [0, 0])
