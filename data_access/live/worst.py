"""The feeds that need somebody's attention, the gravest first and only so many of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, not_

from data_access.clock import day_of
from data_access.live.health import STATES, Health, State, Watched
from data_access.live.messages import fresh_from
from data_access.live.read import VenueNow, first_of, line_of, lines_with
from data_access.live.scope import conditions, connected, connections
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
    counts, found = watched.states(district), list[VenueNow]()
    c = connections().c
    inside = [] if district is None else [c.adcode == district]
    for state in STATES:
        left = most - len(found)
        if state == "ok" or not counts[state] or left <= 0:
            continue
        if state == "never":
            mine = conditions(who, connection)
            never = lines_with().where(*connected(), *mine, *inside, live_venue.c.minute.is_(None))
            rows = fetch(connection, never.order_by(c.venue_code).limit(left))
            found += [line_of(row, watched.at) for row in rows]
        else:
            own, place, order = _of(state, watched)
            found += first_of(who, connection, watched.at, own, [*inside, *place], order, left)
    return watched.healths(found)


Conditions = list[ColumnElement[bool]]


def _of(state: State, watched: Watched) -> tuple[Conditions, Conditions, list[Any]]:
    """Which heard venues are in this state (`first_of`), and in which order; as `health` judges one by one."""
    v, oldest = live_venue.c, fresh_from(watched.at)
    if state == "silent":
        return [v.minute < oldest], [], [v.minute, v.venue_code]
    if state == "fault":
        return [v.minute >= oldest, v.device_state != "online"], [], [v.minute, v.venue_code]
    online = [v.minute >= oldest, v.device_state == "online"]
    newest = watched.newest or watched.at
    moving = [code for code in watched.districts if watched.is_moving(code)]
    is_still = and_(
        v.still_since <= still_from(newest, watched.stuck_minutes),
        v.still_minutes >= TOLD_SHARE * watched.stuck_minutes,
    )
    among_moving = connections().c.adcode.in_(moving)
    if state == "stuck":
        return [*online, is_still], [among_moving], [v.still_since, v.venue_code]
    has_gaps = of_day(v.received, day_of(watched.at)) < watched.expected
    return [*online, has_gaps], [not_(and_(is_still, among_moving))], [v.day, v.received, v.venue_code]
