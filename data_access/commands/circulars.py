"""The life of a circular (通报, Article 22): draft → approved → issued → closed, or withdrawn.

Replies are `circular_replies`. Every step is one sentence of refusal, or one event, one
entry of the audit and the notices of whom it concerns, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

import catalog
from data_access.assessment_tables import APPROVED, freeze
from data_access.audit import append
from data_access.calendar import read_calendar
from data_access.circular_tables import (
    KINDS,
    circular,
    circular_event,
    circular_item,
    circular_recipient,
)
from data_access.clock import day_of
from data_access.commands import assessment, assessment_facts
from data_access.commands.notices import Message, notify, scope_of, settle
from data_access.principal import Principal
from data_access.queries.assessment import facts_in_force
from data_access.queries.circulars import KIND_NAMES, STATE_NAMES, next_serial, number_of
from data_access.queries.scope import fetch
from data_access.versions import raise_versions

DOMAIN = "circulars"
REPLY_DAYS = 10
"""Working days to reply, unless the office sets another day."""
MOST_TITLE, MOST_BODY = 60, 2000


class CircularRefused(Exception):
    """The step is not possible; nothing was changed. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Said:
    """One figure a circular states; `target` None in praise."""

    department: str
    category: str | None
    indicator: str
    value: Decimal | None
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A circular as its author wants it.

    `items` decide which departments must reply; `copies` are units that only receive it.
    `reply_due` None: `REPLY_DAYS` working days after it is issued.
    """

    kind: str
    title: str
    body: str
    first: dt.date
    last: dt.date
    as_of: dt.date
    items: tuple[Said, ...]
    copies: tuple[str, ...] = ()
    reply_due: dt.date | None = None


def save_draft(
    who: Principal, connection: Connection, draft: Draft, *, code: str | None = None, at: dt.datetime
) -> str:
    """Write a draft, or (with `code`) write it anew; returns its code.

    Raises:
        CircularRefused: with every problem, or it is no draft any more.
    """
    who.require("operations", "office")
    raise_versions(connection, DOMAIN, at=at)
    if problems := list(_problems(draft, day_of(at))):
        raise CircularRefused("\n".join(problems))
    values = {
        "kind": draft.kind, "title": " ".join(draft.title.split()), "body": draft.body.strip(),
        "first": draft.first, "last": draft.last, "as_of": draft.as_of, "reply_due": draft.reply_due,
        "drafted_at": at, "drafted_by": who.name, "drafted_account": who.account,
    }  # fmt: skip
    before: str | None = None
    if code is None:
        code = _next_code(connection, day_of(at).year)
        connection.execute(circular.insert().values(code=code, state="draft", **values))
    else:
        row = row_of(who, connection, code)
        if row.state != "draft":
            raise CircularRefused(
                f"{name_of(row)}{STATE_NAMES[row.state]}，不能再改。内容有误的，请撤回后重新起草。"
            )
        before = row.state
        connection.execute(update(circular).where(circular.c.code == code).values(**values))
        for table in (circular_item, circular_recipient):
            connection.execute(table.delete().where(table.c.circular == code))
    _write_lines(connection, code, draft)
    record(connection, who, code, "", before, "draft", "", at)
    detail = {
        "kind": draft.kind,
        "items": len(draft.items),
        "first": str(draft.first),
        "last": str(draft.last),
    }
    append(connection, who, "circular.draft", code, "done", at=at, detail=detail)
    return code


def _write_lines(connection: Connection, code: str, draft: Draft) -> None:
    is_praise = draft.kind == "praise"
    lines = [
        {
            "circular": code, "number": n, "department": item.department, "category": item.category,
            "indicator": item.indicator, "value": item.value, "target": None if is_praise else item.target,
            "state": "noted" if is_praise else "open",
        }
        for n, item in enumerate(draft.items, 1)
    ]  # fmt: skip
    connection.execute(circular_item.insert(), lines)
    named = dict.fromkeys(item.department for item in draft.items)
    units = [*named, *(u for u in dict.fromkeys(draft.copies) if u not in named)]
    connection.execute(
        circular_recipient.insert(),
        [
            {"circular": code, "unit": u, "must_reply": int(u in named and not is_praise), "state": "waiting"}
            for u in units
        ],
    )


def _problems(draft: Draft, today: dt.date) -> Iterable[str]:
    known = catalog.default()
    title = " ".join(draft.title.split())
    if draft.kind not in KINDS:
        yield f"没有「{draft.kind}」这一种通报。请选择{'、'.join(KIND_NAMES.values())}。"
    if not title or len(title) > MOST_TITLE:
        yield f"标题应为 1 至 {MOST_TITLE} 字，现为 {len(title)} 字。请改写。"
    if len(draft.body) > MOST_BODY:
        yield f"补充说明最多 {MOST_BODY} 字，现为 {len(draft.body)} 字。请精简。"
    if draft.first > draft.last:
        yield f"期间起日 {draft.first} 晚于止日 {draft.last}。请对调，或重新选择。"
    if draft.last > today:
        yield f"期间止日 {draft.last} 晚于今天。请选今天及以前的日期。"
    if not draft.items:
        yield "没有选择要通报的事项。请先查询，再勾选至少一项。"
    wrong = [i.department for i in draft.items if i.department not in known.department_by_code]
    wrong += [u for u in draft.copies if u not in known.units]
    if wrong:
        yield f"没有单位「{'、'.join(wrong)}」。请从列表中选择。"
    if draft.reply_due is not None and draft.reply_due <= today:
        yield f"回复期限 {draft.reply_due} 已到。请选今天以后的日期，或空着按 {REPLY_DAYS} 个工作日。"


def approve(who: Principal, connection: Connection, code: str, *, note: str = "", at: dt.datetime) -> None:
    """The office agrees to it as it stands; from here on its content is not edited."""
    who.require("office")
    raise_versions(connection, DOMAIN, at=at)
    _need_uncorrected(connection, row_of(who, connection, code), "请在草稿中重新查询并保存，再批准。")
    move(connection, who, code, ("draft",), "approved", "批准", note, at, {
        "approved_at": at, "approved_by": who.name, "approved_account": who.account,
    })  # fmt: skip
    append(connection, who, "circular.approve", code, "done", at=at, detail={"note": note.strip()})


def issue(who: Principal, connection: Connection, code: str, *, at: dt.datetime) -> str:
    """Give it the year's next number and send it to its recipients; returns the number.

    A reply that is asked for counts in the department's score (配合) from here on.
    """
    who.require("office", "operations")
    raise_versions(connection, DOMAIN, assessment.DOMAIN, at=at)
    row, day = row_of(who, connection, code), day_of(at)
    _need_uncorrected(connection, row, "请撤回后重新起草。")
    due = row.reply_due
    if due is None or due <= day:
        due = read_calendar(who, connection).add_working_days(day, REPLY_DAYS)
    serial = next_serial(who, connection, day.year)
    number = number_of(day.year, serial, code)
    move(connection, who, code, ("approved",), "issued", "印发", number, at, {
        "year": day.year, "serial": serial, "issued_at": at, "reply_due": due,
    })  # fmt: skip
    other = (row.approved_by, row.approved_account)
    if other[0] == who.name:  # the score wants two persons: whoever of the others is not the one who issues
        other = (row.drafted_by, row.drafted_account)
    r = circular_recipient.c
    lines = fetch(connection, select(r.unit, r.must_reply).where(r.circular == code))
    for line in lines:
        connection.execute(
            update(circular_recipient).where(r.circular == code, r.unit == line.unit)
            .values(state="issued", reply_due=due if line.must_reply else None)
        )  # fmt: skip
        record(connection, who, code, line.unit, "waiting", "issued", "", at)
        if line.must_reply and line.unit in catalog.default().department_by_code:
            assessment_facts.keep_obligation(
                who, connection, source=number, kind="circular_reply", department=line.unit, due_on=due,
                done_on=None, evidence=number, at=at, proposed_by=other,
            )  # fmt: skip
    notify(who, connection, [_issued(row, number, line, due) for line in lines], at=at)
    detail = {"number": number, "units": [line.unit for line in lines], "reply_due": str(due)}
    append(connection, who, "circular.issue", code, "done", at=at, detail=detail)
    return number


def _need_uncorrected(connection: Connection, row: Row[Any], remedy: str) -> None:
    """No revision of a frozen score came since its figures were computed.

    The errata list names what is issued; a circular on its way would state the old fact and be on no list.
    """
    if row.state not in ("draft", "approved"):
        return  # refused below, in its own words
    f = freeze.c
    since = select(f.year, f.revision).where(
        f.year.in_((row.last.year - 1, row.last.year)), f.state == APPROVED, f.revision > 1,
        f.decided_at > row.drafted_at,
    )  # fmt: skip
    found = connection.execute(since.order_by(f.decided_at.desc()).limit(1)).first()
    if found is not None:
        raise CircularRefused(
            f"{name_of(row)}起草后，{found.year} 年度考核有第 {found.revision} 次结果，所列数字可能已更正。{remedy}"
        )


def _issued(row: Row[Any], number: str, line: Row[Any], due: dt.date) -> Message:
    asked = f"请于 {due.month} 月 {due.day} 日前回复。" if line.must_reply else "请签收。"
    level = {"praise": "calm", "reminder": "attention"}.get(row.kind, "alarm")
    return Message(
        key=f"circular:{row.code}:{line.unit}:issued",
        scope=scope_of(line.unit),
        kind="circular",
        level=level if line.must_reply or row.kind == "praise" else "calm",
        subject=f"签收{number}（{KIND_NAMES[row.kind]}）",
        words=f"《{row.title}》已印发。{asked}",
        address=f"/circulars?id={row.code}",
    )


def withdraw(who: Principal, connection: Connection, code: str, *, reason: str, at: dt.datetime) -> None:
    """The office takes it back, whatever its state; it stays visible, with the reason.

    Its replies need not be given any more: what the score asked for is struck by a second
    person of the office, as every change of the score.
    """
    who.require("office")
    raise_versions(connection, DOMAIN, assessment.DOMAIN, at=at)
    if not reason.strip():
        raise CircularRefused("撤回通报要写明原因，例如：所列数据经核对有误。")
    row = row_of(who, connection, code)
    move(
        connection, who, code, ("draft", "approved", "issued"), "withdrawn", "撤回", reason, at,
        {"withdrawn_reason": reason.strip()},
    )  # fmt: skip
    lines: list[Any] = []
    if row.issued_at is not None:
        r = circular_recipient.c
        lines = fetch(connection, select(r.unit, r.must_reply, r.replied_at).where(r.circular == code))
        unanswered = {line.unit for line in lines if line.must_reply and line.replied_at is None}
        _strike(who, connection, name_of(row), row.reply_due, unanswered, at)
    settle(who, connection, "circular", prefix=f"circular:{code}:", at=at)
    notify(
        who, connection,
        [
            Message(
                f"circular:{code}:{line.unit}:withdrawn", scope_of(line.unit), "circular", "calm",
                f"{name_of(row)}已撤回", f"《{row.title}》已撤回，不再需要回复。", f"/circulars?id={code}",
            )
            for line in lines
        ],
        at=at,
    )  # fmt: skip
    append(connection, who, "circular.withdraw", code, "done", at=at, detail={"reason": reason.strip()})


def _strike(
    who: Principal, connection: Connection, number: str, due: dt.date, units: Iterable[str], at: dt.datetime
) -> None:
    """Propose to strike the obligations nobody has met; one that waits for a second person anyway is left to him."""
    for fact in facts_in_force(who, connection, due.year, day_of(at)):
        if fact.source != number or fact.department not in units or fact.settled_on is not None:
            continue
        entry = assessment_facts.Fact(
            fact.year, fact.nature, fact.department, fact.kind, fact.happened_on, evidence=f"{number}已撤回",
            source=number,
        )  # fmt: skip
        with suppress(assessment.AssessmentRefused):
            assessment_facts.propose_fact(who, connection, entry, at=at, number=fact.number, is_void=True)


def close(who: Principal, connection: Connection, code: str, *, note: str = "", at: dt.datetime) -> None:
    """The office closes the whole; nobody's reply may be outstanding."""
    who.require("office")
    raise_versions(connection, DOMAIN, at=at)
    r = circular_recipient.c
    waiting = connection.scalars(
        select(r.unit).where(r.circular == code, r.must_reply == 1, r.state != "closed").order_by(r.unit)
    ).all()
    if waiting:
        names = "、".join(catalog.default().units[u].label for u in waiting)
        raise CircularRefused(f"{names}还没有办结，不能整体办结。请先逐个办结，或撤回通报。")
    move(connection, who, code, ("issued",), "closed", "办结", note, at, {})
    settle(who, connection, "circular", prefix=f"circular:{code}:", at=at)
    append(connection, who, "circular.close", code, "done", at=at, detail={"note": note.strip()})


# ---------------------------------------------------------------- the rows, shared with `circular_replies`


def row_of(who: Principal, connection: Connection, code: str) -> Row[Any]:
    row = connection.execute(select(circular).where(circular.c.code == code)).first()
    if row is None:
        raise CircularRefused(f"没有编号 {code} 的通报。请从列表中打开。")
    return row


def name_of(row: Row[Any]) -> str:
    return number_of(row.year, row.serial, row.code)


def move(
    connection: Connection, who: Principal, code: str, allowed: tuple[str, ...], to: str, verb: str, note: str,
    at: dt.datetime, values: dict[str, Any],
) -> None:  # fmt: skip
    """Move a circular on, and keep the step; refused from any other state."""
    row = row_of(who, connection, code)
    if row.state not in allowed:
        names = "」「".join(STATE_NAMES[s] for s in allowed)
        raise CircularRefused(
            f"{name_of(row)}现在是「{STATE_NAMES[row.state]}」，不能{verb}；{verb}只适用于「{names}」。"
        )
    connection.execute(update(circular).where(circular.c.code == code).values(state=to, **values))
    record(connection, who, code, "", row.state, to, note, at)


def record(
    connection: Connection, who: Principal, code: str, unit: str, before: str | None, to: str, note: str,
    at: dt.datetime,
) -> None:  # fmt: skip
    """One step more; only ever appended."""
    c = circular_event.c
    last = connection.scalar(select(func.max(c.number)).where(c.circular == code)) or 0
    connection.execute(
        circular_event.insert().values(
            circular=code, number=last + 1, unit=unit, at=at, actor=who.name, account=who.account,
            from_state=before, to_state=to, note=note.strip(),
        )
    )  # fmt: skip


def _next_code(connection: Connection, year: int) -> str:
    c = circular.c
    last = connection.scalar(select(func.max(c.code)).where(c.code.startswith(f"T{year}-")))
    return f"T{year}-{int(last[6:]) + 1 if last else 1:03d}"
