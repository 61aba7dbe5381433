"""Login, logout, a new password, an application: the routes before Streamlit.

Hashing a password takes a quarter of a second of a core. It is done by a few
threads, never on the event loop: while fifty people log in at once, everybody
else's pages and the health check go on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import anyio
import structlog
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from accounts import form_token, life, login, policy, sessions
from accounts.forms import units_of
from accounts.tokens import COOKIE
from data_access.clock import now
from data_access.principal import ROLE_NAMES, SYSTEM, Principal
from data_access.settings import settings
from pages._shared import cores
from web import forms, login_page, ways
from web.knocking import Known

HASHING_AT_ONCE = os.cpu_count() or 2
"""bcrypt holds no lock of the interpreter: the event loop takes its turn between them within milliseconds."""
WAITING_AT_MOST = 400
STALE = "这一页已失效。请重新填写后提交。"
TOO_MANY = "同时登录的人太多。请稍等一分钟再试。"
ENDED = "登录已结束。请重新登录。"

RULES = (policy.RULE, f"不含账号、姓名和电话号码，与最近 {policy.REMEMBERED} 次用过的密码不同")

_wrong: dict[str, int] = {}
"""Session id → how often its password was mistyped at the change of it."""
_hashing = anyio.CapacityLimiter(HASHING_AT_ONCE)


class Busy(Exception):
    """More people are waiting than can be served in a browser's patience."""


async def hashing(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run what hashes passwords in one of its few threads.

    Raises:
        Busy: the queue is too long.
    """
    if _hashing.statistics().tasks_waiting >= WAITING_AT_MOST:
        structlog.get_logger().error("logins_waiting", waiting=WAITING_AT_MOST)
        raise Busy
    return await to_thread.run_sync(_on_any_core, work, *arguments, limiter=_hashing)


def _on_any_core(work: Callable[..., Any], *arguments: Any) -> Any:
    """A hash holds no lock: beside the pages, not before them."""
    cores.spread()
    return work(*arguments)


def target(request: Request) -> str:
    """Where the reader wanted to go; the first page when it is no place of ours."""
    return ways.local(request.query_params.get("next"))


async def show_login(request: Request) -> Response:
    if forms.known(request) is not None:
        return RedirectResponse(target(request), status_code=303)
    told = ENDED if "ended" in request.query_params else ""
    return _login_form(request, told=told)


def _login_form(
    request: Request, status: int = 200, *, name: str = "", told: str = "", problem: str = ""
) -> Response:
    bound = forms.binding(request)
    page = login_page.login(
        form_token.write("login", bound), target(request), name=name, told=told,
        problems=[problem] if problem else [],
    )  # fmt: skip
    return forms.answer(request, page, bound, status)


async def log_in(request: Request) -> Response:
    try:
        fields = await forms.read(request)
    except forms.Unreadable:
        return _login_form(request, 400, problem=STALE)
    name = fields.get("username", "")
    if not forms.is_ours(request, "login", fields):
        return _login_form(request, 403, name=name, problem=STALE)
    try:
        done = await hashing(
            login.log_in,
            settings().database.url,
            name,
            fields.get("password", ""),
            forms.address(request),
            now(),
        )
    except Busy:
        return _login_form(request, 503, name=name, problem=TOO_MANY)
    if isinstance(done, login.Refused):
        response = _login_form(request, 429 if done.retry_after else 401, name=name, problem=done.sentence)
        if done.retry_after:
            response.headers["Retry-After"] = str(round(done.retry_after))
        return response
    goal = target(request)
    return _admitted(done, ways.with_next(ways.PASSWORD, goal) if done.must_change else goal)


def _admitted(done: login.LoggedIn, goal: str) -> Response:
    response = RedirectResponse(goal, status_code=303)
    forms.set_cookie(response, COOKIE, done.token)
    forms.drop_cookie(response, forms.BROWSER)
    return response


async def log_out(request: Request) -> Response:
    known = _inside(request)
    try:
        fields = await forms.read(request)
    except forms.Unreadable:
        fields = {}
    if not forms.is_ours(request, "logout", fields):
        page = login_page.refused("没有退出登录", "这一页已失效。请回到系统刷新页面，再点“退出登录”。")
        return forms.answer(request, page, known.sid, 403)
    await to_thread.run_sync(_end, known.sid)
    response = RedirectResponse(ways.LOGIN, status_code=303)
    forms.drop_cookie(response, COOKIE)
    return response


async def stay(request: Request) -> Response:
    """A link or a picture of another page logs nobody out."""
    return RedirectResponse("/", status_code=303)


def _inside(request: Request) -> Known:
    known = forms.known(request)
    assert known is not None, "the gate lets nobody else in"
    return known


def _end(sid: str) -> None:
    sessions.end(settings().database.url, sid, now(), "logout")


async def show_password(request: Request) -> Response:
    return _password_form(request)


def _password_form(request: Request, status: int = 200, problems: Sequence[str] = ()) -> Response:
    known = _inside(request)
    page = login_page.password(
        form_token.write("password", known.sid), target(request), name=known.session.principal.account,
        forced=known.session.must_change, rules=RULES, logout_token=form_token.write("logout", known.sid),
        problems=problems,
    )  # fmt: skip
    return forms.answer(request, page, known.sid, status)


async def change_password(request: Request) -> Response:
    """A new password ends every session of the account; the person goes on in a new one."""
    known = _inside(request)
    try:
        fields = await forms.read(request)
    except forms.Unreadable:
        return _password_form(request, 400, [STALE])
    if not forms.is_ours(request, "password", fields):
        return _password_form(request, 403, [STALE])
    new = fields.get("new", "")
    if new != fields.get("again", ""):
        return _password_form(request, 400, ["两次输入的新密码不一样。请重新输入。"])
    who = replace(known.session.principal, address=forms.address(request))
    try:
        await hashing(_change, known.sid, who, fields.get("current", ""), new)
        done = await hashing(login.log_in, settings().database.url, who.account, new, who.address, now())
    except life.AccountRefused as refused:
        return _password_form(request, 400, refused.problems)
    except Busy:
        return _password_form(request, 503, [TOO_MANY])
    if isinstance(done, login.Refused):  # locked from this address since, by somebody else's attempts
        return RedirectResponse(ways.LOGIN, status_code=303)
    return _admitted(done, target(request))


def _change(sid: str, who: Principal, current: str, new: str) -> None:
    """Whoever finds a browser unattended must not guess its owner's password there: five times, then out."""
    try:
        life.change_password(settings().database.url, who, current, new, now())
    except life.AccountRefused:
        wrong = _wrong.get(sid, 0) + 1
        _wrong[sid] = wrong
        if wrong >= settings().accounts.lock_failures:
            _wrong.pop(sid)
            sessions.end(settings().database.url, sid, now(), "password")
        raise
    _wrong.pop(sid, None)


async def show_application(request: Request) -> Response:
    return _application_form(request, {})


def _application_form(
    request: Request, given: Mapping[str, str], status: int = 200, problems: Sequence[str] = ()
) -> Response:
    bound = forms.binding(request)
    page = login_page.apply(form_token.write("apply", bound), _places(), given=given, problems=problems)
    return forms.answer(request, page, bound, status)


async def apply(request: Request) -> Response:
    """Article 18's application, by anybody inside the network; the office decides."""
    try:
        fields = await forms.read(request)
    except forms.Unreadable:
        return _application_form(request, {}, 400, [STALE])
    if not forms.is_ours(request, "apply", fields):
        return _application_form(request, fields, 403, [STALE])
    role, _, unit = fields.get("unit", "").partition("/")
    stated = {name: fields.get(name, "") for name in ("person", "gender", "position", "duty", "phone")}
    form = life.ApplicationForm(**stated, role=role, unit=unit)
    who = replace(SYSTEM, address=forms.address(request))
    try:
        number = await to_thread.run_sync(_hand_in, who, form)
    except life.AccountRefused as refused:
        return _application_form(request, fields, 400, refused.problems)
    return forms.answer(request, login_page.sent(number), forms.binding(request))


def _hand_in(who: Principal, form: life.ApplicationForm) -> str:
    return life.apply(settings().database.url, who, form, now())


def _places() -> list[tuple[str, list[tuple[str, str]]]]:
    """Units by role, as the list of the application shows them; the value is role/unit."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for role, name in ROLE_NAMES.items():
        units = units_of(role)
        made = [(f"{role}/{code}", words) for code, words in units.items()]
        if len(units) == 1:
            groups.append(("", made))
        else:
            groups.append((name, made))
    return groups


async def show_style(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(login_page.style_sheet(), media_type="text/css", headers=headers)


routes: list[BaseRoute] = [
    Route(ways.LOGIN, show_login, methods=["GET"]),
    Route(ways.LOGIN, log_in, methods=["POST"]),
    Route(ways.LOGOUT, stay, methods=["GET"]),
    Route(ways.LOGOUT, log_out, methods=["POST"]),
    Route(ways.PASSWORD, show_password, methods=["GET"]),
    Route(ways.PASSWORD, change_password, methods=["POST"]),
    Route(ways.APPLY, show_application, methods=["GET"]),
    Route(ways.APPLY, apply, methods=["POST"]),
    Route(login_page.STYLE, show_style, methods=["GET"]),
]
