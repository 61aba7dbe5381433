"""What every step of the assessment shares: a refusal, and the rule of two persons (Article 23, domain 4.1).

局办公室 is assessed and runs the assessment; so whatever changes a score is proposed by
one person and takes effect by another.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, Table, update

from data_access.assessment_tables import APPROVED, PROPOSED, REFUSED
from data_access.principal import Principal
from data_access.versions import raise_versions

DOMAIN = "assessment"
"""The data version that every step raises."""


class AssessmentRefused(Exception):
    """The step is not possible; nothing was changed. `problems` are sentences for the screen."""

    def __init__(self, *problems: str) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(problems))


def begin(who: Principal, connection: Connection, at: dt.datetime) -> None:
    """First in the transaction: writers of the assessment queue here."""
    raise_versions(connection, DOMAIN, at=at)


def authored(who: Principal, at: dt.datetime) -> dict[str, Any]:
    """Columns of a proposal."""
    return {
        "state": PROPOSED, "author": who.name, "author_account": who.account, "recorded_at": at,
    }  # fmt: skip


def decided(who: Principal, at: dt.datetime, note: str, *, is_approved: bool = True) -> dict[str, Any]:
    """Columns of a decision."""
    return {
        "state": APPROVED if is_approved else REFUSED, "second": who.name, "second_account": who.account,
        "decided_at": at, "decision_note": note.strip(),
    }  # fmt: skip


def decide(
    who: Principal,
    connection: Connection,
    table: Table,
    row: Row[Any],
    what: str,
    values: dict[str, Any],
    key: tuple[str, ...],
) -> None:
    """Close a standing proposal. It must still stand, and its author may not be the second person.

    Raises:
        AssessmentRefused: decided already, or by the one who proposed it.
    """
    if row.state != PROPOSED:
        raise AssessmentRefused(f"{what}已经办结，不能再次办理。请刷新页面查看结果。")
    if is_same_person(who, row):
        raise AssessmentRefused(f"{what}由 {row.author} 提出，须由另一人确认。请交局办公室其他同志办理。")
    connection.execute(
        update(table).where(*(table.c[name] == getattr(row, name) for name in key)).values(**values)
    )


def is_same_person(who: Principal, row: Row[Any]) -> bool:
    """One account is one person (专人专号); where one has no account, the names decide."""
    if who.account and row.author_account:
        return who.account == row.author_account
    return who.name == row.author


def need_words(text: str, sentence: str) -> str:
    """A reason or an evidence that must not be empty; tidied."""
    if not text.strip():
        raise AssessmentRefused(sentence)
    return text.strip()
