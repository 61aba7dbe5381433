"""Data versions: raised with the data, read before anything is drawn."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, String, bindparam, cast, func, select

from data_access.principal import Principal
from data_access.schema import OPERATIONAL, data_version

_RAISE = (
    data_version.update()
    .where(data_version.c.domain == bindparam("raised"))
    .values(version=data_version.c.version + 1, changed_at=bindparam("at"))
)
_VERSIONS = select(data_version.c.domain, data_version.c.version)
IN_ONE_TEXT = (
    select(func.aggregate_strings(data_version.c.domain + "=" + cast(data_version.c.version, String), ","))
    .scalar_subquery()
    .label("versions")
)
"""All versions as one column of another look-up, for `of_text`: a statement of their own costs a page more than itself."""


def raise_versions(connection: Connection, *domains: str, at: dt.datetime) -> None:
    """Raise each domain by one. Called first in a writing transaction, it also makes writers queue.

    On PostgreSQL the row lock lets one writer of a domain through at a time, as
    SQLite's own lock does; both see what the writer before them committed.
    """
    for domain in sorted(domains):  # all writers queue in one order
        changed = connection.execute(_RAISE, {"raised": domain, "at": at})
        if changed.rowcount == 0:
            connection.execute(data_version.insert().values(domain=domain, version=1, changed_at=at))


def data_versions(principal: Principal, connection: Connection) -> dict[str, int]:
    """Version by domain of `schema.VERSION_DOMAINS`; the same for everybody."""
    return dict(connection.execute(_VERSIONS).all())  # type: ignore[arg-type]  # rows are pairs


def of_text(versions: str) -> dict[str, int]:
    """Version by domain from `IN_ONE_TEXT`: ``plans=3,records=12``."""
    return {
        domain: int(version) for domain, _, version in (pair.partition("=") for pair in versions.split(","))
    }


def last_change(principal: Principal, connection: Connection) -> dt.datetime | None:
    """When anything was last changed (UTC), the live feed aside."""
    rows = connection.execute(
        select(data_version.c.changed_at).where(
            data_version.c.version > 0, data_version.c.domain.not_in(sorted(OPERATIONAL))
        )
    )
    return max((row.changed_at for row in rows), default=None)
