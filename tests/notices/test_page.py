"""The page of notices: what is due, read with one press, for the reader's own unit."""

from __future__ import annotations

from data_access.clock import now
from data_access.engine import engine
from data_access.settings import Settings
from jobs import send_reminders
from jobs.base import Context
from tests.pages.opening import MASS_SPORT, OFFICE, on_base, open_page, words

__all__ = ["on_base"]
NEVER_QUIET = Settings.model_validate({"notices": {"quiet_from": 0, "quiet_to": 0}})


def test_a_clerk_sees_what_is_due_and_marks_it_read(on_base: str) -> None:
    send_reminders.run(Context(engine(on_base), now()), NEVER_QUIET)
    clerk = MASS_SPORT.log_in()

    page = open_page("overview.notices", clerk)
    assert "未读" in words(page) and "报送《" in words(page) and not page.exception
    assert "条未读" in words(open_page("overview.own", clerk)) or page.get("page_link") is not None
    page = next(b for b in page.button if b.label.startswith("全部标为已读")).click().run()

    assert "均已读过" in words(page) and not page.button


def test_nothing_to_do_is_said_too(on_base: str) -> None:
    page = open_page("overview.notices", OFFICE)

    assert "没有待办的提醒" in words(page) and not page.button
