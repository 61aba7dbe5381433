"""The papers of a review say the figures of its snapshot: every one, in every form, and no other."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from sqlalchemy import Engine

from data_access.commands import publishing, reviews as commands
from data_access.commands.reviews import ReviewRefused
from data_access.engine import engine, reading, writing
from metrics import review_life as life
from reports.review import ENDINGS, read_review, review_file
from reports.review_paper import review_paper
from reports.review_words import Shown, lines
from tests.delivery.histories import send
from tests.helpers import pdf
from tests.helpers.rows import valid_rows
from tests.review.months import EVENT, LATER, LEADER, OFFICE, TEAM, fill, generated

NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?")
IN_THE_TABLE = (
    "plan_to_date",
    "delivered",
    "ratio",
    "late_items",
    "quality",
    "waiting_department",
    "unmended",
)


@pytest.fixture
def filled(embedded: str) -> Engine:
    """With two events of September beside, so that what was delivered is not what came since."""
    made = engine(embedded)
    fill(made)
    earlier = dt.date(2026, 9, 9)
    send(made, EVENT, valid_rows(EVENT, 2, start=30, received_on=earlier), on=earlier, unit="500103")
    return made


def files(made: Engine, number: str) -> tuple[Shown, dict[str, bytes]]:
    with reading(made) as connection:
        of = read_review(OFFICE, connection, number)
        return of, {ending: review_file(OFFICE, connection, number, ending)[1] for ending in ENDINGS}


def docx_lines(content: bytes) -> list[str]:
    """Paragraphs and cells of a docx."""
    body = docx.Document(io.BytesIO(content)).element.body
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p"))]


def docx_text(content: bytes) -> str:
    return "".join(docx_lines(content))


def numbers(text: str) -> set[str]:
    return {n.replace(",", "") for n in NUMBERS.findall(text)}


def test_every_figure_of_the_snapshot_stands_in_docx_and_pdf(filled: Engine) -> None:
    of, made = files(filled, generated(filled).number)
    table = docx.Document(io.BytesIO(made["docx"])).tables[0]
    written = {
        row.cells[0].text: [cell.text.replace(",", "") for cell in row.cells[1:]] for row in table.rows[1:]
    }
    said = "".join(pdf.pages(made["pdf"])).replace(",", "")

    for name, figures, _ in lines(of):
        expected = ["—" if figures[key] is None else str(figures[key]) for key in IN_THE_TABLE]
        cells = written[name]
        assert [cells[i] for i in (0, 1, 2, 4, 5, 6, 7)] == expected
        row = "".join([name, *cells])
        assert row in said.replace(" ", ""), f"{row} is not in the PDF"


def test_no_number_of_the_paper_comes_from_elsewhere(filled: Engine) -> None:
    """Docx and PDF have the same numbers, and those are the snapshot's, its dates, its hash and the definitions'."""
    of, made = files(filled, generated(filled).number)
    snapshot = re.sub(r"\d{4}-\d{2}(-\d{2})?", " ", of.row.snapshot)  # its dates are written 2026年11月5日
    known = (
        numbers(snapshot) | numbers(" ".join(of.texts.values())) | numbers(of.serial) | numbers(of.row.number)
    )
    known |= numbers(of.row.sha256) | {"95", "70", "30", "24", "256", str(of.row.data_version), "06", "10"}
    dates = re.findall(r"\d{4}-\d{2}-\d{2}", f"{of.row.snapshot} {of.row.generated_at:%Y-%m-%d}")
    known |= {part.lstrip("0") for day in dates for part in day.split("-")}
    table = docx.Document(io.BytesIO(made["docx"])).tables[0]
    changes = {n for row in table.rows for n in numbers(row.cells[4].text)}  # asked in the next test
    printed = {n for line in docx_lines(made["docx"]) for n in numbers(line)}

    assert printed - known - changes == set()


def test_changes_in_the_table_are_differences_of_printed_figures(filled: Engine) -> None:
    of, made = files(filled, generated(filled).number)
    table = docx.Document(io.BytesIO(made["docx"])).tables[0]
    for (name, figures, before), row in zip(lines(of), table.rows[1:], strict=True):
        assert row.cells[0].text == name
        if figures["ratio"] is not None and before and before["ratio"] is not None:
            change = Decimal(figures["ratio"]) - Decimal(before["ratio"])
            assert Decimal(row.cells[4].text.replace("−", "-").replace(",", "")) == change


def test_a_workbook_holds_numbers_as_numbers(filled: Engine) -> None:
    of, made = files(filled, generated(filled).number)
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    head, *rows = book["总表"].iter_rows(values_only=True)
    assert book.sheetnames == ["总表", "逾期应报", "缺口", "语句", "说明"]
    for (name, figures, _), row in zip(lines(of), rows, strict=True):
        found = dict(zip(head, row, strict=True))
        assert found["处室"] == name
        assert (found["应达数"], found["已汇聚"]) == (figures["plan_to_date"], figures["delivered"])
        ratio = figures["ratio"]
        assert found["完成比（%）"] == (None if ratio is None else pytest.approx(float(ratio)))
    about = dict(book["说明"].iter_rows(values_only=True))
    assert about["快照 SHA-256"] == of.row.sha256 and about["快照编号"] == of.row.number


def test_every_character_of_a_paper_has_a_glyph(filled: Engine) -> None:
    """No box on a leader's desk."""
    of, made = files(filled, generated(filled).number)
    known = pdf.characters(pdf.FONTS / "NotoSerifSC-Regular.ttf")

    assert {c for c in docx_text(made["docx"]) if ord(c) not in known and not c.isspace()} == set()
    assert "\ufffd" not in "".join(pdf.pages(made["pdf"])) and review_paper(of).title in "".join(
        pdf.pages(made["pdf"])
    )


def test_the_files_are_small_and_the_code_opens_the_snapshot(filled: Engine) -> None:
    of, made = files(filled, generated(filled).number)

    assert all(len(content) < 2_000_000 for content in made.values())
    assert of.address == "http://localhost:8501/review?id=2026-10.1"
    assert review_paper(of).imprint.address == of.address


def test_a_draft_is_marked_and_a_signed_paper_carries_the_edited_words(filled: Engine) -> None:
    row = generated(filled)
    of, made = files(filled, row.number)
    assert "送审稿" in docx_text(made["docx"]) and "印发" not in docx_text(made["docx"])

    life.edit(
        filled,
        TEAM,
        row.number,
        "mass_sport/problems",
        of.texts["mass_sport/problems"],
        "已督促改报。",
        at=LATER,
    )
    with writing(filled) as connection:
        commands.check_review(TEAM, connection, row.number, at=LATER)
    life.sign(filled, OFFICE, row.number, at=LATER)
    _, made = files(filled, row.number)
    for text in (docx_text(made["docx"]), "".join(pdf.pages(made["pdf"]))):
        assert "已督促改报。" in text and "尚未改报" not in text and "送审稿" not in text
        assert "2026年11月9日印发" in text and row.sha256 in text


def test_a_paper_made_again_later_is_the_same_paper(filled: Engine) -> None:
    """What is signed is read from the snapshot, whatever the base says now."""
    receipt = october_receipt(filled)
    number = generated(filled).number
    with writing(filled) as connection:
        commands.check_review(TEAM, connection, number, at=LATER)
    life.sign(filled, OFFICE, number, at=LATER)
    _, before = files(filled, number)
    publishing.revert(filled, OFFICE, receipt, reason="填报有误", on=LATER.date())
    _, after = files(filled, number)

    assert before["pdf"] == after["pdf"]
    assert docx_text(before["docx"]) == docx_text(after["docx"])

    erratum = life.correct(filled, OFFICE, number, reason="一批赛事撤回", at=LATER)
    text = docx_text(files(filled, erratum)[1]["docx"])
    assert "关于2026年10月调度报表的更正" in text and "一批赛事撤回" in text and "群体处 已汇聚42" in text


def october_receipt(made: Engine) -> str:
    """The receipt of October's delivery."""
    (found,) = (r for r in publishing.waiting_receipts(made, OFFICE) if r.startswith("R20261009"))
    return found


def test_who_may_not_see_a_review_gets_no_file_of_it(filled: Engine) -> None:
    number = generated(filled).number
    with reading(filled) as connection, pytest.raises(ReviewRefused, match="尚未报送"):
        review_file(LEADER, connection, number, "pdf")
