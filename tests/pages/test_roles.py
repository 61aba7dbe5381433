"""Every page × every role, through the product's own main script: drawn, or refused in our words."""

from __future__ import annotations

import pytest
from sqlalchemy import event, update

from data_access.account_tables import account
from data_access.clock import now
from data_access.commands import plans
from data_access.engine import engine, writing
from data_access.principal import OFFICE as OFFICE_PRINCIPAL
from data_access.settings import settings
from tests.helpers.signed_in import open_account, sign_in, signed_in
from tests.pages.opening import GUIDE, LEADER, OFFICE, WANZHOU, on_base, open_page, open_script, person, words
from ui.registry import ROLES
from web.discovery import pages

__all__ = ["on_base"]


def _main(path: str) -> None:
    """The navigation of the product, with the page of this path as the one asked for."""
    from pages._shared.principal import principal
    from web import shell
    from web.discovery import pages as all_pages

    entry = next(e for e in all_pages() if e.page.path == path)
    who = principal()
    (entry.render if who.role in entry.page.roles else shell._refusal(entry, who.role))()


@pytest.mark.parametrize("entry", pages(), ids=lambda entry: entry.page.path)
def test_every_page_is_drawn_for_its_roles_and_refused_to_the_others(on_base: str, entry) -> None:
    """The refusal says for whom the page is, and draws nothing of it."""
    for role in ROLES:
        page = open_script(_main, person(role), entry.page.path)
        assert not page.exception, f"{role}: {page.exception}"
        refused = "不对您开放" in words(page)
        assert refused == (role not in entry.page.roles), role
        if refused:
            assert not page.metric and not page.button and not page.dataframe


def test_a_page_called_past_the_navigation_shows_a_guide_nothing(on_base: str) -> None:
    """Whatever calls `render`: the data layer is told who asks and refuses."""
    for entry in pages():
        page = open_page(entry.module.removeprefix("pages."), GUIDE)
        assert not page.dataframe and not page.metric and not page.get("plotly_chart"), entry.page.path


def test_nobody_without_a_session_sees_anything_but_the_way_to_the_login(on_base: str) -> None:
    """No default role: a forged, ended or missing session id is nobody."""
    for user in ({}, {"sid": ""}, {"sid": "0" * 32}, {"sid": None}):
        page = open_script(_main, GUIDE, "progress")
        page.user = user
        page.run()
        assert not page.exception and "请重新登录" in words(page) and 'href="/login' in words(page)
        assert "汇聚进度" not in words(page) and not page.button and not page.sidebar


def test_a_session_that_ends_ends_the_page_at_its_next_run(on_base: str) -> None:
    """Logged in elsewhere, disabled: the next click draws the way to the login, nothing else."""
    first = signed_in(on_base, "leader")
    page = open_script(_main, first, "progress")
    assert "汇聚进度" in words(page)
    sign_in(on_base, first.account)
    page.run()
    assert "请重新登录" in words(page) and "汇聚进度" not in words(page)

    second = signed_in(on_base, "leader")
    page = open_script(_main, second, "progress")
    with writing(engine(on_base)) as connection:
        connection.execute(update(account).where(account.c.name == second.account).values(state="disabled"))
    assert "请重新登录" in words(page.run())


def test_a_one_time_password_opens_nothing_but_its_change(on_base: str) -> None:
    person_ = sign_in(on_base, open_account(on_base, "office", must_change=True))

    page = open_page("aggregation.plans", person_)

    assert "请先修改密码" in words(page) and 'href="/password' in words(page) and not page.button


def test_another_role_counts_from_the_next_run_on(on_base: str) -> None:
    """Rights are read with every run: an office clerk who moved to a district approves nothing more."""
    made, year = engine(on_base), now().year
    plans.set_plan(made, OFFICE_PRINCIPAL, "mass_sport_event", year, 10)
    plans.submit(made, OFFICE_PRINCIPAL, year)
    clerk = OFFICE.log_in()
    page = open_page("aggregation.plans", clerk)
    with writing(made) as connection:
        connection.execute(
            update(account)
            .where(account.c.name == clerk.account)
            .values(role="department", unit="youth_sport")
        )

    page = next(b for b in page.button if b.label.startswith("批准")).click().run()

    with engine(on_base).connect() as connection:
        states = list(connection.exec_driver_sql("SELECT state FROM plan_version").scalars())
    assert states == ["submitted"] and not page.exception
    assert all("批准（" not in b.label for b in page.button)


def _who() -> None:
    import streamlit as st

    from pages._shared.principal import principal, session_bar

    st.text(f"{principal().role} {principal().unit} {principal().account}")
    session_bar()


def test_the_side_bar_says_who_is_logged_in_and_how_to_leave(on_base: str) -> None:
    """One look tells a shared screen's next user that it is not his session."""
    clerk = WANZHOU.log_in()
    page = open_script(_who, clerk)
    bar = str(page.sidebar.get("html")[0].proto.body)

    assert page.text[0].value == f"district 500101 {clerk.account}"
    assert "区县 · 万州" in bar and 'action="/logout"' in bar and 'href="/password"' in bar
    assert settings().database.url == on_base and LEADER.role == "leader"


def test_a_run_asks_once_who_asks_and_the_next_run_asks_again(on_base: str) -> None:
    """Side bar, navigation, each reading and each button want to know; the answer holds for one run only."""
    asked: list[str] = []
    event.listen(
        engine(on_base), "before_cursor_execute",
        lambda c, cursor, statement, *rest: asked.append(statement) if "admin_session" in statement else None,
    )  # fmt: skip
    page = open_script(_main, signed_in(on_base, "office"), "progress")
    asked.clear()

    for _ in range(3):
        page.run()

    assert len(asked) == 3
