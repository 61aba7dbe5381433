"""Every page with data, before there are any, and for someone who may not see it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import Engine

import catalog
from data_access.calendar import today
from data_access.commands import plans
from data_access.commands.publishing import publish
from data_access.engine import engine
from data_access.principal import OFFICE as OFFICE_PRINCIPAL, OPERATOR
from pages._shared import links
from tests.delivery.histories import send
from tests.helpers.rows import changed, valid_row, valid_rows
from tests.pages.opening import (
    LEADER,
    MASS_SPORT,
    OFFICE,
    WANZHOU,
    on_base,
    open_page,
    words,
)

__all__ = ["on_base"]
EVENT = "mass_sport_event"
FOR_ALL = ("aggregation.progress", "aggregation.records", "aggregation.quality")


def fill(made: Engine, day: dt.date) -> None:
    """A plan of 4 events; 3 rows of which one is refused; one athlete's file refused as a whole."""
    plans.set_plan(made, OFFICE_PRINCIPAL, EVENT, day.year, 4, approved_on=dt.date(day.year, 1, 10))
    good = valid_rows(EVENT, 2, received_on=day)
    send(
        made,
        EVENT,
        [*good, changed(valid_row(EVENT, 7, received_on=day), participant_count=None)],
        on=day,
        unit="500101",
    )


@pytest.fixture
def filled(on_base: str) -> str:
    fill(engine(on_base), today())
    return on_base


@pytest.mark.parametrize(
    ("module", "who", "sentence"),
    [
        ("overview.leadership", LEADER, "全年计划完成 50.0%"),
        ("overview.own", MASS_SPORT, "群体处"),
        ("overview.own", WANZHOU, "已报送 2 条记录"),
        ("aggregation.progress", LEADER, "计划完成 50.0%"),
        (
            "aggregation.progress",
            WANZHOU,
            "万州区",
        ),  # a district has no plan: its sentence tells what it sent
        ("aggregation.progress", WANZHOU, "已报送 2 条记录"),
        ("aggregation.plans", OFFICE, "1 个类别已批准"),
        ("aggregation.deliveries", WANZHOU, "报送记录"),
        ("aggregation.records", LEADER, "基础数据库现有 2 条记录"),
        ("aggregation.quality", LEADER, "最弱的是"),
    ],
)
def test_a_page_with_data_answers_in_its_first_sentence(
    filled: str, module: str, who: str, sentence: str
) -> None:
    page = open_page(module, who)

    assert not page.exception
    assert sentence in words(page)


@pytest.mark.parametrize(
    ("module", "who", "sentence"),
    [
        ("overview.leadership", LEADER, "还没有汇聚数据"),
        ("overview.own", MASS_SPORT, "还没有已批准的计划"),
        ("overview.own", WANZHOU, "已报送 0 条记录"),
        ("aggregation.progress", LEADER, "还没有已批准的计划"),
        ("aggregation.progress", WANZHOU, "还没有报送过的类别"),
        ("aggregation.plans", OFFICE, "还没有计划"),
        ("aggregation.deliveries", WANZHOU, "还没有报送记录"),
        ("aggregation.records", LEADER, "现有 0 条记录"),
        ("aggregation.quality", LEADER, "还没有可以计算质量的数据"),
    ],
)
def test_an_empty_base_is_a_normal_state_with_kind_words(
    on_base: str, module: str, who: str, sentence: str
) -> None:
    """No rows is normal in January: not an error, not 0 %."""
    page = open_page(module, who)

    assert not page.exception
    assert sentence in words(page)


@pytest.mark.parametrize("module", FOR_ALL)
def test_a_page_as_of_a_day_before_the_data_shows_none_of_them(filled: str, module: str) -> None:
    page = open_page(module, LEADER, as_of=str(today() - dt.timedelta(days=1)))

    assert not page.exception
    assert "50.0%" not in words(page)


def test_a_link_from_a_past_day_leads_to_the_same_day(filled: str) -> None:
    """A department's bar of March led to the department's November."""
    yesterday = today() - dt.timedelta(days=1)

    page = open_page("overview.leadership", LEADER, as_of=str(yesterday))

    assert f"only=mass_sport&amp;as_of={yesterday}" in str([e.proto for e in page.get("html")])
    assert links.as_shown(today(), today()) == {}


def test_the_catalogue_is_shown_while_a_receipt_stands_in_the_address(filled: str) -> None:
    """The button 数据目录 did nothing after a link had asked for the rows of one batch."""
    page = open_page("aggregation.records", OFFICE, view="数据目录", receipt="R20260101-0000000000")

    assert "个数据类别" in words(page)


def test_the_plan_has_no_english_word_where_nothing_is_planned(on_base: str) -> None:
    """The editor wrote None into every empty cell."""
    editor = open_page("aggregation.plans", OFFICE).dataframe[0]

    assert editor.proto.placeholder == "—"


def test_a_bare_number_has_its_unit(filled: str) -> None:
    assert "汇聚记录（条）" in words(open_page("overview.own", WANZHOU))
    assert "到馆（人次）" in words(open_page("overview.leadership", LEADER))


def test_what_is_without_fault_is_not_called_the_weakest(on_base: str) -> None:
    """最弱的是时效性（100.0%） made a district look for a fault it had not."""
    made = engine(on_base)
    send(made, EVENT, valid_rows(EVENT, 2, received_on=today()), on=today(), unit="500101")

    page = open_page("aggregation.quality", WANZHOU)

    assert "数据质量 100.0%" in words(page) and "最弱" not in words(page)


def test_the_records_page_masks_people_and_shows_where_a_row_came_from(on_base: str) -> None:
    made = engine(on_base)
    row = changed(valid_row("referee", received_on=today()), name="欧阳某某")
    delivery = send(made, "referee", [row], on=today())

    page = open_page("aggregation.records", OFFICE, view="记录", category="裁判员")

    table = page.dataframe[0].value
    assert "欧阳某某" not in table.to_string()
    assert table["回执号"].tolist() == [delivery.receipt]
    assert not page.exception


def test_the_records_page_shows_the_base_as_it_was_known_on_a_day(on_base: str) -> None:
    """A correction of today changes nothing in what yesterday's link shows."""
    made, yesterday = engine(on_base), today() - dt.timedelta(days=1)
    row = valid_row("development_plan", received_on=yesterday)
    send(made, "development_plan", [row], on=yesterday)
    send(made, "development_plan", [changed(row, doc_no="更正后的文号")], on=today())
    named = {"view": "记录", "category": "发展规划"}

    then = open_page("aggregation.records", OFFICE, **named, as_of=yesterday.isoformat())
    now = open_page("aggregation.records", OFFICE, **named)
    before = open_page("aggregation.records", OFFICE, as_of=(yesterday - dt.timedelta(days=1)).isoformat())

    assert "更正后的文号" not in then.dataframe[0].value.to_string()
    assert "更正后的文号" in now.dataframe[0].value.to_string()
    assert "有 0 条记录" in words(before)
    assert f"数据截至 {yesterday - dt.timedelta(days=1)}" in words(before)
    assert not (then.exception or now.exception or before.exception)


def test_a_draft_typed_into_the_plan_is_saved_submitted_and_approved(on_base: str) -> None:
    """The office does all three on its page; the receipt says how many categories."""
    made = engine(on_base)
    plans.set_plan(made, OFFICE_PRINCIPAL, EVENT, today().year, 10)
    page = open_page("aggregation.plans", OFFICE)

    submit = next(b for b in page.button if b.label.startswith("提交局办公室"))
    page = submit.click().run()
    approve = next(b for b in page.button if b.label.startswith("批准"))
    page = approve.click().run()

    assert not page.exception
    assert "已批准" in words(page)


def test_a_department_reads_its_score_and_what_would_raise_it_most_on_its_own_page(filled: str) -> None:
    """The same figure and the same advice as on 考核评分; a district has neither."""
    own, score = (words(open_page(name, MASS_SPORT)) for name in ("overview.own", "assessment.score"))
    told = [
        re.search(rf"{name}<.*?>(\d+\.\d\d) 分", page) for name, page in (("考核得分", own), ("得分", score))
    ]
    advice = [re.findall(r"[^<>]*可提高 [\d.]+ 分", page) for page in (own, score)]

    assert told[0] and told[1] and told[0][1] == told[1][1]
    assert advice[0] and advice[0] == advice[1]
    assert "考核得分" not in words(open_page("overview.own", WANZHOU))


def test_the_plans_of_a_past_day_are_shown_as_they_stood_and_cannot_be_written(on_base: str) -> None:
    """The revision of July is not known in May; whoever wants to write goes back to today."""
    made, year = engine(on_base), today().year - 1
    plans.set_plan(made, OFFICE_PRINCIPAL, EVENT, year, 40, approved_on=dt.date(year, 1, 20))
    plans.set_plan(made, OFFICE_PRINCIPAL, EVENT, year, 55, reason="增加", approved_on=dt.date(year, 7, 4))
    page = open_page("aggregation.plans", OFFICE, as_of=f"{year}-05-01")

    assert not page.exception and not page.button
    table = page.dataframe[0].value.set_index("类别")
    assert table.loc["群众体育赛事", ["计划数量", "状态", "版本"]].tolist() == [40, "已批准（生效）", 1]
    assert f"{year} 年计划：1 个类别已批准" in words(page) and f"{year}-05-01 的计划，只能查看" in words(page)
    assert "增加" not in words(page) and f"{year}-01-20 12:00" in words(page)

    empty = open_page("aggregation.plans", OFFICE, as_of=f"{year}-01-19")
    assert "0 个类别已批准" in words(empty) and not empty.exception


def test_the_deliveries_of_a_past_day_are_shown_as_far_as_they_had_come(on_base: str) -> None:
    made, sent = engine(on_base), dt.date(today().year - 1, 3, 2)
    receipt = send(made, EVENT, valid_rows(EVENT, 2, received_on=sent), on=sent, unit="500101").receipt
    publish(made, OPERATOR, [receipt], on=sent + dt.timedelta(days=3), confirmed_by="王")

    def states(**query: str) -> list[str]:
        page = open_page("aggregation.deliveries", WANZHOU, **query)
        assert not page.exception
        return [state for shown in page.dataframe for state in shown.value["状态"]]

    assert states(as_of=str(sent - dt.timedelta(days=1))) == []
    assert states(as_of=str(sent)) == ["已入库"]
    assert states(as_of=str(sent + dt.timedelta(days=3))) == states() == ["已上架"]

    then = open_page("aggregation.deliveries", WANZHOU, as_of=str(sent))
    assert f"截至 {sent}，共报送 1 个文件，都没有问题。" in words(then)
    assert not then.button, "nothing is sent on a past day"
    before = open_page("aggregation.deliveries", WANZHOU, as_of=str(sent - dt.timedelta(days=1)))
    assert "还没有报送过文件" in words(before)


def test_the_problems_of_a_file_can_be_found_again_later(filled: str) -> None:
    page = open_page("aggregation.deliveries", WANZHOU)

    assert not page.exception
    table = page.dataframe[0].value
    assert table["退回"].tolist() == [1]
    assert table["状态"].tolist() == ["已入库"]


def test_a_unit_is_offered_first_what_it_sent_last(filled: str) -> None:
    """A district sends two or three of the thirty-seven categories; nobody else's list is moved about."""
    offered = open_page("aggregation.deliveries", WANZHOU).selectbox(key="category").options

    assert offered[0] == catalog.default().category_by_code[EVENT].name_zh
    assert sorted(offered) == sorted(c.name_zh for c in catalog.default().categories)
    of_office = open_page("aggregation.deliveries", OFFICE).selectbox(key="category").options
    assert of_office == [c.name_zh for c in catalog.default().categories]
