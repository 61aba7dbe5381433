"""One per process: watches the snapshot's file, draws every scene once, keeps the last good picture.

A file that is absent, half-written, of another schema or with anything it may not have
changes nothing on the wall: the last good picture stays, with its time, in memory and as
a copy on disk for the next start.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import structlog

from kiosk import snapshot_file
from kiosk.hours import BEIJING
from kiosk.scenes import LoadedScene, payload
from kiosk.settings import WallSettings
from kiosk.snapshot import SCHEMA, Snapshot
from kiosk.snapshot_file import SnapshotError

COPY_NAME = "last-good.json"
COPY_EVERY_S = 60.0
REDRAW_EVERY_S = 30.0
"""How often scenes are drawn again without new data: they grow old."""

log = structlog.get_logger()
Now = Callable[[], dt.datetime]


@dataclass(frozen=True)
class Picture:
    """Everything on the wall at one version: each scene's JSON, None for one that is left out.

    `changed`: the scenes that differ from the picture before, as their event's data.
    """

    version: str
    snapshot: Snapshot
    scenes: dict[str, bytes | None]
    changed: bytes

    @cached_property
    def whole(self) -> bytes:
        """What GET /kiosk/snapshot answers."""
        return _event(self.version, self.snapshot, self.scenes)

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.whole, 5, mtime=0)

    def has(self, key: str) -> bool:
        return self.scenes.get(key) is not None


@dataclass
class Producer:
    """Call `look` now and then from one thread; `picture` and `checked_at` may be read from any.

    `checked_at`: the moment the picture was last known to be true (the file's own time).
    """

    settings: WallSettings
    scenes: Mapping[str, LoadedScene]
    now: Now
    picture: Picture | None = None
    checked_at: dt.datetime | None = None
    problem: str | None = None
    _seen: tuple[int, ...] = ()
    _content: bytes = b""
    _reader: snapshot_file.Reader = field(default_factory=snapshot_file.Reader)
    _drawn: dict[str, Drawn] = field(default_factory=dict)
    _drawn_at: dt.datetime | None = None
    _copied_at: dt.datetime | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """The first look; without a good file the copy of the last good one is shown, with its age."""
        self.look()
        if self.picture is None:
            path = self.settings.folder / COPY_NAME
            try:
                written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
                self._show(snapshot_file.load(path), written)
            except (OSError, SnapshotError):
                log.info("wall_has_no_picture_yet")

    def look(self) -> bool:
        """Whether there is a new picture. What is wrong with a file that cannot be shown is told once."""
        with self._guard:
            now = self.now()
            try:
                found = self.settings.snapshot.stat()
            except OSError as error:
                return self._complain((0,), f"no file: {type(error).__name__}") or self._grow_old(now)
            seen = (found.st_ino, found.st_size, found.st_ctime_ns, found.st_mtime_ns)
            if seen == self._seen:
                return self._grow_old(now)
            true_at = min(dt.datetime.fromtimestamp(found.st_mtime, dt.UTC), now)
            try:
                content = snapshot_file.read(self.settings.snapshot)
                if content == self._content:  # written again or its time renewed: still true
                    self._seen, self.problem, self.checked_at = seen, None, true_at
                    return self._grow_old(now)
                snapshot = self._reader.parse(content)
            except SnapshotError as error:
                return self._complain(seen, str(error)) or self._grow_old(now)
            self._seen, self._content, self.problem = seen, content, None
            changed = self._show(snapshot, true_at)
            self._keep_copy(now)
            return changed

    def _complain(self, seen: tuple[int, ...], problem: str) -> bool:
        if problem != self.problem:  # a worker of another version writes the same again every few seconds
            log.error("wall_snapshot_not_shown", problem=problem)
        self._seen, self.problem = seen, problem
        return False

    def _grow_old(self, now: dt.datetime) -> bool:
        if self.picture is None or self._drawn_at is None:
            return False
        if abs((now - self._drawn_at).total_seconds()) < REDRAW_EVERY_S:
            return False
        self._drawn.clear()
        return self._draw(self.picture.snapshot)

    def _show(self, snapshot: Snapshot, true_at: dt.datetime) -> bool:
        self.checked_at = true_at
        return self._draw(snapshot)

    def _draw(self, snapshot: Snapshot) -> bool:
        """Draw all scenes; whether anything on the wall has changed."""
        now = self.now()
        if not self._drawn or self._drawn_at is None:  # all of them: counted from here until they grow old
            self._drawn_at = now
        for key, loaded in self.scenes.items():
            if key not in self._drawn or not self._drawn[key].still_holds(snapshot):
                self._drawn[key] = _drawn_from(key, loaded, snapshot, now)
        scenes = {key: self._drawn[key].body for key in self.scenes}
        before = self.picture.scenes if self.picture is not None else {}
        if self.picture is not None and scenes == before:
            self.picture = Picture(self.picture.version, snapshot, scenes, self.picture.changed)
            return False
        version = _version(scenes)
        changed = {key: body for key, body in scenes.items() if key not in before or before[key] != body}
        self.picture = Picture(version, snapshot, scenes, _event(version, snapshot, changed))
        return True

    def _keep_copy(self, now: dt.datetime) -> None:
        """The last good snapshot for a start without a file, at most once a minute."""
        if self.picture is None or self.checked_at is None:
            return
        if self._copied_at is not None and abs((now - self._copied_at).total_seconds()) < COPY_EVERY_S:
            return
        self._copied_at = now
        path: Path = self.settings.folder / COPY_NAME
        try:
            snapshot_file.write(path, snapshot_file.dump(self.picture.snapshot))
            checked = self.checked_at.timestamp()
            os.utime(path, (checked, checked))
        except OSError as error:
            log.warning("wall_copy_not_kept", error=type(error).__name__)

    def age_s(self, now: dt.datetime) -> float | None:
        """Seconds since the picture was last known to be true."""
        return None if self.checked_at is None else max(0.0, (now - self.checked_at).total_seconds())

    def is_stale(self, now: dt.datetime) -> bool:
        age = self.age_s(now)
        return age is None or age > self.settings.stale_s

    def health(self, now: dt.datetime) -> dict[str, Any]:
        """The picture's part of /kiosk/healthz."""
        picture, age = self.picture, self.age_s(now)
        return {
            "status": "waiting" if picture is None else "stale" if self.is_stale(now) else "ok",
            "schema": SCHEMA,
            "snapshot_age_seconds": None if age is None else round(age, 1),
            "written_at": None if picture is None else picture.snapshot.written_at.isoformat(),
            "version": None if picture is None else picture.version,
            "is_last_good": picture is not None and self.problem is not None,
        }


class _Watched:
    """The snapshot as a scene sees it, and which of its parts the scene has looked at."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.used: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        value = self.used[name] = getattr(self.snapshot, name)
        return value


@dataclass(frozen=True)
class Drawn:
    """A scene's JSON (None: nothing to show) and what of the snapshot it was drawn from."""

    body: bytes | None
    used: dict[str, Any]

    def still_holds(self, snapshot: Snapshot) -> bool:
        """Whether the scene would be the same: of `written_at` a scene shows no more than the day."""
        return all(
            value.astimezone(BEIJING).date() == snapshot.written_at.astimezone(BEIJING).date()
            if name == "written_at"
            else value is (now := getattr(snapshot, name)) or value == now
            for name, value in self.used.items()
        )


def _drawn_from(key: str, loaded: LoadedScene, snapshot: Snapshot, now: dt.datetime) -> Drawn:
    """Draw a scene. One that fails is left out, not shown as an error."""
    seen: Any = _Watched(snapshot)
    try:
        found = payload(loaded, seen, now)
        body = None
        if found is not None:
            body = _encoded(found)
        return Drawn(body, seen.used)
    except Exception as error:
        log.exception("wall_scene_failed", scene=key, error=type(error).__name__)
        return Drawn(None, seen.used)


def _encoded(found: dict[str, Any]) -> bytes:
    """Compact JSON, four times as fast as `json` makes it; a figure that is none raises ValueError all the same."""
    body = snapshot_file.ANY.dump_json(found)
    if b"NaN" in body or b"Infinity" in body:  # a figure, or a word in a text: `json` tells them apart
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return body


def _version(scenes: Mapping[str, bytes | None]) -> str:
    """Of what is on the wall: equal in every process that shows the same."""
    digest = hashlib.sha256()
    for key, body in sorted(scenes.items()):
        digest.update(key.encode() + b"\0" + (body or b"") + b"\0")
    return digest.hexdigest()[:16]


def _event(version: str, snapshot: Snapshot, scenes: Mapping[str, bytes | None]) -> bytes:
    """`{version, written_at_ms, scenes}` put together from scenes already encoded."""
    parts = b",".join(b'"%s":%s' % (key.encode(), body or b"null") for key, body in scenes.items())
    head = json.dumps({"version": version, "written_at_ms": ms(snapshot.written_at)}, separators=(",", ":"))
    return head[:-1].encode() + b',"scenes":{' + parts + b"}}"


def ms(moment: dt.datetime) -> int:
    """Milliseconds since 1970, as browsers count."""
    return int(moment.timestamp() * 1000)
