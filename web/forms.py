"""Forms without Streamlit: reading what was sent, and the token that proves our own page sent it.

The token is signed with the cookies' key over the form's purpose and over what
binds it to this browser: the session, or before there is one a random cookie.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accounts import form_token
from data_access.settings import settings
from web.knocking import KNOWN, Known, cookies

BROWSER = "sports_form"
LONGEST = 8192
FIELDS_AT_MOST = 20


class Unreadable(Exception):
    """The body is not a small form of ours."""


async def read(request: Request) -> dict[str, str]:
    """The fields of a small form; nothing is written to disk and no more than `LONGEST` bytes are kept."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Unreadable
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            raise Unreadable
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS_AT_MOST, errors="strict"
        )
    except ValueError:
        raise Unreadable from None
    return {name: value.strip("\r\n\t\0") for name, value in pairs}


def known(request: Request) -> Known | None:
    """Whoever the gate found behind the cookie."""
    return request.scope.get(KNOWN)


def binding(request: Request) -> str:
    """What the token of this browser is bound to; a new value when it has none yet."""
    somebody = known(request)
    if somebody is not None:
        return somebody.sid
    carried = cookies(request.scope).get(BROWSER, "")
    return carried if len(carried) == 32 and carried.isalnum() else secrets.token_hex(16)


def is_ours(request: Request, purpose: str, fields: Mapping[str, str]) -> bool:
    """Whether the form was made by us for this browser."""
    return form_token.valid(fields.get("token", ""), purpose, binding(request))


def answer(request: Request, page: str, bound: str, status: int = 200) -> HTMLResponse:
    """A page with a form bound to `bound`."""
    response = HTMLResponse(page, status_code=status)
    if known(request) is None and cookies(request.scope).get(BROWSER) != bound:
        set_cookie(response, BROWSER, bound)
    return response


def set_cookie(response: Response, name: str, value: str) -> None:
    """Unreadable for scripts, never sent along by another site's form, gone when the browser is closed."""
    response.set_cookie(
        name, value, path="/", httponly=True, samesite="lax", secure=settings().web.tls_terminated
    )


def drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(
        name, path="/", httponly=True, samesite="lax", secure=settings().web.tls_terminated
    )


def address(request: Request) -> str:
    """Where the browser is; behind a proxy of this machine, what the proxy says."""
    return request.client.host if request.client else ""
