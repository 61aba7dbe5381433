"""The event stream: one heartbeat and one set of bytes for all walls of this process.

The producer's thread finds new pictures; everything else happens in the event loop. A
wall that cannot take its events is let go and comes back by itself. Streams end when the
process is told to stop: a server waits for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import signal
import threading
import zlib
from collections.abc import AsyncIterator, Callable
from functools import cached_property
from types import FrameType
from typing import Any

import structlog

from kiosk.commands import Command, Verifier
from kiosk.control import Control
from kiosk.playlist import Step
from kiosk.producer import Picture, Producer, ms
from kiosk.proof import Book
from kiosk.settings import WallSettings

HEARTBEAT_S = 1.0
MOST_WALLS = 64
MOST_WAITING = 32
"""Events a wall may be behind before it is let go."""
RETRY = b"retry: 1000\n\n"

log = structlog.get_logger()
Now = Callable[[], dt.datetime]


class Event:
    """Some lines of the stream, for every wall the same bytes; packed once, and only if a wall asks for it."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def packed(self) -> bytes:
        """A piece of a gzip stream that stands for itself: any wall's stream may go on with it.

        Compressed from nothing and flushed, so that the browser can read it at once.
        """
        packing = zlib.compressobj(3, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packing.compress(self.plain) + packing.flush(zlib.Z_FULL_FLUSH)


GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""The beginning of a gzip stream; the stream of a wall has no end."""
Queue = asyncio.Queue[Event | None]


class Hub:
    """One wall process: its walls, what they are told, and who may tell them."""

    def __init__(
        self, settings: WallSettings, producer: Producer, verifier: Verifier, book: Book, now: Now, build: str
    ) -> None:
        """`build`: of the assets; walls that run another one reload."""
        self.settings = settings
        self.producer = producer
        self.verifier = verifier
        self.book = book
        self.control = Control()
        self.now = now
        self.build = build
        self._walls: set[Queue] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beating: asyncio.Task[None] | None = None
        self._watching: threading.Thread | None = None
        self._stopping = threading.Event()

    # ------------------------------------------------------------ life
    async def start(self) -> None:
        """Look once, then watch and beat until `stop`."""
        self._loop = asyncio.get_running_loop()
        self._stopping.clear()
        await asyncio.to_thread(self.producer.begin)
        self._follow()
        self._watching = threading.Thread(target=self._watch, name="wall-producer", daemon=True)
        self._watching.start()
        self._beating = asyncio.create_task(self._beat(), name="wall-heartbeat")

    async def stop(self) -> None:
        self.close()
        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating
        if self._watching is not None:
            await asyncio.to_thread(self._watching.join, 2)

    def close(self) -> None:
        """End every stream; called in the event loop."""
        self._stopping.set()
        for wall in list(self._walls):
            self._let_go(wall)

    def close_from_signal(self) -> None:
        self._stopping.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.close)

    @property
    def is_open(self) -> bool:
        return self._loop is not None and not self._stopping.is_set()

    def _watch(self) -> None:
        """The producer's thread: a hanging disk keeps nobody else waiting."""
        while not self._stopping.wait(self.settings.watch_s):
            try:
                changed = self.producer.look()
            except Exception as error:  # the thread is the wall's only eye: it must not end
                log.exception("wall_look_failed", error=type(error).__name__)
                continue
            loop, picture = self._loop, self.producer.picture
            if changed and picture is not None and loop is not None and not loop.is_closed():
                with contextlib.suppress(RuntimeError):  # the loop ends while we speak
                    loop.call_soon_threadsafe(self._show, picture)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                self.control.tick(ms(self.now()))
                self._follow()
                self._tell(Event(self.state_event()))
            except Exception as error:  # without a heartbeat every wall takes its server for dead
                log.exception("wall_beat_failed", error=type(error).__name__)

    # ------------------------------------------------------------ what walls are told
    def _show(self, picture: Picture) -> None:
        self._follow()
        self._tell(Event(_event(b"data", picture.changed) + self.state_event()))

    def _follow(self) -> None:
        """Bring the round up to date: day part, scenes with data."""
        picture, now = self.producer.picture, self.now()
        steps = []
        for entry in self.settings.playlist.at(now, internal=self.settings.internal):
            loaded = self.producer.scenes.get(entry.key)
            if (
                loaded is not None
                and loaded.scene.is_rotated
                and picture is not None
                and picture.has(entry.key)
            ):
                steps.append(Step(entry.key, entry.seconds or loaded.scene.seconds))
        shown = [key for key, body in picture.scenes.items() if body is not None] if picture else []
        self.control.follow(tuple(steps), shown, ms(now))

    def state(self) -> dict[str, Any]:
        """The state event as the browser reads it."""
        now, picture = self.now(), self.producer.picture
        checked = self.producer.checked_at
        return {
            "now_ms": ms(now),
            "version": None if picture is None else picture.version,
            "build": self.build,
            "written_at_ms": None if checked is None else ms(checked),
            "stale": self.producer.is_stale(now),
            "mode": self.mode(now),
            **self.control.told(),
        }

    def mode(self, now: dt.datetime) -> str:
        """Lit, dim or dark; lit while a guide is here or an emergency is told, whatever the hour."""
        if self.control.emergency is not None or self.control.guide_is_here(ms(now)):
            return "lit"
        return self.settings.hours.mode(now)

    def state_event(self) -> bytes:
        return _event(b"state", json.dumps(self.state(), ensure_ascii=False, separators=(",", ":")).encode())

    def _tell(self, event: Event) -> None:
        for wall in list(self._walls):
            try:
                wall.put_nowait(event)
            except asyncio.QueueFull:
                self._let_go(wall)

    def _let_go(self, wall: Queue) -> None:
        """End one stream, its unsent events with it."""
        self._walls.discard(wall)
        while not wall.empty():
            wall.get_nowait()
        wall.put_nowait(None)

    def has_room(self) -> bool:
        return self.is_open and len(self._walls) < MOST_WALLS

    async def stream(self, *, packed: bool = False) -> AsyncIterator[bytes]:
        """One wall's events: the state at once, then whatever comes; `packed`: as a gzip stream."""
        wall: Queue = asyncio.Queue(MOST_WAITING)
        self._walls.add(wall)
        try:
            first = Event(RETRY + self.state_event())
            yield GZIP_HEAD + first.packed if packed else first.plain
            while (event := await wall.get()) is not None:
                yield event.packed if packed else event.plain
        finally:
            self._walls.discard(wall)

    # ------------------------------------------------------------ guide and watchdog
    def obey(self, command: Command) -> dict[str, Any]:
        """Do it and tell every wall at once.

        Raises:
            CommandRefused: it cannot be done now.
        """
        self.control.obey(command, ms(self.now()))
        if command.kind != "present":
            self._tell(Event(self.state_event()))
        return self.health()

    def health(self) -> dict[str, Any]:
        """The truth about this wall, for watchdog, display hook and the guide's page."""
        now = self.now()
        at = ms(now)
        scenes = self.producer.scenes
        following, switch_ms = self.control.following(at)
        told = self.control.told()
        order = [step.key for step in self.control.order]
        entries = [entry.key for entry in self.settings.playlist.entries]
        day = now.astimezone(dt.UTC).date()
        windows = self.settings.hours.windows(day - dt.timedelta(days=1), day + dt.timedelta(days=1))
        return {
            **self.producer.health(now),
            "now_ms": at,
            "mode": self.mode(now),
            "scene": self.control.current(at),
            "next": following,
            "switch_at_ms": switch_ms,
            "paused": told["paused"],
            "pinned": told["pinned"],
            "spotlight": told["spotlight"],
            "sequence": told["sequence"],
            "message": _text(told["message"], "text"),
            "emergency": _text(told["emergency"], "text"),
            "welcome": _text(told["welcome"], "name"),
            "tour_until_ms": None if self.control.tour is None else self.control.tour.until_ms,
            "guide": self.control.guide_is_here(at),
            "order": [
                {"key": step.key, "title": scenes[step.key].scene.title, "seconds": step.seconds}
                for step in self.control.order
            ],
            "skipped": [key for key in dict.fromkeys(entries) if key not in order],
            "clients": len(self._walls),
            "screens": {
                name: {
                    "age_seconds": round((now - beat.at).total_seconds(), 1),
                    "scene": beat.scene,
                    "mode": beat.mode,
                }
                for name, beat in self.book.last.items()
            },
            "alarms": [
                {"screen": alarm.screen, "kind": alarm.kind, "begin": alarm.begin.isoformat()}
                for alarm in self.book.alarms(now, windows)
            ],
        }


def _text(told: dict[str, Any] | None, name: str) -> str | None:
    return None if told is None else told[name]


def _event(name: bytes, data: bytes) -> bytes:
    """One event; JSON has no line breaks of its own."""
    return b"event: " + name + b"\ndata: " + data + b"\n\n"


def end_streams_on_signal(hub: Hub) -> Callable[[], None]:
    """Put ourselves before the handlers of SIGTERM and SIGINT; returns what takes us out again.

    Only the main thread may; elsewhere the lifespan's end has to do.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before: dict[int, Any] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        hub.close_from_signal()
        earlier = before.get(number)
        if callable(earlier):
            earlier(number, frame)
        elif earlier == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.signal(number, handle)

    def restore() -> None:
        for number, earlier in before.items():
            if signal.getsignal(number) is handle:
                signal.signal(number, earlier)

    return restore
