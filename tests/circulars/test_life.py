"""A circular from draft to closure on both databases: who may do what, what is refused, what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import DBAPIError

from data_access.account_tables import audit_entry
from data_access.circular_tables import circular as circular_table, circular_event, circular_item
from data_access.commands import circular_replies as replies, circulars
from data_access.commands.circulars import CircularRefused
from data_access.engine import reading
from data_access.principal import Forbidden, Principal
from data_access.queries import assessment, circulars as queries, notices
from tests.circulars.made_up import (
    GUIDE,
    LEADER,
    MASS,
    OFFICE,
    TEAM,
    WANZHOU,
    YOUTH,
    at,
    circular,
    do,
    draft,
    issued,
    line,
    said,
    see,
)
from tests.delivery.histories import content


def test_a_circular_goes_from_draft_to_closed_and_every_step_says_who_and_when(made: Engine) -> None:
    """Draft (ops) → approved (office) → issued → replied (dept) → closed (office); the last line closes the whole."""
    code = issued(made)
    assert circular(made, code).number == "通报〔2026〕1号"
    assert circular(made, code).reply_due == dt.date(2026, 11, 20)  # the tenth working day after 6 November

    do(made, replies.receive, MASS, code, at=at("2026-11-07"))
    do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-09"))
    do(made, replies.send_back, OFFICE, code, "mass_sport", reason="没有写原因", at=at("2026-11-10"))
    do(made, replies.reply, MASS, code, "系统切换漏报，已补报", at=at("2026-11-11"))
    do(made, replies.close_line, OFFICE, code, "mass_sport", at=at("2026-11-12"))
    assert circular(made, code).state == "issued"
    do(made, replies.reply, YOUTH, code, "已补报", at=at("2026-11-12"))
    do(made, replies.close_line, OFFICE, code, "youth_sport", at=at("2026-11-13"))

    assert circular(made, code).state == "closed"
    found = see(made, queries.steps, OFFICE, code)
    assert [(s.actor, s.to_state) for s in found if s.unit == ""] == [
        ("运维王某", "draft"), ("张某", "approved"), ("运维王某", "issued"), ("张某", "closed"),
    ]  # fmt: skip
    assert [(s.at.astimezone().date().day, s.from_state, s.to_state) for s in found if s.unit == MASS.unit] == [
        (6, "waiting", "issued"), (7, "issued", "issued"), (9, "issued", "replied"), (10, "replied", "returned"),
        (11, "returned", "replied"), (12, "replied", "closed"),
    ]  # fmt: skip


def test_every_step_is_one_entry_of_the_audit(made: Engine) -> None:
    code = issued(made)
    do(made, replies.receive, MASS, code, at=at("2026-11-07"))
    do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-09"))
    do(made, replies.send_back, OFFICE, code, "mass_sport", reason="再写", at=at("2026-11-10"))
    do(made, replies.mark_overdue, TEAM, at=at("2026-12-01"))
    do(made, circulars.withdraw, OFFICE, code, reason="数据有误", at=at("2026-12-02"))

    with reading(made) as connection:
        c = audit_entry.c
        rows = connection.execute(
            select(c.action, c.account).where(c.action.startswith("circular.")).order_by(c.number)
        )
        assert [tuple(row) for row in rows] == [
            ("circular.draft", "wang"), ("circular.approve", "zhang"), ("circular.issue", "wang"),
            ("circular.receive", "li"), ("circular.reply", "li"), ("circular.return", "zhang"),
            ("circular.overdue", "wang"), ("circular.withdraw", "zhang"),
        ]  # fmt: skip


def test_numbers_have_no_gaps_and_begin_again_each_year(made: Engine) -> None:
    """A draft that is withdrawn never had a number."""
    dropped = do(made, circulars.save_draft, TEAM, draft(), at=at("2026-11-05"))
    do(made, circulars.withdraw, OFFICE, dropped, reason="不再需要", at=at("2026-11-05"))
    codes = [issued(made), issued(made, on="2026-11-09"), issued(made, on="2027-01-05")]

    assert [circular(made, c).number for c in codes] == [
        "通报〔2026〕1号",
        "通报〔2026〕2号",
        "通报〔2027〕1号",
    ]
    assert circular(made, dropped).number == "T2026-001"


STEPS: dict[str, Callable[[Engine, str], Any]] = {
    "回复": lambda m, c: do(m, replies.reply, MASS, c, "补充说明", at=at("2026-11-20")),
    "签收": lambda m, c: do(m, replies.receive, MASS, c, at=at("2026-11-20")),
    "退回": lambda m, c: do(m, replies.send_back, OFFICE, c, "mass_sport", reason="x", at=at("2026-11-20")),
    "办结": lambda m, c: do(m, replies.close_line, OFFICE, c, "mass_sport", at=at("2026-11-20")),
}


@pytest.mark.parametrize("end", ["closed", "withdrawn"])
def test_a_closed_or_withdrawn_circular_takes_nothing_more(made: Engine, end: str) -> None:
    """A reply to a closed circular gets one clear sentence, and nothing changes."""
    code = issued(made, items=(said(),), copies=())
    if end == "closed":
        do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-09"))
        do(made, replies.close_line, OFFICE, code, "mass_sport", at=at("2026-11-12"))
    else:
        do(made, circulars.withdraw, OFFICE, code, reason="数据有误", at=at("2026-11-12"))
    before = content(made, "circular", "notice", "score")

    for verb, act in STEPS.items():
        with pytest.raises(CircularRefused) as caught:
            act(made, code)
        sentence = {"closed": f"已办结，不能再{verb}", "withdrawn": f"已撤回，不能{verb}"}[end]
        assert str(caught.value).startswith("通报〔2026〕1号" + sentence) and "\n" not in str(caught.value)

    assert content(made, "circular", "notice", "score") == before


def test_a_withdrawn_circular_stays_visible_with_its_reason(made: Engine) -> None:
    code = issued(made)
    with pytest.raises(CircularRefused, match="写明原因"):
        do(made, circulars.withdraw, OFFICE, code, reason=" ", at=at("2026-11-10"))
    do(made, circulars.withdraw, OFFICE, code, reason="所列数据经核对有误", at=at("2026-11-10"))

    for who in (OFFICE, TEAM, LEADER, MASS, WANZHOU):
        found = circular(made, code, who)
        assert (found.state_name, found.withdrawn_reason) == ("已撤回", "所列数据经核对有误")
    assert see(made, queries.open_replies, MASS) == []
    assert [n.subject for n in see(made, notices.notices, MASS)] == ["通报〔2026〕1号已撤回"]


def test_a_unit_sees_its_own_line_and_nobodys_drafts_but_the_writers(made: Engine) -> None:
    """Whoever a circular is for reads the whole of it; what a department answered is between it and the office."""
    waiting = do(made, circulars.save_draft, TEAM, draft(), at=at("2026-11-05"))
    code = issued(made)
    do(made, replies.reply, YOUTH, code, "青少处的说明", at=at("2026-11-09"))

    assert {c.code for c in see(made, queries.circulars, OFFICE)} == {waiting, code}
    for who in (MASS, YOUTH, WANZHOU, LEADER):
        assert [c.code for c in see(made, queries.circulars, who)] == [code]
    assert see(made, queries.circulars, GUIDE) == []
    assert {r.unit for r in see(made, queries.recipients, MASS)} == {"mass_sport"}
    assert {i.department for i in see(made, queries.items, WANZHOU)} == {"mass_sport", "youth_sport"}
    assert see(made, queries.addressees, MASS, code) == [
        ("mass_sport", True), ("youth_sport", True), ("500101", False),
    ]  # fmt: skip
    assert {s.unit for s in see(made, queries.steps, MASS, code)} == {"", "mass_sport"}
    other = Principal("department", "publicity", "宣传处", "x")
    assert see(made, queries.one_circular, other, code) is None
    with pytest.raises(Forbidden, match="不是印发给"):
        do(made, replies.reply, other, code, "x", at=at("2026-11-09"))


def test_an_issued_circular_cannot_be_changed_even_past_the_product(made: Engine) -> None:
    """Triggers: its content, its figures and every step stay."""
    code = issued(made)
    for statement in (
        update(circular_table).values(title="改过的标题"),
        update(circular_item).values(value=0),
        delete(circular_item),
        delete(circular_table),
        update(circular_event).values(actor="别人"),
        delete(circular_event),
    ):
        with pytest.raises(DBAPIError), made.begin() as connection:
            connection.execute(statement)
    assert circular(made, code).title == "关于10月数据汇聚情况的通报"


def test_a_draft_is_written_anew_until_it_is_approved(made: Engine) -> None:
    code = do(made, circulars.save_draft, TEAM, draft(), at=at("2026-11-05"))
    do(made, circulars.save_draft, OFFICE, draft(items=(said(),), copies=()), code=code, at=at("2026-11-06"))
    assert [r.unit for r in see(made, queries.recipients, OFFICE, [code])] == ["mass_sport"]

    with pytest.raises(CircularRefused, match="不能印发；印发只适用于「已批准」"):
        do(made, circulars.issue, OFFICE, code, at=at("2026-11-06"))
    do(made, circulars.approve, OFFICE, code, at=at("2026-11-06"))
    with pytest.raises(CircularRefused, match="不能再改"):
        do(made, circulars.save_draft, TEAM, draft(), code=code, at=at("2026-11-06"))


def test_all_problems_of_a_draft_come_together_and_nothing_is_kept(made: Engine) -> None:
    wrong = draft(
        title=" ", first=dt.date(2026, 11, 1), last=dt.date(2026, 10, 1), items=(), copies=("nowhere",)
    )
    before = content(made, "circular")

    with pytest.raises(CircularRefused) as caught:
        do(made, circulars.save_draft, TEAM, wrong, at=at("2026-11-06"))

    text = str(caught.value)
    assert all(
        part in text for part in ("标题应为", "晚于止日", "没有选择要通报的事项", "没有单位「nowhere」")
    )
    assert content(made, "circular") == before


def test_praise_asks_for_receipts_only_and_closes_with_the_last(made: Engine) -> None:
    code = issued(made, "praise", items=(said(value="0"),))
    assert circular(made, code).kind_name == "表扬"
    with pytest.raises(CircularRefused, match="不需要群体处回复，签收即可"):
        do(made, replies.reply, MASS, code, "谢谢", at=at("2026-11-07"))

    do(made, replies.receive, MASS, code, at=at("2026-11-07"))
    assert do(made, replies.receive, MASS, code, at=at("2026-11-08")) is False
    assert circular(made, code).state == "issued"
    do(made, replies.receive, WANZHOU, code, at=at("2026-11-08"))

    assert circular(made, code).state == "closed"


def test_a_late_reply_is_overdue_once_and_can_still_be_given(made: Engine) -> None:
    code = issued(made)
    assert do(made, replies.mark_overdue, TEAM, at=at("2026-11-20")) == 0
    assert do(made, replies.mark_overdue, TEAM, at=at("2026-11-21")) == 2
    assert do(made, replies.mark_overdue, TEAM, at=at("2026-11-21")) == 0
    assert line(made, code).state_name == "逾期未回复"

    do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-23"))

    assert line(made, code).state == "replied"


def test_a_reply_counts_in_the_departments_score(made: Engine) -> None:
    """配合: due on the reply's day, done on the day of the first answer; a withdrawal proposes to strike it."""
    code = issued(made)
    do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-23"))
    do(made, circulars.withdraw, OFFICE, code, reason="数据有误", at=at("2026-11-24"))

    with reading(made) as connection:
        facts = {
            f.department: f
            for f in assessment.facts_in_force(OFFICE, connection, 2026, dt.date(2026, 11, 30))
        }
        waiting = [f for f in assessment.fact_versions(OFFICE, connection, 2026) if f.is_void]
    due = dt.date(2026, 11, 20)
    assert {d: (f.happened_on, f.settled_on) for d, f in facts.items()} == {
        "mass_sport": (due, dt.date(2026, 11, 23)), "youth_sport": (due, None),
    }  # fmt: skip
    assert [(f.department, f.source) for f in waiting] == [("youth_sport", "通报〔2026〕1号")]


def test_only_the_team_and_the_office_write_circulars_and_only_the_office_decides(made: Engine) -> None:
    code = do(made, circulars.save_draft, TEAM, draft(), at=at("2026-11-05"))
    before = content(made, "circular", "notice")
    acts: tuple[Callable[[Principal], Any], ...] = (
        lambda who: do(made, circulars.approve, who, code, at=at("2026-11-05")),
        lambda who: do(made, circulars.withdraw, who, code, reason="x", at=at("2026-11-05")),
        lambda who: do(made, replies.close_line, who, code, "mass_sport", at=at("2026-11-05")),
        lambda who: do(made, circulars.save_draft, who, draft(), at=at("2026-11-05")),
        lambda who: do(made, circulars.issue, who, code, at=at("2026-11-05")),
    )

    for who, refused in ((LEADER, acts), (MASS, acts), (WANZHOU, acts), (GUIDE, acts), (TEAM, acts[:3])):
        for act in refused:
            with pytest.raises(Forbidden, match="办理"):
                act(who)

    assert content(made, "circular", "notice") == before
