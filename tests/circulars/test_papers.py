"""The paper of a circular says what was issued: number, figures, demands, in PDF and docx alike."""

from __future__ import annotations

import io

import pytest
from docx import Document
from sqlalchemy import Engine

from data_access.commands import circulars
from data_access.commands.circulars import CircularRefused
from data_access.engine import engine, reading
from reports.circular_paper import circular_file
from tests.circulars.made_up import MASS, OFFICE, WANZHOU, YOUTH, at, do, issued, said
from tests.helpers.pdf import pages


def both(made: Engine, code: str, who=OFFICE) -> tuple[str, str]:
    """The text of the PDF and of the docx, without what a line break adds."""
    with reading(made) as connection:
        pdf = circular_file(who, connection, code, "pdf")[1]
        docx = circular_file(who, connection, code, "docx")[1]
    document = Document(io.BytesIO(docx))
    words = [p.text for p in document.paragraphs]
    words += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join("".join(pages(pdf)).split()), "".join("".join(words).split())


def test_both_papers_say_the_number_the_figures_and_what_is_asked(embedded: str) -> None:
    made = engine(embedded)
    code = issued(
        made, body="请各处室举一反三。", items=(said(value="3"), said("youth_sport", "youth_event"))
    )
    for text in both(made, code, MASS):
        for part in (
            "通报〔2026〕1号", "关于10月数据汇聚情况的通报", "群体处、青少处", "第二十二条",
            "2026年10月数据汇聚有关情况予以整改通报", "请各处室举一反三。", "逾期未报（群众体育赛事）", "3项", "清零",
            "请于2026年11月20日前",
        ):  # fmt: skip
            assert part in text, part


def test_a_withdrawn_circular_is_marked_and_an_unissued_one_is_a_draft(embedded: str) -> None:
    made = engine(embedded)
    code = issued(made)
    do(made, circulars.withdraw, OFFICE, code, reason="数据有误", at=at("2026-11-10"))
    assert all("已撤回" in text for text in both(made, code))

    praise = issued(made, "praise", on="2026-11-11")
    assert all("请继续保持。" in text and "回复" not in text for text in both(made, praise))


def test_who_may_not_see_it_gets_no_paper(embedded: str) -> None:
    made = engine(embedded)
    code = issued(made, items=(said(),))
    assert "万州" in "".join(both(made, code, WANZHOU))
    with pytest.raises(CircularRefused, match="不是印发给您的"):
        both(made, code, YOUTH)
