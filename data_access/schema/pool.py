"""pool_: what was received, and every step and finding of it (Articles 7, 13, 14)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from data_access.column_types import Moment
from data_access.schema.common import metadata

BATCH_STATES = (
    "received", "quarantined", "rejected", "validated", "integrated", "published", "withdrawn",
    "reverted", "destroyed",
)  # fmt: skip

pool_file = Table(
    "pool_file",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    comment="Every original file once, by its hash; a quarantined one is for the office only",
)
batch = Table(
    "pool_batch",
    metadata,
    Column("receipt", String(40), primary_key=True),
    Column("sha256", String(64), ForeignKey("pool_file.sha256"), nullable=False, index=True),
    Column("file_name", String(255), nullable=False),
    Column("category", String(51), nullable=False),
    Column("unit", String(48), nullable=False),
    Column("period", String(7)),  # 2026-10 | 2026-Q4 | 2026; as declared or derived
    Column("source_platform", String(24), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", String(12), nullable=False),
    Column("waiting_for", String(12)),  # department | operations | null
    Column("rows_total", Integer, nullable=False, default=0),
    Column("rows_accepted", Integer, nullable=False, default=0),
    Column("rows_rejected", Integer, nullable=False, default=0),
    Column("rows_duplicate", Integer, nullable=False, default=0),
    Column("rows_updated", Integer, nullable=False, default=0),
    Column("keys_new", Integer, nullable=False, default=0),  # natural keys never seen before
    Column("keys_in_year", Integer, nullable=False, default=0),  # … accepted for the first time in the year
    Column("file_codes", JSON, nullable=False),
    Column("file_warnings", JSON, nullable=False),
    Column("detail", Text),
    Column("validated_at", Moment),
    Column("integrated_on", Date),
    Column("integrated_at", Moment),
    Column("published_on", Date),
    Column("published_at", Moment),
    Column("withdrawn_on", Date),
    Column("rejected_at", Moment),
    Column("quarantined_at", Moment),
    Column("reverted_on", Date),
    Column("note", Text),
    Index(None, "category", "unit", "received_on"),
    CheckConstraint(f"state IN ({', '.join(repr(s) for s in BATCH_STATES)})", name="state"),
    comment="One delivery of one category by one unit (批次)",
)
batch_event = Table(
    "pool_batch_event",
    metadata,
    Column("receipt", String(40), ForeignKey("pool_batch.receipt"), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("from_state", String(12)),
    Column("to_state", String(12), nullable=False),
    Column("note", Text),
    comment="Every transition of a batch: who, when, from, to, why",
)
problem = Table(
    "pool_problem",
    metadata,
    Column("receipt", String(40), ForeignKey("pool_batch.receipt"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sheet", String(255), nullable=False),
    Column("row", Integer, nullable=False),
    Column("field", String(64), nullable=False),
    Column("code", String(24), nullable=False),
    Column("check", String(64)),
    Column("message", Text),  # null for a warning
    comment="Problems (R_) and warnings (W_) of a batch, in the order of the file",
)
batch_quality = Table(
    "pool_batch_quality",
    metadata,
    Column("receipt", String(40), ForeignKey("pool_batch.receipt"), primary_key=True),
    *(
        Column(name, Integer, nullable=False)
        for name in (
            "rows",
            "cells_filled",
            "cells_bad",
            "required_cells",
            "required_filled",
            "rows_inaccurate",
            "checks_run",
            "checks_failed_halves",
            "rows_dated",
            "rows_current",
        )
    ),
    comment="Parts of the six characteristics for the rows of a batch that were not refused",
)
QUALITY_COUNTS = tuple(c.name for c in batch_quality.c if c.name != "receipt")
rejected_row = Table(
    "pool_rejected_row",
    metadata,
    Column("receipt", String(40), ForeignKey("pool_batch.receipt"), primary_key=True),
    Column("sheet", String(255), primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("category", String(51), nullable=False),
    Column("unit", String(48), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("key_digest", String(32)),  # of the natural key, if it could be read; never the values
    *(Column(name, Integer, nullable=False) for name in QUALITY_COUNTS),
    Column("mended_by", String(40)),  # receipt whose row replaced it inside the correction limit
    Index(None, "category", "key_digest"),
    comment="Refused rows with their own parts of the characteristics; a mended one no longer counts",
)
change_request = Table(
    "pool_change_request",
    metadata,
    Column("number", String(48), primary_key=True),
    Column("kind", String(8), nullable=False),  # change | add | delete
    Column("category", String(51), nullable=False),
    Column("unit", String(48), nullable=False),
    Column("receipt", String(40), ForeignKey("pool_batch.receipt")),
    Column("state", String(12), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("applied_on", Date),
    Column("records", Integer, nullable=False),
    Column("reason", Text),
    comment="Updates of base records, never a silent overwrite; before and after are record versions",
)
