"""The exhibition wall behind the gate: the hall's screens without a login, everybody else with one."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.web.test_gate import WEB, _echo, base, clerk  # noqa: F401 (fixtures)
from web import ways
from web.gate import Gate

HALL = "10.12.3.8"
WALL = ("/kiosk/", "/kiosk/sw.js", "/kiosk/snapshot", "/kiosk/events", "/kiosk/healthz",
        "/kiosk/assets/wall.0123456789ab.js")  # fmt: skip


def asking(address: str) -> TestClient:
    app = Gate(
        Starlette(routes=[Route("/{path:path}", _echo, methods=["GET", "POST"])]), WEB, lambda a: a == HALL
    )
    return TestClient(app, base_url="http://127.0.0.1:8501", follow_redirects=False, client=(address, 40_000))


@pytest.mark.parametrize("path", WALL)
def test_a_screen_of_the_hall_sees_the_wall_without_a_login_and_as_nobody(base, path):  # noqa: F811
    """It is let in without a session and cannot name one."""
    answer = asking(HALL).get(path, headers={"X-Sid": "somebody-elses"})

    assert (answer.status_code, answer.json()) == (200, {"sid": []})


@pytest.mark.parametrize("path", WALL)
def test_another_address_has_to_log_in_first(base, clerk, path):  # noqa: F811
    stranger = asking("10.12.3.9").get(path)

    assert stranger.status_code == (303 if path == "/kiosk/" else 401)
    assert asking("10.12.3.9").get(path, headers=clerk.headers).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/", "/leadership", "/kiosk", "/kiosk/../leadership", "/kiosk//", "/kiosk/nothing", "/kiosk/assets/",
        "/kiosk/assets/a/b", "/kiosk/assets/..", "/kiosk/snapshot/x", "/KIOSK/", "/_stcore/metrics",
    ],
)  # fmt: skip
def test_nothing_else_opens_for_a_screen(base, path):  # noqa: F811
    """The hall's screens stand where everybody can reach them."""
    assert not ways.is_wall(path)
    assert asking(HALL).get(path).status_code in (303, 401)


def test_a_foreign_name_or_origin_is_refused_for_a_screen_too(base):  # noqa: F811
    """Another site's page in the hall's browser must not speak to the wall."""
    assert asking(HALL).get("/kiosk/", headers={"Host": "evil.example"}).status_code == 403
    refused = asking(HALL).post("/kiosk/command", headers={"Origin": "http://evil.example"})
    assert refused.status_code == 403
