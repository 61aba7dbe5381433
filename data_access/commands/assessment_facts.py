"""What people judge about a year (应办事项、扣分、更正): each change a version, in force by a second person.

An obligation is a reply or correction with a due date, a deduction a confirmed fact, an
adjustment a figure of the inputs that was shown to be wrong (Articles 14, 19, 22, 23).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

import catalog
from data_access.assessment_tables import APPROVED, PROPOSED, fact
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
from data_access.principal import Principal
from data_access.responsibility import read_responsibilities

KINDS = {
    "obligation": ("circular_reply", "correction", "feedback_answer"),
    "deduction": ("content", "incident", "falsified", "secret_leak"),
    "adjustment": ("received_on", "integrated_keys", "accepted_records"),
}
LEVELS = ("一般", "较大", "重大", "特别重大")
COLUMNS = (
    "year", "nature", "department", "kind", "level", "category", "period", "happened_on", "settled_on",
    "value", "evidence", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """What is to be recorded.

    `happened_on`: an obligation's due date, the day of a deduction's fact; an adjustment has none.
    `settled_on`: the day it was done, or confirmed; None = not yet.
    `value`: an adjustment's right figure, or date (2026-05-01).
    `evidence`: what it rests on: a document's number, a receipt, a record of two persons.
    """

    year: int
    nature: str
    department: str
    kind: str
    happened_on: dt.date | None = None
    settled_on: dt.date | None = None
    level: str | None = None
    category: str | None = None
    period: str | None = None
    value: str | None = None
    evidence: str = ""
    source: str = ""


def propose_fact(
    who: Principal,
    connection: Connection,
    entry: Fact,
    *,
    at: dt.datetime,
    number: str | None = None,
    is_void: bool = False,
) -> tuple[str, int]:
    """Record a fact, or (with `number`) its next version; (number, version). It counts once decided.

    Raises:
        AssessmentRefused: with every problem; or another change of the fact still waits.
    """
    who.require("office", "operations")
    begin(who, connection, at)
    if problems := list(_problems(who, connection, entry, day_of(at))):
        raise AssessmentRefused(*problems)
    return _propose(who, connection, entry, at, number, is_void)


def decide_fact(
    who: Principal,
    connection: Connection,
    number: str,
    *,
    is_approved: bool,
    note: str = "",
    at: dt.datetime,
) -> None:
    """Another person of the office puts the waiting version in force, or refuses it with a reason."""
    who.require("office")
    begin(who, connection, at)
    row = connection.execute(
        select(fact).where(fact.c.number == number).order_by(fact.c.version.desc()).limit(1)
    ).first()
    if row is None:
        raise AssessmentRefused(f"没有编号 {number} 的事项。请刷新页面。")
    if not is_approved:
        note = need_words(note, "不同意时请写明理由。")
    values = decided(who, at, note, is_approved=is_approved)
    decide(who, connection, fact, row, f"事项 {number}", values, ("number", "version"))
    step = "approve" if is_approved else "refuse"
    detail = {"step": step, "version": row.version, "department": row.department, "note": note}
    append(connection, who, "score.fact", number, "done", at=at, detail=detail)


def keep_obligation(
    who: Principal,
    connection: Connection,
    *,
    source: str,
    kind: str,
    department: str,
    due_on: dt.date,
    done_on: dt.date | None,
    evidence: str,
    at: dt.datetime,
    proposed_by: tuple[str, str] | None = None,
) -> str:
    """An obligation another process keeps (a circular's reply): created, then done, under its `source`.

    `proposed_by` (name, account) is the other person of that process: with it the change is in
    force at once. One of 局办公室's own always waits for `decide_fact`. Returns the number.
    """
    who.require("office", "operations", "department")
    if not source.strip():
        raise AssessmentRefused("应办事项须写明来源，例如通报文号。")
    begin(who, connection, at)
    entry = Fact(
        due_on.year, "obligation", department, kind, due_on, done_on, evidence=evidence, source=source
    )
    standing = connection.execute(
        select(fact).where(fact.c.source == source, fact.c.department == department, fact.c.kind == kind)
        .order_by(fact.c.version.desc()).limit(1)
    ).first()  # fmt: skip
    if standing is not None and (standing.happened_on, standing.settled_on) == (due_on, done_on):
        return standing.number
    if standing is not None and standing.state == PROPOSED:  # what waits is out of date by now
        superseded = decided(who, at, "被来源事项的后续变更替代", is_approved=False)
        connection.execute(
            fact.update()
            .where(fact.c.number == standing.number, fact.c.version == standing.version)
            .values(**superseded)
        )
    number, version = _propose(who, connection, entry, at, standing.number if standing else None, False)
    if proposed_by is not None and department != "office" and proposed_by[0] != who.name:
        name, account = proposed_by
        connection.execute(
            fact.update().where(fact.c.number == number, fact.c.version == version)
            .values(**decided(who, at, "随来源事项办结") | {"author": name, "author_account": account})
        )  # fmt: skip
    return number


def _propose(
    who: Principal,
    connection: Connection,
    entry: Fact,
    at: dt.datetime,
    number: str | None,
    is_void: bool,
) -> tuple[str, int]:
    version = 1
    if number is None:
        last = connection.scalar(select(func.max(fact.c.number)).where(fact.c.year == entry.year))
        number = f"{entry.year}-{int(last[5:]) + 1 if last else 1:04d}"
    else:
        row = connection.execute(
            select(fact).where(fact.c.number == number).order_by(fact.c.version.desc()).limit(1)
        ).first()
        if row is None or row.department != entry.department or row.year != entry.year:
            raise AssessmentRefused(f"{entry.year} 年度没有这个处室编号 {number} 的事项。请刷新页面。")
        if row.state == PROPOSED:
            raise AssessmentRefused(f"事项 {number} 还有一处变更等待第二人确认，办结后再改。")
        if is_void and (row.state != APPROVED or row.is_void):
            raise AssessmentRefused(f"事项 {number} 没有生效的内容可以撤销。")
        version = row.version + 1
    connection.execute(
        fact.insert().values(
            number=number, version=version, is_void=int(is_void),
            **{name: getattr(entry, name) for name in COLUMNS}, **authored(who, at),
        )
    )  # fmt: skip
    detail = {
        "step": "void" if is_void else "propose", "version": version, "department": entry.department,
        "kind": entry.kind,
    }  # fmt: skip
    append(connection, who, "score.fact", number, "done", at=at, detail=detail)
    return number, version


def _problems(who: Principal, connection: Connection, entry: Fact, today: dt.date) -> Iterator[str]:
    known = catalog.default()
    if entry.department not in known.department_by_code:
        yield f"没有处室「{entry.department}」。请从列表中选择。"
        return
    if entry.kind not in KINDS.get(entry.nature, ()):
        yield f"「{entry.kind}」不是{entry.nature}的种类，应为 {'、'.join(KINDS.get(entry.nature, ()))}。"
        return
    if not entry.evidence.strip():
        yield "请写明依据，例如通报文号、回执号或确认记录。"
    yield from _wrong_days(entry, today)
    if entry.kind == "incident" and entry.level not in LEVELS:
        yield f"安全事件须写明等级，应为 {'、'.join(LEVELS)}。"
    if entry.nature == "adjustment" or entry.kind == "falsified":
        yield from _wrong_category(who, connection, entry)
    if entry.nature == "adjustment":
        yield from _wrong_value(entry)


def _wrong_days(entry: Fact, today: dt.date) -> Iterator[str]:
    if entry.nature == "adjustment":
        return
    what = "截止日期" if entry.nature == "obligation" else "发生日期"
    settled = "完成日期" if entry.nature == "obligation" else "确认日期"
    if entry.happened_on is None:
        yield f"请填写{what}。"
        return
    if entry.happened_on.year != entry.year:
        yield f"{what} {entry.happened_on} 不在 {entry.year} 年内。请核对年度。"
    if entry.nature == "deduction" and entry.happened_on > today:
        yield f"{what} {entry.happened_on} 晚于今天。请填实际日期。"
    if entry.settled_on is not None and entry.settled_on > today:
        yield f"{settled} {entry.settled_on} 晚于今天。请填实际日期。"
    if entry.nature == "deduction" and entry.settled_on is not None and entry.settled_on < entry.happened_on:
        yield f"{settled} {entry.settled_on} 早于{what} {entry.happened_on}。请核对两个日期。"


def _wrong_category(who: Principal, connection: Connection, entry: Fact) -> Iterator[str]:
    assignments = read_responsibilities(who, connection).year(entry.year)
    if not any((a.category, a.department) == (entry.category, entry.department) for a in assignments):
        yield f"请选择该处室 {entry.year} 年归口的数据类别，「{entry.category or '未填'}」不是。"


def _wrong_value(entry: Fact) -> Iterator[str]:
    value = entry.value or ""
    if entry.kind == "received_on":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            yield f"更正后的收到日期「{value}」应写成 {entry.year}-05-01。"
        if not entry.period:
            yield f"请填写更正的是哪一期，例如 {entry.year}-05。"
    elif not (value.isascii() and value.isdigit() and len(value) <= 10):
        yield f"更正后的记录数「{value}」应为不小于 0 的整数。"
