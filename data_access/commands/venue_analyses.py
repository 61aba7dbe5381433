"""Keeping what the analyses of venues have found: each as a whole, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from data_access.analysis_tables import venue_analysis, venue_finding
from data_access.principal import Principal
from data_access.queries.venue_analyses import Finding
from data_access.versions import raise_versions

DOMAIN = "analyses"


def keep_analysis(
    who: Principal, connection: Connection, name: str, basis: str, result: Mapping[str, Any],
    found: Sequence[Finding], *, at: dt.datetime,
) -> None:  # fmt: skip
    """Replace an analysis's result and its findings."""
    who.require("operations", "office")
    raise_versions(connection, DOMAIN, at=at)
    connection.execute(venue_analysis.delete().where(venue_analysis.c.name == name))
    connection.execute(venue_finding.delete().where(venue_finding.c.analysis == name))
    connection.execute(
        venue_analysis.insert().values(name=name, basis=basis, computed_at=at, result=dict(result))
    )
    if found:
        connection.execute(
            venue_finding.insert(),
            [{"analysis": name} | {n: getattr(f, n) for n in Finding.__slots__} for f in found],
        )
