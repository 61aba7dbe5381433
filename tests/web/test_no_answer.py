"""While the database is away: a sentence instead of a traceback, and the way back by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.testing.v1 import AppTest

from data_access.engine import engine, reading
from data_access.no_answer import no_answer
from data_access.settings import settings
from tests.helpers.signed_in import SignedIn, signed_in
from tests.web.test_gate import client
from web import login_page, ways
from web.document import Document, routes as document_routes
from web.login import routes as login_routes

NOBODY = "postgresql://nobody@127.0.0.1:1/x"
"""No server listens on that port."""


@pytest.fixture
def clerk(embedded: str, monkeypatch: pytest.MonkeyPatch):
    """Signed in while the base was there."""
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    settings.cache_clear()
    who = signed_in(embedded, "department")
    monkeypatch.setenv("SPORTS_DATABASE_URL", NOBODY)
    settings.cache_clear()
    yield who
    settings.cache_clear()


def asking(who: SignedIn) -> TestClient:
    asks = client()
    asks.headers.update(who.headers)
    return asks


@pytest.mark.parametrize("path", ["/records?kind=记录&x=%3Cb%3E", "/login"])
def test_a_page_says_so_and_asks_again_by_itself(clerk: SignedIn, path: str) -> None:
    answer = asking(clerk).get(path)

    assert (answer.status_code, answer.headers["refresh"], answer.headers["retry-after"]) == (503, "15", "15")
    assert "数据库暂时没有应答" in answer.text and "请告诉运维团队" in answer.text
    assert f'href="{path.partition("?")[0]}' in answer.text and "<b>" not in answer.text
    assert "nobody" not in answer.text and "frame-ancestors" in answer.headers["content-security-policy"]


def test_what_was_sent_is_not_sent_again_by_itself(clerk: SignedIn) -> None:
    answer = asking(clerk).post(ways.PASSWORD, data={"current": "x"})

    assert answer.status_code == 503 and "refresh" not in answer.headers
    assert "刚才的提交没有完成" in answer.text


def test_what_is_no_page_gets_the_sentence_alone(clerk: SignedIn) -> None:
    answer = asking(clerk).get("/media/" + "0" * 56 + ".csv")
    assert (answer.status_code, answer.text) == (503, "数据库暂时没有应答，请稍后再试。")

    with (
        pytest.raises(WebSocketDisconnect) as closed,
        asking(clerk).websocket_connect("ws://127.0.0.1:8501/_stcore/stream"),
    ):
        pass
    assert closed.value.code == 1013


def test_a_wrong_statement_is_not_taken_for_an_absent_database(database: str, tmp_path: Path) -> None:
    asked = {
        database: "SELECT nothing FROM nowhere",
        NOBODY: "SELECT 1",
        f"sqlite:///{tmp_path}": "SELECT 1",  # a folder
    }
    found = []
    for url, statement in asked.items():
        with pytest.raises(SQLAlchemyError) as error, reading(engine(url)) as connection:
            connection.execute(text(statement))
        found.append(no_answer(error.value))

    assert found == [False, True, True]


def test_a_server_that_broke_the_line_off_is_absent(postgresql_databases) -> None:
    made = engine(postgresql_databases())
    with pytest.raises(SQLAlchemyError) as error, reading(made) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with reading(made) as connection:
        assert connection.scalar(select(1)) == 1

    assert no_answer(error.value)


def test_an_open_page_says_that_the_others_are_away_too() -> None:
    def script():
        from data_access.engine import engine, reading
        from web.errors import on_script_error

        try:
            with reading(engine("postgresql://nobody@127.0.0.1:1/x")):
                pass
        except Exception as error:
            on_script_error(error)

    (drawn,) = AppTest.from_function(script).run().get("html")
    body = drawn.proto.body  # type: ignore[attr-defined]
    assert "数据库暂时没有应答" in body and "错误编号" in body and "其他页面不受影响" not in body


def test_a_file_that_is_no_page_needs_no_database(clerk: SignedIn) -> None:
    """The page that says so is drawn with the login page's own style and pictures."""
    files = TestClient(Document(Starlette(routes=[*document_routes, *login_routes])))

    assert [files.get(path).status_code for path in (login_page.STYLE, *ways.OWN_FILES[:3])] == [200] * 4
