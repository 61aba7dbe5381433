"""Every fixed table at once: `metadata` knows only those whose modules were imported."""

from __future__ import annotations

from data_access import (  # noqa: F401  add their tables to metadata
    account_tables,
    analysis_tables,
    assessment_tables,
    change_tables,
    circular_tables,
    facility_tables,
    review_tables,
)
from data_access.live import tables  # noqa: F401
from data_access.schema import metadata

__all__ = ["metadata"]
