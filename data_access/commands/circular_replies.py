"""What becomes of an issued circular (Article 22): receipt, reply, return, closure; items that mend themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select, update

import catalog
from data_access.audit import append
from data_access.calendar import read_calendar
from data_access.circular_tables import circular, circular_item, circular_recipient
from data_access.clock import day_of
from data_access.commands import assessment, assessment_facts
from data_access.commands.circulars import DOMAIN, CircularRefused, move, name_of, record, row_of
from data_access.commands.notices import Message, notify, scope_of, settle
from data_access.principal import Forbidden, Principal
from data_access.queries.circulars import RECIPIENT_NAMES, UNANSWERED, own_unit
from data_access.versions import raise_versions

AGAIN_DAYS = 5
"""Working days for another reply after one was returned."""
MOST_REPLY = 2000
UNITS = ("department", "district", "affiliated", "office")


@dataclass(frozen=True, slots=True)
class Checked:
    """An item looked at again: the figure now, and whether it is mended."""

    circular: str
    number: int
    value: Decimal | None
    is_mended: bool


def receive(who: Principal, connection: Connection, code: str, *, at: dt.datetime) -> bool:
    """Somebody of the unit has taken note (签收); whether he was the first."""
    row, line = _own_line(who, connection, code, "签收")
    if line.received_at is not None:
        return False
    raise_versions(connection, DOMAIN, at=at)
    _set(connection, line, received_at=at, received_by=who.name)
    record(connection, who, code, line.unit, line.state, line.state, "签收", at)
    settle(who, connection, "circular", prefix=f"circular:{code}:{line.unit}:issued", at=at)
    if not line.must_reply:
        _close_whole_if_done(who, connection, row, at)
    append(connection, who, "circular.receive", code, "done", at=at)
    return True


def reply(who: Principal, connection: Connection, code: str, text: str, *, at: dt.datetime) -> None:
    """The unit's answer; it counts as received, too.

    Raises:
        CircularRefused: closed, withdrawn, answered already, or nothing was written.
    """
    row, line = _own_line(who, connection, code, "回复")
    raise_versions(connection, DOMAIN, assessment.DOMAIN, at=at)
    if not line.must_reply:
        raise CircularRefused(f"{name_of(row)}不需要{_name(line.unit)}回复，签收即可。")
    if line.state not in UNANSWERED:
        raise CircularRefused(
            f"{name_of(row)}对{_name(line.unit)}是「{RECIPIENT_NAMES[line.state]}」，没有再次提交。"
            "需要补充的，请联系局办公室退回后重报。"
        )
    text = text.strip()
    if not text or len(text) > MOST_REPLY:
        raise CircularRefused(f"回复应为 1 至 {MOST_REPLY} 字，现为 {len(text)} 字。请写明原因和改正情况。")
    first = {} if line.received_at else {"received_at": at, "received_by": who.name}
    _set(connection, line, state="replied", replied_at=at, replied_by=who.name, reply=text, **first)
    record(connection, who, code, line.unit, line.state, "replied", "", at)
    if line.replied_at is None and line.unit in catalog.default().department_by_code:
        assessment_facts.keep_obligation(
            who, connection, source=name_of(row), kind="circular_reply", department=line.unit,
            due_on=row.reply_due, done_on=day_of(at), evidence=name_of(row), at=at,
            proposed_by=(row.approved_by, row.approved_account),
        )  # fmt: skip
    settle(who, connection, "circular", prefix=f"circular:{code}:{line.unit}:", at=at)
    settle(who, connection, "due", prefix=f"due:{code}:{line.unit}:", at=at)
    if not _close_line_if_mended(who, connection, code, line.unit, at):
        notify(who, connection, [_replied(row, line.unit, at)], at=at)
    _close_whole_if_done(who, connection, row, at)
    append(connection, who, "circular.reply", code, "done", at=at, detail={"characters": len(text)})


def _replied(row: Row[Any], unit: str, at: dt.datetime) -> Message:
    return Message(
        f"circular:{row.code}:{unit}:replied:{at:%Y%m%d%H%M%S}", "office", "circular", "calm",
        f"{_name(unit)}已回复{name_of(row)}", "请审阅回复，办结或退回。", f"/circulars?id={row.code}",
    )  # fmt: skip


def send_back(
    who: Principal, connection: Connection, code: str, unit: str, *, reason: str, at: dt.datetime
) -> dt.date:
    """The office returns a reply with a reason; the day by which it is due again."""
    who.require("office")
    raise_versions(connection, DOMAIN, at=at)
    row, line = _line(who, connection, code, unit, "退回")
    if not reason.strip():
        raise CircularRefused("退回回复要写明原因，例如：没有说明改正时限。")
    if line.state != "replied":
        raise CircularRefused(_wrong_state(row, line, "退回"))
    again = read_calendar(who, connection).add_working_days(day_of(at), AGAIN_DAYS)
    due = max(again, line.reply_due or again)
    _set(connection, line, state="returned", reply_due=due)
    record(connection, who, code, unit, "replied", "returned", reason, at)
    settle(who, connection, "circular", prefix=f"circular:{code}:{unit}:replied", at=at)
    message = Message(
        f"circular:{code}:{unit}:returned:{at:%Y%m%d%H%M%S}", scope_of(unit), "circular", "attention",
        f"{name_of(row)}的回复被退回", f"请于 {due.month} 月 {due.day} 日前重新回复，原因见通报。",
        f"/circulars?id={code}", due,
    )  # fmt: skip
    notify(who, connection, [message], at=at)
    append(
        connection,
        who,
        "circular.return",
        code,
        "done",
        at=at,
        detail={"unit": unit, "reason": reason.strip()},
    )
    return due


def close_line(
    who: Principal, connection: Connection, code: str, unit: str, *, note: str = "", at: dt.datetime
) -> None:
    """The office accepts a unit's reply; the last one closes the circular."""
    who.require("office")
    raise_versions(connection, DOMAIN, at=at)
    row, line = _line(who, connection, code, unit, "办结")
    if line.state != "replied":
        raise CircularRefused(_wrong_state(row, line, "办结"))
    _close_line(who, connection, line, note, at)
    _close_whole_if_done(who, connection, row, at)
    append(
        connection, who, "circular.close", code, "done", at=at, detail={"unit": unit, "note": note.strip()}
    )


# ---------------------------------------------------------------- by the product itself


def settle_items(who: Principal, connection: Connection, found: Iterable[Checked], *, at: dt.datetime) -> int:
    """Close items whose figure is mended, open again those whose figure fell back; how many changed.

    A unit that has replied is done when its last item is mended.
    """
    who.require("operations", "office")
    raise_versions(connection, DOMAIN, at=at)
    changed = 0
    c = circular_item.c
    for one in found:
        mine = (c.circular == one.circular, c.number == one.number)
        item = connection.execute(
            select(c.department, c.state, circular.c.state.label("whole"))
            .select_from(circular_item.join(circular, circular.c.code == c.circular)).where(*mine)
        ).one()  # fmt: skip
        wanted = "mended" if one.is_mended else "open"
        if item.whole != "issued" or item.state in (wanted, "noted"):
            continue
        connection.execute(
            update(circular_item).where(*mine).values(
                state=wanted, mended_on=day_of(at) if one.is_mended else None,
                mended_value=one.value if one.is_mended else None,
            )
        )  # fmt: skip
        words = "数据已改正" if one.is_mended else "数据又低于要求，重新列为未改正"
        record(connection, who, one.circular, item.department, item.state, wanted,
               f"第 {one.number} 项：{words}", at)  # fmt: skip
        changed += 1
        if one.is_mended and _close_line_if_mended(who, connection, one.circular, item.department, at):
            _close_whole_if_done(who, connection, row_of(who, connection, one.circular), at)
        detail = {"item": one.number, "state": wanted}
        append(connection, who, "circular.settle", one.circular, "done", at=at, detail=detail)
    return changed


def mark_overdue(who: Principal, connection: Connection, *, at: dt.datetime) -> int:
    """Lines whose reply was due before today become overdue; how many. Once each."""
    who.require("operations", "office")
    r, day = circular_recipient.c, day_of(at)
    late = connection.execute(
        select(*r)
        .select_from(circular_recipient.join(circular, circular.c.code == r.circular))
        .where(
            circular.c.state == "issued", r.must_reply == 1, r.state.in_(("issued", "returned")), r.reply_due < day
        )
    ).all()  # fmt: skip
    if not late:
        return 0
    raise_versions(connection, DOMAIN, at=at)
    for line in late:
        _set(connection, line, state="overdue")
        record(connection, who, line.circular, line.unit, line.state, "overdue", "", at)
    detail = {"lines": [[line.circular, line.unit] for line in late]}
    append(connection, who, "circular.overdue", f"{len(late)} 条", "done", at=at, detail=detail)
    return len(late)


# ---------------------------------------------------------------- the rows


def _own_line(who: Principal, connection: Connection, code: str, verb: str) -> tuple[Row[Any], Row[Any]]:
    who.require(*UNITS)
    unit = own_unit(who)
    assert unit is not None
    row, line = _line(who, connection, code, unit, verb)
    if row.issued_at is None:
        raise CircularRefused(f"没有编号 {code} 的通报。请从列表中打开。")
    return row, line


def _line(
    who: Principal, connection: Connection, code: str, unit: str, verb: str
) -> tuple[Row[Any], Row[Any]]:
    """The circular and the unit's line; no step is possible once it is closed or withdrawn."""
    row = row_of(who, connection, code)
    r = circular_recipient.c
    line = connection.execute(select(circular_recipient).where(r.circular == code, r.unit == unit)).first()
    if line is None:
        raise Forbidden(f"编号 {code} 的通报不是印发给{_name(unit)}的。请从列表中打开本单位的通报。")
    if row.state == "withdrawn":
        raise CircularRefused(f"{name_of(row)}已撤回，不能{verb}，也不再需要办理。")
    if row.state == "closed" or line.state == "closed":
        raise CircularRefused(f"{name_of(row)}已办结，不能再{verb}。需要补充情况的，请联系局办公室。")
    return row, line


def _wrong_state(row: Row[Any], line: Row[Any], verb: str) -> str:
    return (
        f"{name_of(row)}对{_name(line.unit)}是「{RECIPIENT_NAMES[line.state]}」，不能{verb}；"
        f"{verb}只适用于「已回复」。"
    )


def _name(unit: str) -> str:
    found = catalog.default().units.get(unit)
    return found.label if found else unit


def _set(connection: Connection, line: Row[Any], **values: Any) -> None:
    r = circular_recipient.c
    connection.execute(
        update(circular_recipient).where(r.circular == line.circular, r.unit == line.unit).values(**values)
    )


def _close_line(who: Principal, connection: Connection, line: Row[Any], note: str, at: dt.datetime) -> None:
    _set(connection, line, state="closed", closed_at=at)
    record(connection, who, line.circular, line.unit, line.state, "closed", note, at)
    settle(who, connection, "circular", prefix=f"circular:{line.circular}:{line.unit}:", at=at)


def _close_line_if_mended(
    who: Principal, connection: Connection, code: str, unit: str, at: dt.datetime
) -> bool:
    """A unit that has replied and has no open item left needs nobody's word."""
    r, c = circular_recipient.c, circular_item.c
    line = connection.execute(select(circular_recipient).where(r.circular == code, r.unit == unit)).first()
    states = connection.scalars(select(c.state).where(c.circular == code, c.department == unit)).all()
    if line is None or line.state != "replied" or not states or set(states) != {"mended"}:
        return False
    _close_line(who, connection, line, "所列数据全部改正，自动办结", at)
    return True


def _close_whole_if_done(who: Principal, connection: Connection, row: Row[Any], at: dt.datetime) -> None:
    """The last reply accepted, or the last receipt of praise: the circular is done."""
    r = circular_recipient.c
    lines = connection.execute(
        select(r.must_reply, r.state, r.received_at).where(r.circular == row.code)
    ).all()
    asked = [line for line in lines if line.must_reply]
    done = all(line.state == "closed" for line in asked) if asked else all(x.received_at for x in lines)
    if done:
        move(connection, who, row.code, ("issued",), "closed", "办结", "全部办结", at, {})
