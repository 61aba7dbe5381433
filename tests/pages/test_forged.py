"""A browser that sends what no page of ours would send: other options, other rows, another session's file.

What a widget returns is a wish. Who may is decided where it is done.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data_access.account_tables import audit_entry
from data_access.calendar import today
from data_access.clock import now
from data_access.commands import plans
from data_access.commands.exporting import record_export
from data_access.commands.sessions import log_out
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE as OFFICE_PRINCIPAL, SYSTEM, Forbidden
from data_access.schema import plan_version
from pages._shared import downloads
from pages._shared.principal import acting_as, principal
from tests.pages.opening import MASS_SPORT, WANZHOU, on_base, open_page, words
from tests.visibility.roles import EVENT, NEWS

__all__ = ["on_base"]


def forged(page: AppTest, key: str, value: str) -> AppTest:
    """The page's next run, with this list's choice replaced by what the browser claims."""
    states = page._tree.get_widget_states()
    next(state for state in states.widgets if state.id.endswith(f"-{key}")).string_value = value
    return page._run(states)


def plan_rows(url: str) -> list[tuple[Any, ...]]:
    with reading(engine(url)) as connection:
        c = plan_version.c
        return [
            tuple(r) for r in connection.execute(select(c.category, c.quantity, c.state).order_by(c.category))
        ]


def test_a_unit_that_is_no_option_becomes_ones_own(on_base: str) -> None:
    """万州's clerk claims to send for 渝中: the page goes on with 万州, and `deliver` would refuse."""
    page = open_page("aggregation.deliveries", WANZHOU)
    page = forged(page, "unit", "渝中区")

    assert not page.exception
    assert page.selectbox(key="unit").options == ["万州区"]


def test_a_category_of_another_department_is_no_option(on_base: str) -> None:
    page = forged(open_page("aggregation.deliveries", MASS_SPORT), "category", "体育新闻宣传")

    assert not page.exception and "新闻" not in words(page)


def save_plan(edits: dict[str, Any], *, is_pressed: bool = True) -> AppTest:
    """群体处 saves its table after the browser has sent these edits, or has not yet pressed the button."""
    page = open_page("aggregation.plans", MASS_SPORT)
    states = page._tree.get_widget_states()
    table = next(
        (s for s in states.widgets if s.id == page.dataframe[0].proto.id),
        None,
    ) or states.widgets.add(id=page.dataframe[0].proto.id)
    table.string_value = json.dumps({"edited_rows": {}, "added_rows": [], "deleted_rows": [], **edits})
    save = next(b for b in page.button if b.label == "保存为草稿").proto.id
    pressed = next((s for s in states.widgets if s.id == save), None) or states.widgets.add(id=save)
    pressed.trigger_value = is_pressed
    return page._run(states)


def test_an_edit_of_a_drawn_line_is_saved(on_base: str) -> None:
    """So that the refusals below are not those of a helper that presses nothing."""
    page = save_plan({"edited_rows": {"0": {"计划数量": 9}}})

    assert plan_rows(on_base) == [(EVENT, 9, "draft")], words(page)


def test_what_was_typed_and_not_saved_is_told_beside_the_button(on_base: str) -> None:
    edits = {"edited_rows": {"0": {"计划数量": 9}}}

    assert "表中有 1 行改动，还没有保存" in words(save_plan(edits, is_pressed=False))
    assert plan_rows(on_base) == []
    assert "还没有保存" not in words(save_plan(edits))


@pytest.mark.parametrize(
    "edits",
    [
        {"edited_rows": {"0": {"代码": NEWS, "类别": "体育新闻宣传", "计划数量": 9}}},
        {"edited_rows": {"0": {"计划数量": 9}}, "added_rows": [{"代码": NEWS, "计划数量": 9}]},
        {"edited_rows": {"1": {"计划数量": 9}}, "deleted_rows": [0]},
        {"edited_rows": {"0": {"计划数量": 1.5}}},
        {"edited_rows": {"0": {"计划数量": -5}}},
    ],
    ids=["other_code", "added_row", "deleted_row", "fraction", "negative"],
)
def test_an_edited_table_that_was_never_drawn_saves_nothing(on_base: str, edits: dict[str, Any]) -> None:
    """Disabled columns and fixed rows are manners of the browser; the server looks again."""
    plans.set_plan(engine(on_base), OFFICE_PRINCIPAL, NEWS, today().year, 3)
    before = plan_rows(on_base)
    save_plan(edits)

    assert plan_rows(on_base) == before


def test_a_clerk_of_a_department_has_no_button_that_approves(on_base: str) -> None:
    plans.set_plan(engine(on_base), OFFICE_PRINCIPAL, EVENT, today().year, 10)
    plans.submit(engine(on_base), OFFICE_PRINCIPAL, today().year)
    page = open_page("aggregation.plans", MASS_SPORT)

    assert not any("批准" in b.label or "退回" in b.label for b in page.button)


def test_a_file_made_later_is_made_for_whoever_pressed_the_button(on_base: str) -> None:
    """Outside any script there is a session id or nobody; never the rights of somebody else."""
    with pytest.raises(Forbidden, match="还没有登录"):
        principal()
    with acting_as(None), pytest.raises(Forbidden):
        principal()
    clerk = WANZHOU.log_in()
    with acting_as(clerk.sid):
        assert (principal().role, principal().unit) == ("district", "500101")
    with writing(engine(on_base)) as connection:
        log_out(SYSTEM, connection, clerk.sid, at=now(), reason="logout")
    with acting_as(clerk.sid), pytest.raises(Forbidden):
        principal()


def test_no_two_files_of_the_house_share_a_name() -> None:
    """Streamlit tells large files apart by parts of them and their name."""
    names = {downloads.unique("进度_20261125.csv", "zhangwei") for _ in range(50)}

    assert len(names) == 50 and all(
        n.startswith("进度_20261125_zhangwei_") and n.endswith(".csv") for n in names
    )
    assert downloads.unique("无后缀", "a/../b").startswith("无后缀_a..b_")


def test_an_export_is_written_down_before_it_is_handed_over(on_base: str) -> None:
    clerk = WANZHOU.log_in()
    with acting_as(clerk.sid):
        record_export(engine(on_base), principal(), "进度.csv", at=now(), detail={"category": EVENT})
    with reading(engine(on_base)) as connection:
        entry = connection.execute(select(audit_entry).where(audit_entry.c.action == "data.export")).one()
    assert (entry.account, entry.object) == (clerk.account, "进度.csv")
