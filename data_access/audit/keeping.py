"""What is done about the audit every day: its end goes outside, what is past its time goes away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import Engine

from data_access.audit.chain import append, chain_id, end
from data_access.audit.cut import cut
from data_access.audit.heads import Head, read_heads, write_head
from data_access.audit.verify import Verdict, verify
from data_access.engine import reading, writing
from data_access.principal import Principal


def verified(who: Principal, engine: Engine, folder: Path, at: dt.datetime) -> Verdict:
    """Look at every entry and every head; that it was looked at, and what was found, becomes an entry."""
    with reading(engine) as connection:
        verdict = verify(who, connection, read_heads(folder))
    with writing(engine) as connection:
        number = verdict.broken.number if verdict.broken else None
        detail = {"entries": verdict.entries, "heads": verdict.heads, "broken": number}
        result = "done" if verdict.broken is None else "failed"
        append(connection, who, "audit.verify", str(number or ""), result, at=at, detail=detail)
    return verdict


def keep_head(who: Principal, engine: Engine, folder: Path, at: dt.datetime) -> Head:
    """One more line in the file outside the database: the last entry as it is now."""
    who.require("office", "operations")
    with reading(engine) as connection:
        number, hash = end(connection)
        chain = chain_id(connection)
    return write_head(folder, chain, number, hash, at)


def cut_old(who: Principal, engine: Engine, folder: Path, at: dt.datetime, days: int) -> int:
    """Remove the verified entries older than `days`; returns how many.

    Raises:
        CannotCut: one of them does not hold.
    """
    with writing(engine) as connection:
        return cut(who, connection, now=at, days=days, heads=read_heads(folder))
