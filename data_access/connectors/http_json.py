"""A platform's paged HTTP endpoint that answers with JSON."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2

from catalog import Category
from catalog.sources import EndpointSource, PagedSource
from data_access.commands.delivery import Delivery
from data_access.connectors.base import Checkpoint, Piece, SourceError
from data_access.connectors.table import UNIT_KEY, pieces_of
from data_access.engine import BEIJING

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)
TOKEN_GONE = (400, 404, 410)
LONGEST_WAIT_S = 30.0
MAX_PAGES = 2_000
"""Pages a pull; the next pull goes on from there, so that one source cannot keep the worker."""


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once a process: they were half of a pull of the live feed."""
    return httpx2.create_ssl_context(trust_env=False)


class Pages:
    """Reads `source` at `url` page after page; the credential is read from the environment, never stored.

    Args:
        is_demo: whether this base is a demonstration. A simulated platform says so in each
            answer (``"demonstration": true``), and no other base takes anything from it.
    """

    def __init__(
        self,
        source: PagedSource,
        url: str,
        environment: Mapping[str, str] = os.environ,
        *,
        is_demo: bool = False,
    ) -> None:
        self.source, self._is_demo = source, is_demo
        self._url = url
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SourceError(
                f"来源 {source.code}：{source.address_env or 'address'} 不是有效的接口地址。"
                "应形如 https://主机/路径。"
            )
        self._place = f"{parts.hostname}{parts.path}"  # without user, port's secrets and query
        self._client = httpx2.Client(
            timeout=source.timeout_seconds,
            headers={"Accept": "application/json", **_credential(source, environment)},
            follow_redirects=False,
            trust_env=False,
            verify=_trusted(),
        )

    def pages(
        self, cursor: str | None, stop: threading.Event
    ) -> Iterator[tuple[list[dict[str, Any]], Checkpoint]]:
        """Records by field of each page, and where to resume once they are taken.

        Raises:
            SourceError: the source cannot be reached or is not what was declared.
        """
        state = json.loads(cursor) if cursor else {}
        since, token, high = state.get("since"), state.get("token"), state.get("high")
        is_resumed = token is not None
        for _ in range(MAX_PAGES):
            answer = self._get(since, token, stop, may_be_gone=is_resumed)
            if answer is None and stop.is_set():
                return
            if answer is None:  # the interrupted round's token is no longer known: begin the round anew
                token, high, is_resumed = None, None, False
                continue
            is_resumed = False
            rows, high = self._rows(answer, high)
            following = _at(answer, self.source.next)
            following = None if following in (None, "", False) else following
            if following is not None and following == token:
                raise SourceError(
                    f"来源 {self.source.code}：接口 {self._place} 的翻页标记没有变化，已停止以免重复读取。"
                    "请源平台核对翻页。"
                )
            if following is None:
                since, high = (high if high is not None else since), None
            token = following
            yield rows, Checkpoint(_encode({"since": since, "token": token, "high": high}))
            if token is None or stop.is_set():
                return

    def close(self) -> None:
        self._client.close()

    def _rows(self, answer: Any, high: Any) -> tuple[list[dict[str, Any]], Any]:
        """Records by field, and the highest value of `since` so far."""
        source = self.source
        if _at(answer, "demonstration") is True and not self._is_demo:
            raise SourceError(
                f"来源 {source.code}：接口 {self._place} 提供的是演示数据，本库不是演示库，已拒收。"
                f"请把 {source.address_env or 'address'} 改为正式平台的地址。"
            )
        items = _at(answer, source.items)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise SourceError(
                f"来源 {source.code}：接口 {self._place} 的回答中，{source.items} 不是记录的列表。"
                "请核对 catalog/sources.toml 的 items，或请源平台核对接口。"
            )
        rows = []
        for item in items:
            row = {field: _at(item, path) for field, path in source.columns.items()}
            if source.unit_column:
                row[UNIT_KEY] = _at(item, source.unit_column)
            rows.append(row)
            if source.since:
                value = _at(item, source.since)
                if value is not None and (high is None or _comparable(value) > _comparable(high)):
                    high = value
        return rows, high

    def _get(self, since: Any, token: Any, stop: threading.Event, *, may_be_gone: bool) -> Any:
        """One page as JSON; None when told to stop, or when a resumed token has expired."""
        source = self.source
        parameters = dict(source.parameters)
        if source.size_parameter:
            parameters[source.size_parameter] = str(source.page_size)
        if source.since_parameter and since is not None:
            parameters[source.since_parameter] = str(since)
        if token is not None:
            parameters[source.next_parameter] = str(token)
        reason = ""
        for attempt in range(source.attempts):
            if stop.is_set():
                return None
            delay = min(LONGEST_WAIT_S, source.backoff_seconds * 2**attempt)
            try:
                status, headers, body = self._send(parameters)
            except httpx2.TransportError as error:
                reason = f"无法连接（{type(error).__name__}）"
            else:
                if status == 200:
                    return self._parse(body)
                if may_be_gone and status in TOKEN_GONE:
                    return None
                if status not in TRY_AGAIN:
                    raise SourceError(self._refusal(status))
                reason = f"回答 {status}"
                delay = max(delay, min(LONGEST_WAIT_S, _seconds(headers.get("Retry-After"))))
            if attempt + 1 < source.attempts and stop.wait(delay):
                return None
        raise SourceError(
            f"来源 {source.code}：接口 {self._place} 连续 {source.attempts} 次{reason}。"
            "请核对网络和平台状态；恢复后会从断点继续。"
        )

    def _send(self, parameters: Mapping[str, str]) -> tuple[int, httpx2.Headers, bytes]:
        """Status, headers and body; a body over the limit, or one that trickles, is cut off with an error."""
        limit = self.source.max_mb * 1_000_000
        deadline = time.monotonic() + 10 * self.source.timeout_seconds
        with self._client.stream("GET", self._url, params=parameters) as response:
            body = bytearray()
            for part in response.iter_bytes():
                body += part
                if len(body) > limit:
                    raise SourceError(
                        f"来源 {self.source.code}：接口 {self._place} 一页超过 {self.source.max_mb} MB。"
                        "请减小 page_size，或调高 max_mb。"
                    )
                if time.monotonic() > deadline:
                    raise SourceError(
                        f"来源 {self.source.code}：接口 {self._place} 一页迟迟没有传完。请减小 page_size。"
                    )
            return response.status_code, response.headers, bytes(body)

    def _parse(self, body: bytes) -> Any:
        try:
            return json.loads(body, parse_float=Decimal, parse_constant=str)
        except (ValueError, RecursionError):
            raise SourceError(
                f"来源 {self.source.code}：接口 {self._place} 的回答不是有效的 JSON。请源平台核对接口。"
            ) from None

    def _refusal(self, status: int) -> str:
        what = f"来源 {self.source.code}：接口 {self._place} 拒绝了请求（{status}）。"
        if status in (401, 403):
            return f"{what}请核对环境变量 {self.source.auth_env} 中的凭证是否有效、是否过期。"
        if 300 <= status < 400:
            return f"{what}接口已搬迁，请把 {self.source.address_env} 改为新地址。"
        return f"{what}请核对地址和参数，或联系源平台。"


class EndpointConnector(Pages):
    """The pages as files for intake, one category's."""

    def __init__(
        self,
        source: EndpointSource,
        category: Category,
        url: str,
        environment: Mapping[str, str] = os.environ,
        *,
        is_demo: bool = False,
    ) -> None:
        super().__init__(source, url, environment, is_demo=is_demo)
        self._table, self.category = source, category

    def pieces(self, cursor: str | None, stop: threading.Event) -> Iterator[Piece | Checkpoint]:
        for rows, checkpoint in self.pages(cursor, stop):
            yield from pieces_of(self._table, self.category, rows)
            yield checkpoint

    def taken(self, piece: Piece, delivery: Delivery) -> None:
        """The cursor remembers; the platform is not told."""

    def refused(self, piece: Piece, reason: str) -> None:
        raise SourceError(f"来源 {self.source.code}：{reason}")


def _credential(source: PagedSource, environment: Mapping[str, str]) -> dict[str, str]:
    if source.auth_env is None:
        return {}
    value = environment.get(source.auth_env, "")
    if not value:
        raise SourceError(
            f"来源 {source.code}（{source.name_zh}）没有凭证。"
            f"请在运行 worker 的环境中设置变量 {source.auth_env}，然后重启 worker。"
        )
    if not value.isascii() or not value.isprintable():
        raise SourceError(f"环境变量 {source.auth_env} 中有不能用作凭证的字符。请重新设置。")
    return {source.auth_header: value}


def _at(value: Any, path: str) -> Any:
    """The value at a path with dots; None where the path ends early."""
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _comparable(value: Any) -> tuple[int, Any]:
    """Numbers, then moments, then other texts.

    ISO times are compared as moments: 09:00Z lies after 16:30+08:00, whatever their texts
    say. A time without an offset is 北京时间, as the platforms write it.
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return (0, value)
    text = str(value)
    if _ISO.match(text):
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            return (2, text)
        return (1, moment if moment.tzinfo else moment.replace(tzinfo=BEIJING))
    return (2, text)


def _encode(state: Mapping[str, Any]) -> str:
    return json.dumps(state, ensure_ascii=False, default=str)


def _seconds(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
