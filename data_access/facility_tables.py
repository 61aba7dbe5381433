"""The rollup of sports facilities: whole columns, one row a district, survey year and state of knowledge."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, LargeBinary, SmallInteger, String, Table

from data_access.schema import metadata

roll_facility = Table(
    "roll_facility",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("year", SmallInteger, primary_key=True),  # of the survey; 0 where records bear no year
    Column("district", String(8), primary_key=True),  # as recorded: a zone's code stays its own
    Column("valid_from", Date, primary_key=True),  # known from this day …
    Column("valid_to", Date),  # … until before this one; null: today's
    Column("facilities", Integer, nullable=False),
    Column("located", Integer, nullable=False),  # with coordinates
    Column("area_cm2", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),  # facility_columns.pack: kinds, owners, areas, places
    Column("names", LargeBinary, nullable=False),
    Column("initials", LargeBinary, nullable=False),  # of their pinyin, for the search
    comment="Facilities of a district as columns, the largest first: what maps count, filter and draw",
)
