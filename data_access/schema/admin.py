"""admin_: the base itself, its versions, its jobs, its connectors."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, String, Table, Text

from data_access.column_types import Moment
from data_access.schema.common import metadata

setting = Table(
    "admin_setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    comment="What this database is: demo or real, its catalogue version",
)
data_version = Table(
    "admin_data_version",
    metadata,
    Column("domain", String(64), primary_key=True),  # one of VERSION_DOMAINS
    Column("version", BigInteger, nullable=False),
    Column("changed_at", Moment, nullable=False),
    comment="Raised in the transaction that changes the domain's data; what drawn elements are cached under",
)
job_run = Table(
    "admin_job_run",
    metadata,
    Column("job", String(48), primary_key=True),
    Column("started_at", Moment, primary_key=True),
    Column("finished_at", Moment),
    Column("outcome", String(16)),  # done | failed
    Column("detail", Text),
)
lease = Table(
    "admin_lease",
    metadata,
    Column("name", String(48), primary_key=True),
    Column("holder", String(96), nullable=False),
    Column("expires_at", Moment, nullable=False),
    comment="Who may run the timetable; taken over when it expires",
)
holiday = Table(
    "admin_holiday",
    metadata,
    Column("day", Date, primary_key=True),
    Column("is_working", Boolean, nullable=False),
    Column("note", String(64)),
    comment="Working days entered by the office for years the calendar does not know",
)
connector_state = Table(
    "admin_connector_state",
    metadata,
    Column("source", String(48), primary_key=True),
    Column("cursor", Text),
    Column("last_pull_at", Moment),
    Column("last_receipt", String(40)),
    Column("last_error", Text),
    comment="Where each connector resumes",
)
