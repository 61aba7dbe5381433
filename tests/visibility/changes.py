"""The reads and writes of change requests and analyses for the walks over all roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine

import catalog
from data_access.analysis_tables import venue_analysis, venue_finding
from data_access.change_tables import change_case, change_event
from data_access.commands import change_applying, change_requests as commands, venue_analyses
from data_access.engine import writing
from data_access.principal import Principal
from data_access.queries import change_requests as queries, venue_analyses as analyses, venue_records
from data_access.schema import FACT, base_table, change_request

AT = dt.datetime(2026, 11, 6, 4, tzinfo=dt.UTC)
ABOUT = (("mass_sport_event", "500103"), ("news_release", "lottery_center"))
"""Category and unit of the requests that there are."""
UNITS = {"department", "district", "affiliated", "office", "operations"}
TEAM = {"operations"}
NOTHING = commands.Proposal("no_such", {})
NOWHERE = {"receipt": "no", "sheet": "", "row": 2}
Act = Callable[[Engine, Principal], Any]
REFUSED = commands.ChangeRefused


def _in(act: Callable[[Principal, Connection], Any]) -> Act:
    def run(made: Engine, who: Principal) -> Any:
        with writing(made) as connection:
            return act(who, connection)

    return run


COMMANDS: dict[str, tuple[set[str], Act]] = {
    "change_requests.open_request": (UNITS, _in(lambda w, c: commands.open_request(w, c, NOTHING, at=AT))),
    "change_requests.key_of": (
        UNITS,
        _in(
            lambda w, c: commands.key_of(
                w, c, catalog.default().category_by_code["mass_sport_event"], NOWHERE
            )
        ),
    ),
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
    "venue_analyses.keep_analysis": (
        {"operations", "office"},
        _in(lambda w, c: venue_analyses.keep_analysis(w, c, "walk", "x", {}, [], at=AT)),
    ),
}
INSIDE_A_STEP = {
    "change_requests.current_record", "change_requests.row_of", "change_requests.move",
    "change_requests.record_step", "change_frozen.frozen_year",
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
    connection.execute(
        venue_analysis.insert().values(name="faults", basis="x", computed_at=AT, result={"judged": 1})
    )
    for number, (category, unit) in enumerate(ABOUT):
        connection.execute(
            venue_finding.insert().values(
                analysis="faults", number=number, kind="outside", category=category, unit=unit,
                district="500103", record=unit, name="x", place_kind="x", detail={},
            )
        )  # fmt: skip
    _facility(connection)


def _facility(connection: Connection) -> None:
    """One public venue of a district, as its records stand in the base."""
    table = base_table(catalog.default().category_by_code[venue_records.FACILITY])
    connection.execute(
        table.insert().values(
            facility_name="馆", facility_kind="公共体育场馆", adcode="500103", street="x", opened_on=AT.date(),
            free_open="免费", longitude=Decimal("106.5"), latitude=Decimal("29.5"), version=1, receipt="x", sheet="",
            row_no=2, unit="500103", source_platform="public_service", valid_from=AT.date(),
        )
    )  # fmt: skip


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
        "venue_analyses.analysis": lambda w, c, r: [
            seen() for _ in filter(None, [analyses.analysis(w, c, "faults")])
        ],
        "venue_analyses.findings": lambda w, c, r: [
            seen(f.category, f.unit) for f in analyses.findings(w, c, "faults")
        ],
        "venue_analyses.count_findings": lambda w, c, r: [
            seen(category, unit)
            for category, unit in ABOUT
            if analyses.count_findings(w, c, "faults").get("outside", 0) == len(ABOUT)
        ],
        "venue_records.basis": lambda w, c, r: [seen(FACT) for _ in [venue_records.basis(w, c, AT.date())]],
        "venue_records.register": lambda w, c, r: [
            seen(venue_records.FACILITY, unit)
            for unit in venue_records.register(w, c, venue_records.FACILITY, smallest_m2=0).unit
        ],
        "venue_records.opening_records": lambda w, c, r: [
            seen(venue_records.FACILITY, x.unit)
            for x in venue_records.opening_records(w, c, ["公共体育场馆"])
        ],
        "venue_records.opening_readings": lambda w, c, r: [
            seen(FACT, x.unit)
            for x in venue_records.opening_readings(
                w, c, first=AT.date(), last=AT.date(), hours_from=AT.date(), free_day=AT.date()
            )
        ],
        "change_requests.standing_requests": lambda w, c, r: [
            one(record) for record in queries.standing_requests(w, c, [unit for _, unit in ABOUT])
        ],
    }
