"""The freeze of a year and its revisions: what was frozen stays, a correction is the next link of the chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from data_access.assessment_tables import APPROVED, PROPOSED, figure, freeze, paper
from data_access.audit import append
from data_access.clock import day_of
from data_access.commands.assessment import (
    AssessmentRefused,
    authored,
    begin,
    decide,
    decided,
    need_words,
)
from data_access.commands.plan_step import Step
from data_access.principal import OFFICE, SYSTEM, Principal


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document to be frozen with its result, both canonical JSON, and the hash of the first."""

    year: int
    freeze_on: dt.date
    inputs: str
    sha256: str
    result: str
    formula_version: str
    rule_version: str | None


def is_frozen(who: Principal, connection: Connection, year: int) -> bool:
    """Whether the year has a freeze in force."""
    who.require("office", "leader", "operations", "department")
    statement = select(func.count()).where(freeze.c.year == year, freeze.c.state == APPROVED)
    return bool(connection.scalar(statement.select_from(freeze)))


def freeze_year(who: Principal, connection: Connection, sealed: Sealed, *, at: dt.datetime) -> None:
    """Revision 1 of the year; its plans are closed in the same transaction.

    Raises:
        AssessmentRefused: the year is frozen already.
        Forbidden: anybody but the office and the product's own job.
    """
    if who != SYSTEM:
        who.require("office")
    begin(who, connection, at)
    if is_frozen(who, connection, sealed.year):
        raise AssessmentRefused(
            f"{sealed.year} 年度已经封存，不能再封存一次。有错误的，请提出更正并写明理由。"
        )
    values = authored(who, at) | decided(who, at, "")
    _insert(connection, sealed, 1, values, revision=1, previous=None, reason="年度封存")
    step = Step(OFFICE, connection, day_of(at))  # closing changes no promise; drafts stay as they are
    for plan in step.plans(sealed.year):
        if plan.state == "approved":
            step.change(plan, {"state": "closed"})
    detail = {"sha256": sealed.sha256, "freeze_on": sealed.freeze_on.isoformat()}
    append(connection, who, "score.freeze", str(sealed.year), "done", at=at, detail=detail)


def propose_revision(
    who: Principal, connection: Connection, sealed: Sealed, *, reason: str, at: dt.datetime
) -> int:
    """A corrected document with its reason; the proposal's number. Nothing changes until it is decided.

    Raises:
        AssessmentRefused: not frozen, nothing differs, or another proposal stands.
    """
    who.require("office")
    begin(who, connection, at)
    reason = need_words(reason, "更正须写明理由，例如：申诉 S2026-001 采纳。")
    last = _last(connection, sealed.year)
    if last is None:
        raise AssessmentRefused(f"{sealed.year} 年度还没有封存，没有可以更正的内容。")
    if _standing(connection, sealed.year) is not None:
        raise AssessmentRefused(f"{sealed.year} 年度还有一项更正等待第二人确认，办结后再提出。")
    if sealed.sha256 == last.sha256:
        raise AssessmentRefused(
            "更正后的输入与封存的一致，没有要更正的内容。请先登记并确认扣分、应办事项或更正事项。"
        )
    number = 1 + (
        connection.scalar(select(func.max(freeze.c.number)).where(freeze.c.year == sealed.year)) or 0
    )
    _insert(connection, sealed, number, authored(who, at), revision=None, previous=last.sha256, reason=reason)
    detail = {"step": "propose", "sha256": sealed.sha256, "reason": reason}
    append(connection, who, "score.revise", f"{sealed.year}/{number}", "done", at=at, detail=detail)
    return number


def decide_revision(
    who: Principal,
    connection: Connection,
    year: int,
    number: int,
    *,
    is_approved: bool,
    note: str = "",
    at: dt.datetime,
) -> int | None:
    """Another person of the office puts the correction in force: its revision number; None if refused.

    What it changes of anything issued is listed in the same transaction (`commands.errata`).
    """
    who.require("office")
    begin(who, connection, at)
    row = connection.execute(
        select(freeze).where(freeze.c.year == year, freeze.c.number == number)
    ).first()  # fmt: skip
    if row is None:
        raise AssessmentRefused(f"{year} 年度没有第 {number} 项更正。请刷新页面。")
    if not is_approved:
        note = need_words(note, "不同意时请写明理由。")
    last = _last(connection, year)
    revision = (last.revision if last else 0) + 1 if is_approved else None
    values = decided(who, at, note, is_approved=is_approved) | {"revision": revision}
    decide(who, connection, freeze, row, f"{year} 年度的更正", values, ("year", "number"))
    detail = {"step": "approve" if is_approved else "refuse", "revision": revision, "note": note}
    append(connection, who, "score.revise", f"{year}/{number}", "done", at=at, detail=detail)
    return revision


def issue_paper(
    who: Principal,
    connection: Connection,
    *,
    number: str,
    kind: str,
    title: str,
    year: int,
    revision: int,
    sha256: str,
    figures: Mapping[str, str | None],
    at: dt.datetime,
) -> None:
    """Register something issued with figures of a frozen revision, so that a correction can name them.

    Args:
        figures: place in the result document (``departments/youth_sport/score``) → figure as printed.

    Raises:
        AssessmentRefused: the number exists, or the revision does not.
    """
    who.require("office", "operations")
    begin(who, connection, at)
    stated = select(freeze.c.sha256).where(freeze.c.year == year, freeze.c.revision == revision)
    if connection.scalar(stated) != sha256:
        raise AssessmentRefused(
            f"{year} 年度没有哈希为 {sha256[:12]} 的第 {revision} 次封存，不能据此出具文件。"
        )
    if connection.scalar(select(paper.c.number).where(paper.c.number == number)) is not None:
        raise AssessmentRefused(f"文件编号 {number} 已经用过。请换一个编号。")
    connection.execute(
        paper.insert().values(
            number=number, kind=kind, title=title, year=year, revision=revision, sha256=sha256,
            issued_at=at, issued_by=who.name,
        )
    )  # fmt: skip
    rows = [{"paper": number, "place": place, "value": value} for place, value in figures.items()]
    if rows:
        connection.execute(figure.insert(), rows)
    detail = {"kind": kind, "revision": revision, "figures": len(rows)}
    append(connection, who, "score.issue", number, "done", at=at, detail=detail)


def _insert(connection: Connection, sealed: Sealed, number: int, by: Mapping, **more: object) -> None:
    connection.execute(
        freeze.insert().values(
            year=sealed.year, number=number, revision=more["revision"], freeze_on=sealed.freeze_on,
            inputs=sealed.inputs, sha256=sealed.sha256, result=sealed.result,
            formula_version=sealed.formula_version, rule_version=sealed.rule_version,
            previous_sha256=more["previous"], reason=more["reason"], **by,
        )
    )  # fmt: skip


def _last(connection: Connection, year: int):
    statement = select(freeze).where(freeze.c.year == year, freeze.c.state == APPROVED)
    return connection.execute(statement.order_by(freeze.c.revision.desc()).limit(1)).first()


def _standing(connection: Connection, year: int):
    return connection.execute(
        select(freeze.c.number).where(freeze.c.year == year, freeze.c.state == PROPOSED)
    ).first()
