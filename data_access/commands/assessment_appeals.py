"""An objection to a frozen score: filed by the head, rechecked by operations, decided by the office, then in effect."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

import catalog
from data_access.assessment_tables import APPROVED, appeal, appeal_event, freeze
from data_access.audit import append
from data_access.calendar import read_calendar
from data_access.clock import day_of
from data_access.commands.assessment import AssessmentRefused, begin, need_words
from data_access.principal import Forbidden, Principal
from data_access.queries.assessment import APPEAL_NAMES, OUTCOME_NAMES

APPEAL_DAYS = 10
"""Working days after a result in which a department may object (as for a reply to a circular)."""
RECHECK_DAYS = 5
DECISION_DAYS = 10
"""Working days from the objection to the recheck's finding, and to the decision."""


def file_appeal(
    who: Principal,
    connection: Connection,
    *,
    year: int,
    department: str,
    objection: str,
    part: str | None = None,
    category: str | None = None,
    at: dt.datetime,
) -> str:
    """A department (or the office as one) objects to its frozen score; the appeal's number.

    Raises:
        AssessmentRefused: not frozen, past the days for it, or one of the department still runs.
    """
    who.require("department", "office")
    if department not in catalog.default().department_by_code or who.unit != department:
        raise Forbidden("申诉由被考核处室自己提出。请以本处室的账号办理。")
    begin(who, connection, at)
    objection = need_words(
        objection, "请写明异议内容和依据，例如：9 月数据 10 月 8 日已报，回执号 R20261008-0001。"
    )
    last = connection.execute(
        select(freeze.c.revision, freeze.c.decided_at).where(freeze.c.year == year, freeze.c.state == APPROVED)
        .order_by(freeze.c.revision.desc()).limit(1)
    ).first()  # fmt: skip
    if last is None:
        raise AssessmentRefused(f"{year} 年度还没有封存。封存前有异议的，请直接联系局办公室更正。")
    calendar, today = read_calendar(who, connection), day_of(at)
    limit = calendar.add_working_days(day_of(last.decided_at), APPEAL_DAYS)
    if today > limit:
        raise AssessmentRefused(
            f"申诉期已过：{year} 年度第 {last.revision} 次结果的申诉截止日是 {limit}。"
            "确有新证据的，请局办公室直接提出更正。"
        )
    running = select(appeal.c.number).where(
        appeal.c.year == year, appeal.c.department == department, appeal.c.state.in_(("filed", "rechecked"))
    )
    if (standing := connection.scalar(running)) is not None:
        raise AssessmentRefused(f"申诉 {standing} 正在办理。请补充到该申诉，或撤回后重新提出。")
    count = connection.scalar(select(func.count()).select_from(appeal).where(appeal.c.year == year)) or 0
    number = f"S{year}-{count + 1:03d}"
    connection.execute(
        appeal.insert().values(
            number=number, year=year, revision=last.revision, department=department, part=part,
            category=category, objection=objection, state="filed", filed_on=today,
            recheck_due=calendar.add_working_days(today, RECHECK_DAYS),
            decision_due=calendar.add_working_days(today, DECISION_DAYS),
        )
    )  # fmt: skip
    _event(who, connection, number, None, "filed", objection, at)
    return number


def withdraw_appeal(who: Principal, connection: Connection, number: str, *, at: dt.datetime) -> None:
    """The department takes its objection back before the decision."""
    who.require("department", "office")
    begin(who, connection, at)
    row = _expect(connection, number, ("filed", "rechecked"), "撤回")
    if row.department != who.unit:
        raise Forbidden("申诉由提出的处室撤回。请以该处室的账号办理。")
    _move(who, connection, row, {"state": "withdrawn"}, "处室撤回", at)


def recheck_appeal(
    who: Principal, connection: Connection, number: str, *, finding: str, at: dt.datetime
) -> None:
    """Operations writes down what the recheck found: receipts, rows, documents."""
    who.require("operations")
    begin(who, connection, at)
    finding = need_words(finding, "请写明复核情况：核对了哪些批次、记录，结果如何。")
    row = _expect(connection, number, ("filed",), "复核")
    _move(who, connection, row, {"state": "rechecked", "finding": finding}, finding, at)


def decide_appeal(
    who: Principal,
    connection: Connection,
    number: str,
    *,
    outcome: str,
    decision: str,
    at: dt.datetime,
) -> None:
    """The office decides with its reason. On its own appeal somebody else than the one who filed it."""
    who.require("office")
    begin(who, connection, at)
    if outcome not in OUTCOME_NAMES:
        raise AssessmentRefused(f"决定应为 {'、'.join(OUTCOME_NAMES.values())} 之一。")
    decision = need_words(decision, "请写明决定的理由。")
    row = _expect(connection, number, ("rechecked",), "决定")
    if row.department == who.unit:
        filed = select(appeal_event.c.actor).where(
            appeal_event.c.appeal == number, appeal_event.c.number == 1
        )
        if connection.scalar(filed) == who.name:
            raise AssessmentRefused("局办公室自己的申诉须由提出人以外的同志决定。请交其他同志办理。")
    values = {
        "state": "decided", "outcome": outcome, "decision": decision, "decided_by": who.name,
        "decided_account": who.account,
    }  # fmt: skip
    _move(who, connection, row, values, f"{OUTCOME_NAMES[outcome]}：{decision}", at)


def carry_out_appeal(
    who: Principal, connection: Connection, number: str, *, revision: int, at: dt.datetime
) -> None:
    """An upheld appeal has its effect: the revision of the frozen year that carries it."""
    who.require("office")
    begin(who, connection, at)
    row = _expect(connection, number, ("decided",), "更正")
    if row.outcome == "rejected":
        raise AssessmentRefused(f"申诉 {number} 未被采纳，没有要更正的内容。")
    exists = select(freeze.c.revision).where(freeze.c.year == row.year, freeze.c.revision == revision)
    if revision <= row.revision or connection.scalar(exists) is None:
        raise AssessmentRefused(
            f"{row.year} 年度没有晚于第 {row.revision} 次结果的第 {revision} 次更正。请先提出并确认更正。"
        )
    values = {"state": "effected", "effect_revision": revision}
    _move(who, connection, row, values, f"见第 {revision} 次结果", at)


def _expect(connection: Connection, number: str, states: tuple[str, ...], verb: str) -> Row[Any]:
    row = connection.execute(select(appeal).where(appeal.c.number == number)).first()
    if row is None:
        raise AssessmentRefused(f"没有申诉 {number}。请核对编号。")
    if row.state not in states:
        allowed = "、".join(f"「{APPEAL_NAMES[s]}」" for s in states)
        raise AssessmentRefused(
            f"申诉 {number} 是「{APPEAL_NAMES[row.state]}」，不能{verb}；{verb}只适用于{allowed}。"
        )
    return row


def _move(
    who: Principal, connection: Connection, row: Row[Any], values: dict[str, Any], note: str, at: dt.datetime
) -> None:
    connection.execute(update(appeal).where(appeal.c.number == row.number).values(**values))
    _event(who, connection, row.number, row.state, values["state"], note, at)


def _event(
    who: Principal,
    connection: Connection,
    number: str,
    before: str | None,
    after: str,
    note: str,
    at: dt.datetime,
) -> None:
    c = appeal_event.c
    last = connection.scalar(select(func.max(c.number)).where(c.appeal == number)) or 0
    connection.execute(
        appeal_event.insert().values(
            appeal=number,
            number=last + 1,
            at=at,
            actor=who.name,
            from_state=before,
            to_state=after,
            note=note,
        )
    )
    append(connection, who, "score.appeal", number, "done", at=at, detail={"to": after})
