"""场馆地图: its answer, its filters, its four pictures, and what its maps cost the line."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from catalog import maps
from data_access.calendar import today
from data_access.engine import engine, reading, writing
from data_access.facilities import MASS, SURVEY
from data_access.facility_columns import facilities, pack
from data_access.facility_tables import roll_facility
from data_access.principal import OFFICE as OFFICE_PRINCIPAL, Principal
from data_access.queries.facilities import find
from metrics.facilities import MEASURES, Choice, Facilities
from metrics.facility_places import FAR_M, hexagons
from reports import map_picture, map_words
from tests.delivery.histories import send
from tests.helpers.rows import Row, changed, valid_row
from tests.pages.opening import GUIDE, LEADER, LOTTERY, OFFICE, WANZHOU, on_base, open_page, words

__all__ = ["on_base"]
PLACES = {
    "万州区": (108.41, 30.81),
    "长寿区": (107.08, 29.86),
    "两江新区": (106.57, 29.72),
    "北碚区": (106.44, 29.81),
}
MOST_BYTES = 1_500_000


def survey_row(number: int, district: str, **fields: Any) -> Row:
    """A basketball court of 1,000 m² at the district's seat, surveyed in the year before last."""
    lon, lat = PLACES[district]
    return changed(
        valid_row(SURVEY.category, number, received_on=today()),
        **{
            "survey_year": today().year - 1, "adcode": district, "facility_type": "室外篮球场", "area": 1000,
            "built_on": "2020-01-01", "opening": "全天开放", "operator_type": "企业", "longitude": lon,
            "latitude": lat, **fields,
        },
    )  # fmt: skip


@pytest.fixture
def filled(on_base: str) -> str:
    """Three courts of 万州区, one pool of 长寿区, one public park that is free."""
    made = engine(on_base)
    courts = [survey_row(n, "万州区") for n in range(3)]
    pool = survey_row(3, "长寿区", facility_type="室外游泳池", opening="不开放", operator_type="事业单位")
    send(made, SURVEY.category, [*courts, pool], unit="500101", on=today())
    park = changed(valid_row(MASS.category, 1, received_on=today()), adcode="万州区", free_open="免费")
    send(made, MASS.category, [park], unit="500101", on=today())
    return on_base


def decks(page: AppTest) -> list[dict[str, Any]]:
    """What the browser is told to draw."""
    return [json.loads(element.proto.json) for element in page.get("deck_gl_json_chart")]


def layer(spec: dict[str, Any], name: str) -> list[Any]:
    return next((one["data"] for one in spec["layers"] if one["id"].endswith(name)), [])


def test_the_first_sentence_says_how_many_and_where_least(filled: str) -> None:
    page = open_page("venues.map", LEADER)

    assert not page.exception
    assert f"{today().year - 1} 年全市有体育场地 4 处" in words(page)
    assert "未达到 2025 年目标 2.2㎡" in words(page) and "万州区最高" in words(page)
    assert "35 个区县为 0" in words(page)
    assert len(decks(page)) == 2


def test_filters_of_the_url_count_what_they_say(filled: str) -> None:
    """A link that was sent shows the same."""
    asked = {
        "kind": "室外篮球场",
        "owner": "企业",
        "opening": "全天开放",
        "place": "万州区",
        "measure": "场地数量",
    }
    page = open_page("venues.map", OFFICE, **asked)

    assert not page.exception
    assert "万州区有企业管理、全天开放的室外篮球场 3 处" in words(page)
    points = layer(decks(page)[1], "points")
    assert len(points) == 3 and all("室外篮球场" in row[0] for row in points)


def test_free_or_cheap_ones_are_those_of_the_public_register(filled: str) -> None:
    page = open_page("venues.map", OFFICE, set="群众体育场地", fee="免费或低收费", measure="场地数量")

    assert not page.exception
    assert "全市有免费或低收费开放的群众体育场地 1 处" in words(page)


def test_from_afar_facilities_are_hexagons(filled: str) -> None:
    page = open_page("venues.map", OFFICE, layer="六边形")

    cells = layer(decks(page)[0], "hexagons")
    assert sorted(row[0].split(" ")[0] for row in cells) == ["1", "3"]
    assert "左图每格场地数" in words(page)


@pytest.mark.parametrize("typed", ["万州", "wz", "wanz"])
def test_a_district_is_found_by_name_and_initials(filled: str, typed: str) -> None:
    page = open_page("venues.map", OFFICE, q=typed)

    assert not page.exception
    assert ("查看该区县" in words(page)) == (typed != "wanz")


def test_a_facility_is_found_by_a_part_of_its_name(filled: str) -> None:
    name = survey_row(0, "万州区")
    page = open_page("venues.map", OFFICE, q=str(name["facility_name"]))

    assert str(name["facility_name"]) in words(page)


def test_somebody_elses_facilities_are_sums_not_points(filled: str) -> None:
    """A unit that sent none of them counts what all may count, and is told why it sees no point."""
    page = open_page("venues.map", LOTTERY, place="万州区")

    assert not page.exception and "万州区有体育场地 3 处" in words(page)
    assert layer(decks(page)[1], "points") == []
    assert "其他单位报送的场地只显示合计" in words(page)
    assert layer(decks(open_page("venues.map", WANZHOU, place="万州区"))[1], "points")


def test_an_empty_base_says_what_will_appear(on_base: str) -> None:
    page = open_page("venues.map", LEADER)

    assert not page.exception and "还没有体育场地数据" in words(page) and not decks(page)


def test_as_of_a_day_before_the_data_there_are_none(filled: str) -> None:
    page = open_page("venues.map", LEADER, as_of=str(today() - dt.timedelta(days=1)))

    assert not page.exception and "还没有体育场地数据" in words(page)


def test_a_guide_sees_nothing_of_it(filled: str) -> None:
    page = open_page("venues.map", GUIDE)

    assert not decks(page) and "体育场地 4 处" not in words(page)


def test_an_earlier_day_has_the_borders_of_its_time(on_base: str) -> None:
    """Merged districts are two before November 2025 and one after it; the total stays."""
    made = engine(on_base)
    old = dt.date(2025, 4, 1)
    rows = [survey_row(n, "北碚区", survey_year=2024) for n in range(2)]
    send(
        made, SURVEY.category, [changed(rows[0], adcode="江北区"), changed(rows[1], adcode="渝北区")], on=old
    )

    with reading(made) as connection:
        before = Facilities(OFFICE_PRINCIPAL, connection, Choice(), dt.date(2025, 11, 5))
        after = Facilities(OFFICE_PRINCIPAL, connection, Choice(), dt.date(2025, 11, 6))
        assert (len(before.districts), len(after.districts)) == (38, 37)
        assert (before.districts["500105"].facilities, before.districts["500112"].facilities) == (1, 1)
        assert after.districts["500157"].facilities == 2
        assert before.city.facilities == after.city.facilities == 2


@pytest.mark.parametrize("is_filtered", [False, True])
def test_a_zones_facilities_count_where_they_lie_and_once(on_base: str, is_filtered: bool) -> None:
    """万盛经开区 lies in 綦江区; 高新区 in two districts: there the coordinates decide, and none is lost."""
    made = engine(on_base)
    rows = [
        changed(survey_row(0, "万州区"), adcode="万盛经开区"),
        changed(survey_row(1, "万州区"), adcode="高新区", longitude=106.37, latitude=29.60),
        changed(survey_row(2, "万州区"), adcode="高新区", longitude=None, latitude=None),
        changed(survey_row(3, "北碚区")),
    ]
    delivered = send(made, SURVEY.category, rows, on=today())
    if delivered.accepted < 4:
        pytest.skip("the code list takes districts only")

    choice = Choice(owner="企业" if is_filtered else "")
    with reading(made) as connection:
        known = Facilities(OFFICE_PRINCIPAL, connection, choice, today())
        found = {code: d.facilities for code, d in known.districts.items() if d.facilities}
    assert found == {"500110": 1, "500106": 1, "": 1, "500109": 1}
    assert known.city.facilities == 4


def test_growth_compares_the_districts_surveyed_in_both_years(on_base: str) -> None:
    """A district that delivers for the first time is no growth of the city, one that is missing no loss."""
    made, year = engine(on_base), today().year - 1
    before = [survey_row(n, "万州区", survey_year=year - 1) for n in range(2)]
    before.append(survey_row(2, "北碚区", survey_year=year - 1))
    now = [survey_row(n, "万州区", survey_year=year) for n in range(10, 13)]
    now += [survey_row(n, "长寿区", survey_year=year) for n in range(20, 25)]
    send(made, SURVEY.category, [*before, *now], on=today())

    with reading(made) as connection:
        known = Facilities(OFFICE_PRINCIPAL, connection, Choice(year=year), today())
        said = map_words.second_sentence(known, MEASURES["growth"])

    assert known.city.growth == pytest.approx(3 / 2 - 1)
    assert known.districts["500115"].growth is None and known.districts["500109"].growth is None
    assert "场地比上年增加 50.0%（2 个区县缺上年或当年调查，未计入）" in said


def test_a_zone_finds_its_own_behind_many_of_others(on_base: str) -> None:
    """The district's records stand before the zone's in the list, larger and more than are looked at."""
    made = engine(on_base)
    theirs = [survey_row(n, "北碚区", facility_name=f"健身球场{n}号", area=5000) for n in range(25)]
    send(made, SURVEY.category, theirs, unit="500109", on=today())
    own = survey_row(40, "北碚区", facility_name="健身球场西门", area=100)
    send(made, SURVEY.category, [own], unit="CQLJ", on=today())

    zone = Principal("district", "CQLJ", "两江新区经办人")
    with reading(made) as connection:
        found = find(zone, connection, SURVEY.category, today().year - 1, today(), "健身球场", 1)

    assert [facility.name for facility in found] == ["健身球场西门"]


def test_the_sums_without_a_filter_are_those_with_one_that_takes_all(filled: str) -> None:
    """Unfiltered figures come from the sums, filtered ones from the columns: they must agree."""
    with reading(engine(filled)) as connection:
        plain = Facilities(OFFICE_PRINCIPAL, connection, Choice(), today())
        every = Facilities(OFFICE_PRINCIPAL, connection, Choice(kinds=("室外篮球场", "室外游泳池")), today())
        assert plain.districts == every.districts
        assert sum(c.facilities for c in hexagons(plain, FAR_M)) == plain.city.located


def test_a_view_of_the_whole_city_stays_under_a_megabyte_and_a_half(on_base: str) -> None:
    """4,000 named points in one district, hexagons everywhere: the most a view can hold."""
    made = engine(on_base)
    fill_columns(on_base, per_district=500, of_one=6000)
    sizes = {}
    for name, asked in {"city": {}, "cells": {"layer": "六边形"}, "points": {"place": "万州区"}}.items():
        page = open_page("venues.map", OFFICE, **asked)
        assert not page.exception
        sizes[name] = sum(len(e.proto.json.encode()) for e in page.get("deck_gl_json_chart"))
    made.dispose()
    assert max(sizes.values()) < MOST_BYTES, sizes
    assert len(layer(decks(page)[1], "points")) == 4000


def fill_columns(url: str, *, per_district: int, of_one: int) -> None:
    """Located facilities in every district, written as a delivery keeps them."""
    edition = maps.default().edition_on(today())
    with writing(engine(url)) as connection:
        for code, shape in edition.shapes.items():
            n = of_one if code == "500101" else per_district
            lon, lat = shape.label
            same = ("室外篮球场", "事业单位", "全天开放", "", "500101")
            words = [[f"安滩街道榆坪社区第{i}号室外篮球场" for i in range(n)], *([word] * n for word in same)]
            packed = pack(
                facilities(
                    words,
                    [Decimal(600 + i) for i in range(n)],
                    [Decimal(str(lon + i % 77 * 0.002)) for i in range(n)],
                    [Decimal(str(lat + i // 77 * 0.002)) for i in range(n)],
                )
            )
            connection.execute(
                insert(roll_facility).values(
                    category=SURVEY.category, year=today().year - 1, district=code, valid_from=today(),
                    facilities=packed.facilities, located=packed.located, area_cm2=packed.area_cm2,
                    content=packed.content, names=packed.names, initials=packed.initials,
                )
            )  # fmt: skip


def test_the_picture_is_painted_here(filled: str) -> None:
    """A PNG for a paper or a slide, without a browser."""
    with reading(engine(filled)) as connection:
        known = Facilities(OFFICE_PRINCIPAL, connection, Choice(), today())
        content = map_picture.png(known, MEASURES["facilities"], is_cells=True)

    assert content.startswith(b"\x89PNG") and len(content) > 20_000


def test_the_table_is_a_file_behind_a_link(filled: str) -> None:
    page = open_page("venues.map", OFFICE, kind="室外篮球场")

    assert "/export/map/districts.xlsx?kind=" in words(page)


@pytest.mark.parametrize("year", ["9" * 30 + " 年", "-1 年", "二〇二五 年", ""])
def test_a_year_that_is_none_restricts_nothing(year: str) -> None:
    """The address of a file may be written by hand; no database knows so large a number."""
    assert map_words.choice({"year": year}, maps.default().edition_on(today())).year == 0
