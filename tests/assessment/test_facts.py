"""What people judge: two persons for each change, versions instead of overwriting, known from its day on."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from data_access.account_tables import audit_entry
from data_access.commands import assessment_facts as facts
from data_access.commands.assessment import AssessmentRefused
from data_access.engine import reading
from data_access.principal import Forbidden
from data_access.queries import assessment as queries
from metrics import score
from tests.assessment.people import LI, MASS, TEAM, YEAR, YOUTH, ZHANG, at, content, do, in_force, reply
from tests.delivery.histories import content as stored


def youth(made: Engine, day: str) -> dict:
    with reading(made) as connection:
        document = score.from_base(ZHANG, connection, YEAR, dt.date.fromisoformat(day))
    return next(d for d in document["departments"] if d["code"] == "youth_sport")


def test_a_deduction_counts_when_a_second_person_has_confirmed_it(made: Engine):
    """What one person wrote down is no fact yet; what was confirmed later was not known before."""
    number, _ = do(made, facts.propose_fact, TEAM, content(), at=at("2025-05-20"))
    assert youth(made, "2025-12-01")["deductions"] == []

    do(made, facts.decide_fact, LI, number, is_approved=True, at=at("2025-06-01"))

    assert youth(made, "2025-05-31")["deductions"] == []
    assert youth(made, "2025-06-01")["deductions"] == [
        {
            "number": "2025-0001", "kind": "content", "level": None, "category": None,
            "occurred_on": "2025-05-10", "confirmed_on": "2025-05-20",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("department", ["office", "youth_sport"])
def test_nobody_confirms_a_change_of_his_own(made: Engine, department: str):
    """局办公室 is assessed and runs the assessment; for the others it is the same rule."""
    number, _ = do(made, facts.propose_fact, ZHANG, reply(department), at=at("2025-06-02"))
    before = stored(made)

    with pytest.raises(AssessmentRefused, match="须由另一人确认"):
        do(made, facts.decide_fact, ZHANG, number, is_approved=True, at=at("2025-06-02"))
    with pytest.raises(Forbidden, match="局办公室"):
        do(made, facts.decide_fact, TEAM, number, is_approved=True, at=at("2025-06-02"))

    assert stored(made) == before


def test_a_change_is_the_next_version_and_the_old_one_stays(made: Engine):
    number = in_force(made, reply(), "2025-06-02")
    in_force(made, reply(done_on="2025-06-04"), "2025-06-05", number=number)
    in_force(made, reply(done_on="2025-06-04"), "2025-07-01", number=number, is_void=True)

    due = {"number": number, "kind": "circular_reply", "due_on": "2025-06-01"}
    assert youth(made, "2025-06-04")["obligations"] == [due | {"done_on": None}]
    assert youth(made, "2025-06-30")["obligations"] == [due | {"done_on": "2025-06-04"}]
    assert youth(made, "2025-07-01")["obligations"] == []
    with reading(made) as connection:
        versions = queries.fact_versions(ZHANG, connection, YEAR)
    assert [(v.version, v.author, v.second) for v in versions] == [(n, "张某", "李某") for n in (1, 2, 3)]


def test_each_step_stands_in_the_audit(made: Engine):
    in_force(made, content(), "2025-06-01")

    with reading(made) as connection:
        found = connection.execute(
            select(audit_entry.c.account, audit_entry.c.object).where(audit_entry.c.action == "score.fact")
        )
        assert [tuple(row) for row in found] == [("zhang", "2025-0001"), ("li", "2025-0001")]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (content(evidence=" "), "请写明依据"),
        (content(happened_on=dt.date(2024, 5, 10)), "不在 2025 年内"),
        (content(settled_on=dt.date(2025, 5, 9)), "早于发生日期"),
        (content(settled_on=dt.date(2026, 5, 9)), "晚于今天"),
        (content("no_such"), "没有处室"),
        (facts.Fact(YEAR, "deduction", "youth_sport", "rudeness", evidence="x"), "不是deduction的种类"),
        (facts.Fact(YEAR, "deduction", "youth_sport", "incident", dt.date(2025, 5, 1), evidence="x"), "须写明等级"),
        (
            facts.Fact(YEAR, "deduction", "youth_sport", "falsified", dt.date(2025, 5, 1), category="referee", evidence="x"),
            "请选择该处室",
        ),
        (
            facts.Fact(YEAR, "adjustment", "youth_sport", "received_on", category="youth_coach", period="2025-05", value="5月1日", evidence="x"),
            "应写成 2025-05-01",
        ),
        (
            facts.Fact(YEAR, "adjustment", "youth_sport", "integrated_keys", category="youth_coach", value="-3", evidence="x"),
            "不小于 0 的整数",
        ),
    ],
)  # fmt: skip
def test_a_wrong_fact_gets_a_sentence_and_changes_nothing(made: Engine, entry: facts.Fact, sentence: str):
    before = stored(made)

    with pytest.raises(AssessmentRefused, match=sentence):
        do(made, facts.propose_fact, ZHANG, entry, at=at("2025-06-05"))

    assert stored(made) == before


def test_two_changes_of_one_fact_do_not_wait_side_by_side(made: Engine):
    number, _ = do(made, facts.propose_fact, ZHANG, reply(), at=at("2025-06-02"))

    with pytest.raises(AssessmentRefused, match="等待第二人确认"):
        do(made, facts.propose_fact, TEAM, reply(done_on="2025-06-02"), at=at("2025-06-02"), number=number)


def test_an_obligation_of_another_process_is_kept_under_its_source(made: Engine):
    """A circular writes the due date, then the reply; only the office's own waits for a second person."""
    common = {
        "source": "通报〔2025〕3号",
        "kind": "circular_reply",
        "due_on": dt.date(2025, 6, 1),
        "evidence": "通报",
    }

    for department in ("youth_sport", "office"):
        for done_on in (None, dt.date(2025, 6, 3)):
            do(
                made, facts.keep_obligation, ZHANG, department=department, done_on=done_on, at=at("2025-06-03"),
                proposed_by=("运维王某", "wang"), **common,
            )  # fmt: skip

    with reading(made) as connection:
        found = queries.facts_in_force(ZHANG, connection, YEAR, dt.date(2025, 6, 3))
    assert [(f.department, f.settled_on, f.version) for f in found] == [
        ("youth_sport", dt.date(2025, 6, 3), 2)
    ]


def test_a_department_sees_its_own_facts_only(made: Engine):
    in_force(made, content(), "2025-06-01")

    with reading(made) as connection:
        assert [f.department for f in queries.fact_versions(YOUTH, connection, YEAR)] == ["youth_sport"]
        assert queries.fact_versions(MASS, connection, YEAR) == []


def test_an_adjusted_date_replaces_the_bases_own_and_says_what_stood_there(made: Engine):
    """The platform was down on the due day; the paper shows that the file was there."""
    entry = facts.Fact(
        YEAR, "adjustment", "youth_sport", "received_on", category="youth_athlete", period="2025-05",
        value="2025-06-05", evidence="平台故障记录",
    )  # fmt: skip
    number = in_force(made, entry, "2025-06-10")

    found = youth(made, "2025-12-01")

    athletes = next(c for c in found["categories"] if c["code"] == "youth_athlete")
    item = next(i for i in athletes["due_items"] if i["period"] == "2025-05")
    assert item["received_on"] == "2025-06-05"
    assert [(a["number"], a["was"]) for a in found["adjustments"]] == [(number, None)]
