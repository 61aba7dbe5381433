"""Official papers: docx and PDF say the same, with real text, embedded fonts and whole tables."""

from __future__ import annotations

import datetime as dt
import io
import socket
import zipfile
from dataclasses import replace

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from reports.papers import (
    Column,
    Heading,
    Imprint,
    Paper,
    Remark,
    Table,
    Text,
    qr_png,
    qr_svg,
    to_docx,
    to_pdf,
)
from tests.helpers import pdf

AT = dt.datetime(2026, 11, 6, 6, 10, tzinfo=dt.UTC)
COLUMNS = (Column("处室", 2, "left"), Column("应达数", 1, "right"), Column("状态"))
ROWS = (("群体处", "12,345", "▲关注"), ("青少处", "678.9", "●正常"))
PAPER = Paper(
    head="重庆体育大数据中心调度报表",
    number="调度〔2026〕10号",
    title="2026年10月数据归口情况调度报表",
    to="局领导",
    blocks=(
        Heading("一、总体情况"),
        Text("应达12,345条，完成95.6%。", lead="（一）群体处。"),
        Table(COLUMNS, ROWS, "各处室数据归口情况"),
        Remark("注：应达数取整。"),
        Heading("（二）其他", level=2),
    ),
    signature="重庆市体育局办公室",
    date="2026年11月9日",
    imprint=Imprint(("快照2026-10.1", "SHA-256：0a1b"), "https://example.org/review?id=2026-10.1", "各处室", "办公室", "11月9日印发"),
    mark="送审稿",
)  # fmt: skip
WORDS = [
    PAPER.head, PAPER.number, PAPER.title, "局领导：", "一、总体情况", "（一）群体处。应达12,345条，完成95.6%。",
    "各处室数据归口情况", "678.9", "▲关注", "注：应达数取整。", "（二）其他", PAPER.signature, PAPER.date, "快照2026-10.1",
    "抄送：各处室", "送审稿",
]  # fmt: skip


def words_of(content: bytes) -> str:
    """All text of a docx in reading order, tables and footers too."""
    document = docx.Document(io.BytesIO(content))
    return "".join(t.text or "" for t in document.element.body.iter(qn("w:t")))


def long_table(rows: int) -> Paper:
    table = Table(COLUMNS, tuple((f"第{n}行", f"{n:,}", "●正常") for n in range(1, rows + 1)))
    return replace(PAPER, blocks=(*PAPER.blocks[:2], *(Text("前文。" * 40),) * 3, table))


def test_both_forms_say_every_word_of_the_paper() -> None:
    said, written = "".join(pdf.pages(to_pdf(PAPER, AT))), words_of(to_docx(PAPER, AT))

    assert [w for w in WORDS if w not in said] == []
    assert [w for w in WORDS if w not in written] == []


def test_the_fonts_of_a_pdf_are_embedded_and_are_ours() -> None:
    """On a machine without Chinese fonts the paper looks the same."""
    used = pdf.fonts(to_pdf(PAPER, AT))

    assert all(used.values()), used
    assert {name.rpartition("+")[2] for name in used} == {
        "NotoSerifSC-Regular", "NotoSerifSC-Bold", "NotoSansSC-Medium",
    }  # fmt: skip


def test_the_fonts_hold_the_characters_of_names_and_symbols() -> None:
    """What no font holds is printed as a box; the rare characters of the districts and of names must not be."""
    regular = pdf.characters(pdf.FONTS / "NotoSerifSC-Regular.ttf")
    bold = pdf.characters(pdf.FONTS / "NotoSerifSC-Bold.ttf")

    assert {ord(c) for c in "綦涪垫酉珺堃喆昇祎〔〕—…▲●■–℃％㎡"} <= regular
    assert len({c for c in bold if 0x4E00 <= c <= 0x9FFF}) >= 6763


def test_a_short_table_is_never_cut_and_a_long_one_repeats_its_head() -> None:
    short = [page for page in pdf.pages(to_pdf(long_table(22), AT)) if "行" in page]
    assert len(short) == 1 and all(f"第{n}行" in short[0] for n in range(1, 23))

    long = [page for page in pdf.pages(to_pdf(long_table(70), AT)) if "行" in page]
    assert len(long) >= 2 and all("应达数" in page for page in long)


@pytest.mark.parametrize(
    "last", [Text("末段首句，" + "其余说明。" * 12), Remark("末段首句，" + "其余说明。" * 30)]
)
def test_the_signature_is_never_alone_on_a_page(last: Text | Remark) -> None:
    """However long the paper: where the signature goes over to a new page, the last paragraph goes with it."""
    went_over = 0
    for lines in range(14):
        paper = replace(PAPER, blocks=(*(Text("前文。" * 20),) * lines, last))
        said = pdf.pages(to_pdf(paper, AT))
        (signed,) = [page for page in said if PAPER.date in page]
        assert "末段首句" in signed, f"{lines} 段前文"
        went_over += said.index(signed) > 0

    assert 0 < went_over < 14


def test_the_last_paragraph_of_a_docx_keeps_with_the_signature() -> None:
    document = docx.Document(io.BytesIO(to_docx(replace(PAPER, blocks=(Text("末段。"),)), AT)))
    names = [p.text for p in document.paragraphs]
    first, signed = names.index("末段。"), names.index(PAPER.signature)

    assert all(p.paragraph_format.keep_with_next for p in document.paragraphs[first : signed + 1])


def test_rows_of_a_docx_are_not_split_and_a_short_table_keeps_together() -> None:
    table = docx.Document(io.BytesIO(to_docx(PAPER, AT))).tables[0]

    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    keeps = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert keeps == [True, True, False]


def test_a_docx_has_the_page_and_the_faces_of_the_standard() -> None:
    """A4, type area of 156 mm, 三号仿宋, 二号小标宋 — and a substitute for each face in the font table."""
    content = to_docx(PAPER, AT)
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    faces = {
        run.font.size: run._r.rPr.rFonts.get(qn("w:eastAsia")) for p in document.paragraphs for run in p.runs
    }

    widths = (section.page_width, section.left_margin, section.right_margin)
    assert [round(w.mm) for w in widths] == [210, 28, 26]
    assert faces[Pt(22)] == "方正小标宋简体" and faces[Pt(16)] == "仿宋_GB2312"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        table = archive.read("word/fontTable.xml").decode()
        footer = archive.read("word/footer1.xml").decode() + archive.read("word/footer2.xml").decode()
    assert 'w:name="方正小标宋简体"><w:altName' in table and 'w:name="仿宋_GB2312"><w:altName' in table
    assert footer.count("PAGE") == 2


def test_the_pages_of_a_pdf_are_numbered_outside() -> None:
    """— 1 — at the right of odd pages, at the left of even ones."""
    with pypdfium2.PdfDocument(to_pdf(long_table(70), AT)) as document:
        places = []
        for number, page in enumerate(document, start=1):
            text = page.get_textpage()
            found = text.search(f"— {number} —").get_next()
            assert found is not None, f"page {number}"
            places.append(text.get_charbox(found[0])[0] > 297.6)
        assert places == [n % 2 == 1 for n in range(1, len(places) + 1)]


def test_a_paper_is_small_and_the_same_each_time() -> None:
    made = to_pdf(PAPER, AT)

    assert made == to_pdf(PAPER, AT)
    assert len(made) < 500_000 and len(to_docx(PAPER, AT)) < 500_000


def test_no_request_is_made_for_a_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """typst is given no packages and no system fonts; Python opens no socket either."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a paper asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert (
        to_pdf(PAPER, AT)
        and to_docx(PAPER, AT)
        and qr_png("https://example.org")
        and qr_svg("https://example.org")
    )


def test_text_is_text_and_never_markup() -> None:
    """A file name or a sentence may hold what typst or XML would take for a command."""
    nasty = '#import "@preview/x:1.0.0": * $x$ *b* _i_ <w:t>&amp; @ref \\ `r`'
    paper = replace(PAPER, title=nasty, blocks=(Text(nasty), Table(COLUMNS, ((nasty, "1", "2"),))))

    assert "".join(pdf.pages(to_pdf(paper, AT))).replace(" ", "").count(nasty.replace(" ", "")) >= 2
    assert words_of(to_docx(paper, AT)).count(nasty) == 3


def test_an_unsigned_paper_has_neither_signature_nor_date() -> None:
    paper = replace(PAPER, date="", imprint=Imprint(("快照",)))

    assert PAPER.signature not in "".join(pdf.pages(to_pdf(paper, AT)))
    assert PAPER.signature not in words_of(to_docx(paper, AT))
