"""Recorded visits put straight into the rollups, as intake would fold them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Engine, insert

from data_access.engine import writing
from data_access.schema import visit_complete, visit_hour, visit_hour_district
from tests.live.made_up import GYM, POOL, STADIUM

LIES_IN = {GYM: "500103", POOL: "500103", STADIUM: "500101"}
HOURS = range(7, 22)


def stamp(day: dt.date, hour: int) -> dt.datetime:
    """The full hour that ends hour 1–24 of a day."""
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(hours=hour)


def record(made: Engine, rows: Iterable[tuple[str, dt.date, int, int, int]]) -> None:
    """Readings (venue, day, hour 1–24, entries, people inside at its end), every day of them complete."""
    rows = list(rows)
    sums: dict[tuple[dt.date, int, str], Counter[str]] = {}
    for venue, day, hour, entries, inside in rows:
        found = sums.setdefault((day, hour, LIES_IN[venue]), Counter())
        found.update(entries=entries, exits=entries, occupancy=inside, venues=1)
    with writing(made) as connection:
        connection.execute(
            insert(visit_hour),
            [
                {"venue_code": v, "hour": stamp(d, h), "entries": n, "exits": n, "occupancy": i}
                for v, d, h, n, i in rows
            ],
        )
        connection.execute(
            insert(visit_hour_district),
            [{"hour": stamp(d, h), "district": a, **counts} for (d, h, a), counts in sums.items()],
        )
        for day in sorted({row[1] for row in rows}):
            venues = len({row[0] for row in rows if row[1] == day})
            hours = sum(row[1] == day for row in rows)
            connection.execute(insert(visit_complete).values(day=day, hours=hours, venues=venues))
