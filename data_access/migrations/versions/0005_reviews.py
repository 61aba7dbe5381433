"""Tables of the monthly review: generations with their snapshots, steps, edits, readers; what is signed stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SIGNED_COLUMNS = (
    "number", "month", "generation", "as_of", "generated_at", "generated_by", "data_version", "snapshot", "sha256",
    "corrects", "reason", "replaced_by", "signed_text", "signed_sha256", "signed_at", "signed_by",
)  # fmt: skip
TABLES = ("review_reader", "review_edit", "review_event", "review")


def _changed(different: str) -> str:
    return " OR ".join(f"NEW.{name} {different} OLD.{name}" for name in SIGNED_COLUMNS)


SQLITE = (
    f"""CREATE TRIGGER review_signed_stays BEFORE UPDATE ON review
    WHEN OLD.signed_at IS NOT NULL AND ({_changed("IS NOT")})
    BEGIN SELECT RAISE(ABORT, 'a signed review never changes'); END""",
    """CREATE TRIGGER review_stays BEFORE DELETE ON review
    BEGIN SELECT RAISE(ABORT, 'a review is never removed'); END""",
    """CREATE TRIGGER review_edit_before_signature BEFORE INSERT ON review_edit
    WHEN (SELECT signed_at FROM review WHERE number = NEW.review) IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a signed review never changes'); END""",
    """CREATE TRIGGER review_edit_no_update BEFORE UPDATE ON review_edit
    BEGIN SELECT RAISE(ABORT, 'review_edit is append-only'); END""",
    """CREATE TRIGGER review_edit_no_delete BEFORE DELETE ON review_edit
    BEGIN SELECT RAISE(ABORT, 'review_edit is append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION review_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a review never changes or goes once it is signed' USING ERRCODE = 'insufficient_privilege';
    END $$""",
    """CREATE FUNCTION review_edit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT signed_at FROM review WHERE number = NEW.review) IS NOT NULL THEN
            RAISE EXCEPTION 'a signed review never changes' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$""",
    f"""CREATE TRIGGER signed_stays BEFORE UPDATE ON review FOR EACH ROW
    WHEN (OLD.signed_at IS NOT NULL AND ({_changed("IS DISTINCT FROM")}))
    EXECUTE FUNCTION review_refuse()""",
    """CREATE TRIGGER stays BEFORE DELETE ON review FOR EACH ROW EXECUTE FUNCTION review_refuse()""",
    """CREATE TRIGGER before_signature BEFORE INSERT ON review_edit
    FOR EACH ROW EXECUTE FUNCTION review_edit_refuse()""",
    """CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON review_edit
    FOR EACH ROW EXECUTE FUNCTION review_refuse()""",
)
FUNCTIONS = ("review_refuse()", "review_edit_refuse()")


def upgrade() -> None:
    moment = data_access.column_types.Moment
    op.create_table(
        "review",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("generated_at", moment(timezone=True), nullable=False),
        sa.Column("generated_by", sa.String(length=64), nullable=False),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("corrects", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.String(length=16), nullable=True),
        sa.Column("signed_text", sa.Text(), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_at", moment(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=64), nullable=True),
        sa.Column("sent_at", moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('generated', 'checked', 'signed', 'sent', 'archived', 'replaced')",
            name=op.f("ck_review_state"),
        ),
        sa.ForeignKeyConstraint(["corrects"], ["review.number"], name=op.f("fk_review_corrects_review")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_review")),
        comment="Monthly reviews (Article 21): each generation with its snapshot and hash; a signed one never changes",
    )
    op.create_index(op.f("ix_review_month_generation"), "review", ["month", "generation"], unique=True)
    op.create_table(
        "review_event",
        sa.Column("review", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.number"], name=op.f("fk_review_event_review_review")),
        sa.PrimaryKeyConstraint("review", "number", name=op.f("pk_review_event")),
        comment="Every step of a review: who, when, from, to, a note",
    )
    op.create_table(
        "review_edit",
        sa.Column("review", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("now", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["review.number"], name=op.f("fk_review_edit_review_review")),
        sa.PrimaryKeyConstraint("review", "place", "number", name=op.f("pk_review_edit")),
        comment="Changes of drafted sentences: what the rule wrote stays in the snapshot",
    )
    op.create_table(
        "review_reader",
        sa.Column("review", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("read_at", moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["review"], ["review.number"], name=op.f("fk_review_reader_review_review")),
        sa.PrimaryKeyConstraint("review", "account", name=op.f("pk_review_reader")),
        comment="The leaders a review was sent to, and when each first opened it",
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL if is_postgresql else SQLITE:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}")
