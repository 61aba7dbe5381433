"""Frozen once, verified anywhere, corrected by revisions only; and a correction knows every figure it touches."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.account_tables import audit_entry
from data_access.commands import assessment_freeze as rows, plans
from data_access.commands.assessment import AssessmentRefused
from data_access.engine import reading
from data_access.principal import OFFICE, SYSTEM, Forbidden
from data_access.queries import assessment as queries
from data_access.queries.plans import plan_versions
from jobs import freeze_year
from jobs.base import Context
from metrics import score
from metrics.score import life
from tests.assessment.people import LI, TEAM, YEAR, YOUTH, ZHANG, at, content, do, in_force, reply
from tests.delivery.histories import content as stored

FREEZE = at("2026-01-20")


@pytest.fixture
def planned(made: Engine) -> Engine:
    """One category with a plan, so that there is something to close."""
    plans.set_plan(made, OFFICE, "referee", YEAR, 40, approved_on=dt.date(YEAR, 1, 10))
    return made


@pytest.fixture
def frozen(planned: Engine) -> Engine:
    in_force(planned, content(), "2025-06-01")
    life.freeze(planned, ZHANG, YEAR, at=FREEZE)
    return planned


def last(made: Engine, **which: Any) -> queries.Frozen:
    with reading(made) as connection:
        found = queries.frozen(ZHANG, connection, YEAR, **which)
    assert found is not None
    return found


# ---------------------------------------------------------------- freeze


def test_a_frozen_year_verifies_on_another_machine(frozen: Engine):
    """The file is all that is needed: no base, no network."""
    file = json.loads(score.canonical(life.frozen_file(last(frozen))))

    verdict = score.verify(file)

    assert verdict.holds and verdict.digits_hold
    assert (file["revision"], file["inputs"]["freeze"]) == (1, "2026-01-20")


def test_the_freeze_closes_the_plans_and_stands_in_the_audit(frozen: Engine):
    with reading(frozen) as connection:
        assert {p.state for p in plan_versions(OFFICE, connection, YEAR)} == {"closed"}
        entry = connection.execute(select(audit_entry).where(audit_entry.c.action == "score.freeze")).one()
    assert (entry.account, entry.object) == ("zhang", "2025")
    assert last(frozen).sha256 in entry.detail


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("2025-11-30", "还没有结束"), ("2025-12-31", "还没有结束"), ("2026-01-05", "早于")],
)
def test_a_freeze_before_the_due_dates_is_refused_and_changes_nothing(
    planned: Engine, day: str, sentence: str
):
    before = stored(planned)

    with pytest.raises(AssessmentRefused, match=sentence):
        life.freeze(planned, ZHANG, YEAR, at=at(day))

    assert stored(planned) == before


def test_a_year_is_frozen_once(frozen: Engine):
    before = stored(frozen)

    with pytest.raises(AssessmentRefused, match="已经封存"):
        life.freeze(frozen, LI, YEAR, at=at("2026-02-01"))

    assert stored(frozen) == before


def test_only_the_office_freezes(planned: Engine):
    for who in (TEAM, YOUTH):
        with pytest.raises(Forbidden):
            life.freeze(planned, who, YEAR, at=FREEZE)


def test_the_job_freezes_on_20_january_and_not_again(planned: Engine):
    """A worker that was down on the day does it when it is back; one that is asked twice does it once."""
    early = freeze_year.run(Context(planned, at("2026-01-19")))
    done = freeze_year.run(Context(planned, at("2026-01-23")))
    again = freeze_year.run(Context(planned, at("2026-01-24")))

    assert "没有需要办理的" in early and "没有需要办理的" in again
    found = last(planned)
    assert found.sha256 in done
    assert (found.author, found.freeze_on) == (SYSTEM.name, dt.date(2026, 1, 20))


def test_a_year_nobody_planned_is_not_frozen_by_the_job(made: Engine):
    """A base put into service in March holds nothing of the year before."""
    assert "没有需要办理的" in freeze_year.run(Context(made, at("2026-03-01")))


def test_facts_confirmed_after_the_freeze_do_not_change_it(frozen: Engine):
    before = last(frozen)
    in_force(frozen, content(), "2026-02-01")

    with reading(frozen) as connection:
        document = score.document_of(ZHANG, connection, YEAR, dt.date(2026, 3, 1))

    assert score.sha256(document) == before.sha256


# ---------------------------------------------------------------- revisions and errata


def correct(made: Engine, day: str = "2026-02-02") -> int:
    """Two corrections: a deduction more for one department, a late reply for another."""
    in_force(made, content(evidence="复核记录 1 号"), "2026-02-01")
    in_force(made, reply("mass_sport", done_on="2025-06-04"), "2026-02-01")
    number = life.propose_revision(made, ZHANG, YEAR, reason="复核认定", at=at(day))
    revision = life.decide_revision(made, LI, YEAR, number, is_approved=True, at=at(day))
    assert revision is not None
    return revision


def issue(made: Engine, number: str, places: list[str], revision: int = 1) -> None:
    """A paper with these figures of a revision, as they are in it."""
    found = last(made, revision=revision)
    figures = life.figures(score.parse(found.result))
    do(
        made, rows.issue_paper, ZHANG, number=number, kind="pack", title="考核结果", year=YEAR, revision=revision,
        sha256=found.sha256, figures={p: figures[p] for p in places}, at=at("2026-01-25"),
    )  # fmt: skip


def test_a_revision_is_the_next_link_and_the_first_stays(frozen: Engine):
    first = last(frozen)

    assert correct(frozen) == 2

    second = last(frozen)
    assert (second.revision, second.previous_sha256, second.reason) == (2, first.sha256, "复核认定")
    assert last(frozen, revision=1) == first
    assert last(frozen, known_on=dt.date(2026, 2, 1)).revision == 1
    results = [{d["code"]: d for d in score.parse(f.result)["departments"]} for f in (first, second)]
    changed = {code for code in results[0] if results[0][code] != results[1][code]}
    assert changed == {"youth_sport", "mass_sport"}


def test_a_correction_lists_exactly_the_issued_figures_it_touches(frozen: Engine):
    """Against brute force: every figure of every paper looked up anew in the corrected result."""
    every = list(life.figures(score.parse(last(frozen).result)))
    issue(frozen, "全部", every)
    issue(frozen, "每第七个", every[::7])
    issue(frozen, "无关", [p for p in every if p.startswith("departments/industry/")])
    correct(frozen)
    issue(frozen, "更正后", every, revision=2)
    in_force(frozen, content("industry", evidence="复核记录 2 号"), "2026-03-01")
    number = life.propose_revision(frozen, LI, YEAR, reason="再次复核", at=at("2026-03-02"))
    life.decide_revision(frozen, ZHANG, YEAR, number, is_approved=True, at=at("2026-03-02"))

    with reading(frozen) as connection:
        for revision in (2, 3):
            result = life.figures(score.parse(last(frozen, revision=revision).result))
            expected = {
                (paper.number, place, value, result.get(place))
                for paper in queries.papers(ZHANG, connection, YEAR)
                if paper.revision < revision
                for place, value in queries.issued_figures(ZHANG, connection, paper.number).items()
                if result.get(place) != value
            }
            listed = queries.errata(ZHANG, connection, YEAR, revision)
            assert {(e.paper, e.place, e.was, e.now) for e in listed} == expected
            assert expected
    assert not any(e.paper == "无关" for e in listed if e.revision == 2)
    assert any(e.paper == "更正后" for e in listed)


def test_a_correction_needs_a_reason_a_difference_and_a_second_person(frozen: Engine):
    before = stored(frozen)
    with pytest.raises(AssessmentRefused, match="写明理由"):
        life.propose_revision(frozen, ZHANG, YEAR, reason=" ", at=at("2026-02-02"))
    with pytest.raises(AssessmentRefused, match="没有要更正的内容"):
        life.propose_revision(frozen, ZHANG, YEAR, reason="想改", at=at("2026-02-02"))
    with pytest.raises(AssessmentRefused, match="还没有封存"):
        life.propose_revision(frozen, ZHANG, YEAR + 1, reason="想改", at=at("2026-02-02"))
    assert stored(frozen) == before

    in_force(frozen, content(), "2026-02-01")
    number = life.propose_revision(frozen, ZHANG, YEAR, reason="复核认定", at=at("2026-02-02"))
    with pytest.raises(AssessmentRefused, match="须由另一人确认"):
        life.decide_revision(frozen, ZHANG, YEAR, number, is_approved=True, at=at("2026-02-02"))
    with pytest.raises(AssessmentRefused, match="等待第二人确认"):
        life.propose_revision(frozen, ZHANG, YEAR, reason="再改", at=at("2026-02-02"))

    assert last(frozen).revision == 1
    life.decide_revision(frozen, LI, YEAR, number, is_approved=False, note="证据不足", at=at("2026-02-03"))
    assert last(frozen).revision == 1


def test_nothing_is_issued_from_a_result_that_is_not_frozen(frozen: Engine):
    with pytest.raises(AssessmentRefused, match="不能据此出具"):
        do(
            frozen, rows.issue_paper, ZHANG, number="x", kind="pack", title="x", year=YEAR, revision=1,
            sha256="0" * 64, figures={}, at=FREEZE,
        )  # fmt: skip


# ---------------------------------------------------------------- rules


def propose(made: Engine, given: dict[str, Any], **more: Any) -> None:
    options: dict[str, Any] = {
        "version": "2026-1", "effective_from": dt.date(2026, 1, 1), "approving_office": "市体育局办公室",
        "reason": "局长办公会议定", "at": at("2025-12-20"),
    }  # fmt: skip
    life.propose_rules(made, ZHANG, given, **(options | more))


def rules(made: Engine, year: int, day: str) -> score.Rules:
    with reading(made) as connection:
        return score.rules_of(ZHANG, connection, year, dt.date.fromisoformat(day))


def test_a_new_rule_set_counts_from_its_year_on_and_old_years_keep_theirs(planned: Engine):
    propose(planned, {"weights": {"quantity": "30", "coverage": "10"}})
    assert rules(planned, 2026, "2026-02-01").version is None

    from data_access.commands.assessment_rules import decide_rules

    with pytest.raises(AssessmentRefused, match="须由另一人确认"):
        do(planned, decide_rules, ZHANG, "2026-1", is_approved=True, at=at("2025-12-21"))
    do(planned, decide_rules, LI, "2026-1", is_approved=True, at=at("2025-12-21"))

    found = rules(planned, 2026, "2026-02-01")
    assert (found.version, found.approved_by, found.weights["quantity"]) == ("2026-1", "市体育局办公室", 30)
    assert rules(planned, 2025, "2026-02-01").weights["quantity"] == 28
    assert rules(planned, 2026, "2025-12-20").version is None


@pytest.mark.parametrize(
    ("given", "more", "sentence"),
    [
        ({"weights": {"quantity": "30"}}, {}, "权重之和是 102，应为 100"),
        ({"weights": {"quantty": "28"}}, {}, "没有「quantty」"),
        ({}, {"effective_from": dt.date(2026, 3, 1)}, "不是 1 月 1 日"),
        ({}, {"reason": " "}, "理由"),
        ({}, {"version": ""}, "规则版本"),
    ],
)
def test_a_wrong_rule_set_gets_a_sentence_and_changes_nothing(
    made: Engine, given: dict[str, Any], more: dict[str, Any], sentence: str
):
    before = stored(made)

    with pytest.raises(AssessmentRefused, match=sentence):
        propose(made, given, **more)

    assert stored(made) == before


def test_no_rule_set_reaches_into_a_frozen_year(frozen: Engine):
    with pytest.raises(AssessmentRefused, match="2025 年度已经封存"):
        propose(frozen, {}, effective_from=dt.date(2025, 1, 1), at=at("2026-02-01"))
