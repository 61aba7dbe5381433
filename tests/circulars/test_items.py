"""An item tied to a figure closes itself when the figure is mended, and only then."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from sqlalchemy import Engine

import catalog
from data_access.commands import circular_replies as replies, circulars, plans, publishing
from data_access.commands.circulars import CircularRefused
from data_access.engine import reading
from data_access.principal import OFFICE as BUREAU, OPERATOR
from data_access.queries import circulars as queries
from jobs import close_circular_items
from jobs.base import Context
from metrics import circular_life as life
from metrics.circular_figures import MEASURES
from tests.circulars.made_up import MASS, OFFICE, TEAM, at, circular, do, line, see
from tests.delivery.histories import send
from tests.helpers.rows import valid_rows

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 10, 31)
CLUBS = "mass_sport_organization"
LATE = ("mass_sport", CLUBS, "late_items")


def planned(made: Engine) -> None:
    """The organisations of the third quarter are due in October, and do not come."""
    plans.set_plan(made, BUREAU, CLUBS, 2026, 4, approved_on=dt.date(2026, 1, 10))


def wish(*chosen: tuple[str, str | None, str], kind: str = "rectification") -> life.Wish:
    return life.Wish(kind, "关于赛事数据逾期的通报", "", FIRST, LAST, chosen)


def standing(made: Engine, *chosen: tuple[str, str | None, str]) -> str:
    """Drafted and issued on 2 November; its code."""
    code = life.draft(made, TEAM, wish(*chosen), at=at("2026-11-02"))
    do(made, circulars.approve, OFFICE, code, at=at("2026-11-02"))
    do(made, circulars.issue, TEAM, code, at=at("2026-11-02"))
    return code


def state(made: Engine, code: str) -> list[str]:
    return [i.state for i in see(made, queries.items, OFFICE, [code])]


def deliver(made: Engine, on: str) -> str:
    day = dt.date.fromisoformat(on)
    rows = valid_rows(CLUBS, 4, received_on=day)
    return send(made, CLUBS, rows, on=day, period="2026-09").receipt or ""


def test_an_item_closes_when_its_figure_is_mended_and_not_before(made: Engine) -> None:
    """The figure decides: looked at again it stays open, after the delivery it is closed, a revert opens it."""
    planned(made)
    code = standing(made, LATE)
    (item,) = see(made, queries.items, OFFICE, [code])
    assert (item.value, item.target, item.state) == (1, 0, "open")
    assert life.check_items(made, TEAM, at=at("2026-11-03")) == (1, 0)
    assert state(made, code) == ["open"]

    receipt = deliver(made, "2026-11-04")
    assert life.check_items(made, TEAM, at=at("2026-11-05")) == (1, 1)
    (item,) = see(made, queries.items, OFFICE, [code])
    assert (item.state, item.mended_on, item.mended_value) == ("mended", dt.date(2026, 11, 5), 0)
    assert life.check_items(made, TEAM, at=at("2026-11-05")) == (1, 0)
    assert (line(made, code).state, circular(made, code).state) == (
        "issued",
        "issued",
    )  # the reply is still due

    publishing.revert(made, OPERATOR, receipt, on=dt.date(2026, 11, 6), reason="场次有误")
    assert life.check_items(made, TEAM, at=at("2026-11-07")) == (1, 1)
    assert state(made, code) == ["open"]


def test_a_unit_that_replied_is_done_when_its_last_item_is_mended(made: Engine) -> None:
    """Nobody of the office has to close what the data have closed; a half is not enough."""
    planned(made)
    code = standing(made, LATE, ("mass_sport", None, "unplanned"))
    do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-03"))
    deliver(made, "2026-11-04")
    job = close_circular_items.run(Context(made, at("2026-11-05")))
    assert job == "核对通报事项 2 项，状态变化 1 项。"
    assert state(made, code) == ["mended", "open"] and line(made, code).state == "replied"

    for category in catalog.default().categories_of("mass_sport"):
        if category.code != CLUBS:
            plans.set_plan(made, BUREAU, category.code, 2026, 1, approved_on=dt.date(2026, 11, 5))
    close_circular_items.run(Context(made, at("2026-11-05")))

    assert state(made, code) == ["mended", "mended"]
    assert (line(made, code).state, circular(made, code).state) == ("closed", "closed")


def test_a_reply_after_everything_is_mended_closes_the_line_at_once(made: Engine) -> None:
    planned(made)
    code = standing(made, LATE)
    deliver(made, "2026-11-04")
    life.check_items(made, TEAM, at=at("2026-11-05"))

    do(made, replies.reply, MASS, code, "已补报", at=at("2026-11-06"))

    assert (line(made, code).state, circular(made, code).state) == ("closed", "closed")


def test_a_preview_tells_the_figure_then_and_what_has_been_mended_since(made: Engine) -> None:
    """A circular about what was mended yesterday would be unjust; its author sees it before."""
    planned(made)
    deliver(made, "2026-11-04")
    with reading(made) as connection:
        lines = life.preview(
            TEAM, connection, FIRST, LAST, ["mass_sport", "office"], list(MEASURES), dt.date(2026, 11, 5)
        )

    found = {line.key: (line.then.value, line.then.is_met, line.now.is_met) for line in lines}
    assert found[LATE] == (1, False, True)
    assert found["mass_sport", None, "unplanned"] == (6, False, False)
    assert found["office", None, "late_items"] == (0, True, True)
    assert found["office", None, "pace_ratio"] == (None, False, False)


def test_the_target_counts_that_a_circular_was_issued_with() -> None:
    """A rule that is made stricter later does not open what was asked for less."""
    pace = MEASURES["pace_ratio"]
    assert pace.is_met(Fraction(95, 100)) and not pace.is_met(Fraction(949, 1000))
    assert pace.is_met(Fraction(8, 10), Fraction(8, 10)) and not pace.is_met(None)
    assert not MEASURES["late_items"].is_met(Fraction(1))


def test_an_indicator_nobody_knows_is_refused(made: Engine) -> None:
    with pytest.raises(CircularRefused, match="没有指标「speed」"):
        life.draft(made, TEAM, wish(("mass_sport", None, "speed")), at=at("2026-11-02"))
    assert see(made, queries.circulars, OFFICE) == []
