"""The HTML a browser gets: Streamlit's one page in Chinese, with our style sheet and words.

Streamlit's `index.html` says `lang="en"` and “Streamlit”, and preloads a font we
do not use. A style sheet sent with every rerun would cost more than the figures
of the page; linked here, a browser fetches it once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit
from anyio import to_thread
from sqlalchemy import inspect
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_access import engine
from data_access.principal import SYSTEM
from data_access.queries.status import base_kind
from data_access.schema import setting
from data_access.settings import settings
from ui import html, theme
from ui.html import demo_mark, picture
from web import ways
from web.discovery import pages

TITLE = "重庆体育大数据中心"
HERE = Path(__file__).resolve().parent
STATIC = Path(streamlit.__file__).parent / "static"
INDEX = STATIC / "index.html"
SCRIPTS = ("ended.js", "words.js", "links.js", "maps.js")
YEAR_S = 365 * 24 * 3600


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def style_sheet() -> tuple[str, str]:
    """(text, short hash): the rules of `ui/style.css` with the colours of `ui/theme.py`."""
    rules = (HERE.parent / "ui" / "style.css").read_text(encoding="utf-8")
    text = theme.css_variables() + "\n" + rules
    return text, _digest(text)


@cache
def scripts() -> tuple[str, str]:
    """(script, short hash): the way to the login form when a session has ended, Streamlit's own words in Chinese,
    links that change a page's own address, pictures of maps that give way to their decks.
    """
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return script, _digest(script)


@cache
def document(is_demo: bool = False, has_map: bool = False) -> bytes:
    """Streamlit's page of the installed version, with our language, title, icon, font, style and words.

    Args:
        is_demo: marked as demonstration data, outside what any page draws: it is on every page, and no page
            pays for it.
        has_map: reads the program of maps, three megabytes, at once: Streamlit would ask for it only when
            the first map has arrived, when the browser has the whole page to draw besides.
    """
    page = INDEX.read_text(encoding="utf-8")
    preload = f'<link rel="preload" href="{ways.FONT}" as="font" type="font/woff2" crossorigin />'
    page = page.replace('<html lang="en">', '<html lang="zh-CN">')
    page = re.sub(r"<title>.*?</title>", f"<title>{TITLE}</title>", page)
    page = re.sub(r'<link\s+rel="preload"[^>]*?SourceSans[^>]*?/>', preload, page)
    page = page.replace('href="./favicon.png"', 'href="/assets/favicon.png"')
    asks = "<noscript>请在浏览器中启用 JavaScript 后刷新本页。</noscript>"
    page = re.sub(r"<noscript>.*?</noscript>", asks, page, flags=re.S)
    script = f'<script src="/assets/{scripts()[1]}.js"></script>'
    maps = _map_program() if has_map else ""
    page = page.replace("</head>", f"{_style_link()}\n{script}\n{maps}</head>")
    return (page.replace("</body>", f"{demo_mark()}</body>") if is_demo else page).encode()


def _map_program() -> str:
    """Run after Streamlit's own program, which needs it to find its parts; nothing where a version has none."""
    found = sorted((STATIC / "static" / "js").glob("DeckGlJsonChart.*.js"))
    return "".join(f'<script type="module" crossorigin src="/static/js/{f.name}"></script>\n' for f in found)


def _style_link() -> str:
    return f'<link rel="stylesheet" href="/assets/{style_sheet()[1]}.css">'


@cache
def not_found() -> bytes:
    """What an address without a page answers; Streamlit would open another page behind an English dialog."""
    body = picture("muted", "?", "没有这一页", "地址栏里的页面不存在，可能已经改名。", "")
    home = html.element("a", "回到首页", href="/")
    return html.document(TITLE, f"/assets/{style_sheet()[1]}.css", body, home, class_="alone").encode()


@cache
def script_hashes() -> tuple[str, ...]:
    """SHA-256 (base64) of each inline script of that page, for the Content-Security-Policy."""
    scripts = re.findall(r"<script>(.*?)</script>", document().decode(), flags=re.S)
    return tuple(base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts)


_kinds: dict[str, bool] = {}
"""Base → whether it is a demonstration; kept once it is known, since a base never changes its kind."""


async def is_demonstration() -> bool:
    """Whether the base that is served holds demonstration data; False while it holds nothing."""
    url = settings().database.url
    if url not in _kinds:
        kind = await to_thread.run_sync(_kind, url)
        if kind is None:
            return False
        _kinds[url] = kind == "demo"
    return _kinds[url]


def _kind(url: str) -> str | None:
    base = engine.engine(url)
    if not inspect(base).has_table(setting.name):
        return None
    with engine.reading(base) as connection:
        return base_kind(SYSTEM, connection)


class Document:
    """ASGI middleware: where Streamlit answers with its own page, ours goes out, or 404."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = scope["type"] == "http" and (scope["path"] in ways.FORMS or ways.is_wall(scope["path"]))
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or own:
            await self.app(scope, receive, send)
            return
        content = b""
        replacing = False

        async def replace(message: Message) -> None:
            nonlocal content, replacing
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                html = headers.get("content-type", "").startswith("text/html")
                replacing = message["status"] == 200 and html
                if replacing:  # only a page asks the database; a picture is there without it
                    content, message["status"] = self._answer(scope["path"], await is_demonstration())
                    for name in ("content-encoding", "etag", "last-modified"):
                        del headers[name]
                    headers["content-length"] = str(len(content))
                    headers["cache-control"] = "no-cache"
            elif replacing and message["type"] == "http.response.body":
                if message.get("more_body"):
                    return
                body = content if scope["method"] == "GET" else b""
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self.app(scope, receive, replace)

    @staticmethod
    def _answer(path: str, is_demo: bool) -> tuple[bytes, int]:
        name = path.strip("/")
        page = next((entry.page for entry in pages() if entry.page.path == name), None)
        if name and page is None:
            return not_found(), 404
        return document(is_demo, page is not None and page.has_map), 200


def middleware() -> Middleware:
    return Middleware(Document)


def _hashed(kind: str, media_type: str, content: Callable[[], tuple[str, str]]) -> Route:
    """A file whose name changes with its content, so that a browser may keep it for ever."""

    async def answer(request: Request) -> Response:
        text, digest = content()
        if request.path_params["digest"] != digest:
            return Response(status_code=404)
        headers = {"Cache-Control": f"public, max-age={YEAR_S}, immutable"}
        return Response(text, media_type=media_type, headers=headers)

    return Route(f"/assets/{{digest}}.{kind}", answer)


def _brand(name: str, media_type: str) -> Route:
    content = (HERE / "brand" / name).read_bytes()

    async def answer(request: Request) -> Response:
        return Response(content, media_type=media_type, headers={"Cache-Control": "public, max-age=86400"})

    return Route(f"/assets/{name}", answer)


routes: list[BaseRoute] = [
    _hashed("css", "text/css", style_sheet),
    _hashed("js", "text/javascript", scripts),
    _brand("favicon.png", "image/png"),
    _brand("brand.svg", "image/svg+xml"),
    _brand("hills.svg", "image/svg+xml"),
]
