"""The errata of a correction after the freeze (更正清单, Article 23): what was issued, which figure differs, who is told.

One list over evidence packs, monthly reviews and circulars, written in the transaction
that puts the revision in force. A circular's erratum note is issued with it, a review's
erratum is drafted with it and goes on by its own steps; a pack's is the next pack.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from data_access.assessment_tables import erratum, paper
from data_access.audit import append
from data_access.circular_tables import circular_recipient
from data_access.commands import assessment, circulars
from data_access.commands.notices import Message, notify, scope_of
from data_access.principal import Principal
from data_access.queries.errata import erratum_key
from data_access.queries.scope import fetch
from data_access.versions import raise_versions

PACK, REVIEW, CIRCULAR = "evidence_pack", "review", "circular"
PACK_RECIPIENT = "personnel"
"""人事处: the evidence pack is handed over to it (Article 23)."""
Places = Mapping[str, tuple[str | None, str | None]]
"""Place of a figure → (what the paper says, what is right)."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Something issued that states figures a revision changes.

    `code`: what its page is opened by; `revision`: the frozen result in force when it
    was issued, 0 before the freeze; `sha256` of that result's inputs, empty before.
    """

    number: str
    kind: str
    code: str
    title: str
    revision: int
    sha256: str
    issued_at: dt.datetime
    issued_by: str
    places: Places


def list_errata(
    who: Principal, connection: Connection, year: int, revision: int, touched: Sequence[Touched], *,
    at: dt.datetime,
) -> int:  # fmt: skip
    """List every figure, issue the notes of circulars, tell every recipient; how many figures.

    Called in the transaction of `assessment_freeze.decide_revision`.
    """
    who.require("office")
    if not touched:
        return 0
    raise_versions(connection, assessment.DOMAIN, circulars.DOMAIN, at=at)
    known = set(
        connection.scalars(select(paper.c.number).where(paper.c.number.in_([t.number for t in touched])))
    )
    rows, messages = [], list[Message]()
    for one in touched:
        if one.number not in known:
            _register(connection, year, one)
        rows += [
            {
                "paper": one.number, "place": place, "revision": revision, "year": year, "was": was, "now": now,
                "listed_at": at,
            }
            for place, (was, now) in one.places.items()
        ]  # fmt: skip
        if one.kind == CIRCULAR:
            note = f"更正：{year} 年度考核第 {revision} 次结果改变其中 {len(one.places)} 个数字"
            row = circulars.row_of(who, connection, one.code)
            circulars.record(connection, who, one.code, "", row.state, row.state, note, at)
        messages += _messages(connection, year, revision, one)
    connection.execute(erratum.insert(), rows)
    notify(who, connection, messages, at=at)
    detail = {"revision": revision, "papers": [t.number for t in touched], "figures": len(rows)}
    append(connection, who, "score.errata", str(year), "done", at=at, detail=detail)
    return len(rows)


def _register(connection: Connection, year: int, one: Touched) -> None:
    """So that the list can say what it was, from which result, and when it was issued."""
    connection.execute(
        paper.insert().values(
            number=one.number, kind=one.kind, title=one.title, year=year, revision=one.revision,
            sha256=one.sha256, issued_at=one.issued_at, issued_by=one.issued_by,
        )
    )  # fmt: skip


def _messages(connection: Connection, year: int, revision: int, one: Touched) -> list[Message]:
    """To everybody it was issued to, and to the office and the team that have to act."""
    name = f"调度报表 {one.number} 号" if one.kind == REVIEW else one.number
    said = f"《{one.title}》中有 {len(one.places)} 个数字"
    if one.kind == CIRCULAR:
        units = fetch(
            connection,
            select(circular_recipient.c.unit).where(circular_recipient.c.circular == one.code),
        )
        scopes: Iterable[str] = [scope_of(row.unit) for row in units]
        words, address = f"{said}更正，以更正为准。", f"/circulars?id={one.code}"
    elif one.kind == REVIEW:
        scopes, words, address = (
            ("leader", "operations"),
            f"{said}须更正，更正稿经核对、签发后报送。",
            f"/review?id={one.code}",
        )
    else:
        scopes = (scope_of(PACK_RECIPIENT),)
        words, address = f"{said}更正，新的证据包随后送达。", f"/score?view=封存与申诉&year={year}"
    return [
        Message(
            key=erratum_key(one.number, revision, scope), scope=scope, kind="erratum", level="attention",
            subject=f"{name}有更正", words=words, address=address,
        )
        for scope in dict.fromkeys((*scopes, "office"))
    ]  # fmt: skip
