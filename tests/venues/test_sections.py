"""The three sections of the map's page: with findings, before there are any, for those who may not see."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from data_access.clock import now
from data_access.commands.change_requests import open_request
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE as BUREAU, SYSTEM
from data_access.queries import change_requests as requests, venue_analyses as queries
from metrics.venues.refresh import COVER_KINDS, FAULTS, cover_name, refresh
from reports import fault_words
from tests.delivery.histories import send
from tests.helpers.rows import changed, valid_row
from tests.pages.opening import (
    GUIDE,
    LEADER,
    MASS_SPORT,
    OPERATIONS,
    WANZHOU,
    Person,
    key_of_table,
    on_base,
    open_script,
    words,
)

__all__ = ["on_base"]
FACILITY = "mass_sport_facility"
CLEAN = {"adcode": "万州区", "facility_kind": "公共体育场馆", "free_open": "免费", "weekly_hours": 70}
RIGHT = ("108.40241", "30.70675")


def fill(made: Engine) -> None:
    """In 万州区 one right place, one outside, one recorded twice; one that opens too little and takes money."""
    rows = [
        {"facility_name": "江南体育馆", **CLEAN, "longitude": RIGHT[0], "latitude": RIGHT[1]},
        {"facility_name": "江南体育馆（新馆）", **CLEAN, "longitude": "108.40251", "latitude": RIGHT[1]},
        {"facility_name": "北滨全民健身中心", **CLEAN, "longitude": "109.6", "latitude": RIGHT[1]},
        {
            "facility_name": "高峰体育场", **CLEAN, "longitude": "108.45", "latitude": RIGHT[1],
            "weekly_hours": 21, "free_open": "收费",
        },
    ]  # fmt: skip
    send(
        made, FACILITY, [changed(valid_row(FACILITY, n), **row) for n, row in enumerate(rows)], unit="500101"
    )
    refresh(made, SYSTEM, at=now())


def _faults() -> None:
    from pages.venues import _faults as section

    section.render()


def _radius() -> None:
    from pages.venues import _radius as section

    section.render()


def _duty() -> None:
    from pages.venues import _duty as section

    section.render()


@pytest.mark.parametrize(
    ("section", "sentence"), [(_faults, "点位还没有分析"), (_radius, "还没有推算"), (_duty, "还没有检查")]
)
def test_before_the_first_analysis_each_section_says_when_it_will_come(
    on_base: str, section, sentence
) -> None:
    page = open_script(section, LEADER)

    assert not page.exception and sentence in words(page)


def test_faults_are_listed_and_become_change_requests_together(on_base: str) -> None:
    made = engine(on_base)
    fill(made)
    page = open_script(_faults, WANZHOU)
    assert "在区县外 1 处" in words(page) and "重复登记 1 处" in words(page)
    table = page.dataframe[0].value
    assert set(table["问题"]) == {"在区县外", "重复登记"}

    page.session_state[key_of_table(page)] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    page = page.run()
    page = next(b for b in page.button if b.label.startswith("为选中的 2 处")).click().run()

    assert not page.exception and "已提出变更申请 2 份" in words(page)
    with reading(made) as connection:
        found = requests.change_requests(BUREAU, connection, requests.ChangeFilter())
    assert {(c.kind, c.state, c.origin) for c in found} == {
        ("change", "draft", "outside"), ("delete", "submitted", "duplicate"),
    }  # fmt: skip
    assert all(value != "—" for value in page.dataframe[0].value["变更申请"])

    refresh(made, SYSTEM, at=now(), is_forced=True)  # other rows may stand where the chosen ones stood
    assert any(b.label.startswith("为选中的 0 处") for b in page.run().button)


def test_a_fault_asked_for_twice_is_one_request(on_base: str) -> None:
    made = engine(on_base)
    fill(made)
    with reading(made) as connection:
        found = queries.findings(BUREAU, connection, FAULTS)
    for _ in range(2):
        for finding in found:
            with writing(made) as connection:
                open_request(BUREAU, connection, fault_words.proposal(finding), at=now())
    with reading(made) as connection:
        assert len(requests.change_requests(BUREAU, connection, requests.ChangeFilter())) == len(found) == 2


def test_filters_of_the_address_narrow_the_faults(on_base: str) -> None:
    fill(engine(on_base))

    page = open_script(_faults, MASS_SPORT, fault="重复登记", fault_district="万州区")
    assert page.dataframe[0].value["场地"].tolist() in (["江南体育馆（新馆）"], ["江南体育馆"])
    page = open_script(_faults, MASS_SPORT, fault_district="渝中区")
    assert "没有符合条件" in words(page) and not page.dataframe
    assert "本处室归口类别在渝中区的点位没有发现问题" in words(page)
    assert "万州区的点位中发现问题 2 处" in words(open_script(_faults, LEADER, fault_district="万州区"))


def test_a_leader_looks_on_and_another_unit_sees_none_of_the_rows(on_base: str) -> None:
    fill(engine(on_base))

    leader = open_script(_faults, LEADER)
    other = open_script(_faults, OPERATIONS)
    assert leader.dataframe and not leader.button and other.button

    foreign = open_script(_faults, Person("district", "500103"))
    assert not foreign.dataframe and "没有发现问题" in words(foreign)
    for section in (_faults, _radius, _duty):
        guide = open_script(section, GUIDE)
        assert not guide.dataframe and not guide.get("deck_gl_json_chart")


def test_the_service_radius_shows_the_map_and_the_ranked_places(on_base: str) -> None:
    made = engine(on_base)
    fill(made)
    page = open_script(_radius, LEADER)

    assert not page.exception and "再建一处" in words(page) and "均匀分布" in words(page)
    assert len(page.get("deck_gl_json_chart")) == 2, "the whole city, and the city proper"
    with reading(made) as connection:
        kept = [queries.analysis(SYSTEM, connection, cover_name(kind)) for kind in COVER_KINDS]
    assert all(k is not None and len(k.result["places"]) == 20 for k in kept)
    gains = [place["people"] for place in kept[0].result["places"]] if kept[0] else []
    assert gains == sorted(gains, reverse=True)


def test_the_opening_duty_names_the_breach_and_the_notice(on_base: str) -> None:
    fill(engine(on_base))
    page = open_script(_duty, WANZHOU)

    table = page.dataframe[0].value
    assert sorted(zip(table["场馆"], table["实际"], strict=True)) == [
        ("高峰体育场", "21.0 小时/周"), ("高峰体育场", "收费"),
    ]  # fmt: skip
    assert "待业务处室确认" in words(page) and "35小时" in words(page)
    assert "本处室归口类别的场馆没有发现" in words(open_script(_duty, Person("department", "youth_sport")))
    page = open_script(_duty, WANZHOU, duty="免费或低收费开放")
    assert page.dataframe[0].value["实际"].tolist() == ["收费"]


def test_what_is_kept_is_computed_again_only_when_a_register_has_changed(on_base: str) -> None:
    made = engine(on_base)
    fill(made)
    assert refresh(made, SYSTEM, at=now()) == []
    assert refresh(made, SYSTEM, at=now(), is_forced=True)
    row = changed(valid_row(FACILITY, 9), **CLEAN, longitude="108.5", latitude=RIGHT[1])
    send(made, FACILITY, [row], unit="500101")
    assert refresh(made, SYSTEM, at=now())
