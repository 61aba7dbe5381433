"""The stages of the foundation: pool_, roll_, plan_, admin_."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_connector_state",
        sa.Column("source", sa.String(length=48), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("last_pull_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("last_receipt", sa.String(length=40), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_admin_connector_state")),
        comment="Where each connector resumes",
    )
    op.create_table(
        "admin_data_version",
        sa.Column("domain", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_admin_data_version")),
        comment="Raised in the transaction that changes the domain's data; what drawn elements are cached under",
    )
    op.create_table(
        "admin_holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_admin_holiday")),
        comment="Working days entered by the office for years the calendar does not know",
    )
    op.create_table(
        "admin_job_run",
        sa.Column("job", sa.String(length=48), nullable=False),
        sa.Column("started_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("finished_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "started_at", name=op.f("pk_admin_job_run")),
    )
    op.create_table(
        "admin_lease",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("holder", sa.String(length=96), nullable=False),
        sa.Column("expires_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_admin_lease")),
        comment="Who may run the timetable; taken over when it expires",
    )
    op.create_table(
        "admin_setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_admin_setting")),
        comment="What this database is: demo or real, its catalogue version",
    )
    op.create_table(
        "plan_responsibility",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("department", sa.String(length=48), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("category", "department", "valid_from", name=op.f("pk_plan_responsibility")),
        comment="Departures from the catalogue: who answered for a category from when to when",
    )
    op.create_table(
        "plan_version",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("department", sa.String(length=48), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("months", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_plan_version_quantity")),
        sa.PrimaryKeyConstraint("category", "year", "version", name=op.f("pk_plan_version")),
        comment="A department's promise for a category and year (Article 8); approved versions are never changed",
    )
    op.create_table(
        "pool_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pool_file")),
        comment="Every original file once, by its hash; a quarantined one is for the office only",
    )
    op.create_table(
        "roll_delivery",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("rows_accepted", sa.BigInteger(), nullable=False),
        sa.Column("rows_rejected", sa.BigInteger(), nullable=False),
        sa.Column("rows_duplicate", sa.BigInteger(), nullable=False),
        sa.Column("keys_in_year", sa.BigInteger(), nullable=False),
        sa.Column("keys_new", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("category", "unit", "day", name=op.f("pk_roll_delivery")),
        comment="Deliveries by category, unit and day of receipt; reverted batches do not count",
    )
    op.create_table(
        "roll_district",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("district", sa.String(length=8), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("category", "district", name=op.f("pk_roll_district")),
        comment="Current records by the district they lie in; a zone's records count in that district",
    )
    op.create_table(
        "roll_event",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("category", "ends_on", "received_on", name=op.f("pk_roll_event")),
        comment="Events of categories due event+Nd by their end and first receipt",
    )
    op.create_table(
        "roll_period",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("rows_accepted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("category", "period", "unit", "received_on", name=op.f("pk_roll_period")),
        comment="Which reporting periods a delivery served; the first day of a period is its due item's receipt",
    )
    op.create_table(
        "roll_probe",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("category", "day", name=op.f("pk_roll_probe")),
        comment="Hourly probes of the published resource (可访问性)",
    )
    op.create_table(
        "roll_problem",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("check", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "category", "unit", "day", "field", "code", "check", name=op.f("pk_roll_problem")
        ),
    )
    op.create_table(
        "roll_quality",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("cells_filled", sa.BigInteger(), nullable=False),
        sa.Column("cells_bad", sa.BigInteger(), nullable=False),
        sa.Column("required_cells", sa.BigInteger(), nullable=False),
        sa.Column("required_filled", sa.BigInteger(), nullable=False),
        sa.Column("rows_inaccurate", sa.BigInteger(), nullable=False),
        sa.Column("checks_run", sa.BigInteger(), nullable=False),
        sa.Column("checks_failed_halves", sa.BigInteger(), nullable=False),
        sa.Column("rows_dated", sa.BigInteger(), nullable=False),
        sa.Column("rows_current", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("category", "unit", "day", name=op.f("pk_roll_quality")),
        comment="Parts of the six characteristics by day of receipt, mended rows counted once",
    )
    op.create_table(
        "roll_visit_complete",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("venues", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_roll_visit_complete")),
        comment="Readings by day, for the share of complete days (due monthly_share)",
    )
    op.create_table(
        "roll_visit_day",
        sa.Column("district", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("exits", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.BigInteger(), nullable=False),
        sa.Column("venues", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district", "day", name=op.f("pk_roll_visit_day")),
        comment="Visits by day and the venue's district",
    )
    op.create_table(
        "roll_visit_hour",
        sa.Column("venue_code", sa.String(length=16), nullable=False),
        sa.Column("hour", sa.DateTime(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("exits", sa.Integer(), nullable=False),
        sa.Column("occupancy", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("venue_code", "hour", name=op.f("pk_roll_visit_hour")),
        comment="Visits by hour and venue",
    )
    op.create_index(op.f("ix_roll_visit_hour_hour"), "roll_visit_hour", ["hour"], unique=False)
    op.create_table(
        "roll_visit_month",
        sa.Column("district", sa.String(length=8), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("district", "month", name=op.f("pk_roll_visit_month")),
        comment="The day tier folded to months: what a page over a year reads",
    )
    op.create_table(
        "pool_batch",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("source_platform", sa.String(length=24), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("waiting_for", sa.String(length=12), nullable=True),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_accepted", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("rows_duplicate", sa.Integer(), nullable=False),
        sa.Column("rows_updated", sa.Integer(), nullable=False),
        sa.Column("keys_new", sa.Integer(), nullable=False),
        sa.Column("keys_in_year", sa.Integer(), nullable=False),
        sa.Column("file_codes", sa.JSON(), nullable=False),
        sa.Column("file_warnings", sa.JSON(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("validated_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("integrated_on", sa.Date(), nullable=True),
        sa.Column("integrated_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("rejected_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("quarantined_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("reverted_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'quarantined', 'rejected', 'validated', 'integrated', 'published', 'withdrawn', 'reverted', 'destroyed')",
            name=op.f("ck_pool_batch_state"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["pool_file.sha256"], name=op.f("fk_pool_batch_sha256_pool_file")
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_pool_batch")),
        comment="One delivery of one category by one unit (批次)",
    )
    op.create_index(
        op.f("ix_pool_batch_category_unit_received_on"),
        "pool_batch",
        ["category", "unit", "received_on"],
        unique=False,
    )
    op.create_index(op.f("ix_pool_batch_sha256"), "pool_batch", ["sha256"], unique=False)
    op.create_table(
        "pool_batch_event",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt"], ["pool_batch.receipt"], name=op.f("fk_pool_batch_event_receipt_pool_batch")
        ),
        sa.PrimaryKeyConstraint("receipt", "number", name=op.f("pk_pool_batch_event")),
        comment="Every transition of a batch: who, when, from, to, why",
    )
    op.create_table(
        "pool_batch_quality",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("cells_filled", sa.Integer(), nullable=False),
        sa.Column("cells_bad", sa.Integer(), nullable=False),
        sa.Column("required_cells", sa.Integer(), nullable=False),
        sa.Column("required_filled", sa.Integer(), nullable=False),
        sa.Column("rows_inaccurate", sa.Integer(), nullable=False),
        sa.Column("checks_run", sa.Integer(), nullable=False),
        sa.Column("checks_failed_halves", sa.Integer(), nullable=False),
        sa.Column("rows_dated", sa.Integer(), nullable=False),
        sa.Column("rows_current", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt"], ["pool_batch.receipt"], name=op.f("fk_pool_batch_quality_receipt_pool_batch")
        ),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_pool_batch_quality")),
        comment="Parts of the six characteristics for the rows of a batch that were not refused",
    )
    op.create_table(
        "pool_change_request",
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt"], ["pool_batch.receipt"], name=op.f("fk_pool_change_request_receipt_pool_batch")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pool_change_request")),
        comment="Updates of base records, never a silent overwrite; before and after are record versions",
    )
    op.create_table(
        "pool_problem",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=255), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("check", sa.String(length=64), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt"], ["pool_batch.receipt"], name=op.f("fk_pool_problem_receipt_pool_batch")
        ),
        sa.PrimaryKeyConstraint("receipt", "number", name=op.f("pk_pool_problem")),
        comment="Problems (R_) and warnings (W_) of a batch, in the order of the file",
    )
    op.create_table(
        "pool_rejected_row",
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("sheet", sa.String(length=255), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("key_digest", sa.String(length=32), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("cells_filled", sa.Integer(), nullable=False),
        sa.Column("cells_bad", sa.Integer(), nullable=False),
        sa.Column("required_cells", sa.Integer(), nullable=False),
        sa.Column("required_filled", sa.Integer(), nullable=False),
        sa.Column("rows_inaccurate", sa.Integer(), nullable=False),
        sa.Column("checks_run", sa.Integer(), nullable=False),
        sa.Column("checks_failed_halves", sa.Integer(), nullable=False),
        sa.Column("rows_dated", sa.Integer(), nullable=False),
        sa.Column("rows_current", sa.Integer(), nullable=False),
        sa.Column("mended_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt"], ["pool_batch.receipt"], name=op.f("fk_pool_rejected_row_receipt_pool_batch")
        ),
        sa.PrimaryKeyConstraint("receipt", "sheet", "row", name=op.f("pk_pool_rejected_row")),
        comment="Refused rows with their own parts of the characteristics; a mended one no longer counts",
    )
    op.create_index(
        op.f("ix_pool_rejected_row_category_key_digest"),
        "pool_rejected_row",
        ["category", "key_digest"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_pool_rejected_row_category_key_digest"), table_name="pool_rejected_row")
    op.drop_table("pool_rejected_row")
    op.drop_table("pool_problem")
    op.drop_table("pool_change_request")
    op.drop_table("pool_batch_quality")
    op.drop_table("pool_batch_event")
    op.drop_index(op.f("ix_pool_batch_sha256"), table_name="pool_batch")
    op.drop_index(op.f("ix_pool_batch_category_unit_received_on"), table_name="pool_batch")
    op.drop_table("pool_batch")
    op.drop_table("roll_visit_month")
    op.drop_index(op.f("ix_roll_visit_hour_hour"), table_name="roll_visit_hour")
    op.drop_table("roll_visit_hour")
    op.drop_table("roll_visit_day")
    op.drop_table("roll_visit_complete")
    op.drop_table("roll_quality")
    op.drop_table("roll_problem")
    op.drop_table("roll_probe")
    op.drop_table("roll_period")
    op.drop_table("roll_event")
    op.drop_table("roll_district")
    op.drop_table("roll_delivery")
    op.drop_table("pool_file")
    op.drop_table("plan_version")
    op.drop_table("plan_responsibility")
    op.drop_table("admin_setting")
    op.drop_table("admin_lease")
    op.drop_table("admin_job_run")
    op.drop_table("admin_holiday")
    op.drop_table("admin_data_version")
    op.drop_table("admin_connector_state")
