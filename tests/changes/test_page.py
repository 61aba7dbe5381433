"""The page of change requests as its readers use it: open, accept, approve, carry out; empty, foreign."""

from __future__ import annotations

import pytest

from data_access.commands import change_requests as commands
from data_access.engine import engine, reading
from data_access.queries import change_requests as queries
from tests.changes.made_up import OFFICE as BUREAU, TEAM, do, facility, opened, record, shown, state
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, valid_rows
from tests.pages.opening import (
    LEADER,
    LOTTERY,
    MASS_SPORT,
    OPERATIONS,
    WANZHOU,
    key_of_table,
    on_base,
    open_page,
    words,
)

__all__ = ["on_base"]
PAGE = "operations.changes"
CATEGORY = "群众体育场地"


def press(page, label: str):
    return next(b for b in page.button if b.label == label).click().run()


def choose_first(page):
    page.session_state[key_of_table(page)] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    return page.run()


def test_before_there_is_one_the_page_says_what_to_do(on_base: str) -> None:
    assert "没有在办的变更申请" in words(open_page(PAGE, WANZHOU))
    assert "请先选类别" in words(open_page(PAGE, WANZHOU, view="提出"))


def test_a_request_goes_from_the_record_to_the_next_version_on_the_page(on_base: str) -> None:
    """Each of three persons sees the one button that is theirs."""
    made = engine(on_base)
    found = facility(made)
    page = choose_first(open_page(PAGE, WANZHOU, view="提出", category=CATEGORY))
    page.selectbox(key="field.mass_sport_facility").set_value("每周开放时长").run()
    next(t for t in page.text_input if t.label == "拟改为").set_value("77")
    next(t for t in page.text_input if t.label == "变更原因").set_value("夏季延长开放")
    page = press(page, "提出变更")
    assert not page.exception and "已提出" in words(page) and "夏季延长开放" in words(page)
    with reading(made) as connection:
        (request,) = queries.change_requests(BUREAU, connection, queries.ChangeFilter())

    page = open_page(PAGE, OPERATIONS, id=request.number)
    assert "核准" not in [b.label for b in page.button]
    press(page, "受理")
    press(open_page(PAGE, MASS_SPORT, id=request.number), "核准")
    page = press(open_page(PAGE, OPERATIONS, id=request.number), "更新基础数据库")

    assert not page.exception and "已更新" in words(page)
    assert record(made, found["facility_name"])["weekly_hours"] == "77"
    page = press(open_page(PAGE, WANZHOU, id=request.number), "确认")
    assert state(made, request.number) == "confirmed"
    assert [b.label for b in open_page(PAGE, LEADER, id=request.number).button] == []


def test_a_draft_is_completed_by_the_unit_on_the_page(on_base: str) -> None:
    made = engine(on_base)
    number = opened(made, TEAM, proposed={}, wanted=("longitude", "latitude"), origin="outside")
    page = open_page(PAGE, WANZHOU, id=number)
    assert "待补全" in words(page)
    for label, value in (("经度", "108.41"), ("纬度", "30.7")):
        next(t for t in page.text_input if t.label == label).set_value(value)

    page = press(page, "补全并提交")

    assert not page.exception and state(made, number) == "submitted"


def test_a_refusal_without_a_reason_is_told_and_changes_nothing(on_base: str) -> None:
    made = engine(on_base)
    number = opened(made)

    page = press(open_page(PAGE, OPERATIONS, id=number), "退回")

    assert "请写明退回的原因" in words(page) and state(made, number) == "submitted"


@pytest.mark.parametrize("number", ["G2026-000001", "../etc", "G"])
def test_a_request_about_anothers_data_is_not_shown(on_base: str, number: str) -> None:
    opened(engine(on_base))
    page = open_page(PAGE, LOTTERY, id=number)

    assert not page.exception and "看不到" in words(page) and "现场核对为东门" not in words(page)


def test_a_persons_number_stays_masked_on_the_request(on_base: str) -> None:
    """The key finds the record; who reads the request need not know whose it is."""
    made = engine(on_base)
    send(made, "referee", valid_rows("referee", 1), on=RECEIVED_ON)
    page = choose_first(open_page(PAGE, OPERATIONS, view="提出", category="裁判员"))
    next(t for t in page.text_input if t.label == "变更原因").set_value("证书信息有误")
    page = press(page, "提出删除这条记录")

    assert not page.exception and "已提出" in words(page), words(page)
    with reading(made) as connection:
        (request,) = queries.change_requests(BUREAU, connection, queries.ChangeFilter())
    raw = valid_rows("referee", 1)[0]["certificate_no"]
    assert raw not in words(page) and "****" in words(page)
    do(made, commands.accept_request, TEAM, request.number)
    found = shown(made, request.number)
    assert found is not None and found.kind == "delete"
