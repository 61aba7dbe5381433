"""What the analyses of venues have found, kept so that no page computes it.

Each analysis is replaced as a whole, in one transaction, when the records it rests on
have changed (`basis`); pages read what stands here.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from data_access.column_types import Moment
from data_access.schema import metadata

venue_analysis = Table(
    "roll_venue_analysis",
    metadata,
    Column("name", String(32), primary_key=True),  # faults, duty, cover:<kind>
    Column("basis", String(64), nullable=False),  # digest of what it was computed from
    Column("computed_at", Moment, nullable=False),
    Column("result", JSON, nullable=False),  # of the whole city; holds no single record
    comment="Results of an analysis of venues as a whole, by the data they rest on",
)
venue_finding = Table(
    "roll_venue_finding",
    metadata,
    Column("analysis", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),  # outside, swapped, …; days, hours, free_day
    Column("category", String(51), nullable=False),
    Column("unit", String(48), nullable=False),  # whose record it is
    Column("district", String(8), nullable=False),
    Column("record", String(64), nullable=False),  # as in pool_change_case
    Column("name", Text, nullable=False),
    Column("place_kind", String(48), nullable=False),
    Column("detail", JSON, nullable=False),  # key, coordinates, distance, proposed repair; hours, days
    Index(None, "record"),
    comment="Single records an analysis of venues has found: location faults, breaches of the opening duty",
)
