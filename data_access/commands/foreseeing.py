"""What a delivery does to the base, worked out before its turn to write (decision 0172)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from data_access import base, facilities
from data_access.accepted import Integration, Rows, made_ready
from data_access.commands.request import Request
from data_access.engine import beside
from data_access.facility_columns import Packed
from data_access.intake.cells import CheckedFile, OpenedFile
from data_access.versions import base_domain, version_of


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a delivery does to the base as it is at one version of the category's records."""

    version: int
    outcome: Integration
    cells: Mapping[facilities.Cell, Packed]


@dataclass(frozen=True, slots=True)
class Ready:
    """What of a checked file is made before the writer's lock; the foresight holds while its version stands."""

    rows: Rows
    foreseen: Foreseen | None = None


def make_ready(made: Engine, request: Request, opened: OpenedFile, checked: CheckedFile) -> Ready:
    """The accepted rows as they are written, and what they will do to the base as it is now."""
    mapped = {name for sheet in opened.sheets for name in sheet.columns}
    columns = {name: column for name, column in checked.columns.items() if name in mapped}
    silent = {
        s.name: frozenset(mapped - s.columns.keys()) for s in opened.sheets if s.columns.keys() < mapped
    }
    rows = Rows(columns, checked.sheets, checked.rows, checked.months, silent)
    rows = made_ready(made, request.category, rows)
    if rows.silent:  # what the base knows fills them: only as it is in the end
        return Ready(rows)
    with beside(made) as connection:
        return Ready(rows, foresee(connection, request, rows))


def foresee(connection: Connection, request: Request, rows: Rows) -> Foreseen:
    """What becomes of the rows in the base as this connection sees it: ahead of the writer's lock, or in it."""
    version = version_of(connection, base_domain(request.category.code))
    if not len(rows):
        return Foreseen(version, Integration(), {})
    on = request.received_on
    outcome = base.compare(connection, request.category, rows, on)
    cells: Mapping[facilities.Cell, Packed] = {}
    if request.category.code in facilities.SETS:
        cells = facilities.packed(connection, request.category, rows, outcome, unit=request.unit.code, on=on)
    return Foreseen(version, outcome, cells)
