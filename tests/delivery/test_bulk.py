"""Rows by whole columns: what all of them share is told once, and whatever it holds."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, select

from data_access.bulk import bulk_insert_columns
from data_access.engine import engine, reading, writing
from data_access.schema import roll_probe, setting

AWKWARD = """it's "two" '; DROP TABLE setting; -- ? :a %s 二〇二六"""


def test_what_all_rows_share_may_hold_any_text(made: Engine) -> None:
    """The name of a sheet is the sender's own, quotation marks and all."""
    with writing(made) as connection:
        bulk_insert_columns(connection, setting, {"key": ["a", "b"]}, fixed={"value": AWKWARD})

    with reading(made) as connection:
        found = connection.execute(
            select(setting).where(setting.c.key.in_(["a", "b"])).order_by(setting.c.key)
        )
        assert [tuple(row) for row in found] == [("a", AWKWARD), ("b", AWKWARD)]


def test_days_and_numbers_all_rows_share_are_those_of_a_row(made: Engine) -> None:
    day = dt.date(2026, 2, 28)
    columns = {"category": ["x", "y"], "opened": [23, 24]}
    with writing(made) as connection:
        bulk_insert_columns(connection, roll_probe, columns, fixed={"day": day, "probes": 24})

    with reading(made) as connection:
        found = connection.execute(select(roll_probe).order_by(roll_probe.c.category)).mappings()
        assert [(r["category"], r["day"], r["probes"], r["opened"]) for r in found] == [
            ("x", day, 24, 23),
            ("y", day, 24, 24),
        ]


def test_a_zero_byte_never_cuts_a_statement_off(embedded: str) -> None:
    with writing(engine(embedded)) as connection:
        bulk_insert_columns(connection, setting, {"key": ["a"]}, fixed={"value": "a\0'b"})

    with reading(engine(embedded)) as connection:
        value = connection.scalar(select(setting.c.value).where(setting.c.key == "a"))
        assert value == "a\0'b"
