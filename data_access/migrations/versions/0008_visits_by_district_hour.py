"""Visits by hour and district: what a typical day of the city is made of, filled from the hours by venue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO roll_visit_hour_district (hour, district, entries, exits, occupancy, venues)
SELECT v.hour, COALESCE(c.adcode, ''), SUM(v.entries), SUM(v.exits), SUM(v.occupancy), COUNT(*)
FROM roll_visit_hour v
LEFT JOIN base_smart_venue_connection c ON c.venue_code = v.venue_code AND c.valid_to IS NULL
GROUP BY v.hour, COALESCE(c.adcode, '')
"""


def upgrade() -> None:
    op.create_table(
        "roll_visit_hour_district",
        sa.Column("hour", sa.DateTime(), nullable=False),
        sa.Column("district", sa.String(length=8), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("entries", "exits", "occupancy")),
        sa.Column("venues", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "district", name=op.f("pk_roll_visit_hour_district")),
        comment="The hour tier folded to the venue's district: a typical day of the city, whatever the venues",
    )
    if sa.inspect(op.get_bind()).has_table("base_smart_venue_connection"):  # not yet in a new database
        op.execute(FILL)


def downgrade() -> None:
    op.drop_table("roll_visit_hour_district")
