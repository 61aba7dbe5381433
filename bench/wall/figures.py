"""A published snapshot whose figures move, written as the worker writes it, without a database."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from kiosk import snapshot_file


class Figures:
    """Writes the n-th state of a snapshot: every moving figure a little higher, and the moment of its part now.

    A part in which nothing moves keeps its moment, as the publisher has it: the moment its data changed.
    """

    MOVING = ("entries", "present", "records", "records_today", "received", "integrated", "published")

    def __init__(self, base: bytes, target: Path) -> None:
        """
        Args:
            base: a published snapshot.
            target: the file that the wall reads.
        """
        self._base: dict[str, Any] = json.loads(base)
        self._target = target
        self.written = 0

    def write(self, at: dt.datetime | None = None) -> int:
        """One refresh; which one it is."""
        self.written += 1
        moment = (at or dt.datetime.now(dt.UTC)).isoformat()
        told = self._moved(self._base, moment)
        told["written_at"] = moment
        content = json.dumps(told).encode()
        snapshot_file.write(self._target, snapshot_file.dump(snapshot_file.parse(content)))
        return self.written

    def _moved(self, node: Any, moment: str) -> Any:
        if isinstance(node, list):
            return [self._moved(part, moment) for part in node]
        if not isinstance(node, dict):
            return node
        found = {key: self._moved(value, moment) for key, value in node.items()}
        for key, value in found.items():
            if key in self.MOVING and isinstance(value, int) and value > 0:
                found[key] = value + self.written % 200
        if "as_of" in found and found != node:
            found["as_of"] = moment
        return found
