"""Single sentences of contract 1.0, each by the smallest file that tells right from wrong, through the command."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import catalog
import manage
from tests.helpers.files import csv_text
from tests.helpers.rows import RECEIVED_ON, Row, changed, valid_row
from tests.intake.messy_bytes import as_xlsx
from tests.intake.oracle import Page
from tests.intake.oracle_cells import Error, Raw

EVENT, READING, LOTTERY = "mass_sport_event", "venue_usage_reading", "sports_lottery_sales"
Send = Callable[..., tuple[int, dict[str, Any], list[dict[str, Any]]]]


@pytest.fixture
def send(embedded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Send:
    """Writes rows as a workbook (or `text` as CSV), takes it in by the command line and returns
    its exit code, its JSON and the records of the category."""

    def sent(category: str, *rows: Row, text: str = "", head: dict[str, str] | None = None, **page: Any):
        found = catalog.default().category_by_code[category]
        path = tmp_path / ("报送.csv" if text else "报送.xlsx")
        if text:
            path.write_text(text, "utf-8")
        else:
            names = [(head or {}).get(n, found.field_by_name[n].name_zh) for n in rows[0]]
            lines = [*page.pop("above", []), [Raw(n) for n in names]]
            lines += [[v if isinstance(v, Raw) else Raw(_cell(v)) for v in row.values()] for row in rows]
            path.write_bytes(as_xlsx([Page(lines, "表", **page)]))
        common = ["--database", embedded, "--json"]
        request = ["--category", category, "--unit", found.department, "--received-on", str(RECEIVED_ON)]
        code = manage.main(["intake", str(path), *request, *common])
        told = json.loads(capsys.readouterr().out)
        manage.main(["records", category, *common])
        return code, told, json.loads(capsys.readouterr().out)

    return sent


def _cell(value: Any) -> Any:
    return float(value) if type(value).__name__ == "Decimal" else value


def codes(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f["field"], f["code"]) for f in (*told["problems"], *told["warnings"])]


@pytest.mark.parametrize(
    ("category", "field", "cell", "stored", "code"),
    [
        # a datetime field needs the time: a cell that shows a day only has none, midnight is a time
        (READING, "reading_at", dt.date(2026, 10, 7), None, "R_TYPE"),
        (READING, "reading_at", dt.datetime(2026, 10, 7), "2026-10-07T00:00:00+08:00", None),
        (READING, "reading_at", "2026-10-07", None, "R_TYPE"),
        (READING, "reading_at", "2026/10/7 8:00", "2026-10-07T08:00:00+08:00", "W_DATE_FORMAT"),
        # R_DATE_AMBIGUOUS: the number, not the text
        (EVENT, "end_on", 2022.1, None, "R_DATE_AMBIGUOUS"),
        (EVENT, "end_on", "2022.1", "2022-01-01", "W_DATE_PRECISION"),
        (EVENT, "end_on", 2022.3, "2022-03-01", "W_DATE_PRECISION"),
        (EVENT, "end_on", dt.datetime(2022, 3, 5, 9, 30), "2022-03-05", "W_DATE_FORMAT"),
        (EVENT, "end_on", 44625, "2022-03-05", "W_EXCEL_SERIAL"),
        # R_FORMULA: no result, an error for a result, any formula in text
        (EVENT, "participant_count", Raw(37, formula=True), 37, None),
        (EVENT, "participant_count", Raw(None, formula=True), None, "R_FORMULA"),
        (EVENT, "participant_count", Raw(Error(), formula=True), None, "R_FORMULA"),
        (EVENT, "venue_name", Raw("体育馆", formula=True), None, "R_FORMULA"),
        (EVENT, "event_level", Raw("市级", formula=True), None, "R_FORMULA"),
        # numbers in text, percent, suffixes
        (EVENT, "venue_name", 12345678901234567, None, "R_TYPE"),
        (EVENT, "venue_name", 12.0, "12", "W_NUMBER_AS_TEXT"),
        (LOTTERY, "yoy_rate", Raw(0.052, percent=True), "5.2", "W_UNIT_SUFFIX"),
        (EVENT, "participant_count", "1.2万人", 12000, "W_UNIT_SUFFIX"),
        (EVENT, "participant_count", "1200人次", None, "R_TYPE"),
        (EVENT, "budget_amount", 0.1 + 0.2, "0.3", None),
        # yes and no
        (EVENT, "highrisk", "无", None, None),
        (EVENT, "highrisk", "×", "否", "W_BOOL"),
        (EVENT, "highrisk", False, "否", "W_BOOL"),
    ],
)
def test_a_cell_is_read_as_its_sentence_says(
    send: Send, category: str, field: str, cell: Any, stored: Any, code: str | None
) -> None:
    row = changed(valid_row(category), **{field: cell})
    if field == "end_on":
        row["start_on"] = dt.date(2020, 1, 1)

    exit_code, told, records = send(category, row)

    assert codes(told) == ([(field, code)] if code else [])
    refused = bool(code and code.startswith("R_"))
    assert (exit_code, told["outcome"]) == ((1, "rejected") if refused else (0, "accepted"))
    assert [r[field] for r in records] == ([] if refused else [stored])


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("单位：万元", 10_000), ("制表日期 单位：万元", 10_000), ("单位:千元", 1000), ("单位：万元（人民币）", 10_000),
        ("填报单位：万元", 1), ("单位：人", 1),
    ],
)  # fmt: skip
def test_a_unit_above_the_header_applies_to_money(send: Send, text: str, factor: int) -> None:
    row = changed(valid_row(EVENT), budget_amount=3)

    _, told, records = send(EVENT, row, above=[[Raw(), Raw(text)]])

    assert codes(told) == ([("budget_amount", "W_UNIT")] if factor > 1 else [])
    assert [r["budget_amount"] for r in records] == [str(3 * factor)]


def test_the_header_s_unit_goes_before_the_group_s_and_that_before_the_sheet_s(send: Send) -> None:
    """Upper row: 投入（千元） over two columns; one of them names its own unit."""
    row = changed(valid_row(LOTTERY), sales_amount=5, welfare_fund=1, outlet_count=1)
    found = catalog.default().category_by_code[LOTTERY]
    names = [found.field_by_name[n].name_zh for n in row]
    at = list(row).index("sales_amount")
    upper: list[Raw] = [Raw(n) for n in names]
    upper[at], upper[at + 1] = Raw("投入（千元）"), Raw()
    head = {n: "" for n in row} | {"sales_amount": "销售额（万元）", "welfare_fund": "筹集公益金"}

    _, told, records = send(
        LOTTERY, row, head=head, above=[[Raw("单位：亿元")], upper], merges=[(1, 1, at, at + 1)]
    )

    assert codes(told) == [("sales_amount", "W_UNIT"), ("welfare_fund", "W_UNIT")]
    assert [(r["sales_amount"], r["welfare_fund"]) for r in records] == [("50000", "1000")]


def test_month_precision_is_compared_by_months(send: Send) -> None:
    start = dt.date(2026, 9, 15)
    rows = [
        changed(valid_row(EVENT, n), start_on=start, end_on=end)
        for n, end in enumerate(("2026年9月", "2026年8月"))
    ]

    _, told, _ = send(EVENT, *rows)

    assert [(p["row"], p["field"], p["code"]) for p in told["problems"]] == [(3, "end_on", "R_ORDER")]
    assert [(w["row"], w["code"]) for w in told["warnings"]] == [(2, "W_DATE_PRECISION")]


def test_dates_of_a_1904_workbook_need_no_warning_but_its_serial_numbers_do(send: Send) -> None:
    day = dt.date(2022, 3, 5)
    rows = [
        changed(valid_row(EVENT, 0), start_on=day, end_on=day),
        changed(valid_row(EVENT, 1), start_on=day, end_on=(day - dt.date(1904, 1, 1)).days),
    ]

    _, told, records = send(EVENT, *rows, date_1904=True)

    assert codes(told) == [("end_on", "W_EXCEL_SERIAL")]
    assert {(r["start_on"], r["end_on"]) for r in records} == {("2022-03-05", "2022-03-05")}


def test_records_of_a_csv_are_counted_from_the_first_blank_ones_too(send: Send) -> None:
    """A line break in quotes does not end a record; the sheet of a CSV is ""."""
    row = changed(valid_row(EVENT), host_unit="甲\n乙")
    bad = changed(valid_row(EVENT, 1), host_unit=None)
    found = catalog.default().category_by_code[EVENT]
    lines = [
        ["标题\n两行"],
        [],
        [found.field_by_name[n].name_zh for n in row],
        [],
        row.values(),
        bad.values(),
    ]

    exit_code, told, records = send(EVENT, text=csv_text([list(line) for line in lines]))

    assert (exit_code, told["outcome"]) == (0, "partly_accepted")
    assert [(p["sheet"], p["row"], p["field"], p["code"]) for p in told["problems"]] == [
        ("", 6, "host_unit", "R_REQUIRED")
    ]
    assert [(r["sheet"], r["row"], r["host_unit"]) for r in records] == [("", 5, "甲\n乙")]


def test_a_failed_check_is_named_once_and_stands_at_the_whole_row(send: Send) -> None:
    rows = [
        changed(valid_row(EVENT, 0), highrisk="是", safety_plan=None),
        changed(valid_row(EVENT, 1), start_on=dt.date(2026, 10, 10), end_on=None),
    ]

    _, told, _ = send(EVENT, *rows)

    assert [(w["row"], w["field"], w["code"], w["check"]) for w in told["warnings"]] == [
        (2, "*", "W_CROSS", "highrisk_plan")
    ]
    assert [(p["row"], p["field"], p["code"], p["check"]) for p in told["problems"]] == [
        (3, "*", "R_CROSS", "not_future_when_done")
    ]
