"""Masking: what an onlooker sees of a person."""

import datetime as dt

import pytest

import catalog
from data_access.masking import HIDDEN, mask, mask_record, mask_text, may_unmask
from data_access.principal import OFFICE, OPERATOR, Principal

CATALOG = catalog.default()
ATHLETE = CATALOG.category_by_code["youth_athlete"]


@pytest.mark.parametrize(
    ("category", "field", "value", "seen"),
    [
        ("referee", "name", "张三丰", "张*"),
        ("referee", "name", " 欧阳娜娜 ", "欧*"),
        ("research_project", "leader_name", "李四", "李*"),
        ("mass_sport_organization", "legal_representative", "王五", "王*"),
        ("referee", "certificate_no", "CQ20190017", "CQ****17"),
        ("research_expert", "expert_no", "A17", "****"),
        ("elite_athlete", "birth_date", dt.date(1999, 5, 1), "1999年"),
        ("youth_athlete", "birth_date", dt.date(2012, 5, 1), HIDDEN),
        ("honor_award", "bonus_amount", 500, HIDDEN),
        ("research_expert", "work_unit", "重庆大学", HIDDEN),
    ],
)
def test_a_personal_value_shows_only_what_tells_records_apart(category, field, value, seen):
    """张* is the form the centre asked for; minors give away less than adults."""
    assert mask(CATALOG.category_by_code[category].field_by_name[field], value) == seen


def test_every_personal_field_of_the_catalogue_is_changed_by_its_mask():
    """A field added tomorrow is masked without anybody thinking of it."""
    samples = {
        "string": "王小明AB123456",
        "enum": "男",
        "bool": "是",
        "int": 17,
        "decimal": 17,
        "date": dt.date(2012, 5, 1),
        "datetime": dt.datetime(2012, 5, 1, 8),
    }
    for category in CATALOG.categories:
        for field in category.fields:
            if field.is_personal:
                assert mask(field, samples[field.type]) != samples[field.type], (category.code, field.name)


def test_telephone_and_identity_numbers_in_free_text_are_made_unreadable():
    """No template asks for them; remarks hold them all the same. Longer digit strings are no telephones."""
    assert mask_text("联系人13812345678，备用13987654321") == "联系人138****5678，备用139****4321"
    assert "19900101" not in mask_text("证件500103199001011234")
    assert mask_text("流水号9913812345678001") == "流水号9913812345678001"


def test_a_missing_value_stays_missing_and_lineage_is_left_alone():
    """*** for nothing would claim that there is something."""
    record = {"name": "赵六", "coach_name": None, "technical_grade": "无", "receipt": "R-1", "row": 7}
    assert mask_record(ATHLETE, record) == {
        "name": "赵*",
        "coach_name": None,
        "technical_grade": HIDDEN,
        "receipt": "R-1",
        "row": 7,
    }


def test_only_the_office_may_ask_for_what_is_behind_a_mask():
    """Leaders and the operations team see masks (table of roles)."""
    assert may_unmask(OFFICE)
    assert not may_unmask(OPERATOR)
    assert not may_unmask(Principal("leader", "office", "局领导"))
