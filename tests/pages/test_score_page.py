"""考核评分: the sentence, the way down to the row, what each role may see and do, before there is anything too."""

from __future__ import annotations

import datetime as dt

import pytest

from data_access.calendar import today
from data_access.clock import now
from data_access.commands import assessment_facts as facts, plans
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE as OFFICE_PRINCIPAL, Principal
from data_access.queries import assessment as queries
from metrics.score import life
from tests.delivery.histories import send
from tests.helpers.rows import valid_rows
from tests.pages.opening import LEADER, MASS_SPORT, OFFICE, OPERATIONS, WANZHOU, on_base, open_page, words

__all__ = ["on_base"]
PAGE = "assessment.score"
EVENT = "mass_sport_event"
ZHANG = Principal("office", "office", "张某", "zhang")


@pytest.fixture
def filled(on_base: str) -> str:
    """群体处 planned four events at the beginning of the year and has delivered two today."""
    made, day = engine(on_base), today()
    plans.set_plan(made, OFFICE_PRINCIPAL, EVENT, day.year, 4, approved_on=dt.date(day.year, 1, 10))
    send(made, EVENT, valid_rows(EVENT, 2, received_on=day), on=day, unit="500101")
    return on_base


@pytest.fixture
def fact(filled: str) -> str:
    """A deduction that waits for its second person; its number."""
    day = dt.date(today().year, 1, 2)
    entry = facts.Fact(day.year, "deduction", "mass_sport", "content", day, day, evidence="隔离记录 1 号")
    with writing(engine(filled)) as connection:
        number, _ = facts.propose_fact(ZHANG, connection, entry, at=now())
    return number


def test_a_leader_sees_every_department_and_goes_down_to_the_batch(filled: str) -> None:
    """Score → part → category → rule and evidence, each step an address that can be sent."""
    page = open_page(PAGE, LEADER)
    assert not page.exception
    assert "10 个处室参评" in words(page) and 'href="?department=' in words(page)

    page = open_page(PAGE, LEADER, department="群体处")
    assert "为什么是" in words(page) and "下一步最值得做的三件事" in words(page)
    assert "数量完成" in words(page) and not page.dataframe

    page = open_page(PAGE, LEADER, department="群体处", part="数量完成", category="群众体育赛事")
    assert not page.exception
    assert "规则：数量完成（28 分）" in words(page) and "依据：1 个批次" in words(page)
    assert len(page.dataframe) == 1


def test_a_department_sees_its_own_score_and_place_and_nobody_elses(filled: str) -> None:
    page = open_page(PAGE, MASS_SPORT, department="青少处")

    assert not page.exception
    text = words(page)
    assert "群体处" in text and "（共 10 个处室）" in text
    assert not any(name in text for name in ("青少处", "科教处", "局办公室得分"))


def test_a_district_gets_the_figures_without_a_grade(filled: str) -> None:
    page = open_page(PAGE, WANZHOU)

    assert not page.exception
    assert "供参考，不评等次" in words(page) and "第 1 名" not in words(page)


def test_a_year_that_has_not_begun_on_the_day_says_so(filled: str) -> None:
    page = open_page(PAGE, LEADER, as_of=f"{today().year - 1}-06-30")

    assert "还没有" in words(page) and not page.exception


def test_before_there_is_a_plan_the_page_says_what_will_appear(on_base: str) -> None:
    page = open_page(PAGE, LEADER)

    assert not page.exception
    assert "10 个处室参评" in words(page)  # everybody answers for categories nobody planned
    assert "没有登记扣分" in words(open_page(PAGE, LEADER, view="扣分与应办"))


def test_a_second_person_confirms_a_deduction_and_the_score_follows(filled: str, fact: str) -> None:
    page = open_page(PAGE, OFFICE, view="扣分与应办")
    assert f"{fact} 待第二人确认" in words(page)

    page.button(key=f"yes.{fact}").click().run()

    assert not page.exception and "已确认生效" in words(page)
    with reading(engine(filled)) as connection:
        found = queries.facts_in_force(OFFICE_PRINCIPAL, connection, today().year, today())
    assert [f.number for f in found] == [fact]


def test_operations_record_and_do_not_confirm(filled: str, fact: str) -> None:
    page = open_page(PAGE, OPERATIONS, view="扣分与应办")

    assert not page.exception
    assert [b.key for b in page.button if b.key and b.key.startswith("yes.")] == []
    assert page.button(key="fact.save")


def test_other_weights_are_tried_and_a_wrong_sum_is_said(filled: str) -> None:
    page = open_page(PAGE, LEADER, view="规则与试算")
    assert not page.exception and "按试算权重" in words(page)

    page.number_input(key="w_quantity").set_value(30).run()

    assert "权重之和是 102，应为 100" in words(page)


def test_weights_may_have_decimals_as_a_rule_set_may(filled: str) -> None:
    """Two places, as the points of a rule set: 27.5 and 12.25 with 20.25 make 100 as well as whole numbers do."""
    page = open_page(PAGE, LEADER, view="规则与试算")
    for key, weight in (("w_quantity", 27.5), ("w_coverage", 12.25), ("w_timeliness", 20.25)):
        page.number_input(key=key).set_value(weight)
    page.run()

    assert not page.exception and "按试算权重" in words(page) and "不能试算" not in words(page)

    page.number_input(key="w_coverage").set_value(12.24).run()
    assert "权重之和是 99.99，应为 100" in words(page)


def test_a_department_reads_the_rules_and_tries_nothing(filled: str) -> None:
    page = open_page(PAGE, MASS_SPORT, view="规则与试算")

    assert not page.exception and not page.number_input
    assert "每迟 1 天减 1/30" in words(page)


def test_the_office_freezes_and_is_told_when_it_is_too_early(filled: str) -> None:
    page = open_page(PAGE, OFFICE, view="封存与申诉")
    assert "尚未封存" in words(page)

    page.button(key="freeze").click().run()

    assert not page.exception and "还没有结束，不能封存" in words(page)


def test_a_frozen_year_shows_its_hash_and_takes_appeals(on_base: str) -> None:
    """A department has ten working days; its appeal is on the page of the office the next moment."""
    made, year = engine(on_base), today().year - 1
    plans.set_plan(made, OFFICE_PRINCIPAL, EVENT, year, 4, approved_on=dt.date(year, 1, 10))
    frozen = life.freeze(made, ZHANG, year, at=now())

    page = open_page(PAGE, MASS_SPORT, view="封存与申诉", year=str(year))
    assert frozen.sha256 in words(page)
    page.text_area(key="appeal.objection").input("9 月数据已按时报送，回执号 R1")
    page.button(key="appeal.file").click().run()

    assert not page.exception and "申诉已提出" in words(page)
    assert len(open_page(PAGE, OFFICE, view="封存与申诉", year=str(year)).dataframe) == 1
