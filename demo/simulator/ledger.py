"""The platform's own book: what it has said so far, added up as an accountant does.

It knows nothing of the product. A first statement is booked, a repeated one is not,
a correction books the difference; the sums are what whoever heard everything holds.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from data_access.clock import day_of
from data_access.engine import BEIJING
from demo.simulator.platform import Platform

ALL = 10**9


class Ledger:
    """Sums by venue and full hour of all that `platform` has published until `advance` last looked."""

    def __init__(self, platform: Platform, first: dt.date | None = None) -> None:
        """`first`: day the live book begins with; None: the platform's own first day."""
        self._platform = platform
        self._first = first or platform.first
        self._live_mark: str | None = None
        self._readings_mark: str | None = None
        self._known: dict[tuple[str, str], tuple[int, int, int]] = {}  # venue, minute: sequence, in, out
        self._read: set[tuple[str, str]] = set()
        self.live: dict[str, dict[str, list[int]]] = {}  # venue: hour end: minutes, in, out
        self.readings: dict[str, dict[str, list[int]]] = {}  # venue: hour end: readings, entries, exits
        self.as_of: dt.datetime | None = None

    def advance(self, now: dt.datetime) -> None:
        """Book what was published since the last time."""
        live = self._live_mark or _start(self._first)
        hourly = self._readings_mark or _start(self._platform.first)
        self._live_mark = _go_on(self._platform.messages, live, now, self._book_message)
        self._readings_mark = _go_on(self._platform.readings, hourly, now, self._book_reading)
        self.as_of = now

    def as_json(self) -> dict[str, Any]:
        """Everything booked; hours as ISO times of 北京时间."""
        said = self.as_of.isoformat() if self.as_of else None
        return {"demonstration": True, "as_of": said, "live": self.live, "readings": self.readings}

    def write(self, path: Path) -> None:
        """Replace the file in one step: who reads it sees one moment."""
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(self.as_json()), "utf-8")
        unfinished.replace(path)

    def _book_message(self, row: dict[str, Any]) -> None:
        key = (row["venue_code"], row["minute"])
        before = self._known.get(key)
        if before is not None and row["sequence"] <= before[0]:
            return
        line = self.live.setdefault(row["venue_code"], {}).setdefault(_hour_end(row["minute"]), [0, 0, 0])
        line[0] += before is None
        line[1] += row["in"] - (before[1] if before else 0)
        line[2] += row["out"] - (before[2] if before else 0)
        self._known[key] = (row["sequence"], row["in"], row["out"])

    def _book_reading(self, row: dict[str, Any]) -> None:
        key = (row["venue_code"], row["reading_at"])
        if key in self._read:
            return
        self._read.add(key)
        self.readings.setdefault(key[0], {})[key[1]] = [1, row["entries"], row["exits"]]


def _start(day: dt.date) -> str:
    return f"{day.isoformat()}:0"


def _go_on(feed: Any, mark: str, now: dt.datetime, book: Any) -> str:
    """Book everything after the mark; the mark behind the last of it."""
    day, place = mark.split(":")
    at, number, today = dt.date.fromisoformat(day), int(place), day_of(now)
    while True:
        end = min(now, dt.datetime.combine(at, dt.time(23, 59, 59), BEIJING))
        rows, _ = feed(end, since=None, mark=f"{at.isoformat()}:{number}", size=ALL)
        for row in rows:
            book(row)
        number += len(rows)
        if at >= today:
            return f"{at.isoformat()}:{number}"
        at, number = at + dt.timedelta(days=1), 0


def _hour_end(minute: str) -> str:
    moment = dt.datetime.fromisoformat(minute)
    return (moment.replace(minute=0) + dt.timedelta(hours=1)).isoformat()
