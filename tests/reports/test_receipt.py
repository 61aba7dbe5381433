"""What the sender of a file reads on the page."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

import catalog
from reports import receipt
from tests.delivery.histories import send
from tests.helpers.rows import changed, valid_row

EVENT = catalog.default().category_by_code["mass_sport_event"]


@dataclass(frozen=True)
class Problem:
    sheet: str
    row: int
    field: str
    message: str
    code: str = "R_TYPE"
    check: str | None = None


DATE = Problem(
    "群众体育赛事", 2, "start_on",
    "工作表“群众体育赛事”第 2 行「开始日期」：“2026-11-31”不是有效日期。请改为实际日期。",
)  # fmt: skip
ROW = Problem("六月", 7, "", "工作表“六月”第 7 行：与第 3 行的「开始日期」相同。请只保留一行。")


def test_an_advice_says_its_place_once() -> None:
    """The place stood in three columns and again before each sentence, which was cut off behind it."""
    assert receipt.problem_lines(EVENT, [DATE]) == [
        {"行": "第 2 行", "栏目": "开始日期", "怎样修改": "“2026-11-31”不是有效日期。请改为实际日期。"}
    ]


def test_several_sheets_are_told_apart() -> None:
    lines = receipt.problem_lines(EVENT, [DATE, ROW])

    assert [(line["工作表"], line["栏目"]) for line in lines] == [
        ("群众体育赛事", "开始日期"),
        ("六月", "整行"),
    ]
    assert lines[1]["怎样修改"] == "与第 3 行的「开始日期」相同。请只保留一行。"


def test_a_long_list_says_where_the_rest_stands() -> None:
    assert receipt.problem_title(4, 50) == "需要修改的地方（4 处）"
    assert receipt.problem_title(1312, 50) == "需要修改的地方（前 50 处，共 1,312 处，全部见标注好的原文件）"


@pytest.mark.parametrize(
    ("mark", "advice"), [("绝密" + "★三年", "不得报送"), ("11010519491231002X", "请删去")]
)
def test_a_check_does_not_say_that_the_file_was_kept(made: Engine, mark: str, advice: str) -> None:
    """The sender was told that the office had the file and would look at it; it had nothing."""
    row = changed(valid_row(EVENT.code), venue_name=mark)
    checked = send(made, EVENT.code, [row], dry_run=True)
    sent = send(made, EVENT.code, [row])

    assert receipt.outcome_title(checked) == "会被隔离"
    assert "封存" not in receipt.outcome_sentence(checked)
    assert advice in receipt.outcome_sentence(checked)
    assert receipt.outcome_title(sent) == "已隔离"
    assert "封存" in receipt.outcome_sentence(sent)


def test_a_file_sent_again_is_told_so_once(made: Engine) -> None:
    """同一文件已经收到过；这个文件已经收到过 said it twice."""
    send(made, EVENT.code, [valid_row(EVENT.code)])
    again = send(made, EVENT.code, [valid_row(EVENT.code)])

    assert receipt.outcome_sentence(again).count("收到过") == 1


def test_nothing_is_said_of_the_sheets_the_product_added_itself() -> None:
    """选项 and 填表说明 of the template are no sheets of the sender's."""
    skipped = [f"W_SHEET_SKIPPED:{name}" for name in ("选项", "填表说明", "问题清单", "草稿")]

    assert receipt.file_warning_words(skipped) == ["工作表「草稿」：没有合适表头的工作表已跳过"]
