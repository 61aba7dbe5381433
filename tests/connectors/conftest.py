"""Sources as the tests need them: a declaration and the engine it delivers to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, func, select

import catalog
from catalog.sources import ADAPTER, AnySource, LiveSource
from data_access.engine import reading
from data_access.schema import base_table, batch, connector_state


def declare(**entry: Any) -> AnySource:
    """A source as one entry of sources.toml declares it."""
    given = {"code": "test_source", "name_zh": "测试来源", "platform": "smart_venue", "every_minutes": 5}
    declared = ADAPTER.validate_python(given | entry)
    assert not isinstance(declared, LiveSource)
    return declared


@dataclass
class Stored:
    """What one base holds, to compare two ways of getting there."""

    records: int
    batches: list[tuple[str, str]]  # file name, state
    cursor: str
    error: str


def stored(engine: Engine, category: str) -> Stored:
    with reading(engine) as connection:
        table = base_table(catalog.default().category_by_code[category])
        state = connection.execute(
            select(connector_state).where(connector_state.c.source == "test_source")
        ).first()
        return Stored(
            connection.scalar(select(func.count()).select_from(table).where(table.c.valid_to.is_(None))) or 0,
            [
                (r.file_name, r.state)
                for r in connection.execute(select(batch).order_by(batch.c.received_at, batch.c.receipt))
            ],
            (state and state.cursor) or "",
            (state and state.last_error) or "",
        )


@dataclass
class Platform:
    """A small platform on a real socket: paged readings behind a token, with the faults a test asks for."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    page: int = 3
    token: str = "Bearer secret-of-the-platform"
    faults: list[int] = field(default_factory=list)  # statuses to answer first; 0 cuts the line
    retry_after: str | None = None
    requests: list[dict[str, str]] = field(default_factory=list)
    body: bytes | None = None  # an answer of its own
    forget_tokens: bool = False
    url: str = ""

    def answer(self, query: dict[str, str], authorization: str | None) -> tuple[int, bytes]:
        self.requests.append(query)
        if self.faults:
            return self.faults.pop(0), b"{}"
        if authorization != self.token:
            return 401, b"{}"
        if self.body is not None:
            return 200, self.body
        rows = [r for r in self.rows if r["reading_at"] >= query.get("since", "")]
        if "next" in query and self.forget_tokens:
            self.forget_tokens = False
            return 410, b"{}"
        start = int(query.get("next", "0"))
        page = rows[start : start + self.page]
        following = str(start + self.page) if start + self.page < len(rows) else None
        return 200, json.dumps({"data": {"readings": page, "next": following}}).encode()


@pytest.fixture
def platform() -> Iterator[Platform]:
    served = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            status, body = served.answer(query, self.headers.get("Authorization"))
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            if served.retry_after:
                self.send_header("Retry-After", served.retry_after)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/api/readings"
    yield served
    server.shutdown()
    thread.join()
    server.server_close()
