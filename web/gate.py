"""What stands before Streamlit: who may knock, under which name, and what the browser may do with the answer.

Cookies and sessions join it with the accounts; the order of the checks stays.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.document import script_hashes

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
STRIPPED = (b"x-sid",)
"""Headers that only the gate may set: Streamlit trusts them (`server.trustedUserHeaders`)."""


def content_security_policy() -> str:
    """Everything from this host; inline scripts only those of Streamlit's own page; no `unsafe-eval`."""
    scripts = " ".join(f"'sha256-{digest}'" for digest in script_hashes())
    return (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def refuse_open_address(address: str | None) -> None:
    """Without accounts everybody who reaches the server is whoever they choose to be: only this machine may.

    Exits with a sentence for the operator when `address` is any other.
    """
    if address in LOOPBACK_NAMES:
        return
    sys.exit(
        f"没有启动：监听地址是 {address or '0.0.0.0（未设置）'}。账号管理上线之前，任何人都可以选择任意身份，"
        "因此只允许本机访问。\n"
        "请去掉 --server.address 参数和 STREAMLIT_SERVER_ADDRESS 环境变量，"
        '或在 .streamlit/config.toml 中写 address = "127.0.0.1"。'
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == ""  # a Unix socket has no address


def _name(netloc: str) -> str:
    """Host without port; of ``[::1]:8501``, ``::1``."""
    return (urlsplit(f"//{netloc}").hostname or "").lower()


class Gate:
    """ASGI middleware: peer, Host and Origin before anything else; safe headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self.app = app
        self.hosts = {host.lower() for host in hosts}
        self.policy = content_security_policy()

    @classmethod
    def middleware(cls, hosts: Sequence[str]) -> Middleware:
        return Middleware(cls, hosts=hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            structlog.get_logger().warning("refused_at_gate", reason=refusal[0], path=scope["path"])
            await self._refuse(refusal[1], scope, receive, send)
            return
        scope["headers"] = [(key, value) for key, value in scope["headers"] if key.lower() not in STRIPPED]

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self.app(scope, receive, send_safely)

    def _refusal(self, scope: Scope) -> tuple[str, str] | None:
        """(reason for the log, sentence for the reader), or None when the request may pass."""
        headers = Headers(scope=scope)
        client = scope.get("client")
        if client and not _is_loopback(client[0]):
            return "peer", "账号管理上线之前，只能在服务器本机访问。"
        if _name(headers.get("host", "")) not in self.hosts:
            return "host", "地址栏里的主机名不在允许之列。请用管理员给出的地址访问。"
        origin = headers.get("origin")
        if origin is not None and (urlsplit(origin).hostname or "").lower() not in self.hosts:
            return "origin", "请求来自别的网站，已拒绝。"
        return None

    @staticmethod
    async def _refuse(sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await PlainTextResponse(sentence, status_code=403)(scope, receive, send)

    def _add_headers(self, headers: MutableHeaders, path: str) -> None:
        headers["Content-Security-Policy"] = self.policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        if path.startswith("/app/static/"):
            del headers["Access-Control-Allow-Origin"]
            headers["Cache-Control"] = "public, max-age=604800"
