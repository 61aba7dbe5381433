"""An attacker's browser: plain HTTP and Streamlit's websocket protocol, with any cookie and any header."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from accounts.tokens import COOKIE
from web.forms import BROWSER

PATIENCE_S = 30.0


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: dict[str, str]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def ask(
    url: str, path: str, *, cookie: str | None = None, method: str = "GET", body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:  # fmt: skip
    """One request; redirects are not followed.

    Args:
        cookie: content of the session's cookie; None sends none.
    """
    sent = dict(headers or {})
    if cookie is not None:
        sent["Cookie"] = "; ".join(filter(None, [f"{COOKIE}={cookie}", sent.get("Cookie")]))
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        set_cookies = [value.split(";")[0] for value in response.headers.get_all("set-cookie") or []]
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
            dict(pair.split("=", 1) for pair in set_cookies),
        )
    finally:
        connection.close()


class Tab:
    """One open websocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.page = ""
        self.session_id = ""
        self.pages: dict[str, str] = {}  # address → page hash
        self.elements: list[Any] = []
        self.fragments: set[str] = set()

    def send(self, message: BackMsg) -> None:
        self.socket.send(message.SerializeToString())

    def rerun(
        self, page: str | None = None, *, query: str = "", widgets: Any = None, fragment: str = ""
    ) -> None:
        """Ask for one run of a page, or of one fragment of it."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string = query
        if page is None:
            state.page_script_hash = self.page
        else:
            state.page_name = page
        if fragment:
            state.fragment_id = fragment
        for widget in widgets or ():
            state.widget_states.widgets.add().CopyFrom(widget)
        self.send(message)

    def messages(self, seconds: float = PATIENCE_S) -> Iterator[ForwardMsg]:
        """What the server says, until it is silent for so long or closes the line."""
        end = time.monotonic() + seconds
        while True:
            try:
                payload = self.socket.recv(timeout=max(0.0, end - time.monotonic()))
            except (TimeoutError, ConnectionClosed):
                return
            assert isinstance(payload, bytes)
            yield ForwardMsg.FromString(payload)

    def finish(self, seconds: float = PATIENCE_S) -> list[Any]:
        """Read until the run is finished; the elements it drew."""
        self.elements = []
        for message in self.messages(seconds):
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id
                self.page = message.new_session.page_script_hash
            elif kind == "navigation":
                self.page = message.navigation.page_script_hash
                self.pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self.elements.append(message.delta.new_element)
                self.fragments |= {message.delta.fragment_id} - {""}
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
        return self.elements

    def open(self, page: str, **more: Any) -> str:
        """Everything a page drew, as one text."""
        self.rerun(page, **more)
        return words(self.finish())

    def again(self, **more: Any) -> str:
        """What the page whose hash is in `page` draws."""
        self.rerun(**more)
        return words(self.finish())

    def heard(self) -> None:
        """Wait until everything sent so far was worked on; it is, in its order."""
        message = BackMsg()
        message.file_urls_request.request_id = "heard"
        self.send(message)
        for answer in self.messages():
            if answer.WhichOneof("type") == "file_urls_response":
                return
        raise AssertionError("the line was closed, or the server is silent")

    def closed_with(self, seconds: float = PATIENCE_S) -> int | None:
        """The code with which the server closes the line within so long, or None."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.socket.recv(timeout=max(0.0, end - time.monotonic()))
            except TimeoutError:
                return None
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006
        return None


@contextmanager
def tab(
    url: str, cookie: str | None = None, *, headers: Mapping[str, str] | None = None, origin: str | None = "",
    resume: str = "",
) -> Iterator[Tab]:  # fmt: skip
    """A websocket as the browser opens it.

    Args:
        origin: of the page that opens it; empty is the server's own, None sends none.
        resume: another session's id, to take it over.

    Raises:
        InvalidStatus: the handshake was refused.
    """
    netloc = urlsplit(url).netloc
    sent = dict(headers or {})
    if cookie is not None:
        sent["Cookie"] = f"{COOKIE}={cookie}"
    protocols = ["streamlit", "x", resume] if resume else ["streamlit"]
    with connect(
        f"ws://{netloc}/_stcore/stream",
        origin=f"http://{netloc}" if origin == "" else origin,  # type: ignore[arg-type]
        subprotocols=protocols,  # type: ignore[arg-type]
        additional_headers=sent,
        max_size=None,
        open_timeout=PATIENCE_S,
        close_timeout=2,
    ) as socket:
        yield Tab(socket)


def is_refused(url: str, cookie: str | None = None, **more: Any) -> bool:
    """Whether the websocket's handshake ends before Streamlit hears of it."""
    try:
        with tab(url, cookie, **more):
            return False
    except InvalidStatus as refused:
        return refused.response.status_code in (400, 403)


def words(elements: Iterable[Any]) -> str:
    """Everything in the elements that a reader could see, and more."""
    return "\n".join(element.SerializeToString().decode("utf-8", "replace") for element in elements)


def post(
    url: str, path: str, fields: Mapping[str, str], *, cookie: str | None = None, browser: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:  # fmt: skip
    """A form as the browser sends it."""
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": url,
        **({"Cookie": f"{BROWSER}={browser}"} if browser else {}),
        **(headers or {}),
    }
    return ask(url, path, cookie=cookie, method="POST", body=urlencode(fields).encode(), headers=sent)


def form(url: str, path: str, *, cookie: str | None = None) -> tuple[str, str]:
    """(token, browser's own cookie) of the first form of a page."""
    shown = ask(url, path, cookie=cookie)
    found = re.search(r'name="token" value="([0-9a-f]+)"', shown.text)
    assert found, f"{path} shows no form: {shown.status} {shown.text[:500]}"
    return found.group(1), shown.cookies.get(BROWSER, "")


def log_in(url: str, name: str, password: str, *, target: str = "", headers: Any = None) -> Answer:
    """The login form, filled in."""
    path = f"/login?next={target}" if target else "/login"
    token, browser = form(url, path)
    fields = {"token": token, "username": name, "password": password}
    return post(url, path, fields, browser=browser, headers=headers)
