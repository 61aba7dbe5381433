"""A writable base for the indicators' tests: rows go in, figures come out of the same transaction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data_access.engine import writing
from tests.metrics.rows import Rows


@pytest.fixture
def rows(made: Engine) -> Iterator[Rows]:
    """Writes made-up facts; `rows.connection` is what the indicators are asked with."""
    with writing(made) as connection:
        yield Rows(connection)
