"""The snapshot on disk: written whole or not at all, read strictly or not at all.

A file of another schema, with a field nobody declared or with a count that is too
small is refused; the wall then keeps the last good one.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from kiosk.snapshot import PARTS, SCHEMA, Snapshot

MODE = 0o444
LARGEST = 4_000_000
"""Bytes of a file that is still read; a snapshot of the whole city has about 100,000."""

ANY: TypeAdapter[Any] = TypeAdapter(Any, config=ConfigDict(ser_json_inf_nan="constants"))
"""Reads and writes JSON of any shape, some times as fast as `json`; NaN stays NaN, for others to refuse."""
_ADAPTER = TypeAdapter(Snapshot)
_PARTS = {name: TypeAdapter(get_type_hints(Snapshot, include_extras=True)[name]) for name in PARTS}


class SnapshotError(Exception):
    """A file is no snapshot this wall can show. The message names places, never values."""


def dump(snapshot: Snapshot) -> bytes:
    """The snapshot as UTF-8 JSON, each part on a line of its own: a reader sees by bytes which of them are new."""
    head = _ADAPTER.dump_json(snapshot, exclude=set(PARTS))
    parts = [_begin(name) + adapter.dump_json(getattr(snapshot, name)) for name, adapter in _PARTS.items()]
    return b"\n".join([head[:-1], *parts, b"}"])


def _begin(name: str) -> bytes:
    """What a part's line begins with."""
    return b',"%s":' % name.encode()


def parse(content: bytes) -> Snapshot:
    """The snapshot in `content`.

    Raises:
        SnapshotError: not JSON, another schema version, or a field that is unknown, missing or not allowed.
    """
    return Reader().parse(content)


class Reader:
    """Reads one file after another: what is word for word as in the one before is not checked again."""

    def __init__(self) -> None:
        self._lines: dict[str, bytes] = {}
        self._snapshot: Snapshot | None = None

    def parse(self, content: bytes) -> Snapshot:
        """As `parse`; parts that have not changed are the same objects as before."""
        head, lines = _taken_apart(content)
        rest = _raw(head)
        before = self._snapshot
        parts = {
            name: getattr(before, name)
            if before is not None and lines.get(name) == self._lines.get(name)
            else _checked(_PARTS[name], lines.get(name, b"null"), name)
            for name in PARTS
        }
        found: Snapshot = dataclasses.replace(_checked(_ADAPTER, ANY.dump_json(rest), ""), **parts)
        self._lines, self._snapshot = lines, found
        return found


def _taken_apart(content: bytes) -> tuple[bytes, dict[str, bytes]]:
    """(JSON of everything but the parts, each part's JSON): by lines as `dump` writes them, else by reading all.

    JSON has no line break within a text, so a line that is not one whole value is refused where it is checked.
    """
    head, *lines = content.split(b"\n")
    if len(lines) == len(PARTS) + 1 and lines[-1].strip() == b"}":
        begins = [_begin(name) for name in PARTS]
        if all(line.startswith(begin) for line, begin in zip(lines, begins, strict=False)):
            cut = {name: line[len(begin) :] for name, line, begin in zip(PARTS, lines, begins, strict=False)}
            return head + b"}", cut
    raw = _raw(content)
    rest = {name: value for name, value in raw.items() if name not in _PARTS}
    return ANY.dump_json(rest), {name: ANY.dump_json(raw[name]) for name in PARTS if name in raw}


def _raw(content: bytes) -> dict[str, Any]:
    try:
        found = ANY.validate_json(content)
    except ValueError:
        raise SnapshotError("not JSON: the file is cut off or damaged") from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA:
        raise SnapshotError(
            f"schema {schema if isinstance(schema, int) else 'unknown'}, this wall reads {SCHEMA}: "
            "bring wall and worker to the same version"
        )
    return found


def _checked(adapter: TypeAdapter[Any], written: bytes, place: str) -> Any:
    """Raises SnapshotError with the places that are not allowed, all of them."""
    try:
        return adapter.validate_json(written)
    except ValidationError as error:
        found = sorted({_place(place, e["loc"]) + f" ({e['type']})" for e in error.errors()})
    shown = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
    raise SnapshotError(f"not allowed here: {shown}")


def _place(part: str, location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, (part, *location) if part else location))


def load(path: Path) -> Snapshot:
    """The snapshot in a file.

    Raises:
        SnapshotError: the file is absent, unreadable, too large or no snapshot.
    """
    return parse(read(path))


def read(path: Path) -> bytes:
    """The bytes of a snapshot's file, at most `LARGEST`.

    Raises:
        SnapshotError: absent, unreadable or too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise SnapshotError(f"cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise SnapshotError(f"larger than {LARGEST} bytes")
    return content


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step: readers see the file before or the file after, never a part.

    Temporary name in the same folder, fsync, mode 0444, rename, fsync of the folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), MODE)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep(path: Path) -> None:
    """Remove what writers killed in the middle left beside `path`; called by the only writer."""
    for left in path.parent.glob(f".{path.name}.*.part"):
        left.unlink(missing_ok=True)
