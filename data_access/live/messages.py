"""What the platform says of one venue and minute, and which of two such messages counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data_access.engine import BEIJING
from data_access.live.tables import DEVICE_STATES

LATE_S = 180
"""A minute published later than this after its end is late."""
BACKFILL_S = 15 * 60
"""A minute published later than this was filled in after a silence."""
FRESH_S = 300
"""A venue heard later than this is silent: who was inside then is not who is inside now."""
AHEAD_S = 120
"""A venue whose clock runs further ahead than this is not believed."""
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
MOST_PEOPLE = 100_000
_CODE = re.compile(r"CQ[0-9]{6,10}")
_STATES = {"online": "online", "在线": "online", "offline": "offline", "离线": "offline",
           "fault": "fault", "故障": "fault"}  # fmt: skip


class NoMessage(ValueError):
    """What came is no message about a minute; the text says in Chinese what is wrong, without the values."""


@dataclass(frozen=True, slots=True)
class Message:
    """One venue's minute as the platform states it.

    Attributes:
        minute: its beginning, aware, on the full minute.
        present: people inside at its end.
        sequence: 1, raised by the platform with each correction of this minute.
        capacity: 核定承载量; None if not stated.
        published_at: when the platform published it, if it says so; decides nothing but how late it was.
    """

    venue_code: str
    minute: dt.datetime
    people_in: int
    people_out: int
    present: int
    device_state: str
    sequence: int = 1
    capacity: int | None = None
    published_at: dt.datetime | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, dt.datetime]:
        return self.venue_code, self.minute

    @property
    def rank(self) -> tuple[int, int, int, int, str, int]:
        """Of two messages about one minute the higher one counts, whichever came first.

        The sequence decides. Two statements under one sequence are the platform's
        fault; the rest of the rank only makes the choice the same everywhere.
        """
        return (
            self.sequence, self.present, self.people_in, self.people_out, self.device_state,
            -1 if self.capacity is None else self.capacity,
        )  # fmt: skip


def midnight(day: dt.date) -> dt.datetime:
    """The beginning of a day of 北京时间."""
    return dt.datetime.combine(day, dt.time(), BEIJING)


def fresh_from(at: dt.datetime) -> dt.datetime:
    """Beginning of the oldest minute that is fresh at `at`: it ended at most `FRESH_S` ago."""
    return at - dt.timedelta(seconds=FRESH_S) - MINUTE


def hour_end_of(minute: dt.datetime) -> dt.datetime:
    """The full hour that closes the hour a minute lies in: 18:00 for 17:00 to 17:59, as its reading is stamped."""
    return minute.replace(minute=0, second=0, microsecond=0) + HOUR


def newest(messages: Iterable[Message]) -> dict[tuple[str, dt.datetime], Message]:
    """One message a venue and minute: the one that counts."""
    found: dict[tuple[str, dt.datetime], Message] = {}
    for message in messages:
        known = found.get(message.key)
        if known is None or message.rank > known.rank:
            found[message.key] = message
    return found


def parse(row: Mapping[str, Any]) -> Message:
    """A message from a platform's answer, by the names of `Message`.

    Raises:
        NoMessage: a field is missing or is not what it should be.
    """
    code = row.get("venue_code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise NoMessage("场馆编码缺失或格式不符")
    state = _STATES.get(str(row.get("device_state")))
    if state is None:
        raise NoMessage(f"设备状态不是 {'、'.join(DEVICE_STATES)} 之一")
    capacity = row.get("capacity")
    return Message(
        code, _minute(row.get("minute")), _count(row, "people_in"), _count(row, "people_out"),
        _count(row, "present"), state, _count(row, "sequence", least=1),
        None if capacity is None else _count(row, "capacity", least=1), _published(row.get("published_at")),
    )  # fmt: skip


def _published(value: Any) -> dt.datetime | None:
    return None if value is None else _moment(value, "发布时间（published_at）")


def _moment(value: Any, what: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise NoMessage(f"{what}不是有效的时间") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).astimezone(dt.UTC)


def _minute(value: Any) -> dt.datetime:
    moment = _moment(value, "分钟（minute）")
    if moment.second or moment.microsecond:
        raise NoMessage("分钟（minute）不是整分")
    return moment


def _count(row: Mapping[str, Any], name: str, least: int = 0) -> int:
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST_PEOPLE:
        raise NoMessage(f"{name} 不是 {least} 到 {MOST_PEOPLE} 的整数")
    return value
