"""The seven roles as principals, and a small base in which each of them has something to see and to miss."""

from __future__ import annotations

import datetime as dt

from data_access.commands import plans
from data_access.commands.accounts import submit
from data_access.engine import engine, writing
from data_access.principal import OFFICE, SYSTEM, Principal
from data_access.schema import connector_state, roll_event, roll_probe, visit_complete, visit_day
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, changed, valid_row, valid_rows
from tests.helpers.signed_in import open_account
from tests.visibility import assessment, changes, circulars, facilities, reviews, visits

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
UNITS_WITH_PEOPLE = (
    (WANZHOU.role, WANZHOU.unit), (WANZHOU.role, YUZHONG), (LOTTERY.role, LOTTERY.unit), (MASS.role, MASS.unit),
    (YOUTH.role, YOUTH.unit),
)  # fmt: skip
DAY = RECEIVED_ON
AT = dt.datetime(DAY.year, DAY.month, DAY.day, 4, tzinfo=dt.UTC)
YEAR = DAY.year


def fill(url: str) -> dict[tuple[str, str], str]:
    """Two districts and a unit have sent data of four departments; receipt by (category, unit).

    Of three rows of each delivery one is refused, so that there are problems for
    everybody to see. The events are planned and approved, the news are a draft.
    """
    made, receipts = engine(url), {}
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
    for role, unit in (("office", "office"), *UNITS_WITH_PEOPLE):
        open_account(url, role, unit)
    with writing(made) as connection:
        for number, (role, unit) in enumerate(UNITS_WITH_PEOPLE):
            submit(SYSTEM, connection, application(role, unit, number), at=AT)
        assessment.fill(connection)
        reviews.fill(connection)
        circulars.fill(connection)
        changes.fill(connection)
        visits.fill(connection)
        facilities.fill(connection)
    return receipts


def application(role: str, unit: str, number: int = 0) -> dict[str, str]:
    """A form as it was checked."""
    return {
        "person": f"申请{'甲乙丙丁戊己'[number]}", "gender": "female", "position": "科员", "duty": "数据报送",
        "phone": f"1380000000{number}", "role": role, "unit": unit,
    }  # fmt: skip
