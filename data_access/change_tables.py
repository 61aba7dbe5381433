"""What a change request (变更申请, Article 14) asks for, and every step it went through.

Its head stands in `schema.change_request`, beside the updates that deliveries bring;
what was written into a step never changes (triggers in the migration).
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, SmallInteger, String, Table, Text

from data_access.column_types import Moment
from data_access.schema import metadata

KINDS = ("change", "delete")
"""Additions come as ordinary deliveries."""
STATES = ("draft", "submitted", "accepted", "approved", "applied", "confirmed", "refused", "cancelled")
STANDING = ("draft", "submitted", "accepted", "approved")
"""A record has at most one request in these states."""

change_case = Table(
    "pool_change_case",
    metadata,
    Column("number", String(48), ForeignKey("pool_change_request.number"), primary_key=True),
    Column("record", String(64), nullable=False),  # SHA-256 of category and natural key
    Column("record_key", JSON, nullable=False),  # field → value as `queries.records` shows it
    Column("before", JSON, nullable=False),  # … of the fields in question, when it was opened
    Column("proposed", JSON, nullable=False),  # field → text as in a file, null empties it; {} of a deletion
    Column("evidence", Text, nullable=False),
    Column("origin", String(24), nullable=False),  # page, or the fault that proposed it
    Column("due_on", Date),  # operations' limit; null for a draft
    Column("frozen_year", SmallInteger),  # an assessment's frozen year the record counts in
    Column("ended_version", Integer),  # of the record, when a deletion was applied
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("opened_account", String(32), nullable=False),
    Column("approved_by", String(64)),
    Column("approved_account", String(32)),
    Column("confirmed_at", Moment),
    Index(None, "record"),
    comment="What a change request asks for: record, fields, values, reason, evidence (Article 14)",
)
change_event = Table(
    "pool_change_event",
    metadata,
    Column("request", String(48), ForeignKey("pool_change_case.number"), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("account", String(32), nullable=False),
    Column("from_state", String(12)),
    Column("to_state", String(12), nullable=False),
    Column("note", Text, nullable=False),
    comment="Every step of a change request: who, when, from, to, a note; never changed",
)
