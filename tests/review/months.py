"""A base of two departments in October 2026: one on pace, one with an overdue item, refused rows and a waiting batch."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import Engine

from data_access.commands import plans
from data_access.engine import BEIJING, reading
from data_access.principal import OFFICE as OFFICE_ROLE, SYSTEM, Principal
from data_access.queries.reviews import Review, newest_review
from metrics import review_life
from tests.delivery.histories import send
from tests.helpers.rows import changed, valid_row, valid_rows

EVENT, REFEREE = "mass_sport_event", "referee"
MONTH, CUT = "2026-10", dt.date(2026, 11, 5)
OCTOBER = dt.date(2026, 10, 9)
SIXTH = dt.datetime(2026, 11, 6, 6, 10, tzinfo=BEIJING)
LATER = dt.datetime(2026, 11, 9, 10, 0, tzinfo=BEIJING)
OFFICE = replace(OFFICE_ROLE, name="王主任")
TEAM = Principal("operations", "operations", "运维人员")
LEADER = Principal("leader", "leader", "局领导")


def fill(made: Engine) -> str:
    """4 events planned, 3 delivered in October of which one row more was refused; referees planned, none came.

    Returns the receipt of the delivery.
    """
    for category, quantity in ((EVENT, 4), (REFEREE, 12)):
        plans.set_plan(made, OFFICE, category, 2026, quantity, approved_on=dt.date(2026, 1, 10))
    rows = [
        *valid_rows(EVENT, 3, received_on=OCTOBER),
        changed(valid_row(EVENT, 7, received_on=OCTOBER), participant_count=None),
    ]
    return send(made, EVENT, rows, on=OCTOBER, unit="500101").receipt or ""


def generated(made: Engine) -> Review:
    """October's review, as the worker makes it on the 6th."""
    review_life.generate_missing(made, SYSTEM, at=SIXTH)
    return standing(made)


def standing(made: Engine) -> Review:
    with reading(made) as connection:
        found = newest_review(OFFICE, connection, MONTH)
    assert found is not None
    return found
