"""Live feed added up by district; a venue's day beside its newest minute; alerts of venues that fell silent."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOUR_SUMS = ("people_in", "people_out", "peak", "present", "minutes", "late", "corrected", "faulty")
SUMS = (
    "never", "with_capacity", "present", "capacity", "present_all", "busy", "crowded", "in_today", "out_today",
    "fault", "moved", "still", "still_gaps", "gaps", "late", "backfilled",
)  # fmt: skip
DAY_SUMS = ("in_today", "out_today", "peak_today", "received", "late", "corrected", "faulty", "backfilled")
CONNECTIONS = "base_smart_venue_connection"


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, data_access.column_types.Moment(timezone=True), nullable=nullable)


def _whole(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _large(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    op.add_column("live_hour", sa.Column("backfilled", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("live_alert", _moment("lost_minute", nullable=True))
    _venues()
    hours = op.create_table(
        "live_hour_district",
        _moment("hour_end"),
        sa.Column("district", sa.String(length=8), nullable=False),
        *map(_large, HOUR_SUMS),
        sa.PrimaryKeyConstraint("hour_end", "district", name=op.f("pk_live_hour_district")),
        comment="The hours of live_hour added up by the venue's district",
    )
    now = op.create_table(
        "live_now",
        sa.Column("district", sa.String(length=8), nullable=False),
        _moment("minute"),
        _moment("newest", nullable=True),
        _whole("venues"),
        *map(_large, SUMS),
        sa.PrimaryKeyConstraint("district", "minute", name=op.f("pk_live_now")),
        comment="Connected venues added up by district and newest minute: what a live page reads whatever their number",
    )
    if sa.inspect(op.get_bind()).has_table(CONNECTIONS):  # not yet in a new database
        _fill(hours, now)


def _venues() -> None:
    """Made anew with what the next message of each venue fills in; a few thousand rows at most."""
    counted = (
        _whole("people_in"),
        _whole("people_out"),
        _whole("present"),
        _whole("capacity", nullable=True),
    )
    kept = ("venue_code", "people_in", "people_out", "present", "capacity", "device_state")
    old = sa.table("live_venue", *map(sa.column, kept), _moment("minute"), _moment("heard_at"))
    rows = [dict(row._mapping) for row in op.get_bind().execute(sa.select(old))]
    op.drop_table("live_venue")
    made = op.create_table(
        "live_venue",
        sa.Column("venue_code", sa.String(length=16), nullable=False),
        _moment("minute"),
        *counted,
        sa.Column("device_state", sa.String(length=8), nullable=False),
        _whole("permille"),
        _moment("heard_at"),
        _moment("still_since"),
        _whole("still_minutes"),
        sa.Column("day", sa.Date(), nullable=True),
        *map(_whole, DAY_SUMS),
        sa.PrimaryKeyConstraint("venue_code", name=op.f("pk_live_venue")),
        comment="The newest minute of each venue, and its day so far",
    )
    op.create_index(
        op.f("ix_live_venue_day_received_venue_code"),
        "live_venue",
        ["day", "received", "venue_code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_live_venue_permille_present"), "live_venue", ["permille", "present"], unique=False
    )
    if rows:
        op.bulk_insert(
            made,
            [
                row
                | {
                    "permille": row["present"] * 1000 // row["capacity"] if row["capacity"] else 0,
                    "still_since": row["minute"], "still_minutes": 1, "day": None, **dict.fromkeys(DAY_SUMS, 0),
                }
                for row in rows
            ],
        )  # fmt: skip


def _fill(hours: sa.Table, now: sa.Table) -> None:
    """Hours by district as they are; venues as never heard until the first pull, seconds later."""
    places = sa.table(CONNECTIONS, *map(sa.column, ("venue_code", "adcode", "stage", "valid_to")))
    told = sa.table("live_hour", sa.column("venue_code"), _moment("hour_end"), *map(sa.column, HOUR_SUMS))
    district = sa.func.coalesce(places.c.adcode, sa.literal_column("''"))
    joined = told.outerjoin(
        places, sa.and_(places.c.venue_code == told.c.venue_code, places.c.valid_to.is_(None))
    )
    op.get_bind().execute(
        hours.insert().from_select(
            ["hour_end", "district", *HOUR_SUMS],
            sa.select(told.c.hour_end, district, *(sa.func.sum(told.c[n]) for n in HOUR_SUMS))
            .select_from(joined)
            .group_by(told.c.hour_end, district),
        )
    )
    never = sa.literal(NEVER, data_access.column_types.Moment(timezone=True))
    sums = [sa.func.count() if name == "never" else sa.literal_column("0") for name in SUMS]
    op.get_bind().execute(
        now.insert().from_select(
            ["district", "minute", "venues", *SUMS],
            sa.select(places.c.adcode, never, sa.func.count(), *sums)
            .where(places.c.valid_to.is_(None), places.c.stage == "已接入")
            .group_by(places.c.adcode),
        )
    )


def downgrade() -> None:
    op.drop_table("live_now")
    op.drop_table("live_hour_district")
    op.drop_column("live_alert", "lost_minute")
    op.drop_column("live_hour", "backfilled")
    for name in ("permille", "still_since", "still_minutes", "day", *DAY_SUMS):
        if name == "permille":
            op.drop_index(op.f("ix_live_venue_permille_present"), "live_venue")
            op.drop_index(op.f("ix_live_venue_day_received_venue_code"), "live_venue")
        op.drop_column("live_venue", name)
