"""The snapshot on disk: written whole or not at all, read strictly or not at all.

A file of another schema, with a field nobody declared or with a count that is too
small is refused; the wall then keeps the last good one.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kiosk.snapshot import SCHEMA, Snapshot

MODE = 0o444
LARGEST = 4_000_000
"""Bytes of a file that is still read; a snapshot of the whole city has about 100,000."""

_ADAPTER = TypeAdapter(Snapshot)


class SnapshotError(Exception):
    """A file is no snapshot this wall can show. The message names places, never values."""


def dump(snapshot: Snapshot) -> bytes:
    """The snapshot as UTF-8 JSON."""
    return _ADAPTER.dump_json(snapshot)


def parse(content: bytes) -> Snapshot:
    """The snapshot in `content`.

    Raises:
        SnapshotError: not JSON, another schema version, or a field that is unknown, missing or not allowed.
    """
    try:
        found = json.loads(content)
    except ValueError:
        raise SnapshotError("not JSON: the file is cut off or damaged") from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA:
        raise SnapshotError(
            f"schema {schema if isinstance(schema, int) else 'unknown'}, this wall reads {SCHEMA}: "
            "bring wall and worker to the same version"
        )
    try:
        return _ADAPTER.validate_json(content)
    except ValidationError as error:
        places = sorted({f"{'.'.join(map(str, e['loc']))} ({e['type']})" for e in error.errors()})
        shown = ", ".join(places[:5]) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
        raise SnapshotError(f"not allowed here: {shown}") from None


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
