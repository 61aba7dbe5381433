"""The acceptance bench's own tools: a proxy that breaks lines as told, and an eye that sees bad frames."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from bench.wall.frames import Faults, Frame, faults
from bench.wall.proxy import Proxy


def echo(listening: socket.socket) -> None:
    """Answers each connection with what it hears, until the listening socket is closed."""
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    with connection, contextlib.suppress(ConnectionResetError):
        while heard := connection.recv(100):
            connection.sendall(heard)


def test_the_proxy_passes_swallows_delivers_and_resets():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=echo, args=(listening,), daemon=True).start()
        with Proxy(listening.getsockname()[1]) as line:
            with socket.create_connection(("127.0.0.1", line.port), timeout=2) as client:
                client.sendall(b"one")
                assert client.recv(10) == b"one"

                line.swallow()
                client.sendall(b"two")
                client.settimeout(0.2)
                with pytest.raises(TimeoutError):
                    client.recv(10)
                line.flow()
                client.settimeout(2)
                assert client.recv(10) == b"two"

                line.reset()
                with pytest.raises(ConnectionResetError):
                    client.recv(10)
            with socket.create_connection(("127.0.0.1", line.port), timeout=2) as client:
                client.sendall(b"again")
                assert client.recv(10) == b"again"
        listening.shutdown(socket.SHUT_RDWR)


STEADY = [Frame(t / 4, 20.0 if t < 40 else 30.0, 0.01, 0.2) for t in range(80)]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (None, Faults(0, 0, 0)),
        (Frame(10.01, 6.0, 0.0, 0.0), Faults(1, 0, 1)),
        (Frame(10.01, 240.0, 0.95, 1.0), Faults(0, 1, 0)),
        (Frame(10.01, 12.0, 0.01, 0.2), Faults(0, 0, 1)),
        (Frame(10.01, 19.0, 0.01, 0.2), Faults(0, 0, 0)),
    ],
)
def test_a_bad_frame_among_good_ones_is_seen(bad, expected):
    """A scene of luma 20 gives way to one of 30: in between nothing may be darker than both."""
    frames = sorted([*STEADY, *([bad] if bad else [])], key=lambda frame: frame.at)

    assert faults(frames) == expected
