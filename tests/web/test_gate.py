"""What stands before Streamlit, attacked from outside."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from web.document import script_hashes
from web.gate import Gate, refuse_open_address

HOSTS = ["127.0.0.1", "center.example"]


async def _echo(request: Request) -> JSONResponse:
    return JSONResponse({"sid": request.headers.get("x-sid")})


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("open")
    await socket.close()


def client(address: str = "127.0.0.1") -> TestClient:
    app = Starlette(routes=[Route("/x", _echo), WebSocketRoute("/stream", _stream)])
    return TestClient(Gate(app, HOSTS), base_url="http://127.0.0.1:8501", client=(address, 50000))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "center.example"}, 200),
        ({"Host": "CENTER.EXAMPLE:8501"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "127.0.0.1@evil.example"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://127.0.0.1:8501"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_known_names_and_own_pages_pass(headers, status):
    """A foreign name is DNS rebinding; a foreign origin is another site's script."""
    answer = client().get("/x", headers=headers)

    assert answer.status_code == status


def test_another_machine_is_refused_until_accounts_exist():
    """Whoever reaches the server can choose any role."""
    answer = client("192.168.1.20").get("/x")

    assert (answer.status_code, answer.text) == (403, "账号管理上线之前，只能在服务器本机访问。")


def test_a_foreign_page_cannot_open_the_websocket():
    """Streamlit would look its host up on the internet first and stall everybody."""
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client().websocket_connect("/stream", headers={"Origin": "https://evil.example"}),
    ):
        pass

    assert closed.value.code == 1008
    with client().websocket_connect("/stream", headers={"Host": "127.0.0.1"}) as own:
        assert own.receive_text() == "open"


def test_nobody_brings_a_session_along():
    """Streamlit trusts this header: it is the gate's to set."""
    assert client().get("/x", headers={"X-Sid": "somebody-elses"}).json() == {"sid": None}


def test_every_answer_forbids_foreign_content():
    headers = client().get("/x").headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == policy["worker-src"] == "'self'"
    assert "unsafe-eval" not in policy["script-src"].replace("wasm-unsafe-eval", "")
    assert "unsafe-inline" not in policy["script-src"]
    assert all(f"'sha256-{digest}'" in policy["script-src"] for digest in script_hashes())
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"


def test_the_installed_streamlit_has_one_inline_script():
    """Its hash is in the policy; a second one would mean a new version to look at."""
    assert len(script_hashes()) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_may_be_served(address):
    refuse_open_address(address)


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.1.20", "center.example"])
def test_every_other_address_is_refused_with_what_to_do(address):
    with pytest.raises(SystemExit) as refused:
        refuse_open_address(address)

    assert "没有启动：监听地址是" in str(refused.value) and 'address = "127.0.0.1"' in str(refused.value)
