"""A browser without a screen: speaks Streamlit 1.67's websocket protocol and measures what it costs.

What a browser does and the server notices is done here too: it keeps messages
marked cacheable and names their hashes at the next run (the server then sends a
reference), sends the state of the widgets it was shown, and forgets kept
messages that two runs did not use.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.process import cpu_seconds

TIMEOUT_S = 60.0
DEFAULT_MAX_AGE = 2
"""Runs a kept message survives unused; the server names its own number at the first run."""


class PageFailed(Exception):
    """The run ended without the page: nobody wants to know how fast that was."""


@dataclass(slots=True)
class Run:
    """One script run as a browser sees it: from asking until told that it is finished."""

    seconds: float
    bytes: int  # payload of all messages, before any compression of the transport
    messages: int
    references: int  # messages that came as the hash of one already sent
    page: str = ""  # hash of the page that was drawn


@dataclass(slots=True)
class _Kept:
    message: bytes
    last_used: int


@dataclass(slots=True)
class _Widgets:
    """Widget id → field of WidgetState → value, as a browser reports it after drawing."""

    states: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def shown(self, element: Any) -> None:
        """A widget that appeared reports the value it appeared with."""
        kind = element.WhichOneof("type")
        if kind == "selectbox":
            drawn = element.selectbox
            if drawn.options and drawn.HasField("default"):
                self.states.setdefault(drawn.id, ("string_value", drawn.options[drawn.default]))
        elif kind == "checkbox":
            self.states.setdefault(element.checkbox.id, ("bool_value", element.checkbox.default))
        elif kind == "text_input":
            self.states.setdefault(element.text_input.id, ("string_value", element.text_input.default))


class Session:
    """One browser tab. ``async with Session(url) as tab: await tab.run("progress")``."""

    def __init__(self, url: str, *, headers: Mapping[str, str] | None = None) -> None:
        """
        Args:
            url: of the product, e.g. ``http://127.0.0.1:8501``.
            headers: more of them for the handshake, e.g. a cookie.
        """
        address = urlsplit(url)
        self._origin = f"http://{address.netloc}"
        self._endpoint = f"ws://{address.netloc}/_stcore/stream"
        self._headers = dict(headers or {})
        self._kept: dict[str, _Kept] = {}
        self._runs = 0
        self._max_age = DEFAULT_MAX_AGE
        self._widgets = _Widgets()
        self._page = ""
        self.pages: dict[str, str] = {}  # title → path of the pages in the navigation, after the first run
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Session:
        self._socket = await connect(
            self._endpoint,
            origin=self._origin,  # type: ignore[arg-type]  # websockets has its own str type for it
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers=self._headers,
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=TIMEOUT_S,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def run(self, page: str | None = None, query: str = "", *, whole: bool = False) -> Run:
        """Ask for one run and wait until it is finished.

        Args:
            page: the page's path to go to; None stays on the page and reruns it.
            query: the query string without ``?``.
            whole: forget the kept messages first, as a tab that has just been opened.

        Raises:
            PageFailed: the page does not exist, or drew an exception instead of itself.
        """
        assert self._socket is not None, "use Session in `async with`"
        if whole:
            self._kept.clear()
        request = self._request(page, query)
        started = time.perf_counter()
        await self._socket.send(request)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                done = await self._receive(self._socket, page)
        except TimeoutError:
            raise PageFailed(f"{page or 'the page'} was not finished after {TIMEOUT_S:.0f} s") from None
        done.seconds = time.perf_counter() - started
        self._age()
        return done

    def _request(self, page: str | None, query: str) -> bytes:
        request = BackMsg()
        state = request.rerun_script
        state.query_string = query
        if page is None:
            state.page_script_hash = self._page
        else:
            state.page_name = page
            self._widgets.states.clear()
        for name, (kind, value) in self._widgets.states.items():
            widget = state.widget_states.widgets.add()
            widget.id = name
            setattr(widget, kind, value)
        state.cached_message_hashes.extend(self._kept)
        context = state.context_info
        context.timezone, context.timezone_offset = "Asia/Shanghai", -480
        context.locale, context.url = "zh-CN", f"{self._origin}/{page or ''}"
        return request.SerializeToString()

    async def _receive(self, socket: ClientConnection, asked: str | None) -> Run:
        run = Run(0.0, 0, 0, 0)
        while True:
            payload = await socket.recv()
            assert isinstance(payload, bytes)
            run.bytes += len(payload)
            run.messages += 1
            message = ForwardMsg.FromString(payload)
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._delta(message, payload)
            elif kind == "ref_hash":
                run.references += 1
                self._use(message.ref_hash)
            elif kind == "new_session":
                self._page = message.new_session.page_script_hash
                age = message.new_session.config.max_cached_message_age
                self._max_age = age or DEFAULT_MAX_AGE
            elif kind == "navigation":
                self._page = message.navigation.page_script_hash
                self.pages = {page.page_name: page.url_pathname for page in message.navigation.app_pages}
            elif kind == "page_not_found":
                raise PageFailed(f"the server has no page {asked!r}, at least not for who asks")
            elif kind == "script_finished":
                status = message.script_finished
                if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue  # st.rerun() or st.switch_page(): another run follows
                if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise PageFailed("the script does not compile; see the server's log")
                run.page = self._page
                return run

    def _delta(self, message: ForwardMsg, payload: bytes) -> None:
        if message.metadata.cacheable:
            self._kept[message.hash] = _Kept(payload, self._runs)
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            raise PageFailed(f"{element.exception.type}: {element.exception.message}")
        self._widgets.shown(element)

    def _use(self, key: str) -> None:
        kept = self._kept.get(key)
        if kept is None:
            raise PageFailed(f"the server refers to message {key}, which this browser does not have")
        kept.last_used = self._runs

    def _age(self) -> None:
        self._runs += 1
        for key in [k for k, kept in self._kept.items() if self._runs - kept.last_used > self._max_age]:
            del self._kept[key]


@dataclass(slots=True)
class Load:
    """What many users did in a stretch of time, and what it cost the server."""

    seconds: float
    cpu_seconds: float
    runs: list[Run]

    @property
    def per_second(self) -> float:
        return len(self.runs) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU of the server for one run."""
        return self.cpu_seconds / len(self.runs) * 1000

    def milliseconds(self, share: float) -> float:
        """The duration that `share` (0–1) of the runs did not exceed."""
        return percentile([run.seconds for run in self.runs], share) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that `share` of them do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


async def load(
    url: str, pid: int, page: str, count: int, *, seconds: float, think_s: float = 0.0, query: str = "",
    headers: Mapping[str, str] | None = None,
) -> Load:  # fmt: skip
    """`count` tabs on one page that rerun it until `seconds` are over.

    Opening the tabs and their first two runs are not counted. With a think time each
    user waits between half and one and a half of it, so that they do not march in step.

    Args:
        pid: the server's process.
        headers: for each handshake, the cookie of somebody who is logged in.
    """
    tabs = [Session(url, headers=headers) for _ in range(count)]
    door = asyncio.Semaphore(8)
    runs: list[Run] = []

    async def arrive(tab: Session) -> None:
        async with door:
            await tab.__aenter__()
            await tab.run(page, query)
            await tab.run(query=query)

    async def stay(tab: Session, end: float) -> None:
        if think_s:
            await asyncio.sleep(random.uniform(0, think_s))
        while time.perf_counter() < end:
            runs.append(await tab.run(query=query))
            if think_s:
                await asyncio.sleep(random.uniform(0.5, 1.5) * think_s)

    try:
        await asyncio.gather(*(arrive(tab) for tab in tabs))
        started, used = time.perf_counter(), cpu_seconds(pid)
        await asyncio.gather(*(stay(tab, started + seconds) for tab in tabs))
        return Load(time.perf_counter() - started, cpu_seconds(pid) - used, runs)
    finally:
        await asyncio.gather(*(tab.__aexit__(None, None, None) for tab in tabs))
