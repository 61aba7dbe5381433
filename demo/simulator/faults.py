"""What the platform says of a day and when: on time, stuck, silent, late, twice, corrected.

A statement is one row: venue, minute of the day, counts, state, sequence, and the
second it is published. Gates that are stuck repeat what they said last; half of
them are set right by a correction. A silence is filled in afterwards, or never.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from data_access.engine import BEIJING
from demo.simulator.shape import MINUTES, Day, Shape

ONLINE, FAULT = 0, 1
STATES = ("online", "fault")


@dataclass(frozen=True)
class Faults:
    """Chances by venue and day (`…_days`) or by minute; another seed, other faults."""

    stuck_days: float = 0.06
    silent_days: float = 0.10
    fault_days: float = 0.04
    mended: float = 0.5  # of the stuck ones
    filled: float = 0.7  # of the silences
    late: float = 0.004
    twice: float = 0.01
    corrected: float = 0.002
    seed: int = 0


@dataclass(frozen=True)
class Statements:
    """Columns of one length; `published` in seconds since 1970, `minute` since the day's midnight."""

    venue: np.ndarray
    minute: np.ndarray
    people_in: np.ndarray
    people_out: np.ndarray
    present: np.ndarray
    state: np.ndarray
    sequence: np.ndarray
    published: np.ndarray

    def __len__(self) -> int:
        return len(self.venue)

    def chosen(self, which: np.ndarray) -> Statements:
        """These rows only, in this order."""
        return Statements(*(getattr(self, f.name)[which] for f in fields(self)))

    def at(self, **values: Any) -> Statements:
        """The same rows with other columns."""
        return Statements(*(values.get(f.name, getattr(self, f.name)) for f in fields(self)))


def joined(parts: list[Statements]) -> Statements:
    """Rows of all parts, one after the other."""
    return Statements(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Statements)))


def midnight(on: dt.date) -> int:
    """The beginning of the day of 北京时间, in seconds since 1970."""
    return int(dt.datetime.combine(on, dt.time(), BEIJING).timestamp())


def statements(shape: Shape, on: dt.date, faults: Faults) -> Statements:
    """Everything the platform says about the minutes of one day, in the order it is published."""
    rng = shape.world.rng("faults", on, faults.seed)
    first = _on_time(shape.minutes(on), midnight(on), rng)
    kept = np.ones(len(first), dtype=bool)
    extra: list[Statements] = []
    for venue in range(len(shape.codes)):
        if rng.random() < faults.stuck_days:
            extra += _stick(first, venue, rng, rng.random() < faults.mended)
        if rng.random() < faults.fault_days:
            _break(first, venue, rng)
        if rng.random() < faults.silent_days:
            _silence(first, kept, venue, rng, rng.random() < faults.filled)
    for venue, hour in shape.silent_from(on).items():
        kept[venue * MINUTES + hour * 60 : (venue + 1) * MINUTES] = False
    first.published[:] += _delays(len(first), faults.late, 4 * 60, 45 * 60, rng)
    wrong = np.flatnonzero((rng.random(len(first)) < faults.corrected) & kept)
    extra.append(_later(first.chosen(wrong).at(sequence=np.full(len(wrong), 2)), 300, 1800, rng))
    first.people_in[wrong] += 3  # the first statement was wrong, the correction is right
    again = np.flatnonzero((rng.random(len(first)) < faults.twice) & kept)
    extra.append(_later(first.chosen(again), 30, 600, rng))
    everything = joined([first.chosen(np.flatnonzero(kept)), *extra])
    return everything.chosen(_order(everything))


def _on_time(day: Day, start: int, rng: np.random.Generator) -> Statements:
    venues, minutes = day.people_in.shape
    minute = np.tile(np.arange(minutes), venues)
    return Statements(
        np.repeat(np.arange(venues), minutes), minute, day.people_in.ravel().copy(), day.people_out.ravel().copy(),
        day.present.ravel().copy(), np.full(venues * minutes, ONLINE), np.ones(venues * minutes, dtype=int),
        start + (minute + 1) * 60 + rng.integers(1, 5, venues * minutes),
    )  # fmt: skip


def _stretch(rng: np.random.Generator, shortest: int, longest: int) -> tuple[int, int]:
    """First and last + 1 minute of a stretch while the venues are open."""
    begin = int(rng.integers(7 * 60, 20 * 60))
    return begin, begin + int(rng.integers(shortest, longest))


def _stick(first: Statements, venue: int, rng: np.random.Generator, is_mended: bool) -> list[Statements]:
    """The counters stand still; what was true comes later as a correction, or never."""
    begin, end = _stretch(rng, 25, 55)
    rows = np.arange(venue * MINUTES + begin, venue * MINUTES + end)
    true = first.chosen(rows)
    for name in ("people_in", "people_out", "present"):
        column = getattr(first, name)
        column[rows] = column[rows[0]]
    if not is_mended:
        return []
    told = true.published[-1] + 40 * 60 + np.arange(len(rows)) % 20
    return [true.at(sequence=np.full(len(rows), 3), published=told)]


def _break(first: Statements, venue: int, rng: np.random.Generator) -> None:
    """The device says that it is broken, and counts nobody."""
    begin, end = _stretch(rng, 5, 20)
    rows = slice(venue * MINUTES + begin, venue * MINUTES + end)
    first.state[rows] = FAULT
    first.people_in[rows] = first.people_out[rows] = 0


def _silence(
    first: Statements, kept: np.ndarray, venue: int, rng: np.random.Generator, is_filled: bool
) -> None:
    begin, end = _stretch(rng, 10, 100)
    rows = slice(venue * MINUTES + begin, venue * MINUTES + end)
    if is_filled:
        first.published[rows] = first.published[rows].max() + 20 + np.arange(end - begin) % 30
    else:
        kept[rows] = False


def _delays(count: int, chance: float, least: int, most: int, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(count) < chance, rng.integers(least, most, count), 0)


def _later(rows: Statements, least: int, most: int, rng: np.random.Generator) -> Statements:
    return rows.at(published=rows.published + rng.integers(least, most, len(rows)))


def _order(rows: Statements) -> np.ndarray:
    return np.lexsort((rows.sequence, rows.minute, rows.venue, rows.published))
