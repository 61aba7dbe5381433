"""Tables of the assessment: rule sets, judged facts, freezes and revisions, appeals, issued figures, errata."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import data_access.column_types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "score_appeal",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("department", sa.String(length=48), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=True),
        sa.Column("category", sa.String(length=51), nullable=True),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("recheck_due", sa.Date(), nullable=False),
        sa.Column("decision_due", sa.Date(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_account", sa.String(length=32), nullable=True),
        sa.Column("effect_revision", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('filed', 'rechecked', 'decided', 'effected', 'withdrawn')",
            name=op.f("ck_score_appeal_state"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_score_appeal")),
        comment="Objections to a frozen score: recheck, decision, effect, with their deadlines",
    )
    op.create_index(
        op.f("ix_score_appeal_year_department"), "score_appeal", ["year", "department"], unique=False
    )
    op.create_table(
        "score_fact",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("nature", sa.String(length=12), nullable=False),
        sa.Column("department", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=True),
        sa.Column("category", sa.String(length=51), nullable=True),
        sa.Column("period", sa.String(length=7), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("value", sa.String(length=32), nullable=True),
        sa.Column("is_void", sa.SmallInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("author_account", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=True),
        sa.Column("second_account", sa.String(length=32), nullable=True),
        sa.Column("decided_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "nature IN ('obligation', 'deduction', 'adjustment')", name=op.f("ck_score_fact_nature")
        ),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'refused')", name=op.f("ck_score_fact_state")),
        sa.PrimaryKeyConstraint("number", "version", name=op.f("pk_score_fact")),
        comment="What people judged: obligations, deductions, adjusted inputs; each change a version by two persons",
    )
    op.create_index(op.f("ix_score_fact_source"), "score_fact", ["source"], unique=False)
    op.create_index(op.f("ix_score_fact_year_department"), "score_fact", ["year", "department"], unique=False)
    op.create_table(
        "score_freeze",
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=True),
        sa.Column("freeze_on", sa.Date(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("formula_version", sa.String(length=16), nullable=False),
        sa.Column("rule_version", sa.String(length=32), nullable=True),
        sa.Column("previous_sha256", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("author_account", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=True),
        sa.Column("second_account", sa.String(length=32), nullable=True),
        sa.Column("decided_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'refused')", name=op.f("ck_score_freeze_state")
        ),
        sa.PrimaryKeyConstraint("year", "number", name=op.f("pk_score_freeze")),
        comment="A frozen year and its corrections; revision 1 stays",
    )
    op.create_index(op.f("ix_score_freeze_year_revision"), "score_freeze", ["year", "revision"], unique=True)
    op.create_table(
        "score_paper",
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_score_paper")),
        comment="What was issued with figures of a frozen score: evidence packs, circulars, reports",
    )
    op.create_index(op.f("ix_score_paper_year_revision"), "score_paper", ["year", "revision"], unique=False)
    op.create_table(
        "score_rule_set",
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("approving_office", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("author_account", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=True),
        sa.Column("second_account", sa.String(length=32), nullable=True),
        sa.Column("decided_at", data_access.column_types.Moment(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'refused')", name=op.f("ck_score_rule_set_state")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_score_rule_set")),
        comment="Weights, grades and limits with version, effective date and who approved them; old years keep theirs",
    )
    op.create_index(
        op.f("ix_score_rule_set_effective_from"), "score_rule_set", ["effective_from"], unique=False
    )
    op.create_table(
        "score_appeal_event",
        sa.Column("appeal", sa.String(length=16), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal"], ["score_appeal.number"], name=op.f("fk_score_appeal_event_appeal_score_appeal")
        ),
        sa.PrimaryKeyConstraint("appeal", "number", name=op.f("pk_score_appeal_event")),
        comment="Every transition of an appeal: who, when, from, to, why",
    )
    op.create_table(
        "score_erratum",
        sa.Column("paper", sa.String(length=48), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("was", sa.String(length=64), nullable=True),
        sa.Column("now", sa.String(length=64), nullable=True),
        sa.Column("listed_at", data_access.column_types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper"], ["score_paper.number"], name=op.f("fk_score_erratum_paper_score_paper")
        ),
        sa.PrimaryKeyConstraint("paper", "place", "revision", name=op.f("pk_score_erratum")),
        comment="Issued figures a later revision changed, with what they were and are",
    )
    op.create_index(
        op.f("ix_score_erratum_year_revision"), "score_erratum", ["year", "revision"], unique=False
    )
    op.create_table(
        "score_figure",
        sa.Column("paper", sa.String(length=48), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["paper"], ["score_paper.number"], name=op.f("fk_score_figure_paper_score_paper")
        ),
        sa.PrimaryKeyConstraint("paper", "place", name=op.f("pk_score_figure")),
        comment="Each figure of an issued paper, by its place in the result document",
    )
    op.create_index(op.f("ix_score_figure_place"), "score_figure", ["place"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_score_figure_place"), table_name="score_figure")
    op.drop_table("score_figure")
    op.drop_index(op.f("ix_score_erratum_year_revision"), table_name="score_erratum")
    op.drop_table("score_erratum")
    op.drop_table("score_appeal_event")
    op.drop_index(op.f("ix_score_rule_set_effective_from"), table_name="score_rule_set")
    op.drop_table("score_rule_set")
    op.drop_index(op.f("ix_score_paper_year_revision"), table_name="score_paper")
    op.drop_table("score_paper")
    op.drop_index(op.f("ix_score_freeze_year_revision"), table_name="score_freeze")
    op.drop_table("score_freeze")
    op.drop_index(op.f("ix_score_fact_year_department"), table_name="score_fact")
    op.drop_index(op.f("ix_score_fact_source"), table_name="score_fact")
    op.drop_table("score_fact")
    op.drop_index(op.f("ix_score_appeal_year_department"), table_name="score_appeal")
    op.drop_table("score_appeal")
