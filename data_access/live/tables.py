"""The tables of the live feed: minutes, what follows from them, and where each pull stands.

`live_minute` is the truth. Everything else but acknowledgements is a function of
it, computed again in the transaction that changes it, so the order in which
messages came leaves no trace. Every key begins with the venue: a distributed
database may keep a venue's rows together, and no two machines share a counter.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from data_access.column_types import Moment
from data_access.schema import metadata

DEVICE_STATES = ("online", "offline", "fault")
REASONS = (
    "equal", "no_reading", "no_live", "gaps", "device", "late", "corrected", "unexplained",
)  # fmt: skip
"""What a reconciled hour says, see `reconcile`."""
HOUR_SUMS = ("people_in", "people_out", "peak", "present", "minutes", "late", "corrected", "faulty")
NOW_SUMS = (
    "never", "with_capacity", "present", "capacity", "present_all", "busy", "crowded", "in_today", "out_today",
    "fault", "moved", "still", "still_gaps", "gaps", "late", "backfilled",
)  # fmt: skip
"""What is added up over the venues of a district, see `totals`."""


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(repr, values))})"


live_minute = Table(
    "live_minute",
    metadata,
    Column("venue_code", String(16), primary_key=True),
    Column("minute", Moment, primary_key=True),  # its beginning, UTC
    Column("people_in", Integer, nullable=False),
    Column("people_out", Integer, nullable=False),
    Column("present", Integer, nullable=False),  # at the minute's end
    Column("capacity", Integer),  # 核定承载量 as the platform knew it; null: not stated
    Column("device_state", String(8), nullable=False),
    Column("sequence", Integer, nullable=False),  # 1; raised with each correction of this minute
    Column("received_at", Moment, nullable=False),  # when the product first heard of the minute
    Column("delay_s", Integer, nullable=False),  # from the minute's end until the platform published it
    Index(None, "minute"),
    CheckConstraint(_one_of("device_state", DEVICE_STATES), name="device_state"),
    comment="Live feed by venue and minute; of two messages about one minute the higher sequence counts",
)
live_venue = Table(
    "live_venue",
    metadata,
    Column("venue_code", String(16), primary_key=True),
    Column("minute", Moment, nullable=False),  # the newest received
    Column("people_in", Integer, nullable=False),
    Column("people_out", Integer, nullable=False),
    Column("present", Integer, nullable=False),
    Column("capacity", Integer),
    Column("device_state", String(8), nullable=False),
    Column(
        "permille", Integer, nullable=False
    ),  # present × 1000 ÷ capacity, 0 without one: the order of the list
    Column("heard_at", Moment, nullable=False),  # when the product last heard anything new of it
    Column("still_since", Moment, nullable=False),  # from here on no minute told other counts than the newest
    Column("still_minutes", Integer, nullable=False),  # received since then
    Column("day", Date),  # of the newest minute, 北京时间; null: not folded yet. Its hours added up:
    Column("in_today", Integer, nullable=False),
    Column("out_today", Integer, nullable=False),
    Column("peak_today", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
    Column("faulty", Integer, nullable=False),
    Column("backfilled", Integer, nullable=False),
    Index(None, "permille", "present"),
    Index(None, "day", "received", "venue_code"),
    comment="The newest minute of each venue, and its day so far",
)
live_hour = Table(
    "live_hour",
    metadata,
    Column("venue_code", String(16), primary_key=True),
    Column("hour_end", Moment, primary_key=True),  # the full hour its reading is stamped with
    Column("people_in", Integer, nullable=False),
    Column("people_out", Integer, nullable=False),
    Column("peak", Integer, nullable=False),  # most people present in a minute
    Column("present", Integer, nullable=False),  # at the end of the newest minute
    Column("minutes", Integer, nullable=False),  # received, of 60
    Column("late", Integer, nullable=False),  # of them published later than LATE_S
    Column("corrected", Integer, nullable=False),  # of them corrected by the platform
    Column("faulty", Integer, nullable=False),  # of them with a device not online
    Column("backfilled", Integer, nullable=False, server_default="0"),  # of them later than BACKFILL_S
    Index(None, "hour_end"),
    comment="Minutes folded: the hour up to hour_end, kept in the transaction of its minutes",
)
live_hour_district = Table(
    "live_hour_district",
    metadata,
    Column("hour_end", Moment, primary_key=True),
    Column("district", String(8), primary_key=True),  # "": of venues without a connection record
    *(Column(name, BigInteger, nullable=False) for name in HOUR_SUMS),
    comment="The hours of live_hour added up by the venue's district",
)
live_now = Table(
    "live_now",
    metadata,
    Column("district", String(8), primary_key=True),
    Column(
        "minute", Moment, primary_key=True
    ),  # newest minute of these venues; old ones share one, see `totals`
    Column("newest", Moment),  # the newest minute among them; null: none of them was ever heard
    Column("venues", Integer, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in NOW_SUMS),
    comment="Connected venues added up by district and newest minute: what a live page reads whatever their number",
)
live_alert = Table(
    "live_alert",
    metadata,
    Column("venue_code", String(16), primary_key=True),
    Column("raised_minute", Moment, primary_key=True),
    Column("threshold", Integer, nullable=False),  # people
    Column("capacity", Integer, nullable=False),
    Column("peak", Integer, nullable=False),
    Column("peak_minute", Moment, nullable=False),
    Column("fell_minute", Moment),  # null: not calm as far as is known
    Column("lost_minute", Moment),  # the venue fell silent while crowded: end of its last minute
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", String(64)),
    Column("acknowledged_account", String(32)),
    Column("note", Text),
    Index(None, "raised_minute"),
    comment="Crowding: from the minute the threshold was reached to the minute it was calm again",
)
live_reconciled = Table(
    "live_reconciled",
    metadata,
    Column("venue_code", String(16), primary_key=True),
    Column("hour_end", Moment, primary_key=True),
    Column("minutes", Integer, nullable=False),  # live minutes received, 0: none
    Column("people_in", Integer),  # of the live feed; null: none
    Column("people_out", Integer),
    Column("recorded_in", Integer),  # of the record (venue_usage_reading); null: none
    Column("recorded_out", Integer),
    Column("reason", String(16), nullable=False),
    Column("checked_at", Moment, nullable=False),
    Index(None, "hour_end"),
    CheckConstraint(_one_of("reason", REASONS), name="reason"),
    comment="Each hour of the live feed beside the recorded reading, and why they differ",
)
live_pull = Table(
    "live_pull",
    metadata,
    Column("source", String(48), primary_key=True),
    Column("cursor", Text),
    Column("pulled_at", Moment),  # the last attempt
    Column("answered_at", Moment),  # the last that succeeded
    Column("error", Text),
    Column("failures", Integer, nullable=False),  # in a row
    Column("taken", BigInteger, nullable=False),  # minutes stored or corrected so far
    Column("repeated", BigInteger, nullable=False),  # messages that changed nothing
    Column("refused", BigInteger, nullable=False),  # messages that could not be used
    Column("refused_at", Moment),
    Column("refused_why", Text),
    comment="Where each pull of a live feed stands",
)
