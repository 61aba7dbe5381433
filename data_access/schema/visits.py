"""roll_visit_: the large fact summed by hour, day and month; how it is kept stands in `data_access.visits`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, String, Table

from data_access.schema.common import metadata

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
# As `roll_period_until` for periods: figure as of a day = rollup + the rows with `until` after that day.
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
