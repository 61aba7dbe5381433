"""The platform's process: two endpoints and its ledger, over HTTP, for this machine only."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from data_access.clock import day_of, now as present
from demo.simulator.ledger import Ledger
from demo.simulator.platform import NotFound, Platform

BOOKS_EVERY_S = 15.0
LARGEST_PAGE = 20_000


@dataclass
class Clock:
    """The platform's time: the machine's, or from `start` on at `speed`, never ahead of the machine's."""

    start: dt.datetime | None = None
    speed: float = 1.0
    machine: Callable[[], dt.datetime] = present
    _began: float = field(default_factory=time.monotonic)

    def now(self) -> dt.datetime:
        if self.start is None:
            return self.machine()
        passed = (time.monotonic() - self._began) * self.speed
        return min(self.machine(), self.start + dt.timedelta(seconds=passed))


class Server(ThreadingHTTPServer):
    """Serves `platform` on a port of 127.0.0.1; `token` is the header ``Authorization`` it wants."""

    daemon_threads = True

    def __init__(
        self, port: int, platform: Platform, clock: Clock, token: str, book: Path | None = None
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.platform, self.clock, self.token, self.book = platform, clock, token, book
        earliest = day_of(clock.now()) - dt.timedelta(days=platform.remembers_days)
        self.ledger = Ledger(platform, max(platform.first, earliest))
        self.guard = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked may be killed while it is answered; that is no fault of this side."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, query: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Status and body of one request."""
        if path == "/health":
            return 200, {"demonstration": True}
        if not hmac.compare_digest(authorization.encode(), self.token.encode()):
            return 401, {"error": "凭证不符"}
        with self.guard:
            if path == "/ledger":
                self.ledger.advance(self.clock.now())
                return 200, self.ledger.as_json()
            names = {
                "/api/live": ("messages", self.platform.messages),
                "/api/readings": ("readings", self.platform.readings),
            }
            if path not in names:
                return 404, {"error": "没有这个接口"}
            name, feed = names[path]
            try:
                asked = _asked(query)
                found, mark = feed(self.clock.now(), **asked)
            except NotFound:
                return 410, {"error": "翻页标记已失效"}
            except ValueError:
                return 400, {"error": "参数 since、next 或 size 有误"}
        return 200, {"demonstration": True, "data": {name: found, "next": mark}}

    def keep_book(self, stop: threading.Event) -> None:
        """Write the ledger's file every quarter of a minute until told to stop, and once at the end."""
        while self.book is not None:
            with self.guard:
                self.ledger.advance(self.clock.now())
                self.ledger.write(self.book)
            if stop.wait(BOOKS_EVERY_S):
                return


class _Handler(BaseHTTPRequestHandler):
    server: Server  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, answer = self.server.answer(parts.path, query, self.headers.get("Authorization", ""))
        body = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: who asks every fifteen seconds needs no line each time."""


def _asked(query: dict[str, str]) -> dict[str, Any]:
    since = dt.datetime.fromisoformat(query["since"]) if "since" in query else None
    if since is not None and since.tzinfo is None:
        raise ValueError("since without a zone")
    size = int(query.get("size", "1000"))
    if not 1 <= size <= LARGEST_PAGE:
        raise ValueError("size")
    return {"since": since, "mark": query.get("next"), "size": size}


def serve(server: Server, stop: threading.Event) -> None:
    """Answer until `stop` is set."""
    book = threading.Thread(target=server.keep_book, args=(stop,), name="ledger")
    answering = threading.Thread(target=server.serve_forever, args=(0.1,), name="answers")
    book.start()
    answering.start()
    stop.wait()
    server.shutdown()
    answering.join()
    book.join()
    server.server_close()
