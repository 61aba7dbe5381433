"""One pull of a live feed: pages of messages, each taken in the transaction that moves the cursor.

A pull begins some time before the newest message known (`overlap_seconds`), and one
that was killed begins where the last page was kept; what comes twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Engine, select

from catalog.sources import LiveSource
from data_access.clock import now
from data_access.connectors.base import SourceError, address
from data_access.connectors.http_json import Pages
from data_access.connectors.runner import holds_demonstration
from data_access.engine import BEIJING, reading, writing
from data_access.live import alerts
from data_access.live.alerts import Crowding
from data_access.live.messages import Message, NoMessage, parse
from data_access.live.scope import names_of
from data_access.live.tables import live_pull
from data_access.live.take import Rules, Taken, take
from data_access.principal import SYSTEM, Principal
from data_access.settings import Live

MOST_NAMED = 3


@dataclass(slots=True)
class LivePull(Taken):
    """What one pull brought; `unusable`: answers that were no message, `why` the last of them."""

    messages: int = 0
    unusable: int = 0
    why: str | None = None

    @property
    def refused(self) -> int:
        return self.unusable + self.ahead + self.too_old

    def add(self, taken: Taken) -> None:
        """Count one more page, or what became of its messages."""
        for one in fields(taken):
            if one.name == "why":
                self.why = getattr(taken, "why", None) or self.why
            elif one.name == "ahead_venues":
                self.ahead_venues |= taken.ahead_venues
            else:
                setattr(self, one.name, getattr(self, one.name) + getattr(taken, one.name))

    def summary(self) -> str:
        """One line for the list of job runs."""
        said = f"收到 {self.messages} 条，新增 {self.added} 条，更正 {self.corrected} 条，迟到 {self.late} 条"
        said += f"，不能使用 {self.refused} 条" if self.refused else ""
        return said + (f"，新增拥挤提醒 {self.raised} 条" if self.raised else "")


def rules_of(live: Live) -> Rules:
    """What the operators have set, as `take` wants it."""
    return Rules(live.keep_days, Crowding.of(live), live.by_venue, live.stuck_minutes)


def pull(
    engine: Engine,
    who: Principal,
    source: LiveSource,
    *,
    rules: Rules,
    stop: threading.Event | None = None,
    environment: Mapping[str, str] = os.environ,
    clock: Callable[[], dt.datetime] = now,
    before_page: Callable[[], None] = lambda: None,
) -> LivePull:
    """Take everything published since the last pull.

    Args:
        before_page: called before each page is taken; may raise to end the pull (a lost lease).

    Raises:
        SourceError: the platform cannot be read; what was taken before stays taken.
    """
    result, stop = LivePull(), stop or threading.Event()
    try:
        pages = Pages(source, address(source, environment), environment, is_demo=holds_demonstration(engine))
        try:
            begin = _overlapping(_cursor(engine, source.code), source, clock())
            for rows, checkpoint in pages.pages(begin, stop):
                before_page()
                messages, why = _messages(rows)
                at = clock()
                with writing(engine) as connection:
                    page = LivePull(messages=len(rows), unusable=len(rows) - len(messages), why=why)
                    page.add(take(who, connection, messages, at=at, rules=rules))
                    _keep_place(connection, source.code, checkpoint.cursor, page, at)
                result.add(page)
        finally:
            pages.close()
            _lose_silent(engine, who, clock())
    except SourceError as error:
        with writing(engine) as connection:
            _keep_failure(connection, source.code, str(error), clock())
        raise
    return result


def _lose_silent(engine: Engine, who: Principal, at: dt.datetime) -> None:
    """Time passes where nothing comes too; without an alert to end nothing is written."""
    with reading(engine) as connection:
        is_any = alerts.is_any_lost(who, connection, at)
    if is_any:
        with writing(engine) as connection:
            alerts.lose_silent(who, connection, at)


def _cursor(engine: Engine, source: str) -> str | None:
    with reading(engine) as connection:
        return connection.scalar(select(live_pull.c.cursor).where(live_pull.c.source == source))


def _overlapping(cursor: str | None, source: LiveSource, at: dt.datetime) -> str | None:
    """The cursor some seconds earlier; in the middle of a round as it is.

    Never later than `at`: a single message that says it is published in the future
    would otherwise leave everything until then behind it.
    """
    state = json.loads(cursor) if cursor else {}
    if not state.get("since") or state.get("token") is not None:
        return cursor
    try:
        since = dt.datetime.fromisoformat(state["since"])
        latest = at.astimezone(since.tzinfo or BEIJING).replace(
            tzinfo=since.tzinfo
        )  # as the platform writes it
        since = min(since, latest) - dt.timedelta(seconds=source.overlap_seconds)
    except (TypeError, ValueError):
        return cursor  # not a time: the platform's own mark, nothing can be taken off
    return json.dumps(state | {"since": since.isoformat()})


def _messages(rows: list[dict[str, Any]]) -> tuple[list[Message], str | None]:
    """The messages of a page, and what was wrong with the last that is none."""
    found, why = [], None
    for row in rows:
        try:
            found.append(parse(row))
        except NoMessage as error:
            why = str(error)
    return found, why


def _keep_place(connection: Connection, source: str, cursor: str, page: LivePull, at: dt.datetime) -> None:
    c = live_pull.c
    values: dict[str, Any] = {
        "cursor": cursor, "pulled_at": at, "answered_at": at, "error": None, "failures": 0,
    }  # fmt: skip
    if page.refused:
        values |= {"refused_at": at, "refused_why": _why_refused(connection, page)}
    counts = {"taken": page.changed, "repeated": page.repeated, "refused": page.refused}
    changed = connection.execute(
        live_pull.update()
        .where(c.source == source)
        .values(**values, **{n: c[n] + v for n, v in counts.items()})
    )
    if changed.rowcount == 0:
        connection.execute(live_pull.insert().values(source=source, **values, **counts))


def _why_refused(connection: Connection, page: LivePull) -> str:
    """What was wrong with the messages of a page; venues whose clock runs ahead by name, since they can be told."""
    if page.why:
        return page.why
    if not page.ahead:
        return "有的消息早于保留天数"
    codes = sorted(page.ahead_venues)
    names = names_of(SYSTEM, connection, codes[:MOST_NAMED])
    named = "、".join(f"{names[code]}（{code}）" if code in names else code for code in codes[:MOST_NAMED])
    more = f"等 {len(codes)} 座场馆" if len(codes) > MOST_NAMED else ""
    return f"{named}{more}时钟超前，其消息没有采用。请场馆校准闸机时间。"


def _keep_failure(connection: Connection, source: str, error: str, at: dt.datetime) -> None:
    c = live_pull.c
    changed = connection.execute(
        live_pull.update()
        .where(c.source == source)
        .values(pulled_at=at, error=error, failures=c.failures + 1)
    )
    if changed.rowcount == 0:
        connection.execute(
            live_pull.insert().values(
                source=source, pulled_at=at, error=error, failures=1, taken=0, repeated=0, refused=0
            )
        )
