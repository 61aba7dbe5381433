"""A few venues and minutes to talk about, and what the live tables hold of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, delete, select

from data_access.engine import BEIJING, reading, writing
from data_access.live.messages import Message
from data_access.live.tables import (
    live_alert,
    live_hour,
    live_hour_district,
    live_minute,
    live_now,
    live_reconciled,
    live_venue,
)
from data_access.live.take import Rules, Taken, take
from data_access.principal import SYSTEM
from tests.delivery.histories import send
from tests.helpers.rows import Row, changed, valid_row

GYM, POOL, STADIUM = "CQ50010301", "CQ50010302", "CQ50010101"
DISTRICTS = {GYM: "渝中区", POOL: "渝中区", STADIUM: "万州区"}
DAY = dt.date(2026, 10, 9)
RULES = Rules()
TABLES = (live_minute, live_venue, live_hour, live_hour_district, live_now, live_alert, live_reconciled)


def at(clock: str, day: dt.date = DAY) -> dt.datetime:
    """A moment of that day in 北京时间."""
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), BEIJING)


def told(
    clock: str, into: int = 1, out: int = 0, present: int = 5, *, venue: str = GYM, sequence: int = 1,
    capacity: int | None = 100, state: str = "online", day: dt.date = DAY,
) -> Message:  # fmt: skip
    """One message about the minute that begins at `clock`."""
    minute = at(clock, day).astimezone(dt.UTC)
    return Message(venue, minute, into, out, present, state, sequence, capacity)


def hear(
    made: Engine, messages: Iterable[Message], clock: str = "23:00", *, rules: Rules = RULES, day: dt.date = DAY
) -> Taken:  # fmt: skip
    """Messages that arrive together at `clock`."""
    with writing(made) as connection:
        return take(SYSTEM, connection, messages, at=at(clock, day), rules=rules)


def rows_of(made: Engine, table: Any, *names: str) -> list[tuple[Any, ...]]:
    """These columns of a table by its key; a moment as HH:MM of 北京时间."""
    keys = list(table.primary_key.columns)
    with reading(made) as connection:
        found = connection.execute(select(*(table.c[n] for n in names)).order_by(*keys))
        return [tuple(_short(v) for v in row) for row in found]


def _short(value: Any) -> Any:
    return value.astimezone(BEIJING).strftime("%H:%M") if isinstance(value, dt.datetime) else value


def content(made: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the live tables hold."""
    with reading(made) as connection:
        return {
            t.name: [tuple(r) for r in connection.execute(select(t).order_by(*t.primary_key.columns))]
            for t in TABLES
        }


def forget(made: Engine) -> None:
    """Empty the live tables."""
    with writing(made) as connection:
        for table in TABLES:
            connection.execute(delete(table))


def connect(made: Engine, codes: Iterable[str] = tuple(DISTRICTS)) -> None:
    """Connection records of the venues, reported by 产业处."""
    send(made, "smart_venue_connection", [_connection(code, n) for n, code in enumerate(codes)])


def _connection(code: str, number: int) -> Row:
    row = valid_row("smart_venue_connection", number)
    return changed(
        row, venue_code=code, venue_name=f"{DISTRICTS[code]}{number + 1}号馆", adcode=DISTRICTS[code], stage="已接入",
        connected_on=dt.date(2026, 1, 5), interface_type="接口推送",
    )  # fmt: skip
