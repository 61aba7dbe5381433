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
    .returning(data_version.c.version)
)
_OF_A_BASE_TABLE = "base:"
NAMED = data_version.c.domain.not_like(f"{_OF_A_BASE_TABLE}%")
"""Of the domains that pages know."""
_VERSIONS = select(data_version.c.domain, data_version.c.version).where(NAMED)
_VERSION = select(data_version.c.version).where(data_version.c.domain == bindparam("asked"))
IN_ONE_TEXT = (
    select(func.aggregate_strings(data_version.c.domain + "=" + cast(data_version.c.version, String), ","))
    .where(NAMED)
    .scalar_subquery()
    .label("versions")
)
"""All versions as one column of another look-up, for `of_text`: a statement of their own costs a page more than itself."""


def base_domain(category: str) -> str:
    """The domain of one category's records: raised with every change of its base table, told to no page."""
    return f"{_OF_A_BASE_TABLE}{category}"


def version_of(connection: Connection, domain: str) -> int:
    """The version of one domain, 0 before the first change."""
    return connection.scalar(_VERSION, {"asked": domain}) or 0


def raise_versions(connection: Connection, *domains: str, at: dt.datetime) -> dict[str, int]:
    """Raise each domain by one; returns the new versions. Called first in a writing transaction, it also makes writers queue.

    On PostgreSQL the row lock lets one writer of a domain through at a time, as
    SQLite's own lock does; both see what the writer before them committed.
    """
    raised: dict[str, int] = {}
    # All writers queue in one order; those of one category queue where all do.
    for domain in sorted(domains, key=lambda d: (d.startswith(_OF_A_BASE_TABLE), d)):
        version = connection.scalar(_RAISE, {"raised": domain, "at": at})
        if version is None:
            connection.execute(data_version.insert().values(domain=domain, version=1, changed_at=at))
        raised[domain] = version or 1
    return raised


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
