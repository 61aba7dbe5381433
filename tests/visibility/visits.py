"""Reads of recorded visits for the walk over all roles: one venue in each of two districts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert

import catalog
from data_access.live.scope import CONNECTION
from data_access.principal import Forbidden
from data_access.queries import visit_hours
from data_access.schema import FACT, base_table, visit_hour, visit_hour_district

DAY = dt.date(2026, 10, 9)
NOON = dt.datetime(2026, 10, 9, 12)
VENUES = {"CQ50010101": "500101", "CQ50010301": "500103"}


def fill(connection: Connection) -> None:
    """One reading a venue, folded, and the records by which the venues are connected."""
    table = base_table(catalog.default().category_by_code[CONNECTION])
    for number, (code, district) in enumerate(VENUES.items()):
        connection.execute(
            insert(table).values(
                venue_code=code, venue_name=f"场馆{number}", adcode=district, systems="客流统计", stage="已接入",
                longitude=106.5, latitude=29.5, version=1, receipt="", sheet="", row_no=number, unit=district,
                source_platform="smart_venue", valid_from=DAY,
            )
        )  # fmt: skip
        connection.execute(
            insert(visit_hour).values(venue_code=code, hour=NOON, entries=5, exits=4, occupancy=1)
        )
        connection.execute(
            insert(visit_hour_district).values(
                hour=NOON, district=district, entries=5, exits=4, occupancy=1, venues=1
            )
        )


def reads(seen: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Read → the districts whose venues it tells about; the city's sums tell about none."""

    def each(ask: Callable[[str, str], Any]) -> list[Any]:
        shown = []
        for code, district in VENUES.items():
            try:
                shown += [seen(FACT, district) for _ in ask(code, district)]
            except Forbidden:
                continue
        return shown

    return {
        "visit_hours.city_hours": lambda w, c, r: [
            *(seen() for _ in visit_hours.city_hours(w, c, [DAY])),
            *each(lambda _, district: visit_hours.city_hours(w, c, [DAY], [district])),
        ],
        "visit_hours.require_districts": lambda w, c, r: each(
            lambda _, district: [visit_hours.require_districts(w, c, [district])]
        ),
        "visit_hours.venue_hours": lambda w, c, r: each(
            lambda code, _: visit_hours.venue_hours(w, c, code, DAY, DAY)
        ),
    }
