"""A record that is in the base is found by its natural key, wherever the batch's keys lie."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event

from data_access.commands import publishing
from data_access.engine import engine, reading
from data_access.known_records import FEW_VALUES
from data_access.principal import OPERATOR
from tests.conftest import Databases
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, changed, valid_rows

MANY = FEW_VALUES + 6


@pytest.mark.parametrize("category", ["referee", "venue_usage_reading", "sports_facility_statistics"])
@pytest.mark.parametrize("edge", ["first", "last"])
def test_one_known_record_at_the_edge_of_a_batch_is_a_duplicate(
    made: Engine, category: str, edge: str
) -> None:
    """
    The look that spares new files the comparison must never miss: all keys of the
    second file but one lie beyond those of the first.
    """
    unit = "500101" if category == "sports_facility_statistics" else "operations_unit"
    rows = valid_rows(category, 2 * MANY, received_on=RECEIVED_ON)
    older, newer = (rows[:MANY], rows[MANY - 1 :]) if edge == "first" else (rows[MANY - 1 :], rows[:MANY])

    assert send(made, category, older, unit=unit).accepted == len(older)
    second = send(made, category, newer, unit=unit)

    assert (second.accepted, second.duplicate, second.updated) == (len(newer) - 1, 1, 0)


def test_a_batch_of_new_keys_among_old_ones_is_new(made: Engine) -> None:
    """Every second number is taken already; none of them is in the file."""
    rows = valid_rows("referee", 2 * MANY, received_on=RECEIVED_ON)

    assert send(made, "referee", rows[::2]).accepted == MANY
    assert send(made, "referee", rows[1::2]).accepted == MANY


def test_what_comes_and_is_taken_back_is_found_by_its_own_keys(sqlite_databases: Databases) -> None:
    """One wrong batch must not cost every later delivery a walk through fifty million readings, nor its own revert."""
    made = engine(sqlite_databases())
    last_year = RECEIVED_ON.replace(year=RECEIVED_ON.year - 1)
    rows = valid_rows("venue_usage_reading", 6, received_on=last_year)
    send(made, "venue_usage_reading", rows, on=last_year)
    corrected = [changed(row, entry_count=1) for row in rows]
    asked: list[tuple[str, Any]] = []
    event.listen(made, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
    wrong = send(made, "venue_usage_reading", corrected[:3], on=last_year)
    assert wrong.receipt is not None
    publishing.revert(made, OPERATOR, wrong.receipt, reason="错报", on=RECEIVED_ON)
    for number, day in ((1, RECEIVED_ON), (2, RECEIVED_ON.replace(year=RECEIVED_ON.year + 1))):
        again = [changed(row, entry_count=number) for row in rows]
        assert send(made, "venue_usage_reading", again, on=day).updated == 6

    told = [(text, values) for text, values in asked if "base_venue_usage" in text]
    with reading(made) as connection:
        plans = [
            row[-1]
            for text, values in told
            for one in (values if isinstance(values, list) else [values])[:1]
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", one)
        ]
    names = ("base_venue_usage_reading", "gone", "older", "mine", "other")
    assert any("SEARCH base_venue_usage_reading" in step for step in plans)
    assert [step for step in plans if step.startswith(tuple(f"SCAN {name}" for name in names))] == []
