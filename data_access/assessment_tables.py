"""The tables of the yearly assessment (考核, Article 23): its rules, what people judge, what is frozen and issued.

Nothing in them is overwritten: a change is the next version, a correction after the
freeze the next revision. What takes effect by two persons carries both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
)

from data_access.column_types import Moment
from data_access.schema import metadata

PROPOSED, APPROVED, REFUSED = "proposed", "approved", "refused"
TWO_PERSON_STATES = (PROPOSED, APPROVED, REFUSED)
NATURES = ("obligation", "deduction", "adjustment")
APPEAL_STATES = ("filed", "rechecked", "decided", "effected", "withdrawn")


def _by_two_persons() -> list[Column[Any]]:
    """Who proposed it when, and which other person decided (names as they were, accounts if there are)."""
    return [
        Column("state", String(12), nullable=False),
        Column("author", String(64), nullable=False),
        Column("author_account", String(32), nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("second", String(64)),
        Column("second_account", String(32)),
        Column("decided_at", Moment),
        Column("decision_note", Text),
    ]


def _among(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(v) for v in values)})", name=column)


rule_set = Table(
    "score_rule_set",
    metadata,
    Column("version", String(32), primary_key=True),
    Column("effective_from", Date, nullable=False, index=True),  # 1 January of its first year
    Column("approving_office", String(64), nullable=False),
    Column("content", Text, nullable=False),  # canonical JSON of the whole rule set
    Column("reason", Text, nullable=False),
    *_by_two_persons(),
    _among("state", TWO_PERSON_STATES),
    comment="Weights, grades and limits with version, effective date and who approved them; old years keep theirs",
)
fact = Table(
    "score_fact",
    metadata,
    Column("number", String(16), primary_key=True),  # 2026-0001
    Column("version", SmallInteger, primary_key=True),
    Column("year", SmallInteger, nullable=False),  # whose score it belongs to
    Column("nature", String(12), nullable=False),
    Column("department", String(48), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("level", String(12)),
    Column("category", String(51)),
    Column("period", String(7)),
    Column("happened_on", Date),  # a deduction's occurred_on, an obligation's due_on
    Column("settled_on", Date),  # a deduction's confirmed_on, an obligation's done_on; null = not yet
    Column("value", String(32)),  # an adjustment's figure or date, as the input document writes it
    Column("is_void", SmallInteger, nullable=False),  # 1: this version takes the fact back
    Column("evidence", Text, nullable=False),
    Column(
        "source", String(64), nullable=False
    ),  # what it came from, e.g. a circular's number; empty: by hand
    *_by_two_persons(),
    _among("state", TWO_PERSON_STATES),
    _among("nature", NATURES),
    Index(None, "year", "department"),
    Index(None, "source"),
    comment="What people judged: obligations, deductions, adjusted inputs; each change a version by two persons",
)
freeze = Table(
    "score_freeze",
    metadata,
    Column("year", SmallInteger, primary_key=True),
    Column("number", SmallInteger, primary_key=True),  # of the proposal
    Column("revision", SmallInteger),  # given when it takes effect: 1 is the freeze, 2 the first correction
    Column("freeze_on", Date, nullable=False),
    Column("inputs", Text, nullable=False),  # canonical JSON
    Column("sha256", String(64), nullable=False),
    Column("result", Text, nullable=False),  # canonical JSON
    Column("formula_version", String(16), nullable=False),
    Column("rule_version", String(32)),
    Column("previous_sha256", String(64)),  # of the revision before
    Column("reason", Text, nullable=False),
    *_by_two_persons(),
    _among("state", TWO_PERSON_STATES),
    Index(None, "year", "revision", unique=True),
    comment="A frozen year and its corrections; revision 1 stays",
)
appeal = Table(
    "score_appeal",
    metadata,
    Column("number", String(16), primary_key=True),  # S2026-001
    Column("year", SmallInteger, nullable=False),
    Column("revision", SmallInteger, nullable=False),  # what is objected to
    Column("department", String(48), nullable=False),
    Column("part", String(16)),
    Column("category", String(51)),
    Column("objection", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("recheck_due", Date, nullable=False),
    Column("decision_due", Date, nullable=False),
    Column("finding", Text),
    Column("outcome", String(12)),  # upheld | partly | rejected
    Column("decision", Text),
    Column("decided_by", String(64)),
    Column("decided_account", String(32)),
    Column("effect_revision", SmallInteger),
    _among("state", APPEAL_STATES),
    Index(None, "year", "department"),
    comment="Objections to a frozen score: recheck, decision, effect, with their deadlines",
)
appeal_event = Table(
    "score_appeal_event",
    metadata,
    Column("appeal", String(16), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("from_state", String(12)),
    Column("to_state", String(12), nullable=False),
    Column("note", Text, nullable=False),
    ForeignKeyConstraint(["appeal"], ["score_appeal.number"]),
    comment="Every transition of an appeal: who, when, from, to, why",
)
paper = Table(
    "score_paper",
    metadata,
    Column("number", String(48), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("title", String(128), nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("revision", SmallInteger, nullable=False),  # the frozen revision its figures are from
    Column("sha256", String(64), nullable=False),  # of the inputs
    Column("issued_at", Moment, nullable=False),
    Column("issued_by", String(64), nullable=False),
    Index(None, "year", "revision"),
    comment="What was issued with figures of a frozen score: evidence packs, circulars, reports",
)
figure = Table(
    "score_figure",
    metadata,
    Column("paper", String(48), primary_key=True),
    Column("place", String(160), primary_key=True),  # departments/youth_sport/parts/quantity/points
    Column("value", String(64)),
    ForeignKeyConstraint(["paper"], ["score_paper.number"]),
    Index(None, "place"),
    comment="Each figure of an issued paper, by its place in the result document",
)
erratum = Table(
    "score_erratum",
    metadata,
    Column("paper", String(48), primary_key=True),
    Column("place", String(160), primary_key=True),
    Column("revision", SmallInteger, primary_key=True),  # whose correction touched it
    Column("year", SmallInteger, nullable=False),
    Column("was", String(64)),
    Column("now", String(64)),
    Column("listed_at", Moment, nullable=False),
    ForeignKeyConstraint(["paper"], ["score_paper.number"]),
    Index(None, "year", "revision"),
    comment="Issued figures a later revision changed, with what they were and are",
)
