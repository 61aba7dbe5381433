"""Which addresses are what: open to a stranger, files without data, told to one person only, pages.

Open addresses are compared whole, never by their beginning: nothing can be hung behind them.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

FONT = "/app/static/fonts/noto-sans-sc.woff2"

LOGIN, LOGOUT, PASSWORD, APPLY = "/login", "/logout", "/password", "/apply"
FORMS = (LOGIN, LOGOUT, PASSWORD, APPLY)
HEALTH = ("/health", "/_stcore/health")
OWN_FILES = ("/assets/favicon.png", "/assets/brand.svg", "/assets/hills.svg", FONT)
"""What the login page shows; the font is the product's own, so that the first page finds it in the cache."""

WALL = "/kiosk/"
"""The exhibition wall: its page; everything else of it lies below."""
_WALLS = frozenset(WALL + name for name in ("", "sw.js", "snapshot", "events", "healthz", "command", "beat"))
_WALL_ASSET = re.compile(re.escape(WALL) + r"assets/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")

WITHOUT_DATA = ("/static/", "/app/static/", "/assets/")
"""Streamlit's and our files, the same for everybody: a session seen a moment ago is enough."""

TOLD = ("/media/", "/_stcore/upload_file/")
"""Addresses with somebody's data; open only to the person to whom the server has told them."""

_TECHNICAL = (*WITHOUT_DATA, "/media/", "/_stcore/", "/component/")
_NOT_LOCAL = re.compile(r"[^\x21-\x7e]|\\")

Kind = Literal["page", "file", "told", "other"]


def kind(path: str) -> Kind:
    """What an address is to the gate."""
    if path.startswith(TOLD):
        return "told"
    if path.startswith(WITHOUT_DATA):
        return "file"
    if path.startswith(_TECHNICAL) or "/_stcore/" in path or (path.startswith(WALL) and path != WALL):
        return "other"
    return "page"


def is_wall(path: str) -> bool:
    """Whether an address is one of the wall's: those we know, compared whole."""
    return path in _WALLS or _WALL_ASSET.fullmatch(path) is not None


def with_next(form: str, target: str) -> str:
    """A form's address that remembers where its reader wanted to go."""
    return form if target == "/" else f"{form}?next={quote(target, safe='/')}"


def local(target: str | None) -> str:
    """`target` if it is a place of this server that one may be sent to after login, else the first page.

    A browser reads ``//host`` and ``/\\host`` as another server; a form's own address
    would turn in a circle or end the session that has just begun.
    """
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith("//"):
        return "/"
    if _NOT_LOCAL.search(target):
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or unquote(parts.path) in FORMS or kind(unquote(parts.path)) != "page":
        return "/"
    return target
