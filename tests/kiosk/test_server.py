"""The wall's process, asked over sockets: what it sends, to whom, and that it tells no more."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.wall.served import Served
from bench.wall.stage import accelerated
from kiosk import snapshot_file
from kiosk.commands import Command, CommandFailed, load_key, send, signature, written
from kiosk.playlist import Step, place
from tests.kiosk.published import published

ROOT = Path(__file__).resolve().parents[2]
SECRET = "postgresql://center:geheim@db.example/center"


class Hall:
    """A started wall and what lies beside it."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.key = load_key(served.folder / "wall" / "command.key")
        self.entries = 120

    def publish(self) -> None:
        self.entries += 1
        content = snapshot_file.dump(published(dt.datetime.now(dt.UTC), self.entries))
        snapshot_file.write(self.served.snapshot, content)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=10)
        try:
            line.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = line.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            line.close()

    def health(self) -> dict[str, Any]:
        return json.loads(self.ask("/kiosk/healthz")[2])

    def command(self, command: Command) -> dict[str, Any]:
        return send(self.served.url, self.key, command)

    def until(self, condition: Any, seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not condition(self.health()):
            assert time.monotonic() < end, self.health()
            time.sleep(0.05)


class Stream:
    """One wall's events, each with the moment it was heard."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        self._line.request("GET", "/kiosk/events", headers={"Accept": "text/event-stream"})
        self._socket = self._line.sock
        self.answer = self._line.getresponse()
        self.heard: list[tuple[float, str, dict[str, Any]]] = []
        self.ended = threading.Event()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        name = ""
        try:
            while line := self.answer.readline():
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: "):
                    self.heard.append((time.time(), name, json.loads(text[6:])))
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.ended.set()

    def of(self, name: str) -> list[tuple[float, dict[str, Any]]]:
        return [(at, told) for at, kind, told in list(self.heard) if kind == name]

    def wait(self, condition: Any, seconds: float = 15.0) -> float:
        """The moment at which the first event was heard that fulfils the condition."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for at, name, told in list(self.heard):
                if condition(name, told):
                    return at
            time.sleep(0.005)
        raise AssertionError("the event did not come")

    def close(self) -> None:
        """The reader would hold a plain close back until the next event."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reading.join(5)
        self.answer.close()
        self._line.close()
        self._socket.close()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("hall")
    target = folder / "wall" / "snapshot.json"
    snapshot_file.write(target, snapshot_file.dump(published(dt.datetime.now(dt.UTC))))
    os.environ["SPORTS_DATABASE_URL"], before = SECRET, os.environ.get("SPORTS_DATABASE_URL")
    try:
        with Served(folder, target, accelerated(30, ("overview", "live", "flow"))) as served:
            yield Hall(served)
    finally:
        os.environ.pop("SPORTS_DATABASE_URL")
        if before is not None:
            os.environ["SPORTS_DATABASE_URL"] = before


@pytest.fixture
def streams(hall: Hall) -> Iterator[Any]:
    opened: list[Stream] = []

    def opener(count: int = 1) -> list[Stream]:
        opened.extend(Stream(hall.served.port) for _ in range(count))
        for stream in opened[-count:]:
            stream.wait(lambda name, told: name == "state")
        return opened[-count:]

    yield opener
    for stream in opened:
        stream.close()


PATHS = ("/kiosk/", "/kiosk/sw.js", "/kiosk/snapshot", "/kiosk/healthz", "/kiosk/assets/nothing.js")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_foreign_content_and_evaluation(hall: Hall, path: str):
    _, headers, _ = hall.ask(path)

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers and "set-cookie" not in headers


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/kiosk/?screen=west", {}, 400),
        ("GET", "/kiosk/snapshot?x", {}, 400),
        ("GET", "/", {}, 404),
        ("GET", "/kiosk/../manage.py", {}, 404),
        ("GET", "/kiosk/assets/..%2f..%2fconfig.toml", {}, 404),
        ("GET", "/kiosk/", {"Host": "evil.example"}, 403),
        ("GET", "/kiosk/events", {"Origin": "http://evil.example"}, 403),
        ("POST", "/kiosk/snapshot", {}, 405),
        ("GET", "/kiosk/command", {}, 405),
        ("POST", "/kiosk/beat", {}, 400),
    ],
)
def test_what_is_not_the_walls_is_refused_without_a_word_about_the_machine(
    hall: Hall, method: str, path: str, headers: dict[str, str], status: int
):
    found, _, body = hall.ask(path, method, b"" if method == "POST" else None, **headers)

    assert found == status
    assert not any(word in body for word in (b"Traceback", b"127.0.0.1", str(ROOT).encode(), b"Error"))


def test_a_snapshot_is_sent_once_and_then_only_when_it_has_changed(hall: Hall):
    status, headers, body = hall.ask("/kiosk/snapshot")
    _, packed_headers, packed = hall.ask("/kiosk/snapshot", Accept_Encoding="gzip, br")

    assert status == 200 and gzip.decompress(packed) == body and packed_headers["content-encoding"] == "gzip"
    again = hall.ask("/kiosk/snapshot", If_None_Match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")
    hall.publish()
    hall.until(lambda health: f'"{health["version"]}"' != headers["etag"])
    assert hall.ask("/kiosk/snapshot", If_None_Match=headers["etag"])[0] == 200


def test_assets_are_sent_compressed_and_for_ever(hall: Hall):
    page = hall.ask("/kiosk/")[2].decode()
    name = page.split('src="/kiosk/assets/')[1].split('"')[0]
    _, headers, body = hall.ask(f"/kiosk/assets/{name}", Accept_Encoding="gzip")

    assert headers["content-encoding"] == "gzip" and "immutable" in headers["cache-control"]
    assert len(gzip.decompress(body)) > len(body)


def test_the_stream_begins_at_once_and_beats(hall: Hall, streams):
    """A wall that hears nothing for two seconds believes its server gone."""
    started = time.time()
    (stream,) = streams()
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    time.sleep(4.2)
    beats = [at for at, _ in stream.of("state")]

    assert beats[0] - started < 2.0  # 0.1 s on a quiet machine
    assert max(b - a for a, b in itertools.pairwise(beats)) < 2.0 and len(beats) >= 4


def test_a_packed_stream_is_read_event_by_event(hall: Hall):
    """Browsers ask for gzip: each event is whole as it comes, and a fifth as long."""
    with socket.create_connection(("127.0.0.1", hall.served.port), timeout=10) as line:
        line.sendall(b"GET /kiosk/events HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n")
        file = line.makefile("rb")
        while file.readline() != b"\r\n":
            pass
        hall.publish()
        unpacking, got, sent = zlib.decompressobj(16 + zlib.MAX_WBITS), b"", 0
        while b"event: data" not in got or not got.endswith(b"\n\n"):
            part = file.read1(65536)
            assert part, got[-300:]
            sent += len(part)
            got += unpacking.decompress(part)
        file.close()

    assert got.startswith(b"retry: 1000\n\nevent: state\ndata: {") and sent < len(got) / 2


def test_new_figures_reach_every_wall_as_the_same_bytes(hall: Hall, streams):
    walls = streams(4)
    hall.publish()
    for wall in walls:
        wall.wait(lambda name, told: name == "data")
    data = [wall.of("data")[-1][1] for wall in walls]

    assert all(told == data[0] for told in data) and len(json.dumps(data[0])) < 20_000
    assert "live" in data[0]["scenes"]


def test_walls_compute_one_scene_from_one_clock(hall: Hall, streams):
    """Each with the offset of its own clock to the server's: all switch at the same moment."""
    walls = streams(3)
    hall.command(Command("jump", scene="live"))
    for wall in walls:
        wall.wait(lambda name, told: name == "state" and told["sequence"] > 0)
    time.sleep(3.2)
    switches = []
    for wall in walls:
        states = wall.of("state")
        _, told = states[-1]
        order = tuple(Step(step["key"], step["seconds"]) for step in told["order"])
        found = place(order, told["anchor_ms"], told["now_ms"])
        assert found is not None and order[found.index].key == "live"
        ahead_ms = min(
            at * 1000 - state["now_ms"] for at, state in states
        )  # the least delayed one knows best
        switches.append(found.switch_ms + ahead_ms)

    assert max(switches) - min(switches) < 50


def test_a_command_reaches_all_walls_at_once(hall: Hall, streams):
    """Ten walls, from the guide's finger to the event: the middle of eleven commands, on a busy machine."""
    walls = streams(10)
    took = []
    for n in range(11):
        text = f"三点整开讲 {n}"
        started = time.time()
        hall.command(Command("message", text=text, seconds=5))
        heard = [
            wall.wait(lambda name, told, text=text: (told.get("message") or {}).get("text") == text)
            for wall in walls
        ]
        took.append(max(heard) - started)

    assert sorted(took)[5] < 0.1, took


def test_nobody_without_the_key_commands_the_wall(hall: Hall):
    body = written(Command("emergency", text="假的", minutes=5), time.time_ns() // 1_000_000)
    assert hall.ask("/kiosk/command", "POST", body)[0] == 401
    assert hall.ask("/kiosk/command", "POST", body, X_Wall_Signature="0" * 64)[0] == 401
    assert hall.ask("/kiosk/command", "POST", body, X_Wall_Signature=signature(b"x" * 64, body))[0] == 401
    present = written(Command("present"), time.time_ns() // 1_000_000)
    signed = signature(hall.key, present)
    assert hall.ask("/kiosk/command", "POST", present, X_Wall_Signature=signed)[0] == 200
    assert hall.ask("/kiosk/command", "POST", present, X_Wall_Signature=signed)[0] == 403
    old = written(Command("next"), time.time_ns() // 1_000_000 - 60_000)
    assert hall.ask("/kiosk/command", "POST", old, X_Wall_Signature=signature(hall.key, old))[0] == 403
    assert hall.ask("/kiosk/command", "POST", b"x" * 5000)[0] == 413

    assert hall.health()["emergency"] is None


def test_what_the_wall_cannot_do_is_told_to_the_guide(hall: Hall):
    with pytest.raises(CommandFailed, match="没有数据"):
        hall.command(Command("jump", scene="facilities"))


def test_a_broken_file_leaves_the_picture_and_health_tells_the_truth(hall: Hall, streams):
    """Five seconds are the settings' shortest patience times two; nothing of the file is repeated."""
    (wall,) = streams()
    version = hall.health()["version"]
    snapshot_file.write(hall.served.snapshot, f'{{"schema":2,"x":"{SECRET}"}}'.encode())
    time.sleep(0.5)
    health = hall.health()
    assert health["version"] == version and health["is_last_good"]
    log = (hall.served.folder / "wall.log").read_text()
    everything = json.dumps([health, *(told for _, _, told in wall.heard)]) + log
    assert "geheim" not in everything and "postgresql" not in everything
    hall.publish()
    hall.until(lambda found: found["version"] != version and found["status"] == "ok")


def test_a_beat_is_kept_and_known(hall: Hall):
    beat = {
        "screen": "west",
        "scene": "live",
        "shown": ["overview"],
        "frames": 7,
        "mode": "lit",
        "held": False,
    }

    assert hall.ask("/kiosk/beat", "POST", json.dumps(beat).encode())[0] == 204
    assert hall.health()["screens"]["west"]["scene"] == "live"
    assert list((hall.served.folder / "wall" / "proof").glob("*.jsonl"))


# ---------------------------------------------------------------- the process
def test_the_process_has_no_database_in_its_environment(hall: Hall):
    """What it does not have, nobody can take from it."""
    environment = Path(f"/proc/{hall.served.pid}/environ").read_bytes()

    assert (
        b"geheim" not in environment
        and b"SPORTS_DATABASE" not in environment
        and b"PGPASS" not in environment
    )
    assert b"SPORTS_WALL_GIVEN" in environment


LOADED = """
import sys
from kiosk import __main__, assets
from kiosk.scenes import all_scenes
all_scenes(); assets.load()
forbidden = ("sqlalchemy", "pandas", "numpy", "streamlit", "data_access", "accounts", "metrics", "jobs", "web", "sqlite3", "psycopg")
print([name for name in forbidden if name in sys.modules])
"""


def test_the_process_loads_nothing_that_could_read_a_base():
    """import-linter does not look inside installed packages; a fresh interpreter does."""
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True)

    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_sigterm_ends_the_streams_and_the_process(hall: Hall, streams):
    """An open stream kept the server for twenty seconds. Last in this file: the wall is gone then."""
    walls = streams(3)
    started = time.monotonic()
    os.kill(hall.served.pid, signal.SIGTERM)
    for wall in walls:
        assert wall.ended.wait(5)
    hall.served._process.wait(8)  # type: ignore[union-attr]

    assert time.monotonic() - started < 5
    assert hall.served._process.returncode in (0, -signal.SIGTERM)  # type: ignore[union-attr]
