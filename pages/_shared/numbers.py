"""One reading of the base for one run of a page.

Everything a page shows in one run comes from one state of the database, and the
data versions that key the cache are read in that same state: old figures cannot
lie under a new version, nor new ones under an old.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_access.principal import Principal
from data_access.settings import settings
from data_access.versions import data_versions
from pages._shared.principal import principal
from pages._shared.snapshot import connected, versions_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True)
class Reading:
    """Which base, who asks, what they see it through, and of which version it is."""

    base: str
    principal: Principal
    connection: Connection
    versions: dict[str, int]


@contextmanager
def reading() -> Iterator[Reading]:
    """One read-only snapshot: ``with reading() as r: drawn.draw(r, block, year)``."""
    who = principal()
    url = settings().database.url
    with connected() as connection:
        yield Reading(url, who, connection, versions_of(connection) or data_versions(who, connection))
