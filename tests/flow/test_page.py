"""实时客流 as people see it: with data, before there is any, silent, of one venue; and who may acknowledge."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data_access.account_tables import audit_entry
from data_access.engine import engine, reading
from data_access.live.tables import live_alert
from tests.flow.lately import fill
from tests.live.made_up import GYM, connect
from tests.pages.opening import GUIDE, LEADER, OFFICE, OPERATIONS, WANZHOU, Person, on_base, open_page, words

__all__ = ["on_base"]
PAGE = "venues.flow"


def opened(who: Person, **query: str) -> AppTest:
    page = open_page(PAGE, who, **query)
    assert not page.exception, page.exception
    return page


def test_it_says_who_is_where_now_and_what_is_behind_it(on_base: str) -> None:
    fill(engine(on_base))

    page = opened(LEADER)

    shown = words(page)
    assert "此刻全市 3 座场馆共有 135 人在馆，占核定承载量 45.0%" in shown
    assert "已达拥挤线" in shown and "90 人 · 90%" in shown
    assert "通常范围取自最近" in shown or "暂不画通常范围" in shown
    assert page.get("deck_gl_json_chart") and page.get("plotly_chart")
    assert "/export/flow/venues.xlsx" in shown and "数据每 15 秒更新" in shown


def test_before_any_venue_is_connected_it_says_what_will_appear(on_base: str) -> None:
    page = opened(OFFICE)

    assert "还没有场馆接入实时客流" in words(page)
    assert not page.get("plotly_chart") and not page.get("deck_gl_json_chart") and not page.button


def test_connected_but_never_heard_is_another_picture(on_base: str) -> None:
    connect(engine(on_base))

    shown = words(opened(OFFICE))

    assert "今天还没有客流数据" in shown and "还没有更新过" in shown and "运维团队" in shown


def test_a_silent_feed_says_since_when_and_what_to_do(on_base: str) -> None:
    """Late is not empty: the recorded figures stay, and nobody inside is claimed."""
    fill(engine(on_base), ago=dt.timedelta(minutes=40))

    shown = words(opened(OPERATIONS))

    assert "起中断" in shown and "实时数据没有更新" in shown and "请运维团队查看任务记录和平台接口" in shown
    assert "3 座场馆同时没有数据" in shown
    assert "此刻全市" not in shown and re.search("(39|40) 分没有数据", shown)


def test_one_venue_has_its_own_picture_and_a_way_back(on_base: str) -> None:
    fill(engine(on_base))
    venue = next(o for o in opened(OFFICE).selectbox[1].options if o.endswith(GYM))

    page = opened(OFFICE, district="渝中", venue=venue)

    shown = words(page)
    assert "此刻有 90 人在馆，占核定承载量 90.0%" in shown
    assert "返回全部场馆" in shown and "district=%E6%B8%9D%E4%B8%AD" in shown
    assert len(page.get("plotly_chart")) == 2


def test_a_district_sees_its_own_venues_and_the_sums_of_the_city(on_base: str) -> None:
    fill(engine(on_base))

    page = opened(WANZHOU)

    assert "此刻全市 3 座场馆共有 135 人在馆" in words(page)
    assert page.selectbox[0].options == ["全市", "万州"]
    assert [o for o in page.selectbox[1].options if o.endswith(GYM)] == []
    assert "此刻万州 1 座场馆共有 10 人在馆" in words(opened(WANZHOU, district="万州"))


def test_an_alert_is_acknowledged_once_with_name_and_time_in_the_audit(on_base: str) -> None:
    fill(engine(on_base))
    page = opened(OPERATIONS)
    page.text_input[0].set_value("已限流")

    page = next(b for b in page.button if b.label == "确认知悉").click().run()

    assert not page.exception and "已确认" in words(page)
    assert "已确认" in words(page.run()), (
        "the page runs by itself; what was done must stay long enough to be read"
    )
    assert not [b for b in page.button if b.label == "确认知悉"]
    with reading(engine(on_base)) as connection:
        alert = connection.execute(select(live_alert)).one()
        told = connection.scalars(select(audit_entry.c.action)).all()
    assert alert.note == "已限流" and alert.acknowledged_by and alert.acknowledged_at
    assert "live.acknowledge" in told


@pytest.mark.parametrize("who", [LEADER, GUIDE])
def test_who_does_not_answer_for_venues_cannot_acknowledge(on_base: str, who: Person) -> None:
    """A leader looks on: the button is there and does nothing; a guide sees no venue at all."""
    fill(engine(on_base))

    page = open_page(PAGE, who)

    assert all(button.disabled for button in page.button)
    assert who != GUIDE or (not page.button and "人在馆" not in words(page))
