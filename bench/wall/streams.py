"""Walls without a browser: open event streams that read and count, as many as wanted, in one thread."""

from __future__ import annotations

import selectors
import socket
import threading
from types import TracebackType


class Streams:
    """``with Streams(port, 10) as walls: … walls.bytes``."""

    def __init__(self, port: int, count: int) -> None:
        self._port, self._count = port, count
        self._stop = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
        self.bytes = 0
        """Of all streams together, headers of the answers included."""

    def __enter__(self) -> Streams:
        for _ in range(self._count):
            one = socket.create_connection(("127.0.0.1", self._port), timeout=5)
            one.sendall(
                f"GET /kiosk/events HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n".encode()
            )
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    @property
    def open(self) -> int:
        """Streams that the server has not ended."""
        return len(self._selector.get_map())

    def _run(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(0.1):
                heard = key.fileobj.recv(65536)  # type: ignore[union-attr]
                self.bytes += len(heard)
                if not heard:
                    self._selector.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
