"""The tables of circulars (通报, Article 22), of the annual plan's steps (Article 8) and of notices (提醒).

A circular's content never changes from the day it was issued (triggers in the
migration); what follows are states, events and replies. A notice is known by a key
made of what it is about, so the same one is never written twice.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
)

from data_access.column_types import Exact, Moment
from data_access.schema import metadata

KINDS = ("praise", "reminder", "criticism", "rectification")
STATES = ("draft", "approved", "issued", "closed", "withdrawn")
RECIPIENT_STATES = ("waiting", "issued", "overdue", "replied", "returned", "closed")
"""`waiting`: not issued yet."""
ITEM_STATES = ("open", "mended", "noted")
"""`noted`: praise, nothing to be mended."""


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(repr, values))})"


circular = Table(
    "circular",
    metadata,
    Column("code", String(16), primary_key=True),  # T2026-001, from the first draft on
    Column("year", SmallInteger),  # of the number
    Column("serial", SmallInteger),  # 通报〔2026〕3号: given when it is issued, without gaps
    Column("kind", String(16), nullable=False),
    Column("state", String(12), nullable=False),
    Column("title", String(120), nullable=False),
    Column("body", Text, nullable=False),  # what people add to the figures; may be empty
    Column("first", Date, nullable=False),  # the period, both inclusive
    Column("last", Date, nullable=False),
    Column("as_of", Date, nullable=False),  # the figures' day
    Column("reply_due", Date),  # null: no reply is asked for, or not issued yet
    Column("drafted_at", Moment, nullable=False),
    Column("drafted_by", String(64), nullable=False),
    Column("drafted_account", String(32), nullable=False),
    Column("approved_at", Moment),
    Column("approved_by", String(64)),
    Column("approved_account", String(32)),
    Column("issued_at", Moment),
    Column("withdrawn_reason", Text),
    CheckConstraint(_one_of("kind", KINDS), name="kind"),
    CheckConstraint(_one_of("state", STATES), name="state"),
    Index(None, "year", "serial", unique=True),
    comment="Circulars (Article 22); an issued one never changes, a withdrawn one stays",
)
circular_item = Table(
    "circular_item",
    metadata,
    Column("circular", String(16), ForeignKey("circular.code"), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("department", String(48), nullable=False),
    Column("category", String(51)),  # null: of the whole department
    Column("indicator", String(24), nullable=False),
    Column("value", Exact),  # a ratio 0–1 or a count, on the circular's `as_of`
    Column("target", Exact),  # mended from here on; null: praise
    Column("state", String(12), nullable=False),
    Column("mended_on", Date),
    Column("mended_value", Exact),
    CheckConstraint(_one_of("state", ITEM_STATES), name="state"),
    comment="What a circular says: a figure of a department, and from where on it is mended",
)
circular_recipient = Table(
    "circular_recipient",
    metadata,
    Column("circular", String(16), ForeignKey("circular.code"), primary_key=True),
    Column("unit", String(48), primary_key=True),
    Column("must_reply", SmallInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reply_due", Date),
    Column("received_at", Moment),
    Column("received_by", String(64)),
    Column("replied_at", Moment),
    Column("replied_by", String(64)),
    Column("reply", Text),
    Column("closed_at", Moment),
    CheckConstraint(_one_of("state", RECIPIENT_STATES), name="state"),
    Index(None, "unit"),
    comment="Whom a circular is for: receipt, reply, closure",
)
circular_event = Table(
    "circular_event",
    metadata,
    Column("circular", String(16), ForeignKey("circular.code"), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("unit", String(48), nullable=False),  # whose line it is; empty: the circular itself
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("account", String(32), nullable=False),
    Column("from_state", String(12)),
    Column("to_state", String(12), nullable=False),
    Column("note", Text, nullable=False),
    comment="Every step of a circular and of its recipients: who, when, from, to, a note",
)
plan_event = Table(
    "plan_event",
    metadata,
    Column("category", String(51), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("version", SmallInteger, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("account", String(32), nullable=False),
    Column("from_state", String(12)),
    Column("to_state", String(12), nullable=False),
    Column("note", Text, nullable=False),
    ForeignKeyConstraint(
        ["category", "year", "version"],
        ["plan_version.category", "plan_version.year", "plan_version.version"],
        name="fk_plan_event_plan_version",
    ),
    comment="Every step of a plan's version: who, when, from, to, a note (Article 8)",
)
notice = Table(
    "notice",
    metadata,
    Column("key", String(160), primary_key=True),  # what it is about, for whom, at which stage
    Column("scope", String(64), nullable=False),  # `Principal.scope` of those it is for
    Column("kind", String(16), nullable=False),
    Column("level", String(12), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("words", Text, nullable=False),
    Column("address", String(160), nullable=False),  # the page that helps, e.g. /circulars?id=T2026-001
    Column("due_on", Date),
    Column("at", Moment, nullable=False),
    Column("settled_at", Moment),  # what it asked for is done
    Column("mail_claimed_at", Moment),  # before the mail was handed over: nobody sends it again
    Column("mailed_at", Moment),
    CheckConstraint(_one_of("level", ("calm", "attention", "alarm")), name="level"),
    Index(None, "scope", "at"),
    comment="Notices and due reminders by recipient's scope; each once, by its key",
)
notice_read = Table(
    "notice_read",
    metadata,
    Column("notice", String(160), ForeignKey("notice.key"), primary_key=True),
    Column("account", String(32), primary_key=True),
    Column("at", Moment, nullable=False),
    comment="Who has read a notice",
)
