"""Streamlit runs what a test draws."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest


def run(script: Callable[[], None]) -> AppTest:
    page = AppTest.from_function(script).run()
    assert not page.exception
    return page
