"""Who was told of an erratum, and whether anybody of theirs has read it (更正清单)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from data_access.assessment_tables import erratum
from data_access.circular_tables import notice, notice_read
from data_access.principal import Principal
from data_access.queries.scope import fetch


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient of one paper's erratum; `read_at`: the first reading by any of its accounts."""

    paper: str
    revision: int
    scope: str
    at: dt.datetime
    read_at: dt.datetime | None


def erratum_key(number: str, revision: int, scope: str) -> str:
    """The key of the notice about a paper's erratum to one scope."""
    return f"erratum:{number}:{revision}:{scope}"


def errata_years(principal: Principal, connection: Connection) -> list[int]:
    """Years with an errata list, the newest first."""
    principal.require("office", "leader", "operations")
    c = erratum.c
    return list(connection.scalars(select(c.year).distinct().order_by(c.year.desc())))


def told(principal: Principal, connection: Connection, year: int) -> list[Told]:
    """Recipients of the year's errata, by paper and revision, in the order in which they were told."""
    principal.require("office", "leader", "operations")
    e, n, r = erratum.c, notice.c, notice_read.c
    listed = fetch(connection, select(e.paper, e.revision).where(e.year == year).distinct())
    read = select(r.notice, func.min(r.at).label("read_at")).group_by(r.notice).subquery()
    statement = (
        select(n.key, n.scope, n.at, read.c.read_at)
        .select_from(notice.outerjoin(read, read.c.notice == n.key))
        .where(n.kind == "erratum")
        .order_by(n.at, n.key)
    )
    by_key = {row.key: row for row in fetch(connection, statement)}
    found = []
    for paper, revision in sorted(map(tuple, listed)):
        head = erratum_key(paper, revision, "")
        found += [
            Told(paper, revision, row.scope, row.at, row.read_at)
            for key, row in by_key.items()
            if key.startswith(head)
        ]
    return found
