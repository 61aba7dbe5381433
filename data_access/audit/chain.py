"""The chain: every entry carries the hash of the one before it, so none can be changed, removed or slipped in.

`append` belongs at the end of a transaction: on PostgreSQL it holds one lock for
everybody until the commit, and whoever takes other locks after it may wait for ever.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from data_access.account_tables import audit_anchor, audit_entry
from data_access.audit.actions import ACTIONS, RESULTS, Result
from data_access.principal import Principal

LOCK = 0x5350_4F52_5453
"""The key of PostgreSQL's advisory lock; on SQLite the writing transaction is the lock."""

HASHED = tuple(c.name for c in audit_entry.c if c.name != "hash")
LENGTHS = {c.name: length for c in audit_entry.c if (length := getattr(c.type, "length", None))}
_NEWEST = select(audit_entry.c.number, audit_entry.c.hash).order_by(audit_entry.c.number.desc()).limit(1)
_INSERT = audit_entry.insert()  # built once: an entry stands in the transaction of every delivery


def canonical(value: Mapping[str, Any]) -> str:
    """JSON that is the same for the same content: sorted keys, no spaces, text as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 over an entry's columns without `hash`; the moment in UTC with all its digits."""
    at: dt.datetime = entry["at"]
    content = {name: entry[name] for name in HASHED}
    content["at"] = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(content).encode("utf-8", "surrogatepass")).hexdigest()


def append(
    connection: Connection,
    who: Principal,
    action: str,
    object: str,
    result: Result,
    *,
    at: dt.datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One more entry, kept or lost with the caller's writing transaction.

    Args:
        action: a key of `ACTIONS`.
        object: what it was done to: an account, a receipt, a category.
        detail: plain JSON values that explain it; never a password, a telephone or a person's data.
    """
    if action not in ACTIONS:
        raise ValueError(f"No audit action {action!r}. Defined: {', '.join(ACTIONS)}.")
    if result not in RESULTS:
        raise ValueError(f"No audit result {result!r}. Defined: {', '.join(RESULTS)}.")
    number, previous = _end_for_writing(connection)
    entry: dict[str, Any] = {
        "number": number + 1, "at": at, "account": who.account, "person": who.name, "role": who.role,
        "unit": who.unit, "address": who.address, "action": action, "object": object, "result": result,
        "detail": canonical(detail) if detail else "", "previous": previous,
    }  # fmt: skip
    entry |= {name: _storable(entry[name])[:length] for name, length in LENGTHS.items() if name in entry}
    entry["detail"] = _storable(entry["detail"])
    connection.execute(_INSERT, entry | {"hash": hash_of(entry)})


def _storable(text: str) -> str:
    """Without what a database cannot keep: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _end_for_writing(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last entry, with nobody else able to append until the caller's commit."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    return end(connection)


def end(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last entry; of the anchor where none follows it."""
    row = connection.execute(_NEWEST).first()
    if row is None:
        row = anchor(connection)
    return row.number, row.hash


def anchor(connection: Connection) -> Row[Any]:
    """Where the chain begins: `number`, `hash`, `at` of the last entry cut off (number 0: none was)."""
    statement = select(audit_anchor).order_by(audit_anchor.c.number.desc()).limit(1)
    return connection.execute(statement).one()


def chain_id(connection: Connection) -> str:
    """What tells this chain from that of another installation."""
    found = connection.scalar(select(audit_anchor.c.hash).where(audit_anchor.c.number == 0))
    assert found is not None, "the migration writes anchor 0"
    return found
