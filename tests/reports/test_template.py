"""Templates: what a clerk fills in is what the checks accept."""

import io

import openpyxl
import pytest

import catalog
from catalog import wording
from data_access.commands.delivery import deliver
from data_access.engine import engine
from data_access.principal import OPERATOR
from reports import template
from tests.helpers.rows import RECEIVED_ON, valid_rows

CATALOG = catalog.default()
CODES = [c.code for c in CATALOG.categories]


def filled(code: str, rows: int) -> bytes:
    """The category's template with valid rows typed in under its header."""
    category = CATALOG.category_by_code[code]
    book = openpyxl.load_workbook(io.BytesIO(template.template(CATALOG, category)))
    sheet = book.worksheets[0]
    for number, row in enumerate(valid_rows(code, rows), start=2):
        for column, field in enumerate(category.fields, start=1):
            sheet.cell(number, column, row[field.name])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("code", CODES)
def test_a_filled_template_passes_intake_without_a_problem(embedded, code):
    """
    The instructions and the choices are passed over, nothing is put right, nothing
    refused: the template and the checks are made from the same entries.
    """
    delivery = deliver(
        engine(embedded),
        OPERATOR,
        content=filled(code, 3),
        file_name="报送.xlsx",
        category=code,
        unit="office",
        received_on=RECEIVED_ON,
        dry_run=True,
    )

    assert delivery.file_codes == []
    assert [p.message for p in delivery.problems] == []
    assert delivery.total == delivery.accepted == 3
    assert sorted(delivery.file_warnings) == ["W_SHEET_SKIPPED:填表说明", "W_SHEET_SKIPPED:选项"]
    assert {w.code for w in delivery.warnings} <= {"W_CROSS"}


def test_headers_mark_what_is_required_and_name_the_unit():
    """万元 in a column of 元 is the costliest slip there is; the header says which it wants."""
    category = CATALOG.category_by_code["sports_lottery_sales"]
    book = openpyxl.load_workbook(io.BytesIO(template.template(CATALOG, category)))
    headers = [cell.value for cell in book.worksheets[0][1]]

    assert headers[:4] == ["*月份", "*区县", "*游戏类型", "*销售额（元）"]
    assert headers[-1] == "同比增长（%）"


def test_lists_offer_exactly_what_intake_accepts():
    """Each list of the data sheet points at its cells on 选项, districts by name."""
    category = CATALOG.category_by_code["mass_sport_event"]
    book = openpyxl.load_workbook(io.BytesIO(template.template(CATALOG, category)))
    data, choices = book.worksheets[0], book["选项"]
    offered = {}
    for rule in data.data_validations.dataValidation:
        if rule.type == "list":
            first = str(rule.sqref).split(":")[0]
            offered[data[f"{first[:-1]}1"].value.lstrip("*")] = [
                c[0].value for c in choices[rule.formula1.split("!")[1].replace("$", "")]
            ]

    assert offered["级别"] == list(category.field_by_name["event_level"].allowed)
    assert offered["运动项目"] == list(CATALOG.code_list("sport"))
    assert offered["是否高危险性赛事"] == ["是", "否"]
    assert offered["举办区县"][:2] == ["万州区", "涪陵区"]
    assert len(offered["举办区县"]) == len(set(offered["举办区县"]))
    assert all(s.sheet_state == "visible" for s in book.worksheets)


@pytest.mark.parametrize("code", CODES)
def test_the_instructions_name_every_field_and_every_check(code):
    """No rule is applied that the clerk could not have read, and no English word of ours is in it."""
    category = CATALOG.category_by_code[code]
    book = openpyxl.load_workbook(io.BytesIO(template.template(CATALOG, category)))
    text = "\n".join(str(c.value) for row in book["填表说明"].iter_rows() for c in row if c.value)

    for field in category.fields:
        assert field.name_zh in text
        assert field.name == "sport" or f"「{field.name}" not in text
    for check in category.cross_checks:
        prose = wording.check_text(category, check)
        assert prose in text
        assert not [f.name for f in category.fields if f.name in prose]


def test_numbers_and_dates_are_checked_while_typing_but_not_refused():
    """1.2万 and 2022年3月 are put right by intake; Excel asks and lets them pass."""
    category = CATALOG.category_by_code["mass_sport_event"]
    book = openpyxl.load_workbook(io.BytesIO(template.template(CATALOG, category)))
    rules = {r.type: r for r in book.worksheets[0].data_validations.dataValidation}

    assert (rules["whole"].formula1, rules["whole"].formula2) == ("1", "1000000")
    assert rules["whole"].errorStyle == rules["date"].errorStyle == "warning"
    assert rules["list"].errorStyle in (None, "stop")
    assert "参与人数" in (rules["whole"].promptTitle or "")


def test_a_new_category_has_a_template_without_a_line_of_code(tmp_path):
    """A 38th category is one entry; its pattern is shown as it is until it has words."""
    source = CATALOG.category_by_code["referee"]
    fields = [f.model_copy(update={"pattern": "^X(a|b)$"}) if f.pattern else f for f in source.fields]
    added = source.model_copy(
        update={"code": "coach_course", "name_zh": "教练员培训", "fields": tuple(fields)}
    )

    book = openpyxl.load_workbook(io.BytesIO(template.template(CATALOG, added)))

    assert book.sheetnames == ["教练员培训", "选项", "填表说明"]
    assert "格式 ^X(a|b)$" in book.worksheets[0]["A1"].comment.text
