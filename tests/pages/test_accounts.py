"""账号: the office decides, hands over a password once, and looks after what it has opened."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from accounts import hashing, life
from accounts.forms import ApplicationForm
from data_access.account_tables import account, application
from data_access.clock import now
from data_access.engine import engine, reading, writing
from data_access.principal import SYSTEM
from tests.helpers.signed_in import SignedIn, open_account
from tests.pages.opening import OFFICE, on_base, open_page, words

__all__ = ["on_base"]
LI_MIN = ApplicationForm("李敏", "female", "科员", "区县数据报送", "13812345678", "district", "500103")


@pytest.fixture
def clerk(on_base: str) -> SignedIn:
    return OFFICE.log_in()


def apply(url: str, form: ApplicationForm = LI_MIN) -> str:
    return life.apply(url, replace(SYSTEM, address="10.0.0.9"), form, now())


def accounts_page(clerk: SignedIn, view: str = "待审核", **query: str) -> AppTest:
    return open_page("operations.accounts", clerk, view=view, **query)


def press(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label == label).click().run()


def one(url: str, name: str) -> dict[str, object]:
    with reading(engine(url)) as connection:
        row = connection.execute(select(account).where(account.c.name == name)).one()
    return dict(row._mapping)


def chosen(page: AppTest, *rows: int) -> AppTest:
    """The same page with these rows of its first table selected."""
    key = page.dataframe[0].proto.id.rsplit("-", 1)[-1]
    page.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return page.run()


def test_an_empty_queue_says_where_applications_come_from(clerk: SignedIn) -> None:
    page = accounts_page(clerk)

    assert not page.exception
    assert "没有待审核的申请" in words(page) and 'href="/apply"' in words(page)


def test_an_approved_application_shows_its_password_once(on_base: str, clerk: SignedIn) -> None:
    """The next run has forgotten it, and the base only knows its hash."""
    apply(on_base)
    page = accounts_page(clerk)
    assert "有 1 份申请待审核" in words(page) and page.text_input[0].value == "limin"

    page = press(page, "开通账号")
    password = page.code[0].value
    opened = one(on_base, "limin")

    assert not page.exception and "已为李敏开通账号 limin" in words(page)
    assert password in words(page), "it stands on the slip, too"
    assert hashing.matches(password, str(opened["password_hash"])) and opened["must_change"]
    page = page.run()
    assert not page.code and password not in words(page)


def test_an_application_is_returned_with_a_reason_only(on_base: str, clerk: SignedIn) -> None:
    number = apply(on_base)
    page = press(accounts_page(clerk), "退回申请")
    assert "未办理" in words(page) and "写明原因" in words(page)

    page.text_input(f"reason.{number}").set_value("请由本区文化旅游委统一申请")
    page = press(page, "退回申请")

    with reading(engine(on_base)) as connection:
        row = connection.execute(select(application)).one()
    assert (row.state, row.reason) == ("refused", "请由本区文化旅游委统一申请")
    assert "没有待审核的申请" in words(page)


def test_the_list_is_filtered_by_its_address_and_finds_who_never_came(on_base: str, clerk: SignedIn) -> None:
    """A link to "who has not used the account" shows just them."""
    sleeper = open_account(on_base, "district")
    busy = open_account(on_base, "district", "500103")
    with writing(engine(on_base)) as connection:
        earlier = now() - dt.timedelta(days=40)
        connection.execute(
            update(account).where(account.c.name == sleeper).values(opened_at=earlier, used_at=earlier)
        )
        connection.execute(update(account).where(account.c.name == busy).values(opened_at=earlier))

    never = accounts_page(clerk, "全部账号", idle="从未登录")
    everyone = accounts_page(clerk, "全部账号", role="区县")
    nobody = accounts_page(clerk, "全部账号", search="不存在的人")

    assert never.dataframe[0].value["账号"].tolist() == [sleeper]
    assert set(everyone.dataframe[0].value["账号"]) == {sleeper, busy}
    assert "没有符合条件的账号" in words(nobody) and not nobody.dataframe


def test_a_right_is_taken_away_for_a_reason_and_the_sessions_end(on_base: str, clerk: SignedIn) -> None:
    """Without a reason nothing happens; with one, the row, the sessions and the audit change together."""
    name = open_account(on_base, "district")
    page = chosen(accounts_page(clerk, "全部账号", search=name), 0)
    page = press(page, "停用")
    assert "写明原因" in words(page) and one(on_base, name)["state"] == "open"

    page = chosen(accounts_page(clerk, "全部账号", search=name), 0)
    page.text_input(f"why.{name}").set_value("离岗")
    page = press(page, "停用")

    assert (one(on_base, name)["state"], one(on_base, name)["state_reason"]) == ("disabled", "离岗")


def test_the_office_confirms_once_a_year_who_is_still_there(on_base: str, clerk: SignedIn) -> None:
    for unit in ("500101", "500103"):
        open_account(on_base, "district", unit)
    with writing(engine(on_base)) as connection:
        connection.execute(update(account).values(confirmed_on=dt.date(now().year - 1, 12, 1)))
    page = accounts_page(clerk, "年度确认")
    assert len(page.dataframe[0].value) == 3

    page = press(chosen(page, 0, 1), "确认所选（2）")

    assert "已确认 2 个账号" in words(page) and len(page.dataframe[0].value) == 1
