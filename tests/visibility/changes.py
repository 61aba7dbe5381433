"""The reads and writes of change requests and analyses for the walks over all roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

from data_access.change_tables import change_case, change_event
from data_access.commands import change_applying, change_requests as commands
from data_access.engine import writing
from data_access.principal import Principal
from data_access.queries import change_requests as queries
from data_access.schema import change_request

AT = dt.datetime(2026, 11, 6, 4, tzinfo=dt.UTC)
ABOUT = (("mass_sport_event", "500103"), ("news_release", "lottery_center"))
"""Category and unit of the requests that there are."""
UNITS = {"department", "district", "affiliated", "office", "operations"}
TEAM = {"operations"}
NOTHING = commands.Proposal("no_such", {})
Act = Callable[[Engine, Principal], Any]
REFUSED = commands.ChangeRefused


def _in(act: Callable[[Principal, Connection], Any]) -> Act:
    def run(made: Engine, who: Principal) -> Any:
        with writing(made) as connection:
            return act(who, connection)

    return run


COMMANDS: dict[str, tuple[set[str], Act]] = {
    "change_requests.open_request": (UNITS, _in(lambda w, c: commands.open_request(w, c, NOTHING, at=AT))),
    "change_requests.submit_request": (
        UNITS,
        _in(lambda w, c: commands.submit_request(w, c, "no", {}, at=AT)),
    ),
    "change_requests.accept_request": (TEAM, _in(lambda w, c: commands.accept_request(w, c, "no", at=AT))),
    "change_requests.refuse_request": (
        {"operations", "department", "office"},
        _in(lambda w, c: commands.refuse_request(w, c, "no", reason="x", at=AT)),
    ),
    "change_requests.approve_request": (
        {"department", "office"},
        _in(lambda w, c: commands.approve_request(w, c, "no", at=AT)),
    ),
    "change_requests.confirm_request": (
        UNITS,
        _in(lambda w, c: commands.confirm_request(w, c, "no", at=AT)),
    ),
    "change_requests.cancel_request": (
        UNITS,
        _in(lambda w, c: commands.cancel_request(w, c, "no", reason="x", at=AT)),
    ),
    "change_applying.apply_request": (
        TEAM,
        lambda m, w: change_applying.apply_request(m, w, "no", at=AT),
    ),
}
INSIDE_A_STEP = {
    "change_requests.current_record", "change_requests.row_of", "change_requests.move",
    "change_requests.record_step",
}  # fmt: skip
"""Shared pieces of the commands above, run after they have asked who it is."""


def fill(connection: Connection) -> None:
    """A request about a district's row and one about an affiliated unit's."""
    for number, (category, unit) in enumerate(ABOUT):
        connection.execute(
            change_request.insert().values(
                number=unit, kind="change", category=category, unit=unit, state="submitted", opened_on=AT.date(),
                records=1, reason="x",
            )
        )  # fmt: skip
        connection.execute(
            change_case.insert().values(
                number=unit, record=unit, record_key={}, before={}, proposed={}, evidence="", origin="page",
                opened_at=AT, opened_by="x", opened_account="x",
            )
        )  # fmt: skip
        connection.execute(
            change_event.insert().values(
                request=unit, number=1, at=AT, actor="x", account="x", to_state="submitted", note=str(number)
            )
        )


def reads(seen: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Read → whose rows it shows."""
    every = queries.ChangeFilter()

    def one(number: str) -> Any:
        return seen(*next(about for about in ABOUT if about[1] == number))

    return {
        "change_requests.change_requests": lambda w, c, r: [
            seen(x.category, x.unit) for x in queries.change_requests(w, c, every)
        ],
        "change_requests.one_change_request": lambda w, c, r: [
            one(unit) for _, unit in ABOUT if queries.one_change_request(w, c, unit)
        ],
        "change_requests.count_by_state": lambda w, c, r: [
            seen(category, unit)
            for category, unit in ABOUT
            if queries.count_by_state(w, c, queries.ChangeFilter(category=category))
        ],
        "change_requests.change_steps": lambda w, c, r: [
            one(unit) for _, unit in ABOUT if queries.change_steps(w, c, unit)
        ],
        "change_requests.standing_requests": lambda w, c, r: [
            one(record) for record in queries.standing_requests(w, c, [unit for _, unit in ABOUT])
        ],
    }
