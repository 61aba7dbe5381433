"""From a cookie to a session: the one question the gate asks of `accounts`, off the event loop.

The cookie's signature and the session's row are both looked at, each time. Only
for files that hold no data (`ways.WITHOUT_DATA`) an answer may be two seconds
old: a first page asks for forty of them at once, and all of them are the same
for everybody. A websocket, a medium, an upload or a page is never let in on an
old answer.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

import anyio
from anyio import to_thread
from starlette.requests import cookie_parser
from starlette.types import Scope

from accounts import open_lines, sessions, tokens
from data_access.clock import now
from data_access.settings import settings

KNOWN = "sports.known"
"""Key in the scope under which the routes of login, logout and password find who is asking."""
LOOKUPS_AT_ONCE = 8
KEPT_S = 2.0
KEPT_AT_MOST = 2000


@dataclass(frozen=True)
class Known:
    """Somebody with a valid cookie and a session that has not ended."""

    sid: str
    session: sessions.Session


def cookies(scope: Scope) -> dict[str, str]:
    """The browser's cookies; of a name sent twice the first, which is the more specific one."""
    found: dict[str, str] = {}
    for key, value in scope["headers"]:
        if key == b"cookie":
            for name, content in cookie_parser(value.decode("latin-1")).items():
                found.setdefault(name, content)
    return found


class Door:
    """Who is knocking."""

    def __init__(self) -> None:
        self._lookups = anyio.CapacityLimiter(LOOKUPS_AT_ONCE)
        self._kept: dict[str, tuple[float, Known]] = {}

    async def who(self, scope: Scope, *, without_data: bool = False) -> Known | None:
        """The session of this request, or None for a stranger.

        Args:
            without_data: a file that is the same for everybody: an answer two seconds old will do.
        """
        cookie = cookies(scope).get(tokens.COOKIE)
        if not cookie:
            return None
        if without_data:
            at, known = self._kept.get(cookie, (0.0, None))
            if known is not None and time.monotonic() - at < KEPT_S:
                return known
        claimed = tokens.read(cookie)
        if claimed is None:
            return None
        account, sid = claimed
        session = await to_thread.run_sync(_current, sid, limiter=self._lookups)
        if session is None or session.principal.account != account:
            self._kept.pop(cookie, None)
            return None
        known = Known(sid, session)
        if without_data:
            if len(self._kept) >= KEPT_AT_MOST:
                self._kept.clear()
            self._kept[cookie] = (time.monotonic(), known)
        return known

    async def still_valid(self, sids: Collection[str]) -> Collection[str]:
        """Those of the sessions that have not ended; asking is no activity of theirs."""
        return await to_thread.run_sync(_living, tuple(sids), limiter=self._lookups)


def _current(sid: str) -> sessions.Session | None:
    return sessions.current(settings().database.url, sid, now())


def _living(sids: tuple[str, ...]) -> Collection[str]:
    return open_lines.still_open(settings().database.url, sids, now())
