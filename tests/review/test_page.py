"""月度调度 as each role finds it: nothing yet, a draft to work on, a paper to read, somebody else's number."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from data_access.commands import reviews as commands
from data_access.engine import engine, reading, writing
from data_access.queries import reviews as queries
from metrics import review_life as life
from tests.pages.opening import LEADER, OFFICE, OPERATIONS, Person, on_base, open_page, words
from tests.review.months import LATER, OFFICE as PERSON_OF_OFFICE, TEAM, fill, generated, standing

__all__ = ["on_base"]
PAGE = "assessment.review"


@pytest.fixture
def drafted(on_base: str) -> str:
    """A base with October's review, just generated."""
    made = engine(on_base)
    fill(made)
    generated(made)
    return on_base


def signed(url: str) -> None:
    made = engine(url)
    with writing(made) as connection:
        commands.check_review(TEAM, connection, "2026-10.1", at=LATER)
    life.sign(made, PERSON_OF_OFFICE, "2026-10.1", at=LATER)


def press(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label == label).click().run()


def labels(page: AppTest) -> list[str]:
    return [b.label for b in page.button]


@pytest.mark.parametrize("who", [LEADER, OFFICE, OPERATIONS])
def test_before_the_first_review_the_page_says_when_it_comes(on_base: str, who: Person) -> None:
    page = open_page(PAGE, who)

    assert not page.exception
    assert "还没有调度报表" in words(page) and "每月 6 日自动生成" in words(page)
    assert any("生成" in label for label in labels(page)) is (who is not LEADER)


def test_a_draft_is_for_the_team_and_the_office_only(drafted: str) -> None:
    team, office, leader = (open_page(PAGE, who) for who in (OPERATIONS, OFFICE, LEADER))

    assert "个处室中" in words(team) and "待运维团队核对" in words(team)
    assert "核对无误" in labels(team) and "核对无误" not in labels(office) and "签发" not in labels(office)
    assert "还没有调度报表" in words(leader) and "个处室中" not in words(leader)


def test_the_team_edits_a_sentence_and_checks(drafted: str) -> None:
    page = open_page(PAGE, OPERATIONS)
    page.text_area[0].set_value("十个处室，请局领导过目。").run()
    press(page, "保存语句")
    assert "语句已保存" in words(page) and "十个处室，请局领导过目。" in words(page)
    press(page, "核对无误")

    assert not page.exception and "已核对" in words(page)
    assert standing(engine(drafted)).state == "checked"
    with reading(engine(drafted)) as connection:
        (edit,) = queries.review_edits(PERSON_OF_OFFICE, connection, "2026-10.1")
    assert edit.now == "十个处室，请局领导过目。" and "个处室中" in edit.was


def test_the_office_signs_and_is_told_why_it_cannot_send(drafted: str) -> None:
    with writing(engine(drafted)) as connection:
        commands.check_review(TEAM, connection, "2026-10.1", at=LATER)
    page = press(open_page(PAGE, OFFICE), "签发")
    assert "已签发" in words(page)
    press(page, "报送局领导")

    assert "没有开通的局领导账号" in words(page)
    assert standing(engine(drafted)).state == "signed"


def test_a_leader_opens_what_was_sent_and_leaves_a_receipt(drafted: str) -> None:
    signed(drafted)
    reader = LEADER.log_in()
    with writing(engine(drafted)) as connection:
        assert commands.send_review(PERSON_OF_OFFICE, connection, "2026-10.1", at=LATER) == 1
    page = open_page(PAGE, reader, id="2026-10.1")

    assert not page.exception and "个处室中" in words(page)
    assert not page.text_area and labels(page) == []
    with reading(engine(drafted)) as connection:
        (receipt,) = queries.review_readers(PERSON_OF_OFFICE, connection, "2026-10.1")
    assert receipt.account == reader.account and receipt.read_at is not None
    assert "1 位已阅" in words(open_page(PAGE, OFFICE))


def test_a_code_of_another_number_never_opens_a_different_review(drafted: str) -> None:
    """Whoever scans a code must see that snapshot or none."""
    page = open_page(PAGE, OFFICE, id="2026-09.7")

    assert "没有 2026-09.7 号调度报表" in words(page) and "个处室中" not in words(page)


def test_wrong_reasons_are_said_and_nothing_is_made(drafted: str) -> None:
    page = press(open_page(PAGE, OPERATIONS), "重新生成")

    assert "数据没有变化" in words(page)
    assert standing(engine(drafted)).number == "2026-10.1"
