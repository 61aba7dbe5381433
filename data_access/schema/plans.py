"""plan_: the departments' annual plans and who answers for a category (Article 8)."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Date, Integer, SmallInteger, String, Table, Text

from data_access.schema.common import metadata

plan_version = Table(
    "plan_version",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("version", SmallInteger, primary_key=True),
    Column("department", String(48), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("months", JSON, nullable=False),  # months (1..12) in which an event category expects events
    Column("state", String(12), nullable=False),  # draft submitted approved returned superseded closed
    Column("reason", Text),
    Column("submitted_on", Date),
    Column("approved_on", Date),
    Column("approved_by", String(64)),
    Column("returned_reason", Text),
    CheckConstraint("quantity >= 0", name="quantity"),
    comment="A department's promise for a category and year (Article 8); approved versions are never changed",
)
responsibility = Table(
    "plan_responsibility",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("department", String(48), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    comment="Departures from the catalogue: who answered for a category from when to when",
)
