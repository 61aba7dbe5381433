"""Tables of the live feed: minutes, what follows from them, and where each pull stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("live_pull", "live_reconciled", "live_alert", "live_hour", "live_venue", "live_minute")
REASONS = "'equal', 'no_reading', 'no_live', 'gaps', 'device', 'late', 'corrected', 'unexplained'"


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, data_access.column_types.Moment(timezone=True), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _venue() -> sa.Column:
    return sa.Column("venue_code", sa.String(length=16), nullable=False)


def _counted() -> list[sa.Column]:
    return [
        _whole("people_in"), _whole("people_out"), _whole("present"), _whole("capacity", nullable=True),
        sa.Column("device_state", sa.String(length=8), nullable=False),
    ]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "live_minute",
        _venue(),
        _moment("minute"),
        *_counted(),
        _whole("sequence"),
        _moment("received_at"),
        _whole("delay_s"),
        sa.CheckConstraint(
            "device_state IN ('online', 'offline', 'fault')", name=op.f("ck_live_minute_device_state")
        ),
        sa.PrimaryKeyConstraint("venue_code", "minute", name=op.f("pk_live_minute")),
        comment="Live feed by venue and minute; of two messages about one minute the higher sequence counts",
    )
    op.create_index(op.f("ix_live_minute_minute"), "live_minute", ["minute"], unique=False)
    op.create_table(
        "live_venue",
        _venue(),
        _moment("minute"),
        *_counted(),
        _moment("heard_at"),
        sa.PrimaryKeyConstraint("venue_code", name=op.f("pk_live_venue")),
        comment="The newest minute of each venue",
    )
    op.create_table(
        "live_hour",
        _venue(),
        _moment("hour_end"),
        *map(
            _whole,
            ("people_in", "people_out", "peak", "present", "minutes", "late", "corrected", "faulty"),
        ),
        sa.PrimaryKeyConstraint("venue_code", "hour_end", name=op.f("pk_live_hour")),
        comment="Minutes folded: the hour up to hour_end, kept in the transaction of its minutes",
    )
    op.create_index(op.f("ix_live_hour_hour_end"), "live_hour", ["hour_end"], unique=False)
    _alerts()
    _differences_and_pulls()


def _alerts() -> None:
    op.create_table(
        "live_alert",
        _venue(),
        _moment("raised_minute"),
        _whole("threshold"),
        _whole("capacity"),
        _whole("peak"),
        _moment("peak_minute"),
        _moment("fell_minute", nullable=True),
        _moment("acknowledged_at", nullable=True),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("acknowledged_account", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("venue_code", "raised_minute", name=op.f("pk_live_alert")),
        comment="Crowding: from the minute the threshold was reached to the minute it was calm again",
    )
    op.create_index(op.f("ix_live_alert_raised_minute"), "live_alert", ["raised_minute"], unique=False)


def _differences_and_pulls() -> None:
    op.create_table(
        "live_reconciled",
        _venue(),
        _moment("hour_end"),
        _whole("minutes"),
        *(_whole(name, nullable=True) for name in ("people_in", "people_out", "recorded_in", "recorded_out")),
        sa.Column("reason", sa.String(length=16), nullable=False),
        _moment("checked_at"),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_live_reconciled_reason")),
        sa.PrimaryKeyConstraint("venue_code", "hour_end", name=op.f("pk_live_reconciled")),
        comment="Each hour of the live feed beside the recorded reading, and why they differ",
    )
    op.create_index(op.f("ix_live_reconciled_hour_end"), "live_reconciled", ["hour_end"], unique=False)
    op.create_table(
        "live_pull",
        sa.Column("source", sa.String(length=48), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        _moment("pulled_at", nullable=True),
        _moment("answered_at", nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        _whole("failures"),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("taken", "repeated", "refused")),
        _moment("refused_at", nullable=True),
        sa.Column("refused_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_live_pull")),
        comment="Where each pull of a live feed stands",
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
