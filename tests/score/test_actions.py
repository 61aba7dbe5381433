"""下一步最值得做的事 and 为什么是 85.22: every point that is promised or explained is the computation's own."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import Engine

from data_access.commands import assessment_facts as facts, plans, publishing
from data_access.engine import reading
from data_access.principal import OFFICE, OPERATOR
from metrics import score
from metrics.score import actions, what_if
from metrics.score.compute import Scored, score_department
from reports import score_words
from tests.assessment.people import LI, ZHANG, at, do
from tests.delivery.histories import send
from tests.helpers.rows import valid_rows
from tests.score.made_up import worked_example
from tests.score.random_years import Chance

DAY = dt.date(2025, 8, 5)
COACH, ATHLETE, CLUB = "youth_coach", "youth_athlete", "youth_organization"


def scored(made: Engine, day: dt.date = DAY) -> tuple[score.Document, Scored]:
    with reading(made) as connection:
        document = score.read(score.from_base(ZHANG, connection, 2025, day))
    department = next(d for d in document.departments if d.code == "youth_sport")
    return document, score_department(document, department)


@pytest.fixture
def year(made: Engine) -> Engine:
    """青少处 on 5 August 2025: clubs in time but for one quarter, athletes waiting for its word, a reply open."""
    for code, quantity in ((CLUB, 8), (ATHLETE, 2), ("youth_event", 0), (COACH, 0)):
        plans.set_plan(
            made,
            OFFICE,
            code,
            2025,
            quantity,
            approved_on=dt.date(2025, 1, 10),
            reason="x" if not quantity else None,
        )
    send(
        made,
        CLUB,
        valid_rows(CLUB, 2, received_on=dt.date(2025, 4, 8)),
        on=dt.date(2025, 4, 8),
        period="2025-03",
    )
    send(
        made,
        ATHLETE,
        valid_rows(ATHLETE, 2, received_on=dt.date(2025, 7, 1)),
        on=dt.date(2025, 7, 1),
        period="2025-06",
    )
    entry = facts.Fact(
        2025, "obligation", "youth_sport", "correction", dt.date(2025, 7, 28), evidence="整改通知"
    )
    number, _ = do(made, facts.propose_fact, ZHANG, entry, at=at("2025-07-28"))
    do(made, facts.decide_fact, LI, number, is_approved=True, at=at("2025-07-28"))
    return made


def test_doing_what_is_advised_raises_the_score_by_what_was_said(year: Engine):
    """In the base, one after the other: the reply is done, the batch confirmed, the quarter sent."""
    document, before = scored(year)
    advised = {(a.kind, a.category): a for a in actions.actions(document, before)}

    done = facts.Fact(
        2025, "obligation", "youth_sport", "correction", dt.date(2025, 7, 28), DAY, evidence="整改通知"
    )
    do(year, facts.propose_fact, ZHANG, done, at=at("2025-08-05"), number="2025-0001")
    do(year, facts.decide_fact, LI, "2025-0001", is_approved=True, at=at("2025-08-05"))
    document, replied = scored(year)
    assert replied.score - before.score == advised["reply", None].points > 0

    confirm = next(a for a in actions.actions(document, replied) if a.kind == "publish")
    waiting = publishing.waiting_receipts(year, OPERATOR, ATHLETE)
    publishing.publish(year, OPERATOR, waiting, on=DAY, confirmed_by="处长")
    document, published = scored(year)
    assert published.score - replied.score == confirm.points > 0

    catch_up = next(
        a for a in actions.actions(document, published) if a.kind == "catch_up" and a.category == CLUB
    )
    assert (catch_up.periods, catch_up.count) == (("2025-Q2",), 3)
    send(year, CLUB, valid_rows(CLUB, 3, start=10, received_on=DAY), on=DAY, period="2025-06")
    _, caught_up = scored(year)
    assert caught_up.part("timeliness").points - published.part("timeliness").points > 0
    raised = caught_up.score - published.score
    assert raised == catch_up.points > 0


def test_the_three_best_are_the_three_that_bring_most(year: Engine):
    document, found = scored(year)
    every = sorted((a.points for a in actions.actions(document, found)), reverse=True)

    best = actions.best(document, found)

    assert len(best) <= 3 and best[0].points == every[0]
    assert [a.points for a in best] == sorted((a.points for a in best), reverse=True)
    assert all(f"可提高 {a.points} 分" in score_words.step_sentence(a) for a in best)


def test_every_advised_action_brings_what_the_changed_document_scores():
    """Random years: the promise is the difference of two computations, and never a loss that is called a gain."""
    for seed in range(150):
        document = score.read(Chance(seed).document())
        for department in score.score_year(document).departments:
            for action in actions.best(document, department):
                after = score_department(document, action.department)
                assert after.score - department.score == action.points > 0


def test_the_why_of_the_worked_example_adds_up_by_hand():
    found = score.score_year(score.read(worked_example())).departments[0]

    lines = dict(score_words.why(found, score.DEFAULT_RULES))

    assert lines["各部分合计"] == "25.66 + 12.00 + 18.14 + 19.13 + 9.29 + 8.00 = 92.22。"
    assert lines["得分 85.22"] == "92.22 − 7.00 = 85.22，达到 80，等次良好。"
    assert "迟 9 天" in lines["扣 2.00"] and "每周扣 1 分" in lines["扣 2.00"]
    assert (
        lines["数量完成 25.66 / 28"]
        == "3 个类别平均完成 91.66%，未满的有《青少年运动员》80.00%、《青少年体育赛事》94.97%。"
    )
    assert "28 个应报项平均 90.71，其中 3 项迟报、1 项未报" in lines["及时 18.14 / 20"]


def test_the_sentences_say_the_rules_that_computed():
    """Another rule set, other sentences: no limit is written down a second time."""
    document = worked_example() | {
        "rules": {"weights": {"quantity": "30", "coverage": "10"}, "grades": {"优秀": "95", "良好": "85", "合格": "60"},
                  "limits": {"late_plan_week": "2"}}
    }  # fmt: skip
    year = score.score_year(score.read(document))

    words = " ".join(f"{a}：{b}" for a, b in score_words.why(year.departments[0], year.document.rule_set))

    assert "/ 30" in words and "每周扣 2 分" in words
    assert re.search(r"= (\d+\.\d\d)，(达到 (85|60)|低于 60)", words)


def test_other_weights_are_the_same_as_a_document_with_those_rules():
    document = Chance(7).document()
    weights = {
        "quantity": "10",
        "coverage": "10",
        "timeliness": "40",
        "quality": "20",
        "publishing": "10",
        "cooperation": "10",
    }
    tried = document | {"rules": (document.get("rules") or {}) | {"weights": weights}}

    found = what_if.compare([score.read(document)], weights)

    expected = score.compute(score.read(tried))["ranking"]
    before = {r["code"]: r["rank"] for r in score.compute(score.read(document))["ranking"]}
    assert [(c.after.code, c.after.rank, c.after.score) for c in found] == [
        (r["code"], r["rank"], r["score"]) for r in expected
    ]
    assert all(c.moved == before[c.after.code] - c.after.rank for c in found)
