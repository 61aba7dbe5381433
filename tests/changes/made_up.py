"""People and one facility of 万州区 for the tests of change requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Engine

import catalog
from data_access.commands import change_applying, change_requests as commands
from data_access.commands.change_requests import Proposal
from data_access.engine import BEIJING, reading, writing
from data_access.principal import Principal
from data_access.queries import change_requests as queries
from data_access.queries.records import records
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, changed, valid_row

FACILITY = "mass_sport_facility"
WANZHOU = Principal("district", "500101", "万州陈某", "chen")
YUZHONG = Principal("district", "500103", "渝中孙某", "sun")
MASS = Principal("department", "mass_sport", "群体处李某", "li")
YOUTH = Principal("department", "youth_sport", "青少处赵某", "zhao")
TEAM = Principal("operations", "operations", "运维王某", "wang")
OFFICE = Principal("office", "office", "张某", "zhang")
LEADER = Principal("leader", "leader", "局领导", "leader")
AT = dt.datetime.combine(RECEIVED_ON + dt.timedelta(days=3), dt.time(10), BEIJING)
LATER = AT + dt.timedelta(days=2)


def facility(made: Engine, number: int = 0, **values: Any) -> dict[str, Any]:
    """One facility in 万州区, sent by its district; the record as pages see it."""
    row = changed(valid_row(FACILITY, number), adcode="万州区", free_open="免费", **values)
    row["longitude"], row["latitude"] = "108.40241", "30.70675"
    send(made, FACILITY, [row], unit=WANZHOU.unit)
    return record(made, row["facility_name"])


def record(made: Engine, name: str) -> dict[str, Any]:
    found = history(made, name)
    assert len(found) == 1
    return found[0]


def history(made: Engine, name: str, as_of: dt.date | None = None) -> list[dict[str, Any]]:
    """The record as of a day, today if None."""
    category = catalog.default().category_by_code[FACILITY]
    with reading(made) as connection:
        return records(OFFICE, connection, category, where={"facility_name": name}, as_of=as_of).records


def key_of(found: dict[str, Any]) -> dict[str, Any]:
    return {"facility_name": found["facility_name"], "adcode": found["adcode"]}


def proposal(found: dict[str, Any], **values: Any) -> Proposal:
    """Move the facility a little to the east."""
    given = {
        "category": FACILITY, "key": key_of(found), "proposed": {"longitude": "108.41", "latitude": "30.71"},
        "reason": "现场核对为东门", "evidence": "照片 3 张", **values,
    }  # fmt: skip
    return Proposal(**given)


def do(made: Engine, command: Any, who: Principal, *arguments: Any, at: dt.datetime = AT, **more: Any) -> Any:
    """One step in a transaction of its own."""
    with writing(made) as connection:
        return command(who, connection, *arguments, at=at, **more)


def opened(made: Engine, who: Principal = WANZHOU, **values: Any) -> str:
    return do(made, commands.open_request, who, proposal(facility(made), **values))


def approved(made: Engine, who: Principal = WANZHOU, by: Principal = MASS, **values: Any) -> str:
    """Opened, accepted by operations, approved by a second person."""
    number = opened(made, who, **values)
    do(made, commands.accept_request, TEAM, number)
    do(made, commands.approve_request, by, number)
    return number


def apply(made: Engine, number: str, who: Principal = TEAM, at: dt.datetime = LATER) -> str:
    return change_applying.apply_request(made, who, number, at=at)


def shown(made: Engine, number: str, who: Principal = OFFICE) -> queries.ChangeRequest | None:
    with reading(made) as connection:
        return queries.one_change_request(who, connection, number)


def state(made: Engine, number: str) -> str:
    found = shown(made, number)
    assert found is not None
    return found.state
