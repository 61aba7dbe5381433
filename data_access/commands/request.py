"""A delivery as it is asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from catalog import Catalog, Category, Unit
from data_access.principal import Principal


@dataclass(frozen=True, slots=True)
class Request:
    """A delivery as asked, with its names resolved."""

    principal: Principal
    catalog: Catalog
    category: Category
    unit: Unit
    content: bytes
    sha256: str
    file_name: str
    period: str | None
    received_on: dt.date
    received_at: dt.datetime
    source_platform: str
    sender: str
    measured_at: dt.datetime | None = None
    """The real moment of receipt; None where only the day is known. Realtime records are held to it."""
    released: str | None = None
    """Receipt of the quarantined batch that the office has released; it goes on under the same receipt."""
    release_note: str | None = None
    change: str | None = None
    """Number of the change request (Article 14) that this file carries out."""
