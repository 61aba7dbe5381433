"""`as_of`: any figure as it was known on a day, whatever was mended, corrected, listed or taken back since."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, Engine

import catalog
from data_access import rollups
from data_access.commands import publishing
from data_access.commands.delivery import Delivery
from data_access.commands.plans import Promise, set_plans
from data_access.engine import engine, reading, writing
from data_access.principal import OFFICE, OPERATOR, Principal
from data_access.queries import batches, progress, visit_days
from data_access.queries.quality_queries import quality_parts
from metrics import INDICATORS
from metrics.evaluate import total
from metrics.known import Known
from tests.conftest import Databases
from tests.delivery.histories import content, send
from tests.helpers.rows import changed, valid_row, valid_rows

START = dt.date(2025, 9, 1)
CATEGORIES = ("mass_sport_event", "elite_competition", "referee", "fiscal_fund", "venue_usage_reading")
UNITS = ("500101", "500102", "operations_unit")
YUZHONG = Principal("district", "500101", "万州区")
Figures = dict[str, Any]


def keys_of(category: str) -> tuple[str, ...]:
    return catalog.default().category_by_code[category].natural_key


def readings(chance: random.Random, day: dt.date) -> list[dict[str, Any]]:
    """Hours of two venues on one of the days before, so that some come late and some again."""
    base = valid_row("venue_usage_reading", received_on=day)
    on = day - dt.timedelta(days=chance.choice((1, 1, 2, 9)))
    first = chance.randint(7, 12)
    return [
        changed(
            base, venue_code=f"CQ5001010{venue}", reading_at=dt.datetime.combine(on, dt.time(hour)),
            entry_count=chance.randint(0, 3), exit_count=0, occupancy=1,
        )
        for venue in range(1, 1 + chance.randint(1, 2)) for hour in range(first, first + chance.randint(1, 3))
    ]  # fmt: skip


def made_up(chance: random.Random, category: str, day: dt.date) -> list[dict[str, Any]]:
    """A few valid rows, some with another value or another end than before, some without a required one."""
    if category == "venue_usage_reading":
        return readings(chance, day)
    found = catalog.default().category_by_code[category]
    rows = valid_rows(category, chance.randint(1, 4), start=chance.randint(0, 5), received_on=START)
    optional = [
        f.name for f in found.fields if f.type in ("int", "decimal") and f.name not in found.natural_key
    ]
    if optional and chance.random() < 0.5:
        rows[0] = changed(rows[0], **{optional[-1]: chance.randint(1, 3)})
    if category == "elite_competition" and chance.random() < 0.6:
        rows[0] = changed(rows[0], end_on=rows[0]["end_on"] + dt.timedelta(days=chance.randint(0, 2)))
    if chance.random() < 0.35:
        required = [f.name for f in found.fields if f.required and f.name not in found.natural_key]
        rows[-1] = changed(rows[-1], **{required[-1]: None})
    return rows


def manage(made: Engine, chance: random.Random, taken: list[Delivery], day: dt.date) -> None:
    delivery = chance.choice(taken[-3:])
    assert delivery.receipt is not None
    try:
        match chance.randint(0, 4):
            case 0 | 1:
                publishing.publish(made, OPERATOR, [delivery.receipt], on=day, confirmed_by="王某")
            case 2 | 3:
                publishing.withdraw(made, OPERATOR, delivery.receipt, reason="核对", on=day)
            case _:
                publishing.revert(made, OPERATOR, delivery.receipt, reason="错报", on=day)
    except publishing.TransitionRefused:
        pass


def days_of(made: Engine, chance: random.Random, steps: int) -> Iterator[dt.date]:
    """Play a random history; yields each day when it is over."""
    promises = [Promise(c, y, 12, (), None, dt.date(y, 1, 10)) for c in CATEGORIES for y in (2025, 2026)]
    set_plans(made, OFFICE, promises)
    day, taken = START, []
    for _ in range(steps):
        for _ in range(chance.randint(1, 4)):
            if chance.random() < 0.5 and taken:
                manage(made, chance, taken, day)
                continue
            category = chance.choice((*CATEGORIES, "elite_competition"))
            unit = "facility_center" if category == "venue_usage_reading" else chance.choice(UNITS)
            delivery = send(made, category, made_up(chance, category, day), unit=unit, on=day)
            if delivery.outcome != "rejected":
                taken.append(delivery)
        yield day
        day += dt.timedelta(days=chance.choice((1, 1, 2, 4, 11)))


def figures(connection: Connection, day: dt.date) -> Figures:
    """Every figure a page or a report can ask for as of `day`."""
    found: Figures = {}
    for who, years in ((OFFICE, {day.year, day.year - 1}), (YUZHONG, {day.year})):
        for year in years:
            known = Known(who, connection, year, day)
            for key, entry in INDICATORS.items():
                parts = entry.parts(known, frozenset(entry.dimensions))
                found[f"{who.unit} {key} {year}"] = total(entry, parts, tuple(entry.dimensions))
    found["events"] = progress.events(OFFICE, connection, range(day.year - 1, day.year + 1), day)
    found["states"] = sorted(map(repr, batches.states(OFFICE, connection, START, day, day)))
    found["waiting"] = sorted(map(repr, batches.waiting(OFFICE, connection, day)))
    found["entries"] = visit_days.entries_by_day(OFFICE, connection, START - dt.timedelta(days=20), day)
    found["units"] = {
        c: progress.unit_lines(OFFICE, connection, c, dt.date(day.year, 1, 1), day) for c in CATEGORIES
    }
    return found


def differences(made: Engine, remembered: dict[dt.date, Figures]) -> list[tuple[dt.date, str, Any, Any]]:
    found = []
    with reading(made) as connection:
        for day, then in remembered.items():
            now = figures(connection, day)
            found += [(day, key, then[key], now[key]) for key in then if then[key] != now[key]]
    return found


def remember(made: Engine, seed: int, steps: int) -> dict[dt.date, Figures]:
    remembered = {}
    for day in days_of(made, random.Random(seed), steps):
        with reading(made) as connection:
            remembered[day] = figures(connection, day)
    return remembered


@pytest.mark.parametrize("seed", range(2))
def test_every_figure_as_of_a_day_is_what_it_was_that_day(made: Engine, seed: int) -> None:
    """
    A circular quotes a figure; a year later the record must still show it, whatever
    was corrected, mended, listed again or taken back since. A rebuild keeps the same rows.
    """
    remembered = remember(made, seed, steps=12)
    assert differences(made, remembered) == []

    kept = content(made, "roll_")
    with writing(made) as connection:
        rollups.rebuild(connection, catalog.default())
    again = content(made, "roll_")

    assert {name: rows for name, rows in kept.items() if rows != again[name]} == {}


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=1000, max_value=10**6))
def test_every_figure_as_of_a_day_is_what_it_was_for_any_seed(sqlite_databases: Databases, seed: int) -> None:
    made = engine(sqlite_databases())

    assert differences(made, remember(made, seed, steps=8)) == []


def test_a_row_counts_as_refused_until_the_day_it_was_mended(made: Engine) -> None:
    """Three rows, one without a name, mended on the fourth day: 3 submitted, then 2 (the third is the other file's)."""
    rows = valid_rows("referee", 3, received_on=START)
    mended_on = START + dt.timedelta(days=3)
    send(made, "referee", [*rows[:2], changed(rows[2], name=None)], on=START)
    send(made, "referee", rows, on=mended_on)

    def submitted(known_on: dt.date) -> int:
        with reading(made) as connection:
            parts = quality_parts(OFFICE, connection, START, START, known_on=known_on)
            return sum(p.counts["rows"] for p in parts)

    days = [START, mended_on - dt.timedelta(days=1), mended_on, mended_on + dt.timedelta(days=9)]
    assert [submitted(day) for day in days] == [3, 3, 2, 2]


def test_a_batch_listed_again_was_off_the_list_in_between(made: Engine) -> None:
    delivery = send(made, "referee", valid_rows("referee", 1, received_on=START), on=START)
    assert delivery.receipt
    steps = ["publish", "withdraw", "publish", "withdraw"]
    for number, step in enumerate(steps, 1):
        day = START + dt.timedelta(days=2 * number)
        if step == "publish":
            publishing.publish(made, OPERATOR, [delivery.receipt], on=day, confirmed_by="王某")
        else:
            publishing.withdraw(made, OPERATOR, delivery.receipt, reason="核对", on=day)

    with reading(made) as connection:
        days = [START + dt.timedelta(days=n) for n in range(1, 10)]
        found = [batches.states(OFFICE, connection, START, START, day)[0].state for day in days]
    assert found == [
        "integrated", "published", "published", "withdrawn", "withdrawn", "published", "published",
        "withdrawn", "withdrawn",
    ]  # fmt: skip


def test_late_readings_are_not_known_before_they_come(made: Engine) -> None:
    """Readings of 1 September that come on the 5th, and are taken back on the 9th, count from the 5th to the 8th."""
    base = valid_row("venue_usage_reading", received_on=START)
    row = changed(base, reading_at=dt.datetime.combine(START, dt.time(8)), entry_count=7)
    late, gone = START + dt.timedelta(days=4), START + dt.timedelta(days=8)
    delivery = send(made, "venue_usage_reading", [row], unit="facility_center", on=late)
    assert delivery.receipt
    publishing.revert(made, OPERATOR, delivery.receipt, reason="错报", on=gone)

    with reading(made) as connection:
        days = [late - dt.timedelta(days=1), late, gone - dt.timedelta(days=1), gone]
        found = [visit_days.entries_by_day(OFFICE, connection, START, day) for day in days]
    assert found == [{}, {START: 7}, {START: 7}, {}]
