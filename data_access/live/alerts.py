"""Crowding (拥挤提醒): raised at a share of the capacity, over when it is calm again, acknowledged by a person.

The alerts of a venue and day are a function of that day's minutes: a late or
corrected minute moves, joins, splits or takes back an alert as if it had come in
time. What a person acknowledged stays acknowledged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from data_access.audit import append
from data_access.clock import day_of
from data_access.engine import BEIJING
from data_access.live.messages import MINUTE, Message, fresh_from, midnight
from data_access.live.scope import seen
from data_access.live.tables import live_alert, live_minute, live_venue
from data_access.principal import Principal, Role
from data_access.queries.scope import fetch
from data_access.settings import Live
from data_access.versions import raise_versions

DAY = dt.timedelta(days=1)
LONGEST_NOTE = 200
ACKNOWLEDGERS: tuple[Role, ...] = ("operations", "office", "department", "district", "affiliated")
"""Leaders and guides look on."""
VenueDay = tuple[str, dt.date]


class AlertRefused(Exception):
    """The alert cannot be acknowledged; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Crowding:
    """Per cent of the capacity at which a venue is crowded, and below which it is calm again."""

    percent: int = 80
    calm_percent: int = 70
    busy_percent: int = 60  # from which on a venue is shown as filling up

    @classmethod
    def of(cls, live: Live) -> Crowding:
        """As the operators have set it."""
        return cls(live.crowding_percent, live.calm_percent)

    def threshold(self, capacity: int) -> int:
        """People present from which on a venue of this capacity is crowded."""
        return max(1, -(-capacity * self.percent // 100))

    def is_crowded(self, present: int, capacity: int | None) -> bool:
        return capacity is not None and present >= self.threshold(capacity)

    def is_calm(self, present: int, capacity: int | None) -> bool:
        return capacity is None or present * 100 < self.calm_percent * capacity


@dataclass(frozen=True, slots=True)
class Episode:
    """One crowding as the minutes tell it; `fell_minute` is the first calm minute, None: not calm yet."""

    raised_minute: dt.datetime
    threshold: int
    capacity: int
    peak: int
    peak_minute: dt.datetime
    fell_minute: dt.datetime | None


def episodes(minutes: Iterable[tuple[dt.datetime, int, int | None]], rules: Crowding) -> list[Episode]:
    """The crowdings in one venue's minutes (beginning, present, capacity), in their order.

    A missing minute neither raises nor ends one.
    """
    found: list[Episode] = []
    raised: tuple[dt.datetime, int] | None = None
    peak, peak_minute = 0, dt.datetime.min
    for minute, present, capacity in minutes:
        if raised is None:
            if capacity is not None and rules.is_crowded(present, capacity):
                raised, peak, peak_minute = (minute, capacity), present, minute
            continue
        if present > peak:
            peak, peak_minute = present, minute
        if rules.is_calm(present, capacity):
            found.append(Episode(raised[0], rules.threshold(raised[1]), raised[1], peak, peak_minute, minute))
            raised = None
    if raised is not None:
        found.append(Episode(raised[0], rules.threshold(raised[1]), raised[1], peak, peak_minute, None))
    return found


def refresh(who: Principal, connection: Connection, changes: Sequence[Message], rules: Crowding) -> int:
    """Compute the alerts of the venues and days that the changed minutes may concern; how many began.

    Without a minute that is not calm and without an alert so far there is none to find.
    """
    who.require("operations")
    touched = {(m.venue_code, day_of(m.minute)) for m in changes}
    standing = _standing(connection, touched)
    wanted = {key for key in touched if key in standing}
    wanted |= {(m.venue_code, day_of(m.minute)) for m in changes if not rules.is_calm(m.present, m.capacity)}
    began = 0
    for code, day in sorted(wanted):
        before = standing.get((code, day), [])
        after = episodes(_minutes(connection, code, day), rules)
        began += _rewrite(connection, code, before, after)
    _close_earlier_days(connection, changes)
    return began


def _standing(connection: Connection, touched: set[VenueDay]) -> dict[VenueDay, list[Any]]:
    c = live_alert.c
    first, last = min(day for _, day in touched), max(day for _, day in touched)
    statement = select(live_alert).where(
        c.venue_code.in_({code for code, _ in touched}),
        c.raised_minute >= midnight(first),
        c.raised_minute < midnight(last + DAY),
    )
    found: dict[VenueDay, list[Any]] = {}
    for row in fetch(connection, statement.order_by(c.venue_code, c.raised_minute)):
        found.setdefault((row.venue_code, day_of(row.raised_minute)), []).append(row)
    return {key: rows for key, rows in found.items() if key in touched}


def _minutes(connection: Connection, code: str, day: dt.date) -> list[Any]:
    c = live_minute.c
    start = midnight(day)
    inside = and_(c.venue_code == code, c.minute >= start, c.minute < start + DAY)
    return fetch(connection, select(c.minute, c.present, c.capacity).where(inside).order_by(c.minute))


def _rewrite(connection: Connection, code: str, before: list[Any], after: list[Episode]) -> int:
    """Put the episodes in the place of the alerts that stood; how many of them go on from none of those.

    An alert goes on in the first episode it meets, with who acknowledged it.
    """
    going_on: dict[int, list[Any]] = {}
    alone = []
    for old in before:
        number = next((n for n, e in enumerate(after) if _meet(e, old)), None)
        if number is not None:
            going_on.setdefault(number, []).append(old)
        elif old.acknowledged_at:  # corrected away: it stays, over in the minute it was raised
            alone.append(dict(old._mapping) | {"fell_minute": old.raised_minute})
    rows = [
        {"venue_code": code, **_columns(e), **_acknowledged(going_on.get(n, []))} for n, e in enumerate(after)
    ]
    rows = sorted(rows + alone, key=lambda r: r["raised_minute"])
    if rows != [dict(old._mapping) for old in before]:
        c = live_alert.c
        for old in before:
            connection.execute(
                live_alert.delete().where(c.venue_code == code, c.raised_minute == old.raised_minute)
            )
        if rows:
            connection.execute(live_alert.insert(), rows)
    return len(after) - len(going_on)


def _columns(e: Episode) -> dict[str, Any]:
    return {name: getattr(e, name) for name in Episode.__slots__} | {"lost_minute": None}


_SIGNED = ("acknowledged_at", "acknowledged_by", "acknowledged_account", "note")


def _acknowledged(before: list[Any]) -> dict[str, Any]:
    """The first acknowledgement among the alerts that an episode goes on from."""
    signed = [old for old in before if old.acknowledged_at]
    if not signed:
        return dict.fromkeys(_SIGNED)
    first = min(signed, key=lambda old: old.acknowledged_at)
    return {name: getattr(first, name) for name in _SIGNED}


def _meet(episode: Episode, old: Any) -> bool:
    ends = episode.fell_minute is None or episode.fell_minute > old.raised_minute
    return ends and (
        old.fell_minute is None or max(old.fell_minute, old.raised_minute) >= episode.raised_minute
    )


def _lost(at: dt.datetime) -> Any:
    """Alerts that go on although their venue is silent at `at`, with its newest minute."""
    c, v = live_alert.c, live_venue.c
    return select(c.venue_code, c.raised_minute, v.minute).where(
        c.venue_code == v.venue_code,
        c.fell_minute.is_(None),
        c.lost_minute.is_(None),
        v.minute < fresh_from(at),
    )


def is_any_lost(who: Principal, connection: Connection, at: dt.datetime) -> bool:
    """Whether `lose_silent` would end an alert."""
    who.require("operations")
    return connection.execute(_lost(at).limit(1)).first() is not None


def lose_silent(who: Principal, connection: Connection, at: dt.datetime) -> int:
    """End the alerts of venues that fell silent while crowded (失联): nobody knows whether it is calm; how many.

    A message of that venue opens the alert again where its minutes are crowded still.
    """
    who.require("operations")
    c, rows = live_alert.c, fetch(connection, _lost(at))
    if rows:
        raise_versions(connection, "live", at=at)
    for code, raised, newest in rows:
        connection.execute(
            live_alert.update()
            .where(c.venue_code == code, c.raised_minute == raised)
            .values(lost_minute=newest + MINUTE)
        )
    return len(rows)


def _close_earlier_days(connection: Connection, changes: Sequence[Message]) -> None:
    """A day's alert ends with the day: whoever is still crowded after midnight is so anew."""
    c, v = live_alert.c, live_venue.c
    told = select(v.venue_code, v.minute).where(v.venue_code.in_({m.venue_code for m in changes}))
    newest = {code: day_of(minute) for code, minute in fetch(connection, told)}
    open_rows = select(c.venue_code, c.raised_minute).where(
        c.fell_minute.is_(None), c.lost_minute.is_(None), c.venue_code.in_(newest)
    )
    for code, raised in fetch(connection, open_rows):
        if day_of(raised) < newest[code]:
            connection.execute(
                live_alert.update()
                .where(c.venue_code == code, c.raised_minute == raised)
                .values(fell_minute=midnight(day_of(raised) + DAY))
            )


def acknowledge(
    who: Principal, connection: Connection, venue_code: str, raised_minute: dt.datetime, *,
    note: str = "", at: dt.datetime,
) -> None:  # fmt: skip
    """A person has seen the alert and says what is done; kept with name and time, and in the audit.

    Raises:
        Forbidden: leaders and guides look on; others acknowledge for venues in their scope.
        AlertRefused: there is no such alert in the scope, or it was acknowledged already.
    """
    who.require(*ACKNOWLEDGERS)
    if len(note) > LONGEST_NOTE:
        raise AlertRefused(f"处置说明最多 {LONGEST_NOTE} 字，现为 {len(note)} 字。请删减后再提交。")
    c = live_alert.c
    raise_versions(connection, "live", at=at)
    one = and_(c.venue_code == venue_code, c.raised_minute == raised_minute)
    found = connection.execute(
        select(c.acknowledged_at, c.acknowledged_by).where(one, *seen(who, connection, c.venue_code))
    ).first()
    if found is None:
        raise AlertRefused("没有这条拥挤提醒，可能已因数据更正而取消。请刷新页面。")
    if found.acknowledged_at is not None:
        raise AlertRefused(f"这条提醒已由{found.acknowledged_by}确认，不需要重复确认。")
    connection.execute(
        live_alert.update()
        .where(one)
        .values(
            acknowledged_at=at, acknowledged_by=who.name, acknowledged_account=who.account, note=note or None
        )
    )
    raised = raised_minute.astimezone(BEIJING).isoformat(timespec="minutes")
    append(connection, who, "live.acknowledge", f"{venue_code} {raised}", "done", at=at)
