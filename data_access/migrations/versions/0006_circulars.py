"""Tables of circulars, of the plan's steps and of notices; what was issued stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CONTENT = ("year", "serial", "kind", "title", "body", "first", "last", "as_of", "issued_at")
SAID = ("department", "category", "indicator", "value", "target")
TABLES = (
    "notice_read", "notice", "plan_event", "circular_event", "circular_recipient", "circular_item", "circular",
)  # fmt: skip
FUNCTIONS = ("circular_refuse()", "circular_item_refuse()")
ISSUED = "(SELECT issued_at FROM circular WHERE code = OLD.circular) IS NOT NULL"


def _changed(columns: tuple[str, ...], different: str) -> str:
    return " OR ".join(f'NEW."{name}" {different} OLD."{name}"' for name in columns)


def _sqlite() -> list[str]:
    stays, never = "an issued circular never changes", "a step is never changed or removed"
    made = [
        f"CREATE TRIGGER circular_stays BEFORE UPDATE ON circular WHEN OLD.issued_at IS NOT NULL "
        f"AND ({_changed(CONTENT, 'IS NOT')}) BEGIN SELECT RAISE(ABORT, '{stays}'); END",
        f"CREATE TRIGGER circular_kept BEFORE DELETE ON circular BEGIN SELECT RAISE(ABORT, '{stays}'); END",
        f"CREATE TRIGGER circular_item_stays BEFORE UPDATE ON circular_item WHEN {ISSUED} "
        f"AND ({_changed(SAID, 'IS NOT')}) BEGIN SELECT RAISE(ABORT, '{stays}'); END",
        f"CREATE TRIGGER circular_item_kept BEFORE DELETE ON circular_item WHEN {ISSUED} "
        f"BEGIN SELECT RAISE(ABORT, '{stays}'); END",
    ]
    for table in ("circular_event", "plan_event"):
        made += [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{never}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return made


def _postgresql() -> list[str]:
    refuse = (
        "RAISE EXCEPTION 'an issued circular and every step stay' USING ERRCODE = 'insufficient_privilege'"
    )
    made = [
        f"CREATE FUNCTION circular_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; END $$",
        f"CREATE FUNCTION circular_item_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {ISSUED} THEN {refuse}; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER stays BEFORE UPDATE ON circular FOR EACH ROW WHEN (OLD.issued_at IS NOT NULL "
        f"AND ({_changed(CONTENT, 'IS DISTINCT FROM')})) EXECUTE FUNCTION circular_refuse()",
        "CREATE TRIGGER kept BEFORE DELETE ON circular FOR EACH ROW EXECUTE FUNCTION circular_refuse()",
        f"CREATE TRIGGER stays BEFORE UPDATE ON circular_item FOR EACH ROW "
        f"WHEN ({_changed(SAID, 'IS DISTINCT FROM')}) EXECUTE FUNCTION circular_item_refuse()",
        "CREATE TRIGGER kept BEFORE DELETE ON circular_item FOR EACH ROW "
        "EXECUTE FUNCTION circular_item_refuse()",
    ]
    for table in ("circular_event", "plan_event"):
        made.append(
            f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION circular_refuse()"
        )
    return made


def upgrade() -> None:
    _circulars()
    _steps()
    _notices()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _postgresql() if is_postgresql else _sqlite():
        op.execute(sa.text(statement))


def _circulars() -> None:
    moment, exact = data_access.column_types.Moment, data_access.column_types.Exact
    op.create_table(
        "circular",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("serial", sa.SmallInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=True),
        sa.Column("drafted_at", moment(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.String(length=64), nullable=False),
        sa.Column("drafted_account", sa.String(length=32), nullable=False),
        sa.Column("approved_at", moment(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_account", sa.String(length=32), nullable=True),
        sa.Column("issued_at", moment(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('praise', 'reminder', 'criticism', 'rectification')", name=op.f("ck_circular_kind")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'issued', 'closed', 'withdrawn')", name=op.f("ck_circular_state")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_circular")),
        comment="Circulars (Article 22); an issued one never changes, a withdrawn one stays",
    )
    op.create_index(op.f("ix_circular_year_serial"), "circular", ["year", "serial"], unique=True)
    op.create_table(
        "circular_item",
        sa.Column("circular", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("department", sa.String(length=48), nullable=False),
        sa.Column("category", sa.String(length=51), nullable=True),
        sa.Column("indicator", sa.String(length=24), nullable=False),
        sa.Column("value", exact(), nullable=True),
        sa.Column("target", exact(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("mended_on", sa.Date(), nullable=True),
        sa.Column("mended_value", exact(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'mended', 'noted')", name=op.f("ck_circular_item_state")),
        sa.ForeignKeyConstraint(
            ["circular"], ["circular.code"], name=op.f("fk_circular_item_circular_circular")
        ),
        sa.PrimaryKeyConstraint("circular", "number", name=op.f("pk_circular_item")),
        comment="What a circular says: a figure of a department, and from where on it is mended",
    )
    op.create_table(
        "circular_recipient",
        sa.Column("circular", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("must_reply", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=True),
        sa.Column("received_at", moment(timezone=True), nullable=True),
        sa.Column("received_by", sa.String(length=64), nullable=True),
        sa.Column("replied_at", moment(timezone=True), nullable=True),
        sa.Column("replied_by", sa.String(length=64), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("closed_at", moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'issued', 'overdue', 'replied', 'returned', 'closed')",
            name=op.f("ck_circular_recipient_state"),
        ),
        sa.ForeignKeyConstraint(
            ["circular"], ["circular.code"], name=op.f("fk_circular_recipient_circular_circular")
        ),
        sa.PrimaryKeyConstraint("circular", "unit", name=op.f("pk_circular_recipient")),
        comment="Whom a circular is for: receipt, reply, closure",
    )
    op.create_index(op.f("ix_circular_recipient_unit"), "circular_recipient", ["unit"], unique=False)


def _steps() -> None:
    moment = data_access.column_types.Moment

    def step() -> list[sa.Column]:
        return [
            sa.Column("at", moment(timezone=True), nullable=False),
            sa.Column("actor", sa.String(length=64), nullable=False),
            sa.Column("account", sa.String(length=32), nullable=False),
            sa.Column("from_state", sa.String(length=12), nullable=True),
            sa.Column("to_state", sa.String(length=12), nullable=False),
            sa.Column("note", sa.Text(), nullable=False),
        ]

    op.create_table(
        "circular_event",
        sa.Column("circular", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        *step(),
        sa.ForeignKeyConstraint(
            ["circular"], ["circular.code"], name=op.f("fk_circular_event_circular_circular")
        ),
        sa.PrimaryKeyConstraint("circular", "number", name=op.f("pk_circular_event")),
        comment="Every step of a circular and of its recipients: who, when, from, to, a note",
    )
    op.create_table(
        "plan_event",
        sa.Column("category", sa.String(length=51), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        *step(),
        sa.ForeignKeyConstraint(
            ["category", "year", "version"],
            ["plan_version.category", "plan_version.year", "plan_version.version"],
            name="fk_plan_event_plan_version",
        ),
        sa.PrimaryKeyConstraint("category", "year", "version", "number", name=op.f("pk_plan_event")),
        comment="Every step of a plan's version: who, when, from, to, a note (Article 8)",
    )


def _notices() -> None:
    moment = data_access.column_types.Moment
    op.create_table(
        "notice",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("at", moment(timezone=True), nullable=False),
        sa.Column("settled_at", moment(timezone=True), nullable=True),
        sa.Column("mail_claimed_at", moment(timezone=True), nullable=True),
        sa.Column("mailed_at", moment(timezone=True), nullable=True),
        sa.CheckConstraint("level IN ('calm', 'attention', 'alarm')", name=op.f("ck_notice_level")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notice")),
        comment="Notices and due reminders by recipient's scope; each once, by its key",
    )
    op.create_index(op.f("ix_notice_scope_at"), "notice", ["scope", "at"], unique=False)
    op.create_table(
        "notice_read",
        sa.Column("notice", sa.String(length=160), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("at", moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notice.key"], name=op.f("fk_notice_read_notice_notice")),
        sa.PrimaryKeyConstraint("notice", "account", name=op.f("pk_notice_read")),
        comment="Who has read a notice",
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}")
