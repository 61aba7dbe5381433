"""What the rollups said before later mends, reverts and late deliveries; `manage.py rebuild` fills it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roll_event_until",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "category", "ends_on", "received_on", "until", name=op.f("pk_roll_event_until")
        ),
        comment="Events by end and first receipt until a later delivery or a revert changed either",
    )
    op.create_table(
        "roll_period_until",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("rows_accepted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "category", "period", "unit", "received_on", "until", name=op.f("pk_roll_period_until")
        ),
        comment="Periods that batches served until the day they were taken back",
    )
    op.create_table(
        "roll_visit_until",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.Column("venues", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "until", name=op.f("pk_roll_visit_until")),
        comment="Readings of a day less those of today, until a delivery of a later day changed them",
    )


def downgrade() -> None:
    op.drop_table("roll_visit_until")
    op.drop_table("roll_period_until")
    op.drop_table("roll_event_until")
