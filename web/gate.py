"""What stands before Streamlit: Host, Origin, then the cookie; the only one that may name a session.

The order matters: a foreign Host or Origin is refused before anything is looked
up, a stranger before Streamlit has seen a byte.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_access.no_answer import no_answer
from data_access.settings import Web
from web import login_page, ways
from web.headers import SafeHeaders
from web.knocking import KNOWN, Door, Known
from web.sockets import Sockets

STRIPPED = (b"x-sid",)
"""Headers that only the gate may set: Streamlit trusts them (`server.trustedUserHeaders`)."""
STRANGER = "请先登录。"
TOLD_TO_ANOTHER = "这个文件不是给您的，或已经过期。请回到页面重新下载。"
MUST_CHANGE = "请先修改密码。"
NO_ANSWER = "数据库暂时没有应答，请稍后再试。"


def nobody(address: str | None) -> bool:
    """No screen is admitted."""
    return False


class Gate:
    """ASGI middleware around everything the server answers, websocket included."""

    def __init__(self, app: ASGIApp, web: Web, admits: Callable[[str | None], bool] = nobody) -> None:
        """
        Args:
            web: names under which browsers may reach this server, and whether over HTTPS only.
            admits: whether a screen at an address may see the exhibition wall without a login.
        """
        self.app = app
        self.admits = admits
        self.hosts = {host.lower() for host in web.hosts}
        self.headers = SafeHeaders(ways.FORMS, web.tls_terminated)
        self.open = frozenset((ways.LOGIN, ways.APPLY, *ways.HEALTH, *ways.OWN_FILES, login_page.STYLE))
        self.door = Door()
        self.sockets = Sockets(self.door.still_valid)

    @classmethod
    def middleware(cls, web: Web, admits: Callable[[str | None], bool] = nobody) -> Middleware:
        return Middleware(cls, web=web, admits=admits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        has_begun = False

        async def send_safely(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            if message["type"] == "http.response.start":
                self.headers.add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self._look_and_pass(scope, receive, send_safely)
        except Exception as error:
            if has_begun or not no_answer(error):
                raise
            await _tell_no_answer(error, scope, receive, send_safely)

    async def _look_and_pass(self, scope: Scope, receive: Receive, send_safely: Send) -> None:
        foreign = self._foreign(Headers(scope=scope))
        if foreign:
            await _refuse(403, *foreign, scope, receive, send_safely)
            return
        scope["headers"] = [(key, value) for key, value in scope["headers"] if key.lower() not in STRIPPED]
        if self._is_admitted_screen(scope):
            await self.app(scope, receive, send_safely)
            return
        if scope["type"] == "http" and scope["path"] in self.open:
            if scope["path"] == ways.LOGIN:
                scope[KNOWN] = await self.door.who(scope)
            await self.app(scope, receive, send_safely)
            return
        known = await self.door.who(scope, without_data=ways.kind(scope["path"]) == "file")
        if known is None:
            await _to_the_form(ways.LOGIN, "stranger", STRANGER, scope, receive, send_safely)
        elif known.session.must_change and not _about_the_password(scope):
            await _to_the_form(ways.PASSWORD, "must_change", MUST_CHANGE, scope, receive, send_safely)
        else:
            await self._admit(known, scope, receive, send_safely)

    async def _admit(self, known: Known, scope: Scope, receive: Receive, send: Send) -> None:
        scope["headers"].append((b"x-sid", known.sid.encode("ascii")))
        scope[KNOWN] = known
        if scope["type"] == "websocket":
            await self.sockets.serve(self.app, known.sid, scope, receive, send)
        elif ways.kind(scope["path"]) == "told" and not self.sockets.was_told(known.sid, scope["path"]):
            await _refuse(403, "told_to_another", TOLD_TO_ANOTHER, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_admitted_screen(self, scope: Scope) -> bool:
        """A screen of the hall that asks for the wall; a wall knows no session and is named none."""
        if scope["type"] != "http" or not ways.is_wall(scope["path"]):
            return False
        client = scope.get("client")
        return self.admits(client[0] if client else None)

    def _foreign(self, headers: Headers) -> tuple[str, str] | None:
        """(reason for the log, sentence for the reader), or None when the request comes from our own pages.

        An origin is ours when it is the very address asked: a page of another port
        of this machine is another site.
        """
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or _name(hosts[0].lower()) not in self.hosts:
            return "host", "地址栏里的主机名不在允许之列。请用管理员给出的地址访问。"
        if any(_netloc(origin) != hosts[0].lower() for origin in origins):
            return "origin", "请求来自别的网站，已拒绝。"
        return None


def _name(netloc: str) -> str:
    """Host without port; of ``[::1]:8501``, ``::1``; nothing when it is more than a host."""
    try:
        parts = urlsplit(f"//{netloc}")
        return "" if parts.username is not None or parts.path else (parts.hostname or "")
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _about_the_password(scope: Scope) -> bool:
    """What somebody with a one-time password may still ask for."""
    return scope["type"] == "http" and scope["path"] in (ways.PASSWORD, ways.LOGOUT)


async def _to_the_form(
    form: str, reason: str, sentence: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Whoever opens a page is led to `form` and back; everything else is refused."""
    if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and ways.kind(scope["path"]) == "page":
        await RedirectResponse(ways.with_next(form, _asked(scope)), status_code=303)(scope, receive, send)
        return
    status = 401 if form == ways.LOGIN else 403
    await _refuse(status, reason, sentence, scope, receive, send)


async def _tell_no_answer(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """The database is away: a page that tries again by itself, a sentence for everything else."""
    structlog.get_logger().error("database_unreachable", type=type(error).__name__, path=scope["path"][:200])
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1013})
        return
    headers = {"Retry-After": str(login_page.RETRY_S), "Cache-Control": "no-store"}
    response: Response = PlainTextResponse(NO_ANSWER, status_code=503, headers=headers)
    if ways.kind(scope["path"]) == "page":
        was_sent = scope["method"] not in ("GET", "HEAD")
        if not was_sent:
            headers["Refresh"] = str(login_page.RETRY_S)
        path = scope["path"] if scope["path"] in ways.FORMS else _asked(scope)
        response = HTMLResponse(login_page.no_answer(path, was_sent=was_sent), 503, headers)
    await response(scope, receive, send)


def _asked(scope: Scope) -> str:
    """The address with its query, if it is a place of ours."""
    asked = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
    query = scope["query_string"].decode("latin-1")
    return ways.local(asked + (f"?{query}" if query else ""))


async def _refuse(
    status: int, reason: str, sentence: str, scope: Scope, receive: Receive, send: Send
) -> None:
    structlog.get_logger().warning("refused_at_gate", reason=reason, path=scope["path"][:200])
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    response: Response = PlainTextResponse(sentence, status_code=status)
    await response(scope, receive, send)
