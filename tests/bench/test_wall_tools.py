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


SWITCHES = [(0.0, "overview"), (10.0, "live"), (15.0, "overview")]
USUAL = {"overview": 20.0, "live": 12.0}


def steady() -> list[Frame]:
    """20 s at four frames a second; live is a darker scene than overview."""
    found = []
    for quarter in range(80):
        at = quarter / 4
        scene = "live" if 10.0 <= at < 15.0 else "overview"
        found.append(Frame(at, USUAL[scene], 0.01, 0.2))
    return found


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (None, Faults(0, 0, 0)),
        (Frame(6.01, 3.0, 0.0, 0.0), Faults(1, 0, 1)),
        (Frame(6.01, 240.0, 0.95, 1.0), Faults(0, 1, 0)),
        (Frame(6.01, 12.0, 0.01, 0.2), Faults(0, 0, 1)),  # as dark as live, while overview is on
        (Frame(10.2, 14.0, 0.01, 0.2), Faults(0, 0, 0)),  # from one to the other
        (Frame(10.2, 8.0, 0.01, 0.2), Faults(0, 0, 1)),  # darker than both
    ],
)
def test_a_bad_frame_among_good_ones_is_seen(bad, expected):
    """A darker scene is no dimmed frame; between two scenes nothing may be darker than both."""
    frames = sorted([*steady(), *([bad] if bad else [])], key=lambda frame: frame.at)

    assert faults(frames, SWITCHES) == expected
