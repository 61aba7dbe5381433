"""Who asks, what they may open, and the cache of drawn blocks."""

from __future__ import annotations

import datetime as dt

import pytest

from data_access.engine import engine, writing
from data_access.principal import ROLE_NAMES
from data_access.settings import settings
from data_access.versions import raise_versions
from pages._shared import drawn, numbers
from pages._shared.principal import acting_as
from tests.pages.opening import LEADER, MASS_SPORT, Person, on_base, open_script
from ui.registry import ALL_ROLES, ROLES

__all__ = ["on_base"]
NOW = dt.datetime(2026, 11, 22, 6, 32, tzinfo=dt.UTC)


def test_the_roles_of_pages_and_of_the_data_are_the_same():
    assert set(ROLES) == set(ROLE_NAMES)
    assert set(ALL_ROLES) == set(ROLES) - {"guide"}


CALLS: list[tuple[str, int]] = []


def counted(reading: numbers.Reading, year: int) -> str:
    import streamlit as st

    CALLS.append((reading.principal.scope, year))
    st.text(f"{year} 年")
    return "kept"


def _drawing():
    import streamlit as st

    from pages._shared import drawn, numbers
    from tests.web import test_shell

    with numbers.reading() as reading:
        for year in (2025, 2026):
            st.caption(drawn.draw(reading, test_shell.counted, year, domains=["records"]))


def open_as(who: Person) -> list[str]:
    page = open_script(_drawing, who)
    assert not page.exception
    assert [c.value for c in page.caption] == ["kept", "kept"]
    return [t.value for t in page.text]


def test_a_block_is_drawn_once_a_version_for_all_of_one_scope(on_base):
    """One query a version, and never an old figure under a new version."""
    CALLS.clear()
    science = Person("department", "science_education")
    for who in (LEADER, LEADER, science, MASS_SPORT, science):
        assert open_as(who) == ["2025 年", "2026 年"]
    scopes = ["leader", "department:science_education", "department:mass_sport"]
    assert [(scope, year) for scope in scopes for year in (2025, 2026)] == CALLS

    with writing(engine(on_base)) as connection:
        raise_versions(connection, "plans", at=NOW)
    open_as(LEADER)
    assert len(CALLS) == 6, "a version it does not depend on draws nothing anew"

    with writing(engine(on_base)) as connection:
        raise_versions(connection, "records", at=NOW)
    open_as(LEADER)
    assert CALLS[6:] == [("leader", 2025), ("leader", 2026)]


def test_another_base_is_another_answer(on_base, embedded, sqlite_databases, monkeypatch):
    """Demo and real data never meet, in a cache neither."""
    CALLS.clear()
    open_as(LEADER)
    monkeypatch.setenv("SPORTS_DATABASE_URL", sqlite_databases())
    settings.cache_clear()
    open_as(LEADER)

    assert len(CALLS) == 4


def _a_list(reading, year):
    return [year]


def test_a_block_that_returns_what_can_be_changed_is_refused(on_base):
    """It would be one object for everybody: the second reader would see what the first one made of it."""
    with (
        acting_as(LEADER.log_in().sid),
        numbers.reading() as reading,
        pytest.raises(TypeError, match="_a_list returned a list"),
    ):
        drawn.draw(reading, _a_list, 2026)


def test_a_block_that_catches_variables_is_refused(on_base):
    """What it catches would not be in the key: the second reader would see the first one's figures."""
    year = 2026
    with acting_as(LEADER.log_in().sid), numbers.reading() as reading:
        with pytest.raises(TypeError, match="defined inside a function"):
            drawn.draw(reading, lambda r: year)
        with pytest.raises(TypeError, match="was given a list"):
            drawn.draw(reading, counted, [2026])


def _two_pages():
    import streamlit as st

    from web.shell import _Kept

    def drawn_page() -> None: ...

    kept, made = (kind(drawn_page, title="汇聚进度", url_path="progress") for kind in (_Kept, st.Page))
    assert (kept._script_hash, kept.url_path) == (made._script_hash, made.url_path)
    kept.run()
    kept.run()  # as another run of the same moment does


def test_a_page_that_all_runs_share_has_the_address_streamlit_gives_it_and_is_open_to_each(on_base):
    assert not open_script(_two_pages, LEADER).exception
