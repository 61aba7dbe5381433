"""How many people come and go, by venue and minute: the hours of the demonstration, split.

The minutes of an hour add up to its reading exactly; nobody leaves before somebody came.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from demo.registry import Columns, day as day_number
from demo.venues import CONNECTED, SILENT_DISTRICT, venues
from demo.visits import HOURS, SILENT_HOURS, connected_flows, flows, readings
from demo.world import World

MINUTES = 24 * 60
PEAK_SHARE = 0.13
"""Most people inside at once on an ordinary weekday, in visitors of the day."""
ROOM = 1.75
"""The capacity in such peaks: weekends come near the threshold, an event passes it."""
LAST_HOUR = 14
"""Hour up to which the files of the demonstration's last day go (`demo.build`)."""


@dataclass(frozen=True, slots=True)
class Day:
    """People by venue × minute of the day; `present` at the minute's end."""

    people_in: np.ndarray
    people_out: np.ndarray
    present: np.ndarray


class Shape:
    """Venues that are not the demonstration's: for proofs that need many of them."""

    def __init__(self, world: World, codes: Sequence[str], visitors: np.ndarray) -> None:
        self.world, self.codes, self._visitors = world, list(codes), visitors
        self.capacities = [10 * math.ceil(v * PEAK_SHARE * ROOM / 10) for v in visitors]
        self.minutes = lru_cache(maxsize=4)(self._minutes)

    def hours(self, on: dt.date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Entries, exits and people inside by venue × hour of `HOURS`, as the readings state them."""
        noise = self.world.rng("plain", on).lognormal(-0.02, 0.2, (len(self.codes), 1, len(HOURS)))
        entries, exits, occupancy = flows(self.world, self._visitors, np.array([day_number(on)]), noise)
        return entries[:, 0], exits[:, 0], occupancy[:, 0]

    def silent_from(self, on: dt.date) -> dict[int, int]:
        """Venues (by index) whose gates send nothing from this hour of the day on."""
        return {}

    def hourly(self, on: dt.date) -> dict[str, list[Any]]:
        """The day's readings as columns: venue_code, hour, entries, exits, occupancy, bookings, revenue, status."""
        entries, exits, occupancy = (flow.ravel().tolist() for flow in self.hours(on))
        return {
            "venue_code": [code for code in self.codes for _ in HOURS],
            "hour": HOURS.tolist() * len(self.codes),
            "entries": entries,
            "exits": exits,
            "occupancy": occupancy,
            "bookings": [n // 9 for n in entries],
            "revenue": [n * 10 for n in entries],
            "status": ["在线"] * len(entries),
        }

    def _minutes(self, on: dt.date) -> Day:
        entries, exits, occupancy = self.hours(on)
        rng = self.world.rng("minutes", on)
        even = np.full(60, 1 / 60)
        into = rng.multinomial(entries, even)  # venue × hour × minute of the hour
        out = rng.multinomial(exits, even).cumsum(axis=2)
        before = np.concatenate([np.zeros((len(entries), 1), dtype=int), occupancy[:, :-1]], axis=1)
        out = np.minimum(out, before[:, :, None] + into.cumsum(axis=2))
        out = np.diff(out, axis=2, prepend=0)
        first = (int(HOURS[0]) - 1) * 60  # a reading of seven o'clock tells of six to seven
        people_in = _placed(into, first)
        people_out = _placed(out, first)
        return Day(people_in, people_out, (people_in - people_out).cumsum(axis=1))


class DemoShape(Shape):
    """The demonstration's connected venues on the days after its files, and on their last day."""

    def __init__(self, world: World) -> None:
        found = venues(world)
        super().__init__(world, found.code[:CONNECTED].to_pylist(), found.visitors[:CONNECTED])
        self._silent = [i for i, c in enumerate(found.district[:CONNECTED]) if c == SILENT_DISTRICT][:1]

    def hours(self, on: dt.date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        entries, exits, occupancy = connected_flows(self.world, np.array([day_number(on)]))
        return entries[:, 0], exits[:, 0], occupancy[:, 0]

    def silent_from(self, on: dt.date) -> dict[int, int]:
        return dict.fromkeys(self._silent, LAST_HOUR - SILENT_HOURS) if on == self.world.today else {}

    def hourly(self, on: dt.date) -> dict[str, list[Any]]:
        """As the demonstration's files of the last day: one call an hour, so what is known is known again."""
        parts = [self._hour(on, int(hour)) for hour in HOURS]
        return {name: [v for part in parts for v in part[name]] for name in parts[0]}

    def _hour(self, on: dt.date, hour: int) -> dict[str, list[Any]]:
        last_hour = LAST_HOUR if on == self.world.today else None
        found: Columns = readings(self.world, on, on, hours=(hour,), last_hour=last_hour)
        names = {
            "venue_code": "venue_code", "entries": "entry_count", "exits": "exit_count", "occupancy": "occupancy",
            "bookings": "booking_count", "revenue": "revenue", "status": "device_status",
        }  # fmt: skip
        columns = {name: found[field].to_pylist() for name, field in names.items()}
        return {"hour": [hour] * len(columns["venue_code"]), **columns}


def _placed(by_hour: np.ndarray, first: int) -> np.ndarray:
    """Venue × hour × minute laid into the minutes of the day."""
    venues_, hours, _ = by_hour.shape
    day = np.zeros((venues_, MINUTES), dtype=np.int64)
    day[:, first : first + hours * 60] = by_hour.reshape(venues_, -1)
    return day
