"""The seven roles as principals, and a small base in which each of them has something to see and to miss."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine

from data_access.commands import plans
from data_access.engine import writing
from data_access.principal import OFFICE, Principal
from data_access.schema import connector_state, roll_event, roll_probe, visit_complete, visit_day
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, changed, valid_row, valid_rows

LEADER = Principal("leader", "leader", "局领导")
MASS = Principal("department", "mass_sport", "群体处经办人")
YOUTH = Principal("department", "youth_sport", "青少处经办人")
WANZHOU = Principal("district", "500101", "万州经办人")
LOTTERY = Principal("affiliated", "lottery_center", "彩票中心经办人")
TEAM = Principal("operations", "operations", "运维人员")
GUIDE = Principal("guide", "guide", "讲解员")
EVERYBODY = (LEADER, OFFICE, MASS, WANZHOU, LOTTERY, TEAM, GUIDE)
YUZHONG = "500103"

EVENT, NEWS, REFEREE, ATHLETE = "mass_sport_event", "news_release", "referee", "youth_athlete"
SENT = (
    #  category, unit, a field without which a row is refused, first row
    (EVENT, WANZHOU.unit, "participant_count", 0),
    (EVENT, YUZHONG, "participant_count", 10),
    (NEWS, LOTTERY.unit, "title", 0),
    (REFEREE, WANZHOU.unit, "sport", 0),
    (ATHLETE, YUZHONG, "name", 0),
)
DAY = RECEIVED_ON
YEAR = DAY.year


def fill(made: Engine) -> dict[tuple[str, str], str]:
    """Two districts and a unit have sent data of four departments; receipt by (category, unit).

    Of three rows of each delivery one is refused, so that there are problems for
    everybody to see. The events are planned and approved, the news are a draft.
    """
    receipts = {}
    for category, unit, required, start in SENT:
        rows = [
            *valid_rows(category, 2, start=start),
            changed(valid_row(category, start + 5), **{required: None}),
        ]
        receipts[category, unit] = send(made, category, rows, unit=unit).receipt or ""
    plans.set_plan(made, OFFICE, EVENT, YEAR, 4, approved_on=dt.date(YEAR, 1, 10))
    plans.set_plan(made, OFFICE, NEWS, YEAR, 4)
    plans.set_plan(made, OFFICE, REFEREE, YEAR, 4)
    plans.submit(made, OFFICE, YEAR, [NEWS], on=DAY)
    plans.submit(made, OFFICE, YEAR, [REFEREE], on=DAY)
    with writing(made) as connection:
        connection.execute(connector_state.insert().values(source="venue_platform"))
        for district in (WANZHOU.unit, YUZHONG):
            connection.execute(
                visit_day.insert().values(
                    district=district, day=DAY, entries=5, exits=5, readings=24, venues=1
                )
            )
        connection.execute(visit_complete.insert().values(day=DAY, hours=48, venues=2))
        for category in (EVENT, NEWS):
            connection.execute(
                roll_event.insert().values(category=category, ends_on=DAY, received_on=DAY, records=1)
            )
            connection.execute(roll_probe.insert().values(category=category, day=DAY, probes=2, opened=1))
    return receipts
