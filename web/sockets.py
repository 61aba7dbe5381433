"""The open websockets and what each session was told: closed when it ends, refused to everybody else.

A websocket is checked at its handshake and then stays open for hours. Every run
asks anew who it is for; this closes the line as well, a few seconds after its
session has ended, whoever ended it and in whichever process.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

CHECK_S = 2.0
FORGET_S = 120.0
"""How long the addresses of a session without an open line are kept: longer than Streamlit keeps its files."""
TOLD_AT_MOST = 5000
LONGEST = 4 * 2**20
"""Bytes of a message from a browser; `server.maxWidgetStateSize` in .streamlit/config.toml says the same."""
ENDED = 4401
"""Close code of a line whose session has ended; web/ended.js then goes to the login form."""
_ADDRESS = re.compile(
    rb"/(?:media/[0-9a-f]{16,64}(?:\.[A-Za-z0-9]{1,8})?|_stcore/upload_file/[0-9A-Za-z-]{8,64}/[0-9A-Za-z-]{8,64})"
)
_REFUSED_MESSAGES = ("clear_cache", "debug_disconnect_websocket", "debug_shutdown_runtime")
"""What a browser may ask of Streamlit and nobody of ours needs: one of them empties the caches of all."""
_REFUSED_OPERATIONS = ("install_skills", "dismiss_skills_nudge")
"""Of `backend_operation_request`: they write into the program's folder."""

StillValid = Callable[[Collection[str]], Awaitable[Collection[str]]]


@dataclass(eq=False)
class _Line:
    """One open websocket."""

    send: Send
    closed: bool = False


@dataclass
class _Known:
    """What this process knows of one session."""

    lines: set[_Line] = field(default_factory=set)
    told: dict[str, None] = field(default_factory=dict)  # in the order of telling
    alone_since: float = 0.0


class Sockets:
    """All lines of this process, by session."""

    def __init__(self, still_valid: StillValid, *, check_s: float = CHECK_S) -> None:
        """
        Args:
            still_valid: which of these sessions have not ended; must not count as activity.
            check_s: how often it is asked.
        """
        self._still_valid = still_valid
        self._check_s = check_s
        self._known: dict[str, _Known] = {}
        self._watch: asyncio.Task[None] | None = None

    def was_told(self, sid: str, path: str) -> bool:
        """Whether this session was told this address with data (`ways.TOLD`)."""
        known = self._known.get(sid)
        return known is not None and path in known.told

    async def serve(self, app: ASGIApp, sid: str, scope: Scope, receive: Receive, send: Send) -> None:
        """One websocket of the session, from handshake to end."""
        known = self._known.setdefault(sid, _Known())
        line = _Line(send)
        known.lines.add(line)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._check_for_ever(), name="session-watch")

        async def hear() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                if line.closed:
                    continue
                fault = _fault(message.get("bytes"))
                if fault is None:
                    return message
                if fault:
                    await self._close(line, fault)

        async def say(message: Message) -> None:
            if line.closed:
                return
            if message["type"] == "websocket.send" and message.get("bytes"):
                _remember(known.told, message["bytes"])
            elif message["type"] == "websocket.close":
                line.closed = True
            await send(message)

        try:
            await app(scope, hear, say)
        finally:
            line.closed = True
            known.lines.discard(line)
            known.alone_since = time.monotonic()

    async def _check_for_ever(self) -> None:
        """Until no session is known any more; the next websocket starts it again."""
        while self._known:
            await asyncio.sleep(self._check_s)
            try:
                await self._check()
            except Exception as error:  # the database is away: the lines stay, each run asks anew
                structlog.get_logger().error("sessions_not_checked", type=type(error).__name__)

    async def _check(self) -> None:
        sids = [sid for sid, known in self._known.items() if known.lines]
        valid = set(await self._still_valid(sids)) if sids else set()
        for sid in sids:
            if sid not in valid:
                for line in list(self._known[sid].lines):
                    await self._close(line, ENDED)
                self._known[sid].told.clear()
        now = time.monotonic()
        for sid, known in list(self._known.items()):
            if not known.lines and now - known.alone_since > FORGET_S:
                del self._known[sid]

    @staticmethod
    async def _close(line: _Line, code: int) -> None:
        if line.closed:
            return
        line.closed = True
        try:
            await line.send({"type": "websocket.close", "code": code})
        except (RuntimeError, OSError):  # the browser left at the same moment
            structlog.get_logger().debug("socket_already_closed")


def _remember(told: dict[str, None], payload: bytes) -> None:
    for found in _ADDRESS.finditer(payload):
        path = found.group().decode("ascii")
        told.pop(path, None)
        told[path] = None
    while len(told) > TOLD_AT_MOST:
        del told[next(iter(told))]


def _fault(payload: bytes | None) -> int | None:
    """None: Streamlit may read it; 0: not passed on; else the code to close the line with.

    Streamlit closes the line at a faulty message too, and writes a traceback to the log.
    """
    if not payload:
        return 1003
    if len(payload) > LONGEST:
        return 1009
    message = BackMsg()
    try:
        message.ParseFromString(payload)
    except Exception:  # protobuf's DecodeError, which only its implementation knows
        return 1002
    asked = message.WhichOneof("type")
    if asked == "backend_operation_request":
        return 0 if message.backend_operation_request.WhichOneof("payload") in _REFUSED_OPERATIONS else None
    return 0 if asked in _REFUSED_MESSAGES else None
