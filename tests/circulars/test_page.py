"""The page of circulars as its readers use it: draft, approve, issue, sign, reply; empty, foreign, closed."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from data_access.commands import circular_replies as replies
from data_access.engine import engine
from data_access.queries import circulars as queries
from tests.circulars.made_up import MASS, OFFICE as BUREAU, at, circular, do, issued, line, said, see
from tests.delivery.histories import send
from tests.helpers.rows import valid_rows
from tests.pages.opening import LOTTERY, MASS_SPORT, OFFICE, OPERATIONS, on_base, open_page, words

__all__ = ["on_base"]
PAGE = "assessment.circulars"


def press(page, label: str):
    return next(b for b in page.button if b.label.startswith(label)).click().run()


def test_before_there_is_one_each_reader_is_told_what_will_appear(on_base: str) -> None:
    assert "起草第一份" in words(open_page(PAGE, OFFICE))
    assert "印发给本单位的通报" in words(open_page(PAGE, MASS_SPORT))


def test_a_circular_is_drafted_approved_issued_signed_for_and_answered_on_the_page(on_base: str) -> None:
    """The preview's ticked lines become its items; each step leaves its receipt."""
    made = engine(on_base)
    page = open_page(PAGE, OPERATIONS, view="起草")
    assert "已预先勾选" in words(page) and not page.exception
    page = press(page, "存为草稿")
    (code,) = [c.code for c in see(made, queries.circulars, BUREAU)]
    assert not page.exception and "草稿已保存" in words(page)

    page = press(open_page(PAGE, OFFICE, id=code), "批准")
    page = press(page, "印发")
    assert circular(made, code).state == "issued" and "已印发" in words(page)

    page = open_page(PAGE, MASS_SPORT, id=code)
    assert "前回复" in words(page)
    page = press(page, "签收")
    page.text_area[0].set_value("平台切换漏报，已补报。")
    page = press(page, "提交回复")
    assert not page.exception and line(made, code).state == "replied"
    assert "等待局办公室审阅" in words(page) and not page.text_area

    page = open_page(PAGE, OFFICE, id=code)
    assert "平台切换漏报，已补报。" in words(page)


def test_a_tick_in_the_preview_reads_no_figure_again_until_the_base_changes(on_base: str) -> None:
    """The lines are kept by period, choice and data version: a rerun asks who is there, and no more."""
    asked: list[str] = []
    made = engine(on_base)
    event.listen(made, "before_cursor_execute", lambda *a: asked.append(a[2]))

    def read(run) -> list[str]:
        asked.clear()
        run()
        return [s for s in asked if "roll_" in s or "plan_version" in s]

    page = open_page(PAGE, OPERATIONS, view="起草")
    assert read(page.run) == []
    page.multiselect(key="new.departments").set_value(["群体处"])
    assert read(page.run) != [] and read(page.run) == []

    send(made, "referee", valid_rows("referee", 1))

    assert read(page.run) != [] and not page.exception


def test_a_reply_to_a_circular_that_closed_meanwhile_changes_nothing(on_base: str) -> None:
    """The form was open when somebody else finished: one sentence, nothing kept."""
    made = engine(on_base)
    code = issued(made, items=(said(),), copies=(), on="2026-11-06")
    page = open_page(PAGE, MASS_SPORT, id=code)
    do(made, replies.reply, MASS, code, "同事的回复", at=at("2026-11-07"))
    do(made, replies.close_line, BUREAU, code, "mass_sport", at=at("2026-11-08"))

    page.text_area[0].set_value("晚到的回复")
    page = press(page, "提交回复")

    assert not page.exception
    assert "通报〔2026〕1号已办结，不能再回复" in words(page)
    assert line(made, code).reply == "同事的回复"


@pytest.mark.parametrize("code", ["T2026-001", "../../etc", ""])
def test_an_address_of_somebody_elses_circular_shows_nothing_of_it(on_base: str, code: str) -> None:
    issued(engine(on_base), title="不该看到的标题")

    page = open_page(PAGE, LOTTERY, id=code)

    assert not page.exception and "不该看到的标题" not in words(page)
