"""Accounts, their sessions and attempts, and the audit that nothing but its own cut may shorten."""

from __future__ import annotations

import datetime as dt
import secrets

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT_DAYS = 180  # what the law asks at least; the database's own clock counts

SQLITE = (
    """CREATE TRIGGER admin_audit_no_update BEFORE UPDATE ON admin_audit
    BEGIN SELECT RAISE(ABORT, 'admin_audit is append-only'); END""",
    f"""CREATE TRIGGER admin_audit_no_delete BEFORE DELETE ON admin_audit
    WHEN OLD.number > (SELECT max(number) FROM admin_audit_anchor)
    OR OLD.at > datetime('now', '-{KEPT_DAYS} days')
    BEGIN SELECT RAISE(ABORT, 'admin_audit is append-only'); END""",
    """CREATE TRIGGER admin_audit_in_order BEFORE INSERT ON admin_audit
    WHEN NEW.number <> 1 + max(
        coalesce((SELECT max(number) FROM admin_audit), 0), (SELECT max(number) FROM admin_audit_anchor))
    BEGIN SELECT RAISE(ABORT, 'admin_audit is numbered without gaps'); END""",
    """CREATE TRIGGER admin_audit_anchor_no_update BEFORE UPDATE ON admin_audit_anchor
    BEGIN SELECT RAISE(ABORT, 'admin_audit_anchor is append-only'); END""",
    """CREATE TRIGGER admin_audit_anchor_no_delete BEFORE DELETE ON admin_audit_anchor
    BEGIN SELECT RAISE(ABORT, 'admin_audit_anchor is append-only'); END""",
)

POSTGRESQL = (
    """CREATE FUNCTION admin_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$""",
    f"""CREATE FUNCTION admin_audit_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.number > (SELECT max(number) FROM admin_audit_anchor)
            OR OLD.at > clock_timestamp() - interval '{KEPT_DAYS} days' THEN
            RAISE EXCEPTION 'admin_audit is append-only' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END $$""",
    """CREATE FUNCTION admin_audit_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.number <> 1 + greatest(
            (SELECT max(number) FROM admin_audit), (SELECT max(number) FROM admin_audit_anchor)) THEN
            RAISE EXCEPTION 'admin_audit is numbered without gaps' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER no_update BEFORE UPDATE ON admin_audit
    FOR EACH ROW EXECUTE FUNCTION admin_audit_refuse()""",
    """CREATE TRIGGER no_truncate BEFORE TRUNCATE ON admin_audit
    FOR EACH STATEMENT EXECUTE FUNCTION admin_audit_refuse()""",
    """CREATE TRIGGER no_delete BEFORE DELETE ON admin_audit
    FOR EACH ROW EXECUTE FUNCTION admin_audit_delete()""",
    """CREATE TRIGGER in_order BEFORE INSERT ON admin_audit
    FOR EACH ROW EXECUTE FUNCTION admin_audit_order()""",
    """CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON admin_audit_anchor
    FOR EACH ROW EXECUTE FUNCTION admin_audit_refuse()""",
    """CREATE TRIGGER no_truncate BEFORE TRUNCATE ON admin_audit_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION admin_audit_refuse()""",
    # What a role that owns nothing may still ask the owner to do, within the triggers above:
    """CREATE FUNCTION admin_audit_cut(up_to bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        WITH cut AS (DELETE FROM admin_audit WHERE number <= up_to RETURNING number) SELECT count(*) FROM cut
    $$""",
    """CREATE FUNCTION base_add_month(month date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    BEGIN
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF base_venue_usage_reading FOR VALUES FROM (%L) TO (%L)',
            'base_venue_usage_reading_' || to_char(month, 'YYYY_MM'),
            date_trunc('month', month)::date, (date_trunc('month', month) + interval '1 month')::date);
    END $$""",
    "REVOKE ALL ON FUNCTION admin_audit_cut(bigint), base_add_month(date) FROM PUBLIC",
)
FUNCTIONS = (
    "admin_audit_refuse()", "admin_audit_delete()", "admin_audit_order()", "admin_audit_cut(bigint)",
    "base_add_month(date)",
)  # fmt: skip
TABLES = (
    "admin_session", "admin_application", "admin_login_attempt", "admin_audit", "admin_audit_anchor",
    "admin_account",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "admin_account",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("gender", sa.String(length=8), nullable=False),
        sa.Column("position", sa.String(length=64), nullable=False),
        sa.Column("duty", sa.String(length=128), nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.String(length=72), nullable=False),
        sa.Column("previous_hashes", sa.JSON(), nullable=False),
        sa.Column("password_set_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("password_expires_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("opened_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=32), nullable=False),
        sa.Column("used_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("changed_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'suspended', 'disabled', 'closed')", name=op.f("ck_admin_account_state")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_admin_account")),
        comment="One person, one account (专人专号); a closed one stays for the audit",
    )
    op.create_index(
        "uq_admin_account_person",
        "admin_account",
        ["person", "unit"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "uq_admin_account_phone",
        "admin_account",
        ["phone"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "admin_audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("object", sa.String(length=255), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_admin_audit")),
        comment="Who did what to what, when, from where, with what result; append-only, chained by hashes",
    )
    op.create_index(op.f("ix_admin_audit_at"), "admin_audit", ["at"], unique=False)
    op.create_table(
        "admin_audit_anchor",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("cut_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_admin_audit_anchor")),
        comment="Where the chain begins after entries past their time were verified and cut off",
    )
    op.create_table(
        "admin_login_attempt",
        sa.Column("name_digest", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("moments", sa.JSON(), nullable=False),
        sa.Column("seen_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("locked_until", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name_digest", "address", name=op.f("pk_admin_login_attempt")),
        comment="Failed logins of the last minutes by name and address together, and by address; purged",
    )
    op.create_index(op.f("ix_admin_login_attempt_seen_at"), "admin_login_attempt", ["seen_at"], unique=False)
    op.create_table(
        "admin_application",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("gender", sa.String(length=8), nullable=False),
        sa.Column("position", sa.String(length=64), nullable=False),
        sa.Column("duty", sa.String(length=128), nullable=False),
        sa.Column("phone", sa.String(length=11), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("submitted_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("account", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "state IN ('submitted', 'approved', 'refused')", name=op.f("ck_admin_application_state")
        ),
        sa.ForeignKeyConstraint(
            ["account"], ["admin_account.name"], name=op.f("fk_admin_application_account_admin_account")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_admin_application")),
        comment="Who asked for an account, and what the office decided (Article 18)",
    )
    op.create_index(
        op.f("ix_admin_application_state_submitted_at"),
        "admin_application",
        ["state", "submitted_at"],
        unique=False,
    )
    op.create_index(
        "uq_admin_application_phone",
        "admin_application",
        ["phone"],
        unique=True,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "admin_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("started_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"], ["admin_account.name"], name=op.f("fk_admin_session_account_admin_account")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_admin_session")),
        comment="Sessions; one that runs per account, ended in the transaction that takes the right away",
    )
    op.create_index(
        "uq_admin_session_account",
        "admin_session",
        ["account"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    begin_chain()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL if is_postgresql else SQLITE:
        op.execute(sa.text(statement.replace(":", "\\:")))


def begin_chain() -> None:
    """Anchor 0 is random: it tells this chain from that of any other installation."""
    anchor = sa.table(
        "admin_audit_anchor",
        sa.column("number", sa.BigInteger()),
        sa.column("hash", sa.String()),
        sa.column("at", data_access.column_types.Moment(timezone=True)),
        sa.column("cut_at", data_access.column_types.Moment(timezone=True)),
    )
    present = dt.datetime.now(dt.UTC)
    op.execute(anchor.insert().values(number=0, hash=secrets.token_hex(32), at=present, cut_at=present))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}")
