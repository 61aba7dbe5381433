"""The forms before Streamlit, filled in: login, logout, a new password, an application."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from accounts.tokens import COOKIE
from data_access.engine import engine, reading
from data_access.principal import OFFICE
from data_access.queries.accounts import applications
from data_access.settings import settings
from tests.helpers.signed_in import PASSWORD, open_account, sign_in
from web import login
from web.gate import Gate

NEW = "Xin-Mi-Ma-2026"
LINK = "/progress?year=2026&unit=%E6%B8%9D"
LINK_FORM = "/login?next=/progress%3Fyear%3D2026%26unit%3D%25E6%25B8%259D"


@pytest.fixture
def base(embedded: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    settings.cache_clear()
    yield embedded
    settings.cache_clear()


def browser() -> TestClient:
    """A browser without a cookie, before the gate and the forms behind it."""

    async def page(_request: object) -> PlainTextResponse:
        return PlainTextResponse("drawn")

    app = Gate(Starlette(routes=[*login.routes, Route("/{path:path}", page)]), settings().web)
    return TestClient(
        app, base_url="http://127.0.0.1", follow_redirects=False, headers={"Origin": "http://127.0.0.1"}
    )


def token(page: str, number: int = 0) -> str:
    return re.findall(r'name="token" value="([0-9a-f]{64})"', page)[number]


def fill_in(who: TestClient, path: str, **fields: str):
    """Open a form and send it."""
    return who.post(path, data={"token": token(who.get(path).text), **fields})


def test_a_deep_link_survives_the_login(base):
    who = browser()
    name = open_account(base)
    refused = who.get(LINK)
    assert refused.headers["location"] == LINK_FORM

    done = fill_in(who, LINK_FORM, username=name, password=PASSWORD)

    assert (done.status_code, done.headers["location"]) == (303, LINK)
    assert who.get(LINK).text == "drawn"
    assert who.get("/login").headers["location"] == "/", "whoever is in needs no form"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/logout"])
def test_after_login_nobody_is_sent_elsewhere(base, target):
    done = fill_in(browser(), f"/login?next={target}", username=open_account(base), password=PASSWORD)

    assert (done.status_code, done.headers["location"]) == (303, "/")


@pytest.mark.parametrize(("tls", "secure"), [("false", False), ("true", True)])
def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(base, monkeypatch, tls, secure):
    monkeypatch.setenv("SPORTS_WEB_TLS_TERMINATED", tls)
    settings.cache_clear()
    shown = browser()
    page = shown.get("/login")
    bound = page.headers["set-cookie"].split(";")[0]
    done = browser().post(
        "/login",
        data={"token": token(page.text), "username": open_account(base), "password": PASSWORD},
        headers={"Cookie": bound},
    )

    (cookie,) = [c for c in done.headers.get_list("set-cookie") if c.startswith(f"{COOKIE}=")]
    marks = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= marks and ("secure" in marks) is secure
    assert not any(mark.startswith(("domain", "max-age", "expires")) for mark in marks)


def test_the_form_speaks_to_people_and_password_managers(base):
    page = browser().get("/login").text

    assert '<html lang="zh-CN">' in page and "<script" not in page
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    for label, name in (("账号", "username"), ("密码", "password")):
        assert f'<label for="{name}">{label}</label>' in page and f'id="{name}"' in page
    assert 'method="post"' in page and "autofocus" in page


def test_a_refusal_is_a_sentence_and_what_was_typed_comes_back_as_text(base):
    typed = '"><script>alert(1)</script>'
    refused = fill_in(browser(), "/login", username=typed, password="falsch")

    assert refused.status_code == 401
    assert '<div class="alert" role="alert"><p>账号或密码不正确。' in refused.text
    assert "<script" not in refused.text and "&lt;script&gt;" in refused.text
    assert "falsch" not in refused.text and COOKIE not in refused.headers.get("set-cookie", "")


@pytest.mark.parametrize("how", ["none", "of another browser", "of another form", "rubbish"])
def test_a_form_we_did_not_make_for_this_browser_is_not_looked_at(base, how):
    """Another site could log its visitor in under an account of its own."""
    who, name = browser(), open_account(base)
    own = who.get("/login").text
    given = {
        "none": "",
        "of another browser": token(browser().get("/login").text),
        "of another form": token(who.get("/apply").text),
        "rubbish": "é" * 64,
    }[how]
    assert token(own) != given

    refused = who.post("/login", data={"token": given, "username": name, "password": PASSWORD})

    assert refused.status_code == 403 and "这一页已失效" in refused.text and name in refused.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"username=%ff%fe", "application/x-www-form-urlencoded"),
        (b"a=1&" * 30, "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"x", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_small_form_is_refused(base, body, kind):
    for path in ("/login", "/apply"):
        assert browser().post(path, content=body, headers={"Content-Type": kind}).status_code in (400, 403)


def test_logout_is_a_post_with_a_token_and_ends_the_session(base):
    """A picture on another page must not log anybody out."""
    session = sign_in(base, open_account(base))
    who = browser()
    who.cookies.set(COOKIE, session.cookie)
    assert who.get("/logout").headers["location"] == "/"
    assert who.post("/logout", data={"token": "0" * 64}).status_code == 403
    assert who.get("/progress").text == "drawn"

    done = who.post("/logout", data={"token": token(who.get("/password").text, -1)})

    assert (done.status_code, done.headers["location"]) == (303, "/login")
    who.cookies.set(COOKIE, session.cookie)
    assert who.get("/progress").status_code == 303, "the cookie itself is worth nothing any more"


def test_a_one_time_password_leads_to_a_new_one_and_then_where_one_wanted_to_go(base):
    who, name = browser(), open_account(base, must_change=True)
    done = fill_in(who, LINK_FORM, username=name, password=PASSWORD)
    form = done.headers["location"]
    assert form == LINK_FORM.replace("/login", "/password")
    assert "一次性密码" in who.get(form).text

    weak = fill_in(who, form, current=PASSWORD, new="kurz", again="kurz")
    unequal = fill_in(who, form, current=PASSWORD, new=NEW, again=NEW + "x")
    assert weak.status_code == unequal.status_code == 400
    assert "至少要 10 个" in weak.text and "两次输入的新密码不一样" in unequal.text

    changed = fill_in(who, form, current=PASSWORD, new=NEW, again=NEW)
    assert (changed.status_code, changed.headers["location"]) == (303, LINK)
    assert who.get(LINK).text == "drawn"


def test_whoever_finds_an_open_browser_cannot_guess_its_password_there(base):
    who = browser()
    who.cookies.set(COOKIE, sign_in(base, open_account(base)).cookie)
    for _ in range(5):
        refused = fill_in(who, "/password", current="falsch", new=NEW, again=NEW)
        assert refused.status_code == 400 and "原密码不正确" in refused.text

    assert who.get("/progress").headers["location"] == "/login?next=/progress"


FORM = {
    "person": "陈晓岚", "gender": "female", "unit": "department/mass_sport", "position": "四级调研员",
    "duty": "群众体育赛事", "phone": "13812345678",
}  # fmt: skip


def test_anybody_inside_may_apply_and_the_office_finds_it(base):
    """Article 18: five statements about the person, and the unit."""
    done = fill_in(browser(), "/apply", **FORM)

    assert done.status_code == 200 and "申请编号" in done.text
    with reading(engine(base)) as connection:
        (found,) = applications(OFFICE, connection)
    assert (found.person, found.role, found.unit, found.phone, found.state) == (
        "陈晓岚", "department", "mass_sport", "13812345678", "submitted",
    )  # fmt: skip
    assert found.number in done.text


def test_an_application_says_all_that_is_missing_and_keeps_the_rest(base):
    refused = fill_in(
        browser(), "/apply", **{**FORM, "phone": "123", "position": "", "unit": "office/mass_sport"}
    )

    assert refused.status_code == 400
    for words in ("「联系电话」应为 11 位数字", "「职务」没有填写", "「单位」与身份「局办公室」不符"):
        assert words in refused.text
    assert 'value="陈晓岚"' in refused.text and 'value="群众体育赛事"' in refused.text
