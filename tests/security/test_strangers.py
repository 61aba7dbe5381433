"""Without a cookie: every page, the websocket, files, uploads, another site's pages, a foreign name."""

from __future__ import annotations

import re
import statistics
import threading
import time

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.security.conftest import Product
from tests.security.speaking import ask, is_refused, post, tab
from web.discovery import pages
from web.ways import with_next


def test_every_page_asked_for_first_after_a_restart_leads_to_the_form(product: Product):
    """
    While nobody had opened `/`, Streamlit executed a page asked for by its address
    without the main script: a stranger saw it after every restart.
    """
    assert set(product.first) == {"/", *(f"/{entry.page.path}" for entry in pages())}
    for path, answer in product.first.items():
        assert (answer.status, answer.headers["location"]) == (303, with_next("/login", path))
        assert answer.body == b""


def test_no_websocket_opens_without_a_cookie_before_anybody_has_opened_a_page(product: Product):
    """Page names and page hashes travel over it: without it they cannot even be asked for."""
    assert product.first_lines == 0


def test_a_page_asked_for_by_name_or_hash_opens_for_its_roles_only(product: Product, office, clerk):
    """The hash is no secret: whoever may open the page knows it."""
    with tab(product.url, office.cookie) as allowed:
        assert "领导总览" in allowed.open("leadership")
        page_hash = allowed.page
    with tab(product.url, clerk.cookie) as forbidden:
        by_name = forbidden.open("leadership")
        forbidden.page = page_hash
        by_hash = forbidden.again()
    for drawn in (by_name, by_hash):
        assert "“领导总览”不对您开放" in drawn and "全年计划" not in drawn


@pytest.mark.parametrize(
    "path",
    [
        "/media/0123456789abcdef0123456789abcdef.csv",
        "/_stcore/metrics",
        "/_stcore/host-config",
        "/component/a/b",
        "/static/js/index.js",
    ],
)
def test_nothing_of_streamlit_answers_a_stranger(product: Product, path: str):
    answer = ask(product.url, path)

    assert (answer.status, answer.text) == (401, "请先登录。")


def test_a_stranger_cannot_upload(product: Product, clerk):
    """Not even into a session that he has overheard."""
    with tab(product.url, clerk.cookie) as line:
        line.open("deliveries")
        url = f"/_stcore/upload_file/{line.session_id}/0123456789abcdef"
        answer = ask(product.url, url, method="PUT", body=b"x" * 1000)

    assert answer.status == 401


def test_nobody_can_empty_the_caches_of_all(product: Product, clerk):
    """Streamlit lets any browser clear what was drawn for everybody; a stranger is not heard, a clerk not obeyed."""
    assert is_refused(product.url)
    with tab(product.url, clerk.cookie) as line:
        line.open("progress")
        message = BackMsg()
        message.clear_cache = True
        line.send(message)
        line.heard()
    kept = ask(product.url, "/_stcore/metrics", cookie=clerk.cookie).text

    assert re.search(r"cache_memory_bytes\{[^}]*st_cache_resource[^}]*\} [1-9]", kept), kept


def test_a_foreign_page_or_name_is_refused_before_streamlit_looks_anything_up(product: Product, clerk):
    """
    Streamlit asked a server on the internet for its own address at each foreign
    handshake: behind a closed network three of them stalled everybody for seconds.
    """
    stop, took = threading.Event(), []

    def knock() -> None:
        while not stop.is_set():
            assert is_refused(product.url, clerk.cookie, origin="https://evil.example")
            assert is_refused(product.url, clerk.cookie, origin="http://127.0.0.1:9")
            assert is_refused(product.url, clerk.cookie, headers={"Host": "evil.example"})

    knockers = [threading.Thread(target=knock) for _ in range(3)]
    for one in knockers:
        one.start()
    for _ in range(30):
        started = time.perf_counter()
        assert ask(product.url, "/_stcore/health").status == 200
        took.append(time.perf_counter() - started)
    stop.set()
    for one in knockers:
        one.join()

    assert statistics.median(took) < 0.05, [f"{seconds * 1000:.0f} ms" for seconds in took]


def test_a_form_of_another_site_is_refused(product: Product, clerk):
    """SameSite=Lax keeps the cookie away from it, Origin and the token keep it out with a cookie too."""
    foreign = post(
        product.url,
        "/logout",
        {"token": "x"},
        cookie=clerk.cookie,
        headers={"Origin": "https://evil.example"},
    )
    forged = post(product.url, "/logout", {"token": "0" * 64}, cookie=clerk.cookie)

    assert (foreign.status, forged.status) == (403, 403)
    assert ask(product.url, "/progress", cookie=clerk.cookie).status == 200


def test_a_header_cannot_name_a_session(product: Product, office):
    """`X-Sid` is what Streamlit trusts."""
    assert is_refused(product.url, headers={"X-Sid": office.sid})
    assert ask(product.url, "/leadership", headers={"X-Sid": office.sid}).status == 303
