"""Filters that live in the address."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from ui.pieces import filters


def test_the_address_decides_the_filters():
    """A link can be sent: the reader sees what the sender saw."""

    def script():
        import datetime as dt

        import streamlit as st

        from ui.pieces import filters

        with filters.filter_bar():
            year = filters.url_select("年度", ["2026", "2025"], "year")
            units = filters.url_multiselect("处室", ["群体处", "青少处"], "unit")
            day = filters.url_as_of(dt.date(2026, 11, 25), dt.date(2024, 1, 1))
        st.text(f"{year} {','.join(units)} {day}")

    page = AppTest.from_function(script)
    page.query_params["year"] = "2025"
    page.query_params["unit"] = "青少处"
    page.query_params["as_of"] = "2025-06-30"
    assert page.run().text[0].value == "2025 青少处 2025-06-30"

    page = AppTest.from_function(script)
    page.query_params["year"] = "1066"
    assert page.run().text[0].value == "2026 群体处,青少处 2026-11-25"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, "2026-11-25"), ("2025-06-30", "2025-06-30"), ("2024-01-01", "2024-01-01"),
        ("2023-12-31", "2026-11-25"), ("2026-11-26", "2026-11-25"), ("2026-02-30", "2026-11-25"),
        ("昨天", "2026-11-25"), ("", "2026-11-25"),
    ],
)  # fmt: skip
def test_an_address_that_names_no_day_of_the_page_shows_today(asked: str | None, shown: str):
    day = filters.asked_day(asked, dt.date(2026, 11, 25), dt.date(2024, 1, 1))

    assert day.isoformat() == shown
