"""Who asks, what they may open, and the cache of drawn blocks."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

import catalog
from data_access.engine import engine, writing
from data_access.principal import ROLE_NAMES
from data_access.settings import settings
from data_access.versions import raise_versions
from pages._shared import drawn, numbers
from pages._shared.principal import demo_principals
from ui.registry import ALL_ROLES, ROLES

NOW = dt.datetime(2026, 11, 22, 6, 32, tzinfo=dt.UTC)


@pytest.fixture
def base(embedded, monkeypatch):
    """The embedded base, found through the settings as in the product."""
    monkeypatch.setenv("SPORTS_DATABASE_URL", embedded)
    settings.cache_clear()
    yield embedded
    settings.cache_clear()


def test_the_demo_roles_are_everybody_the_regulation_names():
    """Ten departments, the districts of today, the affiliated units; 江北 and 渝北 are history."""
    known = list(demo_principals().values())
    units = {role: {p.unit for p in known if p.role == role} for role in ROLES}

    assert set(ROLES) == set(ROLE_NAMES) == {p.role for p in known}
    assert (
        units["department"] == {d.code for d in catalog.default().departments}
        and len(units["department"]) == 10
    )
    assert units["affiliated"] == {u.code for u in catalog.default().affiliated_units}
    assert {d.code for d in catalog.default().districts if d.valid_to is None} == units["district"]
    assert set(ALL_ROLES) == set(ROLES) - {"guide"}


def _who():
    import streamlit as st

    from pages._shared.principal import choose, principal

    choose()
    st.text(f"{principal().role} {principal().unit}")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, "leader leader"),
        ("局办公室", "office office"),
        ("处室 · 科教处", "department science_education"),
        ("管理员", "leader leader"),
    ],
)
def test_the_address_names_the_role_and_an_unknown_one_is_the_least_able(asked, expected):
    """A leader may read aggregates and write nothing."""
    page = AppTest.from_function(_who)
    if asked:
        page.query_params["who"] = asked

    assert page.run().text[0].value == expected


def test_choosing_another_role_changes_the_address():
    """A reload, or a colleague who gets the link, sees the same."""
    page = AppTest.from_function(_who).run()
    page.selectbox[0].set_value("运维团队").run()

    assert page.text[0].value == "operations operations" and page.query_params["who"] == "运维团队"


CALLS: list[tuple[str, int]] = []


def counted(reading: numbers.Reading, year: int) -> str:
    import streamlit as st

    CALLS.append((reading.principal.scope, year))
    st.text(f"{year} 年")
    return "kept"


def _drawing():
    import streamlit as st

    from pages._shared import drawn, numbers
    from pages._shared.principal import choose
    from tests.web import test_shell

    choose()
    with numbers.reading() as reading:
        for year in (2025, 2026):
            st.caption(drawn.draw(reading, test_shell.counted, year, domains=["records"]))


def open_as(role: str) -> list[str]:
    page = AppTest.from_function(_drawing)
    page.query_params["who"] = role
    page.run()
    assert not page.exception
    assert [c.value for c in page.caption] == ["kept", "kept"]
    return [t.value for t in page.text]


def test_a_block_is_drawn_once_a_version_for_all_of_one_scope(base):
    """One query a version, and never an old figure under a new version."""
    CALLS.clear()
    for role in ("局领导", "局领导", "处室 · 科教处", "处室 · 群体处", "处室 · 科教处"):
        assert open_as(role) == ["2025 年", "2026 年"]
    scopes = ["leader", "department:science_education", "department:mass_sport"]
    assert [(scope, year) for scope in scopes for year in (2025, 2026)] == CALLS

    with writing(engine(base)) as connection:
        raise_versions(connection, "plans", at=NOW)
    open_as("局领导")
    assert len(CALLS) == 6, "a version it does not depend on draws nothing anew"

    with writing(engine(base)) as connection:
        raise_versions(connection, "records", at=NOW)
    open_as("局领导")
    assert CALLS[6:] == [("leader", 2025), ("leader", 2026)]


def test_another_base_is_another_answer(base, embedded, sqlite_databases, monkeypatch):
    """Demo and real data never meet, in a cache neither."""
    CALLS.clear()
    open_as("局领导")
    monkeypatch.setenv("SPORTS_DATABASE_URL", sqlite_databases())
    settings.cache_clear()
    open_as("局领导")

    assert len(CALLS) == 4


def test_a_block_that_catches_variables_is_refused(base):
    """What it catches would not be in the key: the second reader would see the first one's figures."""
    year = 2026
    with numbers.reading() as reading:
        with pytest.raises(TypeError, match="defined inside a function"):
            drawn.draw(reading, lambda r: year)
        with pytest.raises(TypeError, match="was given a list"):
            drawn.draw(reading, counted, [2026])
