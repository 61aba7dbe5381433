"""The tables, stage by stage: pool_ (received), base_ (records), roll_ (sums), plan_, admin_.

The fixed tables are declared here, a module a stage, and migrated with Alembic; one base
table per category is generated from the catalogue (`base_table`) and brought up to date by
``manage.py catalog sync``.
"""

from data_access.schema.admin import connector_state, data_version, holiday, job_run, lease, setting
from data_access.schema.common import OPERATIONAL, VERSION_DOMAINS, metadata
from data_access.schema.plans import plan_version, responsibility
from data_access.schema.pool import (
    BATCH_STATES,
    QUALITY_COUNTS,
    batch,
    batch_event,
    batch_quality,
    change_request,
    pool_file,
    problem,
    rejected_row,
)
from data_access.schema.records import FACT, LINEAGE, base_metadata, base_table, column_name
from data_access.schema.rollups import (
    delivery_until,
    event_until,
    period_until,
    roll_delivery,
    roll_district,
    roll_event,
    roll_period,
    roll_probe,
    roll_problem,
    roll_quality,
)
from data_access.schema.visits import (
    visit_complete,
    visit_day,
    visit_hour,
    visit_hour_district,
    visit_month,
    visit_until,
)

__all__ = [
    "BATCH_STATES",
    "FACT",
    "LINEAGE",
    "OPERATIONAL",
    "QUALITY_COUNTS",
    "VERSION_DOMAINS",
    "base_metadata",
    "base_table",
    "batch",
    "batch_event",
    "batch_quality",
    "change_request",
    "column_name",
    "connector_state",
    "data_version",
    "delivery_until",
    "event_until",
    "holiday",
    "job_run",
    "lease",
    "metadata",
    "period_until",
    "plan_version",
    "pool_file",
    "problem",
    "rejected_row",
    "responsibility",
    "roll_delivery",
    "roll_district",
    "roll_event",
    "roll_period",
    "roll_probe",
    "roll_problem",
    "roll_quality",
    "setting",
    "visit_complete",
    "visit_day",
    "visit_hour",
    "visit_hour_district",
    "visit_month",
    "visit_until",
]
