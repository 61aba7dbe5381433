"""Who may run the timetable: one worker at a time, across machines, by a lease in the database.

A worker that dies stops renewing and another takes over when the lease runs out.
Time is the database server's where there is one, so clocks of machines need not agree.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import IntegrityError

from data_access.engine import reading, writing
from data_access.principal import Principal
from data_access.schema import lease

LEASE_S = 60


def acquire(
    engine: Engine, principal: Principal, name: str, holder: str, *, seconds: float = LEASE_S
) -> bool:
    """Take the lease if it is free, has run out, or is `holder`'s own (then it is renewed)."""
    principal.require("operations")
    try:
        with writing(engine) as connection:
            present = database_time(connection)
            row = connection.execute(
                select(lease.c.holder, lease.c.expires_at).where(lease.c.name == name).with_for_update()
            ).first()
            values = {"holder": holder, "expires_at": present + dt.timedelta(seconds=seconds)}
            if row is None:
                connection.execute(lease.insert().values(name=name, **values))
                return True
            if row.holder != holder and row.expires_at > present:
                return False
            connection.execute(lease.update().where(lease.c.name == name).values(**values))
            return True
    except IntegrityError:  # another worker inserted the first row at the same moment
        return False


def holds(engine: Engine, principal: Principal, name: str, holder: str) -> bool:
    """Whether `holder` still has the lease; asked before work that must not be done by two."""
    principal.require("operations")
    with reading(engine) as connection:
        row = connection.execute(select(lease).where(lease.c.name == name)).first()
        return row is not None and row.holder == holder and row.expires_at > database_time(connection)


def release(engine: Engine, principal: Principal, name: str, holder: str) -> None:
    """Give the lease back, so that another worker need not wait for it to run out."""
    principal.require("operations")
    with writing(engine) as connection:
        connection.execute(lease.delete().where(lease.c.name == name, lease.c.holder == holder))


def database_time(connection: Connection) -> dt.datetime:
    """The database server's clock (aware); an embedded database has the machine's."""
    if connection.dialect.name == "postgresql":
        return connection.scalar(select(func.clock_timestamp())) or dt.datetime.now(dt.UTC)
    return dt.datetime.now(dt.UTC)
