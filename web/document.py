"""The one HTML page Streamlit serves, in Chinese and with our style sheet.

Streamlit's `index.html` says `lang="en"` and “Streamlit”, and preloads a font we
do not use. A style sheet sent with every rerun would cost more than the figures
of the page; linked here, a browser fetches it once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import theme

TITLE = "重庆体育大数据中心"
HERE = Path(__file__).resolve().parent
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
FONT = "app/static/fonts/noto-sans-sc.woff2"
YEAR_S = 365 * 24 * 3600


@cache
def style_sheet() -> tuple[str, str]:
    """(text, short hash): the rules of `ui/style.css` with the colours of `ui/theme.py`."""
    rules = (HERE.parent / "ui" / "style.css").read_text(encoding="utf-8")
    text = theme.css_variables() + "\n" + rules
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def document() -> bytes:
    """Streamlit's page of the installed version, with our language, title, icon, font and style sheet."""
    html = INDEX.read_text(encoding="utf-8")
    html = html.replace('<html lang="en">', '<html lang="zh-CN">')
    html = re.sub(r"<title>.*?</title>", f"<title>{TITLE}</title>", html)
    html = re.sub(r'<link\s+rel="preload"[^>]*?SourceSans[^>]*?/>', _preload(), html)
    html = html.replace('href="./favicon.png"', 'href="/assets/favicon.png"')
    html = re.sub(
        r"<noscript>.*?</noscript>",
        "<noscript>请在浏览器中启用 JavaScript 后刷新本页。</noscript>",
        html,
        flags=re.S,
    )
    return html.replace(
        "</head>", f'<link rel="stylesheet" href="/assets/{style_sheet()[1]}.css">\n</head>'
    ).encode()


def _preload() -> str:
    return f'<link rel="preload" href="/{FONT}" as="font" type="font/woff2" crossorigin />'


@cache
def script_hashes() -> tuple[str, ...]:
    """SHA-256 (base64) of each inline script of that page, for the Content-Security-Policy."""
    scripts = re.findall(r"<script>(.*?)</script>", document().decode(), flags=re.S)
    return tuple(base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts)


class Document:
    """ASGI middleware: where Streamlit answers with its own page, ours goes out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        replacing = False

        async def replace(message: Message) -> None:
            nonlocal replacing
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                replacing = message["status"] == 200 and headers.get("content-type", "").startswith(
                    "text/html"
                )
                if replacing:
                    for name in ("content-encoding", "etag", "last-modified"):
                        del headers[name]
                    headers["content-length"] = str(len(document()))
                    headers["cache-control"] = "no-cache"
            elif replacing and message["type"] == "http.response.body":
                if message.get("more_body"):
                    return
                message = {
                    "type": "http.response.body",
                    "body": document() if scope["method"] == "GET" else b"",
                }
            await send(message)

        await self.app(scope, receive, replace)


def middleware() -> Middleware:
    return Middleware(Document)


async def _style(request: Request) -> Response:
    text, digest = style_sheet()
    if request.path_params["digest"] != digest:
        return Response(status_code=404)
    return Response(
        text, media_type="text/css", headers={"Cache-Control": f"public, max-age={YEAR_S}, immutable"}
    )


def _brand(name: str, media_type: str) -> Route:
    content = (HERE / "brand" / name).read_bytes()

    async def answer(request: Request) -> Response:
        return Response(content, media_type=media_type, headers={"Cache-Control": "public, max-age=86400"})

    return Route(f"/assets/{name}", answer)


routes: list[BaseRoute] = [
    Route("/assets/{digest}.css", _style),
    _brand("favicon.png", "image/png"),
    _brand("brand.svg", "image/svg+xml"),
]
