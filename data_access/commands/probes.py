"""Hourly probes of published resources, the base of 可访问性 (Article 13, 上架)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from data_access.engine import BEIJING
from data_access.principal import Principal
from data_access.schema import roll_probe


def record_probes(
    principal: Principal, connection: Connection, category: str, at: dt.datetime, opened: bool
) -> None:
    """Add one probe of a published resource to its day (北京时间)."""
    principal.require("operations", "office")
    c = roll_probe.c
    day = at.astimezone(BEIJING).date()
    changed = connection.execute(
        roll_probe.update()
        .where(c.category == category, c.day == day)
        .values(probes=c.probes + 1, opened=c.opened + int(opened))
    )
    if changed.rowcount == 0:
        connection.execute(
            roll_probe.insert().values(category=category, day=day, probes=1, opened=int(opened))
        )
