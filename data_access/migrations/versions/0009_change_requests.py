"""Tables of change requests (Article 14) and of what the analyses of venues have found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("roll_venue_finding", "roll_venue_analysis", "pool_change_event", "pool_change_case")
NEVER = "a step of a change request is never changed or removed"
ASKED = "what a change request asked for stays"
FIXED = ("record", "record_key", "before", "origin", "opened_at", "opened_by", "opened_account")


def _sqlite() -> list[str]:
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in FIXED)
    return [
        *(
            f"CREATE TRIGGER pool_change_event_no_{verb.lower()} BEFORE {verb} ON pool_change_event "
            f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        f"CREATE TRIGGER pool_change_case_stays BEFORE UPDATE ON pool_change_case WHEN {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{ASKED}'); END",
        f"CREATE TRIGGER pool_change_case_kept BEFORE DELETE ON pool_change_case "
        f"BEGIN SELECT RAISE(ABORT, '{ASKED}'); END",
    ]


def _postgresql() -> list[str]:
    refuse = f"RAISE EXCEPTION '{ASKED}' USING ERRCODE = 'insufficient_privilege'"
    changed = " OR ".join(f'NEW."{name}"::text IS DISTINCT FROM OLD."{name}"::text' for name in FIXED)
    return [
        f"CREATE FUNCTION change_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; END $$",
        "CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON pool_change_event FOR EACH ROW "
        "EXECUTE FUNCTION change_refuse()",
        f"CREATE TRIGGER stays BEFORE UPDATE ON pool_change_case FOR EACH ROW WHEN ({changed}) "
        "EXECUTE FUNCTION change_refuse()",
        "CREATE TRIGGER kept BEFORE DELETE ON pool_change_case FOR EACH ROW EXECUTE FUNCTION change_refuse()",
    ]


def upgrade() -> None:
    _changes()
    _analyses()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _postgresql() if is_postgresql else _sqlite():
        op.execute(sa.text(statement.replace(":", r"\:")))


def _changes() -> None:
    moment = data_access.column_types.Moment
    op.create_table(
        "pool_change_case",
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("record_key", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=24), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("frozen_year", sa.SmallInteger(), nullable=True),
        sa.Column("opened_at", moment(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_account", sa.String(length=32), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_account", sa.String(length=32), nullable=True),
        sa.Column("confirmed_at", moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"], ["pool_change_request.number"], name=op.f("fk_pool_change_case_number_pool_change_request")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pool_change_case")),
        comment="What a change request asks for: record, fields, values, reason, evidence (Article 14)",
    )  # fmt: skip
    op.create_index(op.f("ix_pool_change_case_record"), "pool_change_case", ["record"], unique=False)
    op.create_table(
        "pool_change_event",
        sa.Column("request", sa.String(length=48), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request"], ["pool_change_case.number"], name=op.f("fk_pool_change_event_request_pool_change_case")
        ),
        sa.PrimaryKeyConstraint("request", "number", name=op.f("pk_pool_change_event")),
        comment="Every step of a change request: who, when, from, to, a note; never changed",
    )  # fmt: skip


def _analyses() -> None:
    op.create_table(
        "roll_venue_analysis",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("computed_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_roll_venue_analysis")),
        comment="Results of an analysis of venues as a whole, by the data they rest on",
    )
    op.create_table(
        "roll_venue_finding",
        sa.Column("analysis", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("district", sa.String(length=8), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place_kind", sa.String(length=48), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("analysis", "number", name=op.f("pk_roll_venue_finding")),
        comment="Single records an analysis of venues has found: location faults, breaches of the opening duty",
    )
    op.create_index(op.f("ix_roll_venue_finding_record"), "roll_venue_finding", ["record"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION change_refuse")
