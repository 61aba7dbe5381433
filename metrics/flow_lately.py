"""How far back the live page looks: alerts, hours compared with the record, minutes of one venue."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from data_access.live import read
from data_access.live.read import Alert, Difference, Minute
from data_access.principal import Principal

ALERT_DAYS = 7
COMPARED_HOURS = 24
MINUTES_HOURS = 3


def alerts_lately(
    principal: Principal, connection: Connection, at: dt.datetime, *, is_open: bool = False
) -> list[Alert]:
    """Alerts of the last `ALERT_DAYS` days, newest first; `is_open`: crowded still, or seen by nobody."""
    return read.alerts(principal, connection, at - dt.timedelta(days=ALERT_DAYS), is_open=is_open)


def compared_lately(principal: Principal, connection: Connection, at: dt.datetime) -> list[Difference]:
    """Hours of the last `COMPARED_HOURS` hours that were compared with the record, equal ones too."""
    first = at - dt.timedelta(hours=COMPARED_HOURS)
    return read.differences(principal, connection, first, at, with_equal=True)


def minutes_lately(
    principal: Principal, connection: Connection, at: dt.datetime, venue_code: str
) -> list[tuple[dt.datetime, Minute | None]]:
    """The last `MINUTES_HOURS` hours of a venue minute by minute; None for one that was not told."""
    first = at - dt.timedelta(hours=MINUTES_HOURS)
    told = {m.minute: m for m in read.minutes_of(principal, connection, venue_code, first, at)}
    moments = [first + dt.timedelta(minutes=n) for n in range(MINUTES_HOURS * 60)]
    return [(m, told.get(m.astimezone(dt.UTC))) for m in moments]
