"""Since when a batch counts a key, and which version of a record was ended; `manage.py rebuild` fills the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import catalog
from data_access.queries.records import typed
from data_access.schema import base_table, column_name

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roll_delivery_until",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("keys_in_year", sa.BigInteger(), nullable=False),
        sa.Column("keys_new", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("category", "unit", "day", "until", name=op.f("pk_roll_delivery_until")),
        comment="Keys a delivery counts only since the batch that had held them was taken back, with a minus",
    )
    op.add_column("pool_change_case", sa.Column("ended_version", sa.Integer(), nullable=True))
    _fill()


def _fill() -> None:
    """The newest version that was closed on the day of a deletion is the one that it ended."""
    connection = op.get_bind()
    case = sa.table(
        "pool_change_case", *map(sa.column, ("number", "ended_version")), sa.column("record_key", sa.JSON)
    )
    asked = sa.table(
        "pool_change_request",
        *map(sa.column, ("number", "category", "kind")),
        sa.column("applied_on", sa.Date),
    )
    deleted = (
        sa.select(case.c.number, case.c.record_key, asked.c.category, asked.c.applied_on)
        .join(asked, asked.c.number == case.c.number)
        .where(asked.c.kind == "delete", asked.c.applied_on.is_not(None))
    )
    categories = catalog.default().category_by_code
    for number, key, code, day in connection.execute(deleted).all():
        if code not in categories:
            continue  # its base table is read by nobody any more
        category = categories[code]
        table = base_table(category)
        same = [
            table.c[column_name(name)] == typed(category.field_by_name[name], str(key[name]))
            for name in category.natural_key
        ]
        newest = sa.select(sa.func.max(table.c.version)).where(
            *same, table.c.valid_to == day, table.c.reverted_on.is_(None)
        )
        connection.execute(
            case.update().where(case.c.number == number).values(ended_version=connection.scalar(newest))
        )


def downgrade() -> None:
    op.drop_column("pool_change_case", "ended_version")
    op.drop_table("roll_delivery_until")
