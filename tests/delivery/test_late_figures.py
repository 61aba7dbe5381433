"""Visits, quality and beginnings as of a day when deliveries are entered late, or taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Engine

import catalog
from data_access import rollups
from data_access.commands import publishing
from data_access.commands.delivery import Delivery
from data_access.engine import reading, writing
from data_access.principal import OFFICE, OPERATOR
from data_access.queries import progress, visit_days
from data_access.queries.quality_queries import quality_parts
from tests.delivery.histories import content, send
from tests.helpers.rows import Row, changed, valid_row, valid_rows

START = dt.date(2025, 9, 1)
DAYS = [START + dt.timedelta(days=n) for n in range(12)]
"""`DAYS[4]` is the fifth of September."""


def entered(venue: int, hour: int, entries: int) -> Row:
    """One reading of 1 September."""
    return changed(
        valid_row("venue_usage_reading", received_on=START), venue_code=f"CQ5001010{venue}", entry_count=entries,
        exit_count=0, occupancy=1, reading_at=dt.datetime.combine(START, dt.time(hour)),
    )  # fmt: skip


def readings(made: Engine, on: dt.date, *rows: Row) -> Delivery:
    return send(made, "venue_usage_reading", list(rows), unit="facility_center", on=on)


def revert(made: Engine, delivery: Delivery, on: dt.date) -> None:
    publishing.revert(made, OPERATOR, str(delivery.receipt), reason="错报", on=on)


def kept_equals_rebuilt(made: Engine) -> bool:
    kept = content(made, "roll_")
    with writing(made) as connection:
        rollups.rebuild(connection, catalog.default())
    return kept == content(made, "roll_")


def test_a_reading_of_the_day_itself_that_comes_after_later_ones_is_known_that_day(made: Engine) -> None:
    """The file of the 1st was found after that of the 6th was in; its seven visitors were known from the 1st on."""
    readings(made, DAYS[5], entered(1, 8, 3), entered(2, 8, 4))
    readings(made, DAYS[0], entered(1, 8, 7))

    with reading(made) as connection:
        found = [visit_days.entries_by_day(OFFICE, connection, START, DAYS[n]) for n in (0, 4, 5)]
    assert found == [{START: 7}, {START: 7}, {START: 11}]
    assert kept_equals_rebuilt(made)


def test_venues_are_counted_by_day_where_later_changes_had_cancelled_each_other_out(made: Engine) -> None:
    """
    On the 10th one venue went and another came: no sum had changed. Then a file of the 6th
    brought the second venue's evening, and from the 6th to the 9th there were two venues.
    """
    gone = readings(made, DAYS[1], *(entered(1, hour, 1) for hour in range(1, 13)))
    readings(made, DAYS[9], *(entered(2, hour, 1) for hour in range(1, 13)))
    revert(made, gone, DAYS[9])
    readings(made, DAYS[5], entered(2, 20, 0))

    with reading(made) as connection:
        complete = [
            bool(visit_days.complete_days(OFFICE, connection, START, START, DAYS[n])) for n in (1, 5, 9)
        ]
    assert complete == [True, False, True], "13 hours of two venues are too few, of one they are enough"
    assert kept_equals_rebuilt(made)


def submitted(made: Engine, known_on: dt.date) -> int:
    """Rows of the 2nd that count in the quality of that day."""
    with reading(made) as connection:
        parts = quality_parts(OFFICE, connection, DAYS[1], DAYS[1], known_on=known_on)
        return sum(p.counts["rows"] for p in parts)


def test_a_row_is_mended_since_the_first_received_of_the_deliveries_that_mended_it(made: Engine) -> None:
    """A second mended file, of the 3rd, is entered after that of the 5th: the row is refused on the 2nd only."""
    rows = valid_rows("referee", 2, received_on=START)
    send(made, "referee", [rows[0], changed(rows[1], name=None)], on=DAYS[1])
    send(made, "referee", rows, on=DAYS[4])
    send(made, "referee", [changed(rows[1], duty_count=3)], on=DAYS[2])

    assert [submitted(made, DAYS[n]) for n in (1, 2, 3, 4)] == [2, 1, 1, 1]
    assert kept_equals_rebuilt(made)


def test_a_row_that_was_sent_again_before_its_refusal_was_entered_counts_once(made: Engine) -> None:
    """As a file released from quarantine, whose sender had not waited: the file of the 2nd is entered last."""
    rows = valid_rows("referee", 3, received_on=START)
    send(made, "referee", rows[:2], on=DAYS[4])
    send(made, "referee", [changed(row, name=None) for row in rows], on=DAYS[1])

    assert [submitted(made, DAYS[n]) for n in (1, 3, 4, 9)] == [3, 3, 1, 1], "the third was never mended"
    assert kept_equals_rebuilt(made)


def test_a_category_begins_with_the_first_delivery_that_stood_on_the_day(made: Engine) -> None:
    """Whether a year is a category's first, and when it began, decides about its season (季节曲线)."""
    rows = valid_rows("referee", 4, received_on=START)
    first = send(made, "referee", rows[:2], on=DAYS[0])
    revert(made, first, DAYS[6])
    send(made, "referee", rows[1:3], on=DAYS[3])

    def begun(day: dt.date) -> Any:
        with reading(made) as connection:
            return progress.first_days(OFFICE, connection, day).get("referee")

    assert [begun(DAYS[n]) for n in (2, 5, 6, 9)] == [DAYS[0], DAYS[0], DAYS[3], DAYS[3]]

    alone = send(made, "fiscal_fund", valid_rows("fiscal_fund", 1, received_on=START), on=DAYS[1])
    revert(made, alone, DAYS[2])
    with reading(made) as connection:
        days = [progress.first_days(OFFICE, connection, day).get("fiscal_fund") for day in DAYS[:4]]
    assert days == [None, DAYS[1], None, None]
