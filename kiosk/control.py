"""What the wall is told to show: the round, moved by the guide's commands; each ends by itself.

A guide who has gone (60 s without a sign of life) leaves nothing standing: pause, pin
and spotlight end, and the round goes on. Only one thread, that of the event loop,
touches it; the time is always given.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from kiosk.commands import SHORTEST_TOUR_S, Command, CommandRefused
from kiosk.playlist import Step, anchored, length_ms, place, start_of

GUIDE_LOST_MS = 60_000
WELCOME = "welcome"


@dataclass(frozen=True)
class Notice:
    """A text, the moment at which it goes away (ms since 1970) and how long it was to stand."""

    text: str
    until_ms: int
    lasts_ms: int


@dataclass(frozen=True)
class Tour:
    """One round of every scene within the minutes a guide has."""

    order: tuple[Step, ...]
    until_ms: int


@dataclass
class Control:
    """The state of one process's walls; `rounds` is the playlist as it stands, without commands."""

    rounds: tuple[Step, ...] = ()
    anchor_ms: int = 0
    sequence: int = 0
    pinned: str | None = None
    paused: bool = False
    spotlight: str | None = None
    message: Notice | None = None
    emergency: Notice | None = None
    welcome: Notice | None = None
    tour: Tour | None = None
    guide_until_ms: int = 0
    scenes: frozenset[str] = field(default_factory=frozenset)

    # ------------------------------------------------------------ what is on
    @property
    def order(self) -> tuple[Step, ...]:
        return self.tour.order if self.tour is not None else self.rounds

    def current(self, now_ms: int) -> str | None:
        """The scene that is on: the guests' welcome, the pinned one, the round's."""
        if self.welcome is not None:
            return WELCOME
        if self.pinned is not None:
            return self.pinned
        found = place(self.order, self.anchor_ms, now_ms)
        return None if found is None else self.order[found.index].key

    def following(self, now_ms: int) -> tuple[str | None, int | None]:
        """The scene that comes next and when; nothing while one is held."""
        found = place(self.order, self.anchor_ms, now_ms)
        if found is None or self.pinned is not None:
            return None, None
        return self.order[(found.index + 1) % len(self.order)].key, found.switch_ms

    def guide_is_here(self, now_ms: int) -> bool:
        return now_ms < self.guide_until_ms

    # ------------------------------------------------------------ what changes by itself
    def follow(self, rounds: tuple[Step, ...], scenes: Collection[str], now_ms: int) -> bool:
        """The playlist or the data have changed: what can go on goes on; whether anything did."""
        self.scenes = frozenset(scenes)
        before = self.state_key()
        if rounds != self.rounds:
            old = self.rounds
            self.rounds = rounds
            if self.tour is None:
                self._keep_place(old, rounds, now_ms)
        if self.pinned is not None and self.pinned not in self.scenes:
            self.pinned, self.paused = None, False
        if self.tour is not None and any(step.key not in self.scenes for step in self.tour.order):
            left = tuple(step for step in self.tour.order if step.key in self.scenes)
            old, self.tour = self.tour.order, Tour(left, self.tour.until_ms) if left else None
            self._keep_place(old, self.order, now_ms)
        return before != self.state_key()

    def _keep_place(self, old: tuple[Step, ...], new: tuple[Step, ...], now_ms: int) -> None:
        """The scene that is on goes on; one that is gone gives way to the next that is left."""
        found = place(old, self.anchor_ms, now_ms)
        if found is None or not new:
            return
        key = old[found.index].key
        moved = anchored(new, key, found.began_ms)
        if moved is not None:
            self.anchor_ms = moved
            return
        for n in range(1, len(old) + 1):
            following = anchored(new, old[(found.index + n) % len(old)].key, now_ms)
            if following is not None:
                self.anchor_ms = following
                return
        self.anchor_ms = now_ms

    def tick(self, now_ms: int) -> bool:
        """End what has had its time; whether anything changed. After a clock was set back, nothing lasts longer than its own length from then on."""
        before = self.state_key()
        for name in ("message", "emergency", "welcome"):
            notice = getattr(self, name)
            if notice is not None and notice.until_ms <= now_ms:
                setattr(self, name, None)
            elif notice is not None and notice.until_ms > now_ms + notice.lasts_ms:  # the clock has gone back
                setattr(self, name, Notice(notice.text, now_ms + notice.lasts_ms, notice.lasts_ms))
        if self.tour is not None and self.tour.until_ms <= now_ms:
            self._end_tour(now_ms)
        self.guide_until_ms = min(self.guide_until_ms, now_ms + GUIDE_LOST_MS)
        if self.tour is not None and self.tour.until_ms > now_ms + length_ms(self.tour.order):
            self.tour = Tour(self.tour.order, now_ms + length_ms(self.tour.order))
        if self.guide_until_ms and not self.guide_is_here(now_ms):
            self.guide_until_ms = 0
            self._release(now_ms)
            self.spotlight = None
        return before != self.state_key()

    def _end_tour(self, now_ms: int) -> None:
        self.tour = None
        first = self.rounds[0].key if self.rounds else ""
        self.anchor_ms = anchored(self.rounds, first, now_ms) or now_ms

    def _release(self, now_ms: int) -> None:
        """The held scene goes on as the first moment of its step; one outside the round gives way to it."""
        key, self.pinned, self.paused = self.pinned, None, False
        if key is not None:
            moved = anchored(self.order, key, now_ms)
            if moved is not None:
                self.anchor_ms = moved

    # ------------------------------------------------------------ what a guide says
    def obey(self, command: Command, now_ms: int) -> None:
        """Do it.

        Raises:
            CommandRefused: a scene that is not on the wall, a round that is empty.
        """
        self.tick(now_ms)
        {
            "next": lambda: self._step(1, now_ms),
            "previous": lambda: self._step(-1, now_ms),
            "pause": lambda: self._pause(now_ms),
            "resume": lambda: self._resume(now_ms),
            "jump": lambda: self._jump(command.scene, now_ms),
            "message": lambda: self._notice("message", command.text, command.seconds * 1000, now_ms),
            "welcome": lambda: self._notice("welcome", command.text, command.minutes * 60_000, now_ms),
            "spotlight": lambda: self._light(command.adcode),
            "tour": lambda: self._tour(command.minutes, now_ms),
            "emergency": lambda: self._notice("emergency", command.text, command.minutes * 60_000, now_ms),
            "clear": self._clear,
            "present": lambda: None,
        }[command.kind]()
        self.guide_until_ms = now_ms + GUIDE_LOST_MS
        if command.kind != "present":
            self.sequence += 1

    def _step(self, by: int, now_ms: int) -> None:
        """To the neighbour of the scene that is on; a held one is let go, guests have been welcomed."""
        found = place(self.order, self.anchor_ms, now_ms)
        if found is None:
            raise CommandRefused("现在没有可以播放的画面。")
        index = found.index
        if self.pinned is not None:
            keys = [step.key for step in self.order]
            index = keys.index(self.pinned) if self.pinned in keys else index
        index = (index + (by if self.welcome is None else 0)) % len(self.order)
        self.welcome, self.pinned, self.paused = None, None, False
        passed = sum(step.seconds for step in self.order[:index]) * 1000
        self.anchor_ms = now_ms - passed

    def _pause(self, now_ms: int) -> None:
        key = self.current(now_ms)
        if key is None:
            raise CommandRefused("现在没有可以播放的画面。")
        if key != WELCOME:
            self.pinned, self.paused = key, True

    def _resume(self, now_ms: int) -> None:
        self.welcome = None
        self._release(now_ms)

    def _jump(self, key: str, now_ms: int) -> None:
        if key not in self.scenes or key == WELCOME:
            raise CommandRefused("这个画面现在没有数据，没有切换。")
        self.welcome = None
        if start_of(self.order, key) is None:
            self.pinned, self.paused = key, False
            return
        self.pinned, self.paused = None, False
        self.anchor_ms = anchored(self.order, key, now_ms) or now_ms

    def _notice(self, name: str, text: str, lasts_ms: int, now_ms: int) -> None:
        setattr(self, name, Notice(text.strip(), now_ms + lasts_ms, lasts_ms))

    def _light(self, adcode: str) -> None:
        self.spotlight = adcode or None

    def _clear(self) -> None:
        self.message = self.emergency = self.welcome = self.spotlight = None

    def _tour(self, minutes: int, now_ms: int) -> None:
        order = toured(self.rounds, minutes * 60)
        if not order:
            raise CommandRefused("现在没有可以播放的画面。")
        self.welcome, self.pinned, self.paused = None, None, False
        self.tour = Tour(order, now_ms + length_ms(order))
        self.anchor_ms = now_ms

    # ------------------------------------------------------------ what walls are told
    def state_key(self) -> tuple[Any, ...]:
        return (
            self.rounds, self.anchor_ms, self.sequence, self.pinned, self.paused, self.spotlight,
            self.message, self.emergency, self.welcome, self.tour,
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """The part of the state event that a command can change."""
        return {
            "sequence": self.sequence,
            "order": [{"key": step.key, "seconds": step.seconds} for step in self.order],
            "anchor_ms": self.anchor_ms,
            "pinned": self.pinned,
            "paused": self.paused,
            "spotlight": self.spotlight,
            "message": _told(self.message, "text"),
            "emergency": _told(self.emergency, "text"),
            "welcome": _told(self.welcome, "name"),
        }


def _told(notice: Notice | None, name: str) -> dict[str, Any] | None:
    return None if notice is None else {name: notice.text, "until_ms": notice.until_ms}


def toured(rounds: tuple[Step, ...], seconds: int) -> tuple[Step, ...]:
    """The round stretched or cut to `seconds`: shares as in the playlist, none under `SHORTEST_TOUR_S`.

    Where the time is too short for all, the first scenes that fit are shown; what whole
    seconds leave over belongs to the last.
    """
    fitting = rounds[: max(1, seconds // SHORTEST_TOUR_S)]
    whole = sum(step.seconds for step in fitting)
    if not whole:
        return ()
    free = seconds - SHORTEST_TOUR_S * len(fitting)
    order = [Step(step.key, SHORTEST_TOUR_S + free * step.seconds // whole) for step in fitting]
    left = seconds - sum(step.seconds for step in order)
    order[-1] = Step(order[-1].key, order[-1].seconds + left)
    return tuple(order)
