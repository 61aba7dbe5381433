"""The life of a change request (变更申请, Article 14), up to its approval and after its application.

draft → submitted (unit) → accepted or refused (operations) → approved or refused
(归口处室 or 局办公室, a second person) → applied (operations, `change_applying`) →
confirmed (unit); cancelled by the unit until it is approved. A deletion, and a record
that counts in a frozen year, is approved by the office.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

import catalog
from catalog import Category
from data_access.audit import append
from data_access.calendar import read_calendar
from data_access.change_tables import KINDS, STANDING, change_case, change_event
from data_access.clock import day_of
from data_access.commands.change_frozen import frozen_year
from data_access.principal import Forbidden, Principal
from data_access.queries.change_requests import STATE_NAMES
from data_access.queries.records import BadFilter, plain, typed
from data_access.queries.scope import UNIT_ROLES
from data_access.schema import FACT, base_table, change_request, column_name
from data_access.versions import raise_versions

DOMAIN = "changes"
ACCEPT_DAYS = 1
"""Working days operations has to accept or refuse (domain section 5)."""
MOST_WORDS = 500
NOT_THERE = (
    "这条记录现在不在基础数据库中，或者不归您单位办理。请刷新后重新选定；其他单位的记录，请联系该单位。"
)
_HEAD = [change_request.c[n] for n in ("kind", "category", "unit", "state", "reason", "receipt")]


class ChangeRefused(Exception):
    """The step is not possible; nothing was changed. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to become of one record.

    Args:
        key: the natural key as `queries.records` shows it.
        proposed: field → text as in a file, None empties it; nothing with `wanted` is a draft.
        wanted: fields whose value the unit still has to find out; they make the request a draft.
        origin: ``page``, or the kind of fault that proposed it.
    """

    category: str
    key: Mapping[str, Any]
    proposed: Mapping[str, str | None] = field(default_factory=dict)
    reason: str = ""
    evidence: str = ""
    kind: str = "change"
    origin: str = "page"
    wanted: tuple[str, ...] = ()


def record_digest(category: str, key: Mapping[str, Any]) -> str:
    """A record by its category and natural key, in a fixed length."""
    order = catalog.default().category_by_code[category].natural_key
    return hashlib.sha256(json.dumps([category, *(str(key[k]) for k in order)]).encode()).hexdigest()


def open_request(who: Principal, connection: Connection, proposal: Proposal, *, at: dt.datetime) -> str:
    """Open a request; its number. The same proposal for the same record again gives the same number.

    Raises:
        ChangeRefused: no such record, or none of the asker's own (one answer for both, so that
            nobody learns what another unit has sent); impossible values; another request is under way.
        Forbidden: not a unit, the category's department, the office or operations.
    """
    who.require("office", "operations", "department", "district", "affiliated")
    category = catalog.default().category_by_code.get(proposal.category)
    if category is None or set(proposal.key) != set(category.natural_key) or proposal.kind not in KINDS:
        raise ChangeRefused("没有指明要变更的记录。请从基础数据或点位问题中选定一条记录。")
    _require_category(who, category)
    raise_versions(connection, DOMAIN, at=at)
    if proposal.kind == "delete" and (category.due.startswith("event+") or category.code == FACT):
        raise ChangeRefused(f"《{category.name_zh}》的记录不单条删除。请撤回所在批次，更正后重新报送。")
    row = current_record(who, connection, category, proposal.key)
    if row is None or not _is_own(who, row.unit):
        raise ChangeRefused(NOT_THERE)
    digest = record_digest(category.code, proposal.key)
    standing = _standing(connection, digest)
    if standing is not None:
        if standing.kind == proposal.kind and standing.proposed == dict(proposal.proposed):
            return standing.number
        raise ChangeRefused(f"这条记录已有在办的变更申请 {standing.number}。请先办结或撤回那一份。")
    is_draft = bool(proposal.wanted) and not proposal.proposed
    if proposal.kind == "change" and not is_draft:
        check_values(category, proposal.proposed)
    reason = _words(proposal.reason, "请写明变更原因，例如：点位漂移，现场核对为东门入口。")
    number, today = _next_number(connection, at), day_of(at)
    fields = proposal.wanted if is_draft else tuple(proposal.proposed)
    connection.execute(
        change_request.insert().values(
            number=number, kind=proposal.kind, category=category.code, unit=row.unit, records=1,
            state="draft" if is_draft else "submitted", opened_on=today, reason=reason,
        )
    )  # fmt: skip
    connection.execute(
        change_case.insert().values(
            number=number, record=digest, record_key=dict(proposal.key), proposed=dict(proposal.proposed),
            before={name: plain(row._mapping[column_name(name)]) for name in fields},
            evidence=proposal.evidence.strip()[:MOST_WORDS], origin=proposal.origin, opened_at=at,
            opened_by=who.name, opened_account=who.account,
            frozen_year=frozen_year(who, connection, category, row),
            due_on=None if is_draft else _limit(who, connection, today),
        )
    )  # fmt: skip
    to = "draft" if is_draft else "submitted"
    record_step(connection, who, number, None, to, reason, at, "change.open", category=category.code)
    return number


def submit_request(
    who: Principal, connection: Connection, number: str, proposed: Mapping[str, str | None], *, at: dt.datetime
) -> None:  # fmt: skip
    """The unit fills a draft with what it has found out, and submits it."""
    row = _begin(who, connection, number, ("draft",), "提交", at)
    if set(proposed) != set(row.before):
        raise ChangeRefused("请填写申请列出的全部栏目。")
    check_values(category_of(row), proposed)
    due = _limit(who, connection, day_of(at))
    connection.execute(
        update(change_case).where(change_case.c.number == number).values(proposed=dict(proposed), due_on=due)
    )
    move(who, connection, row, "submitted", "已补全", at, "change.submit")


def accept_request(
    who: Principal, connection: Connection, number: str, *, note: str = "", at: dt.datetime
) -> None:
    """Operations takes it up: the record is the right one, the evidence is there."""
    who.require("operations")
    row = _begin(who, connection, number, ("submitted",), "受理", at)
    move(who, connection, row, "accepted", note.strip()[:MOST_WORDS], at, "change.accept")


def refuse_request(
    who: Principal, connection: Connection, number: str, *, reason: str, at: dt.datetime
) -> None:
    """Operations refuses what was submitted, the department or the office what was accepted; with a reason.

    Operations also gives back what was approved and cannot be carried out any more: the
    record has changed since, or intake refuses the values. Otherwise nobody could ask anew.
    """
    who.require("operations", "department", "office")
    states = ("draft", "submitted", "approved") if who.role == "operations" else ("accepted",)
    row = _begin(who, connection, number, states, "退回", at)
    reason = _words(reason, "请写明退回的原因，例如：所附照片看不出位置。")
    move(who, connection, row, "refused", reason, at, "change.refuse")


def approve_request(
    who: Principal, connection: Connection, number: str, *, note: str = "", at: dt.datetime
) -> None:
    """The department that answers for the category, or the office; never who opened it."""
    who.require("department", "office")
    row = _begin(who, connection, number, ("accepted",), "核准", at)
    year = row.frozen_year or _frozen_since(who, connection, row)
    if who.role != "office" and (row.kind == "delete" or year):
        why = "删除记录" if row.kind == "delete" else f"涉及已封存的 {year} 年度"
        raise Forbidden(f"申请 {number} {why}，由局办公室核准。请转局办公室办理。")
    if _asked_by(who, connection, number):
        raise ChangeRefused(
            f"申请 {number} 由您提出或补全，须由另一人核准。请交本处室其他同志或局办公室办理。"
        )
    connection.execute(
        update(change_case)
        .where(change_case.c.number == number)
        .values(approved_by=who.name, approved_account=who.account, frozen_year=year)
    )
    move(who, connection, row, "approved", note.strip()[:MOST_WORDS], at, "change.approve")


def confirm_request(who: Principal, connection: Connection, number: str, *, at: dt.datetime) -> None:
    """The unit has looked at the new record and agrees."""
    who.require("office", "operations", "department", "district", "affiliated")
    row = _begin(who, connection, number, ("applied",), "确认", at)
    connection.execute(update(change_case).where(change_case.c.number == number).values(confirmed_at=at))
    move(who, connection, row, "confirmed", "", at, "change.confirm")


def cancel_request(
    who: Principal, connection: Connection, number: str, *, reason: str, at: dt.datetime
) -> None:
    """Taken back before it was approved."""
    row = _begin(who, connection, number, ("draft", "submitted", "accepted"), "撤回", at)
    move(who, connection, row, "cancelled", _words(reason, "请写明撤回的原因。"), at, "change.cancel")


# ---- what the steps share ----


def current_record(
    who: Principal, connection: Connection, category: Category, key: Mapping[str, Any]
) -> Row[Any] | None:
    """The record of this key as it stands."""
    table = base_table(category)
    try:
        same = [
            table.c[column_name(k)] == typed(category.field_by_name[k], str(key[k]))
            for k in category.natural_key
        ]
    except BadFilter:
        return None
    return connection.execute(select(table).where(table.c.valid_to.is_(None), *same)).first()


def key_of(
    who: Principal, connection: Connection, category: Category, record: Mapping[str, Any]
) -> dict[str, Any]:
    """The natural key of a record as `queries.records` showed it, whose key may be masked there.

    Found by receipt, sheet and row; the values go into the request and are masked where it is shown.
    """
    who.require("office", "operations", "department", "district", "affiliated")
    _require_category(who, category)
    c = base_table(category).c
    keys = [c[column_name(k)] for k in category.natural_key]
    place = (c.receipt == record["receipt"], c.sheet == record["sheet"], c.row_no == record["row"])
    row = connection.execute(select(c.unit, *keys).where(*place, c.valid_to.is_(None))).first()
    if row is None or not _is_own(who, row[0]):
        raise ChangeRefused(NOT_THERE)
    return {k: plain(v) for k, v in zip(category.natural_key, tuple(row)[1:], strict=True)}


def check_values(category: Category, proposed: Mapping[str, str | None]) -> None:
    """What can be said before the ordinary checks of intake run, when it is applied.

    Raises:
        ChangeRefused: with every problem.
    """
    problems = [] if proposed else ["请至少改动一个栏目。"]
    for name, text in proposed.items():
        known = category.field_by_name.get(name)
        if known is None or name in category.natural_key:
            label = known.name_zh if known else name
            problems.append(f"「{label}」不能变更：它指明是哪一条记录。请删除后重新报送。")
        elif text is None:
            if known.required:
                problems.append(f"「{known.name_zh}」是必填栏目，不能清空。")
        else:
            problems += _value_problem(known, text)
    if problems:
        raise ChangeRefused("\n".join(problems))


def _value_problem(known: catalog.Field, text: str) -> list[str]:
    try:
        value = typed(known, text)
    except BadFilter:
        return [f"「{known.name_zh}」：{text} 不是有效的值。"]
    if known.max_length is not None and len(text) > known.max_length:
        return [f"「{known.name_zh}」：最多 {known.max_length} 字，现为 {len(text)} 字。"]
    if known.type in ("int", "decimal", "geo"):
        low, high = known.min, known.max
        if (low is not None and value < low) or (high is not None and value > high):
            return [f"「{known.name_zh}」：{text} 超出范围 {low} 至 {high}。"]
    if known.allowed and text not in known.allowed:
        return [f"「{known.name_zh}」：应为{'、'.join(known.allowed)}之一。"]
    return []


def category_of(row: Any) -> Category:
    return catalog.default().category_by_code[row.category]


def _asked_by(who: Principal, connection: Connection, number: str) -> bool:
    """Whether they opened it or filled it in. One account is one person; without accounts the names decide."""
    c = change_event.c
    asked = select(c.actor, c.account).where(c.request == number, c.to_state.in_(("draft", "submitted")))
    return any(
        who.account == row.account if who.account and row.account else who.name == row.actor
        for row in connection.execute(asked)
    )


def row_of(
    who: Principal, connection: Connection, number: str, states: tuple[str, ...], verb: str
) -> Row[Any]:
    """The request, which must be in one of `states`; another's is answered as one that is not there."""
    statement = select(change_case, *_HEAD).join(
        change_request, change_request.c.number == change_case.c.number
    )
    row = connection.execute(statement.where(change_case.c.number == number)).first()
    if row is None or not _may_handle(who, row):
        raise ChangeRefused(f"没有变更申请 {number}，或者它不由您办理。请核对编号。")
    if row.state not in states:
        raise ChangeRefused(
            f"变更申请 {number} 是「{STATE_NAMES[row.state]}」，不能{verb}。请刷新页面查看办理情况。"
        )
    return row


def _begin(
    who: Principal, connection: Connection, number: str, states: tuple[str, ...], verb: str, at: dt.datetime
) -> Row[Any]:
    who.require("office", "operations", "department", "district", "affiliated")
    raise_versions(connection, DOMAIN, at=at)
    return row_of(who, connection, number, states, verb)


def move(
    who: Principal, connection: Connection, row: Any, to: str, note: str, at: dt.datetime, action: str,
    **values: Any,
) -> None:  # fmt: skip
    """Into the next state, with its event and its entry of the audit."""
    connection.execute(
        update(change_request).where(change_request.c.number == row.number).values(state=to, **values)
    )
    record_step(connection, who, row.number, row.state, to, note, at, action, category=row.category)


def record_step(
    connection: Connection, who: Principal, number: str, before: str | None, after: str, note: str,
    at: dt.datetime, action: str, **detail: Any,
) -> None:  # fmt: skip
    """The event and the audit's entry; last in the transaction."""
    last = connection.scalar(select(func.max(change_event.c.number)).where(change_event.c.request == number))
    connection.execute(
        change_event.insert().values(
            request=number, number=(last or 0) + 1, at=at, actor=who.name, account=who.account,
            from_state=before, to_state=after, note=note,
        )
    )  # fmt: skip
    append(connection, who, action, number, "done", at=at, detail={**detail, "to": after})


def _standing(connection: Connection, digest: str) -> Any:
    statement = (
        select(change_case.c.number, change_case.c.proposed, change_request.c.kind)
        .join(change_request, change_request.c.number == change_case.c.number)
        .where(change_case.c.record == digest, change_request.c.state.in_(STANDING))
    )
    return connection.execute(statement).first()


def _next_number(connection: Connection, at: dt.datetime) -> str:
    """G2026-000001: the version's lock makes writers queue, so that numbers have no gaps."""
    prefix = f"G{day_of(at).year}-"
    last = connection.scalar(
        select(func.max(change_case.c.number)).where(change_case.c.number.startswith(prefix, autoescape=True))
    )
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"


def _frozen_since(who: Principal, connection: Connection, row: Row[Any]) -> int | None:
    """The year of the record, if it was frozen after the request was opened."""
    category = category_of(row)
    record = current_record(who, connection, category, row.record_key)
    return None if record is None else frozen_year(who, connection, category, record)


def _limit(who: Principal, connection: Connection, today: dt.date) -> dt.date:
    return read_calendar(who, connection).add_working_days(today, ACCEPT_DAYS)


def _words(text: str, sentence: str) -> str:
    if not text.strip():
        raise ChangeRefused(sentence)
    return text.strip()[:MOST_WORDS]


def _is_own(who: Principal, unit: str) -> bool:
    """Whether a unit's row is theirs to speak of; departments are held to their categories instead."""
    return who.role not in UNIT_ROLES or who.unit == unit


def _may_handle(who: Principal, row: Any) -> bool:
    """A unit its own rows, a department the categories it answers for, office and operations all."""
    if who.role == "department" and who.unit != category_of(row).department:
        return False
    return _is_own(who, row.unit)


def _require_category(who: Principal, category: Category) -> None:
    """Said before any record is looked for: it tells nothing of what there is."""
    if who.role == "department" and who.unit != category.department:
        raise Forbidden(f"《{category.name_zh}》不是您处室归口的类别。请转归口处室办理。")
