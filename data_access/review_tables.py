"""The tables of the monthly review (月度调度, Article 21): what was generated, its steps, edits and readers.

A row is one generation of one month's review. Its snapshot is never changed; from the
signature on nothing of it is but the steps that follow (triggers in
the migration refuse anything else).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
)

from data_access.column_types import Moment
from data_access.schema import metadata

STATES = ("generated", "checked", "signed", "sent", "archived", "replaced")
"""`replaced`: generated again before it was signed; it stays, and says by which number."""

review = Table(
    "review",
    metadata,
    Column("number", String(16), primary_key=True),  # 2026-10.1
    Column("month", String(7), nullable=False),
    Column("generation", SmallInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("as_of", Date, nullable=False),  # the position: end of this day
    Column("generated_at", Moment, nullable=False),
    Column("generated_by", String(64), nullable=False),
    Column("data_version", BigInteger, nullable=False),  # of the records, when it was generated
    Column("snapshot", Text, nullable=False),  # canonical JSON: figures and drafted sentences
    Column("sha256", String(64), nullable=False),  # of the snapshot
    Column("corrects", String(16)),  # an erratum: the signed review it corrects
    Column(
        "reason", Text, nullable=False
    ),  # why it was generated again, or what is corrected; empty for the first
    Column("replaced_by", String(16)),
    Column("signed_text", Text),  # canonical JSON: the sentences as signed, who, when, the snapshot's hash
    Column("signed_sha256", String(64)),  # of signed_text
    Column("signed_at", Moment),
    Column("signed_by", String(64)),
    Column("sent_at", Moment),
    CheckConstraint(f"state IN ({', '.join(repr(s) for s in STATES)})", name="state"),
    ForeignKeyConstraint(["corrects"], ["review.number"]),
    Index(None, "month", "generation", unique=True),
    comment="Monthly reviews (Article 21): each generation with its snapshot and hash; a signed one never changes",
)
review_event = Table(
    "review_event",
    metadata,
    Column("review", String(16), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("account", String(32), nullable=False),
    Column("from_state", String(12)),
    Column("to_state", String(12), nullable=False),
    Column("note", Text, nullable=False),
    ForeignKeyConstraint(["review"], ["review.number"]),
    comment="Every step of a review: who, when, from, to, a note",
)
review_edit = Table(
    "review_edit",
    metadata,
    Column("review", String(16), primary_key=True),
    Column("place", String(64), primary_key=True),  # science_education/late
    Column("number", SmallInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("author", String(64), nullable=False),
    Column("account", String(32), nullable=False),
    Column("was", Text, nullable=False),
    Column("now", Text, nullable=False),  # empty: the sentence is left out
    ForeignKeyConstraint(["review"], ["review.number"]),
    comment="Changes of drafted sentences: what the rule wrote stays in the snapshot",
)
review_reader = Table(
    "review_reader",
    metadata,
    Column("review", String(16), primary_key=True),
    Column("account", String(32), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("read_at", Moment),  # first opened; null = sent and not opened
    ForeignKeyConstraint(["review"], ["review.number"]),
    comment="The leaders a review was sent to, and when each first opened it",
)
