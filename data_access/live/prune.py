"""The live feed is kept some days only; the record keeps what happened."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete

from data_access.clock import day_of
from data_access.live.messages import midnight
from data_access.live.tables import live_alert, live_hour, live_hour_district, live_minute, live_reconciled
from data_access.principal import Principal
from data_access.versions import raise_versions


def oldest(at: dt.datetime, keep_days: int) -> dt.datetime:
    """The first moment kept: whole days of 北京时间, today and the `keep_days` before it."""
    return midnight(day_of(at) - dt.timedelta(days=keep_days))


def prune(who: Principal, connection: Connection, *, at: dt.datetime, keep_days: int) -> int:
    """Remove minutes, hours, alerts and differences of days no longer kept; how many minutes went.

    When a venue was last heard stays known, however long ago it was.
    """
    who.require("operations")
    first = oldest(at, keep_days)
    raise_versions(connection, "live", at=at)
    gone = connection.execute(delete(live_minute).where(live_minute.c.minute < first))
    for column in (live_hour.c.hour_end, live_hour_district.c.hour_end, live_reconciled.c.hour_end):
        connection.execute(delete(column.table).where(column <= first))
    connection.execute(delete(live_alert).where(live_alert.c.raised_minute < first))
    return gone.rowcount
