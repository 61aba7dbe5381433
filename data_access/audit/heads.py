"""The end of the chain once a day in a file outside the database: who rewrites the whole chain is still found.

One line of JSON a day, only ever appended and synced to the disk. Copies of the
file on another machine, or on paper, make it stronger.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "audit-heads.jsonl"


@dataclass(frozen=True)
class Head:
    """The last entry at a moment: of which chain, its number and hash."""

    at: str  # ISO, with zone
    chain: str
    number: int
    hash: str


class HeadsUnreadable(Exception):
    """A line of the file is no head; the message says which."""


def read_heads(folder: Path) -> list[Head]:
    """All lines of the file, the oldest first; none where there is no file yet."""
    path = folder / FILE
    if not path.exists():
        return []
    heads = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            heads.append(Head(**json.loads(line)))
        except (ValueError, TypeError):
            raise HeadsUnreadable(
                f"库外存证 {FILE} 第 {number} 行不能识别，文件可能被改动过。请与另存的副本核对。"
            ) from None
    return heads


def write_head(folder: Path, chain: str, number: int, hash: str, at: dt.datetime) -> Head:
    """One more line, on the disk before this returns; readable for the product's own user only."""
    folder.mkdir(parents=True, exist_ok=True)
    head = Head(at.isoformat(timespec="seconds"), chain, number, hash)
    descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps(asdict(head)) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return head
