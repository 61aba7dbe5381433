"""roll_: sums over deliveries and records; how they are kept stands in `data_access.rollups`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table

from data_access.schema.common import metadata
from data_access.schema.pool import QUALITY_COUNTS

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
# What the rollups above lack, or have too much, for a reader who stands before the day `until`:
# figure as of a day = rollup + these rows with `until` after that day.
delivery_until = Table(
    "roll_delivery_until",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("unit", String(48), primary_key=True),
    Column("day", Date, primary_key=True),  # received_on, or since when a record counts twice
    Column("until", Date, primary_key=True),
    Column("keys_in_year", BigInteger, nullable=False),
    Column("keys_new", BigInteger, nullable=False),
    comment="Keys a delivery counts only since the batch that had held them was taken back, with a minus",
)
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
