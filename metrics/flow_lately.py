"""How far back the live page looks: alerts, hours compared with the record, minutes of one venue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from data_access.live import lately, read
from data_access.live.lately import Alert, AlertCounts, Difference
from data_access.live.read import Minute
from data_access.principal import Principal

ALERT_DAYS = 7
COMPARED_HOURS = 24
MINUTES_HOURS = 3
RECEIPT = dt.timedelta(seconds=30)


MOST = 100
"""Alerts, hours and venues that a page names; of the rest it says how many there are."""


def alerts_lately(
    principal: Principal,
    connection: Connection,
    at: dt.datetime,
    *,
    is_open: bool = False,
    is_unseen: bool = False,
    most: int | None = None,
    venue: str | None = None,
    district: str | None = None,
) -> list[Alert]:
    """Alerts of the last `ALERT_DAYS` days, newest first.

    Args:
        is_open: crowded still, or seen by nobody; is_unseen: seen by nobody.
        most: only so many; None: all.
        venue, district: only of this venue, of the venues of this district.
    """
    since, codes = at - dt.timedelta(days=ALERT_DAYS), None if venue is None else [venue]
    return lately.alerts(
        principal, connection, since, is_open=is_open, is_unseen=is_unseen, most=most, codes=codes,
        district=district,
    )  # fmt: skip


def alert_counts(
    principal: Principal,
    connection: Connection,
    at: dt.datetime,
    *,
    is_open: bool = False,
    venue: str | None = None,
    district: str | None = None,
) -> AlertCounts:
    """How many alerts `alerts_lately` finds in all."""
    since, codes = at - dt.timedelta(days=ALERT_DAYS), None if venue is None else [venue]
    return lately.alert_counts(principal, connection, since, is_open=is_open, codes=codes, district=district)


@dataclass(frozen=True, slots=True)
class Compared:
    """Hours compared with the record: how many, how many differ, and the newest of those."""

    hours: int
    different: int
    newest: tuple[Difference, ...]


def compared_lately(
    principal: Principal,
    connection: Connection,
    at: dt.datetime,
    *,
    venue: str | None = None,
    district: str | None = None,
    most: int | None = MOST,
) -> Compared:
    """Hours of the last `COMPARED_HOURS` hours beside the record; at most `most` that differ are named."""
    first = at - dt.timedelta(hours=COMPARED_HOURS)
    hours, different = lately.compared(principal, connection, first, at, venue_code=venue, district=district)
    named = (
        lately.differences(principal, connection, first, at, most=most, venue_code=venue, district=district)
        if different
        else []
    )
    return Compared(hours, different, tuple(named))


def is_receipt_shown(given_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether what was said of an acknowledgement is still to be read."""
    return at - given_at < RECEIPT


def minutes_lately(
    principal: Principal, connection: Connection, at: dt.datetime, venue_code: str
) -> list[tuple[dt.datetime, Minute | None]]:
    """The last `MINUTES_HOURS` hours of a venue minute by minute; None for one that was not told."""
    first = at - dt.timedelta(hours=MINUTES_HOURS)
    told = {m.minute: m for m in read.minutes_of(principal, connection, venue_code, first, at)}
    moments = [first + dt.timedelta(minutes=n) for n in range(MINUTES_HOURS * 60)]
    return [(m, told.get(m.astimezone(dt.UTC))) for m in moments]
