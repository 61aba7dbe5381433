"""Reads of facilities for the walk over all roles: one facility in each of two districts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert

from data_access.facility_columns import facilities as made_of, pack
from data_access.facility_tables import roll_facility
from data_access.queries import facilities

DAY = dt.date(2026, 10, 9)
SURVEY = "sports_facility_statistics"
DISTRICTS = ("500101", "500103")


def fill(connection: Connection) -> None:
    """A facility each that the district itself has delivered."""
    for district in DISTRICTS:
        p = pack(
            made_of(
                [["一馆"], ["体育馆"], ["企业"], ["全天开放"], None, [district]], [Decimal(9)], [None], [None]
            )
        )
        connection.execute(
            insert(roll_facility).values(
                category=SURVEY, year=2025, district=district, valid_from=DAY, facilities=1, located=0,
                area_cm2=p.area_cm2, content=p.content, names=p.names, initials=p.initials,
            )
        )  # fmt: skip


def reads(seen: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Sums and columns without names are the city's; a named facility is its sender's record."""
    return {
        "facilities.totals": lambda w, c, r: (seen() for _ in facilities.totals(w, c, SURVEY, DAY)),
        "facilities.columns": lambda w, c, r: (seen() for _ in facilities.columns(w, c, SURVEY, 2025, DAY)),
        "facilities.named": lambda w, c, r: (
            seen(SURVEY, district)
            for district, found in facilities.named(w, c, SURVEY, 2025, DAY, DISTRICTS).items()
            for _ in found.names
        ),
        "facilities.find": lambda w, c, r: (
            seen(SURVEY, found.district) for found in facilities.find(w, c, SURVEY, 2025, DAY, "一馆", 9)
        ),
    }
