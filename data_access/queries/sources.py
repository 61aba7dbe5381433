"""How the connected sources are doing: when each was last read and what went wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from data_access.principal import Principal
from data_access.queries.scope import require_figures
from data_access.schema import connector_state


@dataclass(frozen=True, slots=True)
class SourceState:
    """One connector; `last_pull_at` None = never read."""

    source: str
    last_pull_at: dt.datetime | None
    last_receipt: str | None
    last_error: str | None


def source_states(principal: Principal, connection: Connection) -> list[SourceState]:
    """Every connector that was ever started, by name; only for who answers for the whole intake."""
    require_figures(principal)
    if not principal.sees_all_units:
        return []
    c = connector_state.c
    rows = connection.execute(
        select(c.source, c.last_pull_at, c.last_receipt, c.last_error).order_by(c.source)
    )
    return [SourceState(*row) for row in rows]
