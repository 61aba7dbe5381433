"""The annual plan's steps (Article 8): who, when, from, to, why; the other side is told; no quantity, no change."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.exc import DBAPIError

from data_access.circular_tables import plan_event
from data_access.commands import plans
from data_access.commands.plan_step import PlanError
from data_access.engine import engine
from data_access.queries.notices import notices
from data_access.queries.plans import plan_steps, plan_versions
from reports import plan_words as words
from tests.circulars.made_up import EVENTS, LEADER, MASS, OFFICE, YOUTH, see
from tests.pages.opening import OFFICE as OFFICE_PERSON, on_base, open_page, words as said

__all__ = ["on_base"]
YEAR = 2026


def test_every_step_of_a_plan_says_who_and_why(made: Engine) -> None:
    """Draft → submitted → returned; the next version → submitted → approved; revised: superseded; closed."""
    plans.set_plan(made, MASS, EVENTS, YEAR, 40)
    plans.submit(made, MASS, YEAR)
    plans.send_back(made, OFFICE, YEAR, reason="低于去年完成数")
    plans.set_plan(made, MASS, EVENTS, YEAR, 400)
    plans.submit(made, MASS, YEAR)
    plans.approve(made, OFFICE, YEAR)
    plans.set_plan(made, MASS, EVENTS, YEAR, 300, reason="场次合并")
    plans.submit(made, MASS, YEAR)
    plans.approve(made, OFFICE, YEAR)
    plans.close_year(made, OFFICE, YEAR)

    found = see(made, plan_steps, MASS, YEAR)
    assert [
        (s.version, s.actor, s.from_state, s.to_state, s.note)
        for s in sorted(found, key=lambda s: (s.at, s.version))
    ] == [
        (1, "群体处李某", None, "draft", ""),
        (1, "群体处李某", "draft", "submitted", ""),
        (1, "张某", "submitted", "returned", "低于去年完成数"),
        (2, "群体处李某", None, "draft", ""),
        (2, "群体处李某", "draft", "submitted", ""),
        (2, "张某", "submitted", "approved", ""),
        (3, "群体处李某", None, "draft", "场次合并"),
        (3, "群体处李某", "draft", "submitted", ""),
        (2, "张某", "approved", "superseded", ""),
        (3, "张某", "submitted", "approved", ""),
        (3, "张某", "approved", "closed", ""),
    ]
    assert see(made, plan_steps, YOUTH, YEAR) == []
    assert {s.version for s in see(made, plan_steps, LEADER, YEAR)} == {
        2,
        3,
    }  # what never was in force is not theirs
    with pytest.raises(DBAPIError), made.begin() as connection:
        connection.execute(delete(plan_event))


def test_the_other_side_is_told_of_a_submission_and_of_the_answer(made: Engine) -> None:
    plans.set_plan(made, MASS, EVENTS, YEAR, 40)
    plans.submit(made, MASS, YEAR)
    assert [n.subject for n in see(made, notices, OFFICE)] == ["群体处已提交 2026 年度计划（1 个类别）"]

    plans.send_back(made, OFFICE, YEAR, reason="低于去年完成数")

    assert see(made, notices, OFFICE) == []  # answered
    assert [n.subject for n in see(made, notices, MASS)] == ["2026 年度计划被退回（1 个类别）"]
    assert see(made, notices, YOUTH) == []


@pytest.mark.parametrize(
    ("column", "value"), [("活动月份", "3、9"), ("修订原因", "按去年"), ("计划数量", None)]
)
def test_a_plan_without_a_quantity_is_one_sentence_and_changes_nothing(
    embedded: str, column: str, value: object
) -> None:
    """Months or a reason alone promise nothing; an emptied quantity is no zero."""
    made = engine(embedded)
    if column == "计划数量":
        plans.set_plan(made, MASS, EVENTS, YEAR, 40)
    current = words.newest_plans(see(made, plan_versions, MASS, YEAR))
    lines = words.plan_lines(MASS, current)
    edited = pd.DataFrame(lines)
    edited[column] = edited[column].astype(object)
    edited.loc[edited["代码"] == EVENTS, column] = value

    with pytest.raises(PlanError) as caught:
        words.promises(edited, lines, YEAR)

    assert [p.partition("。")[0] for p in caught.value.problems] == ["群众体育赛事：没有填写计划数量"]
    assert words.newest_plans(see(made, plan_versions, MASS, YEAR)) == current


def test_the_office_decides_one_department_at_a_time(on_base: str) -> None:
    """Narrowed to 群体处, its button approves that department's plans and nobody else's."""
    from data_access.calendar import today

    made, year = engine(on_base), today().year
    plans.set_plan(made, MASS, EVENTS, year, 40)
    plans.set_plan(made, YOUTH, "youth_event", year, 30)
    plans.submit(made, MASS, year)
    plans.submit(made, YOUTH, year)

    page = open_page("aggregation.plans", OFFICE_PERSON, department="群体处")
    page = next(b for b in page.button if b.label == "批准（1）").click().run()

    states = {p.category: p.state for p in see(made, plan_versions, OFFICE, year)}
    assert states == {EVENTS: "approved", "youth_event": "submitted"} and not page.exception
    assert "草稿 → 已提交" in said(page) and "群体处李某" in said(page)


def test_a_submitted_plan_is_not_counted_among_those_without_one(made: Engine) -> None:
    """0 个已批准，1 个待局办公室批准，1 个还没有计划: of one category."""
    plans.set_plan(made, MASS, EVENTS, YEAR, 40)
    plans.submit(made, MASS, YEAR)
    found = words.newest_plans(see(made, plan_versions, MASS, YEAR))

    assert words.plan_sentence(found, [EVENTS], YEAR) == (
        f"{YEAR} 年计划：0 个类别已批准，1 个待局办公室批准。"
    )
    assert "1 个待局办公室批准，1 个还没有计划" in words.plan_sentence(found, [EVENTS, "referee"], YEAR)
