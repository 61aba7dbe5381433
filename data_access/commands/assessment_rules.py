"""Rule sets of the assessment: proposed with a version and a date, in force when 局办公室 has approved them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select

from data_access.assessment_tables import APPROVED, freeze, rule_set
from data_access.audit import append
from data_access.commands.assessment import (
    AssessmentRefused,
    authored,
    begin,
    decide,
    decided,
    need_words,
)
from data_access.principal import Principal


def propose_rules(
    who: Principal,
    connection: Connection,
    *,
    version: str,
    effective_from: dt.date,
    approving_office: str,
    content: str,
    reason: str,
    at: dt.datetime,
) -> None:
    """Keep a checked rule set as a proposal.

    Args:
        effective_from: 1 January of the first year it counts for; no frozen year.
        content: canonical JSON of the whole set (`metrics.score.rules`), already checked.

    Raises:
        AssessmentRefused: the version exists, or the date reaches into a frozen year.
    """
    who.require("office")
    begin(who, connection, at)
    version = need_words(version, "请填写规则版本，例如 2027-1。")
    if len(version) > 32:
        raise AssessmentRefused("规则版本不超过 32 个字，例如 2027-1。")
    reason = need_words(reason, "请写明制定或修改规则的理由。")
    office = need_words(approving_office, "请填写批准机关，例如：市体育局办公室。")
    if (effective_from.month, effective_from.day) != (1, 1):
        raise AssessmentRefused(
            f"规则按整年适用，生效日期 {effective_from} 不是 1 月 1 日。请填 {effective_from.year + 1}-01-01。"
        )
    newest = connection.scalar(
        select(freeze.c.year).where(freeze.c.state == APPROVED).order_by(freeze.c.year.desc()).limit(1)
    )
    if newest is not None and effective_from.year <= newest:
        raise AssessmentRefused(
            f"{newest} 年度已经封存，沿用原规则；新规则请从 {newest + 1}-01-01 或以后生效。"
        )
    if connection.scalar(select(rule_set.c.version).where(rule_set.c.version == version)) is not None:
        raise AssessmentRefused(f"规则版本 {version} 已经存在。请换一个版本号。")
    connection.execute(
        rule_set.insert().values(
            version=version, effective_from=effective_from, approving_office=office, content=content,
            reason=reason, **authored(who, at),
        )
    )  # fmt: skip
    append(
        connection, who, "score.rules", version, "done", at=at,
        detail={"step": "propose", "effective_from": effective_from.isoformat(), "reason": reason},
    )  # fmt: skip


def decide_rules(
    who: Principal,
    connection: Connection,
    version: str,
    *,
    is_approved: bool,
    note: str = "",
    at: dt.datetime,
) -> None:
    """A second person of the office puts the rule set in force, or refuses it with a reason."""
    who.require("office")
    begin(who, connection, at)
    row = connection.execute(select(rule_set).where(rule_set.c.version == version)).first()
    if row is None:
        raise AssessmentRefused(f"没有规则版本 {version}。请刷新页面。")
    if not is_approved:
        note = need_words(note, "不同意时请写明理由。")
    values = decided(who, at, note, is_approved=is_approved)
    decide(who, connection, rule_set, row, f"规则 {version}", values, ("version",))
    append(
        connection, who, "score.rules", version, "done", at=at,
        detail={"step": "approve" if is_approved else "refuse", "note": note},
    )  # fmt: skip
