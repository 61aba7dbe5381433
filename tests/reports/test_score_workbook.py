"""The score as live formulas: a spreadsheet that calculates anew gets every figure the product has."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from data_access.commands import plans
from data_access.commands.assessment import AssessmentRefused
from data_access.engine import engine, reading
from data_access.principal import OFFICE
from data_access.queries import assessment as queries
from metrics import score
from metrics.score import life
from reports import score_pack
from reports.score_workbook import workbook
from tests.assessment.people import YEAR, ZHANG, at
from tests.helpers import pdf
from tests.helpers.recalculated import recalculated, values
from tests.score.made_up import deduction, department, worked_example
from tests.score.random_years import Chance

RANDOM = range(10)
Sheets = dict[str, list[list[Any]]]


def saved(document: dict[str, Any], file: Path) -> Path:
    year = score.score_year(score.read(document))
    file.write_bytes(workbook(year, title="考核结果", sha256=score.sha256(document)))
    return file


def more_records(file: Path) -> Path:
    """27,000 athletes instead of 21,600, typed into the workbook, which loses its cached values."""
    book = openpyxl.load_workbook(file)
    sheet = book["类别"]
    column = [cell.value for cell in sheet[1]].index("已入库") + 1
    sheet.cell(4, column).value = 27000
    changed = file.with_name("changed.xlsx")
    book.save(changed)
    return changed


def leak_and_tie() -> dict[str, Any]:
    """青少处 three times, one of them after a leak, and a department that answers for nothing."""
    document = worked_example()
    youth = document["departments"][0]
    twin = copy.deepcopy(youth) | {"code": "mass_sport", "order": 5}
    leaking = copy.deepcopy(youth) | {"code": "industry", "order": 10}
    leaking["deductions"] = [*youth["deductions"], deduction("secret_leak")]
    document["departments"] += [twin, leaking, department(code="publicity", order=8)]
    return document


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Sheets, Sheets]]:
    """Name → what the product wrote, what LibreOffice makes of it; the program is started once."""
    folder = tmp_path_factory.mktemp("books")
    documents = {"example": worked_example(), "leak": leak_and_tie()}
    documents |= {f"random{seed}": Chance(seed).document() for seed in RANDOM}
    files = [saved(document, folder / f"{name}.xlsx") for name, document in documents.items()]
    files.append(more_records(files[0]))
    live = recalculated(files, folder)
    return {file.stem: (values(file), found) for file, found in zip(files, live, strict=True)}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-9
    return (one or "") == (other or "")


def test_every_formula_gives_the_figure_of_the_product(books: dict[str, tuple[Sheets, Sheets]]):
    """The worked example and random years at the edges: each cell of each sheet, rank and grade included."""
    compared = 0
    for name, (written, live) in books.items():
        for sheet, rows in written.items() if name != "changed" else ():
            for number, row in enumerate(rows):
                for column, cached in enumerate(row):
                    found = live[sheet][number][column] if number < len(live[sheet]) else None
                    assert same(found, cached), (name, sheet, rows[0][column], row, found)
                    compared += 1
    assert compared > 5000


def test_a_changed_fact_changes_the_score_as_the_product_says(books: dict[str, tuple[Sheets, Sheets]]):
    """Not a picture of the result: with other facts and no cached value the workbook still computes."""
    changed = worked_example()
    changed["departments"][0]["categories"][2]["integrated_keys"] = 27000

    header, row = books["changed"][1]["汇总"][3:5]

    expected = score.compute(score.read(changed))["departments"][0]["score"]
    assert f"{row[header.index('得分')]:.2f}" == expected != "85.22"


def test_a_leak_and_a_tie_are_shown_as_the_rules_have_them(books: dict[str, tuple[Sheets, Sheets]]):
    header, *rows = books["leak"][1]["汇总"][3:8]

    shown = {row[0]: (row[header.index("等次")], row[header.index("名次")]) for row in rows}
    assert shown == {
        "青少处": ("良好", 1), "群体处": ("良好", 1), "产业处": ("不合格", 1), "宣传处": ("不参评", None),
    }  # fmt: skip


# ---------------------------------------------------------------- the pack


@pytest.fixture
def frozen(embedded: str) -> Engine:
    made = engine(embedded)
    plans.set_plan(made, OFFICE, "referee", YEAR, 40, approved_on=dt.date(YEAR, 1, 10))
    life.freeze(made, ZHANG, YEAR, at=at("2026-01-20"))
    return made


def test_the_pack_verifies_on_another_machine_and_its_hashes_hold(frozen: Engine):
    name, content = score_pack.issue(frozen, ZHANG, YEAR, at=at("2026-01-21"))

    archive = zipfile.ZipFile(io.BytesIO(content))
    files = {n: archive.read(n) for n in archive.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS.txt"].decode().splitlines())
    assert name == "考核证据包_2025年度_第1次结果.zip"
    assert sums == {n: hashlib.sha256(files[n]).hexdigest() for n in sums}
    verdict = score.verify(json.loads(files["考核封存_2025.json"]))
    assert verdict.holds
    assert hashlib.sha256(files["考核输入_2025.json"]).hexdigest() == verdict.sha256
    assert "核对：manage.py score verify" in files["说明.txt"].decode()


def test_the_paper_says_every_score_grade_and_part_as_the_frozen_result_does(frozen: Engine):
    """人事处 files the PDF: not a digit may differ from the result whose hash it states."""
    _, content = score_pack.issue(frozen, ZHANG, YEAR, at=at("2026-01-21"))

    archive = zipfile.ZipFile(io.BytesIO(content))
    text = "".join(pdf.pages(archive.read("考核结果_2025.pdf")))
    with reading(frozen) as connection:
        last = queries.frozen(ZHANG, connection, YEAR)
    result = score.parse(last.result)
    figures = [d["score"] for d in result["departments"]] + [
        d["parts"][part]["points"] for d in result["departments"] for part in score.PARTS
    ]
    assert any(figures) and [f for f in figures if f and f not in text] == []
    assert last.sha256 in text.replace(" ", "") and "考核证据〔2025〕1号" in text
    assert all(pdf.fonts(archive.read("考核结果_2025.pdf")).values())


def test_the_pack_is_registered_once_with_every_figure_it_states(frozen: Engine):
    for day in ("2026-01-21", "2026-01-22"):
        score_pack.issue(frozen, ZHANG, YEAR, at=at(day))

    with reading(frozen) as connection:
        papers = queries.papers(ZHANG, connection, YEAR)
        figures = queries.issued_figures(ZHANG, connection, papers[0].number)
        last = queries.frozen(ZHANG, connection, YEAR)
    assert [p.number for p in papers] == ["考核证据〔2025〕1号"]
    stated = score.parse(last.result)["departments"]
    assert {figures[f"departments/{d['code']}/score"] for d in stated} == {d["score"] for d in stated}


def test_nothing_is_handed_over_before_the_freeze(embedded: str):
    with pytest.raises(AssessmentRefused, match="还没有封存"):
        score_pack.issue(engine(embedded), ZHANG, YEAR, at=at("2026-01-10"))
