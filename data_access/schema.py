"""The tables, stage by stage: pool_ (received), base_ (records), roll_ (sums), plan_, admin_.

The fixed tables are declared here and migrated with Alembic; one base table per
category is generated from the catalogue (`base_table`) and brought up to date by
``manage.py catalog sync``.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from catalog import Category, Field
from data_access.engine import Exact, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BATCH_STATES = (
    "received", "quarantined", "rejected", "validated", "integrated", "published", "withdrawn",
    "reverted", "destroyed",
)  # fmt: skip
VERSION_DOMAINS = (
    "records", "visits", "plans", "venues", "accounts", "assessment", "reviews", "circulars", "live",
    "changes", "analyses",
)  # fmt: skip
OPERATIONAL = frozenset({"live"})
"""Domains that change every few seconds and hold no figure: only what asks for them depends on them."""

# ---------------------------------------------------------------- admin_
setting = Table(
    "admin_setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    comment="What this database is: demo or real, its catalogue version",
)
data_version = Table(
    "admin_data_version",
    metadata,
    Column("domain", String(64), primary_key=True),  # one of VERSION_DOMAINS
    Column("version", BigInteger, nullable=False),
    Column("changed_at", Moment, nullable=False),
    comment="Raised in the transaction that changes the domain's data; what drawn elements are cached under",
)
job_run = Table(
    "admin_job_run",
    metadata,
    Column("job", String(48), primary_key=True),
    Column("started_at", Moment, primary_key=True),
    Column("finished_at", Moment),
    Column("outcome", String(16)),  # done | failed
    Column("detail", Text),
)
lease = Table(
    "admin_lease",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("holder", String(96), nullable=False),
    Column("expires_at", Moment, nullable=False),
    comment="Who may run the timetable; taken over when it expires",
)
holiday = Table(
    "admin_holiday",
    metadata,
    Column("day", Date, primary_key=True),
    Column("is_working", Boolean, nullable=False),
    Column("note", String(64)),
    comment="Working days entered by the office for years the calendar does not know",
)

# ---------------------------------------------------------------- pool_
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

# ---------------------------------------------------------------- change requests (Article 14)
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

# ---------------------------------------------------------------- plan_
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

# ---------------------------------------------------------------- roll_
roll_delivery = Table(
    "roll_delivery",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("unit", String(48), primary_key=True),
    Column("day", Date, primary_key=True),  # received_on
    Column("batches", Integer, nullable=False),
    Column("rows_total", BigInteger, nullable=False),
    Column("rows_accepted", BigInteger, nullable=False),
    Column("rows_rejected", BigInteger, nullable=False),
    Column("rows_duplicate", BigInteger, nullable=False),
    Column(
        "keys_in_year", BigInteger, nullable=False
    ),  # natural keys accepted for the first time in their year
    Column("keys_new", BigInteger, nullable=False),  # natural keys never seen before
    comment="Deliveries by category, unit and day of receipt; reverted batches do not count",
)
roll_quality = Table(
    "roll_quality",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("unit", String(48), primary_key=True),
    Column("day", Date, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in QUALITY_COUNTS),
    comment="Parts of the six characteristics by day of receipt, mended rows counted once",
)
roll_problem = Table(
    "roll_problem",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("unit", String(48), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("field", String(64), primary_key=True),
    Column("code", String(24), primary_key=True),
    Column("check", String(64), primary_key=True),  # "" where the code is not of a cross-check
    Column("count", BigInteger, nullable=False),
)
roll_period = Table(
    "roll_period",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("period", String(7), primary_key=True),  # 2026-10 | 2026-Q4 | 2026
    Column("unit", String(48), primary_key=True),
    Column("received_on", Date, primary_key=True),
    Column("rows_accepted", BigInteger, nullable=False),
    comment="Which reporting periods a delivery served; the first day of a period is its due item's receipt",
)
roll_event = Table(
    "roll_event",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("ends_on", Date, primary_key=True),
    Column("received_on", Date, primary_key=True),
    Column("records", BigInteger, nullable=False),
    comment="Events of categories due event+Nd by their end and first receipt",
)
roll_probe = Table(
    "roll_probe",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("probes", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    comment="Hourly probes of the published resource (可访问性)",
)
roll_district = Table(
    "roll_district",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("district", String(8), primary_key=True),
    Column("records", BigInteger, nullable=False),
    comment="Current records by the district they lie in; a zone's records count in that district",
)
visit_hour = Table(
    "roll_visit_hour",
    metadata,
    Column("venue_code", String(16), primary_key=True),
    Column("hour", DateTime, primary_key=True),  # 北京时间
    Column("entries", Integer, nullable=False),
    Column("exits", Integer, nullable=False),
    Column("occupancy", Integer, nullable=False),
    Index(None, "hour"),
    comment="Visits by hour and venue",
)
visit_day = Table(
    "roll_visit_day",
    metadata,
    Column("district", String(8), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("exits", BigInteger, nullable=False),
    Column("readings", BigInteger, nullable=False),
    Column("venues", Integer, nullable=False),
    comment="Visits by day and the venue's district",
)
visit_hour_district = Table(
    "roll_visit_hour_district",
    metadata,
    Column("hour", DateTime, primary_key=True),  # 北京时间
    Column("district", String(8), primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("exits", BigInteger, nullable=False),
    Column("occupancy", BigInteger, nullable=False),
    Column("venues", Integer, nullable=False),
    comment="The hour tier folded to the venue's district: a typical day of the city, whatever the venues",
)
visit_month = Table(
    "roll_visit_month",
    metadata,
    Column("district", String(8), primary_key=True),
    Column("month", Date, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("readings", BigInteger, nullable=False),
    comment="The day tier folded to months: what a page over a year reads",
)
visit_complete = Table(
    "roll_visit_complete",
    metadata,
    Column("day", Date, primary_key=True),
    Column("hours", Integer, nullable=False),
    Column("venues", Integer, nullable=False),
    comment="Readings by day, for the share of complete days (due monthly_share)",
)
# What the rollups above lack, or have too much, for a reader who stands before the day `until`:
# figure as of a day = rollup + these rows with `until` after that day.
period_until = Table(
    "roll_period_until",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("unit", String(48), primary_key=True),
    Column("received_on", Date, primary_key=True),
    Column("until", Date, primary_key=True),
    Column("rows_accepted", BigInteger, nullable=False),
    comment="Periods that batches served until the day they were taken back",
)
event_until = Table(
    "roll_event_until",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("ends_on", Date, primary_key=True),
    Column("received_on", Date, primary_key=True),
    Column("until", Date, primary_key=True),
    Column("records", BigInteger, nullable=False),
    comment="Events by end and first receipt until a later delivery or a revert changed either",
)
visit_until = Table(
    "roll_visit_until",
    metadata,
    Column("day", Date, primary_key=True),
    Column("until", Date, primary_key=True),
    Column("hours", BigInteger, nullable=False),
    Column("venues", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    comment="Readings of a day less those of today, until a delivery of a later day changed them",
)
connector_state = Table(
    "admin_connector_state",
    metadata,
    Column("source", String(48), primary_key=True),
    Column("cursor", Text),
    Column("last_pull_at", Moment),
    Column("last_receipt", String(40)),
    Column("last_error", Text),
    comment="Where each connector resumes",
)

# ---------------------------------------------------------------- base_ (generated)
base_metadata = MetaData()
FACT = "venue_usage_reading"
"""The large fact: partitioned by month on PostgreSQL, rolled up by hour and day."""

LINEAGE = (
    "version", "receipt", "sheet", "row_no", "unit", "source_platform", "month_precision",
    "valid_from", "valid_to", "reverted_on",
)  # fmt: skip


def _type(field: Field) -> TypeEngine:
    if field.type == "int":
        return BigInteger()
    if field.type in ("decimal", "geo"):
        return Exact()
    if field.type == "date":
        return Date()
    if field.type == "datetime":
        return DateTime()  # 北京时间, as the catalogue states it
    return Text()


def column_name(field: str) -> str:
    """The base column of a field; fields named like a lineage column get a suffix."""
    return f"{field}_" if field in LINEAGE else field


@cache
def base_table(category: Category) -> Table:
    """The base table of a category: its fields, then the lineage of each version.

    One row is one version of one record: known from `valid_from` (day of
    receipt) until `valid_to` (exclusive; null = today's). A correction adds a
    version; nothing is overwritten. A reverted version keeps its row with
    `reverted_on`, and the version before it is current again: as of a day, the
    highest matching version counts.
    """
    keys = [column_name(k) for k in category.natural_key]
    name = category.table_name
    table = Table(
        name,
        base_metadata,
        *(
            Column(column_name(f.name), _type(f), nullable=not f.required, comment=f.name_zh)
            for f in category.fields
        ),
        Column("version", Integer, nullable=False),
        Column("receipt", String(40), nullable=False),
        Column("sheet", String(255), nullable=False),
        Column("row_no", Integer, nullable=False),
        Column("unit", String(48), nullable=False),
        Column("source_platform", String(24), nullable=False),
        Column("month_precision", String(255)),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("reverted_on", Date),
        UniqueConstraint(*keys, "version", name=f"uq_{name}"),
        Index(f"ix_{name}_receipt", "receipt"),
        comment=category.name_zh,
        postgresql_partition_by="RANGE (reading_at)" if category.code == FACT else None,
        extend_existing=True,
    )
    if category.code == FACT:
        Index(f"ix_{name}_reading_at", table.c.reading_at)
    return table
