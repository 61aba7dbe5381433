"""The tables of accounts, sessions and their audit (Article 18), beside those of `schema`."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    text,
)

from data_access.column_types import Moment
from data_access.schema import metadata

ACCOUNT_STATES = ("open", "suspended", "disabled", "closed")
APPLICATION_STATES = ("submitted", "approved", "refused")
_STANDING = text("state <> 'closed'")
_PENDING = text("state = 'submitted'")
_RUNNING = text("ended_at IS NULL")
account = Table(
    "admin_account",
    metadata,
    Column("name", String(32), primary_key=True),  # what is typed at login, lower case
    Column("person", String(32), nullable=False),
    Column("gender", String(8), nullable=False),
    Column("position", String(64), nullable=False),
    Column("duty", String(128), nullable=False),
    Column("phone", String(11), nullable=False),
    Column("role", String(16), nullable=False),
    Column("unit", String(48), nullable=False),
    Column("state", String(12), nullable=False),
    Column("state_reason", Text),
    Column("password_hash", String(72), nullable=False),
    Column("previous_hashes", JSON, nullable=False),
    Column("password_set_at", Moment, nullable=False),
    Column("must_change", Boolean, nullable=False),  # a one-time password
    Column("password_expires_at", Moment),  # of a one-time password
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", String(32), nullable=False),
    Column("used_at", Moment, nullable=False),  # last login; the opening until then
    Column("confirmed_on", Date, nullable=False),  # last yearly confirmation; the opening until then
    Column("changed_at", Moment, nullable=False),
    Index("uq_admin_account_phone", "phone", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
    Index(
        "uq_admin_account_person", "person", "unit",
        unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING,
    ),
    CheckConstraint(f"state IN ({', '.join(repr(s) for s in ACCOUNT_STATES)})", name="state"),
    comment="One person, one account (专人专号); a closed one stays for the audit",
)  # fmt: skip
application = Table(
    "admin_application",
    metadata,
    Column("number", String(24), primary_key=True),
    *(
        Column(name, String(length), nullable=False)
        for name, length in (
            ("person", 32), ("gender", 8), ("position", 64), ("duty", 128), ("phone", 11), ("role", 16), ("unit", 48),
        )
    ),
    Column("state", String(12), nullable=False),
    Column("address", String(45), nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("submitted_by", String(32), nullable=False),  # account; empty: the form before the login
    Column("decided_at", Moment),
    Column("decided_by", String(32)),
    Column("reason", Text),
    Column("account", String(32), ForeignKey("admin_account.name")),
    Index(
        "uq_admin_application_phone", "phone", unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING
    ),
    Index(None, "state", "submitted_at"),
    CheckConstraint(f"state IN ({', '.join(repr(s) for s in APPLICATION_STATES)})", name="state"),
    comment="Who asked for an account, and what the office decided (Article 18)",
)  # fmt: skip
login_session = Table(
    "admin_session",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the id: a stolen backup opens no session
    Column("account", String(32), ForeignKey("admin_account.name"), nullable=False),
    Column("address", String(45), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("end_reason", String(16)),
    Index(
        "uq_admin_session_account", "account", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING
    ),
    comment="Sessions; one that runs per account, ended in the transaction that takes the right away",
)
login_attempt = Table(
    "admin_login_attempt",
    metadata,
    Column("name_digest", String(64), primary_key=True),  # of whatever was typed; empty: the address itself
    Column("address", String(45), primary_key=True),
    Column("moments", JSON, nullable=False),  # of failures and of attempts under way, seconds
    Column("seen_at", Moment, nullable=False, index=True),
    Column("locked_until", Moment),
    comment="Failed logins of the last minutes by name and address together, and by address; purged",
)
audit_entry = Table(
    "admin_audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("account", String(32), nullable=False),
    Column("person", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("unit", String(48), nullable=False),
    Column("address", String(45), nullable=False),
    Column("action", String(48), nullable=False),
    Column("object", String(255), nullable=False),
    Column("result", String(16), nullable=False),
    Column("detail", Text, nullable=False),  # canonical JSON, empty if there is none
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    comment="Who did what to what, when, from where, with what result; append-only, chained by hashes",
)
audit_anchor = Table(
    "admin_audit_anchor",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("at", Moment, nullable=False),  # of the last entry that was cut
    Column("cut_at", Moment, nullable=False),
    comment="Where the chain begins after entries past their time were verified and cut off",
)
