"""An objection has its deadlines, its steps, and in the end its effect on a frozen score."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

from data_access.commands import assessment_appeals as appeals, plans
from data_access.commands.assessment import AssessmentRefused
from data_access.engine import reading
from data_access.principal import OFFICE, Forbidden
from data_access.queries import assessment as queries
from metrics.score import life
from tests.assessment.people import LI, MASS, TEAM, YEAR, YOUTH, ZHANG, at, content, do, in_force
from tests.delivery.histories import content as stored


@pytest.fixture
def frozen(made: Engine) -> Engine:
    plans.set_plan(made, OFFICE, "referee", YEAR, 40, approved_on=dt.date(YEAR, 1, 10))
    life.freeze(made, ZHANG, YEAR, at=at("2026-01-20"))
    return made


def file(made: Engine, day: str = "2026-01-22", who=YOUTH) -> str:
    return do(
        made, appeals.file_appeal, who, year=YEAR, department=who.unit, objection="9 月数据已按时报送", part="timeliness",
        at=at(day),
    )  # fmt: skip


def only(made: Engine) -> queries.Appeal:
    with reading(made) as connection:
        return queries.appeals(ZHANG, connection, YEAR)[0]


def test_an_appeal_goes_from_objection_to_effect_with_its_deadlines(frozen: Engine):
    number = file(frozen)
    assert number == "S2025-001"
    assert (only(frozen).recheck_due, only(frozen).decision_due) == (
        dt.date(2026, 1, 29),
        dt.date(2026, 2, 5),
    )

    do(frozen, appeals.recheck_appeal, TEAM, number, finding="核对 3 个批次，属实", at=at("2026-01-26"))
    do(frozen, appeals.decide_appeal, ZHANG, number, outcome="upheld", decision="采纳", at=at("2026-01-27"))
    in_force(frozen, content("mass_sport"), "2026-01-28")
    proposal = life.propose_revision(frozen, ZHANG, YEAR, reason=f"申诉 {number}", at=at("2026-01-28"))
    revision = life.decide_revision(frozen, LI, YEAR, proposal, is_approved=True, at=at("2026-01-28"))
    do(frozen, appeals.carry_out_appeal, ZHANG, number, revision=revision, at=at("2026-01-28"))

    assert (only(frozen).state, only(frozen).effect_revision) == ("effected", 2)
    with reading(frozen) as connection:
        steps = [(e.to_state, e.actor) for e in queries.appeal_events(YOUTH, connection, number)]
        assert (
            queries.appeal_events(MASS, connection, number) == queries.appeals(MASS, connection, YEAR) == []
        )
    assert steps == [
        ("filed", "青少处长"), ("rechecked", "运维王某"), ("decided", "张某"), ("effected", "张某"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (lambda m: file(m, "2026-02-04"), "申诉期已过"),
        (lambda m: do(m, appeals.decide_appeal, ZHANG, "S2025-009", outcome="upheld", decision="x", at=at("2026-01-27")), "没有申诉"),
        (
            lambda m: do(
                m, appeals.file_appeal, YOUTH, year=YEAR + 1, department="youth_sport", objection="x", at=at("2026-01-22")
            ),
            "还没有封存",
        ),
        (
            lambda m: do(m, appeals.file_appeal, YOUTH, year=YEAR, department="youth_sport", objection=" ", at=at("2026-01-22")),
            "异议内容",
        ),
    ],
    ids=["late", "unknown", "not frozen", "empty"],
)  # fmt: skip
def test_what_cannot_be_done_gets_a_sentence_and_changes_nothing(frozen: Engine, step, sentence: str):
    before = stored(frozen)

    with pytest.raises(AssessmentRefused, match=sentence):
        step(frozen)

    assert stored(frozen) == before


def test_steps_come_in_their_order_and_from_whom_they_belong_to(frozen: Engine):
    number = file(frozen)
    with pytest.raises(AssessmentRefused, match="正在办理"):
        file(frozen)
    with pytest.raises(AssessmentRefused, match="不能决定"):
        do(frozen, appeals.decide_appeal, ZHANG, number, outcome="upheld", decision="x", at=at("2026-01-27"))
    with pytest.raises(Forbidden, match="自己提出"):
        do(
            frozen,
            appeals.file_appeal,
            MASS,
            year=YEAR,
            department="youth_sport",
            objection="x",
            at=at("2026-01-22"),
        )
    with pytest.raises(Forbidden, match="由提出的处室撤回"):
        do(frozen, appeals.withdraw_appeal, MASS, number, at=at("2026-01-23"))
    do(frozen, appeals.withdraw_appeal, YOUTH, number, at=at("2026-01-23"))
    assert only(frozen).state == "withdrawn"
    assert file(frozen) == "S2025-002"


def test_the_offices_own_appeal_is_decided_by_somebody_else(frozen: Engine):
    number = file(frozen, who=ZHANG)
    do(frozen, appeals.recheck_appeal, TEAM, number, finding="属实", at=at("2026-01-26"))
    with pytest.raises(AssessmentRefused, match="提出人以外"):
        do(
            frozen,
            appeals.decide_appeal,
            ZHANG,
            number,
            outcome="upheld",
            decision="采纳",
            at=at("2026-01-27"),
        )

    do(frozen, appeals.decide_appeal, LI, number, outcome="rejected", decision="不属实", at=at("2026-01-27"))

    with pytest.raises(AssessmentRefused, match="未被采纳"):
        do(frozen, appeals.carry_out_appeal, ZHANG, number, revision=2, at=at("2026-01-28"))
