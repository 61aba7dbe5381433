"""The feeds that need somebody's attention, the gravest first and only so many of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, not_

from data_access.clock import day_of
from data_access.live.health import STATES, Health, State, Watched
from data_access.live.messages import fresh_from
from data_access.live.read import line_of, lines_with
from data_access.live.scope import connected, connections
from data_access.live.tables import live_venue
from data_access.live.totals import TOLD_SHARE, of_day, still_from
from data_access.principal import Principal
from data_access.queries.scope import fetch


def worst(
    who: Principal, connection: Connection, watched: Watched, most: int, district: str | None = None
) -> list[Health]:
    """The first `most` feeds that are not in order, for who sees every venue.

    A state that no venue is in is not asked for.
    """
    who.require("leader", "office", "operations", "department")
    counts, found = watched.states(district), list[Any]()
    c = connections().c
    inside = [*connected(), *([] if district is None else [c.adcode == district])]
    for state in STATES:
        if state == "ok" or not counts[state] or len(found) >= most:
            continue
        condition, order = _of(state, watched)
        statement = lines_with(with_silent=state == "never").where(*inside, condition)
        found += fetch(connection, statement.order_by(order, c.venue_code).limit(most - len(found)))
    return watched.healths([line_of(row, watched.at) for row in found])


def _of(state: State, watched: Watched) -> tuple[ColumnElement[bool], Any]:
    """Which venues are in this state, and in which order they are named; as `health` judges one by one."""
    v, oldest = live_venue.c, fresh_from(watched.at)
    if state == "never":
        return v.minute.is_(None), connections().c.venue_code
    if state == "silent":
        return v.minute < oldest, v.minute
    is_online = and_(v.minute >= oldest, v.device_state == "online")
    if state == "fault":
        return and_(v.minute >= oldest, v.device_state != "online"), v.minute
    newest = watched.newest or watched.at
    moving = [code for code in watched.districts if watched.is_moving(code)]
    is_stuck = and_(
        v.still_since <= still_from(newest, watched.stuck_minutes),
        v.still_minutes >= TOLD_SHARE * watched.stuck_minutes,
        connections().c.adcode.in_(moving),
    )
    if state == "stuck":
        return and_(is_online, is_stuck), v.still_since
    received = of_day(v.received, day_of(watched.at))
    return and_(is_online, not_(is_stuck), received < watched.expected), received
