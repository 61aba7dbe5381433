"""A record that is in the base is found by its natural key, wherever the batch's keys lie."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from data_access.base import FEW_VALUES
from tests.delivery.histories import send
from tests.helpers.rows import RECEIVED_ON, valid_rows

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
