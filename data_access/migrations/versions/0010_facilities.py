"""Facilities as columns: what the map of venues counts and draws, filled from the base."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from data_access import facilities

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roll_facility",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("district", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("facilities", sa.Integer(), nullable=False),
        sa.Column("located", sa.Integer(), nullable=False),
        sa.Column("area_cm2", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("content", "names", "initials")),
        sa.PrimaryKeyConstraint("category", "year", "district", "valid_from", name=op.f("pk_roll_facility")),
        comment="Facilities of a district as columns, the largest first: what maps count, filter and draw",
    )
    present = sa.inspect(op.get_bind())
    if all(present.has_table(f"base_{name}") for name in facilities.SETS):  # not yet in a new database
        facilities.rebuild(op.get_bind())


def downgrade() -> None:
    op.drop_table("roll_facility")
