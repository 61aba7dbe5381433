"""Which periods each unit has served: what a unit that sent the last ones is expected to send next (Article 9)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sqlalchemy import Connection, func, select

from data_access.principal import Principal
from data_access.queries.scope import fetch, scoped
from data_access.schema import roll_period


def receipts_by_unit(
    principal: Principal,
    connection: Connection,
    years: range,
    known_on: dt.date,
    *,
    categories: frozenset[str] | None = None,
) -> dict[tuple[str, str], dict[str, dt.date]]:
    """First receipt of a delivery with an accepted row by `known_on`: (category, unit) → period → day.

    Periods of `years` and the year before (yearly data are those of the year before);
    as it stands today: a batch that was taken back serves no period.
    """
    c = roll_period.c
    statement = (
        select(c.category, c.unit, c.period, func.min(c.received_on))
        .where(c.period >= str(years.start - 1), c.period < str(years.stop))
        .where(c.received_on <= known_on, c.rows_accepted > 0, *scoped(principal, roll_period, categories))
        .group_by(c.category, c.unit, c.period)
    )
    found: dict[tuple[str, str], dict[str, dt.date]] = defaultdict(dict)
    for category, unit, period, day in fetch(connection, statement):
        found[category, unit][period] = day
    return dict(found)
