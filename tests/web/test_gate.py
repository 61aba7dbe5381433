"""What stands before Streamlit, attacked from outside: who gets in, under which name, and what they are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from accounts import tokens
from data_access.settings import Web, settings
from tests.helpers.signed_in import SignedIn, open_account, sign_in, signed_in
from web import login_page, ways
from web.document import script_hashes
from web.gate import Gate

WEB = Web(hosts=("127.0.0.1", "center.example"))


async def _echo(request: Request) -> JSONResponse:
    return JSONResponse({"sid": request.headers.getlist("x-sid")})


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(",".join(socket.headers.getlist("x-sid")))
    await socket.close()


@pytest.fixture
def base(embedded: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The base that the settings name."""
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    settings.cache_clear()
    yield embedded
    settings.cache_clear()


def client(web: Web = WEB) -> TestClient:
    routes = [
        WebSocketRoute("/_stcore/stream", _stream),
        Route("/{path:path}", _echo, methods=["GET", "POST"]),
    ]
    app = Gate(Starlette(routes=routes), web)
    return TestClient(app, base_url="http://127.0.0.1:8501", follow_redirects=False)


@pytest.fixture
def clerk(base: str) -> SignedIn:
    return signed_in(base, "department")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "center.example"}, 200),
        ({"Host": "CENTER.EXAMPLE:8501"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "evil.example@127.0.0.1"}, 403),
        ({"Host": "127.0.0.1@evil.example"}, 403),
        ({"Host": "127.0.0.1/evil"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://127.0.0.1:8501"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "http://center.example"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
    ],
)
def test_only_known_names_and_own_pages_pass(clerk, headers, status):
    """A foreign name is DNS rebinding, a foreign origin another site's script: a cookie does not help them."""
    answer = client().get("/x", headers={**clerk.headers, **headers})

    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/", "/leadership", "/progress?year=2026&unit=%E6%B8%9D", "/no-such-page"])
def test_a_stranger_who_opens_a_page_is_led_to_the_form_and_back(base, path):
    answer = client().get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, ways.with_next("/login", path))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/media/0123456789abcdef.csv"),
        ("GET", "/static/js/index.js"),
        ("GET", "/app/static/fonts/noto-sans-sc-rare.woff2"),
        ("GET", "/assets/0123456789ab.js"),
        ("GET", "/component/x/index.html"),
        ("GET", "/_stcore/metrics"),
        ("GET", "/_stcore/host-config"),
        ("GET", "/leadership/_stcore/health"),
        ("PUT", "/_stcore/upload_file/a/b"),
        ("POST", "/leadership"),
        ("POST", "/logout"),
        ("GET", "/health/"),
        ("GET", "//login"),
        ("GET", "/login/../media/x"),
    ],
)
def test_everything_that_is_no_page_is_refused_to_a_stranger(base, method, path):
    answer = client().request(method, path)

    assert answer.status_code in (401, 303) and "sid" not in answer.text
    assert answer.status_code == 401 or ways.kind(path) == "page"


@pytest.mark.parametrize(
    "path", ["/login", "/apply", "/health", "/_stcore/health", *ways.OWN_FILES, login_page.STYLE]
)
def test_what_the_login_page_needs_is_open(base, path):
    assert client().get(path).status_code == 200


def _forged(base: str, kind: str) -> str:
    """A cookie that must not open anything."""
    import jwt

    real = sign_in(base, open_account(base))
    later, key = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), tokens.key()
    payload = {
        "username": real.account,
        "sid": real.sid,
        "exp_date": later.timestamp(),
        "exp": int(later.timestamp()),
    }
    past = int(later.timestamp()) - 7200
    made = {
        "empty": lambda: "",
        "rubbish": lambda: "a.b.c",
        "alg none": lambda: jwt.encode(payload, "", algorithm="none"),
        "wrong key": lambda: jwt.encode(payload, b"another key of thirty-two bytes!!", algorithm="HS256"),
        "another algorithm": lambda: jwt.encode(payload, key.ljust(64, b"0"), algorithm="HS512"),
        "no sid": lambda: jwt.encode({**payload, "sid": ""}, key, algorithm="HS256"),
        "sid left out": lambda: jwt.encode(
            {k: v for k, v in payload.items() if k != "sid"}, key, algorithm="HS256"
        ),
        "no end": lambda: jwt.encode(
            {k: v for k, v in payload.items() if k != "exp"}, key, algorithm="HS256"
        ),
        "ended": lambda: jwt.encode({**payload, "exp": past, "exp_date": past}, key, algorithm="HS256"),
        "another's account": lambda: jwt.encode({**payload, "username": "leader"}, key, algorithm="HS256"),
        "unknown session": lambda: jwt.encode({**payload, "sid": "f" * 32}, key, algorithm="HS256"),
        "sid of another kind": lambda: jwt.encode({**payload, "sid": 7}, key, algorithm="HS256"),
    }
    return made[kind]()


@pytest.mark.parametrize(
    "kind",
    [
        "empty", "rubbish", "alg none", "wrong key", "another algorithm", "no sid", "sid left out", "no end", "ended",
        "another's account", "unknown session", "sid of another kind",
    ],
)  # fmt: skip
def test_a_cookie_we_did_not_write_for_this_session_opens_nothing(base, kind):
    headers = {"Cookie": f"{tokens.COOKIE}={_forged(base, kind)}"}
    knocking = client()

    assert knocking.get("/leadership", headers=headers).status_code == 303
    assert knocking.get("/_stcore/metrics", headers=headers).status_code == 401
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        knocking.websocket_connect("/_stcore/stream", headers=headers),
    ):
        pass
    assert closed.value.code == 1008


def test_the_gate_names_the_session_and_nobody_else_can(clerk):
    """Streamlit trusts this header."""
    headers = {**clerk.headers, "X-Sid": "somebody-elses"}
    knocking = client()

    assert knocking.get("/x", headers=headers).json() == {"sid": [clerk.sid]}
    assert client().get("/health", headers={"X-Sid": "somebody-elses"}).json() == {"sid": []}
    with knocking.websocket_connect("/_stcore/stream", headers={**headers, "Host": "127.0.0.1"}) as own:
        assert own.receive_text() == clerk.sid


def test_a_new_login_ends_the_session_before_it(base, clerk):
    """One session a person: a browser left open elsewhere is out."""
    later = sign_in(base, clerk.account)

    assert client().get("/x", headers=clerk.headers).status_code == 303
    assert client().get("/x", headers=later.headers).status_code == 200


def test_a_file_without_data_may_be_two_seconds_late_and_nothing_else(base, clerk):
    """A first page asks for forty such files; whoever was logged out gets at most a script of Streamlit's."""
    knocking = client()
    assert knocking.get("/static/a.js", headers=clerk.headers).status_code == 200
    sign_in(base, clerk.account)

    assert knocking.get("/static/a.js", headers=clerk.headers).status_code == 200
    for path in ("/x", "/_stcore/metrics", "/media/0123456789abcdef.csv", "/component/x"):
        assert knocking.get(path, headers=clerk.headers).status_code in (303, 401), path


def test_an_address_with_data_opens_only_for_whom_it_was_told_to(clerk):
    """Knowing another's address, or guessing one, is not enough."""
    knocking = client()

    assert knocking.get("/media/0123456789abcdef.csv", headers=clerk.headers).status_code == 403
    assert knocking.put("/_stcore/upload_file/aaaaaaaa/bbbbbbbb", headers=clerk.headers).status_code == 403


def test_whoever_has_a_one_time_password_can_only_change_it(base):
    fresh = sign_in(base, open_account(base, must_change=True))
    knocking = client()

    answer = knocking.get("/progress?year=2026", headers=fresh.headers)
    assert answer.headers["location"] == "/password?next=/progress%3Fyear%3D2026"
    assert knocking.get("/_stcore/metrics", headers=fresh.headers).status_code == 403
    assert knocking.get("/password", headers=fresh.headers).status_code == 200
    assert knocking.post("/logout", headers=fresh.headers).status_code == 200
    with (
        pytest.raises(WebSocketDisconnect),
        knocking.websocket_connect("/_stcore/stream", headers=fresh.headers),
    ):
        pass


def test_every_answer_forbids_foreign_content(clerk):
    headers = client().get("/x", headers=clerk.headers).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == policy["worker-src"] == "'self'"
    assert "unsafe-eval" not in policy["script-src"].replace("wasm-unsafe-eval", "")
    assert "unsafe-inline" not in policy["script-src"]
    assert all(f"'sha256-{digest}'" in policy["script-src"] for digest in script_hashes())
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_the_form_may_run_no_script_at_all(base):
    headers = client().get("/login").headers

    assert "script-src" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_behind_https_browsers_are_told_to_stay_there(base):
    secure = client(Web(hosts=("127.0.0.1",), tls_terminated=True)).get("/login")

    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_refusal_carries_the_same_headers(base):
    refused = client().get("/media/x", headers={"Host": "evil.example"})

    assert (
        refused.status_code == 403 and "frame-ancestors 'none'" in refused.headers["Content-Security-Policy"]
    )


def test_the_installed_streamlit_has_one_inline_script():
    """Its hash is in the policy; a second one would mean a new version to look at."""
    assert len(script_hashes()) == 1
