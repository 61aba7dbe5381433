"""Exports and the dictionary: what leaves the product is masked, escaped and complete."""

import csv
import datetime as dt
import io

import openpyxl
import pytest

import catalog
from data_access.commands.delivery import deliver
from data_access.engine import engine, reading
from data_access.principal import OFFICE, OPERATOR, Forbidden, Principal
from reports.dictionary import dictionary
from reports.escaping import escaped
from reports.export import as_csv, export
from tests.helpers.files import make_csv
from tests.helpers.rows import RECEIVED_ON, valid_rows

CATALOG = catalog.default()
EVENT = CATALOG.category_by_code["mass_sport_event"]
ATHLETE = CATALOG.category_by_code["youth_athlete"]
YOUTH = Principal("department", "youth_sport", "青少处")


@pytest.fixture
def filled(embedded, tmp_path):
    """A base with three events and two young athletes."""
    for code, count, unit in (("mass_sport_event", 3, "500101"), ("youth_athlete", 2, "youth_sport")):
        path = make_csv(tmp_path / f"{code}.csv", code, valid_rows(code, count))
        taken = deliver(
            engine(embedded),
            OPERATOR,
            content=path.read_bytes(),
            file_name=path.name,
            category=code,
            unit=unit,
            received_on=RECEIVED_ON,
        )
        assert taken.outcome == "accepted"
    with reading(engine(embedded)) as connection:
        yield connection


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_csv_holds_every_field_in_words_and_where_each_row_came_from(filled):
    rows = table(export(OFFICE, filled, EVENT, "csv"))
    sent = valid_rows("mass_sport_event", 3)

    assert [r["赛事活动名称"] for r in rows] == [r["event_name"] for r in sent]
    assert [r["举办区县"] for r in rows] == [r["adcode"] for r in sent]
    assert [r["经费投入（元）"] for r in rows] == [format(r["budget_amount"].normalize(), "f") for r in sent]
    assert {r["报送单位"] for r in rows} == {"万州区"}
    assert [r["来源行号"] for r in rows] == ["2", "3", "4"]
    assert {r["来源平台"] for r in rows} == {"处室（单位）报送文件"}


def test_a_workbook_holds_real_numbers_and_dates(filled):
    book = openpyxl.load_workbook(io.BytesIO(export(OFFICE, filled, EVENT, "xlsx")))
    sheet = book["群众体育赛事"]
    sent = valid_rows("mass_sport_event", 1)[0]
    cells = dict(zip([c.value for c in sheet[1]], [c.value for c in sheet[2]], strict=True))

    assert cells["开始日期"] == dt.datetime.combine(sent["start_on"], dt.time())
    assert cells["参与人数（人）"] == sent["participant_count"]
    assert cells["入库日期"] == dt.datetime.combine(RECEIVED_ON, dt.time())


def test_personal_values_are_masked_in_both_forms(filled):
    """A file is passed on; what the screen masks must not be in it."""
    sent = valid_rows("youth_athlete", 2)
    text = export(YOUTH, filled, ATHLETE, "csv").decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(export(YOUTH, filled, ATHLETE, "xlsx")))
    cells = {str(c.value) for row in book.worksheets[0].iter_rows() for c in row}

    for row in sent:
        for name in ("registration_no", "name", "coach_name"):
            assert row[name] not in text
            assert row[name] not in cells
        assert row["birth_date"].isoformat() not in text
    assert f"{sent[0]['name'][0]}*" in text


def test_only_the_office_may_export_without_masks(filled):
    row = table(export(OFFICE, filled, ATHLETE, "csv", masked=False))[0]

    assert row["姓名"] == valid_rows("youth_athlete", 1)[0]["name"]
    for principal in (YOUTH, OPERATOR, Principal("leader", "office", "局领导")):
        with pytest.raises(Forbidden):
            export(principal, filled, ATHLETE, "csv", masked=False)
    with pytest.raises(Forbidden):
        export(Principal("department", "mass_sport", "群体处"), filled, ATHLETE, "csv")


def test_a_district_exports_its_own_rows_only(filled):
    assert len(table(export(Principal("district", "500101", "万州区"), filled, EVENT, "csv"))) == 3
    assert table(export(Principal("district", "500102", "涪陵区"), filled, EVENT, "csv")) == []


def test_text_that_would_be_a_formula_is_escaped_and_numbers_are_not():
    """-3.5 as a number stays one; a name that starts with - gets an apostrophe."""
    lottery = CATALOG.category_by_code["sports_lottery_sales"]
    record = dict.fromkeys(lottery.field_by_name) | {
        "game_type": "=HYPERLINK(1)",
        "yoy_rate": "-3.5",
        "sheet": "@SUM(A1)",
    }
    row = table(as_csv(lottery, [record]))[0]

    assert row["游戏类型"] == "'=HYPERLINK(1)"
    assert row["来源工作表"] == "'@SUM(A1)"
    assert row["同比增长（%）"] == "-3.5"


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r"])
def test_every_lead_a_spreadsheet_takes_for_a_formula_is_escaped(lead):
    assert escaped(f"{lead}1+1") == f"'{lead}1+1"
    assert escaped(f"a{lead}1") == f"a{lead}1"
    assert escaped(-1) == -1


def test_the_dictionary_lists_every_category_field_and_check():
    """The catalogue in the form the office passes round; nothing is left out."""
    book = openpyxl.load_workbook(io.BytesIO(dictionary(CATALOG)))

    assert book.sheetnames == ["数据类别", "字段", "校验规则", "代码表", "单位"]
    assert book["数据类别"].max_row == 1 + 37
    assert book["字段"].max_row == 1 + 372
    assert book["校验规则"].max_row == 1 + 39
    assert book["单位"].max_row == 1 + len(CATALOG.units)
    assert all(c.value not in (None, "") for row in book["字段"].iter_rows() for c in row)
